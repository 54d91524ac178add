#include "cli/replay/replay_json.h"

#include <nlohmann/json.hpp>

#include "tests/unit/catch.h"
#include "tests/unit/cli/replay/replay_findings.h"

namespace hookjournal {
namespace {

using Json = nlohmann::json;

Json call_json(const ReplayedCall& call) {
  return Json::parse(replayed_call_to_json(call, replay_context()));
}

TEST_CASE("a replayed call in JSON has what changed and the consequences", "[cli]") {
  const Json json = call_json(refused_call(4711));

  CHECK(json["type"] == "call");
  CHECK(json["id"] == 4711);
  CHECK(json["verdict"] == "changed");
  CHECK(json["reason"].is_null());
  CHECK(json["consequence"] == Json({{"before", "none"}, {"after", "start-refused"}}));
  CHECK(json["fingerprint"] == "3f9a0c12d4e5");
  CHECK(json["accepted"] == false);
  REQUIRE(json["differences"].size() == 2);
  CHECK(json["differences"][0] == Json({{"field", "ending"},
                                        {"script", "qemu"},
                                        {"place", nullptr},
                                        {"before", "exit status 0"},
                                        {"after", "exit status 1"}}));
  CHECK(json["differences"][1]["after"].is_null());
  CHECK(json["reproduce"] ==
        "hookjournal replay --call 4711 --scripts ./hooks.new --show");
}

TEST_CASE("each key of a replayed call is always there", "[cli]") {
  const Json json = call_json(replayed(1, Verdict::same));
  for (const char* key :
       {"type",   "id",          "call_uuid",   "host",         "at",          "driver",
        "object", "object_uuid", "operation",   "suboperation", "extra",       "verdict",
        "reason", "consequence", "fingerprint", "accepted",     "differences", "noise",
        "drift",  "masks",       "simulated",   "notes",        "reproduce"})
    CHECK(json.contains(key));
  CHECK(json["fingerprint"].is_null());
}

TEST_CASE("bytes that are no UTF-8 do not break a line of replay --json", "[cli]") {
  ReplayedCall call = refused_call(1, "evil\xff\n");
  call.verdict.differences[0].after = "\x80\xfe";
  const std::string line = replayed_call_to_json(call, replay_context());
  CHECK(line.find('\n') == std::string::npos);
  CHECK(Json::parse(line)["object"] == "evil\xef\xbf\xbd\n");
}

TEST_CASE("a leak in JSON names the lifecycle's last call", "[cli]") {
  const Json json = Json::parse(leak_to_json(leak_after(4720), replay_context()));
  CHECK(json["type"] == "leak");
  CHECK(json["last_call"] == 4720);
  CHECK(json["differences"][0]["place"] == "/run/win11.lock");
}

TEST_CASE("the summary in JSON has verdicts, groups and what was covered", "[cli]") {
  const auto summary =
      summary_of({{Verdict::changed, 3}, {Verdict::same, 4}},
                 {accepted(group_of(refused_call(4711), 3)), group_of(leak_after(4720))});

  const Json json = Json::parse(summary_to_json(summary, replay_context(), 1));

  CHECK(json["type"] == "summary");
  CHECK(json["exit_status"] == 1);
  CHECK(json["baseline"].is_null());
  CHECK(json["verdicts"] == Json({{"inconclusive", 0},
                                  {"changed", 3},
                                  {"noise", 0},
                                  {"drift", 0},
                                  {"same", 4}}));
  REQUIRE(json["groups"].size() == 2);
  CHECK(json["groups"][0]["fields"] == Json({"ending", "commands"}));
  CHECK(json["groups"][0]["example"] == 4711);
  CHECK(json["groups"][0]["accepted_by"] == "alice (uid 1000)");
  CHECK(json["groups"][0]["accept"] == "hookjournal accept 3f9a0c12d4e5 --because '...'");
  CHECK(json["groups"][1]["leak"] == true);
  CHECK(json["groups"][1]["example"] == 4720);
  CHECK(json["groups"][1]["accepted_by"].is_null());
  CHECK(json["sandbox"].is_null());
  CHECK(json["coverage"]["calls"] == 7);
  CHECK(json["coverage"]["operations"]["qemu prepare/begin"] == 7);
  CHECK(json["coverage"]["newest"] == "2026-11-22T08:09:56.000000000Z");
}

}  // namespace
}  // namespace hookjournal
