#include "journal/query.h"

#include <chrono>
#include <optional>

#include "engine/error.h"
#include "journal/database.h"
#include "journal/journal.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kPatience{5000};

QueryValue value_of(const Statement& statement, int column) {
  switch (statement.type(column)) {
    case Statement::Type::integer:
      return statement.int64(column);
    case Statement::Type::real:
      return statement.real(column);
    case Statement::Type::text:
      return statement.text(column);
    case Statement::Type::blob:
      return QueryBlob{statement.text(column)};
    case Statement::Type::null:
      break;
  }
  return {};
}

}  // namespace

void ask(const std::filesystem::path& journal, const std::string& sql,
         const QueryResult& result) {
  // Says in its own words what is wrong with a file that is no journal.
  const JournalReader checked(journal);
  Database db(journal, Database::Mode::read, kPatience);
  db.only_read("settings");
  std::optional<Statement> statement;
  try {
    statement.emplace(db.prepare_one(sql));
  } catch (const DatabaseError& error) {
    throw UsageError(error.what());
  }
  const int count = statement->columns();
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(count));
  for (int column = 0; column < count; ++column)
    names.push_back(statement->column_name(column));
  result.columns(names);
  std::vector<QueryValue> row(static_cast<std::size_t>(count));
  while (statement->next()) {
    for (int column = 0; column < count; ++column)
      row[static_cast<std::size_t>(column)] = value_of(*statement, column);
    result.row(row);
  }
}

}  // namespace hookjournal
