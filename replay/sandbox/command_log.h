#pragma once

#include <sys/types.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "replay/sandbox/effects.h"

namespace hookjournal {

// Puts together, from what a tracer sees of processes, the commands of one script run: as
// the tree of who started whom. Siblings stand in the order in which they were born,
// which is the script's, not in that in which a scheduler let them begin.
class CommandLog {
 public:
  // `root`: the script's own process; its first execve is the script itself.
  explicit CommandLog(pid_t root);

  void forked(pid_t parent, pid_t child);
  void executed(pid_t process, Command command);
  void ended(pid_t process, const Ending& ending);
  // Of threads nothing is told.
  bool knows(pid_t process) const { return alive_.contains(process); }
  const std::set<pid_t>& alive() const { return alive_; }

  // The commands in order, with their depth.
  std::vector<Command> commands() const;

 private:
  struct Process {
    std::vector<Command> executed;
    std::vector<std::size_t> children;  // indices, by birth
    bool script_seen = false;           // of the root
  };
  void add(const Process& process, int depth, std::vector<Command>& to) const;

  std::vector<Process> processes_;       // the root first; pids may be used again
  std::map<pid_t, std::size_t> by_pid_;  // of those alive
  std::set<pid_t> alive_;
};

}  // namespace hookjournal
