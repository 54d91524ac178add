"""The one who types: every command of a case goes through here and is remembered."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable

from libvirt_host import Host, wait_until


@dataclass(frozen=True)
class Command:
    arguments: tuple[str, ...]
    status: int
    stdout: str
    stderr: str
    seconds: float


class Administrator:
    def __init__(self, host: Host, noted_calls: Callable[[], Iterable[str]]) -> None:
        self.host = host
        self.commands: list[Command] = []
        self._noted_calls = noted_calls

    def succeeds(self, *arguments: str, printing: str = "") -> None:
        self._remember(self._type(arguments), fails=False, saying=printing)

    def fails(self, *arguments: str, saying: str) -> None:
        self._remember(self._type(arguments), fails=True, saying=saying)

    def succeeds_at_once(self, *commands: tuple[str, ...]) -> None:
        """Types several commands at the same time."""
        with ThreadPoolExecutor(len(commands)) as pool:
            for command in pool.map(self._type, commands):
                self._remember(command, fails=False, saying="")

    def restarts_the_daemon(self) -> None:
        self.host.restart_daemon()

    def reloads_the_daemon(self) -> None:
        self.host.sighup()

    def waits_for(self, call: str) -> None:
        """For a hook that libvirt calls in its own time, not within a command."""
        wait_until(lambda: call in self._noted_calls(), f"the call {call!r}")

    def _type(self, arguments: tuple[str, ...]) -> Command:
        began = time.monotonic()
        result = self.host.virsh(*arguments)
        return Command(arguments, *result, time.monotonic() - began)

    def _remember(self, command: Command, *, fails: bool, saying: str) -> None:
        self.commands.append(command)
        said = command.stderr if fails else command.stdout
        if (command.status != 0) != fails or saying not in said:
            wanted = "fail" if fails else "succeed"
            raise AssertionError(
                f"virsh {' '.join(command.arguments)} should {wanted} saying {saying!r}, but:\n"
                f"exit {command.status}\n{command.stdout}{command.stderr}"
            )
