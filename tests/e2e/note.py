"""Notes what a hook script was given by whoever started it.

    note.py [--leave-stdin] PID

PID is the script's own process. Appends one JSON line to notes.jsonl in this file's
folder, and keeps what it read on the script's standard input as stdin/PID.

Everything is read from /proc as the kernel holds it: a shell would show an environment
of its own making. What a script's interpreter changes for itself stays hidden: dash
empties the mask of blocked signals, so only the python and perl hooks show the one they
were given.
"""

import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DAEMON_PID_FILE = "/run/libvirtd.pid"


def read(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def wait_until_it_waits(pid: str) -> None:
    """Interpreters block signals and open pipes for the moment in which they start a
    program. Once the script sleeps, waiting for us, it is itself again."""
    deadline = time.monotonic() + 20
    while read(f"/proc/{pid}/stat").rpartition(")")[2].split()[0] != "S":
        if time.monotonic() > deadline:
            sys.exit(f"note: process {pid} does not wait for its note")
        time.sleep(0.001)


def strings(path: str) -> list[str]:
    return read(path).split("\0")[:-1]


def numbered_lines(text: str) -> dict[str, str]:
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def descriptors(pid: str) -> dict[str, str]:
    """What each descriptor is and how it was opened, without inode numbers."""
    found = {}
    for number in sorted(os.listdir(f"/proc/{pid}/fd"), key=int):
        target = os.readlink(f"/proc/{pid}/fd/{number}").split(":[")[0]
        flags = numbered_lines(read(f"/proc/{pid}/fdinfo/{number}"))["flags"].strip()
        found[number] = f"{target} {flags}"
    return found


def limits(pid: str) -> dict[str, str]:
    rows = read(f"/proc/{pid}/limits").splitlines()[1:]
    return {row[:26].strip(): " ".join(row[26:].split()[:2]) for row in rows}


def relation_to_daemon(pid: str) -> dict[str, bool]:
    """What a script inherits from the daemon, so that only "the same or not" matters."""
    daemon = read(DAEMON_PID_FILE).strip()
    mine, its = (
        read(f"/proc/{process}/stat").rpartition(")")[2].split()
        for process in (pid, daemon)
    )
    same = {
        "process group": mine[2] == its[2],
        "session": mine[3] == its[3],
        "priority": mine[15:17] == its[15:17],
    }
    for namespace in ("cgroup", "ipc", "mnt", "net", "pid", "uts"):
        same[f"{namespace} namespace"] = os.readlink(
            f"/proc/{pid}/ns/{namespace}"
        ) == os.readlink(f"/proc/{daemon}/ns/{namespace}")
    return same


def main() -> None:
    *options, pid = sys.argv[1:]
    wait_until_it_waits(pid)
    status = numbered_lines(read(f"/proc/{pid}/status"))
    note = {
        "command_line": strings(f"/proc/{pid}/cmdline"),
        "program": os.readlink(f"/proc/{pid}/exe"),
        "environment": strings(f"/proc/{pid}/environ"),
        "descriptors": descriptors(pid),
        "directory": os.readlink(f"/proc/{pid}/cwd"),
        "status": {
            name: status[name].strip()
            for name in (
                "Umask Uid Gid Groups SigIgn SigBlk NoNewPrivs Seccomp "
                "CapInh CapPrm CapEff CapBnd CapAmb"
            ).split()
        },
        "limits": limits(pid),
        "oom_score_adj": read(f"/proc/{pid}/oom_score_adj").strip(),
        "as the daemon": relation_to_daemon(pid),
    }
    if "--leave-stdin" not in options:
        with open(f"{HERE}/stdin/{pid}", "wb") as copy:
            copy.write(sys.stdin.buffer.read())
        note["stdin"] = pid
    line = json.dumps(note).encode() + b"\n"
    # One write: scripts of several guests note at the same time.
    log = os.open(f"{HERE}/notes.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(log, line)


if __name__ == "__main__":
    main()
