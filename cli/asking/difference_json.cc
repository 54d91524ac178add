#include "cli/asking/difference_json.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/asking/cause_words.h"

namespace hookjournal {

namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<std::string>& value) {
  return value ? Json(*value) : Json();
}

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

std::string_view word_for(TreeEntry::Kind kind) {
  constexpr std::string_view kWords[] = {"file",       "keyed",   "large",  "volatile",
                                         "unreadable", "no-room", "unknown"};
  return kWords[static_cast<int>(kind)];
}

Json json_of(const std::optional<TreeEntry>& entry) {
  if (!entry) return {};
  const bool content = entry->kind == TreeEntry::Kind::file;
  return {{"mode", entry->mode},
          {"kind", word_for(entry->kind)},
          {"sha256", content ? Json(entry->digest) : Json()}};
}

Json json_of(const std::optional<RunRecord>& run) {
  if (!run) return {};
  return {{"outcome", to_string(run->outcome)},
          {"ending", run->ending ? ending_json(*run->ending) : Json()},
          {"elapsed_ns", run->ending ? Json(run->elapsed_ns) : Json()}};
}

Json json_of(const std::optional<TextChange>& change) {
  if (!change) return {};
  return {{"text", change->text}, {"whole", change->whole}};
}

template <typename Change>
Json list_of(const std::vector<Change>& changes) {
  Json list = Json::array();
  for (const Change& change : changes) list.push_back(json_of(change));
  return list;
}

Json json_of(const RunChange& run) {
  return {{"script", run.script},
          {"before", json_of(run.before)},
          {"after", json_of(run.after)},
          {"stdout", json_of(run.out)},
          {"stderr", json_of(run.err)}};
}

Json tree_of(const CallRecord& call) {
  return call.tree.empty() ? Json() : Json("sha256:" + call.tree);
}

Json elapsed_of(const CallRecord& call) {
  const bool ended = call.outcome == Outcome::ok || call.outcome == Outcome::failed;
  return ended ? Json(call.elapsed_ns) : Json();
}

}  // namespace

Json json_of(const XmlDifference& difference) {
  using Kind = XmlDifference::Kind;
  const bool added = difference.kind == Kind::added;
  const bool removed = difference.kind == Kind::removed;
  return {{"kind", to_string(difference.kind)},
          {"path", difference.path},
          {"before", added ? Json() : Json(difference.before)},
          {"after", removed ? Json() : Json(difference.after)}};
}

Json json_of(const ValueChange& change) {
  return {{"name", change.name},
          {"before", or_null(change.before)},
          {"after", or_null(change.after)}};
}

Json json_of(const ScriptChange& change) {
  return {{"path", change.path},
          {"before", json_of(change.before)},
          {"after", json_of(change.after)},
          {"text", or_null(change.text)},
          {"why_no_text", or_null(change.why_no_text)}};
}

Json json_of(const CallRecord& before, const CallRecord& after,
             const CallDifference& difference) {
  Json runs = Json::array();
  for (const RunChange& run : difference.runs) runs.push_back(json_of(run));
  return {{"before", before.id},
          {"after", after.id},
          {"call", list_of(difference.words)},
          {"scripts_tree",
           {{"known", difference.trees_known},
            {"before", tree_of(before)},
            {"after", tree_of(after)},
            {"files", list_of(difference.files)}}},
          {"input",
           {{"places", list_of(difference.xml)},
            {"text", json_of(difference.input)},
            {"unknown", or_null(difference.input_unknown)}}},
          {"environment", list_of(difference.environment)},
          {"host", list_of(difference.host)},
          {"runs", runs},
          {"elapsed_ns", {{"before", elapsed_of(before)}, {"after", elapsed_of(after)}}}};
}

}  // namespace hookjournal
