#pragma once

#include <string>
#include <string_view>

#include "journal/facts.h"

namespace hookjournal {

// What surrounds a call as fields (fields.h) and back: a blob of its own, as it is the
// same for many calls. Throws Error when the bytes are damaged.
std::string encode_context(const Context& context);
Context decode_context(std::string_view body);

std::string host_of(const Context& context);  // its name, else its machine id

}  // namespace hookjournal
