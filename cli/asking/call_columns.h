#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/table.h"
#include "journal/records.h"

namespace hookjournal {

// One value of a call, named as its key in JSON.
struct CallColumn {
  const char* name;
  const char* heading;
  bool right;  // a number
  // For people: safe to show, times local.
  Table::Cell (*cell)(const CallRecord& call, std::int64_t now_ns);
  // For CSV: as JSON has it, in text through csv_text().
  std::string (*field)(const CallRecord& call);
};
using CallColumns = std::vector<const CallColumn*>;

// "id, call_uuid, host, ...": every name there is.
std::string call_column_names();

// What `log` and `follow` show to people, and all there are.
CallColumns usual_call_columns();
CallColumns all_call_columns();
// Throws UsageError for a name that is none.
CallColumns call_columns_named(const std::vector<std::string>& names);

// Headings, times' zone included.
std::vector<Table::Column> headings_of(const CallColumns& columns, std::int64_t now_ns);
Table::Row row_of(const CallColumns& columns, const CallRecord& call,
                  std::int64_t now_ns);

}  // namespace hookjournal
