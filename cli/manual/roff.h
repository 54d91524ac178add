#pragma once

#include <string>
#include <string_view>

namespace hookjournal {

// Text for a man page: no byte of it is taken for a request or an escape.
std::string roff(std::string_view text);
std::string roff_bold(std::string_view text);
std::string roff_italic(std::string_view text);

// What follows a command's options in its help: paragraphs are filled anew, lines that
// begin with a blank stay as they are. Ends with a newline.
std::string roff_paragraphs(std::string_view text);

}  // namespace hookjournal
