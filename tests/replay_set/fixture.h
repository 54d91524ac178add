#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/hook_call.h"
#include "replay/scripts_tree.h"

// One folder of the replay set; README.md says what is in it.
namespace hookjournal::replay_set {

struct Edit {
  std::string name, file, find, replace;
  std::set<std::string> fields;  // of a breakage: at least one is to be reported
  std::optional<std::string> consequence;  // nothing: as before
  std::size_t call = 0;                    // in which it shows first
};

struct Fixture {
  std::string name;
  std::filesystem::path hooks;
  std::vector<HookCall> calls;
  std::vector<ScriptsTree::File> host_files;
  std::vector<Edit> breakages, harmless;
};

// Throws when something of it is not as README.md says.
Fixture fixture_of(const std::filesystem::path& folder);
// Folders of the set, by name.
std::vector<std::filesystem::path> fixture_folders(const std::filesystem::path& set);

// The scripts with one edit made.
ScriptsTree edited(const Fixture& fixture, const Edit& edit);

}  // namespace hookjournal::replay_set
