#!/usr/bin/env python3
"""Calls of a real libvirtd, recorded, and then replayed beside it.

    replay_test.py --programs HOOKJOURNAL HOOK SANDBOX STAND_IN
                   [-k PATTERN] [-v] [--keep]

One private libvirtd (libvirt_host.py) records once for all tests: guests that start, end,
are saved and come back through a filter chain, and a network with ports. The replays run
in the same namespaces, so each sandbox is nested in them. --keep leaves the host's
directory.
"""

import argparse
import json
import os
import shutil
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import journal_view
from administrator import Administrator
from case import Case
from guests import guest, network, nic
from libvirt_host import RUN_DIRECTORY, Host, Result, check_requirements
from scripts import File
from stage import Stage

IMAGE = "/run/e2e/g3.save"

# In the manner of those in the field: a dated log, state between prepare and release,
# services, the packet filter. It fails at nothing, whatever the host lacks.
QEMU = """\
#!/bin/bash
name=$1 operation=$2
log() { echo "$(date '+%F %T.%N') [$$] $name: $*" >> /var/log/libvirt/hooks.log; }
forwarding() { iptables -t nat "$1" PREROUTING -p tcp --dport 8022 -j DNAT \\
  --to-destination 192.0.2.50:22 -m comment --comment "$name"; }
log "$operation $3 $4"
case $operation in
prepare)
  mkdir -p /run/guests
  echo "since=$(date +%s) by=$$" > "/run/guests/$name"
  systemctl start "guest-$name.slice" || true
  ;;
start)
  forwarding -A
  ;;
started)
  grep -q ^since= "/run/guests/$name" || echo "$name was not prepared" >&2
  ip rule add priority 1000 fwmark 7 lookup 107
  ;;
stopped)
  forwarding -D
  ip rule del priority 1000
  ;;
release)
  rm -f "/run/guests/$name"
  systemctl stop "guest-$name.slice" || true
  # Without systemd it is exit 1, of a service that is not active 3.
  [ $name != g3 ] || systemctl is-active --quiet tuned || exit
  ;;
restore)
  sed 's,<title>.*</title>,<title>first</title>,'
  ;;
esac
exit 0
"""

FILTER = """\
#!/bin/sh
[ "$2" = restore ] || exit 0
exec sed 's,<title>first</title>,<title>second</title>,'
"""

NETWORK = """\
#!/bin/sh
echo "$(date) $1 $2" >> /var/log/libvirt/networks.log
case $2 in
start) ip route add blackhole 198.51.100.0/24 ;;
port-created) grep -o "<mac address='[^']*'/>" > /run/ports.$1 ;;
port-deleted) rm -f /run/ports.$1 ;;
stopped) ip route del blackhole 198.51.100.0/24 ;;
esac
"""


# The tap's name is libvirt's own: only the running guest's XML knows it.
JOINING = """\
  tap=$(grep -o 'vnet[0-9]*' | head -n 1)
  [ -z "$tap" ] || ip link set "$tap" master virbr7 || exit 1
"""


def lifecycles(admin: Administrator) -> None:
    admin.succeeds("net-start", "n1")
    admin.succeeds("start", "g1")
    admin.succeeds("destroy", "g1")
    admin.succeeds("start", "g2")
    admin.succeeds("destroy", "g2")
    admin.succeeds("start", "g3")
    admin.succeeds("save", "g3", IMAGE)
    admin.succeeds("restore", IMAGE)
    admin.succeeds("desc", "g3", "--title", printing="second")
    admin.succeeds("destroy", "g3")
    admin.succeeds("start", "g1")
    admin.succeeds("destroy", "g1")
    admin.succeeds("net-destroy", "n1")


CASE = Case(
    "lifecycles to be replayed",
    hooks={
        "qemu": File(QEMU.encode()),
        "qemu.d/10-title": File(FILTER.encode()),
        "network": File(NETWORK.encode()),
    },
    guests=[guest("g1", devices=nic("n1")), guest("g2"), guest("g3")],
    networks=[network()],
    act=lifecycles,
    calls=(),  # libvirtd_test.py compares these
)

START = ["prepare", "start", "started"]
END = ["stopped", "release"]
OPERATIONS = {  # by object, as they must have been recorded
    "g1": 2 * (START + END),
    "g2": START + END,
    "g3": START + END + ["restore"] + START + END,
    "n1": ["start", "started"] + 2 * ["port-created", "port-deleted"] + ["stopped"],
}

ASKS_SYSTEMD = ("prepare", "release")


class Setting:
    """What the command line determines."""

    programs: tuple[Path, ...] = ()
    keep = False


class Replay(unittest.TestCase):
    maxDiff = None
    host: Host
    recorded: list[dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        check_requirements()
        surroundings = ExitStack()
        cls.addClassCleanup(surroundings.close)
        host = Host(Setting.programs, keep=Setting.keep)
        cls.host = surroundings.enter_context(host)
        stage = Stage(host, CASE)
        stage.write_hooks()
        journal_view.install(host)
        host.start_daemon()
        stage.act()
        cls.recorded = journal_view.json_calls(host)
        # As an administrator makes it: a copy, the recorder's words included.
        cls.tree("same")
        refusing = QEMU.replace("\nexit 0\n", "\n[ $name/$operation != g2/prepare ]\n")
        (cls.tree("refusing") / "qemu").write_text(refusing)

    @classmethod
    def tree(cls, name: str) -> Path:
        return shutil.copytree(cls.host.hooks, cls.host.run_directory / name)

    def replay(self, tree: str, *options: str) -> Result:
        scripts = ("--scripts", f"{RUN_DIRECTORY}/{tree}", "--no-pager")
        return self.host.run(journal_view.PROGRAM, "replay", *scripts, *options)

    def replay_of_all(self, tree: str, status: int, *options: str) -> list[dict[str, Any]]:
        """Every line of --json, the summary last."""
        done = self.replay(tree, "--last", "all", "--json", *options)
        self.assertEqual(done.status, status, done.stderr + done.stdout)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def hookjournal(self, *arguments: str) -> str:
        return self.host.check(journal_view.PROGRAM, *arguments)

    def test_the_calls_were_recorded(self) -> None:
        operations: dict[str, list[str]] = {}
        for call in self.recorded:
            if call["driver"] != "daemon":
                operations.setdefault(call["object"], []).append(call["operation"])
        self.assertEqual(operations, OPERATIONS)
        self.assertEqual({call["origin"] for call in self.recorded}, {"libvirt"})

    def test_the_same_scripts_do_the_same(self) -> None:
        *calls, summary = self.replay_of_all("same", 0)
        self.assertEqual([line["type"] for line in calls], len(calls) * ["call"])
        self.assertEqual(
            sorted(call["id"] for call in calls),
            sorted(call["id"] for call in self.recorded),
        )
        for call in calls:
            with self.subTest(object=call["object"], operation=call["operation"]):
                # Production had no systemd to talk to, a stand-in has answers.
                asks = call["driver"] == "qemu" and call["operation"] in ASKS_SYSTEMD
                self.assertEqual(call["simulated"], ["systemctl"] if asks else [])
                # Its log has process ids, which are other ones in each leg.
                self.assertIn(call["verdict"], ("same", "noise"), call)
                if (call["object"], call["operation"]) == ("g3", "release"):
                    self.assertEqual([d["field"] for d in call["drift"]], ["ending"])
                else:
                    self.assertEqual(call["drift"], [])
        self.assertEqual(summary["verdicts"]["changed"], 0)
        self.assertEqual(summary["coverage"]["calls"], len(self.recorded))

    def test_what_the_scripts_left_on_the_host_stays(self) -> None:
        def state() -> str:
            listing = "cat /var/log/libvirt/*s.log; find /run -type f -newer /run/e2e/same"
            rules = "iptables-save -t nat | grep -v ^#; ip rule; ip route; ip -o link"
            return self.host.check("sh", "-c", f"{listing}; {rules}; cat /proc/mounts")

        before = state()
        self.replay_of_all("same", 0)
        self.assertEqual(before, state())

    def test_a_refusal_is_found_where_it_is(self) -> None:
        *lines, summary = self.replay_of_all("refusing", 1)
        changed = [call for call in lines if call.get("verdict") == "changed"]
        self.assertEqual(
            [(call["object"], call["operation"]) for call in changed], [("g2", "prepare")]
        )
        [call] = changed
        self.assertEqual(
            call["consequence"], {"before": "none", "after": "start-refused"}
        )
        fields = {difference["field"] for difference in call["differences"]}
        self.assertLessEqual({"answer", "ending"}, fields)
        [group] = summary["groups"]
        self.assertEqual((group["calls"], group["objects"]), (1, ["g2"]))
        self.assertEqual(summary["verdicts"]["changed"], 1)

        text = self.replay("refusing", "--object", "g2", "--show").stdout
        self.assertIn("start-refused (was none)", text)

    def test_links_of_the_guests_are_there_when_asked_for(self) -> None:
        joining = QEMU.replace("started)\n", "started)\n" + JOINING, 1)
        (self.tree("joining") / "qemu").write_text(joining)
        *lines, _ = self.replay_of_all("joining", 1, "--object", "g1", "--links")
        starts = [call for call in lines if call.get("operation") == "started"]
        for call in starts:
            places = [d["place"] for d in call["differences"] if d["field"] == "network"]
            self.assertRegex("\n".join(places), "(?m)^link vnet[0-9]+$")
            self.assertEqual(call["consequence"], {"before": "none", "after": "none"})
        self.assertEqual(len(starts), 2)

        *lines, _ = self.replay_of_all("joining", 1, "--object", "g1")
        starts = [call for call in lines if call.get("operation") == "started"]
        self.assertEqual(
            [call["consequence"]["after"] for call in starts], 2 * ["start-undone"]
        )

    def test_the_command_in_the_report_reproduces_the_change(self) -> None:
        [group] = self.replay_of_all("refusing", 1)[-1]["groups"]
        command = group["reproduce"].replace("hookjournal", journal_view.PROGRAM, 1)
        done = self.host.run("sh", "-c", command)
        self.assertEqual(done.status, 1, done.stderr)
        self.assertIn(group["fingerprint"], done.stdout)

    def test_reports_for_programs(self) -> None:
        junit = self.host.run_directory / "report.xml"
        markdown = self.host.run_directory / "report.md"
        files = ["--junit", f"{RUN_DIRECTORY}/{junit.name}"]
        files += ["--markdown", f"{RUN_DIRECTORY}/{markdown.name}"]
        lines = self.replay_of_all("refusing", 1, *files)
        [group] = lines[-1]["groups"]
        calls = [line for line in lines if line["type"] == "call"]
        cases = ElementTree.parse(junit).findall(".//testcase")
        self.assertGreaterEqual(len(cases), len(calls))
        failures = [case for case in cases if case.find("failure") is not None]
        self.assertEqual(len(failures), 1)
        self.assertIn("g2", " ".join(failures[0].attrib.values()))
        told = markdown.read_text()
        self.assertTrue(told.startswith("#"), told[:80])
        self.assertEqual(told.count("\n```") % 2, 0, "fences are closed")
        self.assertIn(group["fingerprint"], told)
        self.assertIn("start-refused", told)

    def test_what_is_accepted_fails_no_more(self) -> None:
        [group] = self.replay_of_all("refusing", 1)[-1]["groups"]
        fingerprint = group["fingerprint"]
        self.hookjournal("accept", fingerprint, "--because", "g2 has moved")
        self.assertIn("g2 has moved", self.hookjournal("accept", "--list"))
        *lines, summary = self.replay_of_all("refusing", 0)
        [group] = summary["groups"]
        self.assertTrue(group["accepted"])
        self.assertEqual(group["accepted_because"], "g2 has moved")
        self.assertEqual([line["object"] for line in lines if line["accepted"]], ["g2"])
        self.hookjournal("accept", "--revoke", fingerprint)
        [group] = self.replay_of_all("refusing", 1)[-1]["groups"]
        self.assertFalse(group["accepted"])

    def test_nothing_to_replay_is_no_success(self) -> None:
        done = self.replay("same", "--object", "nobody")
        self.assertEqual(done.status, 2, done.stdout)
        self.assertNotEqual(done.stderr, "")


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--programs", nargs=4, type=Path, required=True)
    parser.add_argument("--keep", action="store_true")
    options, rest = parser.parse_known_args()
    Setting.programs = tuple(path.resolve(strict=True) for path in options.programs)
    Setting.keep = options.keep
    os.umask(0o022)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
