#include "journal/asking/tree_history.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "engine/error.h"
#include "engine/sha256.h"
#include "journal/blob_store.h"
#include "journal/database.h"
#include "journal/selection_sql.h"

namespace hookjournal {

namespace {

constexpr std::size_t kFewestDigits = 6;

// By their blobs.
using Versions = std::map<std::int64_t, TreeVersion>;

void add(TreeVersion& version, std::int64_t call, std::int64_t at_ns, bool failed) {
  if (version.calls == 0 || at_ns < version.first_ns) {
    version.first_ns = at_ns;
    version.first_call = call;
  }
  if (version.calls == 0 || at_ns >= version.last_ns) {
    version.last_ns = at_ns;
    version.last_call = call;
  }
  ++version.calls;
  if (failed) ++version.failed;
}

// Takes them.
std::vector<TreeVersion> in_order(Versions& versions, JournalReader& journal) {
  std::vector<TreeVersion> list;
  list.reserve(versions.size());
  for (auto& [blob, version] : versions) {
    version.digest = to_hex(journal.blobs().digest_of(blob));
    list.push_back(std::move(version));
  }
  std::ranges::sort(list, {}, [](const TreeVersion& version) {
    return std::pair(version.first_ns, version.first_call);
  });
  return list;
}

std::vector<ScriptChange> all_new(JournalReader& journal, const std::string& digest) {
  std::vector<ScriptChange> files;
  for (const TreeEntry& entry : journal.tree(digest))
    files.push_back({.path = entry.path, .after = entry});
  return files;
}

// All calls, a question that SQL answers in one go.
Versions of_all_calls(JournalReader& journal) {
  Versions versions;
  auto rows = journal.database().prepare(
      "select id, at_ns, outcome, tree from calls where tree is not null");
  while (rows.next())
    add(versions[rows.int64(3)], rows.int64(0), rows.int64(1), rows.int64(2) == 1);
  return versions;
}

Versions of_calls(JournalReader& journal, const Selection& selection) {
  Versions versions;
  auto row = journal.database().prepare(
      "select at_ns, outcome, tree from calls where id = ? and tree is not null");
  for (const std::int64_t id : journal.call_ids(selection)) {
    row.bind(1, id);
    if (row.next()) add(versions[row.int64(2)], id, row.int64(0), row.int64(1) == 1);
    row.reset();
  }
  return versions;
}

std::vector<std::string> digests_like(JournalReader& journal, const std::string& digits) {
  std::vector<std::string> digests;
  auto rows = journal.database().prepare(
      "select distinct lower(hex(b.sha256)) from blobs b where b.id in"
      " (select distinct tree from calls) and lower(hex(b.sha256)) like ? || '%'");
  rows.bind(1, digits);
  while (rows.next()) digests.push_back(rows.text(0));
  return digests;
}

bool is_digits(const std::string& text) {
  return text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

std::vector<TreeVersion> tree_versions(JournalReader& journal, const Selection& selection,
                                       bool with_files) {
  Versions seen =
      narrows(selection) ? of_calls(journal, selection) : of_all_calls(journal);
  std::vector<TreeVersion> versions = in_order(seen, journal);
  if (!with_files) return versions;
  const std::string* before = nullptr;
  for (TreeVersion& version : versions) {
    version.files = before == nullptr ? all_new(journal, version.digest)
                                      : compare_trees(journal, *before, version.digest);
    before = &version.digest;
  }
  return versions;
}

std::string tree_named(JournalReader& journal, const std::string& name) {
  constexpr std::string_view kCall = "call:", kDigest = "sha256:";
  if (name.starts_with(kCall)) {
    const auto digits = name.substr(kCall.size());
    const bool number = !digits.empty() && digits.size() < 19 &&
                        digits.find_first_not_of("0123456789") == std::string::npos;
    const auto call = number ? journal.call(std::stoll(digits)) : std::nullopt;
    if (!call) throw UsageError(name + " is not in the journal");
    if (call->tree.empty()) throw UsageError("no scripts tree was recorded with " + name);
    return call->tree;
  }
  const std::string digits =
      name.starts_with(kDigest) ? name.substr(kDigest.size()) : name;
  if (digits.size() < kFewestDigits || !is_digits(digits))
    throw UsageError("'" + name +
                     "' is no version: it is written 9f86d081 (six or more "
                     "digits of those that `hookjournal scripts` shows) or call:4711");
  const auto digests = digests_like(journal, digits);
  if (digests.empty()) throw UsageError("no call ran under a scripts tree " + name);
  if (digests.size() > 1)
    throw UsageError("several versions begin with " + name + ": give more digits");
  return digests.front();
}

}  // namespace hookjournal
