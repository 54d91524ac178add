"""What the built hook promises while nothing is wrong with the journal."""

import json
import os
import re
import subprocess
import time

from hook_case import HookCase, main
from recorded_hooks import Programs


def memory_peak(pid):
    """Of a process that runs, in bytes."""
    with open("/proc/%d/status" % pid) as file:
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1))


class HookTest(HookCase):
    def test_output_to_a_slow_reader_takes_little_memory(self):
        self.write_script("#!/bin/sh\nhead -c 100M /dev/zero\n")
        with subprocess.Popen([os.path.join(self.hooks.hooks, "qemu"), "g", "start", "begin", "-"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as hook:
            length = peak = 0
            while piece := os.read(hook.stdout.fileno(), 30_000):
                length += len(piece)
                peak = max(peak, memory_peak(hook.pid))
                time.sleep(0.0003)  # always a little behind the script
        self.assertEqual(length, 100 << 20)
        self.assertLess(peak, 32 << 20)

    def first_line(self, path, text):
        """Gives a script another first line."""
        with open(path, "r+") as file:
            rest = file.read().split("\n", 1)[1]
            file.seek(0)
            file.truncate()
            file.write(text + "\n" + rest)

    def interpreter(self, first_line):
        """A script that others may name as theirs: it runs them with sh."""
        path = os.path.join(self.hooks.folder, "interpreter")
        with open(path, "w") as file:
            file.write(first_line + '\nexec /bin/sh "$@"\n')
        os.chmod(path, 0o755)
        return path

    def test_recorder_without_an_interpreter_fails_once(self):
        with open(os.path.join(self.hooks.hooks, "qemu"), "r+") as file:
            rest = file.read().split("\n", 1)[1]
            file.seek(0)
            file.truncate()
            file.write("#!%s\n%s" % (Programs.hook, rest))
        # Should it run itself again and again, this is where that ends.
        answer = self.hooks.call("g", before=["unshare", "--pid", "--fork", "--kill-child",
                                              "timeout", "5"])
        self.assertEqual(answer.status, 126)
        self.assertIn(b"Exec format error", answer.err)
        self.assertIn(b"no interpreter follows", answer.err)

    def test_interpreter_that_is_a_recorded_script_itself(self):
        script = os.path.join(self.hooks.hooks, "qemu")
        self.first_line(script, "#!%s %s" % (
            Programs.hook, self.interpreter("#!%s /bin/sh" % Programs.hook)))
        names = self.assert_answered()
        self.hooks.upkeep()
        outcomes = self.hooks.outcomes()
        self.assertIn("failed", outcomes[names[0]])

    def test_interpreters_that_name_each_other_fail_once(self):
        script = os.path.join(self.hooks.hooks, "qemu")
        path = self.interpreter("#!%s %s" % (Programs.hook, script))
        self.first_line(script, "#!%s %s" % (Programs.hook, path))
        answer = self.hooks.call("g", before=["unshare", "--pid", "--fork", "--kill-child",
                                              "timeout", "5"])
        self.assertEqual(answer.status, 126)

    def test_called_by_a_relative_path(self):
        answer = self.hooks.call("g", before=["sh", "-c", 'cd "$1" && shift 2 && exec ./qemu "$@"',
                                              "sh", self.hooks.hooks])
        self.assertEqual(answer.seen(), self.hooks.bare_answer("g").seen())
        self.hooks.upkeep()
        call = json.loads(self.hooks.hookjournal("log", "--json", "--hooks-dir",
                                                 self.hooks.hooks).stdout)
        self.assertEqual(call["context"]["hooks_dir"], self.hooks.hooks)
        self.assertIsNotNone(call["tree"])

    def test_refuse_when_unrecorded(self):
        config = os.path.join(self.hooks.hooks, "hookjournal", "config.json")
        with open(config, "w") as file:
            file.write('{"journal": "/nonexistent/j.db", "spool": "/nonexistent/s",'
                       ' "when_unrecorded": "refuse"}')
        with open(os.path.join(self.hooks.hooks, "qemu"), "r+") as file:
            first = file.readline()
            file.truncate(0)
            file.seek(0)
            file.write(first + "exit 0\n")
        refused = self.hooks.call("g")
        self.assertEqual(refused.status, 1)
        self.assertIn(b"could not be recorded", refused.err)
        for operation in ("reconnect", "stopped", "release"):
            self.assertEqual(self.hooks.call("g", operation=operation).status, 0)


if __name__ == "__main__":
    main()
