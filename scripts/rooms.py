#!/usr/bin/python3
"""The rooms, as their CMakeLists.txt declare them, and what holds them to it.

    scripts/rooms.py --check     # every #include names a room that its own names; no circles; the
                                 # links of include/, compile_flags.txt (for editors, without a build)
                                 # and the table of docs/rooms.md are right
    scripts/rooms.py --write     # writes those

A header may include what its room's DEPENDS (or HEADERS_OF) name, a source what PRIVATE_DEPENDS
name as well. The build runs the check before it compiles.
"""

import argparse
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "rooms.md"
FLAGS = ROOT / "compile_flags.txt"
PREFIX = {"add_room": "", "add_platform_room": "platform_", "add_firmware_room": "sw_"}
CALL = re.compile(r"\binvar_(add_room|add_platform_room|add_firmware_room|use_rooms)\(([^)]*)\)")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]invar/([^>"]+)[>"]', re.MULTILINE)
SOURCES = (".h", ".c", ".cpp", ".S")


class Room:
    """A folder with the rooms that it names."""

    def __init__(self, folder, arguments, kind):
        self.folder = folder
        self.name = folder.removeprefix("hw/").replace("/", "_")
        self.has_headers = kind != "use_rooms"
        lists = {"DEPENDS": [], "PRIVATE_DEPENDS": [], "HEADERS_OF": []}
        current = None
        for word in arguments.split()[1:]:
            if word.isupper():
                current = lists.get(word)
            elif current is not None:
                current.append(word)
        self.public = lists["DEPENDS"] + lists["HEADERS_OF"]
        self.private = lists["PRIVATE_DEPENDS"]
        if kind in PREFIX:
            named = PREFIX[kind] + arguments.split()[0].replace("/", "_")
            if named != self.name:
                sys.exit(f"{folder}/CMakeLists.txt: the room of this folder is {self.name}, "
                         f"not {named}")

    @property
    def spelling(self):
        """What follows <invar/ in an #include."""
        return self.folder.removeprefix("hw/")

    @property
    def link(self):
        return ROOT / "include" / self.name / "invar" / self.spelling


def read_rooms():
    rooms = []
    for part in ("hw", "sw", "platform"):
        for file in sorted((ROOT / part).rglob("CMakeLists.txt")):
            text = re.sub(r"#.*", "", file.read_text())
            for kind, arguments in CALL.findall(text):
                rooms.append(Room(str(file.parent.relative_to(ROOT)), arguments, kind))
    return rooms


def owner(path, rooms):
    """The room with the longest folder that `path` lies in."""
    inside = [room for room in rooms if path == room or path.startswith(room + "/")]
    return rooms[max(inside, key=len)] if inside else None


def include_errors(rooms):
    folders = {room.folder: room for room in rooms}
    spellings = {room.spelling: room for room in rooms if room.has_headers}
    for part in ("hw", "sw", "platform"):
        for file in sorted((ROOT / part).rglob("*")):
            if file.suffix not in SOURCES:
                continue
            path = str(file.relative_to(ROOT))
            room = owner(path, folders)
            if room is None:
                yield f"{path}: lies in no room"
                continue
            allowed = {room.name, *room.public}
            if file.suffix != ".h":
                allowed |= set(room.private)
            for included in INCLUDE.findall(file.read_text()):
                other = owner(included, spellings)
                if other is None:
                    yield f"{path}: <invar/{included}> is of no room"
                elif other.name not in allowed:
                    kind = "DEPENDS" if file.suffix == ".h" else "DEPENDS or PRIVATE_DEPENDS"
                    yield (f"{path}: <invar/{included}>: {room.folder}/CMakeLists.txt does not name "
                           f"{other.name} among its {kind}")


def circle_errors(rooms):
    """A room that reaches itself; HEADERS_OF count."""
    arrows = {room.name: set(room.public + room.private) for room in rooms}
    for room in rooms:
        for name in arrows[room.name] - arrows.keys():
            yield f"{room.folder}/CMakeLists.txt: there is no room {name}"
    reached = {name: set(others) for name, others in arrows.items()}
    for _ in arrows:
        for name in reached:
            reached[name] |= set().union(*(reached.get(other, ()) for other in reached[name]))
    for name in sorted(arrows):
        if name in reached[name]:
            yield f"room {name} reaches itself"


def link_errors(rooms, write):
    for room in rooms:
        if not room.has_headers:
            continue
        target = os.path.relpath(ROOT / room.folder, room.link.parent)
        if room.link.is_symlink() and os.readlink(room.link) == target:
            continue
        if write:
            room.link.parent.mkdir(parents=True, exist_ok=True)
            room.link.symlink_to(target)
        else:
            yield f"{room.link.relative_to(ROOT)}: is no link to {target} (scripts/rooms.py --write)"


def table_line(line, folders):
    """A line of the table of rooms with its last column as the rooms have it."""
    found = re.match(r"\| `((?:hw|sw|platform)[\w/]*)/` \| (.*?) \|.*\|$", line)
    if not found or found.group(1) not in folders:
        return line
    room = folders.pop(found.group(1))
    uses = ", ".join(room.public) or "–"
    if room.private:
        uses += f"; in its sources {', '.join(room.private)}"
    return f"| `{room.folder}/` | {found.group(2)} | {uses} |"


def table_errors(rooms, write):
    folders = {room.folder: room for room in rooms}
    text = DOCUMENT.read_text()
    wanted = "\n".join(table_line(line, folders) for line in text.split("\n"))
    for folder in folders:
        yield f"{DOCUMENT.relative_to(ROOT)}: the table of rooms has no line for `{folder}/`"
    yield from text_errors(DOCUMENT, wanted, write)


def flags_errors(rooms, write):
    lines = ["-isystem", "/usr/include/eigen3", "-I.", "-Itests"]
    lines += [f"-Iinclude/{room.name}" for room in rooms if room.has_headers]
    yield from text_errors(FLAGS, "\n".join(lines) + "\n", write)


def text_errors(file, wanted, write):
    if file.exists() and file.read_text() == wanted:
        return
    if write:
        file.write_text(wanted)
    else:
        yield f"{file.relative_to(ROOT)}: is stale (scripts/rooms.py --write)"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true")
    what.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    rooms = read_rooms()
    errors = [*link_errors(rooms, arguments.write), *flags_errors(rooms, arguments.write),
              *table_errors(rooms, arguments.write), *include_errors(rooms), *circle_errors(rooms)]
    for error in errors:
        print(error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
