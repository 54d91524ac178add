"""What was seen of one run of a case.

A case runs twice, with bare scripts and with recorded ones. What must be equal is put
into words (Observation.account) so that a difference reads as one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from administrator import Command

# What libvirt makes up anew each time: the id of a network port, and that of a guest when
# two are started at once.
MADE_UP = re.compile(
    rb"(?<=portid=')[0-9a-f-]+"
    rb"|(?<=<networkport>\n    <uuid>)[0-9a-f-]+"
    rb"|(?<=<domain type='qemu' id=')[0-9]+"
)

# The daemon's own lines about hooks, without time, thread and source line.
HOOK_ERROR = re.compile(
    r"^\S+ \S+: \d+: error : (?:virRunScript|virCommandWait|virHookCall):\d+ : (.*hooks.*)$",
    re.M,
)


@dataclass(frozen=True)
class Note:
    """What one script was given, from note.py."""

    script: str  # below the hooks directory
    arguments: tuple[str, ...]  # object, operation, sub-operation, extra
    given: dict[str, Any]
    stdin: bytes | None  # None: left alone

    @property
    def driver(self) -> str:
        return self.script.partition("/")[0].removesuffix(".d")

    @property
    def call(self) -> tuple[str, ...]:
        return (self.driver, *self.arguments)

    def account(self) -> list[str]:
        lines = []
        for name, value in self.given.items():
            if isinstance(value, dict):
                lines += [f"{name}: {key}: {item}" for key, item in value.items()]
            else:
                lines.append(f"{name}: {value}")
        if self.stdin is not None:
            text = MADE_UP.sub(b"...", self.stdin).decode(errors="backslashreplace")
            lines += [f"stdin: {line!r}" for line in text.splitlines(keepends=True)]
        return [f"{self.script} {' '.join(self.arguments)}: {line}" for line in lines]


@dataclass(frozen=True)
class Observation:
    commands: Sequence[Command]
    notes: Sequence[Note]
    daemon_log: str

    def account(self) -> list[str]:
        """All that must not depend on whether the scripts are recorded, as lines that speak
        for themselves."""
        lines = []
        for command in self.commands:
            virsh = f"virsh {' '.join(command.arguments)}"
            lines += [f"{virsh}: {line}" for line in command.stdout.splitlines()]
            lines += [f"{virsh}: stderr: {line}" for line in command.stderr.splitlines()]
            lines.append(f"{virsh}: exit {command.status}")
        # Calls of different objects may run at the same time: their order is chance.
        for note in sorted(self.notes, key=lambda note: note.call[:2]):
            lines += note.account()
        lines += [f"libvirtd: {text}" for text in HOOK_ERROR.findall(self.daemon_log)]
        return lines
