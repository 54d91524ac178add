#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "journal/asking/call_difference.h"
#include "journal/journal.h"
#include "journal/selection.h"

namespace hookjournal {

// A version of the scripts tree, by the calls that ran under it.
struct TreeVersion {
  std::string digest;  // as CallRecord::tree has it
  std::int64_t first_ns = 0, last_ns = 0;
  std::int64_t first_call = 0, last_call = 0;
  std::uint64_t calls = 0, failed = 0;
  // Since the version that came before; of the first, all files are new.
  std::vector<ScriptChange> files;
};

// The versions with selected calls, by when they were first seen; `files` is left empty
// where `with_files` is false. A version that came back later stands once.
std::vector<TreeVersion> tree_versions(JournalReader& journal, const Selection& selection,
                                       bool with_files);

// The digest that is meant by "sha256:9f86d081", its first digits or a call's number
// ("call:4711"). Throws UsageError when there is none, or several.
std::string tree_named(JournalReader& journal, const std::string& name);

}  // namespace hookjournal
