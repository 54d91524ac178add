"""Runs a fixture's calls in namespaces over an overlay of the host, and observes them.

Much simpler than a replay's own sandbox and independent of it, as it is the measure of it.
"""
import base64
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import traceback

import tracer
from tracer import check, libc

copy_of_proc_sys = None  # a directory; see copy_proc_sys()

NEW_NAMESPACES = 0x00020000 | 0x40000000 | 0x08000000 | 0x04000000 | 0x20000000  # mnt net ipc uts pid
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
TOP = "/mnt"
ROOT = TOP + "/root"
LAYERS = {"": TOP + "/upper", "/sys": TOP + "/sys_upper", "/proc/sys": TOP + "/proc_upper"}
LOWER = {"": "/", "/sys": TOP + "/sys_lower", "/proc/sys": None}
SILENT = """virsh modprobe rmmod mount umount lvchange lvcreate lvremove lvs vgchange drbdadm qemu-img
qemu-nbd sleep sync reboot shutdown poweroff cset cpupower tuned-adm driverctl nvidia-smi ethtool
brctl conntrack udevadm firewall-cmd xrandr ddcutil killall chvt openvt loginctl ipset setfacl rbd zfs
kpartx losetup dmsetup cryptsetup swapoff swapon mail curl dig dnsmasq useradd userdel runuser sudo
fuser lsof nmcli ovs-vsctl rsync irqbalance ionice schedtool setpci hugeadm exportfs smbcontrol""".split()
STAND_IN = "#!/bin/sh\nexit 0\n"
SYSTEMCTL = '#!/bin/sh\ncase "$*" in *is-active*) echo inactive; exit 3 ;; esac\nexit 0\n'
ENVIRONMENT = {"LC_ALL": "C", "USER": "root",
               "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def copy_proc_sys():
    """/proc/sys cannot be an overlay's lower layer."""
    for folder, folders, files in os.walk("/proc/sys"):
        if folder == "/proc/sys":
            folders.remove("net")
        to = copy_of_proc_sys + folder[len("/proc/sys"):]
        os.makedirs(to, exist_ok=True)
        for name in files:
            try:
                content = pathlib.Path(folder, name).read_bytes()
            except OSError:
                content = b""
            pathlib.Path(to, name).write_bytes(content)
    os.makedirs(copy_of_proc_sys + "/net")


def scripts_of(hooks, driver):
    """What libvirt would run, in its order."""
    more = hooks / (driver + ".d")
    found = [hooks / driver] + (sorted(more.iterdir(), key=os.fsencode) if more.is_dir() else [])
    return [p for p in found if p.is_file() and p.stat().st_mode & 0o111]


def mount(source, target, kind, flags=0, data=""):
    check(libc.mount(source.encode(), target.encode(), kind.encode(), flags, data.encode()),
          f"mount {kind} on {target}")


def overlay(lower, upper, target):
    work = upper + ".work"
    for folder in (upper, work, target):
        os.makedirs(folder, exist_ok=True)
    mount("overlay", target, "overlay", 0, f"lowerdir={lower},upperdir={upper},workdir={work}")


def build_root():
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    mount("tmpfs", TOP, "tmpfs")
    os.makedirs(LOWER["/sys"])
    overlay("/", LAYERS[""], ROOT)
    mount("proc", ROOT + "/proc", "proc")
    mount("sysfs", LOWER["/sys"], "sysfs")
    overlay(LOWER["/sys"], LAYERS["/sys"], ROOT + "/sys")
    os.makedirs(TOP + "/net")
    mount(ROOT + "/proc/sys/net", TOP + "/net", "", MS_BIND)
    overlay(copy_of_proc_sys, LAYERS["/proc/sys"], ROOT + "/proc/sys")
    LOWER["/proc/sys"] = copy_of_proc_sys
    mount(TOP + "/net", ROOT + "/proc/sys/net", "", MS_BIND)
    for name in ("sysrq-trigger", "irq", "acpi", "mtrr", "scsi"):
        path = ROOT + "/proc/" + name
        if os.path.exists(path):
            mount(path, path, "", MS_BIND)
            mount("none", path, "", MS_BIND | MS_REMOUNT | MS_RDONLY)
    mount("tmpfs", ROOT + "/dev", "tmpfs")
    for name in ("null", "zero", "full", "random", "urandom", "tty"):
        open(f"{ROOT}/dev/{name}", "w").close()
        mount("/dev/" + name, f"{ROOT}/dev/{name}", "", MS_BIND)
    open(ROOT + "/dev/kmsg", "w").close()
    mount("/dev/null", ROOT + "/dev/kmsg", "", MS_BIND)
    os.makedirs(ROOT + "/dev/shm")
    for link, to in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(to, f"{ROOT}/dev/{link}")


def write(path, content, mode=0o644):
    path = pathlib.Path(ROOT + path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def fill_root(fixture, edit):
    for name in SILENT + ["systemctl", "service"]:
        places = [d for d in ("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
                  if os.path.lexists(f"{ROOT}{d}/{name}")] or ["/usr/sbin"]
        for place in places:
            write(f"{place}/{name}", (SYSTEMCTL if name == "systemctl" else STAND_IN).encode(), 0o755)
    hooks = ROOT + "/etc/libvirt/hooks"
    shutil.rmtree(hooks, ignore_errors=True)
    shutil.copytree(fixture.hooks, hooks)
    if edit:
        pathlib.Path(hooks, edit[0]).write_text(edit[1])
    for path, content in fixture.scenario.get("host_files", {}).items():
        write(path, content.encode())
    for call in fixture.scenario["calls"]:
        if fixture.scenario["driver"] in ("qemu", "lxc") and call["input"]:
            write(f"/etc/libvirt/{fixture.scenario['driver']}/{call['object']}.xml", fixture.input_of(call))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def state_of(path):
    info = os.lstat(path)
    kind, mode = info.st_mode & 0o170000, info.st_mode & 0o7777
    if kind == 0o120000:
        return "link to " + os.readlink(path)
    if kind == 0o040000:
        return f"folder {mode:o}"
    if kind == 0o100000:
        try:
            return f"file {mode:o}\n" + pathlib.Path(path).read_bytes().decode("latin1")
        except OSError:
            return f"file {mode:o} unreadable"
    return "removed" if kind == 0o020000 and info.st_rdev == 0 else f"special {kind:o} {mode:o}"


def files():
    """Path -> state, of all that differs from the host's."""
    found = {}
    for at, upper in LAYERS.items():
        for folder, folders, names in os.walk(upper):
            for name in folders + names:
                path = os.path.join(folder, name)
                inside = path[len(upper):]
                state, below = state_of(path), (LOWER[at] + inside)
                if name.endswith(".pyc") or name == "__pycache__":
                    continue
                if not os.path.lexists(below) or state_of(below) != state:
                    found[at + inside] = state
    return found


NETWORK = """
ip -o link; echo; ip -o -4 addr; echo; ip -4 route show table all; echo; ip rule; echo
ip neigh show nud permanent; echo; bridge vlan; echo; bridge fdb; echo; tc qdisc; tc filter 2>&1; echo
iptables-save; ip6tables-save; nft list ruleset 2>&1
"""


def network():
    text = subprocess.run(["sh", "-c", NETWORK], capture_output=True, text=True).stdout
    lines = []
    for line in text.split("\n"):
        if "33:33:" in line or " permanent" in line and " lladdr " not in line or line.startswith("#"):
            continue  # what follows from random addresses of links; dates
        # The kernel tells of carriers a while later, from a queue.
        line = re.sub(r" state \w+|NO-CARRIER,|,LOWER_UP|,M-DOWN| linkdown", "", line)
        words = line.split(" ")
        if "link/ether" in line:
            words[-3] = "MAC"  # random unless set, and then a command set it
        lines.append(" ".join(words))
    for folder, _, names in os.walk(ROOT + "/proc/sys/net/ipv4"):
        for name in names:
            try:
                value = pathlib.Path(folder, name).read_text().strip()
            except (OSError, UnicodeDecodeError):
                continue
            lines.append(f"{folder[len(ROOT):]}/{name} = {value}")
    return sorted_sysctls(lines)


def sorted_sysctls(lines):
    return [l for l in lines if not l.startswith("/proc")] + sorted(l for l in lines if l.startswith("/proc"))


def run_calls(fixture):
    setup, driver, calls = files(), fixture.scenario["driver"], []

    def changed():
        now = files()
        return {p: now.get(p, "as on the host") for p in now.keys() | setup.keys() if now.get(p) != setup.get(p)}

    for call in fixture.scenario["calls"]:
        original = given = fixture.input_of(call)
        seen = {"answer": "ok", "ending": [], "commands": [], "stderr": "", "stdout": "", "output": ""}
        for script in scripts_of(pathlib.Path(ROOT, "etc/libvirt/hooks"), driver):
            words = [call["object"], call["operation"], call["suboperation"], call["extra"]]
            path = str(script)[len(ROOT):]
            ended = tracer.run([path] + words, given, ENVIRONMENT, ROOT)
            seen["ending"].append(f"{path} {ended.ending}")
            seen["commands"] += ended.commands
            seen["stderr"] += ended.err
            if ended.ending != "exited 0":
                seen["answer"], given = "failed", original
            elif call["operation"] in ("migrate", "restore") and ended.out.strip():
                seen["output"], given = ended.out, ended.out.encode("latin1")
                if seen["answer"] != "ok":
                    given = original
            if call["operation"] not in ("migrate", "restore"):
                seen["stdout"] += ended.out
        seen["files"], seen["network"] = changed(), network()
        calls.append(seen)
    return {"calls": calls, "remains": {"files": changed(), "network": network(), "running": tracer.running()}}


def init(fixture, edit, to):
    try:
        build_root()
        fill_root(fixture, edit)
        result = run_calls(fixture)
    except BaseException:
        result = {"error": traceback.format_exc()}
    with os.fdopen(to, "w") as out:
        json.dump(result, out)


def run(fixture, edit):
    """edit: None, or (file, its text)."""
    mine, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        check(libc.unshare(NEW_NAMESPACES), "unshare")
        first = os.fork()
        if first == 0:
            os.close(mine)
            init(fixture, edit, theirs)
            os._exit(0)
        os.close(theirs)
        os.waitpid(first, 0)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(mine) as found:
        text = found.read()
    os.waitpid(child, 0)
    result = json.loads(text or '{"error": "nothing was said"}')
    if "error" in result:
        raise RuntimeError(f"{fixture.name}: {result['error']}")
    return result
