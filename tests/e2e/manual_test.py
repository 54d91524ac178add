#!/usr/bin/env python3
"""Man pages and completion tell what --help tells, and shells and man can use them.

    manual_test.py --hookjournal PROGRAM --pages DIR [-v]
"""
import argparse
import functools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PAGES = ("hookjournal.1", "hookjournal-hook.8", "hookjournal-journal.5")
OBJECT = "web $(touch harm) 1"


def output(*command, **more):
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          check=True, **more).stdout


@functools.cache
def help_of(command):
    return output(settings.hookjournal, command, "--help")


@functools.cache
def commands():
    usage = output(settings.hookjournal, "--help")
    return re.findall(r"^  (\S+) ", usage, re.M)


def options_of(command):
    """Long options, as --help lists them at the beginning of a line."""
    return re.findall(r"^  (?:-\w,)?(--[a-z-]+)", help_of(command), re.M)


def page(name):
    return (settings.pages / name).read_text()


def plain(roff):
    """The text of a page without what only its formatting needs."""
    return re.sub(r"\\f[BIR]", "", roff).replace("\\-", "-")


class Told(unittest.TestCase):
    def test_every_command_has_a_section_and_every_option_stands_there_or_among_the_shared(self):
        text = plain(page("hookjournal.1"))
        head, *parts = re.split(r"^\.SS ", text, flags=re.M)
        sections = {part.split("\n", 1)[0]: part for part in parts}
        shared = text[text.index(".SH JOURNAL OPTIONS"):]
        self.assertGreater(len(commands()), 20)
        self.assertEqual(list(sections), commands())
        for command in commands():
            for option in options_of(command):
                entry = re.compile(r"^\.TP\n(-\w, )?" + option + r"( |$)", re.M)
                if option == "--help":
                    self.assertIn("--help", head)
                elif not entry.search(sections[command].split(".SH ")[0]):
                    self.assertRegex(shared, entry, f"{command} {option}")
                    self.assertRegex(sections[command], "Also takes .*options")

    def test_every_shell_knows_every_command_and_option(self):
        bash, zsh, fish = (page(name) for name in
                           ("hookjournal.bash", "_hookjournal", "hookjournal.fish"))
        for command in commands():
            known = re.search(rf"^    {command}\)\n      options='(.*)'$", bash, re.M)[1].split()
            specs = re.search(rf"^    {command}\)\n      specs=\((.*?)^      \)$", zsh,
                              re.M | re.S)[1]
            for option in options_of(command):
                self.assertIn(option, known, command)
                self.assertRegex(specs, rf"\*{option}\[", command)
                self.assertRegex(fish, rf"_from {command}'.* -l {option[2:]} ", command)

    def test_every_key_of_json_is_in_the_page(self):
        told = set(re.findall(r"\\fB([^ ]*?)\\fR", page("hookjournal-journal.5")))
        told = {key.replace("\\-", "-") for key in told}
        journal = sample_journal(self)
        asked = (["log"], ["timeline"], ["failures"], ["explain", "--last-failure"],
                 ["scripts"], ["stats"], ["verify"], ["doctor"], ["status"],
                 ["replay", "--scripts", changed_scripts(journal.parent)],
                 ["simulate", "lifecycle", "--scripts", journal.parent / "changed",
                  "--input", journal.parent / "guest.xml"])
        subprocess.run([settings.hookjournal, "accept", "3f9a0c12d4e5", "--because", "so wanted",
                        "--journal", journal], check=True)
        for words in (*asked, ["accept", "--list"]):
            hooks = ["--hooks-dir", journal.parent / "hooks"]
            lines = subprocess.run([settings.hookjournal, *words, "--json", "--journal", journal,
                                    *hooks], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True).stdout
            self.assertTrue(words == ["doctor"] or lines, words)
            for line in lines.splitlines():
                self.assertEqual(set(keys_in(json.loads(line))) - told, set(), words)


# In these each key is a thing that is counted: a verdict, an operation, a program.
COUNTS = {"verdicts", "operations", "real", "simulated", "blocked", "masks", "masked"}


def keys_in(value):
    if isinstance(value, dict):
        yield from value
        value = [each for key, each in value.items() if key not in COUNTS]
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        for each in value:
            yield from keys_in(each)


def sample_journal(test):
    """A guest starts, and its second start fails."""
    folder = Path(tempfile.mkdtemp(prefix="hookjournal-manual."))
    test.addCleanup(shutil.rmtree, folder)
    (folder / "hooks").mkdir()
    hook = folder / "hooks" / "qemu"
    xml = folder / "guest.xml"
    xml.write_text(f"<domain type='kvm'><name>{OBJECT}</name><memory>1</memory><os>"
                   "<type arch='x86_64'>hvm</type></os></domain>")
    for text in ("exit 0", "echo no >&2; exit 3"):
        hook.write_text(f"#!/bin/sh\n{text}\n")
        hook.chmod(0o755)
        subprocess.run([settings.hookjournal, "simulate", "lifecycle", "--for-real",
                        "--scripts", folder / "hooks", "--input", xml,
                        "--journal", folder / "journal.db"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return folder / "journal.db"


def changed_scripts(folder):
    """Scripts that print, ask, leave something behind, and fail where a guest starts."""
    (folder / "changed").mkdir()
    hook = folder / "changed" / "qemu"
    hook.write_text("""#!/bin/sh
echo "$2"
date >>/run/left-by-guest
ip link add left-by-guest type dummy
virsh list
no-such-program
[ "$2" != start ]
""")
    hook.chmod(0o755)
    return folder / "changed"


class Pages(unittest.TestCase):
    def test_mandoc_finds_nothing_to_warn_of(self):
        wants(self, "mandoc")
        for name in PAGES:
            found = subprocess.run(["mandoc", "-Tlint", "-Wwarning", settings.pages / name],
                                   stdout=subprocess.PIPE, text=True)
            self.assertEqual(found.stdout, "")

    def test_man_shows_them_without_a_warning(self):
        wants(self, "man")
        for name in PAGES:
            shown = subprocess.run(["man", "--warnings", "-EUTF-8", "-l", settings.pages / name],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
            self.assertEqual(shown.stderr, "")
            self.assertRegex(shown.stdout, r"SEE ALSO")

    def test_an_example_comes_out_as_it_is_typed(self):
        wants(self, "man")
        text = output("man", "-EUTF-8", "-l", settings.pages / "hookjournal.1",
                      env={**os.environ, "MANWIDTH": "120", "LC_ALL": "C.UTF-8"})
        self.assertIn("hookjournal log --outcome failed --since yesterday\n", text)
        self.assertIn("hookjournal scripts --since '3 days ago'\n", text)


class Bash(unittest.TestCase):
    def complete(self, *words, folder=None):
        """What bash offers for the last of the words."""
        script = (f"source {shlex.quote(str(settings.pages / 'hookjournal.bash'))}\n"
                  f"COMP_WORDS=({' '.join(map(shlex.quote, words))})\n"
                  f"COMP_CWORD={len(words) - 1}\n"
                  "_hookjournal hookjournal\nprintf '%s\\n' \"${COMPREPLY[@]}\"")
        return output("bash", "--norc", "-c", script, cwd=folder).split("\n")[:-1]

    def test_bash_registers_it(self):
        shown = output("bash", "--norc", "-c", 'source "$1"; complete -p hookjournal', "_",
                       settings.pages / "hookjournal.bash")
        self.assertEqual(shown, "complete -F _hookjournal hookjournal\n")

    def test_commands(self):
        self.assertEqual(self.complete("hookjournal", "unin"), ["uninstall"])
        self.assertEqual(set(commands()) - set(self.complete("hookjournal", "")), set())

    def test_options_of_the_command(self):
        self.assertEqual(self.complete("hookjournal", "log", "--sl"), ["--slower-than"])
        self.assertEqual(self.complete("hookjournal", "sql", "--sl"), [""])

    def test_values_also_after_an_equals_sign_and_a_comma(self):
        want = ["failed"]
        self.assertEqual(self.complete("hookjournal", "log", "--outcome", "fa"), want)
        self.assertEqual(self.complete("hookjournal", "log", "--outcome", "=", "fa"), want)
        self.assertEqual(self.complete("hookjournal", "log", "--outcome", "ok,fa"),
                         ["ok,failed"])
        self.assertIn("running", self.complete("hookjournal", "log", "--outcome", "="))

    def test_arguments_by_their_place(self):
        self.assertEqual(self.complete("hookjournal", "cat", "--raw", "7", "stdo"), ["stdout"])
        self.assertEqual(self.complete("hookjournal", "simulate", "migrate-o"), ["migrate-out"])
        self.assertIn("start", self.complete("hookjournal", "run", "qemu", "win11", ""))

    def test_calls_and_guests_of_the_journal_named_and_no_name_is_executed(self):
        journal = sample_journal(self)
        folder = journal.parent / "empty"
        folder.mkdir()
        words = ["hookjournal", "log", "--journal", str(journal)]
        self.assertEqual(self.complete(*words, "--object", "we", folder=folder),
                         [r"web\ \$\(touch\ harm\)\ 1"])
        self.assertIn("1", self.complete(*words, "--call", "", folder=folder))
        self.assertEqual(list(folder.iterdir()), [])

    def test_no_journal_offers_nothing_and_says_nothing(self):
        self.assertEqual(self.complete("hookjournal", "log", "--journal", "/nowhere", "--object",
                                       ""), [""])


class OtherShells(unittest.TestCase):
    def test_fish_completes_commands_options_and_values(self):
        wants(self, "fish")
        script = settings.pages / "hookjournal.fish"
        output("fish", "--no-execute", script)

        def offered(line):
            text = output("fish", "--no-config", "-c", f"source {script}; complete -C '{line}'")
            return [each.split("\t")[0] for each in text.splitlines()]

        self.assertEqual(offered("hookjournal unin"), ["uninstall"])
        self.assertEqual(offered("hookjournal log --slower"), ["--slower-than"])
        self.assertEqual(offered("hookjournal log --outcome fa"), ["failed"])
        self.assertIn("ok,failed", offered("hookjournal log --outcome ok,fa"))
        self.assertIn("stdout", offered("hookjournal cat 7 stdo"))

    def test_zsh_completes_commands_options_and_values(self):
        wants(self, "zsh")
        output("zsh", "-n", settings.pages / "_hookjournal")
        for line, want in (("hookjournal unin", "uninstall"),
                           ("hookjournal log --slower", "--slower-than"),
                           ("hookjournal log --outcome fa", "--outcome failed"),
                           ("hookjournal log --outcome ok,fa", "--outcome ok,failed"),
                           ("hookjournal cat 7 stdo", "cat 7 stdout")):
            self.assertIn(want, zsh_screen(line, want))


def zsh_screen(line, want):
    """What a zsh shows after the line and a tab: until it shows `want`, or for some time."""
    script = f"""
        zmodload zsh/zpty
        zpty zsh 'TERM=dumb zsh -f -i'
        zpty -w zsh 'PS1= ; fpath=({settings.pages} $fpath); autoload -Uz compinit; \
compinit -D -u; bindkey "^I" complete-word; print rea""dy'
        zpty -r -m zsh text '*ready*'
        zpty -w -n zsh {shlex.quote(line)}$'\\t'
        for i in {{1..200}}; do
          zpty -r -t zsh part && screen+=$part
          [[ $screen != *{shlex.quote(want)}* ]] || break
          sleep 0.05
        done
        print -r -- "$screen"
        zpty -d zsh
    """
    return output("zsh", "-f", "-c", script, stderr=subprocess.DEVNULL)


def wants(test, program):
    if shutil.which(program):
        return
    if os.environ.get("CI"):
        test.fail(f"{program} is missing, and nothing may be left out here")
    test.skipTest(f"there is no {program}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--hookjournal", type=Path, required=True)
    parser.add_argument("--pages", type=Path, required=True)
    settings, rest = parser.parse_known_args()
    settings.hookjournal = settings.hookjournal.resolve()
    settings.pages = settings.pages.resolve()
    # Completion asks the journal through the program.
    os.environ["PATH"] = f"{settings.hookjournal.parent}:{os.environ['PATH']}"
    unittest.main(argv=[sys.argv[0], *rest])
