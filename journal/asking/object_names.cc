#include "journal/asking/object_names.h"

#include "journal/database.h"

namespace hookjournal {

namespace {

// Each name is looked up in the index; reading every call takes too long for a remark.
constexpr const char* kOtherNames =
    "with recursive names(name) as ("
    "  select min(object) from calls"
    "  union all select (select min(object) from calls where object > name) from names"
    "  where name is not null),"
    " own(uuid) as (select distinct object_uuid from (select object_uuid from calls"
    "  where object = ?1 order by at_ns desc limit 20) where object_uuid is not null)"
    " select name from names where name is not null and name <> ?1 and exists ("
    "  select 1 from (select object_uuid from calls where object = name"
    "   order by at_ns desc limit 20) where object_uuid in (select uuid from own))";

std::vector<std::string> texts(Statement& rows) {
  std::vector<std::string> list;
  while (rows.next()) list.push_back(rows.text(0));
  return list;
}

}  // namespace

std::vector<std::string> other_names(JournalReader& journal, const std::string& object) {
  auto rows = journal.database().prepare(kOtherNames);
  rows.bind(1, object);
  return texts(rows);
}

std::vector<std::string> names_of_uuid(JournalReader& journal, const std::string& uuid) {
  auto rows = journal.database().prepare(
      "select distinct object from calls where lower(hex(object_uuid)) = ?"
      " and object_uuid is not null");
  const std::string digits = uuid_digits(uuid);
  rows.bind(1, digits);
  return texts(rows);
}

std::string uuid_digits(const std::string& uuid) {
  std::string digits;
  for (const char c : uuid)
    if (c != '-') digits += c;
  return digits;
}

}  // namespace hookjournal
