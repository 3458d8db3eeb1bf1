#!/usr/bin/python3
"""Makes the table of docs/results.md that sets one large array beside BlockAMC, blocks with digital
products, and the digital engine: the same system, n = 256, condition 32, 256 right-hand sides.

    benchmarks/block_study.py --invar build/release/platform/invar

The matrix has a spectrum that is even on a logarithmic scale and random eigenvectors. Each system has
the tiles that it uses, so that areas are those of what works.

Exit status: 0 done; 1 a run failed.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

N, CONDITION, COLUMNS = 256, 32, 256
COMMON = ["--tolerance", "1e-6", "--set", "tile.slices=3", "--set", "solve.slices=3"]
SYSTEMS = {
    "digital": ["--inverter", "digital"],
    "one array of 256": ["--set", "tile.rows=256", "--set", "accelerator.tiles=1"],
    "BlockAMC, 128": ["--set", "solver.block_product=analog", "--set", "solver.block_split=halves",
                      "--set", "accelerator.tiles=4"],
    "blocks, digital products": ["--set", "accelerator.tiles=2"],
}


def write(path, matrix):
    values = "\n".join(repr(float(value)) for value in matrix.T.ravel())
    path.write_text("%%MatrixMarket matrix array real general\n"
                    f"{matrix.shape[0]} {matrix.shape[1]}\n{values}\n")


def write_system(folder):
    random = np.random.default_rng(1)
    vectors, _ = np.linalg.qr(random.standard_normal((N, N)))
    matrix = (vectors * np.logspace(0, -np.log10(CONDITION), N)) @ vectors.T
    write(folder / "a.mtx", (matrix + matrix.T) / 2)
    write(folder / "b.mtx", random.standard_normal((N, COLUMNS)))


def solve(invar, folder, options):
    done = subprocess.run([invar, "solve", "--matrix", "a.mtx", "--rhs", "b.mtx", "--out", "x.mtx",
                           "--report", "r.json", "--quiet", *COMMON, *options], cwd=folder,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(options)}: {done.stderr.strip()}")
    return json.loads((folder / "r.json").read_text(encoding="utf-8"))


def phase(report, name):
    one = next(phase for phase in report["phases"] if phase["name"] == name)
    return f"{1e3 * one['seconds']:.1f} ms, {1e3 * one['energy_j']:.2f} mJ" if one["seconds"] else "–"


def analog_mj(report):
    """Of arrays, amplifiers and converters."""
    return 1e3 * sum(kind["energy_j"] for kind in report["kinds"]
                     if kind["name"] in ("cells", "amplifiers", "dac", "adc"))


def area(report, key):
    value = report["area"].get(key)
    return "–" if value is None else f"{value:.2f} mm²"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--invar", required=True, metavar="FILE", help="the program")
    invar = str(pathlib.Path(parser.parse_args().invar).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_system(folder)
        reports = [solve(invar, folder, options) for options in SYSTEMS.values()]

    def row(what, cell):
        print(f"| {what} | {' | '.join(cell(report) for report in reports)} |")
    print(f"| | {' | '.join(SYSTEMS)} |\n|{'---|' * (len(SYSTEMS) + 1)}")
    for name in ("programming", "inversion", "verification"):
        row(name, lambda report, name=name: phase(report, name))
    row("of these, cells, amplifiers and converters",
        lambda report: f"{analog_mj(report):.2f} mJ" if analog_mj(report) else "–")
    row("iterations", lambda report: f"{report['solution']['iterations_mean']:.1f}"
        if report["solution"]["iterations_mean"] else "–")
    row("tiles", lambda report: str(report["area"].get("tiles", "–")))
    row("area of the tiles", lambda report: area(report, "analog_mm2"))
    row("with MAC lanes and memories", lambda report: area(report, "total_mm2"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
