#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "journal/journal_writer.h"
#include "tests/unit/temp_folder.h"

// A journal in a fresh folder, filled with runs as libvirt would make them. Time is a
// count of milliseconds that the test advances.
class FreshJournal {
 public:
  FreshJournal() { hookjournal::create_or_migrate(file()); }

  std::filesystem::path file() const { return folder_ / "journal.db"; }
  const TempFolder& folder() const { return folder_; }
  hookjournal::JournalWriter writer() const {
    return hookjournal::JournalWriter(file(), std::chrono::milliseconds(2000));
  }
  hookjournal::JournalReader reader() const { return hookjournal::JournalReader(file()); }

 private:
  TempFolder folder_;
};

struct RunMaker {
  std::int64_t at_ms = 1'700'000'000'000;
  pid_t daemon = 812;
  std::string boot = "boot-1";
  int next = 1;

  hookjournal::RunStarted start(const std::string& script,
                                const std::vector<std::string>& arguments) {
    hookjournal::RunStarted run;
    run.at = {at_ms * 1'000'000, at_ms * 1'000'000 - 1'699'999'999'000'000'000};
    run.uuid = hookjournal::new_uuid(run.at.wall_ns);
    run.script = script;
    run.arguments = arguments;
    run.planned = {"qemu", "qemu.d/10-a", "qemu.d/20-b"};
    run.origin = hookjournal::Origin::libvirt;
    run.recorder = {4000 + next, 77};
    run.writer = {5000 + next, 77};
    ++next;
    run.context.host_name = "host1";
    run.context.boot_id = boot;
    run.context.hooks_dir = "/etc/libvirt/hooks";
    run.context.environment = {"LC_ALL=C", "PATH=/usr/bin"};
    run.context.caller = {{daemon, 4711}, "/usr/sbin/libvirtd", 1, 2, "build"};
    return run;
  }

  hookjournal::RunEnded end(const hookjournal::RunStarted& run,
                            hookjournal::Ending ending, std::int64_t elapsed_ms = 5) {
    hookjournal::RunEnded ended;
    ended.at = {run.at.wall_ns + elapsed_ms * 1'000'000,
                run.at.boot_ns + elapsed_ms * 1'000'000};
    ended.ending = ending;
    ended.elapsed_ns = elapsed_ms * 1'000'000;
    return ended;
  }

  // One run from start to end; time goes on by 10 ms. Returns the run's id.
  std::int64_t run(hookjournal::JournalWriter& journal, const std::string& script,
                   const std::vector<std::string>& arguments,
                   hookjournal::Ending ending = hookjournal::Exited{0}) {
    const auto started = start(script, arguments);
    const std::int64_t id = journal.start(started, {});
    journal.end(id, end(started, ending));
    at_ms += 10;
    return id;
  }
};
