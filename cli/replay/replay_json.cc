#include "cli/replay/replay_json.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/replay/change_words.h"
#include "journal/asking/call_json.h"

namespace hookjournal {

namespace {

using Json = nlohmann::ordered_json;  // in the order of the documentation
using Counts = std::map<std::string, std::int64_t>;

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json json_of(const std::vector<Difference>& differences) {
  Json list = Json::array();
  for (const Difference& difference : differences)
    list.push_back({{"field", to_string(difference.field)},
                    {"script", or_null(difference.script)},
                    {"place", or_null(difference.place)},
                    {"before", or_null(difference.before)},
                    {"after", or_null(difference.after)}});
  return list;
}

Json json_of(const std::vector<MaskUse>& masks) {
  Json list = Json::array();
  for (const MaskUse& mask : masks)
    list.push_back(
        {{"rule", mask.rule}, {"times", mask.times}, {"example", or_null(mask.example)}});
  return list;
}

Json json_of(const Counts& counts) {
  Json object = Json::object();
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

Json consequence_of_legs(const CallVerdict& verdict) {
  return {{"before", to_string(verdict.before)}, {"after", to_string(verdict.after)}};
}

Json fields_of(const std::vector<Difference>& differences) {
  std::set<Field> fields;
  for (const Difference& difference : differences) fields.insert(difference.field);
  Json list = Json::array();
  for (const Field field : fields) list.push_back(to_string(field));
  return list;
}

Json json_of(const ChangeGroup& group, const ReportContext& context) {
  const auto if_accepted = [&group](const Json& value) {
    return group.accepted ? value : Json();
  };
  return {
      {"fingerprint", group.fingerprint},
      {"leak", group.leak.has_value()},
      {"calls", group.calls},
      {"objects", group.objects},
      {"object_count", group.object_count},
      {"consequence", group.leak ? Json() : consequence_of_legs(group.example.verdict)},
      {"fields", fields_of(differences_of(group))},
      {"example", group.leak ? group.leak->last_call : group.example.call.id},
      {"accepted", group.accepted},
      {"accepted_because", if_accepted(group.accepted_because)},
      {"accepted_by", if_accepted(group.accepted_by)},
      {"accepted_at", if_accepted(utc_time_text(group.accepted_at_ns))},
      {"reproduce", reproduce_command(context, group)},
      {"accept", accept_command(context, group.fingerprint)}};
}

Json json_of(const ReplayCoverage& coverage) {
  const auto moment = [&coverage](std::int64_t at_ns) {
    return coverage.calls > 0 ? Json(utc_time_text(at_ns)) : Json();
  };
  return {{"calls", coverage.calls},
          {"lifecycles", coverage.lifecycles},
          {"objects", coverage.objects},
          {"distinct_inputs", coverage.distinct_inputs},
          {"operations", json_of(coverage.operations)},
          {"oldest", moment(coverage.oldest_ns)},
          {"newest", moment(coverage.newest_ns)},
          {"left_out", json_of(coverage.left_out)},
          {"incomplete_trees", coverage.incomplete_trees},
          {"real", json_of(coverage.real)},
          {"simulated", json_of(coverage.simulated)},
          {"blocked", json_of(coverage.blocked)},
          {"masks", json_of(coverage.masks)},
          {"masked", coverage.masked}};
}

Json json_of(const SandboxConditions& sandbox) {
  const std::chrono::nanoseconds time = sandbox.limits.time;
  return {{"time_ns", time.count()},
          {"memory", sandbox.limits.memory},
          {"all_memory", sandbox.limits.all_memory},
          {"processes", sandbox.limits.processes},
          {"disk", sandbox.limits.disk},
          {"read_only", sandbox.read_only}};
}

}  // namespace

std::string replayed_call_to_json(const ReplayedCall& replayed,
                                  const ReportContext& context) {
  const CallVerdict& verdict = replayed.verdict;
  Json object = {{"type", "call"}};
  object.update(Json::parse(call_head_to_json(replayed.call)));
  object.update(Json{{"verdict", to_string(verdict.verdict)},
                     {"reason", or_null(verdict.reason)},
                     {"consequence", consequence_of_legs(verdict)},
                     {"fingerprint", or_null(replayed.fingerprint)},
                     {"accepted", replayed.accepted},
                     {"differences", json_of(verdict.differences)},
                     {"noise", json_of(verdict.noise)},
                     {"drift", json_of(verdict.drift)},
                     {"masks", json_of(verdict.masks)},
                     {"simulated", verdict.simulated},
                     {"notes", replayed.notes},
                     {"reproduce", reproduce_command(context, replayed)}});
  return line_of(object);
}

std::string leak_to_json(const ReplayedLeak& leak, const ReportContext& context) {
  return line_of({{"type", "leak"},
                  {"last_call", leak.last_call},
                  {"driver", leak.driver},
                  {"object", leak.object},
                  {"fingerprint", leak.fingerprint},
                  {"accepted", leak.accepted},
                  {"differences", json_of(leak.differences)},
                  {"reproduce", reproduce_command(context, leak)}});
}

std::string summary_to_json(const ReplaySummary& summary, const ReportContext& context,
                            int exit_status) {
  Json verdicts = Json::object(), groups = Json::array();
  for (const Verdict verdict : {Verdict::inconclusive, Verdict::changed, Verdict::noise,
                                Verdict::drift, Verdict::same})
    verdicts[std::string(to_string(verdict))] = calls_with(summary, verdict);
  for (const ChangeGroup& group : summary.groups)
    groups.push_back(json_of(group, context));
  return line_of({{"type", "summary"},
                  {"scripts", context.scripts},
                  {"baseline", or_null(context.baseline)},
                  {"exit_status", exit_status},
                  {"fail_on", to_string(context.rule.fail_on)},
                  {"verdicts", verdicts},
                  {"drifted", summary.drifted},
                  {"groups", groups},
                  {"coverage", json_of(summary.coverage)},
                  {"sandbox", context.sandbox ? json_of(*context.sandbox) : Json()},
                  {"elapsed_ns", summary.elapsed_ns}});
}

}  // namespace hookjournal
