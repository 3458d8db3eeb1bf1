#!/usr/bin/python3
"""From the refining machine to one for training, a lever a row: time, energy, accuracy, area.

    benchmarks/ablation_ladder.py --invar build/release/platform/invar --dataset DIR

Every row keeps what the rows above it changed. The rivals stand below: the digital engine that
inverts in FP32, FP16 and INT8, whole factors, their diagonal blocks, and these with deflation;
conjugate gradients on the accelerator's lanes; and the bound of an inversion that is free. All of them train the
same network with the same hyper-parameters on the same images. Prints a table in Markdown: medians
over the seeds, the accuracy with its range.

Exit status: 0 done; 1 a run failed; 2 bad usage.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

DIVERGED = "training diverged"
PRESET = ["--preset", "integrated-40nm"]
LADDER = [
    ("refined to 1e-3, two slices, operands through RAM", []),
    ("single shots (`--service single_shot`)", ["--service", "single_shot"]),
    ("deflation (`--deflation-rank 4`)", ["--deflation-rank", "4"]),
    ("diagonal blocks alone (`--block-layout diagonal`)", ["--block-layout", "diagonal"]),
    ("operand port and PRECONDITION (`--operand-port`)", ["--operand-port"]),
    ("one slice in the loop (`tile.seed_slices=1`)", ["--set", "tile.seed_slices=1"]),
    ("minus arrays where needed (`tile.minus_array=as_needed`)",
     ["--set", "tile.minus_array=as_needed"]),
    ("16 lanes of FP16 a tile, for single shots alone (`sequencer.lane_precision=fp16`, "
     "`mac_lanes=16`, `deflation_rank=4`)",
     ["--set", "sequencer.lane_precision=fp16", "--set", "sequencer.mac_lanes=16", "--set",
      "sequencer.deflation_rank=4"]),
    ("outputs over all ADCs (`tile.spread_outputs=true`)", ["--set", "tile.spread_outputs=true"]),
    ("conversion beside settling (`tile.pipelined_conversion=true`)",
     ["--set", "tile.pipelined_conversion=true"]),
    ("8-bit converters (`adc.bits=8`, `dac.bits=8`)", ["--set", "adc.bits=8", "--set",
                                                       "dac.bits=8"]),
    ("bias row eliminated (`--eliminate-bias`)", ["--eliminate-bias"]),
    ("programming in the background (`--refresh-delay 10`)", ["--refresh-delay", "10"]),
    ("replicas (`--replicas 4`, `accelerator.tiles=24`)",
     ["--replicas", "4", "--set", "accelerator.tiles=24"]),
    ("half the lanes and ADCs (`sequencer.mac_lanes=8`, `adc.columns_per_adc=16`); known bad "
     "cells given up (`device.failed_cell_pulses=1`)",
     ["--set", "sequencer.mac_lanes=8", "--set", "adc.columns_per_adc=16", "--set",
      "device.failed_cell_pulses=1"]),
]
# The last of them by one name.
MACHINE = ["--preset", "integrated-40nm+training"]
BLOCKS = ["--block-layout", "diagonal"]
# The lanes of the tiles that hold the same matrices, without the tiles.
LANES = ["--inverter", "cg", "--set", "sequencer.mac_lanes=16"]
RIVALS = [
    (f"digital engine, {precision.upper()}{name}",
     ["--inverter", "digital", "--set", f"engine.inversion_precision={precision}", *options])
    for precision in ("fp32", "fp16", "int8")
    for name, options in (("", []), (", diagonal blocks", BLOCKS),
                          (", blocks and deflation", [*BLOCKS, "--deflation-rank", "4"]))
] + [
    (f"conjugate gradients to {tolerance}, lanes in {precision.upper()}",
     [*LANES, "--set", f"sequencer.lane_precision={precision}", "--tolerance", tolerance])
    for precision in ("fp32", "fp16")
    for tolerance in ("1e-1", "1e-2", "1e-3")
] + [
    ("exact inverse free of cost (a bound)", ["--inverter", "exact", "--operand-port"]),
]


def report_of(arguments, options, seed, epochs=None):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "report.json"
        command = [arguments.invar, "train", "--dataset", arguments.dataset, "--epochs",
                   str(epochs or arguments.epochs), "--seed", str(seed), "--quiet", "--report",
                   str(path), *options]
        outcome = subprocess.run(command, text=True, stderr=subprocess.PIPE)
        if outcome.returncode != 0 and DIVERGED not in outcome.stderr:
            sys.exit(f"{' '.join(command)}: {outcome.stderr.strip()}")
        return json.loads(path.read_text())


def require_the_last_to_be_the_machine(arguments):
    def parameters(options):
        configuration = report_of(arguments, options, seed=1, epochs=0.02)["configuration"]
        del configuration["run"]["preset"]
        return configuration
    every = [option for _, more in LADDER for option in more]
    if parameters([*PRESET, *every]) != parameters(MACHINE):
        sys.exit(f"the last row of the ladder is not {' '.join(MACHINE)}")


def row_of(name, reports):
    diverged = sum(not report["complete"] for report in reports)
    if diverged:
        return f"| {name} | – | – | – | – | {diverged} of {len(reports)} trainings diverge | – | – |"

    def median(value):
        return statistics.median(map(value, reports))

    accuracy = [100 * report["training"]["final_test_accuracy"] for report in reports]
    shots = [report["solution"].get("shot_samples") for report in reports]
    bits = statistics.median(s["effective_bits"] for s in shots) if all(shots) else None
    cells = [
        name,
        f"{1e3 * median(lambda r: r['simulated_time_s']):.1f}",
        f"{1e3 * median(lambda r: r['total_energy_j']):.1f}",
        f"{1e3 * median(lambda r: r['inversion_only']['time_s']):.2f}",
        f"{1e3 * median(lambda r: r['inversion_only']['energy_j']):.2f}",
        f"{statistics.median(accuracy):.2f} ({min(accuracy):.2f} to {max(accuracy):.2f})",
        "–" if bits is None else f"{bits:.1f}",
        "–" if not all("area" in r for r in reports) else
        f"{median(lambda r: r['area']['total_mm2']):.1f}",
    ]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invar", required=True, metavar="FILE", help="the program")
    parser.add_argument("--dataset", required=True, metavar="DIR", help="letters, as IDX files")
    parser.add_argument("--epochs", type=float, default=3.0, metavar="N")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="from 1 on")
    arguments = parser.parse_args()
    print("| machine | time, ms | energy, mJ | inversion and programming: ms | mJ | final accuracy, "
          "% | effective bits | "
          "area of what inverts, mm² |")
    print("|---|---|---|---|---|---|---|---|")
    require_the_last_to_be_the_machine(arguments)
    seeds = range(1, arguments.seeds + 1)
    options = PRESET
    for name, more in LADDER:
        options = options + more
        print(row_of(name, [report_of(arguments, options, seed) for seed in seeds]), flush=True)
    for name, own in RIVALS:
        print(row_of(name, [report_of(arguments, PRESET + own, seed) for seed in seeds]),
              flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
