#include <algorithm>

#include "cli/doctor/apparmor.h"
#include "cli/doctor/check_host.h"
#include "cli/escape.h"
#include "engine/first_line.h"

namespace hookjournal {

namespace {

void deny(const SeenScript& script, const DaemonFacts& daemon, const std::string& what,
          const std::string& program, std::vector<Finding>& findings) {
  findings.push_back({"apparmor-denies-script", script.path, 0,
                      "the AppArmor profile " + visible(daemon.apparmor) +
                          " does not let " + what + " be executed: \"Permission denied\"",
                      apparmor_remedy(daemon, program)});
}

void check_apparmor(const SeenScript& script, const HostFacts& host,
                    std::vector<Finding>& findings) {
  const DaemonFacts* daemon = confined_by_apparmor(host, script.driver);
  if (daemon == nullptr || script.watcher) return;
  if (!apparmor_lets_execute(script.file, host))
    return deny(script, *daemon, visible(script.file.string()), script.file, findings);
  // Of a script's interpreter the kernel asks nothing; the recorder executes it as any
  // program does.
  const auto interpreter = interpreter_of(script.text);
  if (!script.recorded || script.launched || script.of_dispatcher || !interpreter ||
      apparmor_lets_execute(interpreter->path, host))
    return;
  deny(script, *daemon, "its interpreter " + visible(interpreter->path),
       interpreter->path, findings);
}

// Of homes, temporary folders and foreign disks: what libvirt's domains may not execute.
bool is_label_from_elsewhere(const std::string& type) {
  constexpr const char* kTypes[] = {
      "user_home_t", "user_home_dir_t", "admin_home_t", "home_root_t", "tmp_t",
      "user_tmp_t",  "default_t",       "unlabeled_t",  "nfs_t",       "cifs_t",
      "fusefs_t",    "mnt_t",           "var_t",        "file_t"};
  return std::any_of(std::begin(kTypes), std::end(kTypes),
                     [&](const char* known) { return type == known; });
}

// The domains of libvirt's daemons; an unconfined one may do anything.
const DaemonFacts* confined_by_selinux(const HostFacts& host, const std::string& driver) {
  if (!host.selinux_enforcing) return nullptr;
  const auto found =
      std::find_if(host.daemons.begin(), host.daemons.end(), [&](const auto& facts) {
        return facts.selinux.starts_with("virt") && facts.selinux.ends_with("d_t") &&
               serves(facts.daemon.name, driver);
      });
  return found == host.daemons.end() ? nullptr : &*found;
}

void check_selinux(const SeenScript& script, const HostFacts& host,
                   std::vector<Finding>& findings) {
  const DaemonFacts* daemon = confined_by_selinux(host, script.driver);
  if (daemon == nullptr || script.watcher) return;
  const std::string type = host.selinux_type(script.file);
  if (is_label_from_elsewhere(type)) {
    findings.push_back(
        {"selinux-label", script.path, 0,
         "SELinux does not let " + daemon->selinux + " execute a file of type " +
             visible(type),
         "restorecon -v " + visible(script.path) +
             (script.linked ? " (a copy of what the link leads to)" : "")});
  } else if (type == "virt_hook_t" && host.virt_hooks_unconfined == false &&
             daemon->selinux != "virtd_t") {
    findings.push_back(
        {"selinux-boolean-off", script.path, 0,
         "SELinux lets " + daemon->selinux +
             " run it only with the boolean virt_hooks_unconfined, which is "
             "off",
         "setsebool -P virt_hooks_unconfined on"});
  }
}

}  // namespace

void check_confinement(const HookTree& tree, const std::vector<SeenScript>& scripts,
                       const HostFacts& host, std::vector<Finding>& findings) {
  if (readers_of(tree.hooks_dir, host).empty()) return;
  for (const auto& script : scripts) {
    if (script.file.empty()) continue;
    check_apparmor(script, host, findings);
    check_selinux(script, host, findings);
  }
}

}  // namespace hookjournal
