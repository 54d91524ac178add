#include "cli/install/hook_tree.h"

#include <algorithm>

#include "cli/install/file_attributes.h"
#include "cli/install/our_folder.h"
#include "engine/discovery.h"
#include "engine/error.h"
#include "engine/first_line.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

HookScript script_at(const fs::path& hooks_dir, const std::string& driver,
                     const std::string& name) {
  HookScript script;
  script.name = name;
  script.driver = driver;
  const fs::path path = hooks_dir / name;
  script.linked = is_link(path);
  script.resolved = fs::canonical(path);
  script.names = status_of(path).st_nlink;
  try {
    script.head = read_head(path);
    script.body = body_of(script.head);
    script.words = words_of(script.head);
  } catch (const Error& error) {
    script.trouble = error.what();
  }
  return script;
}

HookTree::Driver driver_at(const fs::path& hooks_dir, const std::string& name) {
  HookTree::Driver driver;
  driver.name = name;
  const Discovery found = discover(hooks_dir, name);
  driver.bad_directory = found.bad_directory;
  const fs::path directory = hooks_dir / (name + ".d");
  if (is_link(directory)) driver.linked_directory = fs::read_symlink(directory);
  for (const auto& script : found.scripts)
    driver.scripts.push_back(script_at(hooks_dir, name, script));
  return driver;
}

}  // namespace

RecorderWords words_of(std::string_view text) {
  RecorderWords words;
  if (!has_recorder(text)) return words;
  words.recorder = interpreter_of(text)->path;
  words.form = RecorderWords::Form::inserted;
  if (is_watcher(text)) words.form = RecorderWords::Form::watcher;
  if (auto launched = launched_path(text)) {
    words.form = RecorderWords::Form::launcher;
    words.launches = *launched;
  }
  return words;
}

Body body_of(std::string_view head) {
  if (interpreter_of(head)) return Body::script;
  // Any format with a handler in the kernel (ELF, binfmt_misc) has a zero byte early on.
  return head.find('\0') == std::string_view::npos ? Body::text : Body::program;
}

const HookScript* HookTree::script(std::string_view name) const {
  for (const auto& driver : drivers)
    for (const auto& script : driver.scripts)
      if (script.name == name) return &script;
  return nullptr;
}

std::vector<std::string> drivers_with(const std::vector<std::string>& further) {
  std::vector<std::string> drivers = {"daemon", "qemu",  "lxc",
                                      "libxl",  "bhyve", "network"};
  for (const auto& name : further)
    if (std::find(drivers.begin(), drivers.end(), name) == drivers.end())
      drivers.push_back(name);
  return drivers;
}

HookTree look_at(const fs::path& hooks_dir, const std::vector<std::string>& drivers) {
  HookTree tree;
  tree.hooks_dir = hooks_dir;
  for (const auto& name : drivers) tree.drivers.push_back(driver_at(hooks_dir, name));
  return tree;
}

std::vector<RecordedFile> recorded_files(const fs::path& hooks_dir) {
  std::vector<RecordedFile> files;
  const fs::path ours = our_folder(hooks_dir);
  auto entries = fs::recursive_directory_iterator(
      hooks_dir, fs::directory_options::skip_permission_denied);
  for (auto it = begin(entries); it != end(entries); ++it) {
    if (it->path() == ours) it.disable_recursion_pending();
    if (it->is_symlink() || !it->is_regular_file()) continue;
    RecordedFile file{it->path().lexically_relative(hooks_dir), {}, {}};
    try {
      file.words = words_of(read_head(it->path()));
    } catch (const Error& error) {
      file.trouble = error.what();
    }
    if (file.words.form != RecorderWords::Form::none || !file.trouble.empty())
      files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

}  // namespace hookjournal
