#include "journal/keeping/body_references.h"

#include "journal/event_kind.h"

namespace hookjournal {

namespace {

// Of journal/facts_codec.cc.
constexpr unsigned kTreeOfStart = 13, kRunOfEnd = 23, kRunOfDeath = 2;

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes += static_cast<char>(value);
}

// All as it is, but for the values `replaced` gives something for.
std::string with_values(std::string_view body, const auto& replaced) {
  std::string changed;
  std::size_t plain_from = 0;
  for (FieldReader fields(body); fields.next();) {
    const std::int64_t value = replaced(fields);
    if (value < 0) continue;
    changed.append(body.substr(plain_from, fields.value_offset() - plain_from));
    changed += varint(static_cast<std::uint64_t>(value));
    plain_from = fields.end_offset();
  }
  return changed.append(body.substr(plain_from));
}

bool is_run(std::int64_t kind, const FieldReader& field) {
  return (kind == kRunEnded && field.field() == kRunOfEnd) ||
         (kind == kRecorderDied && field.field() == kRunOfDeath);
}

}  // namespace

std::string with_references(
    std::string_view body,
    const std::function<std::int64_t(const FieldReader&)>& replaced) {
  return with_values(body, [&replaced](const FieldReader& field) {
    return field.is_blob() ? replaced(field) : -1;
  });
}

bool is_tree(std::int64_t kind, const FieldReader& field) {
  return kind == kRunStarted && field.field() == kTreeOfStart;
}

std::string with_run(std::int64_t kind, std::string_view body, std::int64_t run) {
  return with_values(body, [kind, run](const FieldReader& field) {
    return is_run(kind, field) ? run : -1;
  });
}

std::int64_t run_in(std::int64_t kind, std::string_view body) {
  for (FieldReader fields(body); fields.next();)
    if (is_run(kind, fields)) return static_cast<std::int64_t>(fields.number());
  return 0;
}

}  // namespace hookjournal
