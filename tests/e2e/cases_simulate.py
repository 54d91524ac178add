"""What is done under a real libvirtd, and the scenarios of `simulate` that must call the
hooks just so.

The guest is g1, the network n1, on either side. Every step is compared, also one that
only leads to the one that the promise is about.
"""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace

from guests import MAC, guest, network, nic
from libvirt_host import RUN_DIRECTORY, Host, Result, wait_until

IMAGE = f"{RUN_DIRECTORY}/g1.save"
NIC_FILE = f"{RUN_DIRECTORY}/nic.xml"
# A floppy disk whose boot sector switches the machine off, by ACPI:
# mov dx, 0x604; mov ax, 0x2000; out dx, ax; hlt
OFF = b"\xba\x04\x06\xb8\x00\x20\xef\xf4"
SWITCHES_ITSELF_OFF = (OFF.ljust(510, b"\0") + b"\x55\xaa").ljust(1_474_560, b"\0")

Act = Callable[[Host], Result]
NOTHING_SAID = Result(0, "", "")


@dataclass(frozen=True)
class Step:
    """One thing libvirt is made to do, and the same as runs of `simulate`."""

    act: Act
    plays: tuple[str, ...]  # the arguments of each run
    refuse: str = ""  # "DRIVER OPERATION [FACTS]": this hook fails
    filter: str = ""  # what sed makes of the XML on `restore`
    on_network: bool = True  # whether the simulated guest is, too
    answer: Act | None = None  # asked when all calls have come, if `act` cannot know


@dataclass(frozen=True)
class Comparison:
    promise: str  # the test's name
    steps: tuple[Step, ...]
    guest: str = guest()
    network: str = ""


def virsh(
    command: str,
    *plays: str,
    refuse: str = "",
    filter: str = "",
    on_network: bool = True,
) -> Step:
    typed = shlex.split(command)
    return Step(lambda host: host.virsh(*typed), plays, refuse, filter, on_network)


def update(options: str, play: str, refuse: str = "") -> Step:
    fixed_address = f"<host mac='{MAC}' ip='192.0.2.50'/>"
    command = f'net-update n1 add ip-dhcp-host "{fixed_address}" {options}'
    return virsh(command, play, refuse=refuse)


def restart(*plays: str, refuse: str = "") -> Step:
    """The daemon goes and comes; each has a scenario of its own."""
    scenarios = ("daemon-shutdown", "daemon-start", *plays)
    return Step(restarts_the_daemon, scenarios, refuse, answer=guest_runs)


def guest_runs(host: Host) -> Result:
    """As a command's answer."""
    state = host.virsh("domstate", "g1")
    return state._replace(status=0 if "running" in state.stdout else 1)


def guest_is_off(host: Host) -> Result:
    state = host.virsh("domstate", "g1")
    return state._replace(status=0 if "shut off" in state.stdout else 1)


def restarts_the_daemon(host: Host) -> Result:
    host.restart_daemon()
    return NOTHING_SAID


def restarts_the_daemon_of_a_dead_guest(host: Host) -> Result:
    host.stop_daemon()
    kills_the_guest(host)
    host.start_daemon()
    return NOTHING_SAID


def kills_the_guest(host: Host) -> Result:
    pid = host.check("cat", "/run/libvirt/qemu/g1.pid").strip()
    host.check("kill", "-9", pid)
    gone = ("test", "!", "-e", f"/proc/{pid}")
    wait_until(lambda: host.run(*gone).status == 0, "the guest to die")
    return NOTHING_SAID


def port_is_deleted(host: Host) -> Result:
    port = host.check_virsh("net-port-list", "n1").split()[-1]
    return host.virsh("net-port-delete", "n1", port)


def card_is_plugged_in(host: Host) -> Result:
    (host.run_directory / "nic.xml").write_text(nic("n1"))
    return host.virsh("attach-device", "g1", NIC_FILE)


START = virsh("start g1", "start")
DESTROY = virsh("destroy g1", "destroy")
SAVE = virsh(f"save g1 {IMAGE}", "save")
NET_START = virsh("net-start n1", "net-start")
ON_N1 = guest(devices=nic("n1"))
TWICE_ON_N1 = guest(devices=nic("n1") + nic("n1", "52:54:00:00:00:02"))
FLOPPY = f"""\
<disk type='file' device='floppy'>
  <driver name='qemu' type='raw'/>
  <source file='{RUN_DIRECTORY}/off.img'/>
  <target dev='fda' bus='fdc'/>
</disk>"""
MISTAKEN = (
    guest()
    .replace(
        "<domain ", "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' "
    )
    .replace(
        "</domain>",
        "<qemu:commandline><qemu:arg value='-nonsense'/></qemu:commandline></domain>",
    )
)


def with_acpi(xml: str) -> str:
    return xml.replace("<devices>", "<features><acpi/></features><devices>")


def retitle(title: str) -> str:
    return f"s,<title>.*</title>,<title>{title}</title>,"


COMPARISONS = [
    Comparison("a guest is started and destroyed", (START, DESTROY)),
    Comparison(
        "a guest is started and shuts itself down",
        (replace(virsh("start g1", "lifecycle"), answer=guest_is_off),),
        guest=with_acpi(guest(devices=FLOPPY)),
    ),
    Comparison(
        "a guest's process dies",
        (START, Step(kills_the_guest, ("crash",), answer=guest_is_off)),
    ),
    Comparison("a guest is reset", (START, virsh("reset g1", "reboot"))),
    *(
        Comparison(
            f"a failing {operation} refuses the start",
            (virsh("start g1", "start", refuse=f"qemu {operation}"),),
        )
        for operation in ("prepare", "start", "started")
    ),
    *(
        Comparison(
            f"a failing {operation} changes nothing",
            (START, virsh("destroy g1", "destroy", refuse=f"qemu {operation}")),
        )
        for operation in ("stopped", "release")
    ),
    Comparison(
        "a guest's process does not start",
        (virsh("start g1", "start --fail-at start-process"),),
        guest=MISTAKEN,
    ),
    Comparison(
        "a guest's network is not there",
        (virsh("start g1", "start --fail-at allocate", on_network=False),),
        guest=ON_N1,
        network=network(),
    ),
    Comparison(
        "a guest is saved and restored",
        (START, SAVE, virsh(f"restore {IMAGE}", "restore"), DESTROY),
    ),
    Comparison(
        "a filter gives a restored guest another title",
        (
            START,
            SAVE,
            virsh(f"restore {IMAGE}", "restore", filter=retitle("other")),
        ),
    ),
    Comparison(
        "a failing filter refuses the restore",
        (
            START,
            SAVE,
            virsh(f"restore {IMAGE}", "restore", refuse="qemu restore"),
            virsh(f"restore {IMAGE}", "restore"),
        ),
    ),
    Comparison(
        "a failing started refuses the restore",
        (START, SAVE, virsh(f"restore {IMAGE}", "restore", refuse="qemu started")),
    ),
    Comparison(
        "a guest is started from its managed save",
        (
            START,
            virsh("managedsave g1", "save"),
            virsh("start g1", "managed-save-start", filter=retitle("other")),
        ),
    ),
    Comparison(
        "a failing filter keeps a guest from its managed save",
        (
            START,
            virsh("managedsave g1", "save"),
            # libvirt 11.3 reports a success.
            replace(
                virsh("start g1", "managed-save-start", refuse="qemu restore"),
                answer=guest_runs,
            ),
        ),
    ),
    Comparison("a daemon comes back to a guest", (START, restart("reconnect"))),
    Comparison(
        "a failing reconnect kills the guest",
        (START, restart("reconnect", refuse="qemu reconnect")),
    ),
    Comparison(
        "a daemon comes back to a dead guest",
        (
            START,
            Step(
                restarts_the_daemon_of_a_dead_guest,
                ("daemon-shutdown", "daemon-start", "reconnect-dead"),
                answer=guest_is_off,
            ),
        ),
    ),
    Comparison(
        "a network is started, updated and destroyed",
        (
            NET_START,
            update("--config", "net-update"),
            update("--live", "net-update-live"),
            virsh("net-destroy n1", "net-destroy"),
        ),
        network=network(),
    ),
    Comparison(
        "a failing updated is reported of the definition only",
        (
            NET_START,
            update("--config", "net-update", refuse="network updated"),
            update("--live", "net-update-live", refuse="network updated"),
        ),
        network=network(),
    ),
    Comparison(
        "a failing start refuses the network",
        (virsh("net-start n1", "net-start", refuse="network start"),),
        network=network(),
    ),
    Comparison(
        "a failing started refuses the network",
        (virsh("net-start n1", "net-start", refuse="network started"),),
        network=network(),
    ),
    Comparison(
        "a failing stopped does not keep the network",
        (NET_START, virsh("net-destroy n1", "net-destroy", refuse="network stopped")),
        network=network(),
    ),
    Comparison(
        "a guest gets its ports and gives them back",
        (NET_START, START, DESTROY),
        guest=TWICE_ON_N1,
        network=network(),
    ),
    Comparison(
        "a guest with ports is saved and restored",
        (NET_START, START, SAVE, virsh(f"restore {IMAGE}", "restore")),
        guest=TWICE_ON_N1,
        network=network(),
    ),
    Comparison(
        "a failing port-created refuses the guest",
        (
            NET_START,
            virsh("start g1", "start", refuse="network port-created"),
        ),
        guest=ON_N1,
        network=network(),
    ),
    Comparison(
        "a failing port-created gives back the port before it",
        (
            NET_START,
            virsh(
                "start g1",
                "start",
                refuse="network port-created framed networkport connections=2",
            ),
        ),
        guest=TWICE_ON_N1,
        network=network(),
    ),
    Comparison(
        "a failing start hook gives the guest's ports back",
        (NET_START, virsh("start g1", "start", refuse="qemu start")),
        guest=TWICE_ON_N1,
        network=network(),
    ),
    Comparison(
        "a failing port-deleted is ignored",
        (
            NET_START,
            START,
            virsh("destroy g1", "destroy", refuse="network port-deleted"),
        ),
        guest=TWICE_ON_N1,
        network=network(),
    ),
    Comparison(
        "a card is plugged into a running guest",
        (NET_START, START, Step(card_is_plugged_in, ("port-create",))),
        guest=with_acpi(guest()),
        network=network(),
    ),
    Comparison(
        "a failing port-created refuses the card",
        (
            NET_START,
            START,
            Step(card_is_plugged_in, ("port-create",), "network port-created"),
        ),
        guest=with_acpi(guest()),
        network=network(),
    ),
    Comparison(
        "a port is deleted under a guest",
        (
            NET_START,
            START,
            Step(port_is_deleted, ("port-delete",)),
            virsh("destroy g1", "destroy", on_network=False),
        ),
        guest=ON_N1,
        network=network(),
    ),
    Comparison(
        "a network is destroyed under a guest",
        (
            NET_START,
            START,
            virsh("net-destroy n1", "net-destroy"),
            virsh("destroy g1", "destroy", on_network=False),
        ),
        guest=TWICE_ON_N1,
        network=network(),
    ),
    Comparison(
        "a daemon comes back to a guest and tells of its ports again",
        (NET_START, START, restart("port-reclaim", "reconnect")),
        guest=TWICE_ON_N1,
        network=network(),
    ),
    Comparison(
        "a failing reconnect takes the ports away",
        (
            NET_START,
            START,
            restart("port-reclaim", "reconnect", refuse="qemu reconnect"),
        ),
        guest=TWICE_ON_N1,
        network=network(),
    ),
    Comparison(
        "a failing port-created is ignored when told again",
        (
            NET_START,
            START,
            restart("port-reclaim", "reconnect", refuse="network port-created"),
        ),
        guest=TWICE_ON_N1,
        network=network(),
    ),
]
