#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/asking/running/running_script.h"
#include "cli/commands.h"
#include "journal/witness.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;
using Json = nlohmann::json;

// A process that stands for a recorder: a shell with a child, which is its script.
class Recorder {
 public:
  Recorder() : pid_(::fork()) {
    if (pid_ == 0) {
      ::setpgid(0, 0);
      ::syscall(SYS_close_range, 3U, ~0U, 0);
      ::execl("/bin/sh", "sh", "-c", "sleep 1000; exit 0", nullptr);
      ::_exit(127);
    }
    while (!child_sleeps()) ::usleep(1000);
  }
  ~Recorder() { end(); }
  Recorder(const Recorder&) = delete;
  void end() {
    if (pid_ == 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  ProcessId id() const { return process_with(pid_).value_or(ProcessId{}); }

 private:
  bool child_sleeps() const {
    const auto below = ProcessScene().below(pid_, 0);
    return !below.empty() && below[0].command_line == "sleep 1000" &&
           below[0].stat.state == 'S';
  }

  pid_t pid_;
};

RunStarted run_of(const ProcessId& recorder, const std::string& guest = "win11") {
  RunStarted run = run_start("qemu", {guest, "prepare", "begin", "-"});
  run.recorder = recorder;
  run.writer = recorder;
  run.context.boot_id = boot_id();
  run.context.pid_namespace = pid_namespace();
  run.context.caller.process = process_with(::getpid()).value();
  return run;
}

CommandResult running(const SampleJournal& journal, Words words = {}) {
  words.insert(words.begin(), {"running", "--journal", journal.file()});
  return run_command(run_running, words);
}

TEST_CASE("a script that runs is told with its processes and what they wait for",
          "[cli][running]") {
  SampleJournal journal;
  const Recorder recorder;
  const auto call = journal.writer().start(run_of(recorder.id()), {});

  const CommandResult text = running(journal);
  const CommandResult lines = running(journal, {"--json"});

  CHECK(text.status == 0);
  CHECK(text.out.find("call " + std::to_string(call)) != std::string::npos);
  CHECK(text.out.find("prepare of qemu win11: qemu runs since") != std::string::npos);
  CHECK(text.out.find("sleep 1000") != std::string::npos);
  CHECK(text.out.find("waits in clock_nanosleep") != std::string::npos);
  const Json json = Json::parse(lines.out);
  CHECK(json["call"] == call);
  CHECK(json["seen"] == "there");
  CHECK(json["caller"]["there"] == true);
  CHECK(json["script_ended"] == false);
  REQUIRE(json["processes"].size() == 1);
  CHECK(json["processes"][0]["command"] == "sleep 1000");
  CHECK(json["causes"].empty());
}

TEST_CASE("a run whose recorder is gone is told as such, not as running",
          "[cli][running]") {
  SampleJournal journal;
  Recorder recorder;
  const ProcessId id = recorder.id();
  recorder.end();
  journal.writer().start(run_of(id), {});
  RunStarted other_boot = run_of(id, "before");
  other_boot.context.boot_id = "another";
  journal.writer().start(other_boot, {});
  RunStarted container = run_of(id, "inside");
  container.context.pid_namespace = 1;
  journal.writer().start(container, {});

  const auto seen = [&journal](const std::string& guest) {
    return Json::parse(running(journal, {"--json", "--object", guest}).out)["seen"];
  };
  CHECK(seen("win11") == "gone");
  CHECK(seen("before") == "rebooted");
  CHECK(seen("inside") == "elsewhere");
}

TEST_CASE("only what is asked for is told, and that nothing runs", "[cli][running]") {
  SampleJournal journal;
  const Recorder recorder;
  const auto call = journal.writer().start(run_of(recorder.id()), {});
  CHECK(running(journal, {"--object", "other"}).out.empty());
  CHECK(running(journal, {"--call", std::to_string(call + 1)}).out.empty());
  CHECK_FALSE(running(journal, {"--call", std::to_string(call) + ".."}).out.empty());
  CHECK_FALSE(running(journal, {"--operation", "prepare"}).out.empty());
  const CommandResult none = running(journal, {"--driver", "lxc"});
  CHECK(none.status == 0);
  CHECK(none.err == "hookjournal: no script that is like that runs now\n");
}

// Causes

RunningScript script_with(SeenProcess process) {
  RunningScript running;
  running.call = {.driver = "qemu", .object = "win11", .operation = "prepare"};
  running.script = "qemu";
  running.processes.push_back(std::move(process));
  return running;
}

std::string names(const RunningScript& running) {
  std::string names;
  for (const HangCause& cause : hang_causes(running))
    names += std::string(cause.name) + " ";
  return names;
}

TEST_CASE("a process with a connection to libvirt calls back while the lock is held",
          "[cli][running]") {
  const SeenProcess virsh{
      .stat = {.pid = 7},
      .command_line = "virsh list",
      .ends = {{.fd = 5, .kind = "unix", .place = "/run/libvirt/libvirt-sock"}}};
  RunningScript running = script_with(virsh);
  CHECK(names(running) == "calls-libvirt ");
  running.call.operation = "migrate";  // no lock yet
  CHECK(names(running).empty());
  running.call = {.driver = "daemon", .object = "-", .operation = "start"};
  CHECK(names(running).empty());
  running = script_with(virsh);
  running.processes[0].ends[0].place = "/run/other/sock";
  CHECK(names(running).empty());
}

TEST_CASE("what was left behind holds the pipe only when the script has ended",
          "[cli][running]") {
  RunningScript running =
      script_with({.stat = {.pid = 7}, .command_line = "sleep 60", .left_behind = true});
  CHECK(names(running).empty());
  running.script_ended = true;
  CHECK(names(running) == "pipe-held ");
  CHECK(hang_causes(running)[0].text.find("sleep 60 (pid 7)") != std::string::npos);
}

TEST_CASE("locks, stopped processes and a caller that is gone are named",
          "[cli][running]") {
  CHECK(names(script_with({.awaited_file = "/run/lock/x",
                           .lock_holders = {{9, "other"}}})) == "file-lock ");
  CHECK(names(script_with({.stat = {.state = 'T'}})) == "stopped ");
  CHECK(names(script_with({.stat = {.state = 'D'}})) == "disk ");
  RunningScript orphaned = script_with({});
  orphaned.caller_there = false;
  CHECK(names(orphaned).empty());  // of a call by hand nobody need wait
  orphaned.origin = Origin::libvirt;
  CHECK(names(orphaned) == "nobody-waits ");
}

}  // namespace
}  // namespace hookjournal
