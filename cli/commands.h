#pragma once

namespace hookjournal {

// A command gets its arguments as main got them, its own name first, and returns the exit
// status: 0 all well, 1 differences or failures found, 2 usage, 3 trouble (as an Error).
using CommandFunction = int (*)(int argc, char** argv);

// Not `Command`: that is what a script executes (replay/sandbox/effects.h).
struct CommandEntry {
  const char* name;
  const char* summary;
  CommandFunction run;
};

int run_install(int argc, char** argv);
int run_uninstall(int argc, char** argv);
int run_enable(int argc, char** argv);
int run_disable(int argc, char** argv);
int run_status(int argc, char** argv);
int run_doctor(int argc, char** argv);

int run_log(int argc, char** argv);
int run_show(int argc, char** argv);
int run_follow(int argc, char** argv);
int run_sql(int argc, char** argv);
int run_running(int argc, char** argv);
int run_timeline(int argc, char** argv);
int run_cat(int argc, char** argv);
int run_failures(int argc, char** argv);
int run_diff(int argc, char** argv);
int run_scripts(int argc, char** argv);
int run_stats(int argc, char** argv);
int run_explain(int argc, char** argv);
int run_bisect(int argc, char** argv);

int run_run(int argc, char** argv);
int run_simulate(int argc, char** argv);
int run_replay(int argc, char** argv);
int run_accept(int argc, char** argv);
int run_maintain(int argc, char** argv);
int run_compact(int argc, char** argv);
int run_verify(int argc, char** argv);
int run_prune(int argc, char** argv);
int run_backup(int argc, char** argv);
int run_export(int argc, char** argv);
int run_import(int argc, char** argv);
int run_redact(int argc, char** argv);

// The one table behind help, man page and completion. Ends with a null name.
extern const CommandEntry kCommands[];

}  // namespace hookjournal
