#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/output.h"

namespace hookjournal {

// Columns of text that may be as long as a journal: the first rows decide how wide a
// column is, a longer cell later pushes its own row.
class Table {
 public:
  struct Column {
    std::string heading;
    bool right = false;  // numbers
  };
  struct Cell {
    std::string text;  // visible
    Style style = Style::plain;
  };
  using Row = std::vector<Cell>;

  // `output` outlives the table.
  Table(Output& output, std::vector<Column> columns);

  void add(Row row);
  // Writes what is left. A table without rows writes nothing, not even its headings.
  void finish();

 private:
  void settle();
  void write(const Row& row);

  Output& output_;
  std::vector<Column> columns_;
  std::vector<std::size_t> widths_;
  std::vector<Row> waiting_;  // until the widths are settled
  bool settled_ = false;
};

}  // namespace hookjournal
