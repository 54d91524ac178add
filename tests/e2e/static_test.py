#!/usr/bin/env python3
"""What is started for every hook is linked statically: the kernel runs it with no dynamic
linker, whose work libvirt would wait for, and whose libraries an upgrade may take away.

    static_test.py PROGRAM...
"""

import struct
import sys
import unittest

PT_INTERP = 3


def segment_types(program):
    """Of a 64-bit ELF file of this machine: the kinds of its program headers."""
    with open(program, "rb") as file:
        image = file.read()
    assert image[:5] == b"\x7fELF\x02", program + " is no 64-bit ELF file"
    (offset,) = struct.unpack_from("=Q", image, 32)
    size, count = struct.unpack_from("=HH", image, 54)
    return [struct.unpack_from("=I", image, offset + i * size)[0] for i in range(count)]


class StaticTest(unittest.TestCase):
    programs = []

    def test_programs_name_no_dynamic_linker(self):
        self.assertTrue(self.programs)
        for program in self.programs:
            self.assertNotIn(PT_INTERP, segment_types(program), program)

    def test_a_dynamic_program_would_be_found_out(self):
        self.assertIn(PT_INTERP, segment_types(sys.executable))


if __name__ == "__main__":
    StaticTest.programs = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
