#include <algorithm>

#include "cli/asking/running/running_script.h"
#include "engine/libvirt_locks.h"

namespace hookjournal {

namespace {

using Causes = std::vector<HangCause>;

std::string named(const PeerProcess& process) {
  return process.command_line + " (pid " + std::to_string(process.pid) + ")";
}

std::string named(const SeenProcess& process) {
  return named(PeerProcess{process.stat.pid, process.command_line});
}

void pipe_held(const RunningScript& running, Causes& causes) {
  if (!running.script_ended) return;
  std::string holders;
  for (const SeenProcess& process : running.processes)
    if (process.left_behind) holders += (holders.empty() ? "" : ", ") + named(process);
  if (holders.empty()) return;
  causes.push_back(
      {"pipe-held", running.script +
                        " has ended, but what it left behind keeps its "
                        "stdout, stderr or stdin open: " +
                        holders +
                        ". libvirt waits until they are closed; the call goes on when "
                        "that process ends."});
}

void calls_libvirt(const RunningScript& running, Causes& causes) {
  if (!holds_object_lock(running.call)) return;
  for (const SeenProcess& process : running.processes)
    for (const OpenEnd& end : process.ends) {
      if (end.kind != "unix" || !is_libvirt_socket(end.place)) continue;
      causes.push_back(
          {"calls-libvirt",
           named(process) + " is connected to libvirt (" + end.place + ")" +
               (end.awaited ? " and waits for its answer" : "") +
               ". libvirt holds the lock of " + running.call.object +
               " until this hook ends: what asks it about that one (a list of all does) "
               "is not answered before."});
      return;
    }
}

void file_lock(const RunningScript& running, Causes& causes) {
  for (const SeenProcess& process : running.processes) {
    if (process.lock_holders.empty()) continue;
    std::string holders;
    for (const PeerProcess& holder : process.lock_holders)
      holders += (holders.empty() ? "" : ", ") + named(holder);
    causes.push_back({"file-lock", named(process) + " waits for the lock of " +
                                       process.awaited_file + ", which is held by " +
                                       holders + "."});
  }
}

void state(const RunningScript& running, Causes& causes) {
  for (const SeenProcess& process : running.processes) {
    if (process.stat.state == 'T' || process.stat.state == 't')
      causes.push_back({"stopped", named(process) +
                                       " is stopped, by a signal or a debugger; "
                                       "`kill -CONT` lets it go on."});
    if (process.stat.state == 'D')
      causes.push_back(
          {"disk",
           named(process) + " waits in the kernel" +
               (process.wait.channel.empty() ? "" : " (" + process.wait.channel + ")") +
               " and cannot be interrupted: for a disk, a network file system "
               "or a device."});
  }
}

void nobody_waits(const RunningScript& running, Causes& causes) {
  if (running.origin != Origin::libvirt || running.caller_there) return;
  causes.push_back(
      {"nobody-waits", running.caller.exe + " (pid " +
                           std::to_string(running.caller.process.pid) +
                           "), which called, has ended: nobody waits for this answer."});
}

}  // namespace

std::vector<HangCause> hang_causes(const RunningScript& running) {
  Causes causes;
  pipe_held(running, causes);
  calls_libvirt(running, causes);
  file_lock(running, causes);
  state(running, causes);
  nobody_waits(running, causes);
  return causes;
}

}  // namespace hookjournal
