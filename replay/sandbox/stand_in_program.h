#pragma once

#include <filesystem>

namespace hookjournal {

// The `hookjournal-stand-in` that belongs to the running program: beside it (as built),
// or in ../libexec/hookjournal (as installed). Throws Error when neither has it.
std::filesystem::path stand_in_program();

// The same for a program in `folder`.
std::filesystem::path stand_in_program_of(const std::filesystem::path& folder);

}  // namespace hookjournal
