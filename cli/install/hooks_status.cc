#include "cli/install/hooks_status.h"

#include <algorithm>

#include "cli/escape.h"
#include "cli/install/file_attributes.h"
#include "cli/install/install_plan.h"
#include "cli/install/uninstaller.h"
#include "engine/config.h"
#include "engine/discovery.h"
#include "engine/error.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;
using Form = RecorderWords::Form;
using How = ScriptStatus::How;

How how_recorded(const HookScript& script) {
  if (script.linked) return How::link;
  switch (script.words.form) {
    case Form::none:
      return How::not_recorded;
    case Form::inserted:
      return How::words;
    case Form::launcher:
      return How::launcher;
    case Form::watcher:
      return How::watcher;
  }
  return How::not_recorded;
}

// What keeps a recorded script from running; empty when nothing does.
std::string broken(const HookScript& script, const PlannedChange& change) {
  if (!is_executable_file(script.words.recorder))
    return "its recorder " + visible(script.words.recorder) +
           " is missing, so every call of it fails; run `hookjournal install`, or put "
           "the "
           "recorder there";
  if (change.trouble) return change.note;
  if (script.words.form == Form::launcher && !is_executable_file(script.words.launches))
    return "its original " + visible(script.words.launches) +
           " cannot be executed, so every call of it fails; put it right, or remove the "
           "launcher";
  return {};
}

std::optional<bool> changed_since(const InstallState& state, const HookScript& script,
                                  const fs::path& hooks_dir) {
  const auto known = state.texts.find(script.name);
  const std::string digest = text_digest(hooks_dir, script);
  if (known == state.texts.end() || known->second.empty() || digest.empty()) return {};
  return digest != known->second;
}

// Of a script that the next install would record.
std::string why_not_recorded(const InstallState& state, const ScriptStatus& script) {
  std::string why = "somebody replaced it since it was recorded";
  if (script.changed == false) why = "somebody took the recorder's words out of it";
  if (!state.texts.contains(script.path)) why = "new";
  // As an earlier version left it.
  if (state.texts.empty()) why = "new, or somebody replaced it";
  return why + "; run `hookjournal install`";
}

ScriptStatus status_of_script(const HookScript& script, const PlannedChange& change,
                              const InstallState& state, const fs::path& hooks_dir) {
  ScriptStatus status;
  status.path = script.name;
  status.driver = script.driver;
  status.recorder = script.words.recorder;
  status.changed = changed_since(state, script, hooks_dir);
  if (script.words.form != Form::none) {
    status.how = how_recorded(script);
    status.note = broken(script, change);
    status.needs_person = !status.note.empty();
    return status;
  }
  status.needs_person = true;
  status.note = change.note;
  if (change.change != Change::none)
    status.note = why_not_recorded(state, status);
  else if (status.note.empty())
    status.note = "what it leads to is not recorded; run `hookjournal install`";
  return status;
}

void look_at_scripts(const HookTree& tree, const StatusRequest& request,
                     const InstallState& state, HooksStatus& status) {
  const auto plan = plan_install(tree, {request.hooks_dir, request.recorder, {}, {}});
  for (const auto& driver : tree.drivers) {
    DriverStatus summary{driver.name, driver.scripts.size(), 0, {}};
    for (const auto& script : driver.scripts) {
      const auto change = std::find_if(
          plan.begin(), plan.end(),
          [&](const auto& planned) { return planned.script == script.name; });
      status.scripts.push_back(
          status_of_script(script, *change, state, request.hooks_dir));
      if (script.words.form != Form::none) ++summary.recorded;
    }
    if (driver.bad_directory)
      summary.trouble = driver.name + ".d cannot be read as a directory (" +
                        driver.bad_directory.message() +
                        "): libvirt fails every call of this driver";
    if (summary.scripts != 0 || !summary.trouble.empty())
      status.drivers.push_back(std::move(summary));
  }
}

// What uninstall would stumble on lies about unused: an original whose launcher somebody
// replaced, files of others.
void look_at_folder(const StatusRequest& request, HooksStatus& status) {
  FileOps no_changes;
  const auto folder = our_folder(request.hooks_dir).filename().string() + "/";
  for (const auto& change : Uninstaller(no_changes, request.hooks_dir).plan()) {
    if (change.trouble && change.script.starts_with(folder))
      status.findings.push_back(visible(change.script) + ": " + change.note);
  }
  if (auto why = why_no_folder(request.hooks_dir); !why.empty())
    status.findings.push_back(visible(why));
  if (left_half_done(request.hooks_dir))
    status.findings.emplace_back(
        "an install or uninstall stopped half-way; run it again: it goes on from there");
}

void collect_findings(HooksStatus& status) {
  auto& findings = status.findings;
  if (!status.installed)
    findings.emplace_back("nothing is recorded here; run `hookjournal install`");
  if (status.disabled_since)
    findings.push_back("recording is disabled since " +
                       local_time(*status.disabled_since) +
                       "; `hookjournal enable` ends that");
  if (!status.config_trouble.empty()) findings.push_back(status.config_trouble);
  for (const auto& script : status.scripts)
    if (status.installed && script.needs_person)
      findings.push_back(visible(script.path) + ": " + script.note);
  for (const auto& driver : status.drivers)
    if (!driver.trouble.empty()) findings.push_back(driver.trouble);
  for (const auto& reload : status.reloads) findings.push_back(reload_text(reload));
}

}  // namespace

const char* to_string(How how) {
  switch (how) {
    case How::not_recorded:
      return "not recorded";
    case How::words:
      return "first line";
    case How::launcher:
      return "launcher";
    case How::watcher:
      return "watcher";
    case How::link:
      return "link to a recorded script";
  }
  return "";
}

HooksStatus look_at_hooks(const StatusRequest& request) {
  if (!fs::is_directory(request.hooks_dir))
    throw Error(
        "cannot look at " + request.hooks_dir.string() +
        ": no such directory; is libvirt installed? --hooks-dir DIR names another");
  HooksStatus status;
  status.hooks_dir = request.hooks_dir;
  const InstallState state = load_state(request.hooks_dir);
  std::vector<std::string> further;
  for (const auto& [driver, since] : state.since) further.push_back(driver);
  const HookTree tree = look_at(request.hooks_dir, drivers_with(further));

  look_at_scripts(tree, request, state, status);
  status.installed =
      is_there(state_path(request.hooks_dir)) ||
      std::any_of(status.scripts.begin(), status.scripts.end(),
                  [](const auto& script) { return script.how != How::not_recorded; });
  const fs::path disabled = disabled_path(request.hooks_dir);
  if (is_there(disabled)) status.disabled_since = status_of(disabled).st_mtim.tv_sec;
  status.config_trouble = load_config(request.hooks_dir).trouble;
  if (status.installed)
    status.reloads = reloads_needed(tree, state, request.daemons, request.knows);
  collect_findings(status);
  look_at_folder(request, status);
  return status;
}

}  // namespace hookjournal
