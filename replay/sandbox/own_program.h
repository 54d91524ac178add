#pragma once

#include <filesystem>
#include <string>

// The programs that a sandbox is made with, and that nobody calls by hand.
namespace hookjournal {

constexpr const char* kSandboxProgram = "hookjournal-sandbox";
constexpr const char* kStandInProgram = "hookjournal-stand-in";

// The one of this name that belongs to the running program: beside it (as built), or in
// ../libexec/hookjournal (as installed). Throws Error when neither has it.
std::filesystem::path own_program(const std::string& name);

// The same for a program in `folder`.
std::filesystem::path own_program_of(const std::filesystem::path& folder,
                                     const std::string& name);

}  // namespace hookjournal
