#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/records.h"
#include "journal/selection.h"

namespace hookjournal {

class Database;
class BlobStore;
struct AcceptedDifference;

// A reader's view of a journal: never writes, never blocks a hook.
// Throws Error: no journal there, not one of ours, newer than this program, unreadable.
class JournalReader {
 public:
  explicit JournalReader(const std::filesystem::path& file);
  ~JournalReader();
  JournalReader(JournalReader&&) noexcept;
  JournalReader& operator=(JournalReader&&) = delete;

  // The selected calls, oldest first, each whole but for the bytes of its streams.
  void for_each_call(const Selection& selection,
                     const std::function<void(const CallRecord&)>& visit);
  std::optional<CallRecord> call(std::int64_t id);
  std::int64_t count_calls(const Selection& selection);
  // Their numbers only, oldest first.
  std::vector<std::int64_t> call_ids(const Selection& selection);

  std::string bytes(std::int64_t blob);  // decompressed; empty for blob 0
  std::vector<TreeEntry> tree(const std::string& digest);
  TreeLimits tree_limits(const std::string& digest);
  // The content a tree version holds for `path`; nothing when it is kept by digest only.
  std::optional<std::string> tree_file(const std::string& digest,
                                       const std::string& path);
  // Of a file by its digest, as TreeEntry has it; nothing when it is not here.
  std::optional<std::string> content(const std::string& digest);
  // Whether these are the bytes of a file that was kept by digest only, keyed or not.
  bool is_content_of(const TreeEntry& entry, std::string_view bytes);

  // What decides the consequence of a call besides its answer, where the journal knows:
  // whether its start belongs to an incoming migration, whether its port is a new one.
  Circumstances circumstances(const CallRecord& call);

  struct Figures {
    std::uint64_t bytes = 0;  // of the database and its write-ahead log
    std::int64_t calls = 0, runs = 0, running = 0, events = 0, gaps = 0;
    std::optional<std::int64_t> last_call_ns;
    // Since `status` should speak of what is recent, not of all time.
    std::int64_t gaps_last_week = 0;
    std::uint64_t runs_missing_last_week = 0;  // what those gaps stand for
  };
  Figures figures();

  // For questions that are not about whole calls (failures.h, explain/): asked in SQL.
  Database& database() { return *db_; }
  BlobStore& blobs() { return *blobs_; }

 private:
  std::string tree_text(const std::string& digest);
  friend std::vector<AcceptedDifference> accepted_differences(JournalReader& journal);

  std::unique_ptr<Database> db_;
  std::unique_ptr<BlobStore> blobs_;
};

// Creates the journal (folder 0700, file 0600) or migrates it to this version; only
// `install`, the package's postinst and `maintain` do. True when it was created.
bool create_or_migrate(const std::filesystem::path& file);

}  // namespace hookjournal
