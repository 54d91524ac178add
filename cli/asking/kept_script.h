#pragma once

#include <optional>
#include <string>

#include "journal/journal.h"

namespace hookjournal {

// A file of the scripts tree as it was for a call.
struct KeptScript {
  std::optional<std::string> text;
  std::string why_not;  // there is no text, as the end of a sentence
};
KeptScript kept_script(JournalReader& journal, const CallRecord& call,
                       const std::string& path);

// Why the journal has a script's digest or less of it; empty when it has the text.
std::string why_not_kept(JournalReader& journal, const CallRecord& call,
                         const std::string& path);

}  // namespace hookjournal
