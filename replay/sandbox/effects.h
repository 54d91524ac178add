#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/ending.h"
#include "engine/script_runner.h"

// What a script did, as its sandbox saw it. Values only: made by the sandbox, compared by
// replay/comparison, shown by reports.
namespace hookjournal {

// A program executed in the script's process tree.
struct Command {
  // The file given to execve, absolute. Of a script its own path, not its interpreter's.
  std::string program;
  std::vector<std::string> arguments;  // argv, whole
  // Of its process. Nothing: it still ran when the observation ended, or `replaced`.
  std::optional<Ending> ending;
  bool replaced = false;  // its process went on to execute the next command in its place
  int depth = 0;  // how many commands it is below the script's own process; 0: its child
  bool simulated = false;  // a stand-in answered
  bool operator==(const Command&) const = default;
};

// A file system object as it stood at one moment.
struct FileState {
  char type = 'f';  // f, d, l (link), c, b (devices), p (pipe), s (socket)
  unsigned mode = 0;
  std::uint32_t uid = 0, gid = 0;
  std::uint64_t size = 0;
  std::string sha256;   // hexadecimal; of files
  std::string content;  // of files up to kKeptContent bytes; a link's target
  bool content_kept = true;
  bool operator==(const FileState&) const = default;
};
constexpr std::uint64_t kKeptContent = 256 << 10;

// One path that a run left in another state than it found it. Never both empty.
struct FileChange {
  std::string path;                 // absolute, as the script sees it
  std::optional<FileState> before;  // nothing: created
  std::optional<FileState> after;   // nothing: removed
  bool operator==(const FileChange&) const = default;
};

// One object of the network namespace: "link br0", "address br0 10.0.0.1/24",
// "route main 10.0.0.0/24 dev br0", "rule 100 ...", "neighbour br0 10.0.0.2",
// "nft table inet filter" (with its whole text), "iptables-legacy nat",
// "sysctl net.ipv4.ip_forward".
struct NetworkChange {
  std::string object;
  std::optional<std::string> before;  // its properties as text, may be several lines
  std::optional<std::string> after;
  bool operator==(const NetworkChange&) const = default;
};
using NetworkState = std::map<std::string, std::string>;  // object -> properties

// Something that would have reached outside of the sandbox.
struct Attempt {
  enum class Kind {
    connect,  // to a socket that is not there: "unix /run/libvirt/libvirt-sock"
    refused,  // a system call that would change the host: "settimeofday"
  };
  Kind kind = Kind::connect;
  std::string target;   // "unix PATH", "unix @ABSTRACT", "inet 10.0.0.1:53", or the call
  std::string program;  // of the process that tried
  bool operator==(const Attempt&) const = default;
};

// Process ids, first and last one included.
struct PidRange {
  std::int64_t lowest = 0, highest = 0;
  bool operator==(const PidRange&) const = default;
};

// All one script run did.
struct Effects {
  std::vector<Command> commands;       // by parent and order of birth: a tree, root first
  std::vector<FileChange> files;       // by path
  std::vector<NetworkChange> network;  // by object
  std::vector<Attempt> attempts;       // in order
  // Command lines of what still ran when the script's call was over.
  std::vector<std::string> left_running;
  // Of all scripts' processes in its sandbox so far, as they see them; nothing: they had
  // those of the host.
  std::optional<PidRange> pids;
  bool timed_out = false;  // and killed; left_running tells what ran
  // What the sandbox could not provide or had to stop, in words; empty when all is well.
  std::vector<std::string> trouble;
};

// One script run in a sandbox.
struct ObservedRun {
  std::string script;                // below the hooks directory
  std::optional<std::string> input;  // what it read
  ScriptResult result;
  Effects effects;
  // How much of this machine's processor time was idle meanwhile, from 0 to 1.
  double idle_share = 1;
};

// What a lifecycle leaves behind when its last call is over, against its beginning.
struct Remains {
  std::vector<FileChange> files;
  std::vector<NetworkChange> network;
  std::vector<std::string> processes;  // command lines
  bool operator==(const Remains&) const = default;
};

}  // namespace hookjournal
