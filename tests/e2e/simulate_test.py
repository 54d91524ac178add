#!/usr/bin/env python3
"""`hookjournal simulate` against a real libvirtd: the same calls, answers and errors.

    simulate_test.py --hookjournal HOOKJOURNAL [-k PATTERN] [-v] [--keep]

One script (SCRIPT) serves both sides. It logs its call and what of its input simulate
promises to be as libvirt's, and fails where it is told to. Where the two differ, libvirtd
is right. --keep leaves the host's directory.
"""

import argparse
import json
import os
import re
import sys
import unittest
from contextlib import ExitStack
from pathlib import Path

from cases_simulate import COMPARISONS, SWITCHES_ITSELF_OFF, Comparison, Step
from libvirt_host import (
    DAEMON_ENVIRONMENT,
    HOOKS_DIRECTORY,
    RUN_DIRECTORY,
    Host,
    HostError,
    check_requirements,
    libvirt_version,
    wait_until,
)

CALL = ("driver", "object", "operation", "suboperation", "extra")  # in --json
DRIVERS = ("daemon", "network", "qemu")
SIMULATED = f"{RUN_DIRECTORY}/simulated"  # the other side's hooks, and its other files

# A line of the log: the call, then the facts about its input.
SCRIPT = """\
#!/bin/sh
driver=${0##*/} beside=${0%/*}
newline='
'
input=$(cat && echo .)  # $() drops newlines at the end: the dot keeps them
input=${input%.}
facts=
case ${input%%>*} in *" id='"*) facts="$facts id" ;; esac
case $input in '<hookData>'*'</hookData>'*) facts="$facts framed" ;; esac
case $input in *'<networkport>'*) facts="$facts networkport" ;; esac
case $input in
*" connections='"*)
  rest=${input#*" connections='"}
  facts="$facts connections=${rest%%"'"*}"
  ;;
esac
case $input in *"$newline") facts="$facts newline" ;; esac
case $input in
*'<title>'*)
  rest=${input#*'<title>'}
  facts="$facts title=${rest%%'<'*}"
  ;;
esac
echo "$driver $1 $2 $3 $4:$facts" >> "$beside/calls"
if [ "$2" = restore ] && [ -e "$beside/filter" ]; then
  printf %s "$input" | sed -f "$beside/filter"
fi
[ -e "$beside/refuse" ] || exit 0
case "$driver $2$facts " in
"$(cat "$beside/refuse") "*)
  echo "not today" >&2
  exit 3
  ;;
esac
"""

# As virsh shows it, and as the daemon's log has it.
HOOK_ERROR = re.compile(
    r"^(?:error: |\S+ \S+: \d+: error : \w+:\d+ : )"
    r"(Hook script execution failed: .*)$",
    re.M,
)


class Setting:
    """What the command line determines."""

    hookjournal: Path
    keep = False


class Side:
    """Where hooks are called: the real libvirtd's, or the simulated one's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        for driver in DRIVERS:
            (folder / driver).write_text(SCRIPT)
            (folder / driver).chmod(0o755)
        self.forget()

    def forget(self) -> None:
        (self._folder / "calls").write_text("")

    def instruct(self, step: Step) -> None:
        for name, content in (("refuse", step.refuse), ("filter", step.filter)):
            (self._folder / name).unlink(missing_ok=True)
            if content:
                (self._folder / name).write_text(content)

    def calls(self) -> list[str]:
        return (self._folder / "calls").read_text().splitlines()


class Simulate(unittest.TestCase):
    """One host serves all comparisons: each clears away what it made."""

    maxDiff = None
    host: Host
    real: Side
    simulated: Side

    @classmethod
    def setUpClass(cls) -> None:
        check_requirements()
        surroundings = ExitStack()
        cls.addClassCleanup(surroundings.close)
        host = Host((Setting.hookjournal,), keep=Setting.keep)
        cls.host = surroundings.enter_context(host)
        cls.real = Side(cls.host.hooks)
        cls.simulated = Side(cls.host.run_directory / "simulated")
        (cls.host.run_directory / "off.img").write_bytes(SWITCHES_ITSELF_OFF)
        cls.host.start_daemon()

    def compare(self, comparison: Comparison) -> None:
        self.addCleanup(self.clear_away)
        self.define("define", comparison.guest)
        self.keep_xml("dumpxml", "g1", "--inactive")
        if comparison.network:
            self.define("net-define", comparison.network)
        for number, step in enumerate(comparison.steps, 1):
            with self.subTest(step=number):
                self.compare_step(comparison, step)

    def compare_step(self, comparison: Comparison, step: Step) -> None:
        for side in (self.real, self.simulated):
            side.forget()
            side.instruct(step)
        told, status = self.play(step, bool(comparison.network) and step.on_network)
        simulated = self.simulated.calls()
        log = len(self.host.log())
        done = step.act(self.host)
        self.wait_for_calls(len(simulated))
        answer = step.answer(self.host) if step.answer else done
        logged = hook_errors(self.host.log()[log:])
        real, said = self.real.calls(), f"\n{done.stderr}"
        self.assertEqual(real, simulated, f"libvirtd's calls, simulate's{said}")
        self.assertEqual(answer.status, status, f"the answer{said}")
        self.assertEqual(logged, told, "the errors in the daemon's log")
        if done.status != 0:
            self.assertEqual(hook_errors(done.stderr), told, "the error that virsh shows")

    def wait_for_calls(self, number: int) -> None:
        """Some come in libvirt's own time, not within a command."""
        try:
            wait_until(lambda: len(self.real.calls()) >= number, "", seconds=5)
        except HostError:
            pass  # comparing them tells which are missing

    def play(self, step: Step, on_network: bool) -> tuple[list[str], int]:
        """Returns the errors that simulate tells of, and its answer. The calls that it
        tells of are those that the scripts tell of."""
        options = [*"--for-real --json --libvirt".split()]
        options += [".".join(str(number) for number in libvirt_version())]
        options += ["--scripts", SIMULATED, "--journal", f"{SIMULATED}/journal.db"]
        options += ["--input", f"{SIMULATED}/dumpxml.xml"]
        if on_network:
            self.keep_xml("net-dumpxml", "n1")
            options += ["--network", f"{SIMULATED}/net-dumpxml.xml"]
        called, errors, status = [], [], 0
        for play in step.plays:
            done = self.host.run(
                f"{RUN_DIRECTORY}/bin/{Setting.hookjournal.name}",
                "simulate",
                *play.split(),
                *options,
                environment=DAEMON_ENVIRONMENT,
            )
            self.assertIn(done.status, (0, 1), done.stderr)
            status = max(status, done.status)
            steps = [json.loads(line) for line in done.stdout.splitlines()]
            called += [" ".join(s[word] for word in CALL) for s in steps if "driver" in s]
            errors += [normal(s["error"]) for s in steps if s.get("error")]
        ran = [line.split(":")[0] for line in self.simulated.calls()]
        self.assertEqual(ran, called, "the calls, and what --json says of them")
        return errors, status

    def keep_xml(self, *command: str) -> None:
        xml = self.host.check_virsh(*command)
        (self.host.run_directory / f"simulated/{command[0]}.xml").write_text(xml)

    def define(self, command: str, xml: str) -> None:
        (self.host.run_directory / "definition.xml").write_text(xml)
        self.host.check_virsh(command, f"{RUN_DIRECTORY}/definition.xml")

    def clear_away(self) -> None:
        """Leaves nothing to the next comparison, whatever has happened in this one."""
        for side in (self.real, self.simulated):
            side.instruct(Step(self.host.virsh, ()))
        virsh = "destroy g1; undefine g1 --managed-save; net-destroy n1; net-undefine n1"
        # And what a network that failed on its way up leaves (libvirt before 11).
        dnsmasq = "kill $(cat /run/libvirt/network/n1.pid); ip link delete virbr7"
        self.host.run("sh", "-c", f"virsh -c qemu:///system '{virsh}'; {dnsmasq}")


def hook_errors(text: str) -> list[str]:
    return [normal(error) for error in HOOK_ERROR.findall(text)]


def normal(error: str) -> str:
    """The hooks are in another directory when simulated."""
    return error.replace(f"{SIMULATED}/", f"{HOOKS_DIRECTORY}/").rstrip("\n")


def add_tests() -> None:
    for comparison in COMPARISONS:

        def test(self: Simulate, comparison: Comparison = comparison) -> None:
            self.compare(comparison)

        name = "test_" + re.sub(r"\W+", "_", comparison.promise)
        assert not hasattr(Simulate, name), f"two promise {comparison.promise!r}"
        test.__doc__ = comparison.promise
        setattr(Simulate, name, test)


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--hookjournal", type=Path, required=True)
    parser.add_argument("--keep", action="store_true")
    options, rest = parser.parse_known_args()
    Setting.hookjournal = options.hookjournal.resolve(strict=True)
    Setting.keep = options.keep
    os.umask(0o022)
    unittest.main(argv=[sys.argv[0], *rest])


add_tests()
if __name__ == "__main__":
    main()
