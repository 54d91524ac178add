#include "journal/keeping/structure_check.h"

#include <chrono>
#include <map>
#include <string>

#include "journal/schema.h"
#include "journal/search/search_index.h"

namespace hookjournal {

namespace {

// By type and name; the statement that made it, none for what SQLite makes by itself.
std::map<std::string, std::string> schema_of(Database& db) {
  std::map<std::string, std::string> schema;
  auto rows = db.prepare(
      "select type || ' ' || name, tbl_name || ': ' || coalesce(sql, '')"
      " from sqlite_schema where name not like 'sqlite_stat%'");
  while (rows.next()) schema[rows.text(0)] = rows.text(1);
  return schema;
}

std::map<std::string, std::string> our_schema() {
  Database fresh(":memory:", Database::Mode::create, std::chrono::milliseconds(0));
  migrate(fresh);
  return schema_of(fresh);
}

void check_schema(Database& db, DamageList& damage) {
  static const auto should = our_schema();
  const auto is = schema_of(db);
  for (const auto& [name, sql] : should) {
    const auto found = is.find(name);
    if (found == is.end())
      damage.add({Damage::Place::schema, 0, "the " + name + " is missing"});
    else if (found->second != sql)
      damage.add({Damage::Place::schema, 0, "the " + name + " was changed"});
  }
  for (const auto& [name, sql] : is)
    if (!should.contains(name))
      damage.add({Damage::Place::schema, 0, "the " + name + " is not one of ours"});
}

void check_settings(Database& db, DamageList& damage) {
  auto seal = db.prepare("select value from settings where key = 'seal'");
  if (!seal.next())
    damage.add({Damage::Place::settings, 0, "they have no seal"});
  else if (seal.bytes(0) != settings_seal(db))
    damage.add({Damage::Place::settings, 0,
                "they were changed: what they are is not what was sealed"});
}

// Searching does not believe such rows, so that nothing is missed.
void check_search_index(Database& db, DamageList& damage) {
  for (const std::int64_t row : for_each_search_block(db, [](const SearchBlock&) {}))
    damage.add({Damage::Place::search, row,
                "a row of the search index is not what was written; `hookjournal "
                "compact` makes it anew"});
}

}  // namespace

DamageList check_structure(Database& db) {
  DamageList damage;
  check_schema(db, damage);
  check_settings(db, damage);
  auto findings = db.prepare("pragma integrity_check(100)");
  while (findings.next())
    if (findings.bytes(0) != "ok")
      damage.add({Damage::Place::file, 0, "SQLite finds: " + findings.text(0)});
  check_search_index(db, damage);
  return damage;
}

}  // namespace hookjournal
