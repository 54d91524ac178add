#include "journal/keeping/projection_check.h"

#include <chrono>
#include <string>
#include <vector>

#include "journal/blob_store.h"
#include "journal/projection.h"
#include "journal/schema.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kReadPatience{5000};

// Tables of the same names in the connection's temporary database: they are the ones a
// statement means that does not name the other. Their shape is this program's, whatever
// the file says.
std::vector<std::string> statements_for_tables_beside() {
  Database fresh(":memory:", Database::Mode::create, kReadPatience);
  migrate(fresh);
  auto parts = fresh.prepare(
      "select name, sql from sqlite_schema where tbl_name in ('calls', 'script_runs')"
      " and sql is not null and type in ('table', 'index') order by type = 'index'");
  std::vector<std::string> statements;
  while (parts.next()) {
    std::string sql = parts.text(1);
    const auto name = sql.find(" " + parts.text(0)) + 1;
    statements.push_back(sql.insert(name, "temp."));
  }
  return statements;
}

void make_tables_beside(Database& db) {
  static const auto statements = statements_for_tables_beside();
  for (const std::string& sql : statements) db.exec(sql.c_str());
}

bool same_row(const Statement& one, const Statement& other) {
  for (int column = 0; column < one.columns(); ++column)
    if (one.type(column) != other.type(column) ||
        one.bytes(column) != other.bytes(column))
      return false;
  return true;
}

// `place`: the column that names the call.
std::int64_t compare(Database& db, const std::string& table, int place,
                     DamageList& damage) {
  auto kept = db.prepare("select * from main." + table + " order by id");
  auto made = db.prepare("select * from temp." + table + " order by id");
  const std::string row = table == "calls" ? "its row" : "a row of its runs";
  std::int64_t rows = 0;
  bool more_kept = kept.next(), more_made = made.next();
  while (more_kept || more_made) {
    const bool only_kept = more_kept && (!more_made || kept.int64(0) < made.int64(0));
    const bool only_made = more_made && (!more_kept || made.int64(0) < kept.int64(0));
    if (only_kept)
      damage.add({Damage::Place::call, kept.int64(place),
                  row + " is there without an event that made it"});
    else if (only_made)
      damage.add({Damage::Place::call, made.int64(place), row + " is missing"});
    else if (!same_row(kept, made))
      damage.add(
          {Damage::Place::call, made.int64(place), row + " is not what its events say"});
    if (!only_made) {
      ++rows;
      more_kept = kept.next();
    }
    if (!only_kept) more_made = made.next();
  }
  return rows;
}

}  // namespace

ProjectionReport check_projections(const std::filesystem::path& journal) {
  Database db(journal, Database::Mode::read, kReadPatience);
  make_tables_beside(db);
  db.exec("pragma temp.cache_size = -32768");  // KiB; the rest goes to a file
  Transaction snapshot(db, Transaction::Kind::deferred);
  BlobStore blobs(db);
  Projection(db, blobs).replay_all();
  ProjectionReport report;
  report.calls = compare(db, "calls", 0, report.damage);
  report.runs = compare(db, "script_runs", 1, report.damage);
  return report;
}

}  // namespace hookjournal
