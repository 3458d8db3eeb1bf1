#!/usr/bin/env python3
"""Systems that people bring, of each kind so many, solved by `invar solve` and compared with the
truth in extended precision.

  benchmarks/linear_systems.py --invar build/release/platform/invar
  benchmarks/linear_systems.py --invar ... --count 2 --kinds beams grids --inverters rram

Kinds: beams (Euler-Bernoulli, metres and radians), trusses, chains of springs, grids (resistors),
channels (MIMO, general), convection (upwind, general), mixed (well-conditioned with rows and
columns of units from 1 to 1e8), asymmetry (an asymmetric block beside a large diagonal entry, to be
refused, and taken with --general), permuted (general, rows in another order and signs flipped).
Conditions with rows and columns scaled are up to 1e4.

An answer is right when its residual with rows weighted is within the tolerance and its error in the
scaled basis at most 10 times the tolerance times the scaled condition; silently wrong when it is not and the exit status is 0. The report's estimate of
the error has to agree with the true one within a factor of ten where it is above 1e-10.
Exit status 1 when an answer is not right.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy

TOLERANCE = 1e-6


def write(path, matrix):
    """Matrix Market, array, with all digits."""
    matrix = numpy.atleast_2d(matrix.T).T
    with open(path, "w") as file:
        file.write("%%%%MatrixMarket matrix array real general\n%d %d\n" % matrix.shape)
        for value in matrix.T.flat:
            file.write("%.17g\n" % value)


def read(path):
    lines = [line for line in open(path) if not line.startswith("%")]
    rows, columns = map(int, lines[0].split())
    return numpy.array([float(line) for line in lines[1:]]).reshape(columns, rows).T


def scales(matrix, general):
    """Of rows and columns."""
    if not general:
        scale = 1.0 / numpy.sqrt(numpy.diag(matrix))
        return scale, scale
    rows = numpy.ones(len(matrix))
    columns = numpy.ones(len(matrix))
    for _ in range(8):
        scaled = abs(rows[:, None] * matrix * columns)
        rows /= numpy.sqrt(scaled.max(axis=1))
        columns /= numpy.sqrt(scaled.max(axis=0))
    return rows, columns


def condition(matrix, general):
    rows, columns = scales(matrix, general)
    return numpy.linalg.cond(rows[:, None] * matrix * columns)


def exact(matrix, rhs):
    """Gaussian elimination with row exchanges in extended precision, refined twice."""
    rows, columns = scales(matrix, True)
    a = rows.astype(numpy.longdouble)[:, None] * matrix.astype(numpy.longdouble) * columns
    b = rows.astype(numpy.longdouble)[:, None] * rhs.astype(numpy.longdouble)
    n = len(a)
    lu, order = a.copy(), numpy.arange(n)
    for k in range(n):
        pivot = k + int(numpy.argmax(abs(lu[k:, k])))
        lu[[k, pivot]] = lu[[pivot, k]]
        order[[k, pivot]] = order[[pivot, k]]
        lu[k + 1:, k] /= lu[k, k]
        lu[k + 1:, k + 1:] -= numpy.outer(lu[k + 1:, k], lu[k, k + 1:])

    def solve(r):
        x = r[order].copy()
        for k in range(n):
            x[k] -= lu[k, :k] @ x[:k]
        for k in reversed(range(n)):
            x[k] = (x[k] - lu[k, k + 1:] @ x[k + 1:]) / lu[k, k]
        return x

    x = solve(b)
    for _ in range(2):
        x += solve(b - a @ x)
    return columns[:, None] * x


def beams(random):
    elements = int(random.integers(4, 12))
    stiffness = numpy.zeros((2 * elements + 2,) * 2)
    modulus = 10.0 ** random.uniform(5, 8)
    for e in range(elements):
        length, bend = random.uniform(0.2, 2.0), modulus * random.uniform(0.5, 2.0)
        l2 = length * length
        block = bend / length ** 3 * numpy.array(
            [[12, 6 * length, -12, 6 * length], [6 * length, 4 * l2, -6 * length, 2 * l2],
             [-12, -6 * length, 12, -6 * length], [6 * length, 2 * l2, -6 * length, 4 * l2]])
        stiffness[2 * e:2 * e + 4, 2 * e:2 * e + 4] += block
    # Supports at both ends: deflections are zero there.
    free = [i for i in range(2 * elements + 2) if i not in (0, 2 * elements)]
    return stiffness[numpy.ix_(free, free)], False


def trusses(random):
    bays = int(random.integers(3, 30))
    nodes = [(float(i), float(j)) for i in range(bays + 1) for j in (0, 1)]
    bars = [(2 * i, 2 * i + 1) for i in range(bays + 1)]
    for i in range(bays):
        bars += [(2 * i, 2 * i + 2), (2 * i + 1, 2 * i + 3), (2 * i, 2 * i + 3),
                 (2 * i + 1, 2 * i + 2)]
    stiffness = numpy.zeros((2 * len(nodes),) * 2)
    for a, b in bars:
        d = numpy.subtract(nodes[b], nodes[a])
        length = numpy.linalg.norm(d)
        c = d / length
        k = 2e8 * random.uniform(0.5, 2.0) / length * numpy.outer(c, c)
        for p, q, sign in ((a, a, 1), (b, b, 1), (a, b, -1), (b, a, -1)):
            stiffness[2 * p:2 * p + 2, 2 * q:2 * q + 2] += sign * k
    # Elastic ground below, so that long ones stay well-posed.
    stiffness += numpy.diag(numpy.full(len(stiffness), 2e8 * 10.0 ** random.uniform(-3, -1)))
    return stiffness, False


def chains(random):
    n = int(random.integers(8, 100))
    k = 10.0 ** random.uniform(-2, 6) * random.uniform(0.7, 1.4, n + 1)
    return numpy.diag(k[:-1] + k[1:]) - numpy.diag(k[1:-1], 1) - numpy.diag(k[1:-1], -1), False


def grids(random):
    rows, columns = (int(random.integers(3, 17)) for _ in range(2))
    n = rows * columns
    g = numpy.zeros((n, n))
    for i in range(rows):
        for j in range(columns):
            for p, q in ((i + 1, j), (i, j + 1)):
                if p < rows and q < columns:
                    a, b, value = i * columns + j, p * columns + q, 10.0 ** random.uniform(-1, 1)
                    g[a, a] += value
                    g[b, b] += value
                    g[a, b] -= value
                    g[b, a] -= value
    return g + numpy.diag(10.0 ** random.uniform(-3, -1, n)), False


def channels(random):
    n = int(random.integers(8, 65))
    return random.standard_normal((n, n)), True


def convection(random):
    n = int(random.integers(8, 300))
    peclet = 10.0 ** random.uniform(-1, 2)
    a = numpy.diag(numpy.full(n, 2.0 + peclet)) - numpy.diag(numpy.ones(n - 1), 1)
    a -= numpy.diag(numpy.full(n - 1, 1.0 + peclet), -1)
    return a * 10.0 ** random.uniform(-6, 6), True


def mixed(random):
    n = int(random.integers(8, 120))
    half = random.standard_normal((n, n)) / numpy.sqrt(n)
    core = half @ half.T + numpy.eye(n)
    units = 10.0 ** random.uniform(0, 8, n)
    return units[:, None] * core * units, False


def permuted(random):
    n = int(random.integers(8, 120))
    a = numpy.eye(n) + random.standard_normal((n, n)) / (3 * numpy.sqrt(n))
    return (a * random.choice([-1.0, 1.0], n)[:, None])[random.permutation(n)], True


def asymmetry(random):
    a, _ = mixed(random)
    i, j = random.choice(len(a), 2, replace=False)
    a[i, j] *= 1.0 + 10.0 ** random.uniform(-6, 0)
    return a, True


KINDS = {f.__name__: f for f in (beams, trusses, chains, grids, channels, convection, mixed,
                                 permuted, asymmetry)}


def make(kind, seed):
    """One whose condition is up to 1e4, with its right-hand sides."""
    random = numpy.random.default_rng([sorted(KINDS).index(kind), seed])
    while True:
        matrix, general = KINDS[kind](random)
        if condition(matrix, general) <= 1e4:
            break
    n = len(matrix)
    rows, _ = scales(matrix, general)
    rhs = numpy.column_stack([matrix @ numpy.ones(n), random.standard_normal(n) / rows,
                              numpy.eye(n)[int(random.integers(n))]])
    return matrix, rhs, general


class Run:
    def __init__(self, invar, folder):
        self.invar, self.folder = invar, folder

    def __call__(self, matrix, rhs, *flags):
        write(self.folder / "a.mtx", matrix)
        write(self.folder / "b.mtx", rhs)
        for name in ("x.mtx", "r.json"):
            (self.folder / name).unlink(missing_ok=True)
        return subprocess.run(
            [self.invar, "solve", "--matrix", "a.mtx", "--rhs", "b.mtx", "--out", "x.mtx",
             "--report", "r.json", "--tolerance", str(TOLERANCE), *flags],
            cwd=self.folder, capture_output=True, text=True)


def judge(run, kind, matrix, rhs, general, inverter):
    """right, refused or wrong, and what to say of it."""
    flags = ["--inverter", inverter] + (["--general"] if general else [])
    if kind == "asymmetry":
        refused = run(matrix, rhs, "--inverter", inverter)
        if refused.returncode != 2 or "not symmetric" not in refused.stderr:
            return "wrong", "an asymmetric matrix was taken"
    result = run(matrix, rhs, *flags)
    if result.returncode != 0:
        return "refused", (result.stderr or result.stdout).strip().replace("\n", "; ")
    x, truth = read(run.folder / "x.mtx"), exact(matrix, rhs)
    columns = scales(matrix, general)[1]
    rows = 1.0 / abs(matrix).max(axis=1) if general else columns
    error = (abs((x - truth) / columns[:, None]) ** 2).sum(axis=0) ** 0.5
    error = float((error / ((truth / columns[:, None]) ** 2).sum(axis=0) ** 0.5).max())
    residual = rows[:, None] * (rhs - matrix @ x)
    relative = (numpy.linalg.norm(residual, axis=0) /
                numpy.linalg.norm(rows[:, None] * rhs, axis=0)).max()
    component = float(abs((x - truth) / truth)[:, 0].max())
    solution = json.loads((run.folder / "r.json").read_text())["solution"]
    said = solution["error_estimate"]
    limit = 10 * TOLERANCE * condition(matrix, general)
    text = (f"error {error:.1e} of {limit:.1e}, residual {relative:.1e}, component {component:.1e}, "
            f"said {said:.1e}, {solution['iterations_mean'] or 0:.1f} iterations, "
            f"{solution['fallbacks']['digital']} digital")
    if not (error <= limit and relative <= 1.0001 * TOLERANCE):
        return "wrong", text
    if error > 1e-10 and not error / 10 <= said <= error * 10:
        return "wrong", "the report's estimate: " + text
    return "right", text


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invar", required=True)
    parser.add_argument("--count", type=int, default=25, help="systems a kind")
    parser.add_argument("--first", type=int, default=0, help="seed of the first of them")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--inverters", nargs="+", default=["rram", "digital"])
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        run = Run(str(pathlib.Path(arguments.invar).resolve()), pathlib.Path(folder))
        for inverter in arguments.inverters:
            for kind in arguments.kinds:
                counts = collections.Counter()
                for seed in range(arguments.first, arguments.first + arguments.count):
                    matrix, rhs, general = make(kind, seed)
                    verdict, text = judge(run, kind, matrix, rhs, general, inverter)
                    counts[verdict] += 1
                    if verdict != "right" or arguments.verbose:
                        print(f"  {kind} {seed}, n = {len(matrix)}, condition "
                              f"{condition(matrix, general):.0f}: {verdict}: {text}")
                bad += counts["wrong"] + counts["refused"]
                print(f"{inverter:8} {kind:11} {counts['right']:3} right, {counts['refused']:3} "
                      f"refused, {counts['wrong']:3} wrong", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
