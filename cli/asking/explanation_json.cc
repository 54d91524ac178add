#include "cli/asking/explanation_json.h"

#include <nlohmann/json.hpp>

#include "cli/asking/cause_words.h"
#include "cli/asking/difference_json.h"
#include "cli/asking/explanation_text.h"
#include "cli/replay/trial_json.h"
#include "journal/asking/call_json.h"

namespace hookjournal {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Share& share) { return {{"with", share.with}, {"of", share.of}}; }

Json json_of(const SeenChange& change) {
  Json json = {{"name", name_of(change)},
               {"kind", to_string(change.kind)},
               {"standing", to_string(change.standing)},
               {"weight", change.weight},
               {"failures", json_of(change.failures)},
               {"own_successes", json_of(change.own_successes)},
               {"successes", json_of(change.successes)},
               {"presence_only", change.presence_only},
               {"unrest", json_of(change.unrest)}};
  if (change.file) json["file"] = json_of(*change.file);
  if (change.xml) json["xml"] = json_of(*change.xml);
  if (change.value) json["value"] = json_of(*change.value);
  return json;
}

Json json_of(const NearbyCall& call) {
  const bool running = call.outcome == Outcome::running;
  return {{"id", call.id},
          {"at", utc_time_text(call.at_ns)},
          {"driver", call.driver},
          {"object", call.object},
          {"operation", call.operation},
          {"extra", call.extra},
          {"outcome", to_string(call.outcome)},
          {"elapsed_ns", running ? Json() : Json(call.elapsed_ns)}};
}

Json json_of(const Gap& gap) {
  return {
      {"at", utc_time_text(gap.at.wall_ns)}, {"runs", gap.runs}, {"reason", gap.reason}};
}

Json json_of(const Pattern& pattern) {
  return {{"name", pattern.name}, {"text", pattern.text}};
}

template <typename Item>
Json list_of(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(json_of(item));
  return list;
}

Json json_of(const Surroundings& around) {
  return {{"since", utc_time_text(around.since_ns)},
          {"of_object", list_of(around.of_object)},
          {"meanwhile", list_of(around.meanwhile)},
          {"failed", list_of(around.failed)},
          {"daemons", list_of(around.daemons)},
          {"gaps", list_of(around.gaps)},
          {"calls", around.calls}};
}

Json cause_of(const Explanation& explanation) {
  if (!explanation.failure) return {};
  const FailureCause& cause = explanation.failure->cause;
  return {{"script", cause.script},
          {"ending", ending_json(cause.ending)},
          {"lines", cause.lines}};
}

Json compared_with(const Explanation& explanation) {
  if (!explanation.success) return {};
  return {{"relation", to_string(explanation.reference)},
          {"call", explanation.success->id}};
}

}  // namespace

std::string explanation_to_json(const Explanation& explanation,
                                const std::string& journal_words,
                                const CrossCheck* check) {
  const auto& failure = explanation.failure;
  const Json json = {{"call", Json::parse(call_to_json(explanation.call))},
                     {"group", failure ? Json(failure->cause.id()) : Json()},
                     {"cause", cause_of(explanation)},
                     {"compared_with", compared_with(explanation)},
                     {"verdict", to_string(explanation.verdict)},
                     {"counted",
                      {{"failures", explanation.failures},
                       {"successes", explanation.successes},
                       {"more_failures", explanation.more_failures},
                       {"more_successes", explanation.more_successes}}},
                     {"changes", list_of(explanation.changes)},
                     {"around", json_of(explanation.around)},
                     {"patterns", list_of(explanation.patterns)},
                     {"unknown", explanation.unknown},
                     {"commands", commands_to_go_on(explanation, journal_words)},
                     {"replay", check ? json_of(*check, *explanation.success) : Json()}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace hookjournal
