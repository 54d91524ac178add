#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// The source of the rules that ship.
constexpr const char* kBuiltInRule = "built in";

// What commands answer that cannot or must not run in a sandbox.
struct StandInRule {
  std::string command;  // "systemctl": a name, or an absolute path
  // A pattern (as bash's with extglob: * ? [...] ?(a|b) @(a|b) *(a) +(a) !(a)) for all
  // arguments after the name joined by single blanks; "*" fits all, also none.
  std::string arguments = "*";
  int exit_status = 0;
  std::string out, err;
  // After this many answers of one run the run is stopped as inconclusive: a loop that
  // waits for what never comes. 0: no limit.
  unsigned most = 0;
  // Reads its standard input to the end first. What is fed by a pipe must: the script
  // whose output `logger` takes would otherwise be killed by SIGPIPE. Nothing else may,
  // it would take away what the script wants to read itself.
  bool reads_input = false;
  // For a host that lacks the command; where it is there, it runs as it is.
  bool when_missing = false;
  std::string source;  // kBuiltInRule, or "stubs.conf:12": named in the report
};

struct StandInRules {
  std::vector<StandInRule> rules;  // the first that fits answers
  // Run as they are: joined() drops later rules for them.
  std::vector<std::string> real;

  // Commands to be replaced even though the host has them: by name or absolute path.
  bool replaces(const std::string& command) const;
  // All of them, each once, in order of their first rule.
  std::vector<std::string> replaced() const;
  // The rule for a call; nothing: exits 0 and says nothing. `program` as it was executed,
  // with or without folders.
  const StandInRule* rule_for(const std::string& program,
                              const std::vector<std::string>& arguments) const;
};

// Those that ship: every command named in the rules is replaced.
const StandInRules& default_stand_ins();

// `first` is asked first; rules of `then` for its `real` commands are left out.
StandInRules joined(const StandInRules& first, const StandInRules& then);

// A file of further rules, to be joined() before the defaults. Throws UsageError naming
// file, line and what is wrong.
//
//     # One rule a line: COMMAND [ARGUMENTS] [exit N] [stdout TEXT] [stderr TEXT]
//     #                  [most N] [reads-input] [when-missing]
//     systemctl "is-active libvirt-guests*" stdout "active\n"
//     systemctl "is-active *"               exit 3 stdout "inactive\n"
//     nvidia-smi                            exit 9 stderr "no devices\n"
//     /opt/san/bin/lun "unmap ?(--force )*" most 20
//     real ddcutil
//
// A word ends at a blank; in double quotes it may hold blanks, and there \n \t \" \\ mean
// what they do in C. "#" at the beginning of a word: a comment. ARGUMENTS is a pattern,
// see StandInRule; without it the rule is for all calls of the command. Exit status 0 and
// no output unless said otherwise. `real COMMAND` takes the built-in rules away: the
// command runs as it is.
StandInRules stand_ins_of_file(const std::string& file);
// `name` is for errors and for the rules' source.
StandInRules stand_ins_of_text(std::string_view text, const std::string& name);

// Names of commands that these scripts call and this host lacks, so that they get a
// stand-in too: "nvidia-smi", "/opt/tool/bin/x". Of shell scripts only; what a script
// tests for first (command -v, which, type, [ -x ]) is left absent, as it deals with
// that. Nothing below `hooks_dir`: what a tree lacks of itself is a finding.
//
// Give it the texts of the old scripts. They did run in production, so what they call was
// there; a name that only the candidate knows may be a slip of the pen, and must fail.
std::vector<std::string> missing_commands(
    const std::vector<std::string>& script_texts, const std::string& path_variable,
    const std::string& hooks_dir = "/etc/libvirt/hooks");

}  // namespace hookjournal
