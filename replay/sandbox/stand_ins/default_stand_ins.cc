#include <sstream>

#include "replay/sandbox/stand_ins/stand_in_rules.h"

// The answers that ship. They describe one world, so that no script meets contradictions
// and no wait loop hangs: nothing but the script is there. No guest runs, no service is
// active, no session, container or volume exists, and whatever is asked for succeeds
// without a word. What nobody can know here (a guest's XML, a device's value) fails, as
// it does for something that does not exist.
//
// Not here, because they really run in the sandbox: ip, iptables, nft, bridge, tc,
// sysctl, dnsmasq (its own network namespace), useradd, chown, crontab's files (copies),
// chrt, taskset, kill (its own processes), sudo, su, runuser. curl, wget, ssh, rsync, dig
// and ping run, too, and find no network: as honest as an answer of ours, and their own
// words. `date -s` is refused by the kernel.
namespace hookjournal {

namespace {

struct Row {
  const char* commands;     // separated by blanks
  const char* words = "*";  // the pattern
  const char* with = "";    // instead: one of these (a|b) is a word among the arguments
  int exit = 0;
  const char* out = "";
  const char* err = "";
  unsigned most = 0;
  bool reads_input = false;
  bool when_missing = false;
};

// As many sleeps or questions as no script makes that gets anywhere.
constexpr unsigned kNaps = 100;
constexpr unsigned kQuestions = 1000;

// Nothing but options, short ones of which may take a word: such a call of logger or
// systemd-cat has no text of its own and takes it from its input.
constexpr const char* kOptionsOnly =
    "*(?( )@(-[tpPnuSf] +([! ])|-[tpPnuS]+([! ])|-[!tpPnuS-]*([! ])|--+([! ])))";

constexpr Row kRows[] = {
    // Time. Without an operand it is a mistake here as everywhere.
    {.commands = "sleep usleep",
     .words = "",
     .exit = 1,
     .err = "sleep: missing operand\n"},
    {.commands = "sleep usleep", .most = kNaps},
    // Flushes the disks of the host, guests' images included.
    {.commands = "sync"},
    {.commands = "hwclock rtcwake"},

    // Services. `while systemctl is-active --quiet display-manager; do sleep 1; done` is
    // in half of the scripts: only "inactive" lets them go on.
    {.commands = "systemctl",
     .words = "*@(-q|--quiet) *is-active*",
     .exit = 3,
     .most = kQuestions},
    {.commands = "systemctl",
     .words = "*is-active* @(-q|--quiet)*",
     .exit = 3,
     .most = kQuestions},
    {.commands = "systemctl",
     .with = "is-active",
     .exit = 3,
     .out = "inactive\n",
     .most = kQuestions},
    {.commands = "systemctl", .with = "is-failed", .exit = 1, .out = "inactive\n"},
    {.commands = "systemctl", .with = "is-enabled", .exit = 1, .out = "disabled\n"},
    // Of the host, not of a unit: it is not going down.
    {.commands = "systemctl", .with = "is-system-running", .out = "running\n"},
    {.commands = "systemctl",
     .with = "status",
     .exit = 3,
     .out = "     Loaded: loaded\n     Active: inactive (dead)\n",
     .most = kQuestions},
    {.commands = "systemctl",
     .words = "*show*@(--value*ActiveState|ActiveState*--value)*",
     .out = "inactive\n",
     .most = kQuestions},
    {.commands = "systemctl",
     .words = "*show*ActiveState*",
     .out = "ActiveState=inactive\n",
     .most = kQuestions},
    {.commands = "systemctl",
     .words = "*show*@(--value*SubState|SubState*--value)*",
     .out = "dead\n",
     .most = kQuestions},
    {.commands = "systemctl",
     .words = "*show*SubState*",
     .out = "SubState=dead\n",
     .most = kQuestions},
    {.commands = "systemctl",
     .words = "*show*@(--value*MainPID|MainPID*--value)*",
     .out = "0\n"},
    {.commands = "systemctl", .words = "*show*MainPID*", .out = "MainPID=0\n"},
    // No display manager is active.
    {.commands = "systemctl", .with = "get-default", .out = "multi-user.target\n"},
    {.commands = "systemctl systemd-run systemd-notify systemd-inhibit systemd-tmpfiles"},
    {.commands = "systemd-cat", .words = kOptionsOnly, .reads_input = true},
    {.commands = "systemd-cat"},
    {.commands = "service rc-service",
     .words = "* status",
     .exit = 3,
     .out = "inactive\n",
     .most = kQuestions},
    {.commands = "initctl",
     .with = "status",
     .out = "stop/waiting\n",
     .most = kQuestions},
    {.commands = "service rc-service rc-update invoke-rc.d update-rc.d initctl sv"},
    {.commands = "journalctl", .out = "-- No entries --\n"},
    {.commands = "loginctl machinectl networkctl resolvectl hostnamectl timedatectl"},
    // NetworkManager and its like are reached by D-Bus, and that is not.
    {.commands = "nmcli busctl dbus-send gdbus qdbus"},

    // The host's power and kernel.
    {.commands = "reboot shutdown poweroff halt init telinit kexec"},
    {.commands = "modprobe rmmod insmod depmod kmod"},
    // `udevadm trigger` would write to every device; `settle` waits for udevd.
    {.commands = "udevadm driverctl setpci rdmsr wrmsr"},
    // A sandbox must not take the processor from guests, nor has it theirs to favour.
    {.commands = "cpupower cset renice"},
    {.commands = "tuned-adm", .words = "active", .out = "No current active profile.\n"},
    {.commands = "tuned-adm powerprofilesctl"},

    // libvirt, which must not be called from hooks: it waits for them, they for it. Those
    // that do so all the same do it in the background or about other guests.
    // `virsh list` shows no guest, so domstate says "shut off": loops that wait for a
    // guest's end get there, and a question about its state agrees with the list.
    {.commands = "virsh", .with = "domstate", .out = "shut off\n\n", .most = kQuestions},
    {.commands = "virsh",
     .words = "?(* )@(list|*-list)?( *) @(--name|--uuid)*",
     .out = "\n",
     .most = kQuestions},
    {.commands = "virsh",
     .with = "list",
     .out = " Id   Name   State\n--------------------\n\n",
     .most = kQuestions},
    {.commands = "virsh",
     .with = "net-list|pool-list|iface-list|nodedev-list|vol-list",
     .most = kQuestions},
    {.commands = "virsh", .with = "uri", .out = "qemu:///system\n\n"},
    // No answer of ours would be true, and a made-up one would lead a script astray.
    {.commands = "virsh",
     .with = "dumpxml|*-dumpxml|*-info|*info|domid|domuuid|domname|domblklist|domiflist|"
             "domifaddr|domblkstat|domifstat|dommemstat|domstats|capabilities|vol-path|"
             "domcapabilities|net-dhcp-leases|net-uuid",
     .exit = 1,
     .err = "error: failed to connect to the hypervisor\n",
     .most = kQuestions},
    {.commands = "virsh", .words = "*/dev/stdin*", .reads_input = true},
    {.commands = "virsh xl"},

    // Mounts and block devices. `losetup -f` names what a script then goes on with.
    {.commands = "mount umount swapon swapoff fsfreeze"},
    {.commands = "losetup",
     .words = "@(-f|--find|* --show*|--show*)",
     .out = "/dev/loop0\n"},
    {.commands = "losetup kpartx partprobe"},
    {.commands = "dmsetup",
     .words = "create!(*--table*|*--notable*)",
     .reads_input = true},
    {.commands = "dmsetup",
     .with = "info|status|table",
     .exit = 1,
     .err = "Device does not exist.\n"},
    {.commands = "dmsetup"},
    // One that is named does not exist; the list of all is empty.
    {.commands = "lvs lvdisplay",
     .words = "*[! ]/*",
     .exit = 5,
     .err = "  Failed to find logical volume\n"},
    {.commands =
         "lvm lvs lvdisplay lvchange lvconvert lvcreate lvextend lvreduce lvremove "
         "lvrename lvresize lvscan vgs vgdisplay vgchange vgcreate vgextend "
         "vgreduce vgremove vgrename vgscan pvs pvdisplay pvchange pvcreate pvmove "
         "pvremove pvresize pvscan"},
    {.commands = "zfs",
     .words = "@(list*/*|get*)",
     .exit = 1,
     .err = "cannot open: dataset does not exist\n"},
    {.commands = "zfs", .words = "@(receive|recv)*", .reads_input = true},
    {.commands = "zfs", .words = "list*", .err = "no datasets available\n"},
    {.commands = "zpool", .words = "@(list|status)*", .out = "no pools available\n"},
    {.commands = "zfs zpool"},
    // A resource at rest and healthy, or loops wait for it.
    {.commands = "drbdadm", .with = "role", .out = "Secondary/Secondary\n"},
    {.commands = "drbdadm", .with = "cstate", .out = "Connected\n"},
    {.commands = "drbdadm", .with = "dstate", .out = "UpToDate/UpToDate\n"},
    {.commands = "drbdadm drbdsetup"},
    {.commands = "cryptsetup", .with = "status", .exit = 4, .out = "inactive.\n"},
    {.commands = "cryptsetup", .with = "isLuks", .exit = 1},
    {.commands = "cryptsetup"},
    {.commands = "mdadm", .with = "--detail|-D|--examine|-E", .exit = 1},
    {.commands = "mdadm multipath multipathd"},
    {.commands = "iscsiadm",
     .words = "@(-m session|--mode?([ =])session)*",
     .exit = 21,
     .err = "iscsiadm: No active sessions.\n"},
    {.commands = "iscsiadm rbd"},
    // On files qemu-img would run, but an image may be huge and a sandbox's disk is
    // small.
    {.commands = "qemu-img qemu-nbd nbd-client"},

    // Screens, graphics cards, sessions.
    {.commands = "ddcutil", .with = "getvcp", .exit = 1, .out = "Display not found\n"},
    {.commands = "ddcutil notify-send xrandr chvt openvt deallocvt wall"},
    // No process uses the card, so loops that wait for that go on.
    {.commands = "nvidia-smi"},
    {.commands = "pactl wpctl"},

    // Firewall managers. Their daemon is not there; a script with a branch for that uses
    // nft or iptables, which really run.
    {.commands = "firewall-cmd", .with = "--state", .exit = 252, .err = "not running\n"},
    {.commands = "firewall-cmd", .words = "*--query-*", .exit = 1, .out = "no\n"},
    {.commands = "firewall-cmd",
     .words = "!(*--@(get|list|info|path)-*|*--quiet*|*-q)",
     .out = "success\n"},
    {.commands = "firewall-cmd"},
    {.commands = "ufw", .words = "status*", .out = "Status: inactive\n"},
    {.commands = "ufw"},
    // Waits for its daemon for ever.
    {.commands = "ovs-vsctl", .with = "br-exists", .exit = 2},
    {.commands = "ovs-vsctl ovs-ofctl ovs-appctl"},

    // What would reach people.
    {.commands = "logger", .words = kOptionsOnly, .reads_input = true},
    {.commands = "logger"},
    {.commands = "mail mailx sendmail msmtp", .reads_input = true},
    {.commands = "crontab", .words = "?(* )-l?( *)", .exit = 1, .err = "no crontab\n"},
    {.commands = "crontab", .words = "?(* )-", .reads_input = true},
    {.commands = "crontab"},
    {.commands = "at batch", .words = "!(*-@(f|l|r|d|c)*)", .reads_input = true},
    {.commands = "at batch atq atrm"},

    // Containers.
    {.commands = "docker podman", .with = "inspect", .exit = 1, .out = "[]\n"},
    {.commands = "docker podman lxc"},

    // These run where the host has them; where it lacks them, what they would find in a
    // sandbox: no process, no network.
    {.commands = "pgrep pidof pkill killall fuser lsof",
     .exit = 1,
     .most = kQuestions,
     .when_missing = true},
    {.commands = "curl", .exit = 6, .when_missing = true},
    {.commands = "wget", .exit = 4, .when_missing = true},
    {.commands = "dig", .exit = 9, .when_missing = true},
    {.commands = "ping", .exit = 2, .when_missing = true},
    {.commands = "ssh scp rsync", .exit = 255, .when_missing = true},
};

StandInRules made() {
  StandInRules all;
  for (const auto& row : kRows) {
    std::istringstream commands(row.commands);
    for (std::string command; commands >> command;) {
      StandInRule rule;
      rule.command = command;
      const std::string with = row.with;
      rule.arguments = with.empty() ? row.words : "?(* )@(" + with + ")?( *)";
      rule.exit_status = row.exit;
      rule.out = row.out;
      rule.err = row.err;
      rule.most = row.most;
      rule.reads_input = row.reads_input;
      rule.when_missing = row.when_missing;
      rule.source = kBuiltInRule;
      all.rules.push_back(std::move(rule));
    }
  }
  return all;
}

}  // namespace

const StandInRules& default_stand_ins() {
  static const StandInRules rules = made();
  return rules;
}

}  // namespace hookjournal
