"""`hookjournal running` tells what scripts that run are waiting for, by real hooks that do
not end, and while a real libvirtd is blocked by one."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

from libvirt_host import RUN_DIRECTORY, Host, check_requirements
from guests import guest
from recorded_hooks import PATIENCE, Programs, RecordedHooks, eventually

# What a script is to do comes as the guest's name.
SCRIPT = """#!/bin/sh
case $1 in
sleeping) echo to bed; echo "a <graphics passwd='s3cret'/>" >&2; sleep 1000 ;;
leaving) sleep 1000 >/dev/null </dev/null & ;;
calling) exec python3 -c '
import socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
connection.recv(1)
' "${0%/hooks/*}/libvirt/libvirt-sock" ;;
esac
exit 0
"""


class RunningTest(unittest.TestCase):
    def setUp(self):
        self.hooks = RecordedHooks(script=SCRIPT)
        self.addCleanup(self.hooks.close)

    def call(self, guest):
        """A hook as libvirt calls it, that does not end before its test."""
        hook = self.hooks.begin(guest)

        def end():
            for process in self.processes():
                try:
                    os.kill(process["pid"], signal.SIGKILL)
                except ProcessLookupError:
                    pass
            hook.communicate(timeout=PATIENCE)
        self.addCleanup(end)

    def running(self, *words):
        done = self.hooks.hookjournal("running", "--json", "--hooks-dir", self.hooks.hooks,
                                      *words)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def processes(self):
        return [process for script in self.running() for process in script["processes"]]

    def seen(self, **wanted):
        """The running script, when it is as wanted."""
        scripts = []

        def there():
            scripts[:] = self.running()
            return len(scripts) == 1 and all(
                scripts[0][key] == value for key, value in wanted.items()) and \
                scripts[0]["processes"]
        eventually(there, "a script that is %s" % wanted)
        return scripts[0]

    def test_a_script_that_sleeps(self):
        self.call("sleeping")
        eventually(lambda: any(process["wait"]["call"] == "clock_nanosleep"
                               for process in self.processes()), "the sleep")
        script = self.seen(script_ended=False)
        shell, sleep = script["processes"]
        self.assertEqual(script["driver"], "qemu")
        self.assertEqual(script["object"], "sleeping")
        self.assertEqual(shell["depth"], 0)
        self.assertIn("/hooks/qemu sleeping prepare begin -", shell["command"])
        self.assertEqual(sleep["command"], "sleep 1000")
        self.assertEqual(sleep["parent"], shell["pid"])
        self.assertEqual(script["causes"], [])

    def test_what_it_has_printed_so_far(self):
        self.call("sleeping")
        script = self.seen(output={"stdout": "to bed\n",
                                   "stderr": "a <graphics passwd='******'/>\n"})
        self.assertEqual(script["call"], 1)
        page = self.hooks.hookjournal("running", "--hooks-dir", self.hooks.hooks).stdout
        self.assertIn("  stdout so far, 7 bytes\n    | to bed\n", page)

    def test_a_child_that_holds_stderr(self):
        self.call("leaving")
        script = self.seen(script_ended=True)
        [left] = script["processes"]
        self.assertTrue(left["left_behind"])
        self.assertEqual(left["command"], "sleep 1000")
        held = [end for end in left["ends"] if end["peers"]]
        self.assertEqual([end["fd"] for end in held], [2])
        self.assertEqual([cause["name"] for cause in script["causes"]], ["pipe-held"])

    def test_a_call_back_into_libvirt(self):
        folder = os.path.join(self.hooks.folder, "libvirt")
        os.mkdir(folder)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.join(folder, "libvirt-sock"))
            listener.listen(1)
            self.call("calling")
            connection, _ = listener.accept()
            with connection:
                eventually(lambda: any(process["wait"]["call"] == "recvfrom"
                                       for process in self.processes()), "the question")
                script = self.seen(script_ended=False)
        [process] = script["processes"]
        [end] = [end for end in process["ends"] if end["kind"] == "unix"]
        self.assertEqual(end["place"], os.path.join(folder, "libvirt-sock"))
        self.assertTrue(end["awaited"])
        self.assertEqual([peer["pid"] for peer in end["peers"]], [os.getpid()])
        self.assertEqual([cause["name"] for cause in script["causes"]], ["calls-libvirt"])

    def test_a_hook_that_the_journal_does_not_know(self):
        kept = self.hooks.journal + ".kept"
        shutil.copy(self.hooks.journal, kept)
        os.rename(self.hooks.journal, self.hooks.journal + ".gone")
        self.call("sleeping")
        time.sleep(0.5)  # its writer has looked by then
        os.rename(kept, self.hooks.journal)
        script = self.seen(call=None)
        self.assertEqual(script["object"], "sleeping")
        self.assertEqual(script["operation"], "prepare")
        self.assertEqual(script["script"], "qemu")
        self.assertEqual(self.running("--object", "other"), [])


class LibvirtTest(unittest.TestCase):
    """A hook asks libvirt for the list of guests while libvirt waits for the hook."""

    def test_while_virsh_list_is_blocked(self):
        programs = (Path(Programs.hookjournal).resolve(), Path(Programs.hook).resolve())
        hook = b"#!/bin/sh\n[ $2 != prepare ] || virsh -c qemu:///system list\n"
        with Host(programs=programs) as host:
            path = host.hooks / "qemu"
            path.write_bytes(hook)
            path.chmod(0o755)
            binaries = RUN_DIRECTORY + "/bin/"
            journal = RUN_DIRECTORY + "/journal/journal.db"
            host.check(binaries + "hookjournal", "install", "--journal", journal,
                       "--hook", binaries + "hookjournal-hook")
            host.start_daemon()
            definition = host.run_directory / "g1.xml"
            definition.write_text(guest("g1"))
            host.check_virsh("define", RUN_DIRECTORY + "/g1.xml")
            host.check("sh", "-c", "virsh -c qemu:///system start g1 >/dev/null 2>&1 &")
            try:
                self.look(host, binaries + "hookjournal")
            finally:
                host.run("sh", "-c", "kill -9 $(pidof virsh)")

    def look(self, host, hookjournal):
        told = []

        def blocked():
            done = host.run(hookjournal, "running", "--json", timeout=PATIENCE)
            self.assertEqual(done.status, 0, done.stderr)
            told[:] = [json.loads(line) for line in done.stdout.splitlines()]
            return told and any(cause["name"] == "calls-libvirt" and
                                "waits for its answer" in cause["text"]
                                for cause in told[0]["causes"])
        eventually(blocked, "virsh to be blocked by its own hook")
        [script] = told
        self.assertEqual((script["object"], script["operation"]), ("g1", "prepare"))
        self.assertTrue(script["caller"]["there"])
        listing = host.run("timeout", "1", "virsh", "-c", "qemu:///system", "list")
        self.assertEqual(listing.status, 124, "virsh list is not blocked at all")


if __name__ == "__main__":
    arguments = Programs.take_from(sys.argv)
    check_requirements()
    unittest.main(argv=arguments)
