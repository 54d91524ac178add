#!/usr/bin/env python3
"""Scripts that try to change the host out of a sandbox, and a host that must not change.

    containment_test.py --programs HOOKJOURNAL SANDBOX STAND_IN ESCAPE [-k PATTERN] [-v]

The host they are let loose on is private_host.py's: namespaces of its own over a copy of
the file system, lest a hole in the sandbox should hurt the machine. Everything is tried
as root and as an ordinary user, by commands (ATTACK) and by system calls (escape.cc).
"""

import argparse
import json
import os
import random
import re
import shlex
import subprocess
import sys
import time
import unittest
from pathlib import Path
from typing import Any

import private_host
from private_host import NOBODY, PLACE, Canaries

# What a mistake may do, and what no mistake is. Each line goes on after the one before.
ATTACK = """\
#!/bin/bash
out=/tmp/results-of-attack
exec 3>&1 >$out 2>&1 </dev/null
cat /proc/self/status; echo; cat /proc/self/mountinfo; echo
{escape} {victim} {abstract} {port}
echo owned > /etc/canary; rm -f /etc/hostname; echo x > /etc/canary-new; chmod 0 /etc/fstab
echo owned > /var/canary; rm -rf /var/canaries; echo owned > /usr/local/canary
echo owned > /home/canary; mv /home/canaries /home/moved; echo owned > /tmp/canary
echo owned > /run/canary; rm -f /run/canary.sock; ln -sf /etc/passwd /run/link
echo owned > /srv/deep/canary; rm -f /srv/deep/canary; rm -rf /boot/* /root/* /opt/*
chown 1:1 /home /etc; chmod 0777 /etc /home; touch -d 2001-01-01 /etc/canary /etc
for knob in {knobs}; do echo 1 > $knob; echo 0 > $knob; echo 7 > $knob; done
sysctl -w vm.swappiness=7 net.ipv4.ip_forward=1 kernel.core_pattern=owned
echo h > /proc/sysrq-trigger; echo owned > /dev/kmsg; /bin/dmesg -n 7
date -s '2001-01-01 00:00:00'; hostname owned; domainname owned
ip link add owned0 type bridge; ip link del canary0; ip link set lo down
ip route flush table main; ip rule add priority 7 lookup 7; ip addr flush dev canary0
iptables -F; iptables -A INPUT -j DROP; nft flush ruleset; nft add table ip owned
kill -9 {victim}; pkill -9 -f {marker}; killall -9 {marker}; kill -9 -1
modprobe dummy; insmod /tmp/none.ko; rmmod dummy; /sbin/modprobe -r dummy
mount -t tmpfs none /mnt; mount --bind /tmp /etc; mount -o remount,rw /; umount -l /proc
umount -l /srv/deep; mount -t sysfs sysfs /mnt; mount -t proc proc /mnt
mknod /tmp/disk b 254 0 && cat /tmp/disk; mknod /dev/kmem c 1 2 && cat /dev/kmem
ls -l /proc/1/root/etc; cat /proc/1/environ; echo x > /proc/1/root/etc/canary
echo x > /proc/1/cwd/etc/canary; for fd in /proc/1/fd/*; do echo x > $fd/etc/canary; done
nsenter -t 1 -m -n touch /etc/entered; unshare -Urm touch /etc/unshared
chroot /proc/1/root touch /etc/chrooted; swapoff -a; ipcrm -a; loadkeys /dev/null
useradd owned; echo owned | crontab -; echo '* * * * * root true' > /etc/cron.d/owned
reboot -f; systemctl poweroff; shutdown now; halt -f
(setsid sleep 1000 >/dev/null 2>&1 3>&- &)
echo 'end of attack'
exec 1>&3
exit 0
"""

HARMLESS = "#!/bin/sh\nexit 0\n"

# Left behind, waited for, written for ever: whatever it does when its end comes.
BUSY = """\
#!/bin/bash
(setsid sleep 1000 >/dev/null 2>&1 &)
for i in 1 2 3 4 5 6 7 8 9; do
  echo $i > /tmp/written-$i; echo $i > /run/written-$i; echo $i > /var/written-$i
  ip link add busy$i type bridge
done
read -t 0.05 < <(exec sleep 1000)
exit 0
"""

KNOBS = [
    "/proc/sys/vm/swappiness",
    "/proc/sys/vm/dirty_ratio",
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/hostname",
    "/proc/sys/net/ipv4/ip_forward",
    "/proc/sys/net/ipv4/conf/all/rp_filter",
    "/proc/sys/net/core/somaxconn",
    "/sys/kernel/mm/transparent_hugepage/defrag",
    "/sys/kernel/mm/ksm/sleep_millisecs",
    "/sys/module/printk/parameters/ignore_loglevel",
    "/sys/class/net/canary0/mtu",
    "/sys/class/net/lo/mtu",
    *map(str, sorted(Path("/proc/irq").glob("*/smp_affinity"))[:1]),
]

# Over files, processes and networks of the sandbox's own (confinement.cc).
KEPT = {
    *("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"),
    *("SETFCAP", "NET_BIND_SERVICE", "NET_ADMIN", "NET_RAW", "NET_BROADCAST"),
    *("IPC_LOCK", "IPC_OWNER", "SYS_CHROOT"),
}
NUMBERS = dict(
    CHOWN=0, DAC_OVERRIDE=1, FOWNER=3, FSETID=4, KILL=5, SETGID=6, SETUID=7, SETPCAP=8,
    NET_BIND_SERVICE=10, NET_BROADCAST=11, NET_ADMIN=12, NET_RAW=13, IPC_LOCK=14,
    IPC_OWNER=15, SYS_CHROOT=18, SETFCAP=31,
)  # fmt: skip

ALLOWED_MOUNTS = ("overlay", "tmpfs", "proc")
# What acts on the whole machine, and what stands in its place.
COVERED = {
    "/proc/irq": "overlay",
    "/proc/sys": "overlay",
    "/proc/sysrq-trigger": "tmpfs",
    "/sys": "overlay",
    "/dev": "tmpfs",
}


class Attacker:
    """Somebody who replays: the files of one user, and who it runs as."""

    def __init__(self, name: str, prefix: tuple[str, ...]) -> None:
        self.folder = Path(PLACE) / name
        self.prefix = prefix
        for tree in ("harmless", "attack", "busy", "services"):
            (self.folder / tree).mkdir(parents=True)
        self.script("harmless", HARMLESS)
        self.script("busy", BUSY)
        if prefix:
            subprocess.run(["chown", "-R", NOBODY, self.folder], check=True)
        scripts = ("--scripts", str(self.folder / "harmless"))
        made = self.run("simulate", "start", "--for-real", *scripts)
        assert made.returncode == 0, made.stderr

    def script(self, tree: str, text: str) -> None:
        path = self.folder / tree / "qemu"
        path.write_text(text)
        path.chmod(0o755)

    def command(self, *words: str) -> list[str]:
        program = f"{PLACE}/bin/hookjournal"
        return [*self.prefix, program, *words, "--journal", f"{self.folder}/j.db"]

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command(*words), capture_output=True, text=True, timeout=200, cwd="/"
        )

    def replay(self, tree: str, *words: str) -> list[str]:
        scripts = ("--scripts", str(self.folder / tree), "--no-pager", "--json")
        return self.command("replay", "--origin", "simulate", *scripts, *words)


class Containment(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.canaries = Canaries(KNOBS)
        self.addCleanup(self.canaries.close)

    def attack(self, attacker: Attacker) -> str:
        """What the script saw and told, from the sandbox's files."""
        text = ATTACK
        for word, value in (
            ("{escape}", f"{PLACE}/bin/escape"),
            ("{victim}", str(self.canaries.victim.pid)),
            ("{marker}", self.canaries.marker),
            ("{abstract}", self.canaries.abstract_name),
            ("{port}", str(self.canaries.port)),
            ("{knobs}", " ".join(KNOBS)),
        ):
            text = text.replace(word, value)
        attacker.script("attack", text)
        kept = attacker.folder / "kept"
        done = subprocess.run(
            attacker.replay("attack", "--call", "1", "--keep", str(kept)),
            capture_output=True,
            text=True,
            timeout=120,
            cwd="/",
        )
        self.assertEqual(done.returncode, 1, done.stderr)
        [call] = [
            line for line in map(json.loads, done.stdout.splitlines())
            if line["type"] == "call"
        ]  # fmt: skip
        self.assertEqual(call["verdict"], "changed", call)
        told = kept / "candidate/files/tmp/results-of-attack"
        return told.read_text(errors="replace")

    def is_contained(self, attacker: Attacker) -> None:
        before, processes = self.canaries.state(), private_host.processes()
        told = self.attack(attacker)
        self.await_end_of_all_but(processes)
        self.assertIn("tried all", told)
        self.assertIn("end of attack", told)
        self.assertEqual(re.findall(r"^(.*): DONE$", told, re.M), [])
        self.check_capabilities(told)
        self.check_mounts(told)
        self.assertEqual(self.canaries.changes(before), [])
        self.canaries.check_alive_and_alone()

    def check_capabilities(self, told: str) -> None:
        bits = sum(1 << NUMBERS[name] for name in KEPT)
        for which in ("CapBnd", "CapEff", "CapPrm"):
            found = re.search(rf"^{which}:\s*(\w+)$", told, re.M)
            assert found
            self.assertEqual(int(found[1], 16) & ~bits, 0, found[0])
        self.assertIn("Seccomp:\t2", told)

    def check_mounts(self, told: str) -> None:
        mounts = re.findall(r"^\d+ \d+ \S+ \S+ (\S+) (\S+) .*?- (\S+) ", told, re.M)
        self.assertIn("/", [path for path, _, _ in mounts])
        kinds = {path: kind for path, _, kind in mounts}
        there = {path: kind for path, kind in COVERED.items() if os.path.exists(path)}
        self.assertEqual({path: kinds.get(path) for path in there}, there)
        for path, options, kind in mounts:
            with self.subTest(mount=path):
                if options.startswith("ro"):
                    continue
                if path.startswith("/dev/"):  # devices that are no harm
                    self.assertIn(kind, ("devtmpfs", "tmpfs"))
                    continue
                self.assertIn(kind, ALLOWED_MOUNTS)
                # No knob and no memory of the host's; what covers a socket is ours, too.
                if kind == "tmpfs":
                    self.assertRegex(path, r"^(/|/dev|/proc/[^/]+|/srv/.*\.sock)$")
                if kind == "proc":
                    self.assertIn(path, ("/proc", "/proc/sys/net"))

    def await_end_of_all_but(self, processes: set[str]) -> None:
        deadline = time.monotonic() + 5
        while left := private_host.processes() - processes:
            self.assertLess(time.monotonic(), deadline, left)
            time.sleep(0.02)

    def leaves_nothing_when_killed(self, attacker: Attacker, times: int) -> None:
        before, processes = self.canaries.state(), private_host.processes()
        moments = random.Random(4)
        for _ in range(times):
            command = attacker.replay("busy", "--last", "all", "--jobs", "2")
            replay = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
            )
            time.sleep(moments.uniform(0.0, 0.5))
            replay.kill()
            replay.wait()
            self.await_end_of_all_but(processes)
        self.assertEqual(self.canaries.changes(before), [])
        self.canaries.check_alive_and_alone()

    def test_nothing_of_the_host_changes(self) -> None:
        self.is_contained(Setting.root)

    def test_nothing_of_the_host_changes_for_an_ordinary_user(self) -> None:
        self.is_contained(Setting.user)

    def test_nothing_is_left_of_a_killed_replay(self) -> None:
        self.leaves_nothing_when_killed(Setting.root, 20)

    def test_nothing_is_left_of_an_ordinary_users_killed_replay(self) -> None:
        self.leaves_nothing_when_killed(Setting.user, 10)

    def test_commands_on_a_file_system_of_their_own_have_stand_ins_too(self) -> None:
        folder = "/usr/local/sbin"
        private_host.mount("-t", "tmpfs", "-o", "mode=755", "programs", folder)
        self.addCleanup(subprocess.run, ["umount", folder], check=True)
        real = Path(folder, "systemctl")
        real.write_text("#!/bin/sh\necho really\n")
        real.chmod(0o755)
        for options in ("rw", "ro"):
            private_host.mount("-o", f"remount,{options}", folder)
            for attacker in (Setting.root, Setting.user):
                attacker.script("services", f"#!/bin/sh\n{real} is-active x\nsystemctl stop x\n")
                scripts = ("--scripts", str(attacker.folder / "services"))
                told = attacker.run("simulate", "start", *scripts, "--json").stdout
                script = json.loads(told.splitlines()[0])["scripts"][0]
                with self.subTest(options=options, attacker=attacker.folder.name):
                    self.assertEqual(script["stdout"]["text"], "inactive\n")
                    self.assertEqual([c["simulated"] for c in script["commands"]], [True, True])

    def test_without_rights_it_stops_and_says_what_to_do(self) -> None:
        replay = Setting.root.replay("harmless")
        helpless = "setpriv --bounding-set=-all --inh-caps=-all " + shlex.join(replay)
        script = f"echo 0 > /proc/sys/user/max_user_namespaces && exec {helpless}"
        done = subprocess.run(
            ["unshare", "--user", "--map-root-user", "sh", "-c", script],
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.returncode, 3, done)
        self.assertIn("this user may not make user namespaces", done.stderr)
        self.assertIn("run it as root", done.stderr)
        self.assertNotIn('"verdict"', done.stdout)

    def test_without_a_sandbox_it_warns(self) -> None:
        words = ("--call", "1", "--no-sandbox", "--for-real")
        done = subprocess.run(
            Setting.root.replay("harmless", *words), capture_output=True, text=True, timeout=60
        )
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("without a sandbox: the scripts act on this machine", done.stderr)

    def test_the_host_would_show_a_change(self) -> None:
        """The proof's own proof: what is compared is what the scripts are after."""
        before = self.canaries.state()
        for path in ("/etc/canary", "/run/canary", "/usr/local/canary", "/srv/deep/canary"):
            Path(path).write_text("changed")
        for command in (
            "ip link add canary9 type bridge",
            "ip route add 203.0.113.0/24 dev canary0",
            "iptables -A INPUT -s 203.0.113.8 -j DROP",
            "sysctl -q net.ipv4.ip_forward=1",
            "ip link set lo mtu 1400",
            "ipcmk -M 4096",
            "mount -t tmpfs canary-mount /media",
            "hostname owned",
        ):
            subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)
        changes: Any = "\n".join(self.canaries.changes(before))
        private_host.told_by("umount /media; hostname private-host; ip link set lo mtu 65536")
        for what in (
            *("/etc/canary", "/run/canary", "/usr/local/canary", "middle/canary"),
            *("canary9", "203.0.113.0/24", "203.0.113.8", "net/ipv4/ip_forward"),
            *("/sys/class/net/lo/mtu", "ipcs", "canary-mount", "owned"),
        ):
            self.assertIn(what, changes)


class Setting:
    root: Attacker
    user: Attacker


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--programs", nargs=4, type=Path, required=True)
    options, rest = parser.parse_known_args()
    os.umask(0o022)
    private_host.move_in(options.programs)
    Setting.root = Attacker("root", ())
    ids = ("--reuid=65534", "--regid=65534", "--clear-groups")
    Setting.user = Attacker("user", ("setpriv", *ids))
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
