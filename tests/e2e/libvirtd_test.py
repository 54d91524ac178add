#!/usr/bin/env python3
"""Hook scripts under a real libvirtd, bare and recorded: nothing may differ but the record.

    libvirtd_test.py --programs HOOKJOURNAL HOOKJOURNAL_HOOK [-k PATTERN] [-v] [--keep]
    libvirtd_test.py --bare [-k PATTERN] ...

--bare runs the bare half twice instead, to work on a case: what then differs, differs by
itself. --keep leaves each host's directory.
"""

import argparse
import difflib
import os
import re
import shutil
import stat
import sys
import tempfile
import unittest
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cases_filter
import cases_lifecycle
import cases_network
import cases_scripts
import journal_view
from case import Case
from guests import guest
from libvirt_host import Host, check_requirements, libvirt_version
from observation import Observation
from stage import Stage

CASES = [
    *cases_lifecycle.CASES,
    *cases_filter.CASES,
    *cases_network.CASES,
    *cases_scripts.CASES,
]


class Setting:
    """What the command line and the machine determine, for all cases."""

    programs: tuple[Path, ...] = ()
    keep = False
    capabilities: Path


def setUpModule() -> None:
    """libvirtd asks each QEMU for a second what it can: once is enough for all hosts."""
    check_requirements()
    Setting.capabilities = Path(tempfile.mkdtemp(prefix="hookjournal-e2e-cache-"))
    unittest.addModuleCleanup(shutil.rmtree, Setting.capabilities)
    with Host() as host:
        host.start_daemon()
        (host.run_directory / "guest.xml").write_text(guest())
        host.check_virsh("define", "/run/e2e/guest.xml")
        shutil.copytree(host.cache, Setting.capabilities, dirs_exist_ok=True)


class Libvirtd(unittest.TestCase):
    maxDiff = None

    def keeps_its_promise(self, case: Case) -> None:
        case = case.under(libvirt_version())
        other = self.run_recorded if Setting.programs else self.run_bare
        with ThreadPoolExecutor() as pool:
            runs = [pool.submit(run, case) for run in (self.run_bare, other)]
        bare, recorded = (run.result() for run in runs)
        self.check_observed(case, bare)
        self.check_observed(case, recorded)
        as_bare = [case.as_bare(line) for line in recorded.account()]
        differences = list(
            difflib.unified_diff(
                bare.account(), as_bare, "bare", "recorded", lineterm="", n=0
            )
        )
        if differences:
            self.fail("\n".join(["recording changed what was seen:", *differences]))

    def run_bare(self, case: Case) -> Observation:
        with self.host() as host:
            stage = Stage(host, case)
            stage.write_hooks()
            host.start_daemon()
            return stage.act()

    def run_recorded(self, case: Case) -> Observation:
        with self.host(*Setting.programs) as host:
            stage = Stage(host, case)
            stage.write_hooks()
            as_written = listing(host.hooks)
            if case.installs_under_the_daemon:
                host.start_daemon()
                journal_view.install(host)
            else:
                journal_view.install(host)
                host.start_daemon()
            observation = stage.act()
            self.check_journal(case, host, observation)
            journal_view.uninstall(host)
            self.assertEqual(as_written, listing(host.hooks), "after uninstall")
            return observation

    def host(self, *programs: Path) -> Host:
        return Host(programs, capabilities=Setting.capabilities, keep=Setting.keep)

    def check_observed(self, case: Case, observation: Observation) -> None:
        expected = [
            (run.script, *call.arguments)
            for call in case.calls
            for run in call.runs
            if run.notes
        ]
        ran = [(note.script, *note.call) for note in observation.notes]
        self.assertEqual(by_object(expected), by_object(ran), "the scripts that ran")
        if case.check:
            case.check(observation)

    def check_journal(self, case: Case, host: Host, observation: Observation) -> None:
        calls = journal_view.json_calls(host)
        self.assertEqual(
            by_object(journal_view.expected_calls(case)),
            by_object([journal_view.from_json(call) for call in calls]),
            "hookjournal log --json",
        )
        self.assertEqual(
            journal_view.as_viewed(calls), journal_view.view_calls(host), "the views"
        )
        filters = ("migrate", "restore") if case.secrets else ()
        read = journal_view.inputs_read(observation, but=filters)
        kept = journal_view.inputs_kept(calls)
        self.assertEqual(read, {key: kept.get(key) for key in read}, "inputs")
        if case.check_journal:
            case.check_journal(calls)
        if case.secrets:
            self.check_secrets(case, host, calls)

    def check_secrets(self, case: Case, host: Host, calls: list[dict[str, Any]]) -> None:
        kept = journal_view.streams(host, calls)
        for secret in case.secrets:
            told = [name for name, content in kept.items() if secret in content]
            self.assertEqual([], told, f"streams that hold {secret!r}")
            for file in (host.run_directory / "journal").iterdir():
                self.assertNotIn(secret.encode(), file.read_bytes(), file)


def by_object(calls: Sequence[Any]) -> list[Any]:
    """Calls of different objects may run at the same time: their order is chance."""

    def object_of(call: Any) -> tuple[str, ...]:
        arguments: tuple[str, ...] = (
            call[1:] if isinstance(call, tuple) else call.arguments
        )
        return arguments[:2]

    return sorted(calls, key=object_of)


def listing(folder: Path) -> list[tuple[str, str, bytes]]:
    """Every path below, its mode, and what it holds or points to."""
    found = []
    for path in sorted(folder.rglob("*")):
        content = b""
        if path.is_symlink():
            content = os.fsencode(path.readlink())
        elif path.is_file():
            content = path.read_bytes()
        found.append(
            (str(path.relative_to(folder)), stat.filemode(path.lstat().st_mode), content)
        )
    return found


def add_tests() -> None:
    for case in CASES:

        def test(self: Libvirtd, case: Case = case) -> None:
            self.keeps_its_promise(case)

        name = "test_" + re.sub(r"\W+", "_", case.promise)
        assert not hasattr(Libvirtd, name), f"two cases promise {case.promise!r}"
        test.__doc__ = case.promise
        setattr(Libvirtd, name, test)


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--programs", nargs=2, type=Path)
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--keep", action="store_true")
    options, rest = parser.parse_known_args()
    if bool(options.programs) == options.bare:
        parser.error("give either --programs HOOKJOURNAL HOOKJOURNAL_HOOK or --bare")
    Setting.programs = tuple(path.resolve(strict=True) for path in options.programs or ())
    Setting.keep = options.keep
    os.umask(0o022)  # modes are compared, whatever the caller's is
    unittest.main(argv=[sys.argv[0], *rest])


add_tests()
if __name__ == "__main__":
    main()
