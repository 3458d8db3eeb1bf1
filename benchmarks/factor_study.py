#!/usr/bin/env python3
"""Solves real Kronecker factors on the accelerator and says how many reach the tolerance, in how many
iterations, and that none is silently wrong.

    factor_study.py --invar build/release/invar --dataset DIR

Factors are dumped from short trainings with exact inversion, one for each damping; each is solved
for right-hand sides with `invar solve`, and the residual is computed here, in FP64.
"""

import argparse
import collections
import json
import pathlib
import re
import statistics
import subprocess
import tempfile

import numpy


def read_matrix(path):
    """A Matrix Market array file, general or symmetric."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("%")]
    header = path.read_text().splitlines()[0].split()
    rows, columns = map(int, lines[0].split()[:2])
    if header[2] == "coordinate":
        matrix = numpy.zeros((rows, columns))
        for line in lines[1:]:
            i, j, value = line.split()
            matrix[int(i) - 1, int(j) - 1] = float(value)
            if header[4] == "symmetric":
                matrix[int(j) - 1, int(i) - 1] = float(value)
        return matrix
    values = numpy.array([float(line) for line in lines[1:]])
    if header[4] == "symmetric":
        matrix = numpy.zeros((rows, rows))
        matrix[numpy.triu_indices(rows)] = values  # columns of the lower triangle, as rows
        return numpy.where(matrix != 0, matrix, matrix.T)
    return values.reshape((columns, rows)).T


def write_matrix(path, matrix):
    with open(path, "w") as file:
        file.write("%%MatrixMarket matrix array real general\n")
        file.write(f"{matrix.shape[0]} {matrix.shape[1]}\n")
        file.writelines(f"{value:.17g}\n" for value in matrix.T.ravel())


def dump(arguments, damping, folder):
    command = [arguments.invar, "train", "--inverter", "exact", "--dataset", arguments.dataset,
               "--epochs", str(arguments.epochs), "--seed", str(arguments.seed), "--quiet",
               "--set", f"train.damping={damping}", "--dump-factors", str(folder),
               "--dump-interval", str(arguments.dump_interval)]
    subprocess.run(command, check=True)


def solve(arguments, matrix_path, rhs_path, scratch):
    out, report = scratch / "x.mtx", scratch / "report.json"
    out.unlink(missing_ok=True)
    report.unlink(missing_ok=True)
    command = [arguments.invar, "solve", "--matrix", str(matrix_path), "--rhs", str(rhs_path),
               "--out", str(out), "--report", str(report), "--tolerance",
               str(arguments.tolerance), "--quiet", "--seed", str(arguments.seed)]
    for setting in arguments.set:
        command += ["--set", setting]
    run = subprocess.run(command, capture_output=True, text=True)
    quality = json.loads(report.read_text())["solution"] if report.exists() else {}
    return run, (read_matrix(out) if out.exists() else None), quality


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--invar", required=True)
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--dampings", type=float, nargs="+", default=[1e-3, 3e-3, 1e-2, 3e-2])
    parser.add_argument("--epochs", type=float, default=0.4)
    parser.add_argument("--dump-interval", type=int, default=2, help="refreshes between dumps")
    parser.add_argument("--columns", type=int, default=16, help="right-hand sides a factor")
    parser.add_argument("--tolerance", type=float, default=1e-6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], help="parameter of solve, KEY=VALUE")
    parser.add_argument("--keep", type=pathlib.Path, help="folder of the dumps, used again if there")
    arguments = parser.parse_args()

    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        scratch = pathlib.Path(temporary)
        root = arguments.keep or scratch
        for damping in arguments.dampings:
            folder = root / f"damping_{damping:g}"
            if not folder.exists():
                dump(arguments, damping, folder)
            for path in sorted(folder.glob("*.mtx")):
                matrix = read_matrix(path)
                n = len(matrix)
                random = numpy.random.default_rng(len(rows))
                rhs = random.standard_normal((n, arguments.columns))
                write_matrix(scratch / "rhs.mtx", rhs)
                run, solution, quality = solve(arguments, path, scratch / "rhs.mtx", scratch)
                residual = None
                if solution is not None:
                    norms = numpy.linalg.norm(rhs - matrix @ solution, axis=0)
                    residual = float(numpy.max(norms / numpy.linalg.norm(rhs, axis=0)))
                eigenvalues = numpy.linalg.eigvalsh(matrix)
                scale = 1 / numpy.sqrt(numpy.diag(matrix))
                scaled = numpy.linalg.eigvalsh(scale[:, None] * matrix * scale)
                rows.append({"damping": damping, "file": path.name, "n": n,
                             "condition": eigenvalues[-1] / eigenvalues[0],
                             "scaled_condition": scaled[-1] / scaled[0],
                             "solved": run.returncode == 0, "residual": residual,
                             "iterations": quality.get("iterations_max"),
                             "mean": quality.get("iterations_mean"),
                             "message": run.stderr.strip().splitlines()[:1]})

    wrong = [row for row in rows
             if row["solved"] and not (row["residual"] is not None
                                       and row["residual"] <= 1.001 * arguments.tolerance)]
    solved = [row for row in rows if row["solved"]]
    print(f"{'damping':>8} {'n':>4} {'factors':>7} {'solved':>6} {'iterations':>10} "
          f"{'worst':>5} {'condition':>10} {'scaled':>8}")
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row["damping"], row["n"]].append(row)
    for (damping, n), group in sorted(groups.items()):
        good = [row for row in group if row["solved"]]
        median = statistics.median(row["iterations"] for row in good) if good else float("nan")
        print(f"{damping:8g} {n:4d} {len(group):7d} {len(good):6d} {median:10.1f} "
              f"{max((row['iterations'] for row in good), default=0):5d} "
              f"{statistics.median(row['condition'] for row in group):10.3g} "
              f"{statistics.median(row['scaled_condition'] for row in group):8.3g}")
    for message, count in collections.Counter(
            re.sub(r"[\d.e+-]{6,}", "#", " ".join(row["message"])) for row in rows
            if not row["solved"]).items():
        print(f"refused {count}: {message}")
    if solved:
        print(f"solved {len(solved)} of {len(rows)} ({len(solved) / len(rows):.1%}), iterations: "
              f"median {statistics.median(row['iterations'] for row in solved):g}, "
              f"largest {max(row['iterations'] for row in solved)}; silently wrong: {len(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
