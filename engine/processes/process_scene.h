#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/processes/process_facts.h"
#include "engine/processes/process_wait.h"
#include "engine/processes/socket_table.h"

namespace hookjournal {

struct PeerProcess {
  pid_t pid = 0;
  std::string command_line;
};

// A pipe or socket that a process has open.
struct OpenEnd {
  int fd = -1;
  std::string kind;    // "pipe", "unix", "tcp", "udp"; "socket" when no more is known
  bool writes = true;  // of a pipe: it is the writing end
  // Where a socket leads: the path or address of the other end, else its own (it listens,
  // or is not connected). Of a named pipe its path. Empty: unnamed.
  std::string place;
  bool awaited = false;            // what the process waits for
  std::vector<PeerProcess> peers;  // that have the other end
};

struct SeenProcess {
  ProcessStat stat;
  std::string command_line;
  int depth = 0;  // below the root
  // Not below the root (any more), but it has one of the root's pipes open.
  bool left_behind = false;
  ProcessWait wait;
  std::vector<OpenEnd> ends;
  // When it waits for another descriptor than these: what that is.
  std::string awaited_file;
  std::vector<PeerProcess> lock_holders;  // of the file it waits to lock
};

// All processes of one moment, with what connects them. Looking costs a walk over the
// descriptors of all.
class ProcessScene {
 public:
  ProcessScene();

  const std::vector<ProcessStat>& processes() const { return processes_; }

  // What runs below `root`, each after its parent, without `root` itself and without
  // `apart` and what is below that. Last those that were left behind: they have a pipe
  // open whose other end `root` has, other than its standard streams.
  std::vector<SeenProcess> below(pid_t root, pid_t apart) const;

 private:
  struct Holder {
    pid_t pid = 0;
    int fd = -1;
  };
  struct Descriptor {
    int fd = -1;
    std::string target;
  };

  SeenProcess seen(const ProcessStat& stat, int depth) const;
  std::vector<OpenEnd> ends_of(pid_t pid) const;
  std::vector<PeerProcess> peers(const std::string& target, pid_t self,
                                 bool writes) const;
  void add_below(pid_t parent, pid_t apart, int depth,
                 std::vector<SeenProcess>& found) const;

  std::vector<ProcessStat> processes_;
  std::map<pid_t, std::vector<Descriptor>> descriptors_;
  std::map<std::string, std::vector<Holder>> holders_;  // of pipes and sockets, by target
  mutable std::map<std::string, std::map<std::uint64_t, SocketFacts>> sockets_;
};

}  // namespace hookjournal
