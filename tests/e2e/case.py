"""What a case is made of, and what it promises.

A Case says which scripts there are, what the administrator does, and which calls come of
it. One list of calls serves three times: the bare scripts must have run so, the recorded
ones too, and the journal must tell the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import ANY

from administrator import Administrator
from guests import guest
from observation import Observation
from scripts import Entry


@dataclass(frozen=True)
class Ran:
    """One script of a call. ANY stands for what this case does not look at."""

    script: str
    ending: Any  # as JSON has it: {"exited": 3}, {"signaled": 9}
    stdout: Any = b""
    stderr: Any = b""
    notes: bool = True  # whether it is a script that can note
    recorded: bool = True  # whether the recorder can stand before it


@dataclass(frozen=True)
class Call:
    """One hook call by libvirt, with the scripts it runs, in order."""

    arguments: tuple[str, ...]  # driver, object, operation, sub-operation, extra
    runs: tuple[Ran, ...]
    outcome: Any
    consequence: Any
    since: tuple[int, ...] = (0,)  # the first libvirt known to make it


def ran(
    script: str,
    *,
    exits: int = 0,
    killed_by: int | None = None,
    cannot_start: bool = False,
    stdout: Any = b"",
    stderr: Any = b"",
    notes: bool = True,
    recorded: bool = True,
) -> Ran:
    ending: Any = {"exited": exits}
    if killed_by is not None:
        ending = {"signaled": killed_by}
    if cannot_start:
        ending, notes = {"not_started": ANY}, False
    return Ran(script, ending, stdout, stderr, notes, recorded)


def call(
    arguments: str | Sequence[str],
    *runs: str | Ran,
    so: Any = "none",
    outcome: Any = None,
    since: tuple[int, ...] = (0,),
) -> Call:
    """`so`: the consequence. A run given by name alone exits 0 and prints nothing."""
    words = tuple(arguments.split() if isinstance(arguments, str) else arguments)
    scripts = tuple(ran(run) if isinstance(run, str) else run for run in runs)
    if outcome is None:
        all_good = all(script.ending == {"exited": 0} for script in scripts)
        outcome = "ok" if all_good else "failed"
    return Call(words, scripts, outcome, so, since)


@dataclass(frozen=True)
class Case:
    promise: str  # the test's name
    hooks: Mapping[str, Entry]  # path below the hooks directory, or absolute in /run/e2e
    act: Callable[[Administrator], None]
    calls: Sequence[Call]
    guests: Sequence[str] = field(default_factory=lambda: [guest()])
    networks: Sequence[str] = ()
    # Records hooks that the daemon knows already.
    installs_under_the_daemon: bool = False
    # What must hold in either run beyond being equal; raises AssertionError.
    check: Callable[[Observation], None] | None = None
    # What is known to differ in a recorded run: its text there, and in the bare run.
    may_differ: Mapping[str, str] = field(default_factory=dict)
    # Must reach the scripts and nothing else.
    secrets: Sequence[str] = ()
    # What the journal must say beyond the calls; takes the lines of `log --json`.
    check_journal: Callable[[list[dict[str, Any]]], None] | None = None

    def as_bare(self, line: str) -> str:
        for recorded, bare in self.may_differ.items():
            line = line.replace(recorded, bare)
        return line

    def under(self, libvirt: tuple[int, ...]) -> "Case":
        """The calls as this version of libvirt makes them."""
        calls = [call for call in self.calls if call.since <= libvirt]
        if libvirt < (10, 5):
            calls = [without_reason(call) for call in calls]
        return replace(self, calls=calls)


def without_reason(call: Call) -> Call:
    """A release says why only since 10.5.0."""
    driver, object, operation, suboperation, extra = call.arguments
    if operation == "release":
        extra = "-"
    return replace(call, arguments=(driver, object, operation, suboperation, extra))
