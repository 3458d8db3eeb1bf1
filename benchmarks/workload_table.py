#!/usr/bin/env python3
"""Makes the tables of docs/workload.md: steps of large networks on the engine and on tiles.

    benchmarks/workload_table.py --invar build/release/platform/invar

First table: every network, as `workload` runs it by default, digital and rram. Second one: the
machine for training beside engines of the same technology, amortised over the intervals and at every
step; of each engine the cheaper way to apply its inverses. Areas are those of whole chips.

Exit status: 0 done; 1 a run failed.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

NETWORKS = pathlib.Path(__file__).resolve().parent.parent / "platform/workload/networks"
NAMES = {"resnet50": "ResNet-50", "vgg16": "VGG-16", "transformer12": "transformer"}
TECHNOLOGY = ["--preset", "integrated-40nm"]
# Of factors above a thousand rows a rank of 4 leaves too little (docs/workload.md).
MACHINE = ["--preset", "integrated-40nm+training", "--deflation-rank", "16", "--set",
           "sequencer.deflation_rank=16"]
# Tiles that hold all factors of a network at once.
TILES = {"resnet50": 654, "vgg16": 629, "transformer12": 1152}
# Lanes in all: as many as the engine has MACs, as `workload` has them where no preset says.
LANES = 128 * 128
EVERY_STEP = ["--inverse-interval", "1", "--set", "workload.factor_interval=1"]


def run(invar, network, options):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "report.json"
        done = subprocess.run([invar, "workload", str(NETWORKS / f"{network}.toml"), "--quiet",
                               "--report", str(path), *options], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit(f"{network} {' '.join(options)}: {done.stderr.strip()}")
        return json.loads(path.read_text(encoding="utf-8"))


def cell(step):
    return f"{1e3 * step['time_s']:.4g} ms, {step['energy_j']:.3g} J"


def default_table(invar):
    print("| | system | step with inversion | with factors | without | amortised "
          "| inversion's share of the amortised time |\n|---|---|---|---|---|---|---|")
    for network, name in NAMES.items():
        for inverter in ("digital", "rram"):
            measured = run(invar, network, ["--inverter", inverter])["workload"]["measured"]
            own = sum(phase["seconds"] for phase in measured["amortised"]["phases"]
                      if phase["name"] in ("programming", "inversion", "background"))
            steps = [cell(measured[key]) for key in ("step_with_refresh", "step_with_factors",
                                                     "step", "amortised")]
            share = 100 * own / measured["amortised"]["time_s"]
            print(f"| {name} | {inverter} | {' | '.join(steps)} | {share:.1f} % |", flush=True)


def cheaper(invar, network, options):
    runs = [run(invar, network, [*options, "--kfac-apply", way]) for way in ("solve", "inverse")]
    return min(runs, key=lambda r: r["workload"]["measured"]["amortised"]["energy_j"])


def machine_table(invar):
    digital = [*TECHNOLOGY, "--inverter", "digital"]
    blocks = ["--block-layout", "diagonal"]
    print("| | system | amortised | at every step | chip, mm² |\n|---|---|---|---|---|")
    for network, name in NAMES.items():
        machine = [*MACHINE, "--kfac-apply", "solve", "--set",
                   f"accelerator.tiles={TILES[network]}", "--set",
                   f"sequencer.mac_lanes={LANES // TILES[network]}"]
        systems = {"digital, FP32": (cheaper, digital),
                   "digital, FP16, diagonal blocks": (cheaper, [
                       *digital, *blocks, "--set", "engine.inversion_precision=fp16"]),
                   "machine for training": (run, machine)}
        for system, (how, options) in systems.items():
            steps = [how(invar, network, [*options, *more]) for more in ([], EVERY_STEP)]
            cells = [cell(step["workload"]["measured"]["amortised"]) for step in steps]
            print(f"| {name} | {system} | {' | '.join(cells)} "
                  f"| {steps[0]['area']['chip_mm2']:.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invar", required=True, metavar="FILE", help="the program")
    arguments = parser.parse_args()
    default_table(arguments.invar)
    print()
    machine_table(arguments.invar)
    return 0


if __name__ == "__main__":
    sys.exit(main())
