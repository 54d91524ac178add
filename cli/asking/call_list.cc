#include "cli/asking/call_list.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "cli/time_text.h"

namespace hookjournal {

namespace {

bool folds(const CallRecord& call) {
  return call.driver == "daemon" && call.outcome == Outcome::ok &&
         call.origin == Origin::libvirt &&
         (call.operation == "start" || call.operation == "shutdown");
}

}  // namespace

CallList::CallList(Output& output, CallColumns columns, Daemons daemons,
                   std::int64_t now_ns)
    : columns_(std::move(columns)),
      table_(output, headings_of(columns_, now_ns)),
      daemons_(daemons),
      now_ns_(now_ns) {}

void CallList::add(const CallRecord& call) {
  empty_ = false;
  if (daemons_ == Daemons::each || !folds(call)) {
    write_folded();
    table_.add(row_of(columns_, call, now_ns_));
    return;
  }
  if (count_++ == 0) {
    first_ = call;
    alike_ = true;
  }
  alike_ = alike_ && call.operation == first_->operation;
  last_id_ = call.id;
  last_ns_ = call.at_ns;
}

void CallList::finish() {
  write_folded();
  table_.finish();
}

void CallList::write_folded() {
  if (count_ == 0) return;
  Table::Row row = row_of(columns_, *first_, now_ns_);
  if (count_ > 1) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string_view name = columns_[i]->name;
      if (name == "id") row[i].text += ".." + std::to_string(last_id_);
      if (name == "operation" && !alike_) row[i].text = "start, shutdown";
      if (name == "elapsed_ns") row[i].text.clear();
    }
    row.back().text =
        std::to_string(count_) + " calls until " + local_clock_text(last_ns_);
    row.back().style = Style::faint;
  }
  count_ = 0;
  table_.add(std::move(row));
}

}  // namespace hookjournal
