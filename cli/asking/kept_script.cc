#include "cli/asking/kept_script.h"

#include <algorithm>

#include "journal/asking/call_difference.h"

namespace hookjournal {

std::string why_not_kept(JournalReader& journal, const CallRecord& call,
                         const std::string& path) {
  if (call.tree.empty()) return "no scripts tree was recorded with the call";
  const auto entries = journal.tree(call.tree);
  const auto entry = std::ranges::find(entries, path, &TreeEntry::path);
  if (entry == entries.end()) return "no such file was in the scripts tree";
  return why_no_content(entry->kind);
}

KeptScript kept_script(JournalReader& journal, const CallRecord& call,
                       const std::string& path) {
  KeptScript script{.why_not = why_not_kept(journal, call, path)};
  if (!script.why_not.empty()) return script;
  script.text = journal.tree_file(call.tree, path);
  if (!script.text) script.why_not = "its content is no longer in the journal";
  return script;
}

}  // namespace hookjournal
