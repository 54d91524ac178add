"""The first process of a Host's namespaces: mounts what is private to it, then waits.

    namespace_init.py ROOT [PROGRAM...]

The programs appear in /run/e2e/bin, under a path that is short wherever they were built.
It holds the namespaces open until its standard input ends, that is until the test closes
the pipe or dies; the kernel then kills everything in the pid namespace and drops the
mounts and network devices with theirs. Meanwhile it reaps: libvirtd and its guests are
daemons, so they become its children, and libvirt takes a dead guest that nobody reaped
for a living one.
"""

import os
import signal
import socket
import subprocess
import sys

# Below ROOT, and where libvirt was compiled to look.
PRIVATE_DIRECTORIES = {
    "etc": "/etc/libvirt",
    "lib": "/var/lib/libvirt",
    "cache": "/var/cache/libvirt",
    "log": "/var/log/libvirt",
}
HOST_NAME = "e2e"


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, timeout=10)


def make_private(root: str, programs: list[str]) -> None:
    # A sysfs shows the network namespace it was mounted in. The host's cgroup mounts go
    # with the old one: libvirt then finds none and leaves them alone.
    subprocess.run(["umount", "--recursive", "--lazy", "/sys"], check=True, timeout=10)
    mount("-t", "sysfs", "sysfs", "/sys")
    for program in programs:
        place = f"{root}/run/bin/{os.path.basename(program)}"
        open(place, "w").close()
        mount("--bind", program, place)
    for below, where in PRIVATE_DIRECTORIES.items():
        mount("--bind", f"{root}/{below}", where)
    # Everything at run time is new: sockets, pid files, and no system bus to talk to.
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    os.mkdir("/run/e2e")
    mount("--rbind", f"{root}/run", "/run/e2e")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True, timeout=10)
    socket.sethostname(HOST_NAME)


def reap(_signal: int, _frame: object) -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def main() -> None:
    make_private(sys.argv[1], sys.argv[2:])
    signal.signal(signal.SIGCHLD, reap)
    reap(signal.SIGCHLD, None)
    print("ready", flush=True)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
