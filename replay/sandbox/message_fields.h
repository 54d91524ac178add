#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/fields.h"

// What the messages of a sandbox are put together with.
namespace hookjournal {

template <typename Each>
void for_each_field(std::string_view message, Each each) {
  for (FieldReader field(message); field.next();) each(field);
}

inline std::string text_of(const FieldReader& field) {
  return std::string(field.bytes());
}

inline void put(FieldWriter& to, unsigned field, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) to.element(field, text);
}

// A string that may be missing, which is not the same as an empty one.
inline void put(FieldWriter& to, unsigned field, const std::optional<std::string>& text) {
  if (text) to.element(field, *text);
}

}  // namespace hookjournal
