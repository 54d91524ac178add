"""`hookjournal run` makes a call for real, by libvirt's rules, and records it."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
import unittest

from recorded_hooks import PATIENCE, Programs, RecordedHooks

UUID = "6b0b3f52-9a4c-4a39-8d8e-6c0d6f2f5a11"
XML = "<domain><uuid>%s</uuid></domain>\n" % UUID

# Leaves a line for each time it ran, with all it was given.
NOTING = """#!/bin/sh
echo "$0 $* $(cat)" >>"${0%/hooks/*}/noted"
"""


class RunTest(unittest.TestCase):
    def setUp(self):
        self.hooks = RecordedHooks(script=NOTING)
        self.addCleanup(self.hooks.close)

    def script(self, name, body, directory=None):
        path = os.path.join(directory or self.hooks.hooks, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(body)
        os.chmod(path, 0o755)
        return path

    def run_call(self, *words, input=XML, for_real=True, **options):
        arguments = [Programs.hookjournal, "run", "--hooks-dir", self.hooks.hooks]
        if input is not None:
            arguments += ["--input", "-"]
        if for_real:
            arguments.append("--for-real")
        options = {"input": input or "", "timeout": PATIENCE, "capture_output": True,
                   "text": True, **options}
        return subprocess.run([*arguments, *words], **options)

    def noted(self):
        try:
            with open(os.path.join(self.hooks.folder, "noted")) as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def log(self):
        # In a host's own journal what `run` made is shown to those who ask for it.
        done = self.hooks.hookjournal("log", "--json", "--hooks-dir", self.hooks.hooks,
                                      "--origin", "libvirt,run,simulate,other")
        return [json.loads(line) for line in done.stdout.splitlines()]

    # What is run, and recorded

    def test_a_call_is_made_and_recorded_once(self):
        done = self.run_call("qemu", "g 1", "prepare")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.noted(), ["%s/qemu g 1 prepare begin - %s" %
                                        (self.hooks.hooks, XML.strip())])
        [call] = self.log()
        self.assertEqual(
            [call[key] for key in ("driver", "object", "operation", "suboperation", "extra",
                                   "origin", "outcome", "object_uuid", "consequence")],
            ["qemu", "g 1", "prepare", "begin", "-", "run", "ok", UUID, "none"])
        self.assertEqual([script["path"] for script in call["scripts"]], ["qemu"])
        self.assertEqual(call["caller"]["exe"], os.path.realpath(Programs.hookjournal))

    def test_the_answer_is_printed(self):
        self.script("qemu.d/10-b", "#!/bin/sh\necho no bridge >&2\nexit 3\n")
        done = self.run_call("qemu", "g1", "start", "begin", "-")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^  qemu +exit status 0, took ")
        self.assertRegex(done.stdout, r"(?m)^  qemu\.d/10-b +exit status 3, took ")
        self.assertRegex(done.stdout, r"(?m)^answer +failed: exit status 3$")
        self.assertRegex(done.stdout, r"(?m)^consequence +start-refused")
        self.assertIn("Hook script execution failed: internal error: Child process (LC_ALL=C ",
                      done.stdout)
        self.assertIn("unexpected exit status 3: no bridge", done.stdout)

    def test_a_filter_chain_gives_its_output(self):
        self.script("qemu", "#!/bin/sh\nsed s/domain/first/\n")
        self.script("qemu.d/10-b", "#!/bin/sh\ncat >&2\necho '<second/>'\n")
        done = self.run_call("qemu", "g1", "restore", input="<domain/>\n")
        self.assertRegex(done.stdout, r"(?m)^output +10 bytes")
        self.assertIn("| <second/>", done.stdout)
        self.assertRegex(
            done.stdout,
            "(?m)^verdict +invalid: XML error: expecting root element of 'domain', not 'second'",
        )
        [call] = self.log()
        self.assertEqual(call["output"]["script"], "qemu.d/10-b")
        self.assertEqual(call["scripts"][1]["stderr"]["bytes"], len("<first/>\n"))

    def test_no_terminal_is_moved_by_what_scripts_print(self):
        self.script("qemu", "#!/bin/sh\nprintf '\\033]0;title\\007' >&2\nexit 1\n")
        done = self.run_call("qemu", "g1", "prepare")
        self.assertNotIn("\x1b", done.stdout)
        self.assertIn("\\x1b]0;title\\x07", done.stdout)

    def test_json_is_the_recorded_call(self):
        done = self.run_call("--json", "qemu", "g1", "prepare")
        self.assertEqual([json.loads(done.stdout)], self.log())

    def test_the_environment_is_libvirts(self):
        self.script("qemu", "#!/bin/sh\ntr '\\0' '\\n' </proc/$$/environ >&2\nexit 1\n")
        self.run_call("qemu", "g1", "prepare",
                      env={"PATH": os.environ["PATH"], "SECRET": "x", "HOME": "/root"})
        [call] = self.log()
        self.assertEqual(call["context"]["environment"],
                         ["LC_ALL=C", "PATH=" + os.environ["PATH"], "HOME=/root"])

    def test_words_that_are_left_out_are_libvirts(self):
        self.script("daemon", NOTING)
        self.run_call("qemu", "g1", "release")
        self.run_call("daemon", "-", "reload", input=None)
        self.assertEqual([line.split(" ", 1)[1] for line in self.noted()],
                         ["g1 release end - " + XML.strip(), "- reload begin SIGHUP "])

    def test_the_input_of_a_recorded_call(self):
        self.hooks.call("g1")
        [call] = self.log()
        done = self.run_call("qemu", "g1", "prepare", "--from-call", str(call["id"]),
                             input=None)
        self.assertEqual(done.returncode, 0, done.stderr)
        again = self.log()[1]
        self.assertEqual(again["input"]["sha256"], call["input"]["sha256"])
        self.assertEqual((call["origin"], again["origin"]), ("other", "run"))

    def test_the_input_of_a_call_that_is_not_there(self):
        done = self.run_call("qemu", "g1", "prepare", "--from-call", "77", input=None)
        self.assertEqual(done.returncode, 2)
        self.assertIn("call 77 is not in the journal", done.stderr)
        self.assertEqual(self.noted(), [])

    def test_passwords_that_were_not_recorded_are_said(self):
        self.run_call("qemu", "g1", "migrate", input="<graphics passwd='s3cret'/>")
        done = self.run_call("qemu", "g1", "migrate", "--from-call", str(self.log()[0]["id"]),
                             input=None)
        self.assertIn("without its passwords", done.stderr)
        self.assertIn("passwd='******'", self.noted()[1])

    def test_other_scripts(self):
        other = os.path.join(self.hooks.folder, "other")
        self.script("qemu", "#!/bin/sh\nexit 9\n", other)
        self.run_call("qemu", "g1", "prepare", "--scripts", other)
        [call] = self.log()
        self.assertEqual(call["answer"], {"exited": 9})
        self.assertEqual(call["context"]["hooks_dir"], other)
        self.assertEqual(self.noted(), [])

    # The recorder's words

    def test_a_script_with_the_recorders_words_runs_once(self):
        with open(os.path.join(self.hooks.hooks, "qemu")) as file:
            self.assertIn("hookjournal-hook", file.readline())
        self.run_call("qemu", "g1", "prepare")
        self.assertEqual(len(self.noted()), 1)
        self.assertEqual([call["origin"] for call in self.log()], ["run"])
        self.assertEqual(len(self.log()[0]["scripts"]), 1)

    def test_words_of_a_recorder_that_is_not_there(self):
        self.script("qemu", "#!/nowhere/hookjournal-hook /bin/sh\nexit 4\n")
        self.run_call("qemu", "g1", "prepare")
        self.assertEqual(self.log()[0]["answer"], {"exited": 4})

    # The answer as exit status

    def test_the_exit_status_is_0_whatever_the_answer(self):
        self.script("qemu", "#!/bin/sh\nkill -9 $$\n")
        self.assertEqual(self.run_call("qemu", "g1", "prepare").returncode, 0)

    def test_the_answer_is_passed_on(self):
        for body, status in (("exit 0", 0), ("exit 3", 3), ("exit 137", 137),
                             ("kill -9 $$", -signal.SIGKILL),
                             ("kill -SEGV $$", -signal.SIGSEGV)):
            with self.subTest(body):
                self.script("qemu", "#!/bin/sh\n%s\n" % body)
                done = self.run_call("--exit-with-answer", "qemu", "g1", "prepare")
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn("qemu", done.stdout)

    def test_the_answer_of_the_last_failing_script_is_passed_on(self):
        self.script("qemu", "#!/bin/sh\nexit 4\n")
        self.script("qemu.d/10-b", "#!/bin/sh\nexit 7\n")
        self.script("qemu.d/20-c", "#!/bin/sh\nexit 0\n")
        done = self.run_call("--exit-with-answer", "qemu", "g1", "prepare")
        self.assertEqual(done.returncode, 7)

    def test_a_script_that_cannot_be_executed(self):
        self.script("qemu", "no interpreter\n")
        done = self.run_call("--exit-with-answer", "qemu", "g1", "prepare")
        self.assertEqual(done.returncode, 126)
        self.assertIn("cannot execute binary", done.stdout)

    def test_scripts_that_cannot_be_listed_fail_the_call(self):
        os.remove(os.path.join(self.hooks.hooks, "qemu"))
        self.script("qemu.d", "")
        done = self.run_call("--exit-with-answer", "qemu", "g1", "prepare")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot open directory", done.stdout)
        [call] = self.log()
        self.assertEqual((call["outcome"], call["planned"]), ("failed", ["qemu.d"]))

    def test_no_script_is_no_failure(self):
        done = self.run_call("--exit-with-answer", "lxc", "c1", "start")
        self.assertEqual(done.returncode, 0)
        self.assertIn("there is no script for it", done.stdout)
        self.assertEqual(self.log(), [])

    # What keeps a call from being made

    def assert_not_made(self, done, status, text):
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(text, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(self.noted(), [])

    def test_not_without_for_real(self):
        self.assert_not_made(self.run_call("qemu", "g1", "prepare", for_real=False), 2,
                             "--for-real")

    def test_not_without_a_journal(self):
        os.rename(self.hooks.journal, self.hooks.journal + ".kept")
        self.assert_not_made(self.run_call("qemu", "g1", "prepare"), 3, "cannot open journal")
        self.assertFalse(os.path.exists(self.hooks.journal))

    def test_not_with_a_journal_of_a_newer_version(self):
        code = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); " \
               "db.execute('pragma user_version = 99')"
        subprocess.run([sys.executable, "-c", code, self.hooks.journal], check=True)
        self.assert_not_made(self.run_call("qemu", "g1", "prepare"), 3, "newer version")

    def test_not_with_a_journal_that_cannot_be_written(self):
        code = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); " \
               "db.execute('drop table script_runs')"
        subprocess.run([sys.executable, "-c", code, self.hooks.journal], check=True)
        self.assert_not_made(self.run_call("qemu", "g1", "prepare"), 3, "script_runs")

    def test_not_without_scripts(self):
        self.assert_not_made(self.run_call("qemu", "g1", "prepare", "--scripts", "/nowhere"), 2,
                             "/nowhere")

    def test_not_with_an_input_that_is_not_there(self):
        self.assert_not_made(
            self.run_call("qemu", "g1", "prepare", "--input", "/nowhere", input=None), 3,
            "/nowhere")

    # Waiting, and being stopped

    def test_a_child_that_keeps_a_stream_is_named_while_it_is_waited_for(self):
        self.script("qemu", "#!/bin/sh\nsleep 0.4 &\n")
        done = self.run_call("qemu", "g1", "prepare")
        self.assertRegex(done.stderr, r"pid \d+ \(sleep 0\.4\) keeps its stderr open")
        self.assertRegex(done.stdout, r"stderr was kept open by pid \d+: sleep 0\.4")

    def stopped_in_its_first_script(self, stop):
        self.script("qemu", "#!/bin/sh\ntouch \"${0%/*}/began\"\n"
                    "i=0; while [ $i -lt 1000 ]; do sleep 0.01; i=$((i+1)); done\n")
        self.script("qemu.d/10-b", NOTING)
        command = [Programs.hookjournal, "run", "--hooks-dir", self.hooks.hooks, "--for-real",
                   "qemu", "g1", "prepare"]
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(command[0], command)
        began = time.monotonic()
        while not os.path.exists(os.path.join(self.hooks.hooks, "began")):
            self.assertLess(time.monotonic() - began, PATIENCE)
            time.sleep(0.01)
        stop(pid, terminal)
        said = b""
        try:
            while piece := os.read(terminal, 4096):
                said += piece
        except OSError:  # Linux's end of a terminal
            pass
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.close(terminal)
        return status, said.decode()

    def assert_stopped(self, stop, number):
        status, said = self.stopped_in_its_first_script(stop)
        self.assertEqual(status, 3, said)
        self.assertIn("qemu.d/10-b was not run", said)
        self.assertEqual(self.noted(), [])
        [call] = self.log()
        self.assertEqual(call["answer"]["signaled"], number)
        self.assertEqual([passed["signal"] for passed in call["scripts"][0]["signals"]],
                         [number])
        self.assertEqual(call["unrecorded"], ["qemu.d/10-b"])

    def test_an_error_shows_a_terminal_no_bytes_of_a_scripts_name(self):
        self.script("qemu", "#!/bin/sh\nkill -INT $PPID\nsleep 0.3\n")
        self.script("qemu.d/\033[31mred", "#!/bin/sh\n")
        done = self.run_call("qemu", "g1", "prepare")
        self.assertIn("qemu.d/\\x1b[31mred was not run", done.stderr)
        self.assertNotIn("\033", done.stderr)

    def test_an_interrupt_from_the_terminal(self):
        self.assert_stopped(lambda pid, terminal: os.write(terminal, b"\x03"), signal.SIGINT)

    def test_a_sigterm(self):
        self.assert_stopped(lambda pid, terminal: os.kill(pid, signal.SIGTERM), signal.SIGTERM)

    def test_a_reader_that_goes_away_does_not_stop_the_call(self):
        self.script("qemu.d/10-b", NOTING)
        command = [Programs.hookjournal, "run", "--hooks-dir", self.hooks.hooks, "--for-real",
                   "--input", "/dev/null", "qemu", "g1", "prepare"]
        read_end, write_end = os.pipe()
        os.close(read_end)
        subprocess.run(command, stdout=write_end, stderr=subprocess.DEVNULL, timeout=PATIENCE)
        os.close(write_end)
        self.assertEqual(len(self.noted()), 2)
        self.assertEqual(self.log()[0]["outcome"], "ok")

    def test_killed_in_a_script_the_call_is_abandoned(self):
        self.script("qemu", "#!/bin/sh\nkill -9 $PPID\n")
        self.assertEqual(self.run_call("qemu", "g1", "prepare").returncode, -signal.SIGKILL)
        self.assertEqual(self.log()[0]["outcome"], "running")
        self.hooks.upkeep()
        self.assertEqual(self.log()[0]["outcome"], "abandoned")


if __name__ == "__main__":
    unittest.main(argv=Programs.take_from(sys.argv))
