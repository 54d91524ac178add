#include "cli/commands.h"

namespace hookjournal {

const CommandEntry kCommands[] = {
    {"install", "record the hook scripts of this host", run_install},
    {"uninstall", "give the scripts back as they were", run_uninstall},
    {"enable", "record again after disable", run_enable},
    {"disable", "let the scripts run unrecorded for a while", run_disable},
    {"status", "what is recorded, and what needs a person", run_status},
    {"doctor", "find what keeps hook scripts from working", run_doctor},
    {"log", "list recorded hook calls", run_log},
    {"show", "tell everything about recorded calls", run_show},
    {"follow", "tell of calls as they are recorded", run_follow},
    {"running", "tell which scripts run now, and what they wait for", run_running},
    {"timeline", "show the calls of guests and networks as lifecycles", run_timeline},
    {"failures", "group failed calls by what they failed of", run_failures},
    {"explain", "tell what is known about why a call failed", run_explain},
    {"bisect", "find the version of the scripts, and the file, that made a call fail",
     run_bisect},
    {"diff", "tell everything in which two calls differ", run_diff},
    {"scripts", "show the history of the hook scripts", run_scripts},
    {"stats", "count calls, failures and times", run_stats},
    {"cat", "give what a recorded script read or printed, byte for byte", run_cat},
    {"sql", "ask a journal in SQL, without being able to change it", run_sql},
    {"run", "make one hook call for real, by libvirt's rules", run_run},
    {"simulate", "perform libvirt's side of a scenario on the scripts", run_simulate},
    {"replay", "run recorded calls against other scripts, compare", run_replay},
    {"accept", "say that a change which a replay found is intended", run_accept},
    {"maintain", "keep a journal in good order", run_maintain},
    {"compact", "make a journal smaller, or its tables again from its events",
     run_compact},
    {"prune", "remove old calls from a journal", run_prune},
    {"verify", "check that a journal is as it was written", run_verify},
    {"backup", "copy a journal while hooks write", run_backup},
    {"export", "put calls into a file, for another journal", run_export},
    {"import", "take the calls of such a file in", run_import},
    {"redact", "replace secrets in what was recorded", run_redact},
    {nullptr, nullptr, nullptr},
};

}  // namespace hookjournal
