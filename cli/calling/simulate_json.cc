#include "cli/calling/simulate_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <variant>

#include "replay/commands_not_found.h"

namespace hookjournal {

namespace {

using Json = nlohmann::ordered_json;  // in the order of the documentation

Json json_of(const Ending& ending) {
  if (const auto* exited = std::get_if<Exited>(&ending))
    return {{"exited", exited->code}};
  if (const auto* signaled = std::get_if<Signaled>(&ending))
    return {{"signaled", signaled->signal}, {"core_dumped", signaled->core_dumped}};
  return {{"not_started", std::get<NotStarted>(ending).error}};
}

Json json_of(const Command& command) {
  return {{"program", command.program},
          {"arguments", command.arguments},
          {"ending", command.ending ? json_of(*command.ending) : Json()},
          {"replaced", command.replaced},
          {"depth", command.depth},
          {"simulated", command.simulated}};
}

Json content_of(const FileState& state) {
  const bool has_text = state.type == 'f' && state.content_kept &&
                        state.content.find('\0') == std::string::npos;
  return has_text || state.type == 'l' ? Json(state.content) : Json();
}

Json json_of(const std::optional<FileState>& state) {
  if (!state) return {};
  return {{"type", std::string(1, state->type)},
          {"mode", fmt::format("{:04o}", state->mode & 07777U)},
          {"uid", state->uid},
          {"gid", state->gid},
          {"size", state->size},
          {"sha256", state->sha256.empty() ? Json() : Json(state->sha256)},
          {"content", content_of(*state)}};
}

Json json_of(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json();
}

template <class Change>
const char* change_word(const Change& change) {
  if (!change.before) return "created";
  return change.after ? "changed" : "removed";
}

Json json_of(const FileChange& change) {
  return {{"path", change.path},
          {"change", change_word(change)},
          {"before", json_of(change.before)},
          {"after", json_of(change.after)}};
}

Json json_of(const NetworkChange& change) {
  return {{"object", change.object},
          {"change", change_word(change)},
          {"before", json_of(change.before)},
          {"after", json_of(change.after)}};
}

Json json_of(const Attempt& attempt) {
  return {{"kind", attempt.kind == Attempt::Kind::connect ? "connect" : "refused"},
          {"target", attempt.target},
          {"program", attempt.program}};
}

Json json_of(const ObservedRun& run);

template <class Value>
Json list_of(const std::vector<Value>& values) {
  Json list = Json::array();
  for (const Value& value : values) list.push_back(json_of(value));
  return list;
}

Json stream_of(const std::string& bytes) {
  return {{"bytes", bytes.size()}, {"text", bytes}};
}

Json json_of(const ObservedRun& run) {
  const Effects& effects = run.effects;
  return {{"path", run.script},
          {"ending", json_of(run.result.ending)},
          {"elapsed_ns", run.result.elapsed.count()},
          {"timed_out", effects.timed_out},
          {"stdout", stream_of(run.result.out)},
          {"stderr", stream_of(run.result.err)},
          {"commands", list_of(effects.commands)},
          {"not_found", commands_not_found(run.result.err)},
          {"files", list_of(effects.files)},
          {"network", list_of(effects.network)},
          {"attempts", list_of(effects.attempts)},
          {"left_running", effects.left_running},
          {"trouble", effects.trouble}};
}

}  // namespace

std::string step_to_json(const ToldStep& told) {
  const SimulatedStep& step = told.step;
  Json json;
  if (step.call) {
    const HookCall& call = *step.call;
    json = {{"call", nullptr},
            {"side", told.side.empty() ? "here" : told.side},
            {"driver", call.driver},
            {"object", call.object},
            {"operation", call.operation},
            {"suboperation", call.suboperation},
            {"extra", call.extra},
            {"outcome", outcome_of(step)},
            {"elapsed_ns", 0}};
    if (told.call) json["call"] = *told.call;
    std::int64_t elapsed = 0;
    for (const EngineRun& run : step.answer.runs) elapsed += run.result.elapsed.count();
    json["elapsed_ns"] = elapsed;
    if (told.seen != nullptr) json["scripts"] = list_of(*told.seen);
  }
  if (!step.text.empty()) json["libvirt"] = step.text;
  if (!step.error.empty()) json["error"] = step.error;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace hookjournal
