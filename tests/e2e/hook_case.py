"""What the tests of recorded hooks share: fresh hooks for each, and what must hold whatever
happens to the record."""

import os
import shutil
import sys
import tempfile
import unittest

from recorded_hooks import IN_TIME, Programs, RecordedHooks


class HookCase(unittest.TestCase):
    def setUp(self):
        self.use_fresh_hooks()
        self.calls = 0

    def use_fresh_hooks(self, **options):
        self.hooks = RecordedHooks(**options)
        self.addCleanup(self.hooks.close)

    def assert_as_bare(self, name, answer):
        """As without the recorder, in bounded time."""
        self.assertEqual(answer.seen(), self.hooks.bare_answer(name).seen(), name)
        self.assertLess(answer.seconds, IN_TIME, name)

    def assert_answered(self, count=1):
        """`count` calls are answered as without the recorder; their names."""
        names = []
        for _ in range(count):
            self.calls += 1
            name = "guest%d" % self.calls
            self.assert_as_bare(name, self.hooks.call(name))
            names.append(name)
        return names

    def assert_recorded(self, names):
        """Each of these calls is in the journal, once, with its end."""
        outcomes = self.hooks.outcomes()
        for name in names:
            self.assertEqual(outcomes.get(name), ["failed"], name)
        self.assertTrue(self.hooks.sound())

    def use_hooks_for_everybody(self):
        """Fresh hooks whose recorder any user may execute: a checkout may be in root's own
        folder."""
        place = tempfile.mkdtemp(prefix="hookjournal-e2e.")
        self.addCleanup(shutil.rmtree, place)
        os.chmod(place, 0o755)
        self.use_fresh_hooks(hook=shutil.copy(Programs.hook, place))

    def need_the_shipped_recorder(self):
        if Programs.coarse > 1:
            self.skipTest("a sanitizer takes memory and descriptors of its own")

    def write_script(self, text):
        """Another recorded script, and the same beside it bare."""
        for directory, insert in ((self.hooks.hooks, Programs.hook + " "), (self.hooks.bare, "")):
            with open(os.path.join(directory, "qemu"), "w") as file:
                file.write("#!" + insert + text.removeprefix("#!"))

    def forget_missed_deadline(self):
        """Each step is to meet a recorder that still waits."""
        try:
            os.unlink(os.path.join(self.hooks.spool, "missed"))
        except FileNotFoundError:
            pass


def main():
    unittest.main(argv=Programs.take_from(sys.argv))
