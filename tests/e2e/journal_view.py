"""What the journal tells of a case, read in the two ways it promises: `hookjournal log
--json`, and any SQLite client on its documented views.

Both are brought into the words of the case (RecordedCall), as is what the case expects.
"""

import hashlib
import json
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from unittest.mock import ANY

from case import Call, Case
from guests import uuid_of
from libvirt_host import HOOKS_DIRECTORY, RUN_DIRECTORY, Host, wait_until
from namespace_init import HOST_NAME
from observation import Observation

PROGRAM = f"{RUN_DIRECTORY}/bin/hookjournal"
RECORDER = f"{RUN_DIRECTORY}/bin/hookjournal-hook"
JOURNAL = f"{RUN_DIRECTORY}/journal/journal.db"

KEPT_OF_A_STREAM = 1 << 20  # bytes, unless configured otherwise


def install(host: Host) -> None:
    where = ("--hooks-dir", HOOKS_DIRECTORY, "--journal", JOURNAL, "--hook", RECORDER)
    host.check(PROGRAM, "install", *where)


def uninstall(host: Host) -> None:
    host.check(PROGRAM, "uninstall", "--hooks-dir", HOOKS_DIRECTORY)


@dataclass(frozen=True)
class RecordedRun:
    script: str
    ending: Any
    stdout: Any
    stderr: Any


@dataclass(frozen=True)
class RecordedCall:
    arguments: tuple[str, ...]
    outcome: Any
    consequence: Any
    answer: Any
    unrecorded: Any
    origin: str
    host: str
    caller: str
    object_uuid: str | None
    runs: tuple[RecordedRun, ...]


# --- what the case expects -------------------------------------------------------------


def expected_calls(case: Case) -> list[RecordedCall]:
    return [
        _expected(call) for call in case.calls if any(run.recorded for run in call.runs)
    ]


def _expected(call: Call) -> RecordedCall:
    driver, object, *_ = call.arguments
    recorded = [run for run in call.runs if run.recorded]
    failed = [run for run in recorded if run.ending != {"exited": 0}]
    answer = failed[-1].ending if failed else {"exited": 0}
    return RecordedCall(
        arguments=call.arguments,
        outcome=call.outcome,
        consequence=call.consequence,
        # Of a script that was not recorded nobody knows how it ended.
        answer=answer if len(recorded) == len(call.runs) else ANY,
        unrecorded=[run.script for run in call.runs if not run.recorded],
        origin="libvirt",
        host=HOST_NAME,
        caller="libvirtd",
        object_uuid=None if driver == "daemon" else str(uuid_of(object)),
        runs=tuple(
            RecordedRun(
                run.script,
                run.ending,
                _expected_stream(run.stdout),
                _expected_stream(run.stderr),
            )
            for run in recorded
        ),
    )


def _expected_stream(content: Any) -> Any:
    """What the journal says of a stream: its length and whether it was cut."""
    if content is ANY:
        return ANY
    kept = content[:KEPT_OF_A_STREAM]
    return len(content), len(kept) < len(content), _digest(kept)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- hookjournal log --json ------------------------------------------------------------


def json_calls(host: Host) -> list[dict[str, Any]]:
    """Every call, once the last hook has ended: libvirt may call in its own time."""

    def read() -> list[dict[str, Any]]:
        lines = host.check(PROGRAM, "log", "--json").splitlines()
        return [json.loads(line) for line in lines]

    wait_until(
        lambda: all(call["outcome"] != "running" for call in read()),
        "the last hook to end",
    )
    return read()


def from_json(call: dict[str, Any]) -> RecordedCall:
    return RecordedCall(
        arguments=tuple(
            call[part]
            for part in ("driver", "object", "operation", "suboperation", "extra")
        ),
        outcome=call["outcome"],
        consequence=call["consequence"],
        answer=_as_promised(call["answer"]),
        unrecorded=call["unrecorded"],
        origin=call["origin"],
        host=call["host"],
        caller=os.path.basename(call["caller"]["exe"]),
        object_uuid=call["object_uuid"],
        runs=tuple(
            RecordedRun(
                script["path"],
                _as_promised(script["ending"]),
                _json_stream(script["stdout"]),
                _json_stream(script["stderr"]),
            )
            for script in call["scripts"]
        ),
    )


def _json_stream(stream: dict[str, Any]) -> tuple[int, bool, str]:
    digest = stream["sha256"] if stream["bytes"] else _digest(b"")
    return stream["bytes"], stream["truncated"], digest


def inputs_kept(calls: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """By script and call, the digest of each input, in order."""
    kept: dict[str, list[Any]] = {}
    for call in calls:
        arguments = from_json(call).arguments
        for script in call["scripts"]:
            stdin = script["stdin"]
            key = " ".join((script["path"], *arguments))
            kept.setdefault(key, []).append(stdin["sha256"] if stdin else _digest(b""))
    return kept


def inputs_read(
    observation: Observation, but: tuple[str, ...] = ()
) -> dict[str, list[Any]]:
    """The same from the scripts' own notes; ANY where they left it unread, and for the
    operations in `but`."""
    read: dict[str, list[Any]] = {}
    for note in observation.notes:
        unknown = note.stdin is None or note.arguments[1] in but
        key = " ".join((note.script, *note.call))
        read.setdefault(key, []).append(ANY if unknown else _digest(note.stdin or b""))
    return read


def streams(host: Host, calls: list[dict[str, Any]]) -> dict[str, str]:
    """The kept bytes of every stream, by call, script and stream."""
    return {
        f"{call['operation']} {script['path']} {stream}": host.check(
            PROGRAM, "cat", str(call["id"]), stream, "--script", script["path"]
        )
        for call in calls
        for script in call["scripts"]
        for stream in ("stdin", "stdout", "stderr")
    }


# --- the documented views --------------------------------------------------------------


def view_calls(host: Host) -> list[tuple[Any, ...]]:
    """Each call with its runs, as a person with a SQLite client would list them."""
    journal = host.run_directory / JOURNAL.removeprefix(f"{RUN_DIRECTORY}/")
    with closing(
        sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True, timeout=10)
    ) as db:
        calls = db.execute(
            "select id, driver, object, operation, suboperation, extra, outcome, origin"
            " from call_list order by id"
        ).fetchall()
        return [
            (
                *call,
                db.execute(
                    "select script, outcome, ending, ending_value from run_list"
                    " where call = ? order by id",
                    (id,),
                ).fetchall(),
            )
            for id, *call in calls
        ]


def as_viewed(calls: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What the views must say, given what `log --json` says."""
    return [
        (
            *from_json(call).arguments,
            call["outcome"],
            call["origin"],
            [
                (
                    script["path"],
                    "ok" if script["ending"] == {"exited": 0} else "failed",
                    *_ending_as_viewed(_as_promised(script["ending"])),
                )
                for script in call["scripts"]
            ],
        )
        for call in sorted(calls, key=lambda call: int(call["id"]))
    ]


def _as_promised(ending: dict[str, Any] | None) -> dict[str, Any] | None:
    """An ending's first key says how and with what; others may be added."""
    if ending is None:
        return None
    how = next(key for key in ("exited", "signaled", "not_started") if key in ending)
    return {how: ending[how]}


def _ending_as_viewed(ending: dict[str, Any]) -> tuple[str, Any]:
    (how, value), *_ = ending.items()
    return how.replace("_", " "), ANY if how == "not_started" else value
