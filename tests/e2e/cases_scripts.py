"""Kinds of scripts: languages, names, links, programs, and bad manners."""

from typing import Any
from unittest.mock import ANY

from administrator import Administrator
from case import Call, Case, Ran, call, ran
from guests import guest
from observation import Observation
from scripts import (
    CARRIAGE_RETURNS,
    NO_INTERPRETER,
    PERL,
    PYTHON,
    CopyOf,
    File,
    Folder,
    Link,
    noting,
    on,
    unread,
)


def start(admin: Administrator) -> None:
    admin.succeeds("start", "g1")


def start_is_refused(admin: Administrator, saying: str) -> None:
    admin.fails("start", "g1", saying=saying)


def started(*runs: str | Ran) -> list[Call]:
    return [
        call("qemu g1 prepare begin -", *runs),
        call("qemu g1 start begin -", *runs),
        call("qemu g1 started begin -", *runs),
    ]


def refused(*runs: str | Ran) -> list[Call]:
    """A start that prepare refuses, by scripts that do the same in every operation."""
    return [
        call("qemu g1 prepare begin -", *runs, so="start-refused"),
        call("qemu g1 stopped end -", *runs, so="ignored"),
        call("qemu g1 release end failed", *runs, so="ignored"),
    ]


def took_two_seconds(observation: Observation) -> None:
    seconds = observation.commands[0].seconds
    assert 2 <= seconds < 20, f"virsh start took {seconds} s"


def names_the_sleeper(calls: list[dict[str, Any]]) -> None:
    prepare, *others = (call["scripts"][0] for call in calls)
    (holder,) = prepare["held_by"]
    assert (holder["command"], holder["stream"]) == ("sleep 2", "stderr"), holder
    assert prepare["held_open_ns"] > 1_500_000_000, prepare
    assert not any(script["held_by"] for script in others), others


EXTRA_NAMES = [
    ".hidden",
    "10-b",
    "2-a",
    "A-upper",
    "Zz",
    "a-lower",
    "b.sh~",
    "link",
    "sp ace",
    "é",
]

CASES = [
    Case(
        "a child left holding stderr keeps libvirt waiting",
        hooks={"qemu": noting(on("prepare", "sleep 2 </dev/null >/dev/null &"))},
        act=start,
        calls=started("qemu"),
        check=took_two_seconds,
        check_journal=names_the_sleeper,
    ),
    Case(
        "a script without an interpreter fails, recorded or not",
        hooks={"qemu": NO_INTERPRETER, "qemu.d/a": noting()},
        act=lambda admin: start_is_refused(
            admin,
            "unexpected exit status 126: libvirt:  error : "
            "cannot execute binary /etc/libvirt/hooks/qemu: Exec format error\n",
        ),
        # What nobody recorded, the journal cannot judge.
        calls=[
            call(
                arguments,
                ran("qemu", exits=126, notes=False, recorded=False),
                "qemu.d/a",
                so=ANY,
                outcome=ANY,
            )
            for arguments in (
                "qemu g1 prepare begin -",
                "qemu g1 stopped end -",
                "qemu g1 release end failed",
            )
        ],
    ),
    Case(
        "an interpreter's name that ends in a carriage return is not found",
        hooks={"qemu": CARRIAGE_RETURNS},
        act=lambda admin: start_is_refused(
            admin,
            "unexpected exit status 127: libvirt:  error : "
            "cannot execute binary /etc/libvirt/hooks/qemu: No such file or directory\n",
        ),
        calls=refused(ran("qemu", cannot_start=True, stderr=ANY)),
    ),
    Case(
        "python and perl hooks read their XML and are judged",
        hooks={"qemu": PYTHON, "qemu.d/p": PERL},
        act=lambda admin: start_is_refused(
            admin, "unexpected exit status 9: perl warns: 1\n"
        ),
        calls=[
            call("qemu g1 prepare begin -", "qemu", "qemu.d/p"),
            call("qemu g1 start begin -", "qemu", "qemu.d/p"),
            call(
                "qemu g1 started begin -",
                "qemu",
                ran("qemu.d/p", exits=9, stderr=b"perl warns: 1\n"),
                so="start-undone",
            ),
            call("qemu g1 stopped end -", "qemu", "qemu.d/p"),
            call("qemu g1 release end failed", "qemu", "qemu.d/p"),
        ],
    ),
    Case(
        "hidden, backup and oddly named scripts run in byte order",
        hooks={
            "qemu": noting(),
            **{f"qemu.d/{name}": noting() for name in EXTRA_NAMES if name != "link"},
            "qemu.d/link": Link("a-lower"),
            "qemu.d/dangling": Link("nowhere"),
            "qemu.d/folder": Folder(),
            "qemu.d/no-x": File(b"#!/bin/sh\nexit 1\n", mode=0o644),
        },
        act=start,
        calls=started("qemu", *(f"qemu.d/{name}" for name in EXTRA_NAMES)),
    ),
    Case(
        "a script may leave its input unread",
        hooks={"qemu": unread()},
        guests=[guest(description="more than a pipe holds " * 10_000)],
        act=start,
        calls=started("qemu"),
    ),
    Case(
        "20 MB of output are taken and dropped",
        hooks={"qemu": noting(on("prepare", "head -c 20000000 /dev/zero"))},
        act=start,
        calls=[
            call("qemu g1 prepare begin -", ran("qemu", stdout=bytes(20_000_000))),
            call("qemu g1 start begin -", "qemu"),
            call("qemu g1 started begin -", "qemu"),
        ],
    ),
    Case(
        "a compiled hook runs",
        hooks={"qemu": CopyOf("/bin/true"), "qemu.d/a": noting()},
        act=start,
        calls=started(ran("qemu", notes=False), "qemu.d/a"),
    ),
    Case(
        "a compiled hook fails",
        hooks={"qemu": CopyOf("/bin/false")},
        act=lambda admin: start_is_refused(
            admin,
            "/etc/libvirt/hooks/qemu g1 prepare begin -) unexpected exit status 1\n",
        ),
        calls=refused(ran("qemu", exits=1, notes=False)),
    ),
    Case(
        "a hook that is a link to a script elsewhere runs",
        hooks={
            "/run/e2e/elsewhere/start-script": noting(),
            "qemu": Link("/run/e2e/elsewhere/start-script"),
        },
        act=start,
        calls=started("qemu"),
        # A linked script stands aside while it is recorded, so its $0 is another.
        may_differ={"/etc/libvirt/hooks/hookjournal/qemu": "/etc/libvirt/hooks/qemu"},
    ),
    Case(
        "options and blanks on the first line are the interpreter's",
        hooks={
            "qemu": File(b"#! /bin/sh -e \n/run/e2e/note $$\nfalse\nexit 0\n"),
        },
        act=lambda admin: start_is_refused(admin, "unexpected exit status 1\n"),
        calls=refused(ran("qemu", exits=1)),
    ),
]
