#!/usr/bin/env python3
"""What simulating a training costs the host: ratios of CPU time, all measured in one run.

Runs the same training (K-FAC, the same seed and default hyper-parameters) in turn as

    reference    the plain C++/Eigen program without SystemC (reference_training)
    exact        the whole machine, inversion exact and free
    behavioural  the whole machine, every inversion on the RRAM tiles, digital residual
    circuit      behavioural with the network of cells and wires solved
    compensated  circuit with the wires compensated by the programming controller
    lumped       behavioural with the analog residual path, noise and rounding lumped per product
    bit_serial   the same with every conversion of that path computed by itself

and prints the median CPU seconds of each and the median of the ratios, pair by pair.

    benchmarks/simulation_cost.py --build build/release --dataset DIR [--runs 5] [--epochs 1]
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys

ANALOG = ["--set", "solver.residual=analog"]
CIRCUIT = ["--fidelity", "circuit"]
COMPENSATED = ["--set", "programming.wire_compensation=network"]
BOUNDS = {("exact", "reference"): 2.0, ("behavioural", "exact"): 4.0,
          ("circuit", "behavioural"): 3.0, ("compensated", "behavioural"): 3.0}


def commands(build, dataset, epochs):
    common = ["--dataset", str(dataset), "--epochs", str(epochs)]
    invar = [str(build / "platform" / "invar"), "train", "--quiet", *common]
    return {
        "reference": [str(build / "benchmarks" / "reference_training"), "--summary", *common],
        "exact": [*invar, "--inverter", "exact"],
        "behavioural": [*invar, "--inverter", "rram"],
        "circuit": [*invar, "--inverter", "rram", *CIRCUIT],
        "compensated": [*invar, "--inverter", "rram", *CIRCUIT, *COMPENSATED],
        "lumped": [*invar, "--inverter", "rram", *ANALOG],
        "bit_serial": [*invar, "--inverter", "rram", *ANALOG, "--set", "tile.mvm_mode=bit_serial"],
    }


def cpu_seconds(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(command)}\n{message}")
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--dataset", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="*", help="systems to run, all by default")
    arguments = parser.parse_args()
    systems = commands(arguments.build, arguments.dataset, arguments.epochs)
    if arguments.only:
        systems = {name: systems[name] for name in arguments.only}
    times = {name: [] for name in systems}
    for run in range(arguments.runs + 1):
        for name, command in systems.items():
            seconds = cpu_seconds(command)
            if run > 0:  # the first is a warm-up
                times[name].append(seconds)
    for name, seconds in times.items():
        print(f"{name:12} {statistics.median(seconds):8.3f} s of CPU "
              f"({min(seconds):.3f} to {max(seconds):.3f}, {len(seconds)} runs)")
    for pair in [*BOUNDS, ("lumped", "exact"), ("bit_serial", "lumped")]:
        if all(name in times for name in pair):
            ratios = [a / b for a, b in zip(times[pair[0]], times[pair[1]])]
            bound = f", asked for: at most {BOUNDS[pair]:g}" if pair in BOUNDS else ""
            print(f"{pair[0]} / {pair[1]}: {statistics.median(ratios):.2f} "
                  f"({min(ratios):.2f} to {max(ratios):.2f}){bound}")


if __name__ == "__main__":
    main()
