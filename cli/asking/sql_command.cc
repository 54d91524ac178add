#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/csv.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/table.h"
#include "journal/query.h"

namespace hookjournal {

namespace {

constexpr const char* kExample =
    "Ask the views `call_list` and `run_list`, which stay as they are from version to\n"
    "version; the tables behind them may change. Nothing can be written.\n"
    "\n"
    "example: which guests' hooks take longest\n"
    "  hookjournal sql \"select object, operation, max(elapsed_ms) from call_list\n"
    "                   group by 1, 2 order by 3 desc limit 10\"\n";

std::string hex(const std::string& bytes) {
  std::string text = "x'";
  for (const char byte : bytes)
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text + "'";
}

std::string words(const QueryValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* blob = std::get_if<QueryBlob>(&value)) return hex(blob->bytes);
  return {};
}

nlohmann::json json_of(const QueryValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (std::holds_alternative<std::monostate>(value)) return nullptr;
  return words(value);
}

}  // namespace

int run_sql(int argc, char** argv) {
  CommandLine line("Ask the journal in SQL, without being able to change it.", kExample);
  std::string sql;
  line.add_argument("QUERY", sql, "One statement").required();
  JournalOption journal_option(line);
  bool json = false, csv = false, no_pager = false;
  const Option json_flag =
      line.add_flag("--json", json, "One object a line, by column name");
  line.add_flag("--csv", csv, "Comma-separated, the names first").excludes(json_flag);
  line.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = line.parse(argc, argv)) return *status;

  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) {
    std::vector<std::string> names;
    std::optional<Table> table;
    ask(journal_option.file(), sql,
        {.columns =
             [&](const std::vector<std::string>& columns) {
               names = columns;
               if (csv) output.bytes(csv_line(names));
               if (csv || json) return;
               std::vector<Table::Column> headings;
               headings.reserve(names.size());
               for (const std::string& name : names)
                 headings.push_back({visible(name), false});
               table.emplace(output, std::move(headings));
             },
         .row =
             [&](const std::vector<QueryValue>& row) {
               if (json) {
                 nlohmann::ordered_json object;
                 for (std::size_t i = 0; i < row.size(); ++i)
                   object[names[i]] = json_of(row[i]);
                 return output.bytes(
                     object.dump(-1, ' ', false,
                                 nlohmann::json::error_handler_t::replace) +
                     "\n");
               }
               if (csv) {
                 std::vector<std::string> fields;
                 fields.reserve(row.size());
                 for (const QueryValue& value : row) fields.push_back(words(value));
                 return output.bytes(csv_line(fields));
               }
               Table::Row cells;
               for (const QueryValue& value : row)
                 cells.push_back({visible(words(value)), Style::plain});
               table->add(std::move(cells));
             }});
    if (table) table->finish();
  });
  return 0;
}

}  // namespace hookjournal
