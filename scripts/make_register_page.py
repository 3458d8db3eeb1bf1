#!/usr/bin/env python3
"""Writes docs/registers.md from the register headers, so that the page cannot drift from the code.

  scripts/make_register_page.py          write the page
  scripts/make_register_page.py --check  exit 1 if the page is out of date
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "registers.md"

ROW = re.compile(
    r'^\s*X\((\w+), (0x[0-9A-Fa-f]+), (0x[0-9A-Fa-f]+|\d+)u?, (\w+), "([^"]*)"\)', re.M)
MEMBER = re.compile(r"^\s*(uint\d+_t|float|double) ([\w, ]+);[ \t]*(?:/\* (.*?) \*/)?", re.M | re.S)
STRUCT = re.compile(r"struct (\w+) \{(.*?)\n\};", re.S)
ENUM = re.compile(r"enum (\w+) \{(.*?)\n\};", re.S)
VALUE = re.compile(r"^\s*(INVAR_\w+) = (\d+),?[ \t]*(?:/\* (.*?) \*/)?", re.M | re.S)
BUFFER = re.compile(r"^\s*INVAR_TILE_(\w+) = (0x[0-9A-Fa-f]+), +/\* (.*?) \*/", re.M)
SIZES = {"uint32_t": 4, "uint64_t": 8, "float": 4, "double": 8, "uint8_t": 1, "uint16_t": 2}


def squeeze(text):
    """One line, with the comment stars of continued comments taken out."""
    return re.sub(r"\s*\n\s*\*?\s*", " ", text or "").replace("|", "\\|").strip()


def registers(header):
    lines = ["| offset | name | reset | access | effect |", "|---|---|---|---|---|"]
    rows = ROW.findall(header)
    if len(rows) != header.count("  X("):
        sys.exit("make_register_page: a row of a register table is not understood")
    for name, offset, reset, access, effect in rows:
        lines.append(f"| `{offset}` | {name} | `{reset}` | {access} | {effect} |")
    return lines


def buffers(header):
    lines = ["| offset | buffer | holds |", "|---|---|---|"]
    lines += [f"| `{offset}` | {name} | {holds} |" for name, offset, holds in BUFFER.findall(header)]
    return lines


def record(header, struct):
    body = dict(STRUCT.findall(header))[struct]
    lines = ["| byte | type | field | meaning |", "|---|---|---|---|"]
    offset = 0
    for kind, names, comment in MEMBER.findall(body):
        for name in names.split(","):
            lines.append(f"| {offset} | {kind} | {name.strip()} | {squeeze(comment)} |")
            offset += SIZES[kind]
    if offset != 64:
        sys.exit(f"make_register_page: struct {struct} has {offset} bytes, not 64")
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
    tile = (folder / "tile_registers.h").read_text()
    peripherals = (folder / "peripheral_registers.h").read_text()
    limits = (folder / "command_limits.h").read_text()
    memory_map = (folder / "memory_map.h").read_text()
    access = ("offset", "access and effect")
    parts = [
        "# Registers", "",
        "Made by `scripts/make_register_page.py` from `hw/registers/`. Registers are 32 bits wide and",
        "little-endian; aligned accesses of 4 and 8 bytes work, all others are refused.", "",
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
        "## UART", "", *definitions(peripherals, r"INVAR_UART_REG_\w+", access), "",
        "## Timer", "",
        "Nanoseconds of simulated time, 64 bits. Read high, low, high until both highs agree.", "",
        *definitions(peripherals, r"INVAR_TIMER_REG_\w+", access), "",
        "## Interrupt controller", "", "Up to 32 level inputs, one level output; nothing is stored.", "",
        *definitions(peripherals, r"INVAR_INTC_REG_\w+", access), "",
        "## Host control", "", *definitions(peripherals, r"INVAR_HOST_REG_\w+", access), "",
        "## INV accelerator", "", *registers(accelerator), "",
        "### Operations", "", *values(accelerator, "invar_opcode"), "",
        "### Descriptor", "", *record(accelerator, "invar_descriptor"), "",
        "Limits of the fields:", "",
        *definitions(limits, r"INVAR_LIMIT_\w+", ("limit", "of what")), "",
        "### Completion record", "",
        "Written in two transactions: first bytes 4 to 63, then `status`, as one aligned word. Whoever sees a",
        "status other than PENDING finds the record complete, however few bytes its memory moves at once.", "",
        *record(accelerator, "invar_completion"), "",
        "### Status codes", "", *values(accelerator, "invar_status"), "",
        "### Faults of the ring", "",
        "What LAST_ERROR reads while STATUS says halted. Commands that have been fetched run to their end;",
        "nothing is fetched any more. Every recovery is a reset (CONTROL bit 1), which drops all matrices, and",
        "the ring set up anew, from RING_TAIL = 0.", "",
        *values(accelerator, "invar_ring_fault"), "",
        "## Digital engine", "", *registers(engine), "",
        "### Job", "", *record(engine, "invar_engine_job"), "",
        "What each operation does stands in `hw/registers/digital_engine_registers.h`.", "",
        "### Status codes", "",
        "What ERROR_STATUS reads while STATUS says halted: up to 4 of the job that ERROR_TAG names, which",
        "RING_HEAD counts to; from 256 on of the ring, and no job that RING_HEAD counts to was run. Recovery is",
        "a reset (CONTROL bit 1), which keeps the scratchpad, and the ring set up anew, from RING_TAIL = 0.", "",
        *values(engine, "invar_engine_status"), "",
        "## Tile used alone", "", *registers(tile), "",
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
