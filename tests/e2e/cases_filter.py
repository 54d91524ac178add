"""Scripts whose output libvirt reads: they rewrite a saved guest on its way back."""

from unittest.mock import ANY

from administrator import Administrator
from case import Call, Case, Ran, call, ran
from guests import console, guest
from observation import Observation
from scripts import fail, noting, on

IMAGE = "/run/e2e/g1.save"
# A filter's output is judged by readers that know libvirt's parser; without such a verdict
# the journal does not say what libvirt made of it.
UNJUDGED = "unknown"
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


CASES = [
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
                so=UNJUDGED,
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
                so=UNJUDGED,
            )
        ],
    ),
    Case(
        "a guest started from its managed save is filtered too",
        hooks={"qemu": noting(retitle("before", "after"))},
        guests=[guest(title="before")],
        act=managed_save_and_start,
        calls=saved("qemu") + [restore(ran("qemu", stdout=ANY), so=UNJUDGED)] + lifecycle("qemu"),
    ),
    Case(
        "a console password reaches the filter and not the journal",
        hooks={"qemu": noting(on("restore", "tee /dev/stderr < $given"))},
        guests=[guest(title="plain", devices=console(PASSWORD))],
        act=lambda admin: save_and_restore(admin, "plain"),
        calls=saved("qemu")
        + [restore(ran("qemu", stdout=ANY, stderr=ANY), so=UNJUDGED)]
        + lifecycle("qemu"),
        check=password_read,
        secrets=[PASSWORD],
    ),
]
