#pragma once

#include <string>
#include <vector>

namespace hookjournal {

// What a folder holds, without "." and "..", in no order; nothing when it cannot be read.
std::vector<std::string> names_in(const std::string& path);
std::vector<std::string> names_in(int folder);  // which stays open

}  // namespace hookjournal
