"""Puts one run of a case on: writes its scripts, acts it, collects what was seen."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from administrator import Administrator
from case import Case
from libvirt_host import HERE, HOOKS_DIRECTORY, RUN_DIRECTORY, Host
from observation import Note, Observation
from scripts import CopyOf, Entry, File, Folder, Link


class Stage:
    def __init__(self, host: Host, case: Case) -> None:
        self.host = host
        self.case = case

    def write_hooks(self) -> None:
        note = self.host.run_directory / "note"
        program = (HERE / "note.py").read_text()
        note.write_text(f"#!{sys.executable} -IS\n{program}")
        note.chmod(0o755)
        for path, entry in self.case.hooks.items():
            write_entry(self._outside(path), entry)

    def act(self) -> Observation:
        for xml in self.case.guests:
            self._define("define", xml)
        for xml in self.case.networks:
            self._define("net-define", xml)
        administrator = Administrator(
            self.host, lambda: [" ".join(note.call) for note in self.notes()]
        )
        self.case.act(administrator)
        return Observation(administrator.commands, self.notes(), self.host.log())

    def notes(self) -> list[Note]:
        log = self.host.run_directory / "notes.jsonl"
        if not log.exists():
            return []
        return [self._note(json.loads(line)) for line in log.read_text().splitlines()]

    def _note(self, given: dict[str, Any]) -> Note:
        path, *arguments = given["command_line"][-5:]
        stdin = given.pop("stdin", None)
        if stdin is not None:
            stdin = (self.host.run_directory / "stdin" / stdin).read_bytes()
        return Note(script_name(path), tuple(arguments), given, stdin)

    def _outside(self, path: str) -> Path:
        below = path.removeprefix(RUN_DIRECTORY + "/")
        return (self.host.hooks if below == path else self.host.run_directory) / below

    def _define(self, command: str, xml: str) -> None:
        (self.host.run_directory / "definition.xml").write_text(xml)
        self.host.check_virsh(command, f"{RUN_DIRECTORY}/definition.xml")


def script_name(path: str) -> str:
    """Below the hooks directory; a script that was moved there by the recorder too."""
    return path.removeprefix(f"{HOOKS_DIRECTORY}/").removeprefix("hookjournal/")


def write_entry(path: Path, entry: Entry) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    match entry:
        case File(content, mode):
            path.write_bytes(content)
            path.chmod(mode)
        case CopyOf(program):
            shutil.copy(program, path)
        case Link(target):
            path.symlink_to(target)
        case Folder():
            path.mkdir()
