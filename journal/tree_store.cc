#include "journal/tree_store.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "journal/facts.h"

namespace hookjournal {

namespace {

using Kind = TreeContent::Kind;

// A person may edit a file while a script runs, once or twice.
constexpr std::int64_t kChangesOfState = 3;
constexpr std::int64_t kQuiet = 7LL * 24 * 3600 * 1'000'000'000;

constexpr std::string_view kKindNames[] = {"file",     "keyed",      "large",
                                           "volatile", "unreadable", "no-room"};
constexpr std::string_view kMoreFiles = "# more than ";

// File times have a granularity: a file written twice within it looks the same.
constexpr std::int64_t kGranularity = 50'000'000;

std::string escaped(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (c == '\n')
      text += "\\n";
    else if (c == '\\')
      text += "\\\\";
    else
      text += c;
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size())
      path += text[++i] == 'n' ? '\n' : text[i];
    else
      path += text[i];
  }
  return path;
}

std::string octal(unsigned mode) {
  char digits[8];
  const auto end = std::to_chars(digits, digits + sizeof digits, mode, 8).ptr;
  std::string text(digits, end);
  return std::string(text.size() < 4 ? 4 - text.size() : 0, '0') + text;
}

}  // namespace

std::string secret_of(Database& db) {
  auto row = db.prepare("select value from settings where key = 'secret'");
  return row.next() ? row.text(0) : std::string();
}

TreeStore::TreeStore(Database& db, BlobStore& blobs) : db_(db), blobs_(blobs) {}

ScannedTree TreeStore::scan(const TreeListing& listing,
                            const std::filesystem::path& hooks_dir,
                            std::int64_t run_started_ns) {
  const std::set<std::string> state = known_volatile(hooks_dir, run_started_ns);
  ScannedTree tree;
  tree.hooks_dir = hooks_dir;
  tree.signature = listing.signature(state);
  tree.too_many = listing.too_many;
  auto seen = db_.prepare("select signature, tree from trees_seen where hooks_dir = ?");
  seen.bind(1, tree.hooks_dir);
  if (seen.next() && seen.bytes(0) == as_bytes(tree.signature)) {
    tree.known = seen.int64(1);
    return tree;
  }
  tree.files = read_tree(listing, state, run_started_ns, now().wall_ns);
  tree.settled = listing.newest_change_ns() + kGranularity < run_started_ns;
  return tree;
}

std::int64_t TreeStore::keep(const ScannedTree& tree) {
  if (tree.known != 0) return tree.known;
  const std::string secret = secret_of(db_);
  std::string text;
  if (tree.too_many)
    text += std::string(kMoreFiles) + std::to_string(kMostFiles) +
            " files: the rest is left out\n";
  for (const TreeContent& file : tree.files) {
    std::string digest = "-";
    if (file.kind == Kind::content) {
      digest = to_hex(sha256(file.bytes));
      if (!file.bytes.empty()) blobs_.keep(file.bytes);
    } else if (file.kind == Kind::private_file) {
      digest = to_hex(hmac_sha256(secret, file.bytes));
    } else if (file.digest != Digest{}) {
      // A digest as it is would let others guess at what they may not read.
      digest =
          to_hex((file.mode & 0004) != 0 ? file.digest
                                         : hmac_sha256(secret, as_bytes(file.digest)));
    }
    text += octal(file.mode) + " " +
            std::string(kKindNames[static_cast<int>(file.kind)]) + " " + digest + " " +
            escaped(file.path) + "\n";
  }
  if (text.empty()) text = "# no files\n";
  const std::int64_t blob = blobs_.keep(text);
  if (tree.settled) {
    auto note = db_.prepare(
        "insert or replace into trees_seen (hooks_dir, signature, tree) values (?, ?, "
        "?)");
    note.bind(1, tree.hooks_dir)
        .bind_blob(2, as_bytes(tree.signature))
        .bind(3, blob)
        .run();
  }
  return blob;
}

std::set<std::string> TreeStore::known_volatile(const std::filesystem::path& hooks_dir,
                                                std::int64_t at_ns) {
  const std::string folder = hooks_dir.string() + '/';
  std::set<std::string> names;
  auto known =
      db_.prepare("select path from volatile_files where changes >= ? and last_ns > ?");
  known.bind(1, kChangesOfState).bind(2, at_ns - kQuiet);
  while (known.next()) {
    const std::string path = known.text(0);
    names.insert(path.starts_with(folder) ? path.substr(folder.size()) : path);
  }
  return names;
}

void TreeStore::note_volatile(const std::filesystem::path& hooks_dir,
                              const std::vector<std::string>& paths, std::int64_t at_ns) {
  auto note = db_.prepare(
      "insert into volatile_files (path, changes, last_ns) values (?1, 1, ?2)"
      " on conflict (path) do update set"
      " changes = case when last_ns > ?2 - ?3 then changes + 1 else 1 end, last_ns = ?2");
  for (const std::string& path : paths) {
    const std::string absolute = hooks_dir / path;
    note.bind(1, absolute).bind(2, at_ns).bind(3, kQuiet).run();
  }
}

std::vector<TreeEntry> parse_tree(const std::string& text) {
  std::vector<TreeEntry> entries;
  std::string_view rest = text;
  const auto take_until = [&rest](char end) {
    const auto at = rest.find(end);
    const std::string_view word = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
    return word;
  };
  while (!rest.empty()) {
    if (rest.front() == '#') {
      take_until('\n');
      continue;
    }
    TreeEntry entry;
    const std::string_view mode = take_until(' ');
    std::from_chars(mode.data(), mode.data() + mode.size(), entry.mode, 8);
    const auto kind = std::ranges::find(kKindNames, take_until(' '));
    entry.kind = static_cast<TreeEntry::Kind>(kind - std::begin(kKindNames));
    entry.digest = take_until(' ');
    entry.path = unescaped(take_until('\n'));
    entries.push_back(std::move(entry));
  }
  return entries;
}

TreeLimits limits_met_by(const std::string& text) {
  return {.files = text.starts_with(kMoreFiles),
          .bytes = std::ranges::any_of(parse_tree(text), [](const TreeEntry& entry) {
            return entry.kind == TreeEntry::Kind::no_room;
          })};
}

}  // namespace hookjournal
