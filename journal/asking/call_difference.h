#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/xml/xml_difference.h"
#include "journal/journal.h"

namespace hookjournal {

// Something that has one value. Nothing: it was not there, or is not known.
struct ValueChange {
  std::string name;
  std::optional<std::string> before, after;

  bool operator==(const ValueChange&) const = default;
};

// A file of the scripts tree.
struct ScriptChange {
  std::string path;
  std::optional<TreeEntry> before, after;
  // As unified_difference() has it; empty when only the mode changed, or the journal
  // does not have both texts.
  std::string text;
  std::string why_no_text;  // in the latter case
};

// A part of two calls that has bytes: what a script read or printed.
struct TextChange {
  std::string text;   // as unified_difference() has it
  bool whole = true;  // false: not all of both was kept
};

// The runs of one script.
struct RunChange {
  std::string script;
  std::optional<RunRecord> before, after;
  std::optional<TextChange> out, err;

  bool same() const;  // but for the times
};

// All in which two calls differ, the earlier one first. Identities that differ between
// any two calls (their ids, times, runs) are none.
struct CallDifference {
  std::vector<ValueChange> words;        // driver, object, ... outcome, consequence
  std::vector<ValueChange> host;         // host, boot, kernel, versions, caller, user
  std::vector<ValueChange> environment;  // by name
  bool trees_known = true;               // of both
  std::vector<ScriptChange> files;
  std::vector<XmlDifference> xml;
  // Instead of `xml`, when an input is no XML: the texts; or why there is nothing.
  std::optional<TextChange> input;
  std::string input_unknown;
  std::vector<RunChange> runs;  // all of them
};

CallDifference compare_calls(JournalReader& journal, const CallRecord& before,
                             const CallRecord& after);

// Where and as whom a call ran, in the order of CallDifference::host; and what it had in
// its environment. What is not known has an empty value.
using NamedValues = std::vector<std::pair<std::string, std::string>>;
NamedValues host_values(const Context& context);
NamedValues environment_values(const Context& context);

// The files that differ between two tree versions (digests as CallRecord::tree has them).
std::vector<ScriptChange> compare_trees(JournalReader& journal, const std::string& before,
                                        const std::string& after);

// Why a tree version has less of a file than its text; empty when it has that.
std::string why_no_content(TreeEntry::Kind kind);

// What a tree version does not hold because of its size, a sentence for each limit.
std::vector<std::string> limit_words(const TreeLimits& met);

}  // namespace hookjournal
