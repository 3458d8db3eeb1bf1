#!/usr/bin/env python3
"""Solves small analog circuits with ngspice and writes them as references for tests/circuit.

  scripts/make_circuit_references.py [--out DIR] [NAME...]    all circuits, or those named

Needs `ngspice` (the committed data: ngspice 39, Debian 12). Netlists are in circuit_references/.
Matrices are made from fixed seeds.

A reference is a text file of blocks: a line "name rows columns", then the values, row by row.
"""

import argparse
import pathlib
import random

from circuit_references import ideal_wires, wired_circuits

DATA = pathlib.Path(__file__).resolve().parent.parent / "tests" / "circuit" / "data"


def write(path, circuit, formats):
    with open(path, "w", encoding="ascii") as file:
        for key, value in circuit.items():
            matrix = value if isinstance(value, list) else [value]
            matrix = [row if isinstance(row, list) else [row] for row in matrix]
            file.write(f"{key} {len(matrix)} {len(matrix[0])}\n")
            form = formats.get(key, formats["else"])
            for row in matrix:
                file.write(" ".join(form(cell) for cell in row) + "\n")


def digits(specification):
    return lambda value: format(value, specification)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=DATA)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    families = (
        (ideal_wires, {"wave_v": digits(".11g"), "else": digits(".17g")}),
        (wired_circuits, {"wave_v": digits(".8g"), "time_s": digits(".10g"), "else": repr}),
    )
    for family, formats in families:
        for name, make in family.circuits():
            if not arguments.names or name in arguments.names:
                write(arguments.out / f"{name}.txt", make(random.Random(name)), formats)
                print(name, flush=True)


if __name__ == "__main__":
    main()
