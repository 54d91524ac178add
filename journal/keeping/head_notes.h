#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "journal/journal_writer.h"

namespace hookjournal {

// Where a journal's head is noted, as the configuration says.
struct AnchorTargets {
  bool syslog = false;
  std::filesystem::path file;     // gets a line
  std::filesystem::path command;  // gets it on its stdin, and half a minute

  bool any() const { return syslog || !file.empty() || !command.empty(); }
};

struct NotedHead {
  std::string where;                 // "syslog, /mnt/audit/heads"; empty: nowhere
  std::vector<std::string> trouble;  // targets that did not take it, a sentence each
};

// Notes the head, unless nothing has happened since it was noted last; that it was noted
// is an event, when every target has taken it.
NotedHead note_head(JournalWriter& journal, const AnchorTargets& targets);

}  // namespace hookjournal
