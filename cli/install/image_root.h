#pragma once

#include <filesystem>
#include <string>

namespace hookjournal {

// From here on the system image below `root` is the whole world of this process: its
// paths are the ones hooks will see, and its absolute links lead into it. Needs root;
// throws Error.
void enter_image(const std::filesystem::path& root);

// Absolute, without `.`, `..` and a slash at the end: the path is compared, and written
// into first lines.
std::filesystem::path absolute_path(const std::string& path);

}  // namespace hookjournal
