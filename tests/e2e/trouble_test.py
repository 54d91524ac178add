"""Trouble with the journal never reaches libvirt: the scripts run, libvirt gets their answer
in bounded time, what was recorded reads back, what was lost is a gap, the next call works."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time

from hook_case import HookCase, main
from recorded_hooks import PATIENCE, Programs, eventually


def stop_code():
    """Some code in a process of its own that the test may stop."""
    return """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("begin immediate")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
"""


class TroubleTest(HookCase):
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
        self.assert_as_bare("ro", self.hooks.call("ro", before=[
            "unshare", "--mount", "sh", "-c", script, "sh"]))
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

    def test_missed_deadline_is_not_waited_for_again(self):
        self.use_fresh_hooks(deadline_ms=2000)
        with subprocess.Popen([sys.executable, "-c", stop_code(), self.hooks.journal, "6"],
                              stdout=subprocess.PIPE) as holder:
            holder.stdout.readline()
            first, *later = [self.hooks.call("guest%d" % count).seconds for count in range(4)]
            self.assertGreater(first, 1.8, "nothing was missed")
            self.assertLess(max(later), 1)
        self.hooks.upkeep()
        self.assert_recorded("guest%d" % count for count in range(4))

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
        names = []
        for _ in range(3):
            self.forget_missed_deadline()
            names += self.assert_answered()
        with self.assertRaises(sqlite3.OperationalError, msg="nobody held the lock"):
            self.hooks.take_write_lock()
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
        try:
            self.hooks.take_write_lock()
            return False
        except sqlite3.OperationalError:
            return True
        finally:
            os.kill(pid, signal.SIGKILL)
            self.forget_missed_deadline()

    def test_journal_on_a_full_file_system(self):
        folder = os.path.dirname(self.hooks.journal)
        script = """
set -e
cp -a {0} {0}.copy; mount -t tmpfs -o size=16m,mode=700 tmpfs {0}; cp -a {0}.copy/. {0}
dd if=/dev/zero of={0}/filler bs=4096 2>/dev/null || true
set +e
"$@"; status=$?
rm {0}/filler
printf '<domain/>' | "$1" later prepare begin - >/dev/null 2>&1
{1} maintain --hooks-dir {2} >/dev/null
cp {0}/journal.db {0}/journal.db-wal {0}.copy/
exit $status
""".format(folder, Programs.hookjournal, self.hooks.hooks)
        self.assert_as_bare("full", self.hooks.call("full", before=[
            "unshare", "--mount", "sh", "-c", script, "sh"]))
        self.hooks.journal = folder + ".copy/journal.db"
        # Below the reserve a call is only counted: a gap, when there is room again.
        self.assertEqual(self.hooks.outcomes(), {"later": ["failed"]})
        [[gap]] = self.hooks.rows("select body from events where kind = 4")
        self.assertIn(b"qemu full prepare begin -", gap)
        self.assertTrue(self.hooks.sound())

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
        db.executescript("drop trigger events_are_never_replaced; drop table search_blocks;"
                         " pragma user_version = 1")
        names = self.assert_answered(2)
        # A hook migrates no journal.
        self.assertEqual(db.execute("pragma user_version").fetchone(), (1,))
        db.close()
        self.hooks.upkeep()
        names += self.assert_answered()
        self.assert_recorded(names)

    def test_what_is_lost_is_told_to_syslog(self):
        # Neither journal nor spool; the log's socket is another in this mount namespace only.
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(listener.close)
        listener.settimeout(PATIENCE)
        devices = os.path.join(self.hooks.folder, "dev")
        os.mkdir(devices)
        listener.bind(os.path.join(devices, "log"))
        os.symlink("/proc/self/fd", os.path.join(devices, "fd"))
        with open(os.path.join(devices, "null"), "w"):
            pass
        script = ("mount --bind /dev/null {0}/null && mount --bind {0} /dev && exec \"$@\""
                  .format(devices))
        os.rename(os.path.dirname(self.hooks.journal), self.hooks.folder + "/elsewhere")
        with open(self.hooks.spool, "w") as file:
            file.write("a file where the folder belongs")
        for name in ("first", "second"):
            self.assert_as_bare(name, self.hooks.call(name, before=[
                "unshare", "--mount", "sh", "-c", script, "sh"]))
            told = listener.recv(4096).decode()
            self.assertRegex(told, r"^<\d+>hookjournal-hook: not recorded \(.+\): "
                                   r"qemu %s prepare begin -; 1 since the last upkeep$" % name)

    def test_no_room_for_a_spool_either(self):
        os.rename(self.hooks.journal, self.hooks.journal + ".kept")
        with open(self.hooks.spool, "w") as file:
            file.write("a file where the folder belongs")
        os.chmod(os.path.dirname(self.hooks.journal), 0o700)
        os.rename(os.path.dirname(self.hooks.journal),
                  os.path.dirname(self.hooks.journal) + ".kept")
        self.assert_answered(2)


if __name__ == "__main__":
    main()
