#include <cerrno>

#include "tests/unit/catch.h"
#include "tests/unit/cli/asking/explained_history.h"

namespace hookjournal {
namespace {

TEST_CASE("explain tells what failed, what changed, and how to go on", "[cli][explain]") {
  History host;
  host.add({});
  host.add({.guest = "web2"});
  const auto id = host.add({.ending = Exited{3},
                            .err = "web1: no bridge br7\n",
                            .script = "#!/bin/sh\nbrctl show\n"});
  const std::string page = host.page(id);
  for (const char* part :
       {"qemu failed (exit status 3) in prepare of qemu web1, on kvm7", "libvirt refused",
        "| web1: no bridge br7", "what changed since it last succeeded (call 1,",
        "1. changed qemu", "in 1 of 1 failures alike", "0 of 2 successes in all",
        "+brctl show", "does not prove", "hookjournal show 5", "hookjournal diff 1 5"})
    CHECK_THAT(page, ContainsSubstring(part));

  const auto json = host.json(id);
  CHECK(json["call"]["id"] == id);
  CHECK(json["verdict"] == "separates");
  CHECK(json["compared_with"]["relation"] == "own-success");
  CHECK(json["changes"][0]["name"] == "qemu");
  CHECK(json["changes"][0]["successes"]["with"] == 0);
  CHECK(json["cause"]["lines"][0] == "<guest>: no bridge br<n>");
}

TEST_CASE("explain says that nothing changed, and no more", "[cli][explain]") {
  History host;
  host.add({});
  const auto id = host.add({.ending = Exited{3}});
  CHECK(host.json(id)["verdict"] == "nothing-changed");
  const std::string page = host.page(id);
  CHECK_THAT(page, ContainsSubstring("Nothing changed: as far as is recorded"));
  CHECK_THAT(page, ContainsSubstring("it printed nothing on stderr"));
}

TEST_CASE("a change that calls which succeed have as well separates nothing",
          "[cli][explain]") {
  History host;
  host.add({});
  for (int i = 0; i < 5; ++i) host.add({.guest = "web2", .script = "#!/bin/sh\n"});
  const auto id = host.add({.ending = Exited{3}, .script = "#!/bin/sh\n"});
  CHECK(host.json(id)["verdict"] == "nothing-separates");
  CHECK_THAT(host.page(id), ContainsSubstring("calls that succeeded have it too: qemu"));
}

TEST_CASE("changes that always come together are told as such", "[cli][explain]") {
  History host;
  host.add({});
  const auto id = host.add(
      {.ending = Exited{3}, .script = "#!/bin/sh\n", .memory = "2", .kernel = "6.12.0"});
  CHECK_THAT(host.page(id), ContainsSubstring("The first 3 go together in all calls"));
}

TEST_CASE("a change that does other guests no harm stays before one that came later",
          "[cli][explain]") {
  History host;
  const std::string rewritten = "#!/bin/sh\n";
  for (const char* guest : {"web1", "web2"}) host.add({.guest = guest});
  for (const char* guest : {"web3", "web4", "web5", "web6", "web7", "web8"})
    host.add({.guest = guest, .script = rewritten});
  for (const char* guest : {"web1", "web2", "web1"})
    host.add({.guest = guest, .ending = Exited{3}, .script = rewritten});
  host.add({.guest = "web3", .script = rewritten, .kernel = "6.12.0"});
  std::int64_t id = 0;
  for (const char* guest : {"web1", "web2", "web1", "web2", "web1", "web2"})
    id = host.add(
        {.guest = guest, .ending = Exited{3}, .script = rewritten, .kernel = "6.12.0"});
  const auto changes = host.json(id)["changes"];
  REQUIRE(changes.size() == 2);
  CHECK(changes[0]["name"] == "qemu");
  CHECK(changes[0]["own_successes"]["with"] == 0);
  CHECK(changes[1]["name"] == "kernel");
  CHECK(changes[1]["failures"]["with"] == 6);
}

TEST_CASE("a guest that never succeeded is compared with those that fail like it",
          "[cli][explain]") {
  History host;
  host.add({.guest = "web2"});
  host.add({.guest = "web3", .kernel = "6.12.0"});
  host.add({.guest = "web2", .ending = Exited{3}, .kernel = "6.12.0"});
  const auto id = host.add({.ending = Exited{3}, .kernel = "6.12.0"});
  CHECK(host.json(id)["compared_with"] ==
        nlohmann::json({{"relation", "alike-success"}, {"call", 1}}));
  CHECK_THAT(host.page(id), ContainsSubstring("it never succeeded; what changed since "
                                              "web2, which fails alike,"));
}

TEST_CASE("without any like it that succeeded the most similar is taken",
          "[cli][explain]") {
  History host;
  host.add({.guest = "web2", .memory = "2", .kernel = "6.12.0"});
  const auto most = host.add({.guest = "web3", .memory = "2"});
  host.add({.guest = "web4", .memory = "2", .kernel = "5.10.0"});
  const auto id = host.add({.ending = Exited{3}});
  CHECK(host.json(id)["compared_with"] ==
        nlohmann::json({{"relation", "other-success"}, {"call", most}}));
  CHECK_THAT(host.page(id), ContainsSubstring("/domain/memory: '2' -> '1'"));
}

TEST_CASE("explain says when there is nothing to compare with", "[cli][explain]") {
  History host;
  const auto id = host.add({.ending = Exited{3}});
  CHECK(host.json(id)["verdict"] == "nothing-to-compare");
  CHECK_THAT(host.page(id), ContainsSubstring("nothing to compare with"));
}

TEST_CASE("explain names what the journal does not know", "[cli][explain]") {
  History host;
  host.add({});
  RunStarted start = host.start_of({});
  start.context.caller.exe_build_id.clear();
  const auto id = host.journal().add(start, host.end_of({.ending = Exited{3}}));
  const std::string page = host.page(id);
  CHECK_THAT(page, ContainsSubstring("which scripts tree there was for the failure"));
  CHECK_THAT(page, ContainsSubstring("what the scripts could read of the failure"));
  CHECK_THAT(page, ContainsSubstring("which build of libvirt called for the failure"));
}

TEST_CASE("explain tells what happened around a call", "[cli][explain]") {
  History host;
  host.add({.guest = "web8", .ending = Exited{1}, .after_ns = 1});
  const std::int64_t second = kSecondNs;
  host.add({.operation = "release", .after_ns = 4 * 3600 * second});
  host.add({.guest = "web2", .ending = Exited{9}, .after_ns = second});
  host.journal().writer().gap(
      {.at = {host.now_ns(), 1}, .runs = 2, .reason = "journal full"});
  host.journal().add("daemon", {"-", "start", "-", "start"}, Exited{0},
                     host.now_ns() + second);
  const auto meanwhile =
      host.add({.guest = "web3", .elapsed_ns = 20 * second, .after_ns = 2 * second});
  const auto id = host.add({.ending = Exited{3}, .after_ns = second});
  const auto around = host.json(id)["around"];
  CHECK(around["of_object"].size() == 1);
  CHECK(around["of_object"][0]["operation"] == "release");
  CHECK(around["failed"].size() == 1);
  CHECK(around["failed"][0]["object"] == "web2");
  CHECK(around["daemons"].size() == 1);
  CHECK(around["meanwhile"][0]["id"] == meanwhile);
  CHECK(around["gaps"][0]["runs"] == 2);
  CHECK_THAT(host.page(id), ContainsSubstring("2 runs not recorded, journal full"));
}

TEST_CASE("--last-failure finds what libvirt acted on, not what followed from it",
          "[cli][explain]") {
  History host;
  host.add({.guest = "web2", .ending = Exited{1}});
  const auto refused = host.add({.ending = Exited{3}});
  host.add({.ending = Exited{1}, .operation = "stopped", .after_ns = kSecondNs});
  host.add({.ending = Exited{1}, .operation = "release", .after_ns = kSecondNs});
  const auto page = host.explain({"--last-failure", "web1"});
  CHECK_THAT(page.out, ContainsSubstring("call " + std::to_string(refused) + "\n"));
  CHECK_THAT(host.explain({"--last-failure"}).out,
             ContainsSubstring("call " + std::to_string(refused) + "\n"));
  CHECK(host.explain({"--last-failure", "web9"}).status == 2);
}

TEST_CASE("explain refuses a call that has not failed", "[cli][explain]") {
  History host;
  const auto id = host.add({});
  CHECK_THAT(host.explain({std::to_string(id)}).err, ContainsSubstring("did not fail"));
  const auto running =
      host.journal().writer().start(host.start_of({.guest = "web2"}), {});
  CHECK_THAT(host.explain({std::to_string(running)}).err,
             ContainsSubstring("still runs"));
  CHECK(host.explain({}).status == 2);
  CHECK(host.explain({"x"}).status == 2);
  CHECK_THAT(host.explain({"99"}).err, ContainsSubstring("not in the journal"));
}

TEST_CASE("explain leads on to the sandbox, and to bisect where scripts changed",
          "[cli][explain]") {
  History host;
  host.add({});
  const auto same = host.add({.ending = Exited{1}, .memory = "2"});
  const std::string number = std::to_string(same);
  CHECK_THAT(host.page(same),
             ContainsSubstring("hookjournal explain " + number + " --replay"));
  CHECK(host.page(same).find("hookjournal bisect") == std::string::npos);
  const auto changed = host.add({.ending = Exited{1}, .script = "#!/bin/sh\n"});
  CHECK_THAT(host.page(changed),
             ContainsSubstring("hookjournal bisect " + std::to_string(changed)));
  const auto stranger =
      host.add({.guest = "web9", .ending = Exited{2}, .script = "#!/bin/sh\nexit 2\n"});
  CHECK_THAT(
      host.page(stranger),
      ContainsSubstring("hookjournal bisect " + std::to_string(stranger) + " --good 1"));
}

TEST_CASE("explain names the first call with a tree", "[cli][explain]") {
  History host;
  host.add({});
  const auto first = host.add({.ending = Exited{1}, .script = "#!/bin/sh\n"});
  const auto second = host.add({.ending = Exited{1}, .script = "#!/bin/sh\n"});
  CHECK_THAT(host.pattern(first, "first-with-tree"), ContainsSubstring("none of the 1"));
  CHECK(host.pattern(second, "first-with-tree").empty());
}

TEST_CASE("explain shows a terminal no raw bytes of a call", "[cli][explain]") {
  History host;
  const std::string bad = "\x1b]0;owned\x07";
  host.add({.guest = bad});
  const auto id = host.add({.guest = bad,
                            .ending = NotStarted{ENOENT},
                            .err = bad,
                            .script = "#!" + bad + "\n",
                            .memory = bad,
                            .kernel = bad});
  CHECK_THAT(host.page(id), !ContainsSubstring("\x1b"));
  CHECK(host.json(id)["call"]["object"] == bad);
}

}  // namespace
}  // namespace hookjournal
