#pragma once

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "replay/sandbox/sandbox.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"
#include "tests/places.h"

// Real sandboxes: as root, or where user namespaces are allowed.
namespace hookjournal::test {

inline SandboxSettings settings() {
  SandboxSettings settings;
  settings.limits.time = std::chrono::seconds(10);
  settings.stand_ins = std::make_shared<StandInRules>(default_stand_ins());
  settings.stand_in_program = test::stand_in_program();
  settings.sandbox_program = test::sandbox_program();
  settings.missing_commands = {"no-such-tool"};
  settings.path_variable = "/usr/sbin:/usr/bin:/sbin:/bin";
  return settings;
}

// One for all: making it copies a part of /proc.
inline SandboxMaker& maker() {
  static const std::unique_ptr<SandboxMaker> made = make_sandbox_maker(settings());
  return *made;
}

inline ScriptsTree tree_of(const std::string& script) {
  return {.id = script, .files = {{"qemu", 0755, "#!/bin/sh\n" + script}}, .missing = {}};
}

inline SandboxedRun call_of(const std::string& operation) {
  return {.script = "qemu",
          .call = {.driver = "qemu",
                   .object = "win11",
                   .operation = operation,
                   .suboperation = "begin"},
          .input = "<domain/>\n",
          .environment = {"LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}};
}

inline std::unique_ptr<Sandbox> sandbox_of(const ScriptsTree& tree) {
  return maker().open({.hooks_dir = "/etc/libvirt/hooks", .tree = &tree});
}

inline ObservedRun run(const std::string& script) {
  const ScriptsTree tree = tree_of(script);
  return sandbox_of(tree)->run(call_of("prepare"));
}

inline const FileChange* change_of(const Effects& effects, const std::string& path) {
  const auto found = std::ranges::find(effects.files, path, &FileChange::path);
  return found == effects.files.end() ? nullptr : &*found;
}

inline std::vector<std::string> programs(const Effects& effects) {
  std::vector<std::string> names;
  for (const Command& command : effects.commands) names.push_back(command.program);
  return names;
}

inline std::string content(const std::string& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace hookjournal::test
