"""A failed call is run again in a real sandbox: `explain --replay` tells whether scripts or
XML turn the failure, `bisect` finds the version of the scripts and the file."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

XML = """<domain type='kvm'>
  <name>web</name>
  <uuid>6b0b3f52-9a4c-4a39-8d8e-6c0d6f2f5a11</uuid>
  <memory unit='MiB'>%d</memory>
  <os><type arch='x86_64'>hvm</type></os>
</domain>
"""

MAIN = """#!/bin/sh
. "${0%%/*}/lib/limits"
[ "$2" = prepare ] || exit 0
memory=$(sed -n 's,.*<memory[^>]*>\\([0-9]*\\)</memory>.*,\\1,p')
[ "$memory" -le "$limit" ] || { echo "$1: $memory MiB are too much" >&2; exit 3; }
# %s
"""


class Programs:
    hookjournal = None


class ForensicsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="hookjournal-e2e.")
        self.addCleanup(shutil.rmtree, self.folder)
        self.journal = os.path.join(self.folder, "journal.db")
        self.scripts("first", 1000)

    def scripts(self, comment, limit):
        """The next version of the scripts."""
        self.write("hooks/qemu", MAIN % comment, 0o755)
        self.write("hooks/lib/limits", "limit=%d # %s\n" % (limit, comment), 0o644)

    def write(self, name, text, mode):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def start(self, memory):
        xml = self.write("web.xml", XML % memory, 0o644)
        self.hookjournal("simulate", "start", "--scripts", self.folder + "/hooks", "--input",
                         xml, check=False)

    def hookjournal(self, *words, check=True):
        return subprocess.run([Programs.hookjournal, *words, "--journal", self.journal],
                              check=check, timeout=60, capture_output=True, text=True)

    def last_failure(self):
        lines = self.hookjournal("log", "--json", "--outcome", "failed").stdout.splitlines()
        return str(json.loads(lines[-1])["id"])

    def explained(self):
        done = self.hookjournal("explain", self.last_failure(), "--replay", "--json")
        return json.loads(done.stdout)["replay"]

    def bisected(self, status):
        done = self.hookjournal("bisect", self.last_failure(), "--json", check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return json.loads(done.stdout)

    def test_a_change_of_the_scripts(self):
        self.start(512)
        for number in range(6):
            self.scripts("version %d" % number, 1000 if number < 4 else 256)
            self.start(512)
        self.assertEqual(self.explained()["verdict"], "scripts")
        found = self.bisected(1)
        self.assertEqual(found["verdict"], "found")
        self.assertEqual(found["guilty"], ["lib/limits"])
        self.assertEqual(sorted(file["path"] for file in found["files"]),
                         ["lib/limits", "qemu"])
        page = self.hookjournal("bisect", self.last_failure(), check=False).stdout
        self.assertIn("+limit=256 # version 4", page)
        self.assertIn("1 other file changed too", page)

    def test_a_change_of_the_xml(self):
        self.start(512)
        self.start(2000)
        replayed = self.explained()
        self.assertEqual(replayed["verdict"], "xml")
        self.assertTrue(replayed["same_scripts"])
        self.assertEqual(self.bisected(0)["verdict"], "same-scripts")

    def test_a_change_of_both(self):
        self.start(512)
        self.scripts("lower", 600)
        self.start(700)
        self.assertEqual(self.explained()["verdict"], "either")

    def test_a_change_of_neither(self):
        state = "[ ! -e %s/broken ] || { echo broken >&2; exit 4; }\n" % self.folder
        path = os.path.join(self.folder, "hooks/qemu")
        with open(path, "a") as file:
            file.write(state)
        self.start(512)
        self.write("broken", "", 0o644)
        self.start(512)
        self.assertEqual(self.explained()["verdict"], "neither")
        os.remove(os.path.join(self.folder, "broken"))
        self.assertEqual(self.explained()["verdict"], "not-reproduced")
        page = self.hookjournal("explain", self.last_failure(), "--replay").stdout
        self.assertIn("Not reproduced", page)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hookjournal", required=True)
    options, rest = parser.parse_known_args()
    Programs.hookjournal = os.path.abspath(options.hookjournal)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
