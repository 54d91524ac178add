#include "cli/asking/running/running_json.h"

#include <nlohmann/json.hpp>

#include "journal/asking/call_json.h"

namespace hookjournal {

namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json json_of(const std::vector<PeerProcess>& processes) {
  Json list = Json::array();
  for (const PeerProcess& process : processes)
    list.push_back({{"pid", process.pid}, {"command", process.command_line}});
  return list;
}

Json json_of(const ProcessWait& wait) {
  return {{"call", or_null(wait.call)},
          {"channel", or_null(wait.channel)},
          {"descriptors", wait.descriptors},
          {"child", wait.child && *wait.child > 0 ? Json(*wait.child) : Json()},
          {"running", wait.running},
          {"hidden", wait.hidden}};
}

Json json_of(const OpenEnd& end) {
  return {{"fd", end.fd},           {"kind", end.kind},
          {"writes", end.writes},   {"place", or_null(end.place)},
          {"awaited", end.awaited}, {"peers", json_of(end.peers)}};
}

Json json_of(const SeenProcess& process) {
  Json ends = Json::array();
  for (const OpenEnd& end : process.ends) ends.push_back(json_of(end));
  return {{"pid", process.stat.pid},
          {"parent", process.stat.parent},
          {"command", process.command_line},
          {"depth", process.depth},
          {"state", std::string(1, process.stat.state)},
          {"left_behind", process.left_behind},
          {"wait", json_of(process.wait)},
          {"waits_for_file", or_null(process.awaited_file)},
          {"lock_holders", json_of(process.lock_holders)},
          {"ends", std::move(ends)}};
}

Json json_of(const std::optional<PrintedSoFar>& printed) {
  if (!printed) return {};
  return {{"stdout", printed->out}, {"stderr", printed->err}};
}

const char* word_for(RecorderSight sight) {
  switch (sight) {
    case RecorderSight::there:
      return "there";
    case RecorderSight::gone:
      return "gone";
    case RecorderSight::rebooted:
      return "rebooted";
    case RecorderSight::elsewhere:
      break;
  }
  return "elsewhere";
}

}  // namespace

std::string running_to_json(const RunningScript& running, std::int64_t now_ns) {
  Json processes = Json::array(), causes = Json::array();
  for (const SeenProcess& process : running.processes)
    processes.push_back(json_of(process));
  for (const HangCause& cause : running.causes)
    causes.push_back({{"name", cause.name}, {"text", cause.text}});
  const Json json = {{"call", running.call_id ? Json(*running.call_id) : Json()},
                     {"host", or_null(running.host)},
                     {"driver", running.call.driver},
                     {"object", running.call.object},
                     {"object_uuid", or_null(running.object_uuid)},
                     {"operation", running.call.operation},
                     {"suboperation", running.call.suboperation},
                     {"extra", running.call.extra},
                     {"origin", to_string(running.origin)},
                     {"script", running.script},
                     {"since", utc_time_text(running.since_ns)},
                     {"elapsed_ns", now_ns - running.since_ns},
                     {"seen", word_for(running.sight)},
                     {"recorder", {{"pid", running.recorder.pid}}},
                     {"caller",
                      {{"pid", running.caller.process.pid},
                       {"exe", or_null(running.caller.exe)},
                       {"there", running.caller_there}}},
                     {"script_ended", running.script_ended},
                     {"processes", std::move(processes)},
                     {"causes", std::move(causes)},
                     {"output", json_of(running.printed)}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace hookjournal
