#include "cli/install/install_plan.h"

#include <algorithm>

#include "cli/escape.h"
#include "cli/install/file_attributes.h"
#include "cli/install/our_folder.h"
#include "engine/first_line.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;
using Form = RecorderWords::Form;

constexpr std::size_t kLineLimit = 255;  // BINPRM_BUF_SIZE less one

PlannedChange leave(const HookScript& script, std::string note) {
  return {script.name, Change::none, std::move(note)};
}
PlannedChange trouble(const HookScript& script, std::string note) {
  return {script.name, Change::none, std::move(note), true};
}

// Ways to ask for one's own path, in the languages hooks are written in. A false alarm
// costs the record of one script until somebody says --launch; a miss breaks the script.
bool looks_beside_itself(const fs::path& script) {
  const std::string text = read_head(script, 1 << 20);
  if (body_of(text) != Body::script) return false;
  constexpr const char* kSigns[] = {"$0",           "${0",      "BASH_SOURCE",
                                    "__file__",     "argv[0]",  "FindBin",
                                    "PROGRAM_NAME", "__FILE__", "__DIR__"};
  return std::any_of(std::begin(kSigns), std::end(kSigns),
                     [&](const char* sign) { return text.find(sign) != text.npos; });
}

bool same_file_system(const fs::path& hooks_dir, const std::string& script) {
  const fs::path folder = our_folder(hooks_dir);
  struct stat home {
  }, there{};
  if (::stat(folder.c_str(), &home) != 0 && ::stat(hooks_dir.c_str(), &home) != 0)
    return false;
  const fs::path directory = (hooks_dir / script).parent_path();
  return ::stat(directory.c_str(), &there) == 0 && home.st_dev == there.st_dev;
}

class Planner {
 public:
  Planner(const HookTree& tree, const InstallRequest& request)
      : tree_(tree), request_(request) {}

  PlannedChange change_of(const HookTree::Driver& driver, const HookScript& script) const;
  PlannedChange watcher_of(const HookTree::Driver& driver) const;

 private:
  PlannedChange recorded(const HookScript& script) const;
  PlannedChange relaunched(const HookScript& script) const;
  PlannedChange launched(const HookScript& script) const;
  const HookScript* behind(const HookScript& link) const;
  bool launch_anyway(const std::string& script) const {
    return std::find(request_.launch.begin(), request_.launch.end(), script) !=
           request_.launch.end();
  }

  const HookTree& tree_;
  const InstallRequest& request_;
};

// The script of this tree that a link leads to. It is recorded itself, and so is each way
// to it: the kernel reads the same first line and hands the recorder the link's path.
const HookScript* Planner::behind(const HookScript& link) const {
  for (const auto& driver : tree_.drivers)
    for (const auto& script : driver.scripts)
      if (!script.linked && script.resolved == link.resolved) return &script;
  return nullptr;
}

PlannedChange Planner::relaunched(const HookScript& script) const {
  fs::path launches = script.words.launches;
  const std::string ours = original_behind(request_.hooks_dir, script.name, launches);
  if (!ours.empty()) launches = original_path(request_.hooks_dir, ours);
  if (!is_there(launches))
    return trouble(script, "its original " + visible(launches.string()) +
                               " is missing, so every call of it fails; put it back, or "
                               "remove the launcher");
  if (script.words.recorder == request_.recorder && launches == script.words.launches)
    return leave(script, {});
  return {script.name, Change::relaunch};
}

PlannedChange Planner::recorded(const HookScript& script) const {
  if (script.linked) return leave(script, {});  // what it leads to carries the words
  if (script.words.form == Form::launcher) return relaunched(script);
  if (!interpreter_of(script.head)->argument)
    return trouble(script,
                   "its first line names the recorder and nothing to run; put the "
                   "script's interpreter behind it");
  if (script.words.recorder == request_.recorder) return leave(script, {});
  if (script.words.form == Form::watcher) return {script.name, Change::relaunch};
  if (!with_recorder(without_recorder(script.head), request_.recorder))
    return trouble(script, "it names another recorder, and with " + request_.recorder +
                               " its first line would pass the kernel's 255 bytes; run "
                               "uninstall, then install");
  return {script.name, Change::update};
}

PlannedChange Planner::launched(const HookScript& script) const {
  const fs::path original = original_path(request_.hooks_dir, script.name);
  const std::string line = launcher(request_.recorder, original.string());
  // The kernel drops blanks at the end of the line and ends it at a newline.
  if (script.name.find('\n') != std::string::npos || script.name.ends_with(' ') ||
      script.name.ends_with('\t'))
    return trouble(script, "a launcher's line cannot hold its name; rename it");
  if (line.size() - 1 > kLineLimit)
    return trouble(script,
                   "a launcher's line would pass the kernel's 255 bytes with the "
                   "path " +
                       original.string() + "; shorten its name");
  if (!launch_anyway(script.name) &&
      looks_beside_itself(request_.hooks_dir / script.name))
    return trouble(script,
                   "it needs a launcher, which shows it " + original.string() +
                       " as its own path ($0), and it seems to use that path to "
                       "find other files; if that does no harm: install --launch " +
                       script.name);
  // A program is told its old name; a script's path is how its interpreter finds it.
  if (script.body == Body::program) return {script.name, Change::launch};
  return {script.name, Change::launch,
          "it is started as " + visible(original.string()) + ", its new $0"};
}

PlannedChange Planner::change_of(const HookTree::Driver& driver,
                                 const HookScript& script) const {
  if (!script.trouble.empty()) return trouble(script, script.trouble);
  if (script.words.form != Form::none && script.linked) return leave(script, {});
  if (!driver.linked_directory.empty() && script.name != driver.name)
    return trouble(script, driver.name + ".d is a symbolic link to " +
                               visible(driver.linked_directory.string()) +
                               ", and files outside the hooks directory are not changed; "
                               "make it a directory (its entries may be links)");
  if (script.words.form != Form::none) return recorded(script);
  if (script.linked && behind(script) != nullptr) return leave(script, {});
  if (script.body == Body::text)
    return leave(script,
                 "its first line names no interpreter (#!): libvirt cannot run it "
                 "and fails the call");
  if (!same_file_system(request_.hooks_dir, script.name))
    return trouble(script, "its directory is on another file system than " +
                               our_folder(request_.hooks_dir).string() +
                               ", so it cannot be replaced in one instant");
  if (!script.linked && with_recorder(script.head, request_.recorder))
    return {script.name, Change::insert};
  return launched(script);
}

PlannedChange Planner::watcher_of(const HookTree::Driver& driver) const {
  const fs::path place = request_.hooks_dir / driver.name;
  if (is_there(place))
    return {driver.name, Change::none,
            "cannot watch the driver: " + visible(place.string()) +
                " exists but libvirt does not run it (no file, or no execute bit)",
            true};
  return {driver.name, Change::watch};
}

}  // namespace

std::vector<PlannedChange> plan_install(const HookTree& tree,
                                        const InstallRequest& request) {
  const Planner planner(tree, request);
  std::vector<PlannedChange> plan;
  for (const auto& driver : tree.drivers) {
    for (const auto& script : driver.scripts)
      plan.push_back(planner.change_of(driver, script));
    if (driver.bad_directory)
      plan.push_back({driver.name + ".d", Change::none,
                      "it cannot be read as a directory (" +
                          driver.bad_directory.message() +
                          "): libvirt fails every call of this driver",
                      true});
    const bool wanted = std::find(request.drivers.begin(), request.drivers.end(),
                                  driver.name) != request.drivers.end();
    if (wanted && driver.scripts.empty()) plan.push_back(planner.watcher_of(driver));
  }
  return plan;
}

fs::path target_from_our_folder(const std::string& script, const fs::path& target) {
  if (target.is_absolute()) return target;
  const fs::path parent = fs::path(script).parent_path();
  // By text: a library's path join or normalization would not come back the same.
  if (parent.empty()) return "../" + target.string();
  return "../../" + parent.string() + "/" + target.string();
}

fs::path target_from_place(const std::string& script, const fs::path& target) {
  if (target.is_absolute()) return target;
  const std::string prefix = target_from_our_folder(script, "").string();
  const std::string text = target;
  if (!text.starts_with(prefix) || text.size() == prefix.size()) return {};
  return text.substr(prefix.size());
}

}  // namespace hookjournal
