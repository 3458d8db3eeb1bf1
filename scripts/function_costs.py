#!/usr/bin/python3
"""Measures what the functions of the firmware cost the native host core, and writes the table.

    scripts/function_costs.py --build build/ci            # after a change of the firmware: all of it
    scripts/function_costs.py --build build/ci --check    # as CI does: whether the table is up to date

A function says by a line INVAR_COST(port, file, function, counts) that it works, and on what
(sw/port/function_costs.h). The table, sw/port/function_cost_table.inc, holds a row for each. Without
--check the rows are named anew, the targets of the build are built, the runs of
scripts/function_cost_runs.py are made on both cores, and the rows are fitted: to the instructions
that a function executes on the RISC-V core (scripts/riscv_profile.py), by class, over its calls and
counts on the native core, so that the sum of what is missed in all runs is the least (that of a run
is a share of its cycles) and no number is below 0. Then the firmware is built and looked at once
more, since the calls of a function that waits depend a little on the time that all take. Needs the
RISC-V core and its compiler (scripts/install_dependencies.sh --riscv).

--check tells which rows are missing, which files compile to other instructions than those that were
measured (by another compiler, all of them: then that alone is told), and whether the table predicts
two short runs.

Exit status: 0 up to date, or written; 1 not up to date; 2 bad usage, or a run failed.
"""
import argparse
import itertools
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy

from baseline_run import RunError, run
from function_cost_runs import CHECKED, runs, write_inputs
from riscv_profile import CLASSES, Image, Profile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "sw"
TABLE = SOURCES / "port/function_cost_table.inc"
TARGETS = ("invar", "invar_riscv_firmware", "invar_riscv_simulator")
HEAD = """\
/* Costs of the firmware's functions, in thousandths of an operation: of a call, for each of its first
 * count, for each of its second count; operations by class as in enum invar_operation. Written by
 * scripts/function_costs.py; not to be edited.
 */
"""
FINGERPRINTS = "/* Measured instructions of each source file: their number, and a checksum; as compiled by"
# Shares of a run's cycles by which the prediction may miss all of it, and one function.
TOTAL_TOLERANCE, FUNCTION_TOLERANCE = 0.01, 0.01
MOST_ROUNDS = 2
ENDS = (0, 1)  # 1: what is asked for was not reached


def named_functions():
    """(stem, function) of each line INVAR_COST, which stands in the function that it names."""
    found = set()
    for path in sorted(SOURCES.rglob("*.c")):
        function = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            begin = re.match(r"[a-z].*?(\w+)\(", line)
            function = begin.group(1) if begin else function
            use = re.search(r"\bINVAR_COST\([^,]+, (\w+), (\w+)", line + " ")
            if "INVAR_COST(" not in line or line.startswith(("#", " *")):
                continue
            if not use or use.groups() != (path.stem, function):
                raise RunError(f"{path.relative_to(ROOT)}:{number}: INVAR_COST must name {path.stem}"
                               f" and {function}, where it stands")
            found.add(use.groups())
    return found


def read_table():
    """(stem, function): three rows of six numbers; source file: (instructions, checksum); the
    compiler."""
    text = TABLE.read_text(encoding="utf-8") if TABLE.exists() else ""
    rows = {}
    for stem, function, numbers in re.findall(r"^INVAR_FUNCTION_COST\((\w+), (\w+), (.*)\)$", text,
                                              re.MULTILINE):
        groups = [[int(x) for x in group.split(", ")] for group in re.findall(r"{(.*?)}", numbers)]
        row = numpy.zeros((3, len(CLASSES)), dtype=int)
        for place, group in enumerate(groups):
            row[place, :len(group)] = group
        rows[stem, function] = row
    prints = re.findall(r"^ \* (\S+) (\d+) ([0-9a-f]{8})$", text, re.MULTILINE)
    compiler = re.search(r"compiled by\n \* (.*)$", text, re.MULTILINE)
    return (rows, {path: (int(count), int(check, 16)) for path, count, check in prints},
            compiler.group(1) if compiler else "")


def group_text(group):
    last = max((i for i, number in enumerate(group) if number), default=0)
    return "{" + ", ".join(str(number) for number in group[:last + 1]) + "}"


def write_table(rows, prints, compiler):
    lines = [HEAD]
    for (stem, function), row in sorted(rows.items()):
        last = max((i for i in range(3) if row[i].any()), default=0)
        groups = ", ".join(group_text(row[i]) for i in range(last + 1))
        lines.append(f"INVAR_FUNCTION_COST({stem}, {function}, {groups})\n")
    lines.append(f"\n{FINGERPRINTS}\n * {compiler}\n *\n")
    lines += [f" * {path} {count} {check:08x}\n" for path, (count, check) in sorted(prints.items())]
    lines.append(" */\n")
    text = "".join(lines)
    changed = not TABLE.exists() or TABLE.read_text(encoding="utf-8") != text
    if changed:
        TABLE.write_text(text, encoding="utf-8")
    return changed


def build(folder):
    result = subprocess.run(["cmake", "--build", str(folder), "--target", *TARGETS],
                            capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RunError(f"cmake --build {folder}:\n{result.stdout[-4000:]}{result.stderr}")


def core_events(report):
    core = next(part for part in report["components"] if part["name"] == "soc.core")
    counts = {event["name"]: event["count"] for event in core["events"]}
    return [counts.get(name, 0) for name in CLASSES]


def executed(invar, arguments, folder, image, costed):
    """(stem, function): instructions by class on the RISC-V core."""
    trace = folder / "trace"
    report = run(invar, [*arguments, "--core", "riscv", "--instruction-trace", str(trace), "--set",
                         "instruction_trace.maximum_instructions=1e12"], folder, ENDS)
    with open(trace, encoding="utf-8") as lines:
        profile = Profile(image, costed).read(lines)
    trace.unlink()
    if profile.totals != core_events(report):
        raise RunError(f"{' '.join(arguments)}: the trace has {profile.totals} instructions by "
                       f"class, the report {core_events(report)}")
    return {key: numpy.array(counts) for key, counts in profile.by_function.items()}


def worked(invar, arguments, folder):
    """(stem, function): calls and the sums of both counts on the native core."""
    file = folder / "functions"
    run(invar, [*arguments, "--function-profile", str(file)], folder, ENDS)
    result = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            words = line.split()
            result[words[0][:-2], words[1]] = numpy.array([int(word) for word in words[2:5]])
    return result


def cycles_of(build_folder, invar):
    """Cycles of an operation by class."""
    text = subprocess.run([str(invar), "params"], capture_output=True, text=True, check=True,
                          cwd=build_folder).stdout
    return numpy.array([int(float(re.search(rf"^{name}_cycles = (\S+)", text, re.M).group(1)))
                        for name in CLASSES])


def least_sum(columns, values, weights):
    """The factors of the columns with the least sum of weighted misses, by reweighted squares."""
    scale = weights.copy()
    for _ in range(30):
        root = numpy.sqrt(scale)[:, None]
        solution = numpy.linalg.lstsq(columns * root, values * root[:, 0], rcond=None)[0]
        scale = weights / numpy.maximum(abs(columns @ solution - values), 1e-6)
    return solution


def fit(counts, instructions, weights):
    """Thousandths for a call and the counts, that give the instructions of one class."""
    best, best_error = numpy.zeros(3), numpy.sum(weights * instructions)
    for places in (p for size in (1, 2, 3) for p in itertools.combinations(range(3), size)):
        columns = counts[:, places].astype(float)
        if numpy.linalg.matrix_rank(columns) < len(places):
            continue
        solution = least_sum(columns, instructions, weights)
        error = numpy.sum(weights * abs(columns @ solution - instructions))
        # Another number must be worth it.
        if (solution >= 0.0).all() and error < 0.98 * best_error - 1e-7:
            best = numpy.zeros(3)
            best[list(places)] = solution
            best_error = error
    return numpy.rint(1000.0 * best).astype(int)


def fit_all(costed, native, riscv, cycles):
    """The table from what each run did."""
    totals = {name: sum(counts @ cycles for counts in riscv[name].values()) for name in riscv}
    rows, uncalled = {}, []
    for key in costed:
        names = [name for name in riscv if key in native[name] or key in riscv[name]]
        rows[key] = numpy.zeros((3, len(CLASSES)), dtype=int)
        if not any(key in native[name] for name in names):
            uncalled.append(f"{key[0]}.c: {key[1]}")
            continue
        counts = numpy.array([native[name].get(key, numpy.zeros(3, dtype=int)) for name in names])
        weights = numpy.array([1.0 / totals[name] for name in names])
        for operation in range(len(CLASSES)):
            done = numpy.array([riscv[name].get(key, numpy.zeros(6))[operation] for name in names])
            rows[key][:, operation] = fit(counts, done.astype(float), weights)
    if uncalled:
        raise RunError("no run of scripts/function_cost_runs.py calls " + ", ".join(uncalled))
    return rows


def predicted(rows, native):
    """(stem, function): operations by class."""
    return {key: counts @ rows[key] / 1000.0 for key, counts in native.items() if key in rows}


def misses(name, rows, native, riscv, cycles):
    """Lines that tell what the table does not predict of one run; and by how much it misses all."""
    guess = predicted(rows, native)
    total = sum(counts @ cycles for counts in riscv.values())
    off = (sum(counts @ cycles for counts in guess.values()) - total) / total
    lines = []
    if abs(off) > TOTAL_TOLERANCE:
        lines.append(f"{name}: {100 * off:+.2f} % of the cycles of all functions")
    for key in sorted(set(guess) | set(riscv)):
        zero = numpy.zeros(len(CLASSES))
        share = (guess.get(key, zero) - riscv.get(key, zero)) @ cycles / total
        if abs(share) > FUNCTION_TOLERANCE:
            lines.append(f"{name}: {key[0]}.c: {key[1]} misses {100 * share:+.2f} % of all cycles")
    return lines, off


def check(build_folder, invar):
    rows, prints, compiler = read_table()
    named = named_functions()
    lines = [f"{stem}.c: {function} has no row" for stem, function in sorted(named - set(rows))]
    lines += [f"{stem}.c: {function} has a row and no INVAR_COST"
              for stem, function in sorted(set(rows) - named)]
    image = Image(invar.parent / "firmware.elf")
    found = image.fingerprints()
    if image.compiler != compiler:
        print(f"measured with {compiler}; instructions of {image.compiler} are not compared")
        found = prints
    lines += [f"sw/{path} compiles to other instructions than those that were measured"
              for path in sorted(set(prints) | set(found)) if prints.get(path) != found.get(path)]
    cycles = cycles_of(build_folder, invar)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_inputs(folder)
        for title in CHECKED:
            arguments = runs()[title]
            missed, off = misses(title, rows, worked(invar, arguments, folder),
                                 executed(invar, arguments, folder, image, set(rows)), cycles)
            lines += missed
            print(f"{title}: predicted {100 * off:+.3f} %")
    for line in lines:
        print(line)
    if lines:
        print("The table of function costs is not up to date: scripts/function_costs.py --build "
              "DIR writes it anew (CONTRIBUTING.md).")
    return 1 if lines else 0


def measure(build_folder, invar):
    rows, prints, compiler = read_table()
    named = named_functions()
    none = numpy.zeros((3, len(CLASSES)), dtype=int)
    write_table({key: rows.get(key, none) for key in named}, prints, compiler)
    build(build_folder)
    image = Image(invar.parent / "firmware.elf")
    cycles = cycles_of(build_folder, invar)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_inputs(folder)
        riscv = {}
        for title, arguments in runs().items():
            print(f"{title}", flush=True)
            riscv[title] = executed(invar, arguments, folder, image, named)
        for _ in range(MOST_ROUNDS):
            native = {title: worked(invar, arguments, folder)
                      for title, arguments in runs().items()}
            rows = fit_all(named, native, riscv, cycles)
            for title in runs():
                lines, off = misses(title, rows, native[title], riscv[title], cycles)
                print(f"{title}: {100 * off:+.3f} %", *lines, sep="\n  ", flush=True)
            if not write_table(rows, image.fingerprints(), image.compiler):
                break
            build(build_folder)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", type=pathlib.Path, required=True, metavar="DIR",
                        help="where the project is built")
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    invar = (arguments.build / "platform/invar").resolve()
    try:
        return (check if arguments.check else measure)(arguments.build, invar)
    except (RunError, OSError, KeyError, subprocess.CalledProcessError) as error:
        print(f"function_costs.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
