#include "cli/calling/sandbox_settings.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "cli/escape.h"
#include "cli/time_text.h"
#include "engine/error.h"
#include "replay/sandbox/own_program.h"
#include "replay/sandbox/stand_ins/stand_in_places.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"

namespace hookjournal {

namespace {

std::string name_of(const std::string& command) {
  return std::filesystem::path(command).filename();
}

}  // namespace

std::chrono::milliseconds script_time_limit(const std::string& text) {
  constexpr std::int64_t kMillisecond = 1'000'000;
  const auto ns = parse_duration(text);
  if (!ns)
    throw UsageError("--timeout '" + visible(text) +
                     "': it is no duration; durations are written 500ms, 2s, 1m30s");
  if (*ns < kMillisecond)
    throw UsageError("--timeout '" + visible(text) + "' leaves scripts no time");
  return std::chrono::milliseconds(*ns / kMillisecond);
}

SandboxSettings sandbox_settings(std::chrono::milliseconds time_limit,
                                 const std::string& stubs) {
  SandboxSettings settings;
  settings.limits.time = time_limit;
  settings.stand_ins = std::make_shared<const StandInRules>(
      stubs.empty() ? default_stand_ins()
                    : joined(stand_ins_of_file(stubs), default_stand_ins()));
  return settings;
}

void provide_stand_ins(SandboxSettings& settings, std::vector<std::string> missing,
                       std::string path_variable) {
  settings.stand_in_program = own_program(kStandInProgram);
  settings.missing_commands = std::move(missing);
  settings.path_variable = std::move(path_variable);
}

std::vector<std::string> with_own_rule(const std::vector<std::string>& commands,
                                       const StandInRules& rules) {
  std::vector<std::string> found;
  std::ranges::copy_if(
      commands, std::back_inserter(found), [&rules](const std::string& command) {
        return std::ranges::any_of(rules.rules, [&command](const StandInRule& rule) {
          return rule.source != kBuiltInRule &&
                 (rule.command == command || rule.command == name_of(command));
        });
      });
  return found;
}

std::vector<std::string> not_provided(const std::vector<std::string>& commands,
                                      const SandboxSettings& settings) {
  std::set<std::string> provided;
  for (const std::string& place : stand_in_places(
           *settings.stand_ins, settings.missing_commands, settings.path_variable)) {
    provided.insert(place);
    provided.insert(name_of(place));
  }
  std::vector<std::string> lacking;
  std::ranges::copy_if(
      commands, std::back_inserter(lacking),
      [&provided](const std::string& command) { return !provided.contains(command); });
  return lacking;
}

}  // namespace hookjournal
