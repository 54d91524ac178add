"""The hooks of a network, and of a guest's ports on it."""

from administrator import Administrator
from case import Case, call, ran
from guests import MAC, guest, network, nic
from scripts import fail, noting

FIXED_ADDRESS = f"<host mac='{MAC}' ip='192.0.2.50'/>"


def network_comes_and_goes(admin: Administrator) -> None:
    admin.succeeds("net-start", "n1")
    admin.succeeds("net-update", "n1", "add", "ip-dhcp-host", FIXED_ADDRESS, "--live")
    admin.succeeds("start", "g1")
    admin.succeeds("destroy", "g1")
    admin.succeeds("net-destroy", "n1")


def network_is_refused(admin: Administrator) -> None:
    admin.fails("net-start", "n1", saying="unexpected exit status 2: not this network\n")
    admin.succeeds("net-list", "--inactive", printing="n1")


def update_is_reported(admin: Administrator) -> None:
    update = ("net-update", "n1", "add", "ip-dhcp-host", FIXED_ADDRESS)
    admin.succeeds("net-start", "n1")
    # The result of saving the live state hides the hook's: a live update never fails.
    admin.succeeds(*update, "--live")
    admin.fails(*update, "--config", saying="unexpected exit status 1: too many\n")
    admin.succeeds("net-dumpxml", "n1", printing="192.0.2.50")
    admin.succeeds("net-dumpxml", "n1", "--inactive", printing="192.0.2.50")


def port_is_refused(admin: Administrator) -> None:
    admin.succeeds("net-start", "n1")
    admin.fails("start", "g1", saying="unexpected exit status 1: no more ports\n")


def port_is_told_again(admin: Administrator) -> None:
    admin.succeeds("net-start", "n1")
    admin.succeeds("start", "g1")
    (admin.host.run_directory / "refuse").touch()
    admin.restarts_the_daemon()
    admin.succeeds("domstate", "g1", printing="running")


# 9.0 and 10.7 leave a network that did not come up as it is; 11.3 takes it down.
STOPS_WHAT_IT_REFUSED = (11,)

CASES = [
    Case(
        "a network starts, is updated, gives a guest a port and ends",
        hooks={"network": noting(), "network.d/a": noting(), "qemu": noting()},
        guests=[guest(devices=nic("n1"))],
        networks=[network()],
        act=network_comes_and_goes,
        calls=[
            call("network n1 start begin -", "network", "network.d/a"),
            call("network n1 started begin -", "network", "network.d/a"),
            call("network n1 updated begin -", "network", "network.d/a"),
            call("qemu g1 prepare begin -", "qemu"),
            call("network n1 port-created begin -", "network", "network.d/a"),
            call("qemu g1 start begin -", "qemu"),
            call("qemu g1 started begin -", "qemu"),
            call("qemu g1 stopped end -", "qemu"),
            call("network n1 port-deleted begin -", "network", "network.d/a"),
            call("qemu g1 release end destroyed", "qemu"),
            call("network n1 stopped end -", "network", "network.d/a"),
        ],
    ),
    Case(
        "a failing start refuses the network",
        hooks={"network": noting(fail("start", 2, "not this network"))},
        guests=[],
        networks=[network()],
        act=network_is_refused,
        calls=[
            call(
                "network n1 start begin -",
                ran("network", exits=2, stderr=b"not this network\n"),
                so="network-start-refused",
            ),
            call("network n1 stopped end -", "network", since=STOPS_WHAT_IT_REFUSED),
        ],
    ),
    Case(
        "a failing started refuses the network",
        hooks={"network": noting(fail("started", 2, "not this network"))},
        guests=[],
        networks=[network()],
        act=network_is_refused,
        calls=[
            call("network n1 start begin -", "network"),
            call(
                "network n1 started begin -",
                ran("network", exits=2, stderr=b"not this network\n"),
                so="network-start-refused",
            ),
            call("network n1 stopped end -", "network", since=STOPS_WHAT_IT_REFUSED),
        ],
    ),
    Case(
        "a failing updated is reported at most, and the change stays",
        hooks={"network": noting(fail("updated", 1, "too many"))},
        guests=[],
        networks=[network()],
        act=update_is_reported,
        calls=[
            call("network n1 start begin -", "network"),
            call("network n1 started begin -", "network"),
        ]
        + 2
        * [
            call(
                "network n1 updated begin -",
                ran("network", exits=1, stderr=b"too many\n"),
                so="update-reported",
            )
        ],
    ),
    Case(
        "a failing port-created refuses the guest",
        hooks={
            "network": noting(fail("port-created", 1, "no more ports")),
            "qemu": noting(),
        },
        guests=[guest(devices=nic("n1"))],
        networks=[network()],
        act=port_is_refused,
        calls=[
            call("network n1 start begin -", "network"),
            call("network n1 started begin -", "network"),
            call("qemu g1 prepare begin -", "qemu"),
            call(
                "network n1 port-created begin -",
                ran("network", exits=1, stderr=b"no more ports\n"),
                so="port-refused",
            ),
            call("qemu g1 stopped end -", "qemu"),
            call("qemu g1 release end failed", "qemu"),
        ],
    ),
    Case(
        "a restarted daemon tells of each port again and ignores the answer",
        hooks={
            "network": noting(
                f"[ ! -e /run/e2e/refuse ] || {{\n{fail('port-created', 1, 'no')}\n}}"
            ),
            "daemon": noting(),
        },
        guests=[guest(devices=nic("n1"))],
        networks=[network()],
        act=port_is_told_again,
        calls=[
            call("daemon - start - start", "daemon"),
            call("network n1 start begin -", "network"),
            call("network n1 started begin -", "network"),
            call("network n1 port-created begin -", "network"),
            call("daemon - shutdown - shutdown", "daemon"),
            call("daemon - start - start", "daemon"),
            call(
                "network n1 port-created begin -",
                ran("network", exits=1, stderr=b"no\n"),
                so="ignored",
            ),
        ],
    ),
]
