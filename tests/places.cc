#include "tests/places.h"

namespace hookjournal::test {

std::string in_sources(const std::string& path) { return SOURCE_FOLDER "/" + path; }
std::string in_build(const std::string& path) { return BUILD_FOLDER "/" + path; }

}  // namespace hookjournal::test
