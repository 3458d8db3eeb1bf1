#!/usr/bin/env python3
"""Measures the spectra of real Kronecker factors, for those that `workload` generates.

    invar train --dataset DIR --dump-factors FACTORS --dump-interval 10 ...
    factor_spectra.py FACTORS --damping 0.0035

For each layer of a dump, without the damping that was added (pi sqrt(d), with pi the root of the
ratio of the damped mean diagonals, which damping leaves as it was):

    rows      of the input and of the output factor
    mean      the share of |E x|^2 in E |x|^2; the row of the bias holds E x
    inputs    exponent p of the covariance of x, eigenvalue i ~ i^-p
    outputs   the same of the output factor
    diagonal  mean diagonals of both factors

An exponent is the slope of a least-squares line through log eigenvalue over log i, of the larger
half of the eigenvalues.
"""

import argparse
import pathlib
import re

import numpy

from factor_study import read_matrix


def exponent(matrix):
    values = numpy.linalg.eigvalsh(matrix)[::-1]
    values = values[: max(3, len(values) // 2)]
    kept = values > 1e-9 * values[0]
    index = numpy.arange(1, len(values) + 1)
    return -numpy.polyfit(numpy.log(index[kept]), numpy.log(values[kept]), 1)[0]


def undamped(a, gamma, damping):
    """Both factors as the moving averages had them."""
    pi = (numpy.mean(numpy.diag(a)) / numpy.mean(numpy.diag(gamma))) ** 0.5
    return (a - pi * damping**0.5 * numpy.eye(len(a)),
            gamma - damping**0.5 / pi * numpy.eye(len(gamma)))


def measure(a, gamma):
    mean, square = a[-1, :-1], a[:-1, :-1]
    return {"rows": (len(a), len(gamma)),
            "mean": mean @ mean / numpy.trace(square),
            "inputs": exponent(square - numpy.outer(mean, mean)),
            "outputs": exponent(gamma),
            "diagonal": (numpy.mean(numpy.diag(a)), numpy.mean(numpy.diag(gamma)))}


def dumped(directory):
    """Files by step and factor."""
    steps = {}
    for path in sorted(directory.glob("*.mtx")):
        match = re.fullmatch(r"step(\d+)_factor(\d+)_n\d+\.mtx", path.name)
        if match:
            steps.setdefault(int(match[1]), {})[int(match[2])] = path
    return steps


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--damping", type=float, required=True, help="train.damping of the run")
    arguments = parser.parse_args()
    print("step   layer  rows          mean   inputs  outputs  diagonal")
    for step, factors in sorted(dumped(arguments.directory).items()):
        for layer in range(len(factors) // 2):
            pair = [read_matrix(factors[2 * layer + side]) for side in (0, 1)]
            found = measure(*undamped(*pair, arguments.damping))
            print(f"{step:5}  {layer:5}  {found['rows'][0]:5} {found['rows'][1]:5}  "
                  f"{found['mean']:6.2f}  {found['inputs']:6.2f}  {found['outputs']:7.2f}  "
                  f"{found['diagonal'][0]:.3g} {found['diagonal'][1]:.3g}")


if __name__ == "__main__":
    main()
