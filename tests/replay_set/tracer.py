"""Runs one script under ptrace, as init of its pid namespace: which programs are executed?"""
import ctypes
import os
import signal
import time
from dataclasses import dataclass, field

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

TRACEME, CONT, SETOPTIONS, GETEVENTMSG = 0, 7, 0x4200, 0x4201
FORK, VFORK, CLONE, EXEC = 1, 2, 3, 4
OPTIONS = 2 | 4 | 8 | 16 | 0x100000  # fork, vfork, clone, exec, and kill them with us
WALL = 0x40000000
# ADMIN, MODULE, RAWIO, PTRACE, BOOT, TIME, MKNOD, SYSLOG, WAKE_ALARM, BPF
DROPPED = (21, 16, 17, 19, 22, 25, 27, 34, 35, 39)
LIMIT = 20  # seconds

born = {}       # pid -> order of birth, from the script down
children = {}   # pid -> how many it has had
commands = []   # (order of birth, position, text), of the present run
ended = {}      # pid -> text
seen = set()    # whose first stop is over
early = set()


def check(result, what):
    if result == -1:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


@dataclass
class Run:
    ending: str
    out: str
    err: str
    commands: list = field(default_factory=list)


def become(argv, given, out, err, environment, root):
    null = os.open("/dev/null", os.O_RDWR)
    if given is None:
        os.dup2(null, 0)
    else:
        mine, theirs = os.pipe()
        libc.fcntl(theirs, 1031, len(given) + 4096)  # F_SETPIPE_SZ
        os.write(theirs, given)
        os.close(theirs)
        os.dup2(mine, 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.closerange(3, 256)
    os.chroot(root)
    os.chdir("/")
    os.umask(0o022)
    for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    for capability in DROPPED:
        libc.prctl(24, capability, 0, 0, 0)
    libc.ptrace(TRACEME, 0, None, None)
    os.kill(os.getpid(), signal.SIGSTOP)
    os.execve(argv[0], argv, environment)


def command_line(pid):
    with open(f"/mnt/root/proc/{pid}/cmdline", "rb") as file:
        return " ".join(repr(w)[1:] for w in file.read().split(b"\0")[:-1])


def note_exec(pid):
    commands.append((born[pid], len(commands), pid, command_line(pid)))


def event(pid, status):
    """One stop or end of a process. Returns nothing."""
    if os.WIFEXITED(status) or os.WIFSIGNALED(status):
        ended[pid] = (f"exited {os.WEXITSTATUS(status)}" if os.WIFEXITED(status)
                      else f"signaled {os.WTERMSIG(status)}")
        return
    if pid not in born:
        early.add(pid)  # stopped before its parent's stop told of it
        return
    number, what = os.WSTOPSIG(status), status >> 16
    deliver = 0
    if what in (FORK, VFORK, CLONE):
        child = ctypes.c_ulong()
        libc.ptrace(GETEVENTMSG, pid, None, ctypes.byref(child))
        children[pid] = children.get(pid, 0) + 1
        born[child.value] = born[pid] + (children[pid],)
        if child.value in early:
            early.remove(child.value)
            seen.add(child.value)
            libc.ptrace(CONT, child.value, None, 0)
    elif what == EXEC:
        note_exec(pid)
    elif what == 0 and not (number == signal.SIGSTOP and pid not in seen):
        deliver = number
    seen.add(pid)
    libc.ptrace(CONT, pid, None, deliver)


def run(argv, given, environment, root):
    out = os.memfd_create("out")
    err = os.memfd_create("err")
    commands.clear()
    pid = os.fork()
    if pid == 0:
        try:
            become(argv, given, out, err, environment, root)
        except OSError as error:
            os.write(2, f"cannot execute {argv[0]}: {error.strerror}\n".encode())
        os._exit(126)
    born[pid] = ()
    os.waitpid(pid, WALL)
    seen.add(pid)
    libc.ptrace(SETOPTIONS, pid, None, OPTIONS)
    libc.ptrace(CONT, pid, None, 0)
    until, over = time.monotonic() + LIMIT, None
    while True:
        if pid in ended and over is None:
            over = time.monotonic() + 1  # for what it left in the background
        got, status = os.waitpid(-1, WALL | os.WNOHANG) if not idle() else (0, 0)
        if got:
            event(got, status)
            continue
        if over and (idle() or time.monotonic() > over):
            break
        if time.monotonic() > until:
            raise TimeoutError(f"{argv} still ran after {LIMIT} s: {running()}")
        time.sleep(0.0005)

    def text(descriptor):
        os.lseek(descriptor, 0, os.SEEK_SET)
        with os.fdopen(descriptor, "rb") as file:
            return file.read().decode("latin1")

    lines = [f"{'  ' * len(order)}{line}: {ended.get(who, 'runs')}" for order, _, who, line in sorted(commands)]
    return Run(ended[pid], text(out), text(err), lines[1:])


def alive():
    return [p for p in born if p not in ended]


def idle():
    return not alive()


def running():
    return sorted(command_line(p) for p in alive())
