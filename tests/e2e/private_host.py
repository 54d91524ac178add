"""A host to lose: what a script could break here is no more than a copy.

move_in() starts the calling program again as the second process of new mount, network,
pid, uts and ipc namespaces. Its root is an overlay over the machine's, with memory for
what is written; /proc and /sys are new, other file systems of the machine are read-only.
What has no namespace (the clock, kernel-wide knobs) is the machine's: that is looked at
and, if need be, put back.
"""

import hashlib
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

BASE = "/run/hookjournal-private-host"  # of the machine, in our mount namespace only
PLACE = "/opt/containment"  # programs, journals: not compared
WRITTEN = f"{PLACE}/written"  # the overlay's upper layer: what differs from the machine
NOBODY = "65534:65534"
HIGH_PID = 30_000  # that no process in a sandbox has
INSIDE = "HOOKJOURNAL_PRIVATE_HOST"


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, timeout=10)


def move_in(programs: list[Path]) -> None:
    if os.environ.get(INSIDE) != "yes":
        command = "unshare --mount --net --pid --uts --ipc --fork --kill-child --mount-proc"
        # A shell in between takes care of processes that lost their parents.
        again = [sys.executable, "-B", *sys.argv]
        shell = ["sh", "-c", '"$@"; exit $?', "sh", *again]
        environment = os.environ | {INSIDE: "yes"}
        os.execvpe("unshare", [*command.split(), *shell], environment)
    if os.geteuid() != 0:
        sys.exit("this test creates namespaces and mounts: run it as root")
    programs = [program.resolve(strict=True) for program in programs]
    lose_the_machine()
    bring(programs)


def lose_the_machine() -> None:
    mount("--make-rprivate", "/")
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    os.makedirs(BASE, exist_ok=True)
    mount("-t", "tmpfs", "private", BASE)
    for name in ("upper", "work", "root"):
        os.mkdir(f"{BASE}/{name}")
    layers = f"lowerdir=/,upperdir={BASE}/upper,workdir={BASE}/work"
    root = f"{BASE}/root"
    mount("-t", "overlay", "private", "-o", layers, root)
    ours = ("/proc", "/sys", "/dev", "/run", "/tmp")
    for _, path, *_ in mounts:
        if path == "/" or path.startswith(ours) or not os.path.isdir(path):
            continue
        mount("--bind", path, root + path)
        mount("-o", "remount,bind,ro", root + path)
    mount("--rbind", "/dev", f"{root}/dev")
    mount("-t", "proc", "proc", f"{root}/proc")
    mount("-t", "sysfs", "sysfs", f"{root}/sys")
    for path, mode in (("/run", "755"), ("/tmp", "1777")):
        mount("-t", "tmpfs", "-o", f"mode={mode}", "private", root + path)
    bring_along(root)
    os.makedirs(root + PLACE)
    mount("-t", "tmpfs", "-o", "mode=755", "private", root + PLACE)
    os.mkdir(root + WRITTEN)
    mount("--bind", f"{BASE}/upper", root + WRITTEN)
    os.chdir(root)
    subprocess.run(["pivot_root", ".", "mnt"], check=True)
    os.chdir("/")
    subprocess.run(["umount", "--lazy", "/mnt"], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    socket.sethostname("private-host")


def bring_along(root: str) -> None:
    """The tests themselves may lie in /tmp."""
    here = str(Path(__file__).resolve().parent)
    if here.startswith("/tmp/"):
        shutil.copytree(here, root + here, dirs_exist_ok=True)


def bring(programs: list[Path]) -> None:
    os.mkdir(f"{PLACE}/bin")
    for program in programs:
        shutil.copy(f"{program}", f"{PLACE}/bin/")


def processes() -> set[str]:
    return {name for name in os.listdir("/proc") if name.isdigit() and not is_dead(name)}


def is_dead(process: str) -> bool:
    """Reaped or about to be."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"


def told_by(command: str) -> str:
    return subprocess.run(
        command, shell=True, capture_output=True, text=True, timeout=20
    ).stdout


class Canaries:
    """Things of the host that somebody may be after, and their state."""

    FILES = ("/etc/canary", "/var/canary", "/usr/local/canary", "/home/canary")
    FOLDERS = ("/var/canaries", "/home/canaries")
    # The machine below may change meanwhile; what is written here is in these.
    WALKED = (WRITTEN, "/run", "/tmp", "/srv/lower")

    def __init__(self, knobs: list[str]) -> None:
        self.knobs = knobs
        for folder in self.FOLDERS:
            os.makedirs(folder, exist_ok=True)
            Path(folder, "one").write_text("one\n")
        for file in (*self.FILES, "/run/canary", "/tmp/canary"):
            Path(file).write_text("canary\n")
            # Whatever an ordinary user may do shall be kept from it by the sandbox.
            os.chmod(file, 0o666)
        for folder in ("/home", *self.FOLDERS):
            os.chmod(folder, 0o777)
        # Where a guest's XML stands, and an ordinary user may not look.
        os.makedirs("/etc/libvirt/qemu", exist_ok=True)
        os.chmod("/etc/libvirt/qemu", 0o700)
        self.make_deep_folder()
        subprocess.run(
            "ip link add canary0 type bridge; ip addr add 192.0.2.9/24 dev canary0;"
            # No addresses and routes in its own time.
            "ip link set canary0 addrgenmode none;"
            "ip link set canary0 up; ip route add 198.51.100.0/24 via 192.0.2.1;"
            "iptables -A INPUT -s 203.0.113.7 -j DROP; ipcmk -M 4096",
            shell=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert "203.0.113.7" in told_by("iptables-save"), "iptables does not work here"
        self.marker = "canary-in-the-mine"
        Path("/proc/sys/kernel/ns_last_pid").write_text(str(HIGH_PID))
        self.victim = subprocess.Popen(["sleep", "100000"], process_group=0)
        self.named = subprocess.Popen([self.marker, "100000"], executable="/bin/sleep")
        self.abstract_name = "canary-abstract"
        self.listeners = []
        for kind, address in (
            (socket.AF_UNIX, "/run/canary.sock"),
            (socket.AF_UNIX, "/srv/deep/canary.sock"),
            (socket.AF_UNIX, "\0" + self.abstract_name),
            (socket.AF_INET, ("127.0.0.1", 0)),
        ):
            listener = socket.socket(kind)
            listener.bind(address)
            listener.listen()
            listener.setblocking(False)
            self.listeners.append(listener)
        for path in ("/run/canary.sock", "/srv/deep/canary.sock"):
            os.chmod(path, 0o777)
        self.port = self.listeners[-1].getsockname()[1]
        self.knob_values = self.read_knobs()
        self.clock = time.time() - time.monotonic()

    def make_deep_folder(self) -> None:
        """On more overlays than the kernel lets anybody put another on: a sandbox can only
        show it as it is."""
        if os.path.ismount("/srv/deep"):
            return
        for name in ("lower", "deep"):
            os.makedirs(f"/srv/{name}")
        mount("-t", "tmpfs", "deep", "/srv/lower")
        for name in ("upper", "work", "upper2", "work2", "middle"):
            os.mkdir(f"/srv/lower/{name}")
        middle = "lowerdir=/etc,upperdir=/srv/lower/upper,workdir=/srv/lower/work"
        mount("-t", "overlay", "deep", "-o", middle, "/srv/lower/middle")
        Path("/srv/lower/middle/canary").write_text("canary\n")
        os.chmod("/srv/lower/middle/canary", 0o666)
        os.chmod("/srv/lower/middle", 0o777)
        mount("--bind", "/srv/lower/middle", "/srv/deep")

    def close(self) -> None:
        for process in (self.victim, self.named):
            process.kill()
            process.wait()
        for listener in self.listeners:
            listener.close()
        for path in ("/run/canary.sock", "/srv/deep/canary.sock"):
            os.unlink(path)
        told_by("ip link del canary0; ip link del canary9; iptables -F; ipcrm -a")
        for knob, value in self.read_knobs().items():
            if value != self.knob_values[knob]:
                Path(knob).write_text(self.knob_values[knob])
        if abs(time.time() - time.monotonic() - self.clock) > 60:
            time.clock_settime(time.CLOCK_REALTIME, self.clock + time.monotonic())

    def read_knobs(self) -> dict[str, str]:
        """Of choices the chosen one, as it is to be written."""
        values = {}
        for knob in self.knobs:
            if os.path.exists(knob):
                value = Path(knob).read_text().strip()
                values[knob] = value.partition("[")[2].partition("]")[0] or value
        return values

    def state(self) -> dict[str, str]:
        state: dict[str, str] = dict(self.read_knobs())
        for folder in self.WALKED:
            for path in [folder, *map(str, sorted(Path(folder).rglob("*")))]:
                state[path] = state_of_file(path)
        for command in (
            "ip -o link; ip -o addr; ip route show table all; ip rule",
            "iptables-save | grep -v '^#'; nft list ruleset",
            "cat /proc/self/mountinfo",
            "cat /proc/modules /proc/swaps",
            "hostname; domainname; uname -a",
            "ls -l --time-style=+ /dev; ipcs; cat /proc/keys | wc -l",
        ):
            state[command] = told_by(command)
        return state

    def changes(self, before: dict[str, str]) -> list[str]:
        after = self.state()
        return [
            f"{name}: {before.get(name)} -> {after.get(name)}"
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        ]

    def check_alive_and_alone(self) -> None:
        for process in (self.victim, self.named):
            assert process.poll() is None, "a process of the host was killed"
        for listener in self.listeners:
            try:
                listener.accept()
            except BlockingIOError:
                continue
            raise AssertionError(f"{listener} heard from a sandbox")
        moved = time.time() - time.monotonic() - self.clock
        assert abs(moved) < 60, f"the clock was set by {moved} s"


def state_of_file(path: str) -> str:
    status = os.lstat(path)
    content = ""
    if stat.S_ISREG(status.st_mode):
        content = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    if stat.S_ISLNK(status.st_mode):
        content = os.readlink(path)
    return (
        f"{stat.filemode(status.st_mode)} {status.st_uid}:{status.st_gid}"
        f" {status.st_mtime_ns} {content}"
    )
