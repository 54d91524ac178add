"""A libvirtd of our own that shares nothing with the host's.

    with Host() as host:
        host.write_hook("qemu", b"#!/bin/sh\\n...")
        host.start_daemon()
        status, out, err = host.virsh("start", "g1")

It runs in mount, network, pid, uts and ipc namespaces of its own: /etc/libvirt,
/var/lib/libvirt, /var/cache/libvirt and /var/log/libvirt are folders of a temporary
directory, /run is a tmpfs. Leaving the `with` ends the namespaces' first process, and
with it everything that was started, mounted or configured in them.
"""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

HERE = Path(__file__).resolve().parent

# As systemd starts a service: no HOME, no locale, this PATH.
DAEMON_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}
VIRSH_ENVIRONMENT = DAEMON_ENVIRONMENT | {"LC_ALL": "C", "HOME": "/run"}

# Paths inside.
HOOKS_DIRECTORY = "/etc/libvirt/hooks"
RUN_DIRECTORY = "/run/e2e"
DRIVERS_DIRECTORY = "/run/e2e/drivers"
PID_FILE = "/run/libvirtd.pid"


NEEDED = {  # program: the Debian package that brings it
    "libvirtd": "libvirt-daemon-system",
    "virsh": "libvirt-clients",
    "qemu-system-x86_64": "qemu-system-x86",
    "dnsmasq": "dnsmasq-base",
    "ip": "iproute2",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "mount": "mount",
    "perl": "perl-base",
    "python3": "python3",
}

LIBVIRTD_CONF = """\
auth_unix_ro = "none"
auth_unix_rw = "none"
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
"""

# Nothing of the host's security set-up is available or wanted in the namespaces.
QEMU_CONF = """\
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
namespaces = []
seccomp_sandbox = 0
stdio_handler = "file"
"""


class HostError(Exception):
    """The test's surroundings do not work; says what is missing or what went wrong."""


class Result(NamedTuple):
    status: int
    stdout: str
    stderr: str


def check_requirements() -> None:
    """A machine that cannot run these tests fails them; it does not skip them."""
    if os.geteuid() != 0:
        raise HostError("these tests create namespaces and mounts: run them as root")
    path = DAEMON_ENVIRONMENT["PATH"]
    missing = [program for program in NEEDED if not shutil.which(program, path=path)]
    if missing:
        packages = " ".join(sorted({NEEDED[program] for program in missing}))
        raise HostError(
            f"not installed: {', '.join(missing)}; try: apt-get install {packages}"
        )
    if not os.path.exists("/dev/net/tun"):
        raise HostError("/dev/net/tun is missing: the guests' network needs it")


@functools.cache
def libvirt_version() -> tuple[int, ...]:
    told = subprocess.run(
        ["libvirtd", "--version"],
        env=DAEMON_ENVIRONMENT,
        capture_output=True,
        check=True,
        timeout=10,
        text=True,
    ).stdout
    return tuple(int(number) for number in told.split()[-1].split("."))


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise HostError(f"gave up after {seconds} s waiting for {what}")
        time.sleep(0.02)


class Host:
    """`programs` appear in /run/e2e/bin; `capabilities` is the /var/cache/libvirt of
    another host; `keep` leaves the temporary directory."""

    def __init__(
        self,
        programs: tuple[Path, ...] = (),
        capabilities: Path | None = None,
        keep: bool = False,
    ) -> None:
        self._programs = programs
        self._capabilities = capabilities
        self._keep = keep
        self._init: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Host":
        self.root = Path(tempfile.mkdtemp(prefix="hookjournal-e2e-"))
        for below in ("etc/hooks", "lib", "cache", "log", "run/bin", "run/stdin"):
            (self.root / below).mkdir(parents=True)
        self.hooks = self.root / "etc/hooks"  # as seen from outside, like all Paths here
        self.run_directory = self.root / "run"
        self.cache = self.root / "cache"
        self._choose_drivers()
        if self._capabilities:
            shutil.copytree(self._capabilities, self.cache, dirs_exist_ok=True)
        (self.root / "etc/libvirtd.conf").write_text(LIBVIRTD_CONF)
        (self.root / "etc/qemu.conf").write_text(QEMU_CONF)
        try:
            self._enter_namespaces()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._init is not None:
            assert self._init.stdin and self._init.stdout and self._init.stderr
            self._init.stdin.close()  # the first process inside ends, and all with it
            try:
                self._init.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._init.kill()
                self._init.wait(timeout=10)
            self._init.stdout.close()
            self._init.stderr.close()
        if self._keep:
            print(f"kept: {self.root}", file=sys.stderr)
        else:
            shutil.rmtree(self.root)

    def _choose_drivers(self) -> None:
        """All but one: libvirt 11.3's node device driver now and then waits for its own
        event thread when the daemon ends, hooks or not; after 30 s the daemon is gone
        without having called its `shutdown` hook."""
        drivers = self.run_directory / "drivers"
        drivers.mkdir()
        for library in ("lib", "lib64", "lib/*"):
            for driver in Path("/usr").glob(f"{library}/libvirt/connection-driver/*.so"):
                if "nodedev" not in driver.name:
                    (drivers / driver.name).symlink_to(driver)

    def _enter_namespaces(self) -> None:
        self._init = subprocess.Popen(
            "unshare --mount --net --pid --uts --ipc --fork --kill-child --mount-proc".split()
            + [sys.executable, "-IS", str(HERE / "namespace_init.py"), str(self.root)]
            + [str(program) for program in self._programs],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=DAEMON_ENVIRONMENT,
        )
        assert self._init.stdout and self._init.stderr
        if self._init.stdout.readline() != b"ready\n":
            why = self._init.stderr.read().decode(errors="replace")
            raise HostError(f"cannot set up the namespaces: {why}")

    def run(
        self,
        *command: str,
        environment: dict[str, str] = VIRSH_ENVIRONMENT,
        timeout: float = 60,
    ) -> Result:
        """Runs a command inside to its end."""
        assert self._init
        of_unshare = f"/proc/{self._init.pid}/ns"
        done = subprocess.run(
            ["nsenter", f"--mount={of_unshare}/mnt", f"--net={of_unshare}/net"]
            + [f"--uts={of_unshare}/uts", f"--ipc={of_unshare}/ipc"]
            # unshare itself stays out of the pid namespace that it made.
            + [f"--pid={of_unshare}/pid_for_children", "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            umask=0o022,
            timeout=timeout,
        )
        return Result(
            done.returncode,
            done.stdout.decode(errors="surrogateescape"),
            done.stderr.decode(errors="surrogateescape"),
        )

    def check(
        self, *command: str, environment: dict[str, str] = VIRSH_ENVIRONMENT
    ) -> str:
        """Runs a command inside that must succeed; returns what it printed."""
        result = self.run(*command, environment=environment)
        if result.status != 0:
            raise HostError(f"{' '.join(command)} failed: {result.stderr}\n{self.log()}")
        return result.stdout

    def virsh(self, *arguments: str) -> Result:
        return self.run("virsh", "--connect", "qemu:///system", *arguments)

    def check_virsh(self, *arguments: str) -> str:
        return self.check("virsh", "--connect", "qemu:///system", *arguments)

    def start_daemon(self) -> None:
        """Returns when the daemon takes connections."""
        self.check(
            *("libvirtd", "--daemon", "--pid-file", PID_FILE),
            environment=DAEMON_ENVIRONMENT | {"LIBVIRT_DRIVER_DIR": DRIVERS_DIRECTORY},
        )

    def stop_daemon(self) -> None:
        """Ends the daemon as a service manager would; its guests live on."""
        pid = self._signal("TERM")
        gone = ("test", "!", "-e", f"/proc/{pid}")
        wait_until(lambda: self.run(*gone).status == 0, "libvirtd to end")

    def restart_daemon(self) -> None:
        self.stop_daemon()
        self.start_daemon()

    def sighup(self) -> None:
        self._signal("HUP")

    def _signal(self, name: str) -> str:
        """Returns the pid it was sent to."""
        pid = self.check("cat", PID_FILE).strip()
        self.check("sh", "-c", f"kill -{name} {pid}")
        return pid

    def log(self) -> str:
        """What the daemon logged: warnings and errors."""
        log = self.root / "log/libvirtd.log"
        return log.read_text(errors="surrogateescape") if log.exists() else ""
