#include "cli/doctor/rules.h"

#include <algorithm>
#include <cassert>

namespace hookjournal {

const char* to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

// File references are libvirt 10.7.0's.
const std::vector<Rule>& rules() {
  using enum Severity;
  static const std::vector<Rule> table = {
      // Whether libvirt finds and can execute a script.
      {"not-executable", warning, false,
       "libvirt takes a file for a script only if one of its execute bits is set "
       "(virfile.c:2055)"},
      {"unreadable-to-daemon", error, false,
       "a user's own daemon runs the same scripts, as that user, and fails with 126 "
       "where "
       "he may not read or execute one (remote_daemon.c:1151)"},
      {"no-interpreter-line", error, false,
       "libvirt executes scripts without a shell: no #! line, exit status 126 "
       "(vircommand.c:924)"},
      {"late-interpreter-line", error, false,
       "the kernel looks for #! in the first two bytes only"},
      {"crlf-interpreter-line", error, false,
       "the carriage return belongs to the interpreter's name, which then does not "
       "exist: "
       "exit status 127"},
      {"interpreter-missing", error, false, "the program in the #! line cannot be run"},
      {"noexec-mount", error, false,
       "nothing can be executed from a file system mounted noexec: exit status 126"},
      {"not-examined", warning, false, "this user may not read it: run doctor as root"},
      // The directories.
      {"file-named-like-directory", error, false,
       "libvirt fails each call of a driver whose .d cannot be opened as a directory "
       "(virhook.c:412)"},
      {"unreadable-directory", error, false,
       "libvirt fails each call of a driver whose .d cannot be opened as a directory, "
       "and "
       "may not even start (virhook.c:171, 412)"},
      {"backup-file-runs", warning, false,
       "libvirt runs every executable in a .d, hidden files and backups among them "
       "(virhook.c:412-434)"},
      {"dispatcher-shares-directory", warning, true,
       "since 6.5.0 libvirt itself runs what is executable in a .d, in addition to what "
       "a "
       "dispatcher runs from there"},
      {"writable-by-others", error, false,
       "whoever can write a script, or its folder, decides what the daemon's user runs"},
      // The daemons and what confines them.
      {"reload-needed", warning, true,
       "a daemon looks at its start and reload only which drivers have scripts at all "
       "(virhook.c:208-250)"},
      {"hooks-directory-elsewhere", error, false,
       "the directory is compiled into libvirt (virhook.c:41)"},
      {"apparmor-denies-script", error, true,
       "libvirt's AppArmor profiles let it execute scripts below /etc/libvirt/hooks and "
       "programs from /bin, /sbin, /usr/bin and /usr/sbin"},
      {"apparmor-denies-program", warning, true,
       "a script that is not recorded runs inside the daemon's AppArmor profile, which "
       "does not let it execute programs from elsewhere"},
      {"selinux-label", error, true,
       "a file moved here keeps the label of where it was, and the daemon may not "
       "execute "
       "it: exit status 126"},
      {"selinux-boolean-off", error, true,
       "SELinux lets libvirt's modular daemons run scripts labelled virt_hook_t only "
       "with "
       "the boolean virt_hooks_unconfined, which is off by default"},
      // What a script does.
      {"calls-libvirt", error, true,
       "libvirt holds the guest's or network's lock while it waits for the script: a "
       "question about it waits for ever, `virsh list` too (virdomainobjlist.c)"},
      {"calls-libvirt-aside", note, true,
       "libvirt's documentation forbids hooks to call it at all; what needs none of the "
       "locks held meanwhile works all the same"},
      {"background-child", warning, true,
       "libvirt waits until every process that has the script's stdout or stderr has "
       "closed it, without a time limit (vircommand.c:2259-2366)"},
      {"prints-into-filter", warning, true,
       "on migrate and restore libvirt parses what a script prints as the guest's XML, "
       "and "
       "refuses when it is not (qemu_migration.c:3353, qemu_driver.c:5787)"},
      {"status-hidden-by-pipe", warning, true,
       "a pipeline ends with the status of its last program: what failed before looks "
       "well"},
      {"expects-other-arguments", error, true,
       "libvirt gives every script exactly four arguments (virhook.c:268-298)"},
      {"unknown-operation", warning, true,
       "the driver has no such operation (virhook.c:52-128)"},
      {"operation-never-fires", warning, true,
       "libvirt knows the word, but no longer, or never in this combination, calls it"},
      {"relies-on-home", warning, true,
       "under systemd the daemon has no HOME to pass on (vircommand.c:1449)"},
      {"command-not-in-path", warning, true,
       "a script gets the daemon's PATH, not that of a login (vircommand.c:1449)"},
      // The recorder itself.
      {"recorder-broken", error, false,
       "a script whose recorder or moved original is missing fails"},
      {"script-not-recorded", warning, false,
       "added, or replaced, since the last `hookjournal install`"},
      {"recording-disabled", note, false, "scripts run, nothing is recorded"},
      {"recorder-config", warning, false, "defaults stand in for what cannot be used"},
      {"install-unfinished", warning, false, "an install or uninstall stopped half-way"},
      {"journal-unusable", error, false, "nobody can read it"},
      {"journal-not-writable", error, false, "as the daemon's hooks see it"},
      {"journal-file-system", warning, false,
       "SQLite's write-ahead log needs memory that all its processes share (wal.html)"},
      {"journal-slow-disk", warning, false, "each hook waits until its record is safe"},
      {"journal-no-room", warning, false, "calls are only counted until there is room"},
      {"spool-waiting", warning, false, "recorded, but not in the journal yet"},
      {"deadlines-missed", warning, false, "the journal was too slow for some hooks"},
      {"gaps", warning, false, "calls of the last week could not be recorded"},
  };
  return table;
}

const Rule& rule_named(std::string_view name) {
  const auto& all = rules();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Rule& rule) { return rule.name == name; });
  assert(found != all.end());
  return *found;
}

bool needs_doing(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return rule_named(finding.rule).severity != Severity::note;
  });
}

}  // namespace hookjournal
