"""Recorders that are killed or stopped at any step, that are many, or that the machine refuses
what they need: libvirt gets the script's answer, or sees the death it would see of any hook."""

import concurrent.futures
import os
import re
import signal
import subprocess

from hook_case import HookCase, main
from recorded_hooks import IN_TIME, Programs


class ProcessTroubleTest(HookCase):
    def every_step(self, role, number, stride):
        """Calls a hook again and again, with the signal at each `stride`-th system call of
        that process; yields name, answer and the pid that was hit, or None at the end."""
        step = 1
        while True:
            name = "%s%d" % (role, step)
            answer = self.hooks.call(name, before=[Programs.at_syscall, role, str(step),
                                                   str(int(number))])
            hit = re.search(rb"hit (\d+) \d+\n", answer.err)
            answer.err = re.sub(rb"(hit \d+ \d+|missed \d+)\n", b"", answer.err)
            yield name, answer, int(hit.group(1)) if hit else None
            if not hit:
                self.assertGreater(step, 30, "hardly a step was tried")
                return
            # A queue of what the killed left would give each writer ever more steps.
            if len(self.hooks.spooled()) > 3:
                self.hooks.hookjournal("maintain", "--hooks-dir", self.hooks.hooks)
            step += stride * Programs.coarse

    def test_writer_killed_at_every_step(self):
        names = []
        for name, answer, _ in self.every_step("writer", signal.SIGKILL, 3):
            self.assert_as_bare(name, answer)
            names.append(name)
        names += self.assert_answered()
        self.hooks.upkeep()
        self.assert_recorded(names)

    def test_writer_stopped_at_every_step(self):
        self.use_fresh_hooks(deadline_ms=100)
        names = []
        for name, answer, pid in self.every_step("writer", signal.SIGSTOP, 9):
            self.assert_as_bare(name, answer)
            if pid:
                # What it might hold is given back only now.
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass  # the answering process had to
            self.forget_missed_deadline()
            names.append(name)
        names += self.assert_answered()
        self.hooks.upkeep()
        self.assert_recorded(names)

    def test_hook_killed_at_every_step(self):
        ran = os.path.join(self.hooks.folder, "ran")
        self.write_script("#!/bin/sh\necho $1 >>%s\nexit 3\n" % ran)
        names = []
        for name, answer, _ in self.every_step("answering", signal.SIGKILL, 1):
            # libvirt sees the death it would see of any hook; nothing hangs.
            self.assertIn(answer.status, (128 + signal.SIGKILL, 3), name)
            self.assertLess(answer.seconds, IN_TIME, name)
            names.append(name)
        names_after = self.assert_answered(2)
        self.hooks.upkeep()
        self.assert_recorded(names_after)
        outcomes = self.hooks.outcomes()
        # Before the writer was born nothing could be known; after it, nothing is open.
        known = [name in outcomes for name in names]
        self.assertEqual(known, sorted(known), names)
        self.assertLessEqual({outcomes[name][0] for name in names if name in outcomes},
                             {"failed", "abandoned"})
        self.assertIn(["abandoned"], outcomes.values(), "the witness saw no death at all")
        # A script that was started does its work, whatever becomes of who started it.
        with open(ran) as file:
            lines = file.read().split()
        done = [name in lines for name in names]
        self.assertEqual(done, sorted(done), names)
        self.assertIn(True, done, "no script was started")
        self.assertEqual([name for name in names if lines.count(name) > 1], [], "ran twice")

    def test_64_at_once_lose_nothing(self):
        names = ["many%d" % i for i in range(64)]
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            answers = list(pool.map(self.hooks.call, names))
        for name, answer in zip(names, answers):
            self.assertEqual(answer.seen(), self.hooks.bare_answer(name).seen(), name)
            # Sanitized, so many take long to share two cores.
            self.assertLess(answer.seconds, IN_TIME * Programs.coarse, name)
        self.hooks.upkeep()
        self.assert_recorded(names)
        self.assertEqual(self.hooks.gaps(), 0)

    def assert_answered_within(self, limits):
        """Each is answered as the bare script is under the same limits of the machine."""
        for limit in limits:
            before = ["prlimit", limit]
            answer = self.hooks.call(limit, before=before)
            # Who cannot say a word is named by the shell, with its folder.
            answer.err = answer.err.replace(self.hooks.hooks.encode(), self.hooks.bare.encode())
            self.assertEqual(answer.seen(),
                             self.hooks.call(limit, self.hooks.bare, before).seen(), limit)
            self.assertLess(answer.seconds, IN_TIME)
            self.forget_missed_deadline()
        self.hooks.upkeep()

    def left_to_themselves(self):
        """What the journal says of scripts that a recorder let run without it."""
        return b"".join(body for body, in
                        self.hooks.rows("select body from events where kind = 3"))

    def test_machine_that_refuses_memory(self):
        self.need_the_shipped_recorder()

        def starts(bytes_):
            return subprocess.run(["prlimit", "--as=%d" % bytes_, Programs.hook, "--version"],
                                  capture_output=True).returncode == 0
        least = next(size for size in range(1 << 20, 64 << 20, 32 << 10) if starts(size))
        self.assert_answered_within(["--as=%d" % (least + i * (64 << 10)) for i in range(40)])
        self.assertIn(b"left the script to itself: std::bad_alloc", self.left_to_themselves())
        self.assertIn(["failed"], self.hooks.outcomes().values(), "the last had all they need")

    def test_machine_that_refuses_descriptors(self):
        self.need_the_shipped_recorder()
        self.assert_answered_within(["--nofile=%d" % count for count in range(3, 16)])
        self.assertIn(b"left the script to itself: cannot make a pipe: Too many open files",
                      self.left_to_themselves())
        self.assertIn(["failed"], self.hooks.outcomes().values(), "the last had all they need")

    def test_machine_that_refuses_large_files(self):
        # The system kills who goes beyond, by default.
        self.assert_answered_within(["--fsize=0", "--fsize=1000"])
        self.assert_answered_within(["--fsize=20000", "--fsize=50000"])
        self.assert_recorded(["--fsize=20000", "--fsize=50000"])

    def test_a_machine_that_refuses_a_process_is_no_kill(self):
        # Of a user who has no other process, not even one that waits for its parent: the
        # recorder and its writer may be, no script.
        user = str(20000 + os.getpid() % 40000)
        self.use_hooks_for_everybody()
        journal = os.path.dirname(self.hooks.journal)
        for path in (journal, *(os.path.join(journal, name) for name in os.listdir(journal))):
            os.chown(path, int(user), int(user))
        answer = self.hooks.call("g", before=["prlimit", "--nproc=2", "setpriv", "--reuid", user,
                                              "--regid", user, "--clear-groups"])
        self.assertNotEqual(answer.status, 128 + signal.SIGKILL)
        self.hooks.upkeep()
        shown = self.hooks.hookjournal("show", "1", "--hooks-dir", self.hooks.hooks).stdout
        self.assertEqual(self.hooks.outcomes()["g"], ["abandoned"])
        self.assertNotIn("killed", shown)
        self.assertIn(b"left the script to itself: cannot start", self.left_to_themselves())


if __name__ == "__main__":
    main()
