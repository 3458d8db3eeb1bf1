#!/usr/bin/python3
"""How far the machine's lead depends on values that nobody has measured: each at both ends.

    benchmarks/tornado.py --invar build/release/platform/invar --dataset DIR --csv tornado.csv

Every value of the machine and of its rival that is not a choice goes to both ends of the range that
is believed (`invar params`), or where none is told is halved and doubled; all others stay. Both
systems are run with it, and the rival's figures over the machine's are the ratios. Prints those
that move a ratio most, as Markdown, and where a ratio crosses a goal within the range the value at which
it does (bisected by runs). A value at which a system cannot be run is named with its reason.

Exit status: 0 done; 1 the run with all values as they are failed; 2 bad usage.
"""
import argparse
import concurrent.futures
import csv
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

MACHINE = ["--preset", "integrated-40nm+training"]
RIVAL = ["--preset", "integrated-40nm", "--inverter", "digital"]
FIGURES = {
    "inversion energy": ("inversion_only", "energy_j"),
    "inversion time": ("inversion_only", "time_s"),
    "energy": (None, "total_energy_j"),
    "time": (None, "simulated_time_s"),
}
GOALS = {"inversion energy": 6.9, "inversion time": 5.88, "energy": 1.0, "time": 1.0}
# Choices in all but name: the size of a design, its task, its clock's period.
NOT_BELIEFS = ("train.", "workload.", "features.", "circuit.", "sequencer.clock_period_s",
               "engine.clock_period_s", "bus.clock_period_s", "memory.clock_period_s")
SECONDS_A_RUN = 600


class RunError(Exception):
    """Why a system cannot be run with a value; one line."""


class Systems:
    """The machine and its rival, run with some values other than they are."""

    def __init__(self, arguments):
        self.arguments = arguments

    def report(self, options, settings):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "report.json"
            command = [self.arguments.invar, "train", "--dataset", self.arguments.dataset,
                       "--epochs", str(self.arguments.epochs), "--set",
                       "train.evaluations_per_epoch=1", "--threads", "1", "--quiet", "--report",
                       str(path), *options]
            for key, value in settings.items():
                command += ["--set", f"{key}={value}"]
            done = subprocess.run(command, text=True, stderr=subprocess.PIPE, check=False,
                                  timeout=SECONDS_A_RUN)
            if done.returncode != 0:
                raise RunError((done.stderr.strip().splitlines() or ["no message"])[-1])
            return json.loads(path.read_text(encoding="utf-8"))

    def ratios(self, settings):
        machine = self.report([*MACHINE, *self.arguments.machine], settings)
        rival = self.report([*RIVAL, *self.arguments.rival], settings)
        return {name: figure(rival, place) / figure(machine, place)
                for name, place in FIGURES.items()}


def figure(report, place):
    group, name = place
    return (report if group is None else report[group])[name]


def value_of(report, key):
    group, name = key.split(".")
    return report["configuration"][group][name]


def ends_of(value, note):
    """Lowest and highest, and whether they are believed; None: nothing to try."""
    if "believed" in note:
        return (*note["believed"], True)
    return (value / 2, value * 2, False) if value != 0 else None


def beliefs(report):
    """Key: value, lowest, highest, believed."""
    found = {}
    for key, note in report["parameters"].items():
        value = value_of(report, key)
        is_real = isinstance(value, float)
        if (key.startswith(NOT_BELIEFS) or note["confidence"] == "choice" or
                isinstance(value, (bool, str)) or not (is_real or "believed" in note)):
            continue
        ends = ends_of(value, note)
        if ends is not None:
            low, high, is_believed = ends
            whole = round if not is_real else float
            found[key] = (value, whole(low), whole(high), is_believed)
    return found


def try_both_ends(systems, key, low, high):
    """The ratios at each end; a text where there are none."""
    results = []
    for value in (low, high):
        try:
            results.append(systems.ratios({key: value}))
        except RunError as error:
            results.append(str(error))
    return results


def row_of(systems, item):
    key, (value, low, high, is_believed) = item
    return {"key": key, "value": value, "low": low, "high": high, "believed": is_believed,
            "ends": try_both_ends(systems, key, low, high)}


def crossing(systems, key, name, low, high, goal):
    """The value at which a ratio meets its goal, to a hundredth of the range; in logarithms."""
    rises = systems.ratios({key: high})[name] > goal
    start, end = math.log(max(low, 1e-3 * high)), math.log(high)
    for _ in range(7):
        middle = (start + end) / 2
        above = systems.ratios({key: math.exp(middle)})[name] > goal
        start, end = (start, middle) if above == rises else (middle, end)
    return math.exp((start + end) / 2)


def swing(row, name):
    ends = [end[name] for end in row["ends"] if isinstance(end, dict)]
    return max(ends) / min(ends) if len(ends) == 2 else 1.0


def print_table(rows, base, name, most):
    print(f"\n{name}: {base[name]:.3g} with all values as they are, goal {GOALS[name]:g}\n")
    print("| value | as it is | from | to | ratio from | ratio to |\n|---|---|---|---|---|---|")
    for row in sorted(rows, key=lambda one: -swing(one, name))[:most]:
        cells = [f"{end[name]:.3g}" if isinstance(end, dict) else end for end in row["ends"]]
        kind = "" if row["believed"] else " (halved, doubled)"
        print(f"| `{row['key']}`{kind} | {row['value']:.3g} | {row['low']:.3g} | {row['high']:.3g} "
              f"| {cells[0]} | {cells[1]} |", flush=True)


def print_crossings(systems, rows):
    for row in rows:
        for name, goal in GOALS.items():
            ends = [end[name] for end in row["ends"] if isinstance(end, dict)]
            is_real = isinstance(row["value"], float)
            if len(ends) == 2 and is_real and (ends[0] - goal) * (ends[1] - goal) < 0:
                value = crossing(systems, row["key"], name, row["low"], row["high"], goal)
                print(f"{name} crosses {goal:g} at {row['key']} = {value:.3g}", flush=True)


def write_csv(path, rows, base):
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["parameter", "value", "low", "high", "believed", "figure", "base",
                        "at_low", "at_high"])
        for row in rows:
            for name in FIGURES:
                ends = [end[name] if isinstance(end, dict) else "" for end in row["ends"]]
                table.writerow([row["key"], row["value"], row["low"], row["high"],
                                row["believed"], name, base[name], *ends])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invar", required=True)
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--machine", nargs="*", default=[], help="options of the machine besides")
    parser.add_argument("--rival", nargs="*", default=[], help="options of the rival besides")
    parser.add_argument("--only", nargs="*", help="these parameters alone")
    parser.add_argument("--most", type=int, default=12, help="rows of each table")
    parser.add_argument("--csv", help="file for all of them")
    arguments = parser.parse_args()
    systems = Systems(arguments)
    try:
        base = systems.ratios({})
        tried = beliefs(systems.report([*MACHINE, *arguments.machine], {}))
    except RunError as error:
        sys.exit(str(error))
    unknown = set(arguments.only or []) - set(tried)
    if unknown:
        parser.error(f"--only {sorted(unknown)[0]}: must be one of {', '.join(sorted(tried))}")
    wanted = {key: one for key, one in tried.items() if not arguments.only or key in arguments.only}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(lambda item: row_of(systems, item), wanted.items()))
    if arguments.csv:
        write_csv(arguments.csv, rows, base)
    for name in FIGURES:
        print_table(rows, base, name, arguments.most)
    print()
    print_crossings(systems, rows)


if __name__ == "__main__":
    main()
