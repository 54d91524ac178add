#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/install/our_folder.h"

namespace hookjournal {

// What the command line of `install` puts into config.json.
struct InstallChoices {
  std::optional<std::filesystem::path> journal;
  std::optional<std::chrono::milliseconds> deadline;
  std::optional<bool> refuse_when_unrecorded;
};

// Whether the configuration of `hooks_dir` says something else. Throws Error when it does
// and was written by hand: comments and order in it are somebody's, so that person is
// asked to change it. Throws, too, when a value in it cannot be used.
bool must_write(const std::filesystem::path& hooks_dir, const InstallChoices& choices);

void write_choices(FileOps& ops, OurFolder& folder,
                   const std::filesystem::path& hooks_dir, const InstallChoices& choices);

}  // namespace hookjournal
