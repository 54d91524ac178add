#include "journal/asking/call_json.h"

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "tests/unit/catch.h"

namespace hookjournal {
namespace {

using nlohmann::json;

constexpr std::int64_t kAt = 1'795'334'996'349'865'122;

StoredStream stream(std::int64_t blob, std::uint64_t length, const std::string& sha256) {
  return {.blob = blob, .length = length, .kept = length, .sha256 = sha256};
}

// A guest whose start was refused by the second of two scripts.
CallRecord refused_start() {
  CallRecord call;
  call.id = 4711;
  call.uuid = "019aa9f8-6a1d-7000-8000-000000000001";
  call.at_ns = kAt;
  call.host = "kvm7";
  call.driver = "qemu";
  call.object = "win11";
  call.operation = "prepare";
  call.suboperation = "begin";
  call.extra = "-";
  call.object_uuid = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
  call.outcome = Outcome::failed;
  call.consequence = Consequence::start_refused;
  call.origin = Origin::libvirt;
  call.elapsed_ns = 18'234'567;
  call.tree = std::string(64, 'a');
  call.context = {.host_name = "kvm7",
                  .machine_id = "m",
                  .boot_id = "b",
                  .recorder_version = "0.1.0",
                  .kernel = "6.1.0",
                  .uid = 0,
                  .gid = 107,
                  .umask = 0077,
                  .hooks_dir = "/etc/libvirt/hooks",
                  .working_directory = "/",
                  .environment = {"LC_ALL=C", "PATH=/bin"},
                  .caller = {.process = {812, 5000},
                             .exe = "/usr/sbin/virtqemud",
                             .exe_build_id = "\x01\xab"}};
  call.arguments = {"win11", "prepare", "begin", "-"};
  call.planned = {"qemu", "qemu.d/10-x", "qemu.d/20-y"};
  call.unrecorded = {"qemu.d/20-y"};

  RunRecord first;
  first.id = 4711;
  first.uuid = "019aa9f8-6a1d-7000-8000-000000000001";
  first.script = "qemu";
  first.outcome = Outcome::ok;
  first.ending = Exited{0};
  first.at_ns = kAt;
  first.elapsed_ns = 5'000'000;
  first.cpu_ns = 2'000'000;
  first.max_rss_kib = 2;
  first.script_sha256 = std::string(64, 'b');
  first.input = stream(3, 6120, std::string(64, 'c'));

  RunRecord second = first;
  second.id = 4713;
  second.uuid = "019aa9f8-6a1d-7000-8000-000000000002";
  second.script = "qemu.d/10-x";
  second.outcome = Outcome::failed;
  second.ending = Exited{3};
  second.at_ns = kAt + 5'000'000;
  second.held_open_ns = 1'000;
  second.script_sha256 = "";
  second.err = {.blob = 5,
                .length = 41,
                .kept = 40,
                .truncated = true,
                .redacted = 2,
                .sha256 = std::string(64, 'd')};
  second.holders = {{99, "sleep 4000", "stderr"}};
  second.signals = {{15, std::chrono::nanoseconds(7)}};
  second.spooled = true;
  call.runs = {first, second};
  return call;
}

TEST_CASE("a call in JSON is what the contract says, key by key", "[journal]") {
  const json expected = json::parse(R"({
    "id": 4711, "call_uuid": "019aa9f8-6a1d-7000-8000-000000000001", "host": "kvm7",
    "at": "2026-11-22T08:09:56.349865122Z", "driver": "qemu", "object": "win11",
    "object_uuid": "1b4e28ba-2fa1-11d2-883f-0016d3cca427", "operation": "prepare",
    "suboperation": "begin", "extra": "-", "outcome": "failed",
    "consequence": "start-refused", "origin": "libvirt", "answer": {"exited": 3},
    "elapsed_ns": 18234567,
    "tree": "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "caller": {"pid": 812, "exe": "/usr/sbin/virtqemud", "build_id": "01ab"},
    "input": {"bytes": 6120, "kept": 6120, "truncated": false, "redacted": 0,
      "sha256": "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"},
    "output": null, "unrecorded": ["qemu.d/20-y"],
    "planned": ["qemu", "qemu.d/10-x", "qemu.d/20-y"],
    "arguments": ["win11", "prepare", "begin", "-"],
    "context": {"machine_id": "m", "boot_id": "b", "kernel": "6.1.0",
      "recorder": "0.1.0", "hooks_dir": "/etc/libvirt/hooks", "cwd": "/", "uid": 0,
      "gid": 107, "umask": "0077", "environment": ["LC_ALL=C", "PATH=/bin"]},
    "scripts": [
      {"id": 4711, "run_uuid": "019aa9f8-6a1d-7000-8000-000000000001", "path": "qemu",
       "sha256": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
       "outcome": "ok", "ending": {"exited": 0}, "at": "2026-11-22T08:09:56.349865122Z",
       "elapsed_ns": 5000000, "held_open_ns": 0, "cpu_ns": 2000000, "max_rss": 2048,
       "within": null, "spooled": false, "held_by": [], "signals": [],
       "stdin": {"bytes": 6120, "kept": 6120, "truncated": false, "redacted": 0,
         "sha256": "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"},
       "stdout": {"bytes": 0, "kept": 0, "truncated": false, "redacted": 0,
         "sha256": null},
       "stderr": {"bytes": 0, "kept": 0, "truncated": false, "redacted": 0,
         "sha256": null}},
      {"id": 4713, "run_uuid": "019aa9f8-6a1d-7000-8000-000000000002",
       "path": "qemu.d/10-x", "sha256": null, "outcome": "failed",
       "ending": {"exited": 3}, "at": "2026-11-22T08:09:56.354865122Z",
       "elapsed_ns": 5000000, "held_open_ns": 1000, "cpu_ns": 2000000, "max_rss": 2048,
       "within": null, "spooled": true,
       "held_by": [{"pid": 99, "command": "sleep 4000", "stream": "stderr"}],
       "signals": [{"signal": 15, "after_ns": 7}],
       "stdin": {"bytes": 6120, "kept": 6120, "truncated": false, "redacted": 0,
         "sha256": "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"},
       "stdout": {"bytes": 0, "kept": 0, "truncated": false, "redacted": 0,
         "sha256": null},
       "stderr": {"bytes": 41, "kept": 40, "truncated": true, "redacted": 2,
         "sha256": "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"}}
    ]})");

  const std::string text = call_to_json(refused_start());

  CHECK(json::parse(text) == expected);
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.starts_with(R"({"id":4711,"call_uuid":"019a)"));  // in the order told
}

TEST_CASE("each ending has its own words in JSON", "[journal]") {
  CallRecord call = refused_start();
  const auto ending_of = [&call](const Ending& ending) {
    call.runs[1].ending = ending;
    const json object = json::parse(call_to_json(call));
    CHECK(object["answer"] == object["scripts"][1]["ending"]);
    return object["answer"];
  };

  CHECK(ending_of(Exited{137}) == json({{"exited", 137}}));
  CHECK(ending_of(Signaled{9, false}) == json({{"signaled", 9}, {"core_dumped", false}}));
  CHECK(ending_of(Signaled{11, true}) == json({{"signaled", 11}, {"core_dumped", true}}));
  CHECK(ending_of(NotStarted{ENOENT}) ==
        json({{"not_started", 2}, {"reason", "No such file or directory"}}));
}

TEST_CASE("the answer of a call is the ending of its last failing run", "[journal]") {
  CallRecord call = refused_start();
  call.runs[0].ending = Exited{4};
  CHECK(json::parse(call_to_json(call))["answer"] == json({{"exited", 3}}));

  call.runs[1].ending = Exited{0};
  CHECK(json::parse(call_to_json(call))["answer"] == json({{"exited", 4}}));

  call.runs[0].ending = Exited{0};
  call.outcome = Outcome::ok;
  CHECK(json::parse(call_to_json(call))["answer"] == json({{"exited", 0}}));
}

TEST_CASE("a nested run names the run it is in, and does not answer", "[journal]") {
  CallRecord call = refused_start();
  call.runs[0].ending = Exited{4};
  call.runs[1].within = 4711;

  const json object = json::parse(call_to_json(call));

  CHECK(object["scripts"][1]["within"] == 4711);
  CHECK(object["answer"] == json({{"exited", 4}}));
}

TEST_CASE("what is not over yet is null in JSON", "[journal]") {
  CallRecord call = refused_start();
  call.outcome = Outcome::running;
  call.consequence = Consequence::unknown;
  call.runs[1].outcome = Outcome::running;
  call.runs[1].ending.reset();

  const json object = json::parse(call_to_json(call));

  CHECK(object["outcome"] == "running");
  for (const char* key : {"answer", "elapsed_ns", "output"}) CHECK(object[key].is_null());
  const json& run = object["scripts"][1];
  for (const char* key : {"ending", "elapsed_ns", "held_open_ns", "cpu_ns", "max_rss",
                          "stdout", "stderr"}) {
    CAPTURE(key);
    CHECK(run.at(key).is_null());
  }
}

TEST_CASE("what is not known is null in JSON, and no key is missing", "[journal]") {
  CallRecord call = refused_start();
  const json full = json::parse(call_to_json(call));
  call.object_uuid = call.tree = call.host = "";
  call.context.caller.exe = call.context.caller.exe_build_id = "";
  call.runs[0].input.reset();

  const json object = json::parse(call_to_json(call));

  for (const char* key : {"object_uuid", "tree", "host", "input"})
    CHECK(object[key].is_null());
  CHECK(object["caller"] ==
        json({{"pid", 812}, {"exe", nullptr}, {"build_id", nullptr}}));
  CHECK(object["scripts"][0]["stdin"].is_null());
  CHECK(object.size() == full.size());
  CHECK(object["scripts"][0].size() == full["scripts"][0].size());
}

TEST_CASE("the output of a filter names its script, and whether libvirt takes it",
          "[journal]") {
  CallRecord call = refused_start();
  call.operation = "restore";
  call.outcome = Outcome::ok;
  call.runs[1].ending = Exited{0};
  call.runs[1].out = stream(7, 20, std::string(64, 'e'));
  call.output_run = 1;

  call.output_judgement = {OutputVerdict::valid, ""};

  const auto output = [&call] { return json::parse(call_to_json(call))["output"]; };

  CHECK(output() == json({{"bytes", 20},
                          {"kept", 20},
                          {"truncated", false},
                          {"redacted", 0},
                          {"sha256", std::string(64, 'e')},
                          {"script", "qemu.d/10-x"},
                          {"valid", true},
                          {"reason", nullptr}}));
  call.output_judgement = {OutputVerdict::invalid, "missing name information"};
  CHECK(output()["valid"] == false);
  CHECK(output()["reason"] == "missing name information");
  call.output_judgement = {OutputVerdict::unknown, "only a part was kept"};
  CHECK(output()["valid"].is_null());
  CHECK(output()["reason"] == "only a part was kept");
}

TEST_CASE("names that are no UTF-8 still give valid JSON, in ASCII", "[journal]") {
  CallRecord call = refused_start();
  call.object = "g\xc3\xa4st\xff\x1b[31m\x7f\xe2\x80\xae";
  call.arguments[0] = call.object;
  call.context.environment = {"A=\xff\xfe"};

  const std::string text = call_to_json(call);

  CHECK(json::parse(text)["object"] == "g\xc3\xa4st\xef\xbf\xbd\x1b[31m\x7f\xe2\x80\xae");
  CHECK(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; }));
}

TEST_CASE("moments are RFC 3339 with all digits", "[journal]") {
  CHECK(utc_time_text(kAt) == "2026-11-22T08:09:56.349865122Z");
  CHECK(utc_time_text(0) == "1970-01-01T00:00:00.000000000Z");
  CHECK(utc_time_text(-1) == "1969-12-31T23:59:59.999999999Z");
  CHECK(utc_time_text(1'000) == "1970-01-01T00:00:00.000001000Z");
}

}  // namespace
}  // namespace hookjournal
