#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "cli/install/status_text.h"

namespace hookjournal {

namespace {

using json = nlohmann::ordered_json;

json utc(std::int64_t seconds) {
  return fmt::format("{:%FT%T}Z", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

const char* key_of(ScriptStatus::How how) {
  using How = ScriptStatus::How;
  switch (how) {
    case How::not_recorded:
      return nullptr;
    case How::words:
      return "first-line";
    case How::launcher:
      return "launcher";
    case How::watcher:
      return "watcher";
    case How::link:
      return "link";
  }
  return nullptr;
}

json script_json(const ScriptStatus& script) {
  const char* how = key_of(script.how);
  return {{"path", script.path},
          {"driver", script.driver},
          {"recorded", how != nullptr},
          {"how", how == nullptr ? json() : json(how)},
          {"recorder", script.recorder.empty() ? json() : json(script.recorder)},
          {"note", script.note.empty() ? json() : json(script.note)},
          {"needs_person", script.needs_person},
          {"changed_since_install", script.changed ? json(*script.changed) : json()}};
}

json driver_json(const DriverStatus& driver, const HooksStatus& hooks) {
  json reloads = json::array();
  for (const auto& reload : hooks.reloads)
    if (reload.driver == driver.name)
      reloads.push_back({{"daemon", reload.daemon.name},
                         {"pid", reload.daemon.pid},
                         {"started", utc(reload.daemon.started)},
                         {"scripts_since", utc(reload.since)}});
  return {{"driver", driver.name},
          {"scripts", driver.scripts},
          {"recorded", driver.recorded},
          {"trouble", driver.trouble.empty() ? json() : json(driver.trouble)},
          {"needs_reload", reloads}};
}

json journal_json(const JournalStatus& journal) {
  json object = {{"file", journal.file.string()},
                 {"trouble", journal.trouble.empty() ? json() : json(journal.trouble)},
                 {"no_room", journal.no_room.empty() ? json() : json(journal.no_room)}};
  if (!journal.figures) return object;
  const auto& figures = *journal.figures;
  object["bytes"] = figures.bytes;
  object["calls"] = figures.calls;
  object["runs"] = figures.runs;
  object["running"] = figures.running;
  object["events"] = figures.events;
  object["last_call"] =
      figures.last_call_ns ? utc(*figures.last_call_ns / 1'000'000'000) : json();
  object["gaps"] = figures.gaps;
  object["gaps_last_week"] = figures.gaps_last_week;
  object["runs_missing_last_week"] = figures.runs_missing_last_week;
  return object;
}

}  // namespace

std::string status_json(const HooksStatus& hooks, const JournalStatus& journal) {
  json object = {
      {"hooks_dir", hooks.hooks_dir.string()},
      {"installed", hooks.installed},
      {"enabled", !hooks.disabled_since},
      {"disabled_since", hooks.disabled_since ? utc(*hooks.disabled_since) : json()}};
  object["scripts"] = json::array();
  for (const auto& script : hooks.scripts)
    object["scripts"].push_back(script_json(script));
  object["drivers"] = json::array();
  for (const auto& driver : hooks.drivers)
    object["drivers"].push_back(driver_json(driver, hooks));
  object["journal"] = journal_json(journal);
  object["spool"] = json::array();
  for (const auto& spool : journal.spools)
    object["spool"].push_back({{"folder", spool.folder.string()},
                               {"runs", spool.files},
                               {"oldest", spool.files != 0 ? utc(spool.oldest) : json()},
                               {"lost", spool.lost},
                               {"deadline_misses", spool.deadline_misses}});
  object["config_trouble"] =
      hooks.config_trouble.empty() ? json() : json(hooks.config_trouble);
  object["findings"] = hooks.findings;
  for (const auto& finding : journal.findings) object["findings"].push_back(finding);
  // A file name need not be UTF-8.
  return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace hookjournal
