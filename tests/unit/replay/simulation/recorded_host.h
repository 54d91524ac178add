#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/script_tree.h"
#include "replay/replay.h"
#include "tests/unit/engine/scratch_dir.h"
#include "tests/unit/journal/fresh_journal.h"
#include "tests/unit/replay/fake_sandbox.h"

namespace hookjournal {

// A scripts tree of executable files with these texts.
inline ScriptsTree tree_with(const std::map<std::string, std::string>& scripts) {
  const ScratchDir folder;
  for (const auto& [name, text] : scripts) folder.write(name, text, 0755);
  return tree_of_directory(folder.path());
}

// A host whose calls are in a journal, with the scripts as they then were.
class RecordedHost {
 public:
  // Long after anything here was written.
  static constexpr std::int64_t kLater = std::int64_t{4} * 1'000'000'000 * 1'000'000'000;

  struct Recorded {
    std::string driver = "qemu";
    std::vector<std::string> scripts;  // none: the main one
    std::optional<std::string> input = "<domain/>\n";
    Ending ending = Exited{0};
    std::string out;
    Origin origin = Origin::libvirt;
    std::string extra = "-";
    bool tree = true, ends = true, truncated = false;
    std::uint64_t redacted = 0;
  };

  void script(const std::string& name, const std::string& text, mode_t mode = 0755) {
    hooks_.write(name, text, mode);
  }
  const std::filesystem::path& hooks() const { return hooks_.path(); }
  // As often as it takes to be known as their state.
  void scripts_change(const std::string& name) {
    for (int i = 0; i < 3; ++i)
      writer_.trees().note_volatile(hooks_.path(), {name}, kLater);
  }

  // The call's number.
  std::int64_t call(const std::string& object, const std::string& operation,
                    Recorded what) {
    if (what.scripts.empty()) what.scripts = {what.driver};
    std::int64_t first = 0;
    for (const std::string& script : what.scripts) {
      RunStarted start = maker.start(script, {object, operation, "begin", what.extra});
      start.planned = what.scripts;
      start.origin = what.origin;
      start.context.working_directory = "/";
      start.context.umask = 0027;
      std::optional<KeptStream> input;
      if (what.input)
        input = KeptStream{*what.input, what.input->size() + (what.truncated ? 9 : 0),
                           what.truncated, what.redacted};
      std::optional<ScannedTree> tree;
      if (what.tree)
        tree = writer_.trees().scan(list_tree(hooks_.path(), {}), hooks_.path(), kLater);
      const std::int64_t run = writer_.start(start, input, tree);
      if (first == 0) first = run;
      RunEnded end = maker.end(start, what.ending);
      end.out = {what.out, what.out.size()};
      if (what.ends) writer_.end(run, end);
      maker.at_ms += 10;
    }
    return first;
  }
  std::int64_t call(const std::string& object, const std::string& operation) {
    return call(object, operation, Recorded{});
  }

  void start(const std::string& guest) {
    for (const char* operation : {"prepare", "start", "started"}) call(guest, operation);
  }
  void shut_down(const std::string& guest) {
    call(guest, "stopped");
    call(guest, "release", {.extra = "shutdown"});
  }

  JournalReader reader() const { return fresh.reader(); }

  FreshJournal fresh;
  RunMaker maker;

 private:
  ScratchDir hooks_;
  JournalWriter writer_ = fresh.writer();
};

// What a replay told, in order.
struct Told {
  ReplaySummary summary;
  std::vector<ReplayedCall> calls;
  std::vector<ReplayedLeak> leaks;
  std::vector<ReplayProgress> progress;

  std::vector<std::int64_t> numbers() const {
    std::vector<std::int64_t> ids;
    for (const ReplayedCall& call : calls) ids.push_back(call.call.id);
    return ids;
  }
  std::vector<Verdict> verdicts() const {
    std::vector<Verdict> all;
    for (const ReplayedCall& call : calls) all.push_back(call.verdict.verdict);
    return all;
  }
};

inline Told told_by(const RecordedHost& host, const ReplayPlan& plan,
                    const std::vector<SandboxMaker*>& makers) {
  Told told;
  auto journal = host.reader();
  told.summary = replay(
      journal, plan, makers,
      {.call = [&told](const ReplayedCall& call) { told.calls.push_back(call); },
       .leak = [&told](const ReplayedLeak& leak) { told.leaks.push_back(leak); },
       .progress = [&told](const ReplayProgress& at) { told.progress.push_back(at); }});
  return told;
}

}  // namespace hookjournal
