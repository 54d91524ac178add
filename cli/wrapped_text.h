#pragma once

#include <string>

#include "cli/output.h"

namespace hookjournal {

// Sentences that are safe to show, broken between words where a line would be longer than
// a terminal is wide. `first` stands before the first line, `indent` before the others.
void write_wrapped(Output& output, const std::string& words, const std::string& first,
                   const std::string& indent, Style style = Style::plain);

}  // namespace hookjournal
