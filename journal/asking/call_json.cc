// The door to JSON in the journal.
#include "journal/asking/call_json.h"

#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <system_error>

#include "engine/sha256.h"

namespace hookjournal {

namespace {

using Json = nlohmann::ordered_json;  // in the order of the documentation

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json json_of(const Ending& ending) {
  if (const auto* exited = std::get_if<Exited>(&ending))
    return {{"exited", exited->code}};
  if (const auto* signaled = std::get_if<Signaled>(&ending))
    return {{"signaled", signaled->signal}, {"core_dumped", signaled->core_dumped}};
  const int error = std::get<NotStarted>(ending).error;
  return {{"not_started", error}, {"reason", std::generic_category().message(error)}};
}

Json json_of(const StoredStream& stream) {
  return {{"bytes", stream.length},
          {"kept", stream.kept},
          {"truncated", stream.truncated},
          {"redacted", stream.redacted},
          {"sha256", or_null(stream.sha256)}};
}

Json json_of(const std::optional<StoredStream>& stream) {
  return stream ? json_of(*stream) : Json();
}

Json json_of(const std::vector<PipeHolder>& holders) {
  Json list = Json::array();
  for (const PipeHolder& holder : holders)
    list.push_back({{"pid", holder.pid},
                    {"command", holder.command_line},
                    {"stream", holder.stream}});
  return list;
}

Json json_of(const std::vector<PassedSignal>& signals) {
  Json list = Json::array();
  for (const PassedSignal& passed : signals)
    list.push_back({{"signal", passed.signal}, {"after_ns", passed.after.count()}});
  return list;
}

Json json_of(const RunRecord& run) {
  // What is known at its end only.
  const auto if_ended = [&run](const Json& value) { return run.ending ? value : Json(); };
  return {{"id", run.id},
          {"run_uuid", run.uuid},
          {"path", run.script},
          {"sha256", or_null(run.script_sha256)},
          {"outcome", to_string(run.outcome)},
          {"ending", run.ending ? json_of(*run.ending) : Json()},
          {"at", utc_time_text(run.at_ns)},
          {"elapsed_ns", if_ended(run.elapsed_ns)},
          {"held_open_ns", if_ended(run.held_open_ns)},
          {"cpu_ns", if_ended(run.cpu_ns)},
          {"max_rss", if_ended(run.max_rss_kib * 1024)},
          {"within", run.within ? Json(*run.within) : Json()},
          {"spooled", run.spooled},
          {"held_by", json_of(run.holders)},
          {"signals", json_of(run.signals)},
          {"stdin", json_of(run.input)},
          {"stdout", if_ended(json_of(run.out))},
          {"stderr", if_ended(json_of(run.err))}};
}

Json json_of(const Context& context) {
  return {{"machine_id", or_null(context.machine_id)},
          {"boot_id", or_null(context.boot_id)},
          {"kernel", or_null(context.kernel)},
          {"recorder", or_null(context.recorder_version)},
          {"hooks_dir", context.hooks_dir},
          {"cwd", context.working_directory},
          {"uid", context.uid},
          {"gid", context.gid},
          {"umask", or_null(umask_text(context))},
          {"environment", context.environment}};
}

Json json_of(const Caller& caller) {
  return {{"pid", caller.process.pid},
          {"exe", or_null(caller.exe)},
          {"build_id", or_null(to_hex(caller.exe_build_id))}};
}

Json answer_of(const CallRecord& call) {
  const auto answer = call.answer();
  return answer ? json_of(*answer) : Json();
}

Json output_of(const CallRecord& call) {
  const RunRecord* run = call.printed_output();
  if (run == nullptr) return {};
  Json stream = json_of(run->out);
  stream["script"] = run->script;
  const auto valid = call.output_judgement.valid();
  stream["valid"] = valid ? Json(*valid) : Json();
  stream["reason"] = or_null(call.output_judgement.reason);
  return stream;
}

Json head_of(const CallRecord& call) {
  return {{"id", call.id},
          {"call_uuid", call.uuid},
          {"host", or_null(call.host)},
          {"at", utc_time_text(call.at_ns)},
          {"driver", call.driver},
          {"object", call.object},
          {"object_uuid", or_null(call.object_uuid)},
          {"operation", call.operation},
          {"suboperation", call.suboperation},
          {"extra", call.extra}};
}

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

}  // namespace

std::string call_head_to_json(const CallRecord& call) { return line_of(head_of(call)); }

std::string call_to_json(const CallRecord& call) {
  Json scripts = Json::array();
  for (const RunRecord& run : call.runs) scripts.push_back(json_of(run));
  Json object = head_of(call);
  object.update(Json{
      {"outcome", to_string(call.outcome)},
      {"consequence", to_string(call.consequence)},
      {"origin", to_string(call.origin)},
      {"answer", answer_of(call)},
      {"elapsed_ns", call.outcome == Outcome::running ? Json() : Json(call.elapsed_ns)},
      {"tree", call.tree.empty() ? Json() : Json("sha256:" + call.tree)},
      {"caller", json_of(call.context.caller)},
      {"input", call.runs.empty() ? Json() : json_of(call.runs.front().input)},
      {"output", output_of(call)},
      {"unrecorded", call.unrecorded},
      {"planned", call.planned},
      {"arguments", call.arguments},
      {"context", json_of(call.context)},
      {"scripts", scripts}});
  return line_of(object);
}

std::string utc_time_text(std::int64_t at_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::int64_t seconds = at_ns / kSecond, ns = at_ns % kSecond;
  if (ns < 0) {
    ns += kSecond;
    --seconds;
  }
  const std::time_t time = seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char date[32], text[48];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text, sizeof text, "%s.%09dZ", date, static_cast<int>(ns));
  return text;
}

}  // namespace hookjournal
