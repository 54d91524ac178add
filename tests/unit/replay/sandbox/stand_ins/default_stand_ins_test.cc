#include <algorithm>
#include <sstream>

#include "replay/sandbox/stand_ins/stand_in_rules.h"
#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {

const StandInRule& answer(const std::string& command_line) {
  std::istringstream words(command_line);
  std::string program;
  words >> program;
  std::vector<std::string> arguments;
  for (std::string word; words >> word;) arguments.push_back(word);
  const auto* rule = default_stand_ins().rule_for(program, arguments);
  REQUIRE(rule != nullptr);
  return *rule;
}

}  // namespace

TEST_CASE("no service is active, however that is asked", "[replay]") {
  CHECK(answer("systemctl is-active gdm.service").exit_status == 3);
  CHECK(answer("systemctl is-active gdm.service").out == "inactive\n");
  CHECK(answer("/usr/bin/systemctl --user is-active gdm").out == "inactive\n");
  for (const char* quiet :
       {"systemctl is-active --quiet gdm", "systemctl -q is-active gdm",
        "systemctl is-active gdm --quiet"}) {
    CHECK(answer(quiet).exit_status == 3);
    CHECK(answer(quiet).out.empty());
  }
  CHECK(answer("service smbd status").exit_status == 3);
  CHECK(answer("systemctl show --value -p ActiveState gdm").out == "inactive\n");
  CHECK(answer("systemctl show gdm --property=ActiveState").out ==
        "ActiveState=inactive\n");
}

TEST_CASE("what is asked of a service manager succeeds without a word", "[replay]") {
  for (const char* order : {"systemctl stop gdm",
                            "systemctl set-property --runtime system.slice AllowedCPUs=0",
                            "systemctl start inactive.service", "service smbd stop",
                            "systemctl daemon-reload"}) {
    CHECK(answer(order).exit_status == 0);
    CHECK(answer(order).out.empty());
  }
}

TEST_CASE("no guest runs, and what is asked of its state agrees", "[replay]") {
  CHECK(answer("virsh list --name").out == "\n");
  CHECK(answer("virsh list --state-running --name").out == "\n");
  CHECK(answer("virsh -c qemu:///system list").out.find("running") == std::string::npos);
  CHECK(answer("virsh domstate win11").out == "shut off\n\n");
  CHECK(answer("virsh nodedev-detach pci_0000_01_00_0").exit_status == 0);
  CHECK(answer("virsh nodedev-detach pci_0000_01_00_0").out.empty());
}

TEST_CASE("what virsh alone could know is not made up", "[replay]") {
  for (const char* question : {"virsh dumpxml win11", "virsh -q dumpxml --inactive win11",
                               "virsh domblklist win11", "virsh net-dumpxml default"})
    CHECK(answer(question).exit_status == 1);
}

TEST_CASE("sleep returns at once, a hundred times", "[replay]") {
  CHECK(answer("sleep 5").exit_status == 0);
  CHECK(answer("/bin/sleep 5").most == 100);
  CHECK(answer("sleep").exit_status == 1);
}

TEST_CASE("only a logger without a text of its own reads its input", "[replay]") {
  for (const char* piped :
       {"logger", "logger -t hook", "logger -t hook -p daemon.info", "logger --tag=hook",
        "logger -thook -i", "systemd-cat -t hook"})
    CHECK(answer(piped).reads_input);
  for (const char* own : {"logger started", "logger -t hook started",
                          "logger -i -t hook guest started", "systemd-cat echo hello"})
    CHECK_FALSE(answer(own).reads_input);
  CHECK(answer("mail -s subject root").reads_input);
}

TEST_CASE("volumes, pools and sessions that are asked for do not exist", "[replay]") {
  CHECK(answer("lvs vg0/snap").exit_status == 5);
  CHECK(answer("lvs --noheadings -o lv_name").exit_status == 0);
  CHECK(answer("zfs list -H tank/vm").exit_status == 1);
  CHECK(answer("zpool list").exit_status == 0);
  CHECK(answer("iscsiadm -m session").exit_status == 21);
  CHECK(answer("iscsiadm -m node --login").exit_status == 0);
  CHECK(answer("losetup --show -f disk.img").out == "/dev/loop0\n");
}

TEST_CASE("firewall daemons do not run, and take rules", "[replay]") {
  CHECK(answer("firewall-cmd --state").exit_status == 252);
  CHECK(answer("firewall-cmd --zone=libvirt --add-port=80/tcp").out == "success\n");
  CHECK(answer("firewall-cmd --list-all").out.empty());
  CHECK(answer("firewall-cmd --query-masquerade").exit_status == 1);
  CHECK(answer("ufw status").out == "Status: inactive\n");
}

TEST_CASE("what can run in a sandbox runs there as it is", "[replay]") {
  for (const char* real :
       {"ip", "iptables", "nft", "bridge", "sysctl", "tc", "taskset", "chrt", "sudo",
        "runuser", "useradd", "curl", "ssh", "lsmod", "bash", "cat", "tee"})
    CHECK_FALSE(default_stand_ins().replaces(real));
}

TEST_CASE("what looks for processes is replaced only where it is missing", "[replay]") {
  for (const char* search : {"pgrep", "pidof", "fuser", "lsof"}) {
    CHECK_FALSE(default_stand_ins().replaces(search));
    CHECK(answer(search).exit_status == 1);
  }
}

TEST_CASE("what acts on the host is replaced", "[replay]") {
  for (const char* dangerous :
       {"virsh",      "systemctl", "service",  "modprobe", "rmmod",        "insmod",
        "driverctl",  "reboot",    "shutdown", "poweroff", "halt",         "init",
        "kexec",      "mount",     "umount",   "swapoff",  "losetup",      "dmsetup",
        "lvcreate",   "lvremove",  "zfs",      "zpool",    "drbdadm",      "cryptsetup",
        "mdadm",      "iscsiadm",  "qemu-nbd", "qemu-img", "sleep",        "ddcutil",
        "nvidia-smi", "cpupower",  "cset",     "chvt",     "firewall-cmd", "ufw",
        "logger",     "mail",      "hwclock",  "docker",   "udevadm",      "sync",
        "ovs-vsctl"})
    CHECK(default_stand_ins().replaces(dangerous));
}
