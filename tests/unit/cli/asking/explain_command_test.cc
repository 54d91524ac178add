#include <cerrno>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

struct Given {
  std::string guest = "web1";
  Ending ending = Exited{0};
  std::string err;
  std::string operation = "prepare";
  std::string script = "#!/bin/sh\nexit 0\n";
  std::string memory = "1";
  std::string kernel = "6.1.0";
  std::int64_t elapsed_ns = kSecondNs / 100;
  std::int64_t after_ns = 3600 * kSecondNs;  // since the call before
};

class History {
 public:
  std::int64_t add(const Given& given) {
    RunStarted start = start_of(given);
    RunEnded end = run_end(given.ending, at_, given.elapsed_ns);
    end.err = kept(given.err);
    return add(given, start, end);
  }
  std::int64_t add(const Given& given, const RunStarted& start, const RunEnded& end) {
    ScannedTree tree;
    tree.hooks_dir = start.context.hooks_dir;
    tree.files.push_back({"qemu", 0755, TreeContent::Kind::content, given.script, {}});
    return journal_.add(
        start, end, kept("<domain><memory>" + given.memory + "</memory></domain>"), tree);
  }
  RunStarted start_of(const Given& given) {
    at_ += given.after_ns;
    RunStarted start =
        run_start("qemu", {given.guest, given.operation, "begin", "-"}, at_);
    start.context.kernel = given.kernel;
    return start;
  }
  RunEnded end_of(const Given& given) const {
    return run_end(given.ending, at_, given.elapsed_ns);
  }
  std::int64_t now_ns() const { return at_; }
  SampleJournal& journal() { return journal_; }

  CommandResult explain(Words words) const {
    words.insert(words.begin(), {"explain", "--journal", journal_.file()});
    return run_command(run_explain, words);
  }
  // In one line: where its lines break is not promised.
  std::string page(std::int64_t id) const {
    std::istringstream words(explain({std::to_string(id)}).out);
    std::string text;
    for (std::string word; words >> word;) text += (text.empty() ? "" : " ") + word;
    return text;
  }
  nlohmann::json json(std::int64_t id) const {
    return nlohmann::json::parse(explain({std::to_string(id), "--json"}).out);
  }
  std::string pattern(std::int64_t id, const std::string& name) const {
    const nlohmann::json explanation = json(id);
    for (const auto& pattern : explanation["patterns"])
      if (pattern["name"] == name) return pattern["text"];
    return "";
  }

 private:
  SampleJournal journal_;
  std::int64_t at_ = kSampleTime;
};

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

TEST_CASE("explain names why a script could not be executed", "[cli][explain]") {
  History host;
  const auto missing =
      host.add({.ending = NotStarted{ENOENT}, .script = "#!/bin/bsh\r\n"});
  CHECK_THAT(host.pattern(missing, "interpreter-missing"),
             ContainsSubstring("#!/bin/bsh\r (the line ends in a carriage return)"));
  const auto format = host.add({.ending = NotStarted{ENOEXEC}, .script = "exit 0\n"});
  CHECK_THAT(host.pattern(format, "not-executable"),
             ContainsSubstring("does not begin with #!"));
  const auto command = host.add({.ending = Exited{127}});
  CHECK_THAT(host.pattern(command, "command-missing"),
             ContainsSubstring("PATH=/usr/sbin:/usr/bin"));
}

TEST_CASE("explain quotes which command was missing, or says that it cannot",
          "[cli][explain]") {
  History host;
  const auto told = host.add(
      {.ending = Exited{127}, .err = "starting\nqemu: 3: brctl: not found\nbye\n"});
  CHECK_THAT(host.pattern(told, "command-missing"),
             ContainsSubstring("It printed: qemu: 3: brctl: not found."));
  const auto denied =
      host.add({.ending = Exited{126}, .err = "/opt/x: Permission denied\n"});
  CHECK_THAT(host.pattern(denied, "command-missing"),
             ContainsSubstring("It printed: /opt/x: Permission denied."));
  const auto silent = host.add({.ending = Exited{127}});
  CHECK_THAT(host.pattern(silent, "command-missing"),
             ContainsSubstring("Which one is not in what it printed"));
}

TEST_CASE("explain reads a killed or timed out command out of an exit status",
          "[cli][explain]") {
  History host;
  const auto killed = host.add({.ending = Exited{137}});
  CHECK_THAT(host.pattern(killed, "command-killed"), ContainsSubstring("signal 9"));
  CHECK_THAT(host.pattern(killed, "command-killed"),
             ContainsSubstring("which it was is not recorded"));
  const auto timeout = host.add({.ending = Exited{124}});
  CHECK_THAT(host.pattern(timeout, "time-limit"), ContainsSubstring("timeout(1)"));
  const auto other = host.add({.ending = Exited{130}});
  CHECK(host.pattern(other, "command-killed").empty());
}

TEST_CASE("explain quotes a script that says it ran out of memory", "[cli][explain]") {
  History host;
  const auto id =
      host.add({.ending = Exited{1}, .err = "fork: Cannot allocate memory\n"});
  CHECK_THAT(host.pattern(id, "out-of-room"),
             ContainsSubstring("fork: Cannot allocate memory"));
  CHECK_THAT(host.pattern(id, "out-of-room"), ContainsSubstring("2 MiB"));
}

TEST_CASE("explain takes libvirt's own word for a call back under the lock",
          "[cli][explain]") {
  History host;
  const auto id = host.add(
      {.ending = Exited{1},
       .err = "error: Timed out during operation: cannot acquire state change lock\n"});
  CHECK_THAT(host.pattern(id, "calls-libvirt"),
             ContainsSubstring("that libvirt had locked"));
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

TEST_CASE("explain says of a killed script only what is known", "[cli][explain]") {
  History host;
  const auto killed = host.add({.ending = Signaled{9}});
  CHECK_THAT(host.pattern(killed, "killed"), ContainsSubstring("which it was is not"));
  RunStarted start = host.start_of({});
  RunEnded end = host.end_of({.ending = Signaled{15}});
  end.signals.push_back({15, std::chrono::seconds(3)});
  const auto passed = host.add({}, start, end);
  CHECK_THAT(host.pattern(passed, "killed"),
             ContainsSubstring("sent to the recorder, 3.0 s after the start"));
}

TEST_CASE("explain names a child that held a pipe, and a call that was slow",
          "[cli][explain]") {
  History host;
  for (int i = 0; i < 5; ++i) host.add({});
  RunStarted start = host.start_of({});
  RunEnded end = host.end_of({.ending = Exited{1}, .elapsed_ns = 30 * kSecondNs});
  end.held_open_ns = 29 * kSecondNs;
  end.holders.push_back({4711, "sleep 30", "stderr"});
  const auto id = host.add({}, start, end);
  CHECK_THAT(host.pattern(id, "pipe-held"),
             ContainsSubstring("29.0 s more for processes it left behind: sleep 30"));
  CHECK_THAT(host.pattern(id, "slow"), ContainsSubstring("It took 30.0 s"));
}

TEST_CASE("explain names a script that asks libvirt under its lock", "[cli][explain]") {
  History host;
  const std::string script = "#!/bin/sh\n# virsh list\n\nvirsh domstate $1\n";
  const auto id = host.add({.ending = Exited{1}, .script = script});
  CHECK_THAT(host.pattern(id, "calls-libvirt"), ContainsSubstring("`virsh` in line 4"));
  const auto filter =
      host.add({.ending = Exited{1}, .operation = "migrate", .script = script});
  CHECK(host.pattern(filter, "calls-libvirt").empty());
  const auto other =
      host.add({.ending = Exited{1}, .script = "#!/bin/sh\nmy-virsh-log\n"});
  CHECK(host.pattern(other, "calls-libvirt").empty());
}

TEST_CASE("explain names reconnects that ran at the same time", "[cli][explain]") {
  History host;
  host.add({.guest = "web2", .operation = "reconnect", .elapsed_ns = 5 * kSecondNs});
  const auto id =
      host.add({.ending = Exited{1}, .operation = "reconnect", .after_ns = kSecondNs});
  CHECK_THAT(host.pattern(id, "reconnect-race"), ContainsSubstring("1 other guests'"));
}

TEST_CASE("explain names the first call with a tree", "[cli][explain]") {
  History host;
  host.add({});
  const auto first = host.add({.ending = Exited{1}, .script = "#!/bin/sh\n"});
  const auto second = host.add({.ending = Exited{1}, .script = "#!/bin/sh\n"});
  CHECK_THAT(host.pattern(first, "first-with-tree"), ContainsSubstring("none of the 1"));
  CHECK(host.pattern(second, "first-with-tree").empty());
}

TEST_CASE("a filter's output that libvirt refuses is explained", "[cli][explain]") {
  History host;
  host.add({.operation = "restore"});
  RunStarted start = host.start_of({.operation = "restore"});
  RunEnded end = host.end_of({});
  end.out = kept("checking disks\n");
  const auto id = host.add({}, start, end);
  const std::string page = host.page(id);
  CHECK_THAT(page, ContainsSubstring("what they printed was refused"));
  CHECK_THAT(host.pattern(id, "output-not-taken"), ContainsSubstring("XML"));
  CHECK(host.json(id)["group"].is_null());
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
