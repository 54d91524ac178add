"""Guests that start, stop, are refused, and a daemon that restarts under them."""

from administrator import Administrator
from case import Case, call, ran
from guests import guest
from scripts import fail, noting, on


def start_and_destroy(admin: Administrator) -> None:
    admin.succeeds("start", "g1", printing="Domain 'g1' started")
    admin.succeeds("destroy", "g1")


def start_is_refused(admin: Administrator, saying: str) -> None:
    admin.fails("start", "g1", saying=saying)
    admin.succeeds("domstate", "g1", printing="shut off")


def restart_under_a_guest(admin: Administrator) -> None:
    admin.succeeds("start", "g1")
    admin.restarts_the_daemon()
    admin.waits_for("qemu g1 reconnect begin -")
    admin.succeeds("domstate", "g1", printing="running")


def restart_and_reconnect_fails(admin: Administrator) -> None:
    admin.succeeds("start", "g1")
    admin.restarts_the_daemon()
    admin.waits_for("qemu g1 stopped end -")
    admin.succeeds("domstate", "g1", printing="shut off")


def reload_the_daemon(admin: Administrator) -> None:
    admin.reloads_the_daemon()
    admin.waits_for("daemon - reload begin SIGHUP")


def start_two_at_once(admin: Administrator) -> None:
    admin.succeeds_at_once(("start", "g1"), ("start", "g2"))
    admin.succeeds_at_once(("destroy", "g1"), ("destroy", "g2"))


ODD_NAME = """-rf it's "me" $HOME \\ ; é"""


def start_and_destroy_the_odd_name(admin: Administrator) -> None:
    admin.succeeds("start", f"--domain={ODD_NAME}")
    admin.succeeds("destroy", f"--domain={ODD_NAME}")


CASES = [
    Case(
        "a guest starts and is destroyed",
        hooks={"qemu": noting(), "daemon": noting()},
        act=start_and_destroy,
        calls=[
            call("daemon - start - start", "daemon"),
            call("qemu g1 prepare begin -", "qemu"),
            call("qemu g1 start begin -", "qemu"),
            call("qemu g1 started begin -", "qemu"),
            call("qemu g1 stopped end -", "qemu"),
            call("qemu g1 release end destroyed", "qemu"),
        ],
    ),
    Case(
        "a recorder installed under a running daemon needs no reload",
        hooks={"qemu": noting(), "qemu.d/10-more": noting()},
        installs_under_the_daemon=True,
        act=start_and_destroy,
        calls=[
            call("qemu g1 prepare begin -", "qemu", "qemu.d/10-more"),
            call("qemu g1 start begin -", "qemu", "qemu.d/10-more"),
            call("qemu g1 started begin -", "qemu", "qemu.d/10-more"),
            call("qemu g1 stopped end -", "qemu", "qemu.d/10-more"),
            call("qemu g1 release end destroyed", "qemu", "qemu.d/10-more"),
        ],
    ),
    Case(
        "a failing prepare refuses the start",
        hooks={"qemu": noting(fail("prepare", 3, "no bridge today"))},
        act=lambda admin: start_is_refused(
            admin,
            "/etc/libvirt/hooks/qemu g1 prepare begin -) "
            "unexpected exit status 3: no bridge today\n",
        ),
        calls=[
            call(
                "qemu g1 prepare begin -",
                ran("qemu", exits=3, stderr=b"no bridge today\n"),
                so="start-refused",
            ),
            call("qemu g1 stopped end -", "qemu"),
            call("qemu g1 release end failed", "qemu"),
        ],
    ),
    Case(
        "a failing start refuses the start",
        hooks={"qemu": noting(fail("start", 255, "not now"))},
        act=lambda admin: start_is_refused(
            admin, "unexpected exit status 255: not now\n"
        ),
        calls=[
            call("qemu g1 prepare begin -", "qemu"),
            call(
                "qemu g1 start begin -",
                ran("qemu", exits=255, stderr=b"not now\n"),
                so="start-refused",
            ),
            call("qemu g1 stopped end -", "qemu"),
            call("qemu g1 release end failed", "qemu"),
        ],
    ),
    Case(
        "a failing started takes the start back",
        hooks={"qemu": noting(fail("started", 1, "too late"))},
        act=lambda admin: start_is_refused(admin, "unexpected exit status 1: too late\n"),
        calls=[
            call("qemu g1 prepare begin -", "qemu"),
            call("qemu g1 start begin -", "qemu"),
            call(
                "qemu g1 started begin -",
                ran("qemu", exits=1, stderr=b"too late\n"),
                so="start-undone",
            ),
            call("qemu g1 stopped end -", "qemu"),
            call("qemu g1 release end failed", "qemu"),
        ],
    ),
    Case(
        "a failing stopped is ignored",
        hooks={"qemu": noting(fail("stopped", 1, "never mind"))},
        act=start_and_destroy,
        calls=[
            call("qemu g1 prepare begin -", "qemu"),
            call("qemu g1 start begin -", "qemu"),
            call("qemu g1 started begin -", "qemu"),
            call(
                "qemu g1 stopped end -",
                ran("qemu", exits=1, stderr=b"never mind\n"),
                so="ignored",
            ),
            call("qemu g1 release end destroyed", "qemu"),
        ],
    ),
    Case(
        "of two failing scripts both run and the last one's text is libvirt's",
        hooks={
            "qemu": noting(fail("prepare", 4, "first")),
            "qemu.d/a": noting(fail("prepare", 7, "second")),
            "qemu.d/b": noting(),
        },
        act=lambda admin: start_is_refused(
            admin,
            "/etc/libvirt/hooks/qemu.d/a g1 prepare begin -) unexpected exit status 7: second\n",
        ),
        calls=[
            call(
                "qemu g1 prepare begin -",
                ran("qemu", exits=4, stderr=b"first\n"),
                ran("qemu.d/a", exits=7, stderr=b"second\n"),
                "qemu.d/b",
                so="start-refused",
            ),
            call("qemu g1 stopped end -", "qemu", "qemu.d/a", "qemu.d/b"),
            call("qemu g1 release end failed", "qemu", "qemu.d/a", "qemu.d/b"),
        ],
    ),
    Case(
        "a script killed by a signal is told from one that exits with its number",
        hooks={
            "qemu": noting(on("prepare", "exit 137")),
            "qemu.d/a": noting(on("prepare", "kill -9 $$")),
        },
        act=lambda admin: start_is_refused(
            admin,
            "/etc/libvirt/hooks/qemu.d/a g1 prepare begin -) unexpected fatal signal 9\n",
        ),
        calls=[
            call(
                "qemu g1 prepare begin -",
                ran("qemu", exits=137),
                ran("qemu.d/a", killed_by=9),
                so="start-refused",
            ),
            call("qemu g1 stopped end -", "qemu", "qemu.d/a"),
            call("qemu g1 release end failed", "qemu", "qemu.d/a"),
        ],
    ),
    Case(
        "a daemon restarted under a guest reconnects it",
        hooks={"qemu": noting(), "daemon": noting()},
        act=restart_under_a_guest,
        calls=[
            call("daemon - start - start", "daemon"),
            call("qemu g1 prepare begin -", "qemu"),
            call("qemu g1 start begin -", "qemu"),
            call("qemu g1 started begin -", "qemu"),
            call("daemon - shutdown - shutdown", "daemon"),
            call("daemon - start - start", "daemon"),
            call("qemu g1 reconnect begin -", "qemu"),
        ],
    ),
    Case(
        "a failing reconnect kills the guest",
        hooks={"qemu": noting(fail("reconnect", 1, "who are you"))},
        act=restart_and_reconnect_fails,
        calls=[
            call("qemu g1 prepare begin -", "qemu"),
            call("qemu g1 start begin -", "qemu"),
            call("qemu g1 started begin -", "qemu"),
            call(
                "qemu g1 reconnect begin -",
                ran("qemu", exits=1, stderr=b"who are you\n"),
                so="guest-killed",
            ),
            call("qemu g1 stopped end -", "qemu"),
            call("qemu g1 release end daemon", "qemu"),
        ],
    ),
    Case(
        "a daemon told to reload says so",
        hooks={"daemon": noting()},
        act=reload_the_daemon,
        calls=[
            call("daemon - start - start", "daemon"),
            call("daemon - reload begin SIGHUP", "daemon"),
        ],
    ),
    Case(
        "two guests started at once are two sets of calls",
        hooks={"qemu": noting("sleep 0.2"), "qemu.d/a": noting("sleep 0.1")},
        guests=[guest("g1"), guest("g2")],
        act=start_two_at_once,
        calls=[
            call(f"qemu {name} {operation}", "qemu", "qemu.d/a")
            for name in ("g1", "g2")
            for operation in (
                "prepare begin -",
                "start begin -",
                "started begin -",
                "stopped end -",
                "release end destroyed",
            )
        ],
    ),
    Case(
        "a guest's name arrives as it is",
        hooks={"qemu": noting()},
        guests=[guest(ODD_NAME)],
        act=start_and_destroy_the_odd_name,
        calls=[
            call(("qemu", ODD_NAME, *operation.split()), "qemu")
            for operation in (
                "prepare begin -",
                "start begin -",
                "started begin -",
                "stopped end -",
                "release end destroyed",
            )
        ],
    ),
]
