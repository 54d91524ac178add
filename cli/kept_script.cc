#include "cli/kept_script.h"

#include <algorithm>

namespace hookjournal {

namespace {

using Kind = TreeEntry::Kind;

std::string reason(Kind kind) {
  switch (kind) {
    case Kind::file:
      return "";
    case Kind::keyed:
      return "others may not read that file, so only a keyed digest of it was kept";
    case Kind::too_large:
      return "that file was too large, so only its digest was kept";
    case Kind::volatile_file:
      return "that file changed while scripts ran, so it was not kept";
    case Kind::unreadable:
      return "that file could not be read";
    case Kind::unknown:
      break;
  }
  return "that file was kept in a way this version does not know";
}

}  // namespace

std::string why_not_kept(JournalReader& journal, const CallRecord& call,
                         const std::string& path) {
  if (call.tree.empty()) return "no scripts tree was recorded with the call";
  const auto entries = journal.tree(call.tree);
  const auto entry = std::ranges::find(entries, path, &TreeEntry::path);
  if (entry == entries.end()) return "no such file was in the scripts tree";
  return reason(entry->kind);
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
