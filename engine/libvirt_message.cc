#include "engine/libvirt_message.h"

#include <algorithm>

namespace hookjournal {

namespace {

constexpr std::string_view kPassedNames[] = {"LD_PRELOAD",
                                             "LD_LIBRARY_PATH",
                                             "DYLD_INSERT_LIBRARIES",
                                             "DYLD_FORCE_FLAT_NAMESPACE",
                                             "PATH",
                                             "HOME",
                                             "USER",
                                             "LOGNAME",
                                             "TMPDIR"};

// In a shell a='b c' and 'a=b c' are not the same, so only the value is quoted.
std::string quoted_assignment(const std::string& assignment) {
  const auto value = assignment.find('=') + 1;  // 0 without one: all of it
  return assignment.substr(0, value) + shell_quoted(assignment.substr(value));
}

std::string command_text(const std::vector<std::string>& environment,
                         const std::filesystem::path& script, const HookCall& call) {
  std::string text;
  for (const std::string& assignment : environment)
    text.append(quoted_assignment(assignment)).append(" ");
  text += shell_quoted(script.native());
  for (const std::string& argument : script_arguments(call))
    text.append(" ").append(shell_quoted(argument));
  return text;
}

std::string reason_on_stderr(const std::filesystem::path& script,
                             const ScriptResult& result) {
  const auto* not_started = std::get_if<NotStarted>(&result.ending);
  // A runner that cannot leave libvirt's text on the stderr of a process that never was.
  if (not_started != nullptr && result.err.empty())
    return exec_failure_text(script.native(), not_started->error);
  return as_c_string(result.err);
}

}  // namespace

std::string as_c_string(const std::string& captured) {
  return captured.substr(0, captured.find('\0'));
}

bool is_blank(std::string_view captured) {
  captured = captured.substr(0, captured.find('\0'));
  return captured.find_first_not_of(" \t\n\f\r") == std::string_view::npos;
}

std::vector<std::string> hook_environment(const std::vector<std::string>& of_daemon) {
  std::vector<std::string> environment = {"LC_ALL=C"};
  for (const std::string_view name : kPassedNames) {
    const auto found = std::ranges::find_if(of_daemon, [name](std::string_view entry) {
      return entry.starts_with(name) && entry.substr(name.size()).starts_with('=');
    });
    if (found != of_daemon.end()) environment.push_back(*found);
  }
  return environment;
}

std::string shell_quoted(std::string_view word) {
  if (word.empty()) return "''";
  constexpr std::string_view kSpecial = "\r\t\n !\"#$&'()*;<>?[\\]^`{|}~";
  if (word.find_first_of(kSpecial) == std::string_view::npos) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

std::string script_failure_message(const std::vector<std::string>& environment,
                                   const std::filesystem::path& script,
                                   const HookCall& call, const ScriptResult& result) {
  const std::string reason = reason_on_stderr(script, result);
  return "Hook script execution failed: internal error: Child process (" +
         command_text(environment, script, call) + ") unexpected " +
         describe(result.ending) + (reason.empty() ? "" : ": ") + reason;
}

std::string directory_failure_message(const std::filesystem::path& directory,
                                      const std::error_code& reason) {
  return "cannot open directory '" + directory.native() + "': " + reason.message();
}

}  // namespace hookjournal
