#!/usr/bin/env python3
"""Runs clang-tidy over the product's sources, and over none twice.

usage: tidy.py CLANG_TIDY BUILD_DIR SOURCE_DIR [--jobs N]

What one source is judged by is its text after preprocessing (comments too, which may silence
a check), the settings and the tool. Once found clean, the digest of that is remembered in the
user's cache, and the same text is not judged again: a second run checks what has changed.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

MONTH = 30 * 24 * 3600
FOLDERS = re.compile(r"(engine|journal|replay|cli)/")
# The compiler's command lines are GCC's, with warnings that clang does not know.
OPTIONS = ["--quiet", "-extra-arg=-Wno-unknown-warning-option"]


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "hookjournal" / "tidy"


def preprocessing(entry):
    """The compiler's command for one source, stopped after the preprocessor."""
    words = shlex.split(entry["command"])
    if os.path.basename(words[0]) == "ccache":
        del words[0]
    kept, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word == "-o":
            skip = True
        elif word != "-c":
            kept.append(word)
    return kept + ["-E", "-P", "-C"]


class Checker:
    def __init__(self, tidy, build, source):
        self.tidy, self.build = tidy, build
        version = subprocess.run([tidy, "--version"], check=True, capture_output=True)
        settings = (source / ".clang-tidy").read_bytes()
        self.common = version.stdout + settings + " ".join(OPTIONS).encode()
        self.cache = cache_folder()
        self.cache.mkdir(parents=True, exist_ok=True)

    def forget_the_old(self):
        for mark in self.cache.iterdir():
            if mark.stat().st_mtime < time.time() - MONTH:
                mark.unlink(missing_ok=True)

    def check(self, entry):
        """What is wrong with one source: empty when nothing is; None when that was known."""
        text = subprocess.run(preprocessing(entry), cwd=entry["directory"],
                              check=True, capture_output=True).stdout
        mark = self.cache / hashlib.sha256(self.common + text).hexdigest()
        if mark.exists():
            mark.touch()
            return None
        run = subprocess.run([self.tidy, *OPTIONS, "-p", self.build, entry["file"]],
                             capture_output=True, text=True)
        if run.returncode == 0:
            mark.touch()
            return ""
        return run.stdout + run.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tidy")
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()

    entries = {entry["file"]: entry
               for entry in json.loads((options.build / "compile_commands.json").read_text())
               if FOLDERS.match(os.path.relpath(entry["file"], options.source))}
    if not entries:
        sys.exit(f"tidy.py: no source of the product in {options.build}/compile_commands.json")
    checker = Checker(options.tidy, options.build, options.source)
    checker.forget_the_old()

    wrong = known = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for found in pool.map(checker.check, entries.values()):
            if found is None:
                known += 1
            elif found:
                wrong += 1
                print(found, flush=True)
    print(f"{len(entries)} sources, {known} of them known to be clean, {wrong} with findings")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
