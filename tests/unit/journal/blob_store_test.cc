#include "journal/blob_store.h"

#include <random>

#include "journal/keeping/compacting.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;

namespace {

std::string noise(std::size_t size) {
  std::mt19937 random(4711);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

struct Row {
  std::int64_t encoding = 0;  // 0: as they are
  std::string data;
};

Row row_of(Database& db, std::int64_t blob) {
  auto row = db.prepare("select encoding, data from blobs where id = ?");
  row.bind(1, blob);
  REQUIRE(row.next());
  return {row.int64(0), std::string(row.bytes(1))};
}

}  // namespace

TEST_CASE("bytes that packing makes smaller are packed, others kept as they are",
          "[journal]") {
  FreshJournal fresh;
  auto journal = fresh.writer();
  auto& db = journal.database();
  const std::string text(4096, 'x'), random = noise(4096), few(40, 'x');
  BlobStore blobs(db);
  const auto text_blob = blobs.keep(text);
  const auto random_blob = blobs.keep(random);
  const auto few_blob = blobs.keep(few);

  CHECK(row_of(db, text_blob).encoding == 1);
  CHECK(row_of(db, text_blob).data.size() < 100);
  CHECK(row_of(db, random_blob).encoding == 0);
  CHECK(row_of(db, random_blob).data == random);
  CHECK(row_of(db, few_blob).encoding == 0);
  CHECK(row_of(db, few_blob).data == few);

  BlobStore later(db);
  CHECK(later.load(text_blob) == text);
  CHECK(later.load(random_blob) == random);
  CHECK(later.load(few_blob) == few);
}

TEST_CASE("compact too keeps as they are what packing would make larger", "[journal]") {
  FreshJournal fresh;
  auto journal = fresh.writer();
  RunMaker maker;
  const std::string random = noise(4096);
  const auto start = maker.start("qemu", {"g", "prepare", "begin", "-"});
  journal.whole(start, KeptStream{random, random.size()}, {},
                maker.end(start, Exited{0}));
  compact(journal);

  auto reader = fresh.reader();
  const auto blob = reader.call(1)->runs.at(0).input->blob;
  CHECK(row_of(journal.database(), blob).encoding == 0);
  CHECK(row_of(journal.database(), blob).data == random);
  CHECK(reader.bytes(blob) == random);
}
