#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/config.h"
#include "engine/hook_engine.h"
#include "engine/script_tree.h"
#include "journal/capture.h"
#include "journal/journal_writer.h"

namespace hookjournal {

// Keeps the calls this program makes itself (`run`, `simulate`), each script run as the
// recorder keeps those libvirt makes. This process is their caller.
class CallRecorder : public RunObserver {
 public:
  struct Setting {
    std::filesystem::path journal;
    std::filesystem::path hooks_dir;  // of the scripts; absolute
    std::filesystem::path seen_as;  // where they run, if that is another path than theirs
    std::vector<std::string> environment;  // of the scripts
    Origin origin = Origin::run;
    Config config;  // what is kept of a run, and how much the journal may take
    // Each start and end on disk before what follows it; else only the last.
    bool durable = true;
  };
  // Throws Error when nothing can be recorded there.
  explicit CallRecorder(Setting setting);
  ~CallRecorder() override;
  CallRecorder(const CallRecorder&) = delete;

  // Throws Error when the first run of all cannot be recorded: no script has run yet.
  // From there on no trouble with the journal throws: a call that has begun is not left
  // half done for its sake. What it does not take waits in the spool beside it.
  void starting(const HookCall& call, const std::string& script,
                const std::optional<std::string>& input,
                const std::vector<std::string>& planned) override;
  void ended(const HookCall& call, const std::string& script,
             const ScriptResult& result) override;

  // The id of the call made last; nothing when none of its runs is in the journal.
  std::optional<std::int64_t> call() const { return call_; }
  // What could not be recorded, a sentence each.
  const std::vector<std::string>& trouble() const { return trouble_; }

 private:
  struct Run {
    RunStarted start;
    CapturedStreams streams;
    TreeListing tree;
    std::optional<std::int64_t> id;
    std::string refused;  // why there is no id
  };

  Run describe(const HookCall& call, const std::string& script,
               const std::optional<std::string>& input,
               const std::vector<std::string>& planned) const;
  void record_start();
  void record_end(const RunEnded& end);
  void settle();
  void note_volatile_files();
  void keep_elsewhere(const RunEnded& end, const std::string& why);

  Setting setting_;
  JournalWriter journal_;
  Context context_;
  ProcessId self_;
  std::optional<Run> run_;
  bool any_recorded_ = false;
  std::optional<std::int64_t> call_;
  std::vector<std::string> trouble_;
};

}  // namespace hookjournal
