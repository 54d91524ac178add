"""What the built hook promises while nothing is wrong with the journal."""

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from hook_case import HookCase, main
from recorded_hooks import XML, Programs, eventually


def memory_peak(pid):
    """Of a process that runs, in bytes."""
    with open("/proc/%d/status" % pid) as file:
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1))


class HookTest(HookCase):
    def recorded_script(self):
        """The only run of the only call, as JSON."""
        [call] = self.hooks.calls()
        [script] = call["scripts"]
        return script

    def test_disabled_hooks_answer_alike_and_leave_no_record(self):
        # Without a recorder between, the script's parent is its caller.
        self.write_script("#!/bin/sh\necho out $PPID; echo err $1 >&2; exit 3\n")
        self.hooks.hookjournal("disable", "--hooks-dir", self.hooks.hooks)
        self.assert_answered(2)
        self.hooks.upkeep()
        self.assertEqual((self.hooks.outcomes(), self.hooks.gaps(), self.hooks.spooled()),
                         ({}, 0, []))
        self.hooks.hookjournal("enable", "--hooks-dir", self.hooks.hooks)
        self.hooks.call("recorded")
        self.assert_recorded(["recorded"])

    def test_signals_are_passed_to_the_script_and_recorded(self):
        self.write_script("#!/bin/sh\ntrap 'echo got $1; exit 5' \"$1\"\necho ready\n"
                          "for i in $(seq 500); do sleep 0.02; done\n")
        for number in (signal.SIGTERM, signal.SIGINT):
            name = number.name.removeprefix("SIG")
            for directory in (self.hooks.hooks, self.hooks.bare):
                with self.hooks.begin(name, directory) as hook:
                    hook.stdout.readline()
                    hook.send_signal(number)
                    self.assertEqual(hook.stdout.read(), b"got %s\n" % name.encode(), directory)
                self.assertEqual(hook.returncode, 5)
            script = self.hooks.calls()[-1]["scripts"][0]
            self.assertEqual([passed["signal"] for passed in script["signals"]], [number])

    def test_signals_kill_a_script_that_does_not_expect_them(self):
        self.write_script("#!/bin/sh\necho ready\nexec sleep 20\n")
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.hooks.begin(number.name) as hook:
                hook.stdout.readline()
                hook.send_signal(number)
            self.assertEqual(hook.returncode, -number)
            ending = self.hooks.calls()[-1]["scripts"][0]["ending"]
            self.assertEqual(ending["signaled"], number)

    def test_watched_driver_without_a_script_is_answered_and_recorded(self):
        self.hooks.hookjournal("install", "--driver", "lxc", "--hooks-dir", self.hooks.hooks,
                               "--hook", Programs.hook)
        self.assertEqual(self.hooks.call("box", driver="lxc").seen(), (0, b"", b""))
        script = self.recorded_script()
        self.assertEqual((script["path"], script["ending"]), ("lxc", {"exited": 0}))
        self.assertEqual(script["stdin"]["bytes"], len(XML.format(name="box")))

    def test_launcher_runs_what_was_moved_and_says_what_is_missing(self):
        program = shutil.copy(shutil.which("false"), os.path.join(self.hooks.hooks, "lxc"))
        self.hooks.hookjournal("install", "--hooks-dir", self.hooks.hooks, "--hook",
                               Programs.hook)
        with open(program, "rb") as file:
            self.assertIn(b"--exec", file.readline())
        self.assertEqual(self.hooks.call("box", driver="lxc").seen(), (1, b"", b""))

        moved = os.path.join(self.hooks.hooks, "hookjournal", "lxc")
        os.unlink(moved)
        self.assertEqual(self.hooks.call("box", driver="lxc").seen(), (
            127, b"", b"libvirt:  error : cannot execute binary %s: No such file or directory\n"
            % moved.encode()))
        endings = [call["scripts"][0]["ending"] for call in self.hooks.calls()]
        self.assertEqual(endings, [{"exited": 1}, {
            "not_started": errno.ENOENT, "reason": "No such file or directory"}])

    def test_libvirt_is_answered_after_the_record_is_on_disk(self):
        trace = os.path.join(self.hooks.folder, "trace")
        self.hooks.call("g", before=["strace", "-f", "-y", "-o", trace, "-e",
                                     "trace=pwrite64,fdatasync,sendto"])
        log = re.escape(os.path.realpath(self.hooks.journal) + "-wal")
        with open(trace) as file:
            lines = file.read().splitlines()

        def last_before(end, pattern):
            return max(i for i, line in enumerate(lines[:end]) if re.search(pattern, line))
        [answered] = [i for i, line in enumerate(lines) if re.search(r'sendto\(.*, "d", 1', line)]
        written = last_before(answered, r"pwrite64\(\d+<%s>" % log)
        flushed = last_before(answered, r"fdatasync\(\d+<%s>\) += 0" % log)
        self.assertLess(written, flushed, "not flushed since it was written")

    def test_context_is_what_the_system_says(self):
        def system(path):
            try:
                with open(path) as file:
                    return file.read().strip()
            except FileNotFoundError:
                return None
        self.hooks.call("g")
        [call] = self.hooks.calls()
        context, caller = call["context"], call["caller"]
        self.assertEqual(context["boot_id"].replace("-", ""),
                         system("/proc/sys/kernel/random/boot_id").replace("-", ""))
        self.assertEqual(context["machine_id"], system("/etc/machine-id"))
        self.assertEqual(context["kernel"], os.uname().release)
        self.assertEqual(call["host"], os.uname().nodename)
        version = subprocess.run([Programs.hook, "--version"], capture_output=True, text=True)
        self.assertEqual("hookjournal-hook " + context["recorder"], version.stdout.strip())
        program = os.path.realpath("/proc/self/exe")
        notes = subprocess.run(["readelf", "--notes", program], capture_output=True, text=True)
        self.assertEqual((caller["pid"], caller["exe"]), (os.getpid(), program))
        self.assertEqual(caller["build_id"],
                         re.search("Build ID: ([0-9a-f]+)", notes.stdout).group(1))

    def test_no_lock_is_held_while_a_script_runs(self):
        self.write_script("#!/bin/sh\necho ready\nexec sleep 20\n")
        with self.hooks.begin("sleeper") as hook:
            hook.stdout.readline()
            eventually(lambda: self.hooks.outcomes() == {"sleeper": ["running"]},
                       "the start in the journal")
            self.hooks.take_write_lock()
            hook.terminate()
        self.assertEqual(self.hooks.outcomes(), {"sleeper": ["failed"]})

    def write_file(self, path, text):
        with open(path, "w") as file:
            file.write(text)

    def tree(self):
        """The newest version of the scripts tree: path -> kind of file."""
        [line] = self.hooks.hookjournal(
            "scripts", "--json", "--last", "1", "--journal", self.hooks.journal
        ).stdout.splitlines()
        return {file["path"]: file["after"] and file["after"]["kind"]
                for file in json.loads(line)["files"]}

    def test_file_that_a_script_writes_is_its_state_and_no_version(self):
        # Not before the recorder has looked at the tree.
        self.write_script('#!/bin/sh\nsleep 0.2\necho "$1" >> "${0%/*}/state"\n')
        state, helper = (os.path.join(self.hooks.hooks, name) for name in ("state", "helper"))
        self.write_file(state, "")
        for count in range(1, 4):
            self.write_file(helper, "edited %d times\n" % count)
            self.hooks.call("guest%d" % count)
            eventually(lambda: self.hooks.rows("select path, changes from volatile_files") ==
                       [(state, count)], "a note that the state has changed")
        # From now on a change of the state alone is no other version; one of the helper is.
        self.hooks.call("known")
        self.hooks.call("same")
        self.write_file(helper, "edited again\n")
        self.hooks.call("edited")
        trees = {call["object"]: call["tree"] for call in self.hooks.calls()}
        self.assertEqual(trees["same"], trees["known"])
        self.assertNotEqual(trees["edited"], trees["same"])
        self.assertEqual(self.tree(), {"qemu": "file", "helper": "file", "state": "volatile"})

    def test_secrets_reach_no_spool(self):
        secret = "<graphics type='vnc' passwd='hunter2'/>"
        self.write_script("#!/bin/sh\ncat; echo refused: passwd hunter2 >&2\n")
        os.rename(self.hooks.journal, self.hooks.journal + ".gone")
        self.hooks.call("writer", operation="migrate", xml=XML + secret)
        os.rename(os.path.dirname(self.hooks.journal), self.hooks.folder + "/gone")
        self.hooks.call("answering", operation="migrate", xml=XML + secret)
        os.rename(self.hooks.folder + "/gone", os.path.dirname(self.hooks.journal))

        beside = os.path.join(os.path.dirname(self.hooks.journal), "spool")
        for folder in (beside, self.hooks.spool):
            self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700)
            [run] = [name for name in os.listdir(folder) if name.endswith(".run")]
            path = os.path.join(folder, run)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            with open(path, "rb") as file:
                content = file.read()
            self.assertIn(b"<graphics type='vnc' passwd='*******'/>", content)
            self.assertIn(b"refused: passwd *******", content)
            self.assertNotIn(b"hunter2", content)

    def test_input_beyond_the_cap_is_kept_as_a_part_and_says_so(self):
        secret = "<graphics passwd='topsecret'/>"
        self.hooks.configure(stream_cap=len(secret) + 6)
        xml = secret + "topsecret" + "x" * 5000
        self.hooks.call("pipe", operation="migrate", xml=xml)
        with tempfile.TemporaryFile() as file:
            file.write(xml.encode())
            file.seek(0)
            self.hooks.call_with("file", file, operation="migrate")
        for call in self.hooks.calls():
            [script] = call["scripts"]
            self.assertEqual([script["stdin"][key] for key in ("bytes", "kept", "truncated")],
                             [len(xml), len(secret) + 6, True], call["object"])
            kept = self.hooks.hookjournal("cat", str(call["id"]), "stdin", "--journal",
                                          self.hooks.journal).stdout
            self.assertEqual(kept, secret.replace("topsecret", "*" * 9) + "*" * 6)

    def test_secret_in_the_part_of_an_input_that_is_not_kept(self):
        self.hooks.configure(stream_cap=256)
        self.write_script("#!/bin/sh\ncat >/dev/null; echo it is hunter2; echo hunter2 >&2\n")
        secret = "<graphics type='vnc' passwd='hunter2'/>"
        for name, before in (("beyond", 5000), ("cut", 256 - len(secret) // 2)):
            self.hooks.call(name, operation="migrate", xml="x" * before + secret)
        for call in self.hooks.calls():
            for stream, kept in (("stdout", "it is *******\n"), ("stderr", "*******\n")):
                self.assertEqual(
                    self.hooks.hookjournal("cat", str(call["id"]), stream, "--journal",
                                           self.hooks.journal).stdout, kept, call["object"])

    def test_directory_that_cannot_be_opened_fails_the_call(self):
        self.write_script("#!/bin/sh\nexit 0\n")
        self.write_file(os.path.join(self.hooks.hooks, "qemu.d"), "no directory\n")
        self.hooks.call("g")
        [call] = self.hooks.calls()
        self.assertEqual((call["outcome"], call["consequence"]), ("failed", "start-refused"))
        self.assertEqual(call["answer"]["not_started"], errno.ENOTDIR)
        self.assertEqual([(script["path"], script["outcome"]) for script in call["scripts"]],
                         [("qemu", "ok"), ("qemu.d", "failed")])
        self.assertEqual(call["planned"], ["qemu", "qemu.d"])
        for command in ("show", "failures", "explain"):
            words = [] if command == "failures" else [str(call["id"])]
            told = self.hooks.hookjournal(command, *words, "--journal", self.hooks.journal,
                                          check=False).stdout
            self.assertRegex(told, r"qemu\.d\b.*could\s+not\s+(be\s+)?open", command)
        self.assertTrue(self.hooks.sound())

    def test_recorded_script_that_another_one_calls_is_within_it(self):
        shutil.copy(os.path.join(self.hooks.hooks, "qemu"), os.path.join(self.hooks.hooks, "inner"))
        self.write_script('#!/bin/sh\n"${0%/*}/inner" "$@"\n')
        self.hooks.call("nested")
        [call] = self.hooks.calls()
        outer, inner = call["scripts"]
        self.assertEqual((outer["path"], outer["within"]), ("qemu", None))
        self.assertEqual((inner["path"], inner["within"]), ("inner", outer["id"]))

    def test_session_daemons_hook_records_into_its_users_journal(self):
        self.use_hooks_for_everybody()
        user = "12345"
        home = os.path.join(self.hooks.folder, "home")
        passwd = os.path.join(self.hooks.folder, "passwd")
        self.write_file(passwd, "user:x:{0}:{0}::{1}:/bin/sh\n".format(user, home))
        own = os.path.join(home, ".local/state/hookjournal/journal.db")
        shutil.copytree(os.path.dirname(self.hooks.journal), os.path.dirname(own))
        subprocess.run(["chown", "-R", user, home], check=True)
        answer = self.hooks.call("mine", before=[
            "unshare", "--mount", "sh", "-c",
            'mount --bind "$0" /etc/passwd && exec setpriv --reuid %s --regid %s --clear-groups "$@"'
            % (user, user), passwd])
        self.assertEqual(answer.seen(), self.hooks.bare_answer("mine").seen())
        self.assertEqual(self.hooks.outcomes(), {})
        self.hooks.journal = own
        self.assert_recorded(["mine"])

    def test_output_to_a_slow_reader_takes_little_memory(self):
        self.need_the_shipped_recorder()
        self.write_script("#!/bin/sh\nhead -c 100M /dev/zero\n")
        with self.hooks.begin("g") as hook:
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
        folder = os.path.join(self.hooks.folder, "interpreters")
        path = os.path.join(folder, "interpreter")
        # It is recorded, too: with these settings, or it would be in the host's own spool.
        shutil.copytree(os.path.join(self.hooks.hooks, "hookjournal"),
                        os.path.join(folder, "hookjournal"))
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
        self.hooks.configure(journal="/nonexistent/j.db", spool="/nonexistent/s",
                             when_unrecorded="refuse")
        for driver in ("qemu", "daemon"):
            path = os.path.join(self.hooks.hooks, driver)
            with open(path, "w") as file:
                file.write("#!%s /bin/sh\nexit 0\n" % Programs.hook)
            os.chmod(path, 0o755)
        refused = self.hooks.call("g")
        self.assertEqual(refused.status, 1)
        self.assertIn(b"could not be recorded", refused.err)
        for operation in ("reconnect", "stopped", "release"):
            self.assertEqual(self.hooks.call("g", operation=operation).status, 0)
        self.assertEqual(self.hooks.call("-", driver="daemon", operation="start").status, 0)


if __name__ == "__main__":
    main()
