#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "replay/guest_files.h"
#include "replay/legs/loaded_call.h"
#include "replay/replay.h"

// What passes between the thread that reads the journal and tells of results, and the
// jobs that replay. One order is answered by one result.
namespace hookjournal {

// What all sandboxes of one lifecycle look like.
struct LifeSetup {
  std::shared_ptr<const ScriptsTree> baseline;
  std::string hooks_dir, host_name;
  std::vector<ScriptsTree::File> files;
  NamedLinks links;
  bool whole = false;  // what it leaves is to be judged
};

struct ReplayOrder {
  std::size_t life = 0;
  // With its first order: sandboxes are opened.
  std::shared_ptr<const LifeSetup> begin;
  std::optional<LoadedCall> call;  // nothing: it could not be loaded
  std::vector<std::string> notes;  // of the call
  bool last = false;               // sandboxes are closed
};

struct ReplayResult {
  std::size_t job = 0;
  std::size_t life = 0;
  bool last = false;
  std::optional<ReplayedCall> call;
  // Of any leg: names of commands that really ran, and what was attempted in vain.
  std::set<std::string> ran, blocked;
  std::optional<ReplayedLeak> leak;
  std::optional<ReplayedCall> leak_example;  // the call after which it was found
  std::vector<MaskUse> leak_masks;
  std::exception_ptr sandbox_failure;  // with the last: it could not be replayed whole
  std::exception_ptr failure;          // all is to be stopped
};

}  // namespace hookjournal
