#pragma once

#include <cstdint>
#include <vector>

#include "cli/output.h"
#include "journal/asking/call_groups.h"

// Groups of calls, one a line.
namespace hookjournal {

void write_groups_text(Output& output, const std::vector<CallGroup>& groups, GroupBy by,
                       std::int64_t now_ns);
// {"group_by","group","calls","failed","first":{"call","at"},"last":{...},"total_ns"}: a
// contract, as calls are (journal/call_json.h).
void write_groups_json(Output& output, const std::vector<CallGroup>& groups, GroupBy by);
void write_groups_csv(Output& output, const std::vector<CallGroup>& groups, GroupBy by);

}  // namespace hookjournal
