#include "engine/processes/process_scene.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "engine/small_file.h"

namespace hookjournal {

namespace {

std::string descriptor_path(pid_t pid, const char* folder, int fd) {
  return "/proc/" + std::to_string(pid) + "/" + folder + "/" + std::to_string(fd);
}

// "flags:\t0100001": octal, as open(2) has them.
bool is_for_writing(pid_t pid, int fd) {
  constexpr std::string_view kLabel = "flags:";
  const std::string text =
      read_small_file(descriptor_path(pid, "fdinfo", fd)).value_or("");
  const auto at = text.find(kLabel);
  if (at == std::string::npos) return true;
  const long flags = std::strtol(text.c_str() + at + kLabel.size(), nullptr, 8);
  return (flags & O_ACCMODE) != O_RDONLY;
}

bool is_named_pipe(pid_t pid, int fd) {
  struct stat status {};
  return ::stat(descriptor_path(pid, "fd", fd).c_str(), &status) == 0 &&
         S_ISFIFO(status.st_mode);
}

bool connects(std::string_view target) {
  return target.starts_with("pipe:[") || target.starts_with("socket:[");
}

}  // namespace

ProcessScene::ProcessScene() : processes_(all_process_stats()) {
  for (const ProcessStat& process : processes_)
    for_each_descriptor(process.pid, [&](int fd, std::string_view target) {
      descriptors_[process.pid].push_back({fd, std::string(target)});
      // Named pipes have a path, like files.
      if (connects(target) || target.starts_with('/'))
        holders_[std::string(target)].push_back({process.pid, fd});
    });
}

std::vector<PeerProcess> ProcessScene::peers(const std::string& target, pid_t self,
                                             bool writes) const {
  std::vector<PeerProcess> found;
  const auto holders = holders_.find(target);
  if (holders == holders_.end()) return found;
  for (const Holder& holder : holders->second) {
    const bool known = !found.empty() && found.back().pid == holder.pid;
    if (holder.pid == self || known) continue;
    if (is_for_writing(holder.pid, holder.fd) != writes) continue;
    found.push_back({holder.pid, process_command_line(holder.pid)});
  }
  return found;
}

std::vector<OpenEnd> ProcessScene::ends_of(pid_t pid) const {
  std::vector<OpenEnd> ends;
  const auto descriptors = descriptors_.find(pid);
  if (descriptors == descriptors_.end()) return ends;
  const std::string network = process_link(pid, "ns/net");
  for (const auto& [fd, target] : descriptors->second) {
    OpenEnd end{.fd = fd};
    if (const auto inode = inode_in(target, "socket")) {
      const auto [sockets, is_new] = sockets_.try_emplace(network);
      if (is_new) sockets->second = sockets_of(pid);
      const auto facts = sockets->second.find(*inode);
      end.kind = "socket";
      if (facts != sockets->second.end()) {
        end.kind = facts->second.kind;
        end.place = facts->second.peer.empty() ? facts->second.local : facts->second.peer;
        if (facts->second.peer_inode != 0)
          end.peers = peers("socket:[" + std::to_string(facts->second.peer_inode) + "]",
                            pid, true);
      }
    } else if (inode_in(target, "pipe") ||
               (target.starts_with('/') && is_named_pipe(pid, fd))) {
      end.kind = "pipe";
      end.writes = is_for_writing(pid, fd);
      if (target.starts_with('/')) end.place = target;
      end.peers = peers(target, pid, !end.writes);
    } else {
      continue;
    }
    ends.push_back(std::move(end));
  }
  std::ranges::sort(ends, {}, &OpenEnd::fd);
  return ends;
}

SeenProcess ProcessScene::seen(const ProcessStat& stat, int depth) const {
  SeenProcess process{.stat = stat,
                      .command_line = process_command_line(stat.pid),
                      .depth = depth,
                      .wait = process_wait(stat.pid),
                      .ends = ends_of(stat.pid)};
  for (const int fd : process.wait.descriptors) {
    const auto end = std::ranges::find(process.ends, fd, &OpenEnd::fd);
    if (end != process.ends.end()) {
      end->awaited = true;
      continue;
    }
    // Not what has no place of its own: "anon_inode:[eventfd]".
    const std::string target = process_link(stat.pid, "fd/" + std::to_string(fd));
    if (process.awaited_file.empty() && target.starts_with('/'))
      process.awaited_file = target;
    if (process.wait.call == "flock" || process.wait.call == "fcntl")
      for (const pid_t holder : lock_holders(stat.pid, fd))
        process.lock_holders.push_back({holder, process_command_line(holder)});
  }
  return process;
}

void ProcessScene::add_below(pid_t parent, pid_t apart, int depth,
                             std::vector<SeenProcess>& found) const {
  for (const ProcessStat& child : processes_) {
    if (child.parent != parent || child.pid == apart || child.state == 'Z') continue;
    found.push_back(seen(child, depth));
    add_below(child.pid, apart, depth + 1, found);
  }
}

std::vector<SeenProcess> ProcessScene::below(pid_t root, pid_t apart) const {
  std::vector<SeenProcess> found;
  add_below(root, apart, 0, found);
  const auto own = descriptors_.find(root);
  if (own == descriptors_.end()) return found;
  for (const auto& [fd, target] : own->second) {
    if (fd <= 2 || !inode_in(target, "pipe")) continue;
    const bool root_writes = is_for_writing(root, fd);
    for (const Holder& holder : holders_.at(target)) {
      const auto same = [&holder](const auto& process) {
        return process.stat.pid == holder.pid;
      };
      if (holder.pid == root || holder.pid == apart || std::ranges::any_of(found, same))
        continue;
      if (is_for_writing(holder.pid, holder.fd) == root_writes) continue;
      const auto stat = std::ranges::find(processes_, holder.pid, &ProcessStat::pid);
      found.push_back(seen(*stat, 0));
      found.back().left_behind = true;
    }
  }
  return found;
}

}  // namespace hookjournal
