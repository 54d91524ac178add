#pragma once

#include <string>

// Paths in the checkout and in its build folder. One source knows where these are
// (places.cc): on every compiler command line they would keep a checkout from using what
// another one compiled.
namespace hookjournal::test {

std::string in_sources(const std::string& path);
std::string in_build(const std::string& path);

inline std::string hookjournal_program() { return in_build("cli/hookjournal"); }
inline std::string hook_program() { return in_build("cli/hookjournal-hook"); }
inline std::string sandbox_program() { return in_build("cli/hookjournal-sandbox"); }
inline std::string stand_in_program() { return in_build("cli/hookjournal-stand-in"); }

}  // namespace hookjournal::test
