#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/install/reload.h"

// What stands in a hooks directory, as far as recording goes. The journal's side is in
// cli/install/journal_status.h.
namespace hookjournal {

struct ScriptStatus {
  std::string path;  // below the hooks directory
  std::string driver;
  enum class How { not_recorded, words, launcher, watcher, link } how = How::not_recorded;
  std::string recorder;  // that it names
  std::string note;      // why it is not recorded, or what is wrong with it
  bool needs_person = false;
  // Whether its text differs from what install last recorded; none when nobody knows.
  std::optional<bool> changed;
};
const char* to_string(ScriptStatus::How how);

struct DriverStatus {
  std::string name;
  std::size_t scripts = 0;
  std::size_t recorded = 0;
  std::string trouble;  // its directory cannot be read
};

struct HooksStatus {
  std::filesystem::path hooks_dir;
  bool installed = false;  // anything of ours is in the tree
  std::optional<std::int64_t> disabled_since;
  std::vector<ScriptStatus> scripts;  // by driver, in running order
  std::vector<DriverStatus> drivers;  // those with scripts or trouble
  std::vector<ReloadNeeded> reloads;
  std::string config_trouble;
  // All that a person must see to, each a sentence.
  std::vector<std::string> findings;
};

struct StatusRequest {
  std::filesystem::path hooks_dir;
  std::string recorder;  // that install would name
  std::vector<Daemon> daemons;
  KnowsDriver knows;
};

// Throws Error when there is no hooks directory.
HooksStatus look_at_hooks(const StatusRequest& request);

}  // namespace hookjournal
