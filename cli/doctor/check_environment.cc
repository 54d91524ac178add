#include <algorithm>
#include <regex>
#include <set>

#include "cli/doctor/apparmor.h"
#include "cli/doctor/check_text.h"
#include "cli/escape.h"
#include "engine/first_line.h"
#include "engine/program_search.h"
#include "engine/shell/shell_walk.h"

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;

constexpr const char* kHome = "it uses HOME";
constexpr const char* kTilde = "its shell looks for `~` in HOME";

void add_home(const SeenScript& script, int line, const std::string& what,
              std::vector<Finding>& findings) {
  findings.push_back({"relies-on-home", script.path, line,
                      what + ", and the daemon gives none",
                      "write the path out, or set HOME at the top of the script"});
}

// Whether the script itself gives the variable a value, somewhere.
bool assigns(const ShellNode& tree, const std::string& name) {
  const std::string start = name + "=";
  return any_below(tree, [&](const ShellNode& node) {
    for (const auto* words : {&node.assignments, &node.words})
      for (const auto& word : *words)
        if (word.text.starts_with(start)) return true;
    const std::string program = program_of(node).name;
    if (program == "." || program == "source") return true;  // which may do it
    return (program == "read" || node.kind == Kind::each) &&
           std::any_of(node.words.begin(), node.words.end(),
                       [&](const ShellWord& word) { return word.is(name); });
  });
}

// Without HOME, bash takes `~` from the user database; dash leaves it as it is.
bool is_bash(const SeenScript& script) {
  const auto interpreter = interpreter_of(script.text);
  if (!interpreter) return true;
  std::error_code unknown;
  const auto real = std::filesystem::canonical(interpreter->path, unknown);
  return real.filename() == "bash" ||
         interpreter->argument.value_or("").find("bash") != std::string::npos;
}

void check_home(const SeenScript& script, std::vector<Finding>& findings) {
  if (assigns(*script.shell, "HOME")) return;
  const bool bash = is_bash(script);
  const auto tilde = [&](const ShellWord& word) { return word.of_home && !bash; };
  bool found = false;
  walk(*script.shell, [&](const ShellNode& node, const ShellPlace&) {
    if (found || program_of(node).by_another) return;
    const auto look = [&](const ShellWord& word) {
      for (const auto& expansion : word.expansions)
        found = found || expansion == "HOME" || expansion.starts_with("HOME%") ||
                expansion.starts_with("HOME/") || expansion.starts_with("HOME#");
      found = found || tilde(word);
      return found;
    };
    for (const auto* words : {&node.assignments, &node.words})
      for (const auto& word : *words)
        if (!found && look(word))
          return add_home(script, word.line, tilde(word) ? kTilde : kHome, findings);
    for (const auto& redirection : node.redirections)
      if (!redirection.op.starts_with("<<") && !found && look(redirection.target))
        return add_home(script, redirection.target.line,
                        tilde(redirection.target) ? kTilde : kHome, findings);
  });
}

void check_home_in_lines(const SeenScript& script, std::vector<Finding>& findings) {
  static const std::regex home(
      R"(os\.environ\[\s*['"]HOME['"]\s*\](?!\s*=[^=])|os\.getenv\(\s*['"]HOME['"]\s*\)|\$ENV\{\s*['"]?HOME['"]?\s*\}(?!\s*(=[^=]|\|\||//)))");
  static const std::regex given(
      R"(environ\[\s*['"]HOME['"]\s*\]\s*=[^=]|\$ENV\{HOME\}\s*=[^=])");
  const auto lines = lines_without_comments(script);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (std::regex_search(lines[i], given)) return;
    if (std::regex_search(lines[i], home))
      return add_home(script, static_cast<int>(i) + 1, kHome, findings);
  }
}

std::set<std::string> own_functions(const ShellNode& tree) {
  std::set<std::string> names;
  any_below(tree, [&](const ShellNode& node) {
    if (node.kind == Kind::function) names.insert(node.words.at(0).text);
    return false;
  });
  return names;
}

// Only what an administrator's shell would find, and the daemon's hooks do not: what is
// on no PATH at all may be there on purpose, for another host.
void check_programs(const SeenScript& script, const HostFacts& host,
                    std::vector<Finding>& findings) {
  const auto path = host.environment_for(script.driver, "PATH");
  if (!path || assigns(*script.shell, "PATH")) return;
  const auto functions = own_functions(*script.shell);
  std::set<std::string> said;
  walk(*script.shell, [&](const ShellNode& node, const ShellPlace&) {
    const ShellProgram program = program_of(node);
    if (program.name.empty() || program.by_another || functions.contains(program.name) ||
        program.path.find('/') != std::string::npos || program_in(*path, program.name) ||
        !said.insert(program.name).second)
      return;
    for (const auto& folder : host.other_program_folders) {
      if (!program_in(folder.string(), program.name)) continue;
      findings.push_back({"command-not-in-path", script.path, node.words[program.at].line,
                          visible(program.name) + " is in " + visible(folder.string()) +
                              ", which is not in the PATH the daemon gives",
                          "call it " + visible((folder / program.name).string())});
      return;
    }
  });
}

// What a bare script may execute inside the daemon's profile. A recorded one has left it.
void check_confined_programs(const SeenScript& script, const HostFacts& host,
                             std::vector<Finding>& findings) {
  if (script.recorded) return;
  const DaemonFacts* daemon = confined_by_apparmor(host, script.driver);
  if (daemon == nullptr) return;
  std::set<std::string> said;
  walk(*script.shell, [&](const ShellNode& node, const ShellPlace&) {
    const ShellProgram program = program_of(node);
    if (!program.path.starts_with('/') || apparmor_lets_execute(program.path, host) ||
        !program_in({}, program.path) || !said.insert(program.path).second)
      return;
    findings.push_back({"apparmor-denies-program", script.path,
                        node.words[program.at].line,
                        "the AppArmor profile " + visible(daemon->apparmor) +
                            " does not let it execute " + visible(program.path),
                        apparmor_remedy(*daemon, program.path)});
  });
}

}  // namespace

void check_environment(const SeenScript& script, const HostFacts& host,
                       std::vector<Finding>& findings) {
  const bool home = host.environment_for(script.driver, "HOME").has_value();
  if (script.language == Language::python || script.language == Language::perl)
    if (!home) check_home_in_lines(script, findings);
  if (!script.shell) return;
  if (!home) check_home(script, findings);
  check_programs(script, host, findings);
  check_confined_programs(script, host, findings);
}

}  // namespace hookjournal
