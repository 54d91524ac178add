#include "replay/sandbox/command_log.h"

#include <utility>

namespace hookjournal {

CommandLog::CommandLog(pid_t root) {
  processes_.emplace_back();
  by_pid_[root] = 0;
  alive_.insert(root);
}

void CommandLog::forked(pid_t parent, pid_t child) {
  const auto found = by_pid_.find(parent);
  if (found == by_pid_.end()) return;
  const std::size_t index = processes_.size();
  processes_[found->second].children.push_back(index);
  processes_.emplace_back();
  by_pid_[child] = index;
  alive_.insert(child);
}

void CommandLog::executed(pid_t pid, Command command) {
  const auto found = by_pid_.find(pid);
  if (found == by_pid_.end()) return;
  Process& process = processes_[found->second];
  if (found->second == 0 && !std::exchange(process.script_seen, true)) return;
  if (!process.executed.empty()) process.executed.back().replaced = true;
  process.executed.push_back(std::move(command));
}

void CommandLog::ended(pid_t pid, const Ending& ending) {
  const auto found = by_pid_.find(pid);
  if (found == by_pid_.end()) return;
  Process& process = processes_[found->second];
  if (!process.executed.empty()) process.executed.back().ending = ending;
  by_pid_.erase(found);
  alive_.erase(pid);
}

void CommandLog::add(const Process& process, int depth, std::vector<Command>& to) const {
  // What a process executed later stands below nothing of what it was before; its
  // children stand below all of it. A process that executed nothing is a subshell: no
  // level.
  for (const Command& command : process.executed) {
    to.push_back(command);
    to.back().depth = depth;
  }
  const int below = process.executed.empty() ? depth : depth + 1;
  for (const std::size_t child : process.children) add(processes_[child], below, to);
}

std::vector<Command> CommandLog::commands() const {
  std::vector<Command> all;
  add(processes_.front(), 0, all);
  return all;
}

}  // namespace hookjournal
