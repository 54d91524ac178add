#include <algorithm>
#include <sstream>

#include "cli/doctor/check_files.h"
#include "cli/escape.h"
#include "engine/discovery.h"
#include "engine/first_line.h"
#include "engine/program_search.h"

namespace hookjournal {

namespace {

// The line a #! stands on below the first, as an editor's byte order mark, a blank line
// or a comment above it leave it. 0 when there is none.
int late_line(const std::string& text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  constexpr int kFarthest = 10;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line) && ++number <= kFarthest;) {
    std::string_view rest = line;
    if (rest.starts_with(kMark)) rest.remove_prefix(kMark.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r"), rest.size()));
    if (rest.starts_with("#!") && rest.find('/') != std::string_view::npos) return number;
    if (!rest.empty() && !rest.starts_with('#')) return 0;
  }
  return 0;
}

// The program `env` looks for; empty when it is given an assignment or more options than
// we know.
std::string sought_by_env(const std::string& argument, bool& one_word) {
  std::istringstream words(argument);
  std::string word;
  words >> word;
  // Without -S the whole rest of the line is the program's name.
  one_word = word != "-S" && !word.starts_with("-S") && !word.starts_with("--split");
  if (one_word) return argument;
  if (word == "-S")
    words >> word;
  else
    word.erase(0, 2);
  while (word.find('=') != std::string::npos && words >> word) continue;
  return word.starts_with('-') ? std::string() : word;
}

void check_env(const SeenScript& script, const std::string& argument,
               const HostFacts& host, std::vector<Finding>& findings) {
  bool one_word = true;
  const std::string program = sought_by_env(argument, one_word);
  if (program.empty() || (one_word && program.starts_with('-'))) return;
  if (one_word && program.find_first_of(" \t") != std::string::npos) {
    findings.push_back({"interpreter-missing", script.path, 1,
                        "`env` looks for a program named \"" + visible(program) +
                            "\": the rest of a #! line is one word",
                        "write `#!/usr/bin/env -S " + visible(program) + "`"});
    return;
  }
  const auto path = host.environment_for(script.driver, "PATH");
  if (!path || program_in(*path, program)) return;
  findings.push_back({"interpreter-missing", script.path, 1,
                      "`env` does not find " + visible(program) +
                          " in the PATH the daemon gives (" + visible(*path) + ")",
                      "name the interpreter by its full path"});
}

}  // namespace

void check_interpreter(const SeenScript& script, const HostFacts& host,
                       std::vector<Finding>& findings) {
  const auto add = [&](const char* rule, std::string text, std::string remedy,
                       int line = 1) {
    findings.push_back({rule, script.path, line, std::move(text), std::move(remedy)});
  };
  if (script.watcher || script.file.empty()) return;
  if (host.on_noexec(script.file))
    add("noexec-mount", "it is on a file system mounted noexec",
        "move it to another file system, or mount this one without noexec", 0);
  // A program is its own affair; what reads as empty is either a program or nothing.
  std::error_code unknown;
  const bool empty = std::filesystem::file_size(script.file, unknown) == 0 && !unknown;
  if (script.text.empty() && !empty) return;

  const auto interpreter = interpreter_of(script.text);
  if (!interpreter) {
    if (const int late = late_line(script.text); late != 0)
      add("late-interpreter-line",
          "the #! is not at the very beginning of the file: the kernel does not see it",
          "make #! its first two bytes, without a blank or a byte order mark before them",
          late);
    else
      add("no-interpreter-line",
          empty ? "it is empty, and cannot be executed"
                : "its first line names no interpreter, and libvirt uses no shell",
          empty ? "remove it, or give it a #! line"
                : "begin it with a line like #!/bin/sh, or take its execute bits away if "
                  "it is no script");
    return;
  }
  const std::string first = script.text.substr(0, script.text.find('\n'));
  if (first.ends_with('\r')) {
    add("crlf-interpreter-line",
        "the first line ends with a carriage return, which the kernel takes for a part "
        "of "
        "the interpreter's name or argument",
        "sed -i 's/\\r$//' " + visible(script.path));
    return;
  }
  // A relative one is looked for in the daemon's working directory.
  const std::filesystem::path program =
      interpreter->path.starts_with('/') ? interpreter->path : "/" + interpreter->path;
  if (!is_executable_file(program)) {
    add("interpreter-missing",
        "its interpreter " + visible(interpreter->path) + " cannot be executed here",
        "install it, or name the one this host has");
    return;
  }
  if (host.on_noexec(program))
    add("noexec-mount",
        "its interpreter " + visible(interpreter->path) +
            " is on a file system mounted noexec",
        "name an interpreter from another file system");
  if (program.filename() == "env" && interpreter->argument)
    check_env(script, *interpreter->argument, host, findings);
}

}  // namespace hookjournal
