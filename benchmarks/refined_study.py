#!/usr/bin/env python3
"""Makes the table of docs/results.md of what moves the cost of refined inversion: half an epoch of
letters, RRAM, default parameters but for one change a row.

    benchmarks/refined_study.py --invar build/release/platform/invar --dataset DIR

Exit status: 0 done; 1 a run failed.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROWS = [
    ("nothing", []),
    ("damping 0.03 (`--damping 0.03 --kl-clip 0`)", ["--damping", "0.03", "--kl-clip", "0"]),
    ("op-amps of 1 GHz, at ten times the power", ["amplifier.gain_bandwidth_hz=1e9"]),
    ("6-bit converters", ["adc.bits=6"]),
    ("plain refinement", ["solver.krylov_directions=0"]),
    ("CMO/HfOx cells", ["device.programming_error=cmo_hfox"]),
    ("one slice in the loop", ["tile.seed_slices=1"]),
    ("explicit inverse once in 10 steps (`--kfac-apply inverse`)", ["--kfac-apply", "inverse"]),
    ("analog block products", ["solver.block_product=analog"]),
    ("the 289-wide factor on one tile", ["tile.rows=320"]),
    ("tiles of 64 rows", ["tile.rows=64"]),
]


def run(arguments, options):
    flags = options if not options or options[0].startswith("--") else ["--set", options[0]]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "report.json"
        done = subprocess.run([arguments.invar, "train", "--dataset", arguments.dataset, "--epochs",
                               "0.5", "--quiet", "--report", str(path), *flags], text=True,
                              capture_output=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(options)}: {done.stderr.strip()}")
        return json.loads(path.read_text(encoding="utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--invar", required=True, metavar="FILE", help="the program")
    parser.add_argument("--dataset", required=True, metavar="DIR", help="letters, as IDX files")
    arguments = parser.parse_args()
    print("| changed | inversion time | inversion energy | of it leakage of tiles | programming time "
          "| iterations | slices added | accuracy, % |\n|---|---|---|---|---|---|---|---|")
    for name, options in ROWS:
        report = run(arguments, options)
        phases = {phase["name"]: phase for phase in report["phases"]}
        leakage = sum(int(kind["by_phase"].get("inversion", 0)) for kind in report["kinds"]
                      if kind["name"] == "accelerator_leakage")
        told = name if not options or options[0].startswith("--") else f"{name} (`{options[0]}`)"
        cells = [told, f"{1e3 * phases['inversion']['seconds']:.0f} ms",
                 f"{1e3 * phases['inversion']['energy_j']:.0f} mJ", f"{1e-15 * leakage:.0f} mJ",
                 f"{1e3 * phases['programming']['seconds']:.0f} ms",
                 f"{report['solution']['iterations_mean']:.1f}",
                 str(report["solution"]["slices_for_quality"]),
                 f"{100 * report['training']['final_test_accuracy']:.1f}"]
        print("| " + " | ".join(cells) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
