#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/hook_call.h"
#include "replay/sandbox/effects.h"
#include "replay/scripts_tree.h"

namespace hookjournal {

// Bounds on what scripts may use in a sandbox.
struct SandboxLimits {
  std::chrono::milliseconds time{30'000};  // of one call, all its scripts
  std::uint64_t memory = 1ULL << 30;       // bytes of data, each process
  std::uint64_t all_memory = 2ULL << 30;   // bytes in use, all processes together
  std::uint64_t disk = 256ULL << 20;       // bytes of all it writes
  unsigned processes = 512;                // at one time
};

// What one sandbox is to look like. One leg of one lifecycle, or of one call.
struct SandboxPlan {
  std::string hooks_dir;              // where the tree appears: "/etc/libvirt/hooks"
  const ScriptsTree* tree = nullptr;  // outlives the call of open()
  // Files laid over the host's before the first run, other than the tree: the guest's XML
  // at /etc/libvirt/qemu/NAME.xml. No changes of the scripts'.
  std::vector<ScriptsTree::File> files;
  // Made in the network namespace before the first run.
  std::vector<std::string> bridges, taps;
  std::string host_name;  // as recorded; empty: this host's
  // Processes get ids from the next one on, where the kernel lets us say so.
  int last_pid = 0;
};

// How one script is run there.
struct SandboxedRun {
  std::string script;  // below hooks_dir
  HookCall call;
  std::optional<std::string> input;
  std::vector<std::string> environment;  // "NAME=value", whole
  std::string working_directory = "/";
  uid_t uid = 0;
  gid_t gid = 0;
  mode_t umask = 022;  // as libvirt's daemons have it
  // Of the call's time, by the scripts before this one.
  std::chrono::milliseconds spent{0};
};

// Where scripts act on nothing but copies, and are watched. What one run leaves, the next
// meets. Gone, with all its processes, mounts and files, when destroyed.
class Sandbox {
 public:
  virtual ~Sandbox() = default;
  // Runs to the end as libvirt sees it, or to the time limit. Throws Error when the
  // sandbox itself has failed.
  virtual ObservedRun run(const SandboxedRun& run) = 0;
  // What all runs so far have left behind.
  virtual Remains remains() = 0;
  // Copies all that was written to a directory, which is made: as seen in the sandbox.
  virtual void keep(const std::string& directory) = 0;
};

// Makes sandboxes; a test hands in a fake.
class SandboxMaker {
 public:
  virtual ~SandboxMaker() = default;
  // Throws Error when the machine does not let us.
  virtual std::unique_ptr<Sandbox> open(const SandboxPlan& plan) = 0;
};

// What the answers of commands come from that cannot run in a sandbox; see
// stand_ins/stand_in_rules.h.
struct StandInRules;

struct SandboxSettings {
  SandboxLimits limits;
  // Without them, or without the program, every command runs as it is.
  std::shared_ptr<const StandInRules> stand_ins;
  // Files, see own_program.h. Without a sandbox program: the one that belongs to us.
  std::string stand_in_program, sandbox_program;
  // That the host lacks and the scripts call, see missing_commands().
  std::vector<std::string> missing_commands;
  std::string path_variable;  // as recorded: where the scripts look for commands
};

// The real thing: Linux namespaces. One for each job, used by one thread. Throws Error
// with what is missing (rights, user namespaces, overlayfs) and what to do.
std::unique_ptr<SandboxMaker> make_sandbox_maker(const SandboxSettings& settings);

// Without any isolation, for --no-sandbox: nothing is contained, and of effects only
// endings and streams are seen.
std::unique_ptr<SandboxMaker> make_bare_runner();

}  // namespace hookjournal
