#pragma once

#include <string>
#include <vector>

#include "cli/output.h"
#include "engine/xml/xml_difference.h"
#include "journal/asking/call_difference.h"

// What differs between two calls, in text. All of it is safe to show.
namespace hookjournal {

// "/domain/memory: '1048576' -> '2097152'"
std::string xml_words(const XmlDifference& difference);

// "kernel: '6.1.0' -> '6.12.0'"
std::string value_words(const ValueChange& change);

// "changed qemu.d/10-bridge", "changed qemu (mode 0755 -> 0644)"
std::string file_words(const ScriptChange& change);

// The lines of a unified difference, coloured, after `indent`; at most `most` of them.
void write_text_change(Output& output, const std::string& text, const std::string& indent,
                       std::size_t most);

// Everything, part by part, and last which parts are the same.
void write_difference(Output& output, const CallRecord& before, const CallRecord& after,
                      const CallDifference& difference);

}  // namespace hookjournal
