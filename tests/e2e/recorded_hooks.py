"""A hooks directory with recorded scripts, and what its journal says, for tests that call
hooks as libvirt does but need no libvirtd."""

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time

XML = ("<domain type='kvm'>\n  <name>{name}</name>\n"
       "  <uuid>6b0b3f52-9a4c-4a39-8d8e-6c0d6f2f5a11</uuid>\n" +
       "  <metadata>padding</metadata>\n" * 100 + "</domain>\n")

# Reads its input, prints on both streams, fails: all of it can be compared.
SCRIPT = """#!/bin/sh
sum=$(cksum)
echo "out $1 $sum"
echo "err $1" >&2
exit 3
"""

ENVIRONMENT = {"LC_ALL": "C", "PATH": os.environ["PATH"], "ASAN_OPTIONS": "detect_leaks=0"}

# Far beyond what any call may take, far below what a hang would.
PATIENCE = 20
# Seconds: beyond what a slow machine makes of a call, and half of what any lock here lasts.
IN_TIME = 5


def eventually(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("gave up waiting for " + what)
        time.sleep(0.05)


class Programs:
    """Paths of the built programs, set by the test's main."""
    hookjournal = None
    hook = None
    at_syscall = None
    coarse = 1

    @classmethod
    def take_from(cls, arguments):
        """Returns the words for unittest's main."""
        parser = argparse.ArgumentParser(prog=arguments[0])
        parser.add_argument("--hookjournal", required=True, type=os.path.abspath)
        parser.add_argument("--hook", required=True, type=os.path.abspath)
        parser.add_argument("--at-syscall", type=os.path.abspath)
        parser.add_argument("--coarse", type=int,
                            help="try only every N-th step; a sanitized hook makes many more")
        _, rest = parser.parse_known_args(arguments[1:], namespace=cls)
        return [arguments[0], *rest]


class Answer:
    """What libvirt would have seen of a hook."""

    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds

    def seen(self):
        return (self.status, self.out, self.err)


class RecordedHooks:
    """`hooks/qemu` is SCRIPT with the recorder's words; `bare/qemu` is SCRIPT. Everything
    lies in one fresh folder, journal and spool included."""

    def __init__(self, folder=None, deadline_ms=300, journal=None, script=SCRIPT,
                 hook=None):
        self.folder = folder or tempfile.mkdtemp(prefix="hookjournal-e2e.")
        os.chmod(self.folder, 0o755)
        self.hooks = os.path.join(self.folder, "hooks")
        self.bare = os.path.join(self.folder, "bare")
        self.spool = os.path.join(self.folder, "spool")
        self.journal = journal or os.path.join(self.folder, "journal", "journal.db")
        for directory in (self.hooks, self.bare):
            os.mkdir(directory)
            path = os.path.join(directory, "qemu")
            with open(path, "w") as file:
                file.write(script)
            os.chmod(path, 0o755)
        self.hookjournal("install", "--hooks-dir", self.hooks, "--hook",
                         hook or Programs.hook, "--journal", self.journal)
        self.configure(deadline_ms=deadline_ms)

    def configure(self, **settings):
        settings = {"journal": self.journal, "spool": self.spool} | settings
        with open(os.path.join(self.hooks, "hookjournal", "config.json"), "w") as file:
            json.dump(settings, file)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def hookjournal(self, *arguments, check=True):
        return subprocess.run([Programs.hookjournal, *arguments], check=check, timeout=60,
                              capture_output=True, text=True)

    def call(self, name, directory=None, before=(), operation="prepare", driver="qemu",
             xml=XML):
        """Calls a hook as libvirt would: five arguments, XML on a pipe, both outputs read to
        their end. `before`: a program that runs it."""
        return self.answer_of([*before, os.path.join(directory or self.hooks, driver), name,
                               operation, "begin", "-"], input=xml.format(name=name).encode())

    def call_with(self, name, file, operation="prepare"):
        """A call whose script reads this file, as no libvirt has it."""
        return self.answer_of([os.path.join(self.hooks, "qemu"), name, operation, "begin", "-"],
                              stdin=file)

    @staticmethod
    def answer_of(words, **given):
        began = time.monotonic()
        done = subprocess.run(words, capture_output=True, timeout=PATIENCE, env=ENVIRONMENT,
                              **given)
        return Answer(done.returncode, done.stdout, done.stderr, time.monotonic() - began)

    def begin(self, name, directory=None):
        """A call that its test ends."""
        return subprocess.Popen([os.path.join(directory or self.hooks, "qemu"), name, "prepare",
                                 "begin", "-"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=ENVIRONMENT)

    def bare_answer(self, name):
        return self.call(name, self.bare)

    def spooled(self):
        """Files of runs that wait to be taken into the journal."""
        return [name for folder in (self.spool, os.path.dirname(self.journal) + "/spool")
                if os.path.isdir(folder) for name in os.listdir(folder)
                if name.endswith(".run")]

    def upkeep(self):
        """All that waits elsewhere into the journal. Twice: a writer that libvirt did not
        wait for may still be at work."""
        for _ in range(2):
            time.sleep(0.3)
            self.hookjournal("maintain", "--hooks-dir", self.hooks)

    def rows(self, sql, *values):
        """As any SQLite tool would read the journal."""
        db = sqlite3.connect("file:%s?mode=ro" % self.journal, uri=True, timeout=10)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    @contextlib.contextmanager
    def reader(self):
        """Somebody who reads the journal as it is now, for as long as this lasts."""
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % self.journal, uri=True,
                                                isolation_level=None)) as db:
            db.execute("begin")
            db.execute("select count(*) from events").fetchall()
            yield
            db.execute("rollback")

    def take_write_lock(self, patience=0):
        """Raises sqlite3.OperationalError when others hold it for all of these seconds."""
        with contextlib.closing(sqlite3.connect(self.journal, timeout=patience,
                                                isolation_level=None)) as db:
            db.execute("begin immediate")
            db.execute("rollback")

    def log_bytes(self):
        """Of the write-ahead log."""
        return os.path.getsize(self.journal + "-wal")

    def calls(self):
        """As `log --json` tells them, oldest first."""
        done = self.hookjournal("log", "--json", "--journal", self.journal)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def outcomes(self):
        """object -> list of its calls' outcomes"""
        calls = {}
        for name, outcome in self.rows("select object, outcome from call_list order by id"):
            calls.setdefault(name, []).append(outcome)
        return calls

    def gaps(self):
        return self.rows("select count(*) from events where kind = 4")[0][0]

    def sound(self):
        """Whether SQLite finds the file whole, and `verify` the record."""
        verified = self.hookjournal("verify", "--journal", self.journal, check=False)
        return self.rows("pragma integrity_check") == [("ok",)] and verified.returncode == 0
