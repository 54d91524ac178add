#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace hookjournal {

struct TemporaryPart {
  std::size_t end = 0;  // behind it
  const char* rule = "";
  const char* shape = "";
};

// The part of a temporary file's name that chance or a process id made, if one begins at
// `begin`: mktemp's "tmp.AbCdEf1234" and "foo.aB3xYz", Python's "/tmpab12cd34", and in
// places for such files "foo.1234". What merely looks chosen ("foo.service") is none: two
// legs tell more about a name than its letters.
std::optional<TemporaryPart> temporary_part_at(std::string_view text, std::size_t begin);

}  // namespace hookjournal
