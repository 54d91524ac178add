#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hookjournal {

// What commands answer that cannot or must not run in a sandbox.
struct StandInRule {
  std::string command;  // "systemctl": a name, or an absolute path
  // Patterns (as of the shell: * ? [...]) for all arguments after the name joined by
  // single blanks; "*" fits all, also none.
  std::string arguments = "*";
  int exit_status = 0;
  std::string out, err;
  // After this many answers of one run the run is stopped as inconclusive: a loop that
  // waits for what never comes. 0: no limit.
  unsigned most = 0;
  std::string source;  // "built in", or "stubs.conf:12": named in the report
};

struct StandInRules {
  std::vector<StandInRule> rules;  // the first that fits answers
  // Commands to be replaced even though the host has them.
  bool replaces(const std::string& command_name) const;
  // The rule for a call; nothing: exits 0 and says nothing.
  const StandInRule* rule_for(const std::string& program,
                              const std::vector<std::string>& arguments) const;
};

// Those that ship: every command named in the rules is replaced.
const StandInRules& default_stand_ins();

// A file of further rules, asked before the defaults. Throws Error naming file, line and
// what is wrong.
StandInRules stand_ins_of_file(const std::string& file);

// Names of commands that these scripts call and this host lacks, so that they get a
// stand-in too: "nvidia-smi", "/opt/tool/bin/x". Of shell scripts only; what a script
// tests for first (command -v, which, type, [ -x ]) is left absent, as it deals with
// that.
std::vector<std::string> missing_commands(const std::vector<std::string>& script_texts,
                                          const std::string& path_variable);

}  // namespace hookjournal
