#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "journal/fields.h"

namespace hookjournal {

// An event's body with other blobs in its references: `replaced` gives the new id.
std::string with_references(
    std::string_view body,
    const std::function<std::int64_t(const FieldReader&)>& replaced);

// Whether a reference of an event of this kind is to a tree version, which refers to
// more.
bool is_tree(std::int64_t kind, const FieldReader& field);

// The body of a run's end or death with another run in it, and the run that is there.
std::string with_run(std::int64_t kind, std::string_view body, std::int64_t run);
std::int64_t run_in(std::int64_t kind, std::string_view body);

}  // namespace hookjournal
