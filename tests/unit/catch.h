#pragma once

// Catch2 2.x (Debian 12) and 3.x keep their parts in different headers and call the
// matcher for a part of a string differently; the tests use the newer name.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>
#include <string>
inline auto ContainsSubstring(const std::string& part) { return Catch::Contains(part); }
#endif
