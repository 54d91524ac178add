#include "cli/table.h"

#include <algorithm>
#include <utility>

#include "cli/escape.h"

namespace hookjournal {

namespace {

constexpr std::size_t kRowsToDecide = 500;
constexpr std::size_t kGap = 2;
// Less than this of the last column is not worth keeping rows on one line.
constexpr std::size_t kLeastCut = 12;

}  // namespace

Table::Table(Output& output, std::vector<Column> columns)
    : output_(output), columns_(std::move(columns)) {}

void Table::add(Row row) {
  if (settled_) return write(row);
  waiting_.push_back(std::move(row));
  if (waiting_.size() == kRowsToDecide) settle();
}

void Table::finish() {
  if (!settled_ && !waiting_.empty()) settle();
}

void Table::settle() {
  settled_ = true;
  Row headings;
  for (const Column& column : columns_)
    headings.push_back({column.heading, Style::heading});
  waiting_.insert(waiting_.begin(), std::move(headings));
  widths_.assign(columns_.size(), 0);
  for (const Row& row : waiting_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths_[i] = std::max(widths_[i], display_width(row[i].text));
  for (const Row& row : std::exchange(waiting_, {})) write(row);
}

void Table::write(const Row& row) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    std::string text = row[i].text;
    const bool last = i + 1 == row.size();
    if (last && used + kLeastCut <= output_.width())
      text = cut_to_width(text, output_.width() - used);
    const std::size_t width = display_width(text);
    const std::string padding(widths_[i] > width ? widths_[i] - width : 0, ' ');
    if (columns_[i].right) output_.text(padding);
    output_.text(text, row[i].style);
    if (last) break;
    if (!columns_[i].right) output_.text(padding);
    output_.text(std::string(kGap, ' '));
    used += std::max(width, widths_[i]) + kGap;
  }
  output_.text("\n");
}

}  // namespace hookjournal
