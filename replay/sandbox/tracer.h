#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/child_process.h"
#include "replay/sandbox/command_log.h"
#include "replay/sandbox/effects.h"

namespace hookjournal {

// Follows every process that a script starts, by ptrace: from birth over each execve to
// its ending. Used by the first process of a sandbox, which is the parent of those whose
// own has gone.
class Tracer {
 public:
  // `simulated`: whether a stand-in stands at this program's path. `most`: processes at a
  // time; whoever starts one more stands still from then on.
  Tracer(std::function<bool(const std::string& program)> simulated, std::size_t most)
      : simulated_(std::move(simulated)), most_(most) {}

  // A run begins with this child, which has not executed anything yet and waits. What
  // earlier runs have left is still followed, and no longer told of. Throws Error.
  // `script`: the file it is going to execute.
  void begin(pid_t root, const std::string& script);
  // Takes what has happened, without waiting. For every SIGCHLD, and again while it
  // returns true: there may be more.
  bool turn();

  // Of the root, once it has ended.
  const std::optional<ChildEnd>& root_end() const { return root_end_; }
  // Of this run, as far as it has come. Also those that still run.
  const CommandLog& log() const { return *log_; }
  const std::vector<Attempt>& attempts() const { return attempts_; }
  std::size_t born() const { return born_; }
  // Of all runs and threads: the kernel counts up.
  const PidRange& pids() const { return pids_; }
  // Of all runs.
  std::size_t alive() const { return alive_.size(); }
  // There were to be more than `most`.
  bool too_many() const { return too_many_; }
  // A stand-in was started to interpret the script.
  bool interpreter_simulated() const { return interpreter_simulated_; }

 private:
  void ended(pid_t process, const ChildEnd& end);
  void stopped(pid_t process, int status);
  void newborn(pid_t process);
  void note(Attempt attempt);
  bool attempt_begins(pid_t process);
  void attempt_ended(pid_t process);
  // False when that was one too many.
  bool child_of(pid_t process, bool may_be_thread);
  void announce(pid_t child);
  void let_orphans_go();
  void executed(pid_t process);

  std::function<bool(const std::string&)> simulated_;
  std::size_t most_;
  bool too_many_ = false, interpreter_simulated_ = false;
  std::string script_;
  std::optional<CommandLog> log_;
  std::vector<Attempt> attempts_;
  std::map<pid_t, Attempt> begun_;  // by process or thread
  std::map<pid_t, pid_t> threads_;  // and their processes
  std::set<pid_t> alive_;
  // A child's first stop may be seen before its parent's word of it. It is kept until
  // then, or it might execute something while nobody knows whose child it is.
  std::set<pid_t> kept_, announced_;
  pid_t root_ = 0;
  std::optional<ChildEnd> root_end_;
  std::size_t born_ = 0;
  PidRange pids_;
};

}  // namespace hookjournal
