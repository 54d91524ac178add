#include "journal/explain/call_facts.h"

#include <algorithm>

#include "journal/asking/call_difference.h"
#include "journal/blob_store.h"
#include "journal/context_codec.h"
#include "journal/tree_store.h"

namespace hookjournal {

namespace {

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void replace_word(std::string& text, const std::string& word, const char* by) {
  if (word.size() < 2) return;
  for (std::size_t at = text.find(word); at != std::string::npos;) {
    const std::size_t end = at + word.size();
    const bool whole = (at == 0 || !is_word(text[at - 1])) &&
                       (end == text.size() || !is_word(text[end]));
    if (whole) text.replace(at, word.size(), by);
    at = text.find(word, at + 1);
  }
}

}  // namespace

std::string file_value(const TreeEntry& entry) {
  // Of a file that changes while scripts run only that it is there.
  if (entry.kind == TreeEntry::Kind::volatile_file) return "volatile";
  return std::to_string(entry.mode) + " " + entry.digest;
}

std::string without_identity(std::string value, const std::string& object,
                             const std::string& object_uuid) {
  replace_word(value, object_uuid, "<uuid>");
  if (object != "-") replace_word(value, object, "<guest>");
  return value;
}

const CallFacts::ContextFacts& CallFacts::context(std::int64_t blob) {
  const auto [place, fresh] = contexts_.try_emplace(blob);
  if (fresh) {
    const Context context = decode_context(journal_.blobs().load(blob));
    for (auto& [name, value] : host_values(context)) place->second.host[name] = value;
    for (auto& [name, value] : environment_values(context))
      place->second.environment[name] = value;
  }
  return place->second;
}

const Values* CallFacts::host(const ComparableCall& call) {
  return call.context == 0 ? nullptr : &context(call.context).host;
}

const Values* CallFacts::environment(const ComparableCall& call) {
  return call.context == 0 ? nullptr : &context(call.context).environment;
}

const Values* CallFacts::tree(const ComparableCall& call) {
  if (call.tree == 0) return nullptr;
  const auto [place, fresh] = trees_.try_emplace(call.tree);
  if (fresh)
    for (const TreeEntry& entry : parse_tree(journal_.blobs().load(call.tree)))
      place->second[entry.path] = file_value(entry);
  return &place->second;
}

std::shared_ptr<const XmlPlaces> CallFacts::xml(const ComparableCall& call) {
  if (call.input == 0) return {};
  auto places = places_of(journal_.blobs().load(call.input));
  if (!places) return {};
  for (auto& [place, values] : *places) {
    for (std::string& value : values)
      value = without_identity(std::move(value), call.object, call.object_uuid);
    std::ranges::sort(values);
  }
  return std::make_shared<const XmlPlaces>(std::move(*places));
}

}  // namespace hookjournal
