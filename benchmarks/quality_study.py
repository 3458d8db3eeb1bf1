#!/usr/bin/python3
"""Whether the machine for training trains as well as digital K-FAC in FP32.

    benchmarks/quality_study.py --invar build/release/platform/invar --dataset DIR

Paired over the seeds, none left out: final accuracy and epochs to each target, as differences to the
digital engine in FP32 with their 95 % intervals (Student). Two tables: (i) all systems with the
default hyper-parameters, (ii) each with its own, the best of `--trials` random ones (the same for
all) by its mean accuracy on a seventh of the training images that is held out of the training. The
machine is that of the last row of benchmarks/ablation_ladder.py. A run that never reaches a target
counts with all its epochs.

Exit status: 0 done; 1 a run failed; 2 bad usage.
"""
import argparse
import concurrent.futures
import math
import pathlib
import statistics
import sys
import tempfile

from ablation_ladder import MACHINE, PRESET
from optimizer_study import KFAC_RANGES, epochs_to, make_tuning_split, run, score, trials_of

BASE = "digital engine, FP32"
SYSTEMS = {
    BASE: [*PRESET, "--inverter", "digital"],
    "digital engine, FP16": [*PRESET, "--inverter", "digital", "--set",
                             "engine.inversion_precision=fp16"],
    "RRAM, single shots": MACHINE,
}
TARGETS = (0.80, 0.83)


def student(samples):
    """97.5 % quantile of Student's t by Cornish and Fisher, to a thousandth from 5 samples on."""
    z = statistics.NormalDist().inv_cdf(0.975)
    nu = samples - 1
    return (z + (z**3 + z) / (4 * nu) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * nu**2)
            + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * nu**3))


def paired(own, base):
    """Mean difference and half of its 95 % interval."""
    differences = [a - b for a, b in zip(own, base)]
    half = student(len(differences)) * statistics.stdev(differences) / math.sqrt(len(differences))
    return f"{statistics.mean(differences):+.3f} ± {half:.3f}"


def figures(report, epochs):
    reached = [epochs_to(report, target) for target in TARGETS]
    return [100 * report["training"]["final_test_accuracy"],
            *(epochs if epoch is None else epoch for epoch in reached)]


def table(arguments, pool, values):
    """\param values: hyper-parameters of each system"""
    def trained(name, seed):
        report = run(arguments.invar, arguments.dataset, arguments.epochs, seed,
                     SYSTEMS[name], values[name])
        if report is None:
            sys.exit(f"{name}, seed {seed}: the training did not complete")
        return figures(report, arguments.epochs)

    seeds = range(1, arguments.seeds + 1)
    base = None
    print("| system | hyper-parameters | final accuracy, % | difference, points | epochs to 80 %, "
          "difference | to 83 % |")
    print("|---|---|---|---|---|---|")
    for name in SYSTEMS:
        runs = list(zip(*pool.map(lambda seed, name=name: trained(name, seed), seeds)))
        base = base or runs
        chosen = ", ".join(f"{key.split('.')[1]} {value:g}" for key, value in values[name].items())
        means = [statistics.mean(figure) for figure in runs]
        differences = (["–"] * 3 if runs is base else
                       [paired(own, other) for own, other in zip(runs, base)])
        print(f"| {name} | {chosen or 'default'} | {means[0]:.2f} | {differences[0]} "
              f"| {means[1]:.3f}; {differences[1]} | {means[2]:.3f}; {differences[2]} |",
              flush=True)


def tuned(arguments, pool):
    values = {}
    with tempfile.TemporaryDirectory() as split:
        make_tuning_split(arguments.dataset, pathlib.Path(split))
        trials = trials_of(KFAC_RANGES, arguments.trials)
        for name, options in SYSTEMS.items():
            scores = list(pool.map(
                lambda trial, options=options: score(run(arguments.invar, split, arguments.epochs,
                                                         1, options, trial)), trials))
            values[name] = trials[scores.index(max(scores))]
    return values


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invar", required=True, metavar="FILE", help="the program")
    parser.add_argument("--dataset", required=True, type=pathlib.Path, metavar="DIR",
                        help="letters, as IDX files")
    parser.add_argument("--epochs", type=float, default=3.0, metavar="N")
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="from 1 on, 5 or more")
    parser.add_argument("--trials", type=int, default=32, metavar="N",
                        help="random hyper-parameters a system, 0 = no tuning")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="runs at once")
    arguments = parser.parse_args()
    if arguments.seeds < 5:
        parser.error("--seeds: must be 5 or more")
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        table(arguments, pool, {name: {} for name in SYSTEMS})
        if arguments.trials > 0:
            print()
            table(arguments, pool, tuned(arguments, pool))
    return 0


if __name__ == "__main__":
    sys.exit(main())
