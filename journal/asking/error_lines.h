#pragma once

#include <string>
#include <string_view>
#include <vector>

// What of a script's stderr tells failures of one cause from those of another: its last
// lines, with everything masked that differs from call to call.
namespace hookjournal {

struct MaskRule {
  std::string_view name;  // "number"
  std::string_view mask;  // what stands in its place: "<n>"; empty: the line is left out
  std::string_view what;  // what it applies to, in a sentence
};
// All of them, in the order in which they are tried at each place of a line. Ends with an
// empty name.
extern const MaskRule kMaskRules[];

struct ErrorLines {
  std::vector<std::string> printed;  // bytes as they were; long ones cut
  std::vector<std::string> masked;
  std::vector<std::string_view> rules;  // names of those that applied, in their order
};

// How many lines make a cause: the last that are not blank.
constexpr std::size_t kErrorLines = 3;

// `object`, `object_uuid`: of the call, "-" or empty when there is none.
ErrorLines last_error_lines(std::string_view stderr_bytes, std::string_view object,
                            std::string_view object_uuid);

// One line masked. The names of the rules that applied are appended to `rules`, each
// once; it may be null.
std::string masked_line(std::string_view line, std::string_view object,
                        std::string_view object_uuid,
                        std::vector<std::string_view>* rules = nullptr);

}  // namespace hookjournal
