#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace hookjournal {

struct QueryBlob {
  std::string bytes;
};
using QueryValue =
    std::variant<std::monostate, std::int64_t, double, std::string, QueryBlob>;

struct QueryResult {
  std::function<void(const std::vector<std::string>& columns)> columns;
  std::function<void(const std::vector<QueryValue>& row)> row;
};

// Asks a journal a question in SQL. It cannot change anything: the file is opened for
// reading, and SQLite is asked for each statement what it would do. The journal's secret
// is out of reach. Throws UsageError for what SQLite does not understand or may not do.
void ask(const std::filesystem::path& journal, const std::string& sql,
         const QueryResult& result);

}  // namespace hookjournal
