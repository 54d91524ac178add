#include "cli/install/launcher_body.h"

#include "engine/first_line.h"
#include "engine/libvirt_message.h"

namespace hookjournal {

namespace {

std::string python_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace

std::string launcher_body(const std::string& original, Language language) {
  switch (language) {
    case Language::shell:
      return "exec " + shell_quoted(original) + " \"$@\"\n";
    case Language::python: {
      const std::string path = python_quoted(original);
      return "import os, sys\nos.execv(" + path + ", [" + path + "] + sys.argv[1:])\n";
    }
    case Language::perl:
    case Language::other:
      return {};
  }
  return {};
}

bool has_launcher_body(std::string_view launcher) {
  const auto original = launched_path(launcher);
  const auto end = launcher.find('\n');
  if (!original || end == std::string_view::npos) return false;
  const std::string_view body = launcher.substr(end + 1);
  return body == launcher_body(*original, Language::shell) ||
         body == launcher_body(*original, Language::python);
}

}  // namespace hookjournal
