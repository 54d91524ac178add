#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/unique_fd.h"
#include "replay/sandbox/host_mounts.h"
#include "replay/scripts_tree.h"

// The file systems of a sandbox: everything of the host can be seen and written, and
// nothing written is real. Made in mount namespaces of our own, on memory, so that
// nothing is left of them when the last process inside has gone.
namespace hookjournal {

// What is prepared once and shared by all sandboxes of one maker.
struct Workshop {
  std::string folder;  // a memory file system of ours, where the host has nothing
  std::vector<HostMount> mounts;
  std::vector<HostMount> control_groups;  // below /sys/fs/cgroup
  bool user_namespace = false;            // made without being root
  std::vector<std::string> proc_files;    // writable ones the kernel has for all
  std::vector<std::string> proc_folders;  // the same, to be made read-only
  std::set<std::string> stand_in_places;  // paths in every sandbox
  std::vector<std::string> sockets;  // of the host: where they are in the file system

  // Of /proc/sys and /proc/irq, and the trees of scripts.
  std::string copies() const { return folder + "/copies"; }
  std::string trees() const { return copies() + "/trees"; }
  std::string stand_ins() const { return folder + "/stand-ins"; }
};

// In a mount namespace of our own. Throws Error.
Workshop make_workshop(bool user_namespace);

// A part of the file system whose changes are kept apart. Other layers may appear inside
// of it.
struct Layer {
  std::string path;  // where it appears, "/" for the root
  UniqueFd upper;    // what was written
  UniqueFd lower;    // what was there before; none: nothing
};

struct ScenePlan {
  std::string hooks_dir;
  std::string tree;  // folder of Workshop::trees()
  std::vector<ScriptsTree::File> files;
  // Shows the host's control groups: many mounts where each controller has its own.
  bool control_groups = false;
  std::uint64_t disk = 0;  // bytes
};

// Becomes the root of this process, which is the first of new mount, pid and network
// namespaces. Throws Error with what was refused.
std::vector<Layer> enter_scene(const Workshop& workshop, const ScenePlan& plan);

// Where our own things are inside: the socket of the stand-ins.
constexpr const char* kOurFolder = "/.hookjournal";

// Writes a file of a tree or plan, with the folders above it. Throws Error.
void write_tree_file(const std::string& path, unsigned mode, const std::string& bytes);

}  // namespace hookjournal
