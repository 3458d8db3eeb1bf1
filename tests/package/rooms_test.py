#!/usr/bin/python3
"""scripts/rooms.py on a small tree of rooms: what it lets pass, and what it refuses in which words."""

import importlib.util
import pathlib
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "rooms.py"


class SmallTree(unittest.TestCase):
    """cell <- array <- tile; tile names array alone."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        spec = importlib.util.spec_from_file_location("rooms", SCRIPT)
        self.rooms = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.rooms)
        self.rooms.ROOT = self.root
        for part in ("hw", "sw", "platform"):
            (self.root / part).mkdir()
        self.room("hw/units", "invar_add_room(units)")
        self.room("hw/cell", "invar_add_room(cell SOURCES cell.cpp PRIVATE_DEPENDS units)")
        self.room("hw/array", "invar_add_room(array DEPENDS cell)")
        self.room("hw/tile", "invar_add_room(tile SOURCES tile.cpp DEPENDS array) # not cell")
        self.write("hw/cell/cell.h", "")
        self.write("hw/array/array.h", "#include <invar/cell/cell.h>\n")

    def room(self, folder, call):
        (self.root / folder).mkdir()
        self.write(f"{folder}/CMakeLists.txt", call + "\n")

    def write(self, file, text):
        (self.root / file).write_text(text)

    def include_errors(self):
        return list(self.rooms.include_errors(self.rooms.read_rooms()))

    def test_rooms_that_are_named_may_be_included(self):
        self.write("hw/tile/tile.cpp", "#include <invar/array/array.h>\n")
        self.write("hw/cell/cell.cpp", "#include <invar/units/volts.h>\n")
        self.assertEqual(self.include_errors(), [])

    def test_a_room_that_only_a_named_one_names_is_refused(self):
        self.write("hw/tile/tile.cpp", "#include <invar/cell/cell.h>\n")
        self.assertEqual(self.include_errors(),
                         ["hw/tile/tile.cpp: <invar/cell/cell.h>: hw/tile/CMakeLists.txt does not "
                          "name cell among its DEPENDS or PRIVATE_DEPENDS"])

    def test_what_sources_may_include_headers_may_not(self):
        self.write("hw/cell/cell.h", "#include <invar/units/volts.h>\n")
        self.assertEqual(len(self.include_errors()), 1)
        self.assertIn("does not name units among its DEPENDS", self.include_errors()[0])

    def test_a_header_of_no_room_is_refused(self):
        self.write("hw/tile/tile.cpp", "#include <invar/nowhere/a.h>\n")
        self.assertEqual(self.include_errors(),
                         ["hw/tile/tile.cpp: <invar/nowhere/a.h> is of no room"])

    def test_a_circle_is_refused(self):
        self.write("hw/cell/CMakeLists.txt", "invar_add_room(cell DEPENDS tile)\n")
        errors = list(self.rooms.circle_errors(self.rooms.read_rooms()))
        self.assertEqual(errors, [f"room {name} reaches itself" for name in ("array", "cell", "tile")])

    def test_links_are_missed_and_made(self):
        rooms = self.rooms.read_rooms()
        self.assertEqual(len(list(self.rooms.link_errors(rooms, False))), 4)
        self.assertEqual(list(self.rooms.link_errors(rooms, True)), [])
        self.assertTrue((self.root / "include/cell/invar/cell/cell.h").exists())
        self.assertEqual(list(self.rooms.link_errors(rooms, False)), [])


if __name__ == "__main__":
    unittest.main()
