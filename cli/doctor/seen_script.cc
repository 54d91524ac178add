#include "cli/doctor/seen_script.h"

#include <algorithm>
#include <sstream>

#include "cli/install/our_folder.h"
#include "engine/discovery.h"
#include "engine/first_line.h"
#include "engine/shell/shell_walk.h"
#include "engine/small_file.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;
using Form = RecorderWords::Form;

// Guest, operation, sub-operation and a folder or two more.
constexpr int kDeepest = 5;

constexpr std::size_t kLongestLine = 2000;

void read(SeenScript& script) {
  const auto text = read_small_file(script.file.string());
  if (!text || text->find('\0') != std::string::npos) return;
  script.text = without_recorder(*text);
  script.language = language_of(script.text);
  if (script.language == Language::shell) script.shell = parse_shell(script.text);
}

SeenScript seen(const HookTree& tree, const HookScript& found) {
  SeenScript script;
  script.name = found.name;
  script.path = tree.hooks_dir / found.name;
  script.driver = found.driver;
  script.file = found.resolved;
  script.linked = found.linked;
  script.recorded = found.words.form != Form::none;
  script.watcher = found.words.form == Form::watcher;
  script.launched = found.words.form == Form::launcher;
  if (script.launched) {
    const auto original =
        original_behind(tree.hooks_dir, found.name, found.words.launches);
    const fs::path moved = our_folder(tree.hooks_dir) / original;
    std::error_code ignored;
    script.file = original.empty() ? fs::path() : fs::canonical(moved, ignored);
    script.linked = !original.empty() && fs::is_symlink(moved, ignored);
  }
  if (!script.watcher) read(script);
  return script;
}

// Executables in folders below `<driver>.d`, which libvirt passes over.
std::vector<fs::path> executables_below(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code ignored;
  auto entries = fs::recursive_directory_iterator(
      directory, fs::directory_options::skip_permission_denied, ignored);
  for (auto it = begin(entries); it != end(entries); it.increment(ignored)) {
    if (it.depth() >= kDeepest) it.disable_recursion_pending();
    if (it.depth() > 0 && is_executable_file(it->path())) files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<SeenScript> seen_scripts(const HookTree& tree) {
  std::vector<SeenScript> scripts;
  for (const auto& driver : tree.drivers) {
    for (const auto& found : driver.scripts)
      if (found.trouble.empty()) scripts.push_back(seen(tree, found));
    const fs::path directory = tree.hooks_dir / (driver.name + ".d");
    if (dispatcher_of(scripts, driver.name) == nullptr) continue;
    for (const auto& file : executables_below(directory)) {
      SeenScript script;
      script.path = file;
      script.name = file.lexically_relative(tree.hooks_dir);
      script.driver = driver.name;
      script.file = fs::canonical(file);
      script.linked = fs::is_symlink(file);
      script.of_dispatcher = true;
      read(script);
      scripts.push_back(std::move(script));
    }
  }
  return scripts;
}

std::vector<DispatchFolder> dispatch_folders(const HookTree& tree) {
  std::vector<DispatchFolder> folders;
  for (const auto& driver : tree.drivers) {
    const fs::path directory = tree.hooks_dir / (driver.name + ".d");
    for (const auto& file : executables_below(directory)) {
      std::vector<std::string> parts;
      for (const auto& part : file.parent_path().lexically_relative(directory))
        parts.push_back(part);
      // GUEST/OPERATION/begin. Other ways to lay it out are the dispatcher's own affair.
      if (parts.size() != 3 || (parts[2] != "begin" && parts[2] != "end")) continue;
      if (!folders.empty() && folders.back().path == file.parent_path()) continue;
      folders.push_back({file.parent_path(), driver.name, parts[1], parts[2]});
    }
  }
  return folders;
}

const SeenScript* dispatcher_of(const std::vector<SeenScript>& scripts,
                                const std::string& driver) {
  for (const auto& script : scripts) {
    if (script.name != driver) continue;
    std::string text;
    if (script.shell) {
      text = text_of(*script.shell);
    } else {
      for (const auto& line : lines_without_comments(script)) text += line + "\n";
    }
    for (const auto& mentioned : {driver + ".d", std::string("${0}.d"),
                                  std::string("$(...).d"), std::string("}.d/")})
      if (text.find(mentioned) != std::string::npos) return &script;
  }
  return nullptr;
}

std::vector<std::string> lines_without_comments(const SeenScript& script) {
  std::vector<std::string> lines;
  std::istringstream text(script.text);
  std::string closing;  // of a string over several lines
  for (std::string line; std::getline(text, line);) {
    // Data, not code; and the regular expressions recurse for each byte.
    if (line.size() > kLongestLine) line.clear();
    std::string kept;
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (!closing.empty()) {
        if (line.compare(i, 3, closing) == 0) closing.clear(), i += 2;
        continue;
      }
      const char c = line[i];
      const bool triple = script.language == Language::python && quote == 0 &&
                          (c == '"' || c == '\'') &&
                          line.compare(i, 3, std::string(3, c)) == 0;
      if (triple) {
        closing.assign(3, c);
        i += 2;
        continue;
      }
      if (quote == 0 && c == '#' && (i == 0 || line[i - 1] != '$')) break;
      if (quote != 0 && c == '\\')
        kept += line[i++];
      else if (quote == 0 && (c == '"' || c == '\''))
        quote = c;
      else if (c == quote)
        quote = 0;
      if (i < line.size()) kept += line[i];
    }
    lines.push_back(std::move(kept));
  }
  return lines;
}

}  // namespace hookjournal
