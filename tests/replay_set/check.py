#!/usr/bin/env python3
"""Checks the replay set: see README.md. Needs root; nothing it runs reaches the host."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import leg
from observed import first_difference, leaks, learn

HERE = pathlib.Path(__file__).resolve().parent
FIELDS = {"commands", "files", "network", "ending", "output", "stderr", "stdout", "answer", "attempts", "leak"}
REFUSES = {
    "prepare": "start-refused", "start": "start-refused", "started": "start-undone",
    "reconnect": "guest-killed", "migrate": "migration-refused", "restore": "restore-refused",
}
NETWORK_REFUSES = {
    "start": "network-start-refused", "started": "network-start-refused", "updated": "update-reported",
}


class Fixture:
    def __init__(self, folder):
        self.folder, self.name = folder, folder.name
        self.hooks = folder / "hooks"
        self.scenario = json.loads((folder / "scenario.json").read_text())
        self.breakages = json.loads((folder / "breakages.json").read_text())
        self.harmless = json.loads((folder / "harmless.json").read_text())

    def input_of(self, call):
        if call["input"] is None:
            return None
        for place in (self.folder, HERE / "common"):
            if (place / call["input"]).exists():
                return (place / call["input"]).read_bytes()
        raise FileNotFoundError(f"{self.name}: input {call['input']}")


def edited(fixture, edit):
    """The text of the edited file; raises ValueError when the edit does not fit."""
    text = (fixture.hooks / edit["file"]).read_text()
    lines, find = text.split("\n"), edit["find"].split("\n")
    places = [i for i in range(len(lines)) if lines[i:i + len(find)] == find]
    if len(places) != 1:
        raise ValueError(f"`find` fits {len(places)} times: {edit['find']!r}")
    at = places[0]
    after = "\n".join(lines[:at] + edit["replace"].split("\n") + lines[at + len(find):])
    if after == text:
        raise ValueError("it changes nothing")
    return after


def syntax_error(text, name):
    first = text.split("\n", 1)[0]
    with tempfile.NamedTemporaryFile("w", suffix=".hook") as file:
        file.write(text)
        file.flush()
        if "python" in first or name.endswith(".py"):
            try:
                compile(text, name, "exec")
                return ""
            except SyntaxError as error:
                return str(error)
        if "perl" in first:
            command = ["perl", "-c", file.name]
        elif "bash" in first:
            command = ["bash", "-n", file.name]
        elif first.startswith("#!/bin/sh") or name.endswith(".sh"):
            command = ["sh", "-n", file.name]
        else:
            return ""
        run = subprocess.run(command, capture_output=True, text=True)
        return run.stderr if run.returncode else ""


def check_form(fixture):
    driver = fixture.scenario["driver"]
    if not leg.scripts_of(fixture.hooks, driver):
        yield f"no script of driver {driver} is executable"
    for path in fixture.hooks.rglob("*"):
        if path.is_file() and (wrong := syntax_error(path.read_text(), path.name)):
            yield f"{path.name}: {wrong}"
    for call in fixture.scenario["calls"]:
        fixture.input_of(call)
    if len(fixture.breakages) < 5:
        yield "fewer than five breakages"
    if not fixture.harmless:
        yield "no harmless edit"
    names = [e["name"] for e in fixture.breakages + fixture.harmless]
    for twice in {n for n in names if names.count(n) > 1}:
        yield f"two edits are called {twice}"
    for edit in fixture.breakages:
        if "\n" in edit["find"]:
            yield f"{edit['name']}: more than one line is replaced"
        if not wanted(edit) <= FIELDS:
            yield f"{edit['name']}: unknown field"
    for edit in fixture.breakages + fixture.harmless:
        try:
            if wrong := syntax_error(edited(fixture, edit), edit["file"]):
                yield f"{edit['name']}: {wrong}"
        except ValueError as error:
            yield f"{edit['name']}: {error}"


def wanted(edit):
    return set(edit["field"] if isinstance(edit["field"], list) else [edit["field"]])


def acceptable(text):
    """Whether libvirt would take it for a guest: no test of all that it tests."""
    try:
        if not text.strip():
            return True
        root = xml.etree.ElementTree.fromstring(text)
        return root.tag == "domain" and root.find("name") is not None
    except xml.etree.ElementTree.ParseError:
        return False


def refused(fixture, index, observed):
    call = fixture.scenario["calls"][index]
    table = NETWORK_REFUSES if fixture.scenario["driver"] == "network" else REFUSES
    failed = observed["answer"] != "ok" or not acceptable(observed["output"])
    # A guest that moves here never starts by itself: the migration fails.
    arrives = fixture.scenario["calls"][0]["operation"] == "migrate" and index > 0
    if failed and arrives and call["operation"] in ("prepare", "start", "started"):
        return "migration-refused"
    return table.get(call["operation"], "none") if failed else "none"


def check_fixture(fixture, fill):
    problems = list(check_form(fixture))
    if problems:
        return problems, 0
    base = [leg.run(fixture, None) for _ in range(3)]
    noise = learn(base[0], base[1])
    if found := first_difference(noise, base[2]):
        problems.append(f"unchanged, but differs from itself: {found}")
    if found := leaks(noise, base[2]):
        problems.append(f"unchanged, but leaves other things behind: {found}")
    for edit in fixture.harmless:
        now = leg.run(fixture, (edit["file"], edited(fixture, edit)))
        if found := first_difference(noise, now) or leaks(noise, now):
            problems.append(f"harmless {edit['name']} shows: {found}")
    for edit in fixture.breakages:
        now = leg.run(fixture, (edit["file"], edited(fixture, edit)))
        found, left = first_difference(noise, now), leaks(noise, now)
        if not found and not left:
            problems.append(f"{edit['name']} does not show")
            continue
        call, fields = found or (len(now["calls"]) - 1, {})
        before = refused(fixture, call, base[0]["calls"][call])
        after = refused(fixture, call, now["calls"][call])
        consequence = after if after != before else None
        seen = set(fields) | ({"leak"} if left else set())
        if fill:
            edit["call"], edit["consequence"] = call, consequence
            kept = [f for f in edit["field"] if f in seen] if isinstance(edit["field"], list) else []
            edit["field"] = kept[0] if len(kept) == 1 else kept or edit["field"]
        if edit.get("call") != call:
            problems.append(f"{edit['name']} shows in call {call}, not {edit.get('call')}")
        if edit.get("consequence") != consequence:
            problems.append(f"{edit['name']}: consequence {consequence}, not {edit.get('consequence')}")
        if not wanted(edit) & seen:
            problems.append(f"{edit['name']} shows in {sorted(seen)}, not {sorted(wanted(edit))}: {fields}")
        if missing := wanted(edit) - seen:
            problems.append(f"note: {edit['name']} does not show in {sorted(missing)}, but {sorted(seen)}")
    if fill:
        text = json.dumps(fixture.breakages, indent=1, ensure_ascii=False)
        (fixture.folder / "breakages.json").write_text(text + "\n")
    return problems, len(fixture.breakages)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*")
    options.add_argument("--fill", action="store_true", help="write call and consequence as found")
    options.add_argument("--show", metavar="EDIT", help="print what one edit (or `-`: none) did")
    chosen = options.parse_args()
    folders = sorted(p.parent for p in HERE.glob("*/scenario.json"))
    fixtures = [Fixture(f) for f in folders if not chosen.names or f.name in chosen.names]
    leg.copy_of_proc_sys = tempfile.mkdtemp(prefix="replay_set.")
    try:
        leg.copy_proc_sys()
        if chosen.show:
            edits = {e["name"]: e for e in fixtures[0].breakages + fixtures[0].harmless}
            edit = edits.get(chosen.show)
            change = (edit["file"], edited(fixtures[0], edit)) if edit else None
            print(json.dumps(leg.run(fixtures[0], change), indent=1))
            return 0
        bad = breakages = 0
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            results = pool.map(check_fixture, fixtures, [chosen.fill] * len(fixtures))
            for fixture, (problems, count) in zip(fixtures, results):
                breakages += count
                bad += any(not p.startswith("note:") for p in problems)
                for problem in problems:
                    print(f"{fixture.name}: {problem}", flush=True)
        harmless = sum(len(f.harmless) for f in fixtures)
        print(f"{len(fixtures)} fixtures, {breakages} breakages, {harmless} harmless edits, {bad} fixtures with problems")
        return 1 if bad else 0
    finally:
        shutil.rmtree(leg.copy_of_proc_sys)


if __name__ == "__main__":
    sys.exit(main())
