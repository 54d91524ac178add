#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// The words that a help text lists as an option's values, or none when it is not such a
// list. A list is words with commas (or a last `or`) between them, after what a colon
// ends and up to a semicolon; remarks in parentheses and a last "..." are no words:
//   "stdin, stdout or stderr"    "Called by: libvirt, run"    "qemu, lxc, ...;
//   repeatable"
std::vector<std::string> listed_words(std::string_view help);

// Of one command's option or argument: also those that the help names elsewhere
// (scenarios) or does not name in full (operations).
std::vector<std::string> words_for(std::string_view command, std::string_view option,
                                   std::string_view help);

}  // namespace hookjournal
