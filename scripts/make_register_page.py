#!/usr/bin/python3
"""Writes docs/registers.md from the register headers, so that the page cannot drift from the code.

  scripts/make_register_page.py          write the page
  scripts/make_register_page.py --check  exit 1 if the page is out of date
"""

import ast
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "registers.md"

MEMBER = re.compile(r"^\s*(uint\d+_t|float|double) ([\w, \[\]]+);[ \t]*(?:/\* (.*?) \*/)?", re.M | re.S)
STRUCT = re.compile(r"struct (\w+) \{(.*?)\n\};", re.S)
ENUM = re.compile(r"enum (\w+) \{(.*?)\n\};", re.S)
VALUE = re.compile(r"^\s*(INVAR_\w+) = (\d+),?[ \t]*(?:/\* (.*?) \*/)?", re.M | re.S)
BUFFER = re.compile(r"^\s*INVAR_TILE_(\w+) = (0x[0-9A-Fa-f]+), +/\* (.*?) \*/", re.M)
SIZES = {"uint32_t": 4, "uint64_t": 8, "float": 4, "double": 8, "uint8_t": 1, "uint16_t": 2}


def squeeze(text):
    """One line, with the comment stars of continued comments taken out."""
    return re.sub(r"\s*\n\s*\*?\s*", " ", text or "").replace("|", "\\|").strip()


def rows(table, columns):
    """The rows of a table macro of hw/registers, as the C preprocessor expands it."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "invar").mkdir()
        (pathlib.Path(folder) / "invar" / "registers").symlink_to(ROOT / "hw" / "registers")
        headers = "".join(f"#include <invar/registers/{path.name}>\n"
                          for path in sorted((ROOT / "hw" / "registers").glob("*.h")))
        names = ", ".join(columns)
        marked = " ".join(f"@ {'#' if name in ('name', 'access') else ''}{name}" for name in columns)
        text = f"{headers}#define ROW({names}) @@ {marked}\n{table}(ROW)\n"
        expanded = subprocess.run([os.environ.get("CC", "cc"), "-E", "-P", "-x", "c", "-I", folder, "-"],
                                  input=text, capture_output=True, text=True, check=True).stdout
    return [[cell(value) for value in row.split("@")[1:]]
            for row in expanded[expanded.index("@@"):].split("@@")[1:]]


def cell(value):
    """C as the page shows it: strings side by side are one, numbers without their suffix."""
    value = value.strip()
    if value.startswith('"'):
        value = ast.literal_eval(f"({value})")
    return re.sub(r"(?<=[0-9A-Fa-f])u\b", "", value)


def registers(table):
    lines = ["| offset | name | reset | access | effect |", "|---|---|---|---|---|"]
    for name, offset, reset, access, effect in rows(table, ("name", "offset", "reset", "access", "effect")):
        lines.append(f"| `{offset}` | {name} | `{reset}` | {access} | {effect} |")
    return lines


def commands():
    columns = ("name", "opcode", "source", "destination", "fields", "effect")
    lines = ["| value | name | source | destination | effect |", "|---|---|---|---|---|"]
    for name, opcode, source, destination, _, effect in rows("INVAR_COMMANDS", columns):
        cells = ["" if what == "nothing" else what for what in (source, destination)]
        lines.append(f"| {opcode} | `INVAR_OP_{name}` | {cells[0]} | {cells[1]} | {effect} |")
    return lines


def statuses():
    lines = ["| value | name | in reports | meaning |", "|---|---|---|---|"]
    for name, value, key, _, meaning in rows("INVAR_STATUSES", ("name", "value", "key", "words", "meaning")):
        lines.append(f"| {value} | `INVAR_STATUS_{name}` | `{key}` | {meaning} |")
    return lines


def jobs():
    columns = ("name", "opcode", "flags", "geometry", "work", "a", "b", "c", "d", "cost", "effect")
    lines = ["| value | name | flags | words of a | of b | of c | of d | effect |",
             "|---|---|---|---|---|---|---|---|"]
    for name, opcode, flags, _, _, *operands, _, effect in rows("INVAR_ENGINE_JOBS", columns):
        cells = ["" if value == "0" else value.replace(" |", ",") for value in (flags, *operands)]
        lines.append(f"| {opcode} | `INVAR_ENGINE_{name}` | " + " | ".join(cells) + f" | {effect} |")
    return lines


def buffers(header):
    lines = ["| offset | buffer | holds |", "|---|---|---|"]
    lines += [f"| `{offset}` | {name} | {holds} |" for name, offset, holds in BUFFER.findall(header)]
    return lines


def record(header, struct, size):
    body = dict(STRUCT.findall(header))[struct]
    lines = ["| byte | type | field | meaning |", "|---|---|---|---|"]
    offset = 0
    for kind, names, comment in MEMBER.findall(body):
        for name in names.split(","):
            lines.append(f"| {offset} | {kind} | {name.strip()} | {squeeze(comment)} |")
            count = re.search(r"\[(\d+)\]", name)
            offset += SIZES[kind] * (int(count.group(1)) if count else 1)
    if offset != size:
        sys.exit(f"make_register_page: struct {struct} has {offset} bytes, not {size}")
    return lines


def values(header, enum):
    body = dict(ENUM.findall(header))[enum]
    lines = ["| value | name | meaning |", "|---|---|---|"]
    for name, value, comment in VALUE.findall(body):
        lines.append(f"| {value} | `{name}` | {squeeze(comment)} |")
    return lines


def definitions(header, pattern, columns):
    """Rows of `#define NAME VALUE /* meaning */` whose name matches."""
    row = re.compile(r"^#define (" + pattern + r") +(0x[0-9A-Fa-f]+|\d+(?:e-\d+)?)(?: +/\* (.*?) \*/)?$", re.M)
    lines = [f"| {columns[0]} | name | {columns[1]} |", "|---|---|---|"]
    rows = row.findall(header)
    if not rows:
        sys.exit(f"make_register_page: no definition of {pattern}")
    for name, value, meaning in rows:
        if meaning:
            lines.append(f"| `{value}` | `{name}` | {meaning} |")
    return lines


def page():
    folder = ROOT / "hw" / "registers"
    accelerator = (folder / "accelerator_registers.h").read_text()
    engine = (folder / "digital_engine_registers.h").read_text()
    commands_header = (folder / "accelerator_commands.h").read_text()
    jobs_header = (folder / "engine_jobs.h").read_text()
    tile = (folder / "tile_registers.h").read_text()
    limits = (folder / "command_limits.h").read_text()
    memory_map = (folder / "memory_map.h").read_text()
    parts = [
        "# Registers", "",
        "Made by `scripts/make_register_page.py` from `hw/registers/`. Registers are 32 bits wide and",
        "little-endian; aligned accesses of 4 and 8 bytes work, all others are refused. Access is RO (writes are",
        "ignored), RW (reads as written; with bits: these bits of it, the others read as 0), W1C (ones written",
        "clear their bits), WO (reads as 0) or ALIAS (the register at that offset once more). Offsets that no register",
        "has read as 0 and ignore writes.", "",
        "A write takes effect at its initiator's local time (simulated time plus the delay of the",
        "transaction), never before; writes of several initiators take effect in the order of those times.",
        "A read tells what was written up to its initiator's local time, and TICKS and TIME at that time.",
        "What only the device knows (progress, interrupts raised, errors) is as of simulated time, since",
        "nobody knows the rest yet: who must not miss it lets simulated time catch up before the read. A",
        "reset by register takes its place among the writes; the reset signal also drops those that have",
        "not taken effect. In the tile used alone, setting up and RESET take effect as they are written,",
        "COMMAND and the interrupt at local time.", "",
        "## Memory map of the platform", "",
        "`hw/registers/memory_map.h`, shared by the SoC and the firmware. An access to anything else is a",
        "bus error. The devices know nothing of the map: in another SoC they sit where that SoC says.", "",
        *definitions(memory_map, r"INVAR_MAP_(?!IRQ)\w+", ("address", "what is there")), "",
        "### Interrupts", "", "Inputs of the interrupt controller; its CLAIM register reads as input + 1.", "",
        *definitions(memory_map, r"INVAR_MAP_IRQ_\w+", ("input", "source")), "",
        "## UART", "", *registers("INVAR_UART_REGISTERS"), "",
        "## Timer", "",
        "Nanoseconds of simulated time, 64 bits. Read high, low, high until both highs agree.", "",
        *registers("INVAR_TIMER_REGISTERS"), "",
        "## Interrupt controller", "", "Up to 32 level inputs, one level output; nothing is stored.", "",
        *registers("INVAR_INTC_REGISTERS"), "",
        "## Host control", "", *registers("INVAR_HOST_REGISTERS"), "",
        "## INV accelerator", "", *registers("INVAR_ACCELERATOR_REGISTERS"), "",
        "### Operations", "", *commands(), "",
        "### Descriptor", "", *record(commands_header, "invar_descriptor", 128), "",
        "Limits of the fields:", "",
        *definitions(limits, r"INVAR_LIMIT_\w+", ("limit", "of what")), "",
        "### Completion record", "",
        "Written in two transactions: first bytes 4 to 127, then `status`, as one aligned word. Whoever sees a",
        "status other than PENDING finds the record complete, however few bytes its memory moves at once.", "",
        *record(commands_header, "invar_completion", 128), "",
        "### Status codes", "", *statuses(), "",
        "### Faults of the ring", "",
        "What LAST_ERROR reads while STATUS says halted. Commands that have been fetched run to their end;",
        "nothing is fetched any more. Every recovery is a reset (CONTROL bit 1), which drops all matrices, and",
        "the ring set up anew, from RING_TAIL = 0.", "",
        *values(accelerator, "invar_ring_fault"), "",
        "## Digital engine", "", *registers("INVAR_ENGINE_REGISTERS"), "",
        "### Job", "", *record(jobs_header, "invar_engine_job", 64), "",
        "### Operations", "",
        "Operands a, b, c and d are byte offsets of the scratchpad, multiples of 4; `x <-` means \"is overwritten",
        "with\". height, width, kernel and out_height x out_width (positions of the kernel) are those of the",
        "geometry, windows is n (height / 2) (width / 2), bias is 1 with its flag, patch is n kernel^2 + 1, or",
        "n kernel^2 with NO_BIAS. PADDING is a number of pixels in bits 8 to 15 of the flags. An operand with",
        "if_given() may be left out: INVAR_ENGINE_OPERAND_NONE for its offset. bytes() counts bytes instead of words.",
        "",
        *jobs(), "",
        "### Status codes", "",
        "What ERROR_STATUS reads while STATUS says halted: up to 4 of the job that ERROR_TAG names, which",
        "RING_HEAD counts to; from 256 on of the ring, and no job that RING_HEAD counts to was run. Recovery is",
        "a reset (CONTROL bit 1), which keeps the scratchpad, and the ring set up anew, from RING_TAIL = 0.", "",
        *values(engine, "invar_engine_status"), "",
        "## Tile used alone", "", *registers("INVAR_TILE_REGISTERS"), "",
        *buffers(tile), "",
        "### Commands", "", *values(tile, "invar_tile_command"), "",
        "### Results", "", *values(tile, "invar_tile_status"), "",
    ]
    return "\n".join(parts)


def main():
    text = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text() != text:
            sys.exit("docs/registers.md is out of date: run scripts/make_register_page.py")
        return
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
