"""Hook scripts, and the ways to put one together.

A script that notes calls /run/e2e/note (note.py) with its own process id first: what it
was given is then compared between the two runs of a case.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class File:
    content: bytes
    mode: int = 0o755


@dataclass(frozen=True)
class CopyOf:
    """A compiled program, taken from the machine."""

    program: str


@dataclass(frozen=True)
class Link:
    target: str


@dataclass(frozen=True)
class Folder:
    pass


Entry = File | CopyOf | Link | Folder


def noting(body: str = "", interpreter: str = "/bin/sh") -> File:
    """A shell script that notes and goes on with `body`; what it read is in $given."""
    return File(
        f"#!{interpreter}\n/run/e2e/note $$\ngiven=/run/e2e/stdin/$$\n{body}\n".encode()
    )


def unread(body: str = "") -> File:
    """As noting(), but standard input is left alone."""
    return File(f"#!/bin/sh\n/run/e2e/note --leave-stdin $$\n{body}\n".encode())


def on(operation: str, body: str) -> str:
    return f'if [ "$2" = {operation} ]; then\n{body}\nfi'


def fail(operation: str, status: int, complaint: str) -> str:
    return on(operation, f"echo '{complaint}' >&2; exit {status}")


PYTHON = File(
    b"""\
#!/usr/bin/env python3
import os, subprocess, sys
import xml.etree.ElementTree as ElementTree

subprocess.run(["/run/e2e/note", str(os.getpid())], check=True)
name = ElementTree.parse(f"/run/e2e/stdin/{os.getpid()}").findtext("name")
if name != sys.argv[1]:
    sys.exit(f"called for {sys.argv[1]}, but the XML is of {name}")
"""
)

PERL = File(
    b"""\
#!/usr/bin/perl -w
use strict;
my ($name, $operation) = @ARGV;
system('/run/e2e/note', $$);
if ($operation eq 'started') {
  # Taken from $^W: that -w on the first line arrived.
  print STDERR "perl warns: $^W\\n";
  exit 9;
}
"""
)

# As an editor on another system leaves it: the interpreter's name ends in \r.
CARRIAGE_RETURNS = File(b"#!/bin/sh\r\nexit 0\r\n")

NO_INTERPRETER = File(b"echo 'the first line is missing' >&2\nexit 3\n")
