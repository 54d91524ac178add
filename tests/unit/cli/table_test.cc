#include "cli/table.h"

#include <algorithm>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"

namespace hookjournal {
namespace {

// What a table of two columns, the first one of numbers, writes to a pipe.
std::string written(const std::vector<Table::Row>& rows) {
  const ScratchDir folder;
  std::fflush(stdout);
  {
    const Redirected out(1, folder.path() / "out");
    Output output(Output::Paging::never);
    Table table(output, {{"N", true}, {"NAME"}, {"LAST"}});
    for (const Table::Row& row : rows) table.add(row);
    table.finish();
    output.finish();
  }
  return bytes_of(folder.path() / "out");
}

TEST_CASE("columns are as wide as what stands in them", "[cli]") {
  CHECK(written({{{"1"}, {"a"}, {"x"}}, {{"1000"}, {"g\xc3\xa4st"}, {"long cell"}}}) ==
        "   N  NAME  LAST\n"
        "   1  a     x\n"
        "1000  g\xc3\xa4st  long cell\n");
}

TEST_CASE("a table without rows has no headings either", "[cli]") {
  CHECK(written({}).empty());
}

TEST_CASE("a long cell far down moves its own row only", "[cli]") {
  std::vector<Table::Row> rows(2000, Table::Row{{"1"}, {"name"}, {"x"}});
  rows[1500][1].text = "a longer name";

  const std::string text = written(rows);

  CHECK(text.find("1  name  x\n1  a longer name  x\n1  name  x\n") != std::string::npos);
  CHECK(std::ranges::count(text, '\n') == 2001);
}

}  // namespace
}  // namespace hookjournal
