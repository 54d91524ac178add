"""Scripts whose output libvirt reads: they rewrite a saved guest on its way back."""

from dataclasses import dataclass
from typing import Any
from unittest.mock import ANY

from administrator import Administrator
from case import Call, Case, Ran, call, ran
from guests import console, guest
from observation import Observation
from scripts import fail, noting, on

IMAGE = "/run/e2e/g1.save"
PASSWORD = "s3cret-w"  # VNC takes eight characters


def retitle(old: str, new: str) -> str:
    return on("restore", f"sed 's,<title>{old}</title>,<title>{new}</title>,' $given")


def save_and_restore(admin: Administrator, title: str) -> None:
    admin.succeeds("start", "g1")
    admin.succeeds("save", "g1", IMAGE)
    admin.succeeds("restore", IMAGE)
    admin.succeeds("desc", "g1", "--title", printing=title)


def restore_is_refused(admin: Administrator, saying: str) -> None:
    admin.succeeds("start", "g1")
    admin.succeeds("save", "g1", IMAGE)
    admin.fails("restore", IMAGE, saying=saying)
    admin.succeeds("domstate", "g1", printing="shut off")


def managed_save_and_start(admin: Administrator) -> None:
    admin.succeeds("start", "g1")
    admin.succeeds("managedsave", "g1")
    admin.succeeds("start", "g1")
    admin.succeeds("desc", "g1", "--title", printing="after")


def lifecycle(*scripts: str) -> list[Call]:
    return [
        call("qemu g1 prepare begin -", *scripts),
        call("qemu g1 start begin -", *scripts),
        call("qemu g1 started begin -", *scripts),
    ]


def saved(*scripts: str) -> list[Call]:
    return lifecycle(*scripts) + [
        call("qemu g1 stopped end -", *scripts),
        call("qemu g1 release end saved", *scripts),
    ]


def restore(*runs: str | Ran, so: str = "none") -> Call:
    return call("qemu g1 restore begin -", *runs, so=so)


def titles_read(observation: Observation, *titles: str) -> None:
    """Each script of the restore read the XML with the title expected of the chain."""
    read = [note.stdin for note in observation.notes if note.arguments[1] == "restore"]
    assert len(read) == len(titles), f"{len(read)} scripts ran"
    for xml, title in zip(read, titles):
        assert xml is not None and f"<title>{title}</title>".encode() in xml, xml


def password_read(observation: Observation) -> None:
    for note in observation.notes:
        given = PASSWORD.encode() in (note.stdin or b"")
        assert given == (note.arguments[1] == "restore"), note.arguments


@dataclass(frozen=True)
class Output:
    """What a filter prints, and what libvirt makes of it."""

    script: str  # reads $given
    refused: str = ""  # with these words; else the guest comes back
    blank: bool = False


# One after the other for the same saved image, which every refusal leaves as it was.
OUTPUTS = [
    Output(
        "sed 's,<name>g1<,<name>g9<,' $given",
        "unsupported configuration: "
        "Target domain name 'g9' does not match source 'g1'",
    ),
    Output(
        "echo '<network><name>g1</name></network>'",
        "XML error: expecting root element of 'domain', not 'network'",
    ),
    Output(
        "cat $given; echo '<domain/>'", "Extra content at the end of the document"
    ),
    Output(
        "sed 's,<title>.*<,<title>\\&nbsp;<,' $given",
        "4: Entity 'nbsp' not defined",
    ),
    Output(
        "echo restoring; cat $given",
        "1: Start tag expected, '<' not found",
    ),
    Output(
        "sed \"s,<title>.*<,<title>$(printf '\\033')<,\" $given",
        "4: PCDATA invalid Char value 27",
    ),
    Output("sed 's,<name>.*,,' $given", "missing name information"),
    Output(
        "sed \"s,arch='x86_64',arch='i686',\" $given",
        "unsupported configuration: "
        "Target domain architecture i686 does not match source x86_64",
    ),
    Output(
        "sed \"s,<devices>,<devices><sound model='ac97'/>,\" $given",
        "unsupported configuration: "
        "Target domain sound card count 1 does not match source 0",
    ),
    Output("sed 's,<title>.*<,<title>other<,' $given"),
    Output("echo \"<?xml version='1.0'?><!-- a -->\"; cat $given; echo '<!-- b -->'"),
    Output("sed 's,<title>,<titel>unknown</titel><title>,' $given"),
    Output("cat $given; printf '\\0</domain>'"),
    Output("printf ' \\n\\t\\n'", blank=True),
]


def prints_in_turn(outputs: list[Output]) -> str:
    turns = "\n".join(f"{turn}) {each.script} ;;" for turn, each in enumerate(outputs))
    return f"""\
turn=$(cat /run/e2e/turn 2>/dev/null || echo 0)
echo $((turn + 1)) >/run/e2e/turn
case $turn in
{turns}
esac"""


def restore_each(admin: Administrator) -> None:
    admin.succeeds("start", "g1")
    admin.succeeds("save", "g1", IMAGE)
    for output in OUTPUTS:
        if output.refused:
            admin.fails("restore", IMAGE, saying=output.refused)
            continue
        admin.succeeds("restore", IMAGE)
        admin.succeeds("destroy", "g1")


def calls_of_each() -> list[Call]:
    calls = saved("qemu")
    for output in OUTPUTS:
        run = ran("qemu", stdout=ANY)
        if output.refused:
            calls.append(restore(run, so="restore-refused"))
            continue
        calls += [restore(run), *lifecycle("qemu")]
        calls.append(call("qemu g1 stopped end -", "qemu"))
        calls.append(call("qemu g1 release end destroyed", "qemu"))
    return calls


def judged_as_libvirt_did(calls: list[dict[str, Any]]) -> None:
    told = [call["output"] for call in calls if call["operation"] == "restore"]
    assert len(told) == len(OUTPUTS), told
    for output, verdict in zip(OUTPUTS, told):
        if output.blank:
            assert verdict is None, verdict
            continue
        assert verdict["valid"] == (not output.refused), (output, verdict)
        assert output.refused in (verdict["reason"] or ""), (output, verdict)


CASES = [
    Case(
        "the journal tells of each filter's output what libvirt made of it",
        hooks={"qemu": noting(on("restore", prints_in_turn(OUTPUTS)))},
        guests=[guest(title="plain")],
        act=restore_each,
        calls=calls_of_each(),
        check_journal=judged_as_libvirt_did,
    ),
    Case(
        "a saved guest comes back as the chain of filters made it",
        hooks={
            "qemu": noting(retitle("plain", "main")),
            "qemu.d/a": noting(on("restore", "printf ' \\n\\t\\n'")),
            "qemu.d/b": noting(retitle("main", "main and b")),
        },
        guests=[guest(title="plain")],
        act=lambda admin: save_and_restore(admin, "main and b"),
        calls=saved("qemu", "qemu.d/a", "qemu.d/b")
        + [
            restore(
                ran("qemu", stdout=ANY),
                ran("qemu.d/a", stdout=b" \n\t\n"),
                ran("qemu.d/b", stdout=ANY),
            )
        ]
        + lifecycle("qemu", "qemu.d/a", "qemu.d/b"),
        check=lambda seen: titles_read(seen, "plain", "main", "main"),
    ),
    Case(
        "after a failing filter the next one reads the original and the restore is refused",
        hooks={
            "qemu": noting(retitle("plain", "main")),
            "qemu.d/a": noting(
                retitle("main", "a") + "\n" + fail("restore", 3, "broken link")
            ),
            "qemu.d/b": noting(),
        },
        guests=[guest(title="plain")],
        act=lambda admin: restore_is_refused(
            admin, "unexpected exit status 3: broken link\n"
        ),
        calls=saved("qemu", "qemu.d/a", "qemu.d/b")
        + [
            restore(
                ran("qemu", stdout=ANY),
                ran("qemu.d/a", exits=3, stdout=ANY, stderr=b"broken link\n"),
                "qemu.d/b",
                so="restore-refused",
            )
        ],
        check=lambda seen: titles_read(seen, "plain", "main", "plain"),
    ),
    Case(
        "a filter that prints something else refuses the restore",
        hooks={"qemu.d/chatty": noting(on("restore", "echo restoring $1"))},
        act=lambda admin: restore_is_refused(admin, "Start tag expected"),
        calls=saved("qemu.d/chatty")
        + [
            call(
                "qemu g1 restore begin -",
                ran("qemu.d/chatty", stdout=b"restoring g1\n"),
                so="restore-refused",
            )
        ],
    ),
    Case(
        "a guest started from its managed save is filtered too",
        hooks={"qemu": noting(retitle("before", "after"))},
        guests=[guest(title="before")],
        act=managed_save_and_start,
        calls=saved("qemu") + [restore(ran("qemu", stdout=ANY))] + lifecycle("qemu"),
    ),
    Case(
        "a console password reaches the filter and not the journal",
        hooks={"qemu": noting(on("restore", "tee /dev/stderr < $given"))},
        guests=[guest(title="plain", devices=console(PASSWORD))],
        act=lambda admin: save_and_restore(admin, "plain"),
        calls=saved("qemu")
        + [restore(ran("qemu", stdout=ANY, stderr=ANY))]
        + lifecycle("qemu"),
        check=password_read,
        secrets=[PASSWORD],
    ),
]
