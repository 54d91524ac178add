"""Trouble with the journal never reaches libvirt: the scripts run, libvirt gets their answer
in bounded time, what was recorded reads back, what was lost is a gap, the next call works."""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from recorded_hooks import PATIENCE, Programs, RecordedHooks, eventually


def stop_code():
    """Some code in a process of its own that the test may stop."""
    return """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("begin immediate")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
"""


class TroubleTest(unittest.TestCase):
    def setUp(self):
        self.hooks = RecordedHooks()
        self.addCleanup(self.hooks.close)
        self.calls = 0

    def assert_answered(self, count=1):
        """`count` calls are answered as without the recorder, in bounded time; their names."""
        names = []
        for _ in range(count):
            self.calls += 1
            name = "guest%d" % self.calls
            answer = self.hooks.call(name)
            self.assertEqual(answer.seen(), self.hooks.bare_answer(name).seen())
            self.assertLess(answer.seconds, PATIENCE / 2)
            names.append(name)
        return names

    def assert_recorded(self, names):
        """Each of these calls is in the journal, once, with its end."""
        outcomes = self.hooks.outcomes()
        for name in names:
            self.assertEqual(outcomes.get(name), ["failed"], name)
        self.assertTrue(self.hooks.sound())

    # The journal

    def test_journal_gone(self):
        kept = self.hooks.journal + ".kept"
        os.rename(self.hooks.journal, kept)
        names = self.assert_answered(2)
        self.assertFalse(os.path.exists(self.hooks.journal), "only install creates a journal")
        os.rename(kept, self.hooks.journal)
        names += self.assert_answered()
        self.hooks.upkeep()
        self.assert_recorded(names)

    def test_journals_folder_gone(self):
        folder = os.path.dirname(self.hooks.journal)
        os.rename(folder, folder + ".kept")
        names = self.assert_answered(2)
        self.assertFalse(os.path.exists(folder))
        os.rename(folder + ".kept", folder)
        self.hooks.upkeep()
        self.assert_recorded(names)

    def test_journal_read_only(self):
        folder = os.path.dirname(self.hooks.journal)
        # Root writes everywhere but on a read-only mount.
        script = ("mount --bind {0} {0} && mount -o remount,bind,ro {0} && "
                  "exec \"$@\"").format(folder)
        answer = self.hooks.call("ro", before=["unshare", "--mount", "sh", "-c", script, "sh"])
        self.assertEqual(answer.seen(), self.hooks.bare_answer("ro").seen())
        names = ["ro"] + self.assert_answered()
        self.hooks.upkeep()
        self.assert_recorded(names)

    def test_journal_locked_for_ten_seconds(self):
        with subprocess.Popen([sys.executable, "-c", stop_code(), self.hooks.journal, "10"],
                              stdout=subprocess.PIPE) as holder:
            holder.stdout.readline()
            names = self.assert_answered(4)
            holder.wait()
        names += self.assert_answered()
        time.sleep(1)
        self.hooks.upkeep()
        self.assert_recorded(names)

    def test_reader_that_stays_while_the_log_grows(self):
        # As `hookjournal log` does in a pager. Past 64 pages each hook tries to empty the log.
        with self.hooks.reader():
            while self.hooks.log_bytes() < 80 * 4096:
                self.assert_recorded(self.assert_answered())
            for command in ("maintain", "compact"):
                with subprocess.Popen([Programs.hookjournal, command, "--hooks-dir",
                                       self.hooks.hooks], stdout=subprocess.DEVNULL) as upkeep:
                    while upkeep.poll() is None:
                        self.assert_recorded(self.assert_answered())
            self.hooks.take_write_lock(patience=1)
            self.assertEqual(self.hooks.spooled(), [])
        self.assert_recorded(self.assert_answered())
        eventually(lambda: self.hooks.log_bytes() < 64 * 4096, "a log that is emptied again")

    def test_redaction_that_a_reader_keeps_from_ending_says_so(self):
        self.hooks.call("padlock")
        secrets = os.path.join(self.hooks.folder, "secrets")
        with open(secrets, "w") as file:
            file.write("err padlock\n")
        with self.hooks.reader():
            done = self.hooks.hookjournal("redact", "--secrets", secrets, "--hooks-dir",
                                          self.hooks.hooks)
        self.assertIn("replaced 1 secrets", done.stdout)
        self.assertIn("then run `hookjournal maintain`", done.stderr)
        self.hooks.upkeep()
        with open(self.hooks.journal, "rb") as file:
            self.assertNotIn(b"err padlock", file.read())
        self.assertEqual(self.hooks.log_bytes(), 0)

    def test_lock_holder_stopped_inside_its_commit(self):
        stuck = self.stop_writer_inside_commit()
        names = self.assert_answered(3)
        os.kill(stuck, signal.SIGKILL)
        time.sleep(0.2)
        names += self.assert_answered()
        self.hooks.upkeep()
        self.assert_recorded(names + ["stuck"])

    def stop_writer_inside_commit(self):
        """A writer stopped at its first write into the log, its pid."""
        pwrite64 = 18
        for step in range(60, 1000):
            name = "probe%d" % step
            answer = self.hooks.call(name, before=[Programs.at_syscall, "writer", str(step),
                                                   str(int(signal.SIGCONT))])
            number = int(re.search(rb"hit \d+ (\d+)", answer.err).group(1))
            if number == pwrite64 and self.writes_log(step):
                answer = self.hooks.call("stuck", before=[Programs.at_syscall, "writer",
                                                          str(step + 2), str(int(signal.SIGSTOP))])
                pid, number = re.search(rb"hit (\d+) (\d+)", answer.err).groups()
                return int(pid)
        self.fail("no write into the log was found")

    def writes_log(self, step):
        """Whether the write lock is taken when a writer has got this far."""
        answer = self.hooks.call("look%d" % step, before=[
            Programs.at_syscall, "writer", str(step + 2), str(int(signal.SIGSTOP))])
        pid = int(re.search(rb"hit (\d+)", answer.err).group(1))
        db = sqlite3.connect(self.hooks.journal, timeout=0, isolation_level=None)
        try:
            db.execute("begin immediate")
            db.execute("rollback")
            return False
        except sqlite3.OperationalError:
            return True
        finally:
            db.close()
            os.kill(pid, signal.SIGKILL)
            self.forget_missed_deadline()

    def test_journal_on_a_full_file_system(self):
        folder = os.path.dirname(self.hooks.journal)
        script = """
set -e
cp -a {0} {0}.copy; mount -t tmpfs -o size=1m,mode=700 tmpfs {0}; cp -a {0}.copy/. {0}
dd if=/dev/zero of={0}/filler bs=4096 2>/dev/null || true
set +e
"$@"; status=$?
rm {0}/filler
printf '<domain/>' | "$1" later prepare begin - >/dev/null 2>&1
sleep 0.5
cp {0}/journal.db {0}/journal.db-wal {0}.copy/
exit $status
""".format(folder)
        answer = self.hooks.call("full", before=["unshare", "--mount", "sh", "-c", script, "sh"])
        self.assertEqual(answer.seen(), self.hooks.bare_answer("full").seen())
        self.hooks.journal = folder + ".copy/journal.db"
        self.assertTrue(self.hooks.sound())
        # Below the reserve a call is only counted: a gap, when there is room again.
        self.assertGreaterEqual(self.hooks.gaps() + len(self.hooks.outcomes()), 1)

    def test_journal_is_garbage(self):
        kept = self.hooks.journal + ".kept"
        os.rename(self.hooks.journal, kept)
        with open(self.hooks.journal, "wb") as file:
            file.write(os.urandom(65536))
        names = self.assert_answered(2)
        os.rename(kept, self.hooks.journal)
        names += self.assert_answered()
        self.hooks.upkeep()
        self.assert_recorded(names)

    def test_journal_of_a_newer_version(self):
        db = sqlite3.connect(self.hooks.journal, isolation_level=None)
        version = db.execute("pragma user_version").fetchone()[0]
        db.execute("pragma user_version = 99")
        db.execute("update settings set value = 99 where key = 'oldest_writer'")
        names = self.assert_answered(2)
        db.execute("pragma user_version = %d" % version)
        db.execute("update settings set value = 1 where key = 'oldest_writer'")
        db.close()
        names += self.assert_answered()
        self.hooks.upkeep()
        self.assert_recorded(names)

    def test_journal_of_an_older_version(self):
        db = sqlite3.connect(self.hooks.journal, isolation_level=None)
        db.execute("drop table search_blocks")
        db.execute("pragma user_version = 1")
        names = self.assert_answered(2)
        self.assertEqual(db.execute("pragma user_version").fetchone()[0], 1,
                         "a hook migrates no journal")
        db.close()
        self.hooks.upkeep()
        names += self.assert_answered()
        self.assert_recorded(names)

    def test_no_room_for_a_spool_either(self):
        os.rename(self.hooks.journal, self.hooks.journal + ".kept")
        with open(self.hooks.spool, "w") as file:
            file.write("a file where the folder belongs")
        os.chmod(os.path.dirname(self.hooks.journal), 0o700)
        os.rename(os.path.dirname(self.hooks.journal),
                  os.path.dirname(self.hooks.journal) + ".kept")
        self.assert_answered(2)

    # The processes

    def forget_missed_deadline(self):
        """Each step is to meet a recorder that still waits."""
        try:
            os.unlink(os.path.join(self.hooks.spool, "missed"))
        except FileNotFoundError:
            pass

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
            self.assertEqual(answer.seen(), self.hooks.bare_answer(name).seen(), name)
            names.append(name)
        names += self.assert_answered()
        self.hooks.upkeep()
        self.assert_recorded(names)

    def test_writer_stopped_at_every_step(self):
        self.hooks.close()
        self.hooks = RecordedHooks(deadline_ms=100)
        names = []
        for name, answer, pid in self.every_step("writer", signal.SIGSTOP, 9):
            self.assertEqual(answer.seen(), self.hooks.bare_answer(name).seen(), name)
            self.assertLess(answer.seconds, PATIENCE / 2)
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
        names = []
        for name, answer, _ in self.every_step("answering", signal.SIGKILL, 1):
            # libvirt sees the death it would see of any hook; nothing hangs.
            self.assertIn(answer.status, (128 + signal.SIGKILL, 3), name)
            names.append(name)
        names_after = self.assert_answered(2)
        self.hooks.upkeep()
        self.assert_recorded(names_after)
        outcomes = self.hooks.outcomes()
        for name in names:
            # Before the writer was born nothing could be known; after it, nothing is open.
            self.assertIn(outcomes.get(name, [None]), ([None], ["failed"], ["abandoned"]), name)
        self.assertIn(["abandoned"], outcomes.values(), "the witness saw no death at all")

    def test_64_at_once_lose_nothing(self):
        names = ["many%d" % i for i in range(64)]
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            answers = list(pool.map(self.hooks.call, names))
        for name, answer in zip(names, answers):
            self.assertEqual(answer.seen(), self.hooks.bare_answer(name).seen())
        self.hooks.upkeep()
        self.assert_recorded(names)
        self.assertEqual(self.hooks.gaps(), 0)

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

    def test_a_machine_that_refuses_a_process_is_no_kill(self):
        # Of a user who has no other process, not even one that waits for its parent: the
        # recorder and its writer may be, no script.
        user = str(20000 + os.getpid() % 40000)
        # Where others may execute it, too: a checkout may be in root's own folder.
        place = tempfile.mkdtemp(prefix="hookjournal-e2e.")
        self.addCleanup(shutil.rmtree, place)
        os.chmod(place, 0o755)
        self.hooks = RecordedHooks(hook=shutil.copy(Programs.hook, place))
        self.addCleanup(self.hooks.close)
        journal = os.path.dirname(self.hooks.journal)
        os.chmod(self.hooks.folder, 0o755)
        for path in (journal, *(os.path.join(journal, name) for name in os.listdir(journal))):
            os.chown(path, int(user), int(user))
        answer = self.hooks.call("g", before=["prlimit", "--nproc=2", "setpriv", "--reuid", user,
                                              "--regid", user, "--clear-groups"])
        self.assertNotEqual(answer.status, 128 + signal.SIGKILL)
        self.hooks.upkeep()
        shown = self.hooks.hookjournal("show", "1", "--hooks-dir", self.hooks.hooks).stdout
        self.assertEqual(self.hooks.outcomes()["g"], ["abandoned"])
        self.assertNotIn("killed", shown)
        reason = self.hooks.rows("select body from events where kind = 3")[0][0]
        self.assertIn(b"left the script to itself: cannot", reason)

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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hookjournal", required=True)
    parser.add_argument("--hook", required=True)
    parser.add_argument("--at-syscall", required=True)
    parser.add_argument("--coarse", type=int, default=1,
                        help="try only every N-th step; a sanitized hook makes many more")
    options, rest = parser.parse_known_args()
    Programs.hookjournal = os.path.abspath(options.hookjournal)
    Programs.hook = os.path.abspath(options.hook)
    Programs.at_syscall = os.path.abspath(options.at_syscall)
    Programs.coarse = options.coarse
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
