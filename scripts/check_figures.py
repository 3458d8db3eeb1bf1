#!/usr/bin/python3
"""Checks simulated figures in the documentation against what the program prints.

    scripts/check_figures.py --invar build/release/platform/invar             # as CI does
    scripts/check_figures.py --invar ... --table training --dataset DIR       # docs/results.md
    scripts/check_figures.py --invar ... --table workload                     # docs/workload.md
    scripts/check_figures.py --invar ... --write                              # puts them right

A table is found by its head; its rows are made anew by running the commands behind them, with
the kernels that every processor has (INVAR_INSTRUCTION_SET=baseline): the same bits everywhere.

Exit status: 0 the tables hold what was printed, or were written; 1 they do not; 2 bad usage, or a
run failed.
"""
import argparse
import difflib
import math
import os
import pathlib
import sys
import tempfile

from baseline_run import RunError, run
from generated_inputs import write_bars, write_system

ROOT = pathlib.Path(__file__).resolve().parent.parent


def quantity(value, unit, digits=4):
    """12.3 ms: so many digits and an SI prefix."""
    if value is None:
        return "not reached"
    exponent = 3 * math.floor(math.log10(abs(value)) / 3) if value else 0
    prefix = {-9: "n", -6: "u", -3: "m", 0: "", 3: "k"}[exponent]
    return f"{value / 10.0**exponent:.{digits}g} {prefix}{unit}"


def percent(value):
    return f"{100 * value:.1f} %"


def default_rows(invar, _):
    """Small runs with generated inputs and the default parameters."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_bars(folder)
        write_system(folder, 48, 5)
        train = ["train", "--dataset", ".", "--epochs", "2"]
        solve = ["solve", "--matrix", "a.mtx", "--rhs", "b.mtx", "--out", "x.mtx"]
        for label, arguments in (
                ("training, K-FAC, RRAM", train),
                ("training, K-FAC, digital engine", [*train, "--inverter", "digital"]),
                ("training, K-FAC, exact (a bound)", [*train, "--inverter", "exact"]),
                ("training, SGD", [*train, "--optimizer", "sgd"]),
                ("solve, n = 48, RRAM", solve),
                ("solve, n = 48, digital engine", [*solve, "--inverter", "digital"])):
            report = run(invar, arguments, folder)
            inversion = report["inversion_only"]
            accuracy = report.get("training", {}).get("final_test_accuracy")
            iterations = report["solution"]["iterations_mean"]
            rows.append([label, quantity(report["simulated_time_s"], "s"),
                         quantity(report["total_energy_j"], "J"),
                         quantity(inversion["time_s"], "s"), quantity(inversion["energy_j"], "J"),
                         "–" if iterations is None else f"{iterations:.3f}",
                         "–" if accuracy is None else percent(accuracy)])
    return rows


def training_rows(invar, dataset):
    if dataset is None:
        raise RunError("--table training needs --dataset: the letters of docs/results.md")
    rows = []
    kfac = ["--optimizer", "kfac"]
    inverse = ["--kfac-apply", "inverse"]
    with tempfile.TemporaryDirectory() as folder:
        for label, arguments in (
                ("K-FAC, RRAM", kfac),
                ("- explicit inverse once in 10 steps (`--kfac-apply inverse`)", kfac + inverse),
                ("K-FAC, digital engine", [*kfac, "--inverter", "digital"]),
                ("- explicit inverse once in 10 steps", [*kfac, "--inverter", "digital", *inverse]),
                ("K-FAC, exact inverse free of cost (a bound)", [*kfac, "--inverter", "exact"]),
                ("SGD with momentum", ["--optimizer", "sgd"]), ("Adam", ["--optimizer", "adam"])):
            dataset_arguments = ["train", "--dataset", os.path.abspath(dataset)]
            report = run(invar, [*dataset_arguments, *arguments], folder)
            bound = report["amdahl_bound"]
            shares = (f'{percent(bound["inversion_share_of_time"])} / '
                      f'{percent(bound["inversion_share_of_energy"])}')
            rows.append([label, quantity(report["simulated_time_s"], "s"),
                         quantity(report["total_energy_j"], "J"),
                         quantity(report["epochs_to_target"][1]["simulated_time_s"], "s", 3),
                         shares if arguments[:2] == kfac else "–"])
    return rows


def milliseconds(value):
    return f"{1e3 * value:.4g} ms" if value < 10.0 else f"{1e3 * value:.0f} ms"


def workload_rows(invar, _):
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for label, network in (("ResNet-50", "resnet50"), ("VGG-16", "vgg16"),
                               ("transformer", "transformer12")):
            for system in ("digital", "rram"):
                file = ROOT / "platform/workload/networks" / f"{network}.toml"
                report = run(invar, ["workload", str(file), "--inverter", system], folder)
                measured = report["workload"]["measured"]
                cells = [f'{milliseconds(measured[step]["time_s"])}, '
                         f'{measured[step]["energy_j"]:.3g} J'
                         for step in ("step_with_refresh", "step_with_factors", "step",
                                      "amortised")]
                rows.append([label, system, *cells,
                             percent(report["amdahl_bound"]["inversion_share_of_time"])])
    return rows


# Name: file, head of the table, how its rows are made.
TABLES = {
    "default": ("docs/figures.md",
                "| run | simulated time | energy | inversion only: time | energy | iterations | "
                "test accuracy |", default_rows),
    "training": ("docs/results.md",
                 "| system | simulated time | energy | time to 83 % | inversion and programming, "
                 "share of time / energy |", training_rows),
    "workload": ("docs/workload.md",
                 "| | system | step with inversion | with factors | without | amortised | "
                 "inversion's share of the amortised time |", workload_rows),
}


def rows_of(lines, path, head):
    """First and last line of the rows below a head."""
    if head not in lines:
        raise RunError(f"{path}: no table with the head {head}")
    first = lines.index(head) + 2
    last = first
    while last < len(lines) and lines[last].startswith("|"):
        last += 1
    return first, last


def check(name, arguments):
    """Whether the table holds; written anew if asked to."""
    file, head, make = TABLES[name]
    path = ROOT / file
    lines = path.read_text(encoding="utf-8").split("\n")
    first, last = rows_of(lines, path, head)
    made = ["| " + " | ".join(row) + " |" for row in make(arguments.invar, arguments.dataset)]
    if lines[first:last] == made:
        print(f"{file}: {len(made)} rows as the program prints them")
        return True
    print("\n".join(difflib.unified_diff(lines[first:last], made, file, "the program", lineterm="",
                                         n=0)))
    if arguments.write:
        path.write_text("\n".join(lines[:first] + made + lines[last:]), encoding="utf-8")
    return arguments.write


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--invar", required=True, metavar="FILE", help="the program")
    parser.add_argument("--table", action="append", choices=TABLES,
                        help="which table, may be repeated [default]")
    parser.add_argument("--dataset", metavar="DIR", help="letters, for the table training")
    parser.add_argument("--write", action="store_true", help="write what the program prints")
    arguments = parser.parse_args()
    try:
        held = [check(name, arguments) for name in arguments.table or ["default"]]
    except (RunError, OSError, KeyError, TypeError) as error:
        print(f"check_figures.py: {error}", file=sys.stderr)
        return 2
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
