#include "journal/keeping/blob_check.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <limits>
#include <string>
#include <system_error>
#include <thread>

#include "journal/blob_store.h"
#include "journal/database.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kReadPatience{5000};
// Rows a thread takes at once: big blobs stand together, as do small ones.
constexpr std::size_t kPart = 512;

// From one id up to the next, whatever ids there are between: damage makes wild ones.
std::vector<std::int64_t> first_ids_of_parts(const std::filesystem::path& journal) {
  Database db(journal, Database::Mode::read, kReadPatience);
  std::vector<std::int64_t> ids;
  auto rows = db.prepare("select id from blobs not indexed order by id");
  for (std::size_t i = 0; rows.next(); ++i)
    if (i % kPart == 0) ids.push_back(rows.int64(0));
  return ids;
}

class BlobChecker {
 public:
  explicit BlobChecker(const std::filesystem::path& journal)
      : db_(journal, Database::Mode::read, kReadPatience),
        blobs_(db_),
        rows_(db_.prepare("select id, sha256, size, encoding, data from blobs"
                          " where id between ? and ? order by id")) {}

  void check_from(std::int64_t first, std::int64_t last) {
    rows_.bind(1, first).bind(2, last);
    while (rows_.next()) check_row();
  }
  BlobReport& report() { return report_; }

 private:
  void check_row() {
    const std::int64_t id = rows_.int64(0);
    ++report_.blobs;
    try {
      const std::string_view told = rows_.bytes(1);
      if (told.size() != sizeof(Digest)) throw Error("its digest is cut off");
      const std::string bytes = blobs_.unpack(rows_.int64(3), rows_.bytes(4),
                                              static_cast<std::size_t>(rows_.int64(2)));
      if (bytes.size() != static_cast<std::uint64_t>(rows_.int64(2)))
        throw Error("it is not as long as its row says");
      OtherContent content{id, {}, sha256(bytes)};
      std::ranges::copy(told, content.told.begin());
      if (content.told != content.found) report_.other.push_back(content);
    } catch (const DatabaseError&) {
      throw;
    } catch (const Error& error) {
      report_.damage.add({Damage::Place::blob, id, error.what()});
    }
  }

  Database db_;
  BlobStore blobs_;
  Statement rows_;
  BlobReport report_;
};

}  // namespace

BlobReport check_blobs(const std::filesystem::path& journal, unsigned threads) {
  const std::vector<std::int64_t> firsts = first_ids_of_parts(journal);
  // A small journal is checked before a second thread has begun.
  threads = std::clamp(static_cast<unsigned>(firsts.size()), 1U, threads);
  std::atomic<std::size_t> next{0};
  std::vector<BlobReport> reports(threads);
  std::vector<std::exception_ptr> failures(threads);
  const auto work = [&](unsigned i) {
    try {
      BlobChecker checker(journal);
      for (;;) {
        const std::size_t part = next.fetch_add(1);
        if (part >= firsts.size()) break;
        checker.check_from(firsts[part], part + 1 < firsts.size()
                                             ? firsts[part + 1] - 1
                                             : std::numeric_limits<std::int64_t>::max());
      }
      reports[i] = std::move(checker.report());
    } catch (...) {
      failures[i] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      for (unsigned i = 1; i < threads; ++i) others.emplace_back(work, i);
    } catch (const std::system_error&) {
      // A machine with no thread left: this one does the rest.
    }
    work(0);
  }
  BlobReport all;
  for (unsigned i = 0; i < threads; ++i) {
    if (failures[i]) std::rethrow_exception(failures[i]);
    all.blobs += reports[i].blobs;
    all.damage.add_all(reports[i].damage);
    all.other.insert(all.other.end(), reports[i].other.begin(), reports[i].other.end());
  }
  std::ranges::sort(all.other, {}, &OtherContent::blob);
  return all;
}

}  // namespace hookjournal
