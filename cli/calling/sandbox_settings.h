#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "replay/sandbox/sandbox.h"

// What the commands share that run scripts in a sandbox.
namespace hookjournal {

// What --timeout is unless told.
constexpr const char* kUsualTimeLimit = "30s";

// Of --timeout. Throws UsageError.
std::chrono::milliseconds script_time_limit(const std::string& text);

// `stubs`: a file of stand-ins' rules, which answer before those that ship; "" for those
// alone. Throws Error for one that cannot be used. Without a stand-in program yet.
SandboxSettings sandbox_settings(std::chrono::milliseconds time_limit,
                                 const std::string& stubs);

// Lets the stand-ins stand where scripts with this PATH look for commands, and for those
// in `missing` too, which this host lacks. Throws Error when our program for them is not
// installed.
void provide_stand_ins(SandboxSettings& settings, std::vector<std::string> missing,
                       std::string path_variable);

// Of the commands that scripts call and this host lacks, those that users have written
// rules for. They are not guessed at, so they may be provided.
std::vector<std::string> with_own_rule(const std::vector<std::string>& commands,
                                       const StandInRules& rules);

// Of the same, those that the sandboxes will lack too.
std::vector<std::string> not_provided(const std::vector<std::string>& commands,
                                      const SandboxSettings& settings);

}  // namespace hookjournal
