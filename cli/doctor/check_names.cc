#include <algorithm>

#include "cli/doctor/check_files.h"
#include "cli/escape.h"
#include "cli/install/file_attributes.h"
#include "engine/discovery.h"
#include "engine/error.h"
#include "engine/shell/shell_walk.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

// What editors, package managers and people put a file away under.
bool is_put_away(const std::string& name) {
  constexpr const char* kEnds[] = {
      "~",         ".bak",     ".old",      ".orig",     ".save",      ".swp",
      ".rej",      ".tmp",     ".dpkg-old", ".dpkg-new", ".dpkg-dist", ".dpkg-bak",
      ".dpkg-tmp", ".rpmsave", ".rpmnew",   ".rpmorig",  ".ucf-old",   ".ucf-new",
      ".ucf-dist", ".pacnew",  ".pacsave",  ".disabled", ".off",       ".sample",
      ".example",  ".backup"};
  if (name.starts_with('.') || (name.starts_with('#') && name.ends_with('#')))
    return true;
  return std::any_of(std::begin(kEnds), std::end(kEnds),
                     [&](const char* end) { return name.ends_with(end); });
}

bool is_mentioned(const std::string& name, const std::vector<SeenScript>& scripts) {
  return std::any_of(scripts.begin(), scripts.end(), [&](const SeenScript& script) {
    return script.text.find(name) != std::string::npos;
  });
}

void add_not_executable(const fs::path& path, bool main, std::vector<Finding>& findings) {
  findings.push_back({"not-executable", path, 0,
                      "it has no execute bit, so libvirt does not run it",
                      "chmod 755 " + visible(path.string()) +
                          (main ? ", or rename it if it is off on purpose"
                                : ", or name it .disabled if it is off on purpose")});
}

// Scripts without an execute bit: not the ones put away, nor what others read in.
void check_left_out(const fs::path& hooks_dir, const std::string& driver,
                    const std::vector<SeenScript>& scripts,
                    std::vector<Finding>& findings) {
  std::error_code ignored;
  const fs::path main = hooks_dir / driver;
  if (fs::is_regular_file(main, ignored) && !is_executable_file(main))
    add_not_executable(main, true, findings);
  std::vector<fs::path> left_out;
  for (const auto& entry : fs::directory_iterator(hooks_dir / (driver + ".d"), ignored)) {
    const std::string name = entry.path().filename();
    if (!fs::is_regular_file(entry.path(), ignored) || is_executable_file(entry.path()) ||
        is_put_away(name) || is_mentioned(name, scripts))
      continue;
    try {
      if (read_head(entry.path(), 2) == "#!") left_out.push_back(entry.path());
    } catch (const Error&) {  // said elsewhere
    }
  }
  std::sort(left_out.begin(), left_out.end());
  for (const auto& path : left_out) add_not_executable(path, false, findings);
}

void check_directory(const fs::path& hooks_dir, const HookTree::Driver& driver,
                     std::vector<Finding>& findings) {
  if (!driver.bad_directory) return;
  const fs::path directory = hooks_dir / (driver.name + ".d");
  std::error_code ignored;
  const bool file =
      fs::exists(directory, ignored) && !fs::is_directory(directory, ignored);
  if (file)
    findings.push_back({"file-named-like-directory", directory, 0,
                        "it is no directory: every call of the " + driver.name +
                            " driver fails after its main script",
                        "rename it, or make it a directory and put the script into it"});
  else
    findings.push_back({"unreadable-directory", directory, 0,
                        "it cannot be read (" + driver.bad_directory.message() +
                            "): every call of the " + driver.name + " driver fails",
                        "chmod 755 " + visible(directory.string())});
}

void check_backups(const fs::path& hooks_dir, const HookTree::Driver& driver,
                   std::vector<Finding>& findings) {
  for (const auto& script : driver.scripts) {
    const std::string name = fs::path(script.name).filename();
    if (script.name == driver.name || !is_put_away(name)) continue;
    findings.push_back({"backup-file-runs", hooks_dir / script.name, 0,
                        "it looks put away, and libvirt runs it all the same",
                        "chmod -x it, or move it out of " + driver.name + ".d"});
  }
}

// "*" and the like right behind the directory: `for f in qemu.d/*`.
bool runs_whole_directory(const SeenScript& dispatcher, const std::string& driver) {
  const auto& text = dispatcher.text;
  for (const auto& start : {driver + ".d/*", driver + ".d\"/*"})
    if (text.find(start) != std::string::npos) return true;
  return dispatcher.shell && any_below(*dispatcher.shell, [&](const ShellNode& node) {
           return program_of(node).name == "run-parts" &&
                  text_of(node).find(driver + ".d ") != std::string::npos;
         });
}

void check_dispatcher(const fs::path& hooks_dir, const HookTree::Driver& driver,
                      const std::vector<SeenScript>& scripts,
                      std::vector<Finding>& findings) {
  const SeenScript* dispatcher = dispatcher_of(scripts, driver.name);
  if (dispatcher == nullptr) return;
  std::string names;
  for (const auto& script : driver.scripts)
    if (script.name != driver.name && !is_put_away(fs::path(script.name).filename()))
      names += (names.empty() ? "" : ", ") +
               visible(fs::path(script.name).filename().string());
  if (names.empty()) return;
  const bool twice = runs_whole_directory(*dispatcher, driver.name);
  const bool tree =
      std::any_of(scripts.begin(), scripts.end(), [&](const SeenScript& script) {
        return script.of_dispatcher && script.driver == driver.name;
      });
  if (!twice && !tree) return;
  const std::string directory = driver.name + ".d";
  findings.push_back(
      {"dispatcher-shares-directory", hooks_dir / directory, 0,
       twice
           ? "libvirt runs " + names + " itself, and the main script runs them again"
           : "the main script runs what is in folders of it for one guest or operation; "
             "libvirt runs " +
                 names + " itself, for all of them",
       twice ? "take the loop out of the main script, or move the scripts to a directory "
               "of another name"
             : "move the dispatcher's folders to a directory of another name, or these "
               "files out of this one"});
}

}  // namespace

void check_names(const HookTree& tree, const std::vector<SeenScript>& scripts,
                 std::vector<Finding>& findings) {
  for (const auto& driver : tree.drivers) {
    check_left_out(tree.hooks_dir, driver.name, scripts, findings);
    check_directory(tree.hooks_dir, driver, findings);
    check_backups(tree.hooks_dir, driver, findings);
    check_dispatcher(tree.hooks_dir, driver, scripts, findings);
    for (const auto& script : driver.scripts)
      if (!script.trouble.empty())
        findings.push_back({"not-examined", tree.hooks_dir / script.name, 0,
                            script.trouble, "run `hookjournal doctor` as root"});
  }
}

}  // namespace hookjournal
