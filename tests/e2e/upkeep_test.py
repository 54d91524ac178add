"""`hookjournal maintain` and `compact` keep what was recorded in order."""

import os
import subprocess
import sys
import time
import unittest

from recorded_hooks import Programs, RecordedHooks


class UpkeepTest(unittest.TestCase):
    def setUp(self):
        self.hooks = RecordedHooks()
        self.addCleanup(self.hooks.close)

    def maintain(self, *arguments):
        return self.hooks.hookjournal("maintain", "--hooks-dir", self.hooks.hooks, *arguments,
                                      check=False)

    def spool_one(self):
        """A call while the journal is away."""
        os.rename(self.hooks.journal, self.hooks.journal + ".kept")
        os.rename(os.path.dirname(self.hooks.journal), self.hooks.folder + "/away")
        self.hooks.call("g1")
        time.sleep(0.3)  # its writer
        os.rename(self.hooks.folder + "/away", os.path.dirname(self.hooks.journal))
        os.rename(self.hooks.journal + ".kept", self.hooks.journal)

    def test_what_was_spooled_is_taken_in_once(self):
        self.spool_one()
        self.assertEqual(self.hooks.outcomes(), {})
        done = self.maintain()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("took in 1 run from " + self.hooks.spool, done.stdout)
        self.assertEqual(self.hooks.outcomes(), {"g1": ["failed"]})
        self.assertEqual(self.maintain().stdout, "nothing to do\n")

    def test_another_journal_gets_nothing_of_what_waits(self):
        self.spool_one()
        other = os.path.join(self.hooks.folder, "other", "journal.db")
        hooks = os.path.join(self.hooks.folder, "other-hooks")
        os.mkdir(hooks)
        self.hooks.hookjournal("install", "--hooks-dir", hooks, "--hook", Programs.hook,
                               "--journal", other)
        done = self.maintain("--journal", other)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("took in", done.stdout)
        self.assertIn("took in 1 run", self.maintain().stdout)

    def redact(self, *arguments):
        secrets = os.path.join(self.hooks.folder, "secrets")
        with open(secrets, "w") as file:
            file.write("err g1\n")
        done = self.hooks.hookjournal("redact", "--secrets", secrets, "--hooks-dir",
                                      self.hooks.hooks, *arguments)
        return done.stdout

    def test_what_waits_is_redacted_too(self):
        self.spool_one()
        self.assertIn("replaced 1 secret", self.redact())
        self.assertEqual(self.hooks.outcomes(), {"g1": ["failed"]})
        self.assertEqual(self.hooks.spooled(), [])

    def test_redacting_a_copy_takes_nothing_from_the_journal_beside_it(self):
        self.spool_one()
        waiting = self.hooks.spooled()
        beside = os.path.join(os.path.dirname(self.hooks.journal), "spool")
        os.makedirs(beside, mode=0o700, exist_ok=True)
        for name in waiting:
            os.rename(os.path.join(self.hooks.spool, name), os.path.join(beside, name))
        copy = self.hooks.journal + ".copy"
        self.hooks.hookjournal("backup", copy, "--journal", self.hooks.journal)
        self.assertIn("no secret was found", self.redact("--journal", copy))
        self.assertEqual(self.hooks.spooled(), waiting)

    def test_a_journal_that_has_gone_is_trouble_where_hooks_are_recorded(self):
        os.remove(self.hooks.journal)
        done = self.maintain()
        self.assertEqual(done.returncode, 3)
        self.assertIn("though hooks of", done.stderr)
        self.assertFalse(os.path.exists(self.hooks.journal))

    def test_nothing_to_do_where_nothing_is_recorded(self):
        # A root of its own, where no hook was ever recorded.
        own = [] if os.geteuid() == 0 else ["--map-root-user"]
        done = subprocess.run(
            ["unshare", "--mount", *own, "sh", "-ec",
             'mount -t tmpfs none /run; mount -t tmpfs none /var/lib; exec "$@"', "sh",
             Programs.hookjournal, "maintain", "--hooks-dir",
             os.path.join(self.hooks.folder, "bare")],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("nothing is recorded here", done.stdout)

    def test_a_journal_that_was_named_must_be_there(self):
        done = self.maintain("--journal", "/nowhere/journal.db")
        self.assertEqual(done.returncode, 3)
        self.assertIn("cannot open journal /nowhere/journal.db", done.stderr)

    def test_rebuild_gives_the_same_tables(self):
        for name in ("g1", "g2"):
            self.hooks.call(name)
        tables = ("select * from calls order by id", "select * from script_runs order by id")
        before = [self.hooks.rows(table) for table in tables]
        done = self.hooks.hookjournal("compact", "--rebuild", "--hooks-dir", self.hooks.hooks)
        self.assertEqual(done.stdout, "made 2 calls and 2 runs from 4 events\n")
        self.assertEqual([self.hooks.rows(table) for table in tables], before)

    def test_compact_keeps_every_call(self):
        for name in ("g1", "g2"):
            self.hooks.call(name)
        before = self.hooks.rows("select * from calls order by id")
        self.hooks.hookjournal("compact", "--hooks-dir", self.hooks.hooks)
        self.assertEqual(self.hooks.rows("select * from calls order by id"), before)
        self.hooks.hookjournal("verify", "--hooks-dir", self.hooks.hooks)


if __name__ == "__main__":
    unittest.main(argv=Programs.take_from(sys.argv))
