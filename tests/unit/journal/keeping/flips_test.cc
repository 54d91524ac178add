#include "tests/unit/journal/keeping/flips.h"

#include <optional>

#include "engine/error.h"
#include "tests/unit/catch.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

constexpr int kFlips = 1000;

// All that queries return of a journal; nothing when it cannot be read to its end.
std::optional<std::string> all_rows(const fs::path& file) {
  try {
    Database db(file, Database::Mode::read, std::chrono::seconds(2));
    std::string all;
    for (const char* table :
         {"sqlite_schema", "events", "blobs", "settings", "calls", "script_runs"}) {
      auto rows = db.prepare("select * from " + std::string(table) + " order by 1, 2");
      while (rows.next())
        for (int column = 0; column < rows.columns(); ++column)
          all += std::to_string(static_cast<int>(rows.type(column))) +
                 std::to_string(rows.bytes(column).size()) + ":" + rows.text(column);
    }
    auto check = db.prepare("pragma integrity_check(1)");
    if (!check.next() || check.bytes(0) != "ok") return {};
    return all;
  } catch (const Error&) {
    return {};
  }
}

bool found(const fs::path& file) {
  try {
    return !verify(file, {}).sound();
  } catch (const Error&) {
    return true;  // it is no journal any more
  }
}

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

// Changes one byte of one value of the chain or of a blob, whatever it is. Which.
std::string flip_value(Database& db, std::mt19937& random) {
  struct Column {
    const char *table, *name;
    bool number;
  };
  constexpr Column kColumns[] = {
      {"events", "id", true},     {"events", "kind", true},  {"events", "at_ns", true},
      {"events", "body", false},  {"events", "body", false}, {"events", "digest", false},
      {"blobs", "sha256", false}, {"blobs", "size", true},   {"blobs", "encoding", true},
      {"blobs", "data", false},   {"blobs", "data", false},  {"blobs", "id", true}};
  const Column& column = kColumns[random() % std::size(kColumns)];
  const std::string table = column.table, name = column.name;
  auto row = db.prepare("select rowid, " + name + " from " + table +
                        " order by rowid limit 1 offset ?");
  const std::int64_t rows = db.number(("select count(*) from " + table).c_str());
  row.bind(1, static_cast<std::int64_t>(random() % static_cast<unsigned>(rows)));
  row.next();
  const std::int64_t id = row.int64(0);
  auto set =
      db.prepare("update or replace " + table + " set " + name + " = ? where rowid = ?");
  if (column.number) {
    const std::int64_t value = row.int64(1) ^ (std::int64_t{1} << random() % 63);
    row.reset();
    set.bind(1, value).bind(2, id).run();
    return table + "." + name + " of " + std::to_string(id) + " to " +
           std::to_string(value);
  }
  std::string bytes = row.text(1);
  row.reset();
  const std::size_t at = random() % bytes.size();
  bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
  set.bind_blob(1, bytes).bind(2, id).run();
  return table + "." + name + " of " + std::to_string(id) + ", byte " +
         std::to_string(at);
}

}  // namespace

TEST_CASE("any byte flipped in a value of the chain or of a blob is found", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 12);
  settle(fresh.file());
  const std::string whole = read(fresh.file());
  REQUIRE_FALSE(found(fresh.file()));
  TempFolder copies;
  const fs::path copy = copies / "journal.db";
  std::mt19937 random(20'261'122);
  int flips = 0;
  std::vector<std::string> missed;
  for (; flips < kFlips; ++flips) {
    write(copy, whole);
    std::string flipped;
    {
      Database db(copy, Database::Mode::write, std::chrono::seconds(2));
      // As whoever tampers would; and put back, or that alone were found.
      db.exec("pragma journal_mode = memory; pragma synchronous = off; begin");
      auto triggers = db.prepare(
          "select 'drop trigger ' || name, sql from sqlite_schema where type = "
          "'trigger'");
      std::vector<std::pair<std::string, std::string>> all;
      while (triggers.next()) all.emplace_back(triggers.text(0), triggers.text(1));
      for (const auto& [drop, make] : all) db.exec(drop.c_str());
      flipped = flip_value(db, random);
      for (const auto& [drop, make] : all) db.exec(make.c_str());
      db.exec("commit");
    }
    if (!found(copy)) missed.push_back(flipped);
  }
  CHECK(flips == kFlips);
  CHECK(missed == std::vector<std::string>{});
}

TEST_CASE("any byte flipped in the file is found if it changes what is read",
          "[journal]") {
  FreshJournal fresh;
  fill(fresh, 12);
  settle(fresh.file());
  const std::string whole = read(fresh.file());
  REQUIRE_FALSE(found(fresh.file()));
  TempFolder copies;
  const fs::path copy = copies / "journal.db";
  write(copy, whole);
  const auto before = all_rows(copy);
  REQUIRE(before);
  std::mt19937 random(4711);
  int missed = 0, mattered = 0;
  for (int flip = 0; flip < kFlips; ++flip) {
    std::string bytes = whole;
    const std::size_t at = random() % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    for (const char* part : {"-wal", "-shm"}) fs::remove(copy.string() + part);
    write(copy, bytes);
    if (all_rows(copy) == before) continue;
    ++mattered;
    if (!found(copy)) {
      ++missed;
      UNSCOPED_INFO("byte " << at << " of page " << at / 4096 + 1);
    }
  }
  CHECK(mattered > 100);
  CHECK(missed == 0);
}
