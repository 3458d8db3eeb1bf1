#!/usr/bin/python3
"""Checks that runs give the bits they gave: weights or answers, simulated time and energy.

    scripts/check_bits.py --invar build/release/platform/invar            # as CI does
    scripts/check_bits.py --invar ... --run solve_blocks --run train_sgd  # these alone
    scripts/check_bits.py --invar ... --write                             # a change that is meant

A row of tests/system/run_bits.txt is a run of the program with inputs made here and the kernels
that every processor has (INVAR_INSTRUCTION_SET=baseline). It holds a hash of what the run computed,
the simulated time in picoseconds, the energy in attojoules, and a hash of the whole report's ledger
(components, phases, events), 0 where there is none.

Exit status: 0 the rows hold; 1 they do not, or were written; 2 bad usage, or a run failed.
"""
import argparse
import hashlib
import json
import pathlib
import sys
import tempfile

from baseline_run import RunError, run
from generated_inputs import (SimpleRandom, convolution_network, write_bars, write_matrix,
                              write_system)

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = ROOT / "tests/system/run_bits.txt"
HEAD = "# run result time_ps energy_aj ledger"

NETWORK = convolution_network(16, {"in": 3, "out": 16}, {"repeat": 2})


def runs():
    """Name: arguments."""
    train = "train --dataset . --batch 64 --epochs 1 --channels 4 --seed 3"
    solve = "solve --matrix a.mtx --rhs b.mtx --out result"
    circuit = "circuit --conductance g.mtx --input i.mtx --out result"
    blocks = "--set tile.rows=16 --set accelerator.tiles=64"
    shots = ("--service single_shot --deflation-rank 2 --block-layout diagonal --operand-port "
             "--set sequencer.lane_precision=fp16 --set tile.rows=16")
    # Replicas, the eliminated bias row, tiles that are switched off.
    machine = "--preset integrated-40nm+training --set tile.rows=16"
    return {name: arguments.split() for name, arguments in {
        "train_rram": f"{train}",
        "train_digital": f"{train} --inverter digital",
        "train_exact": f"{train} --inverter exact",
        "train_sgd": f"{train} --optimizer sgd --learning-rate 0.05",
        "train_adam": f"{train} --optimizer adam --learning-rate 0.002",
        "train_inverse_rram": f"{train} --kfac-apply inverse",
        "train_inverse_digital": f"{train} --kfac-apply inverse --inverter digital",
        "train_fp16": f"{train} --inverter digital --set engine.inversion_precision=fp16",
        "train_int8": f"{train} --inverter digital --set engine.inversion_precision=int8",
        "train_riscv": f"{train} --epochs 0.4 --core riscv",
        "train_one_slice": f"{train} --set train.slices=1 --set device.stuck_fraction=0.02",
        "train_circuit": f"{train} --epochs 0.2 --fidelity circuit",
        "train_ideal": f"{train} --fidelity ideal",
        "train_single_shot": f"{train} {shots} --refresh-delay 10",
        "train_single_shot_riscv":
            f"{train} --epochs 0.6 --inverse-interval 3 --refresh-delay 3 {shots} --core riscv",
        "train_machine": f"{train} {machine}",
        "train_machine_riscv":
            f"{train} --epochs 0.4 --inverse-interval 3 --refresh-delay 2 {machine} --core riscv",
        "train_blocks_digital":
            f"{train} --inverter digital --block-layout diagonal --block-rows 16 --deflation-rank 2",
        "train_cg": f"{train} --inverter cg --operand-port",
        "train_checked": f"{train} --service checked --deflation-rank 2 --operand-port",
        "solve_rram": f"{solve}",
        "solve_digital": f"{solve} --inverter digital",
        "solve_riscv": f"{solve} --core riscv",
        "solve_blocks": f"{solve} {blocks}",
        "solve_block_products":
            f"{solve} {blocks} --set solver.block_product=analog --set accelerator.tiles=4096",
        "solve_general": "solve --matrix g.mtx --rhs i.mtx --general --out result --tolerance 1e-9",
        "solve_circuit": f"{solve} --fidelity circuit --set tile.rows=64",
        "solve_analog_residual": f"{solve} --tolerance 1e-2 --set solver.residual=analog",
        "circuit_inv": f"{circuit} --operation inv --wire-resistance 2 --saturation 0.9",
        "circuit_mvm": f"{circuit} --operation mvm --wire-resistance 2",
        "circuit_step": "circuit --conductance g.mtx --input step.mtx --out result --operation inv "
                        "--transient step.csv",
        "workload_digital": "workload network.toml --inverter digital",
        "workload_rram": "workload network.toml --inverter rram",
    }.items()}


def write_inputs(folder):
    write_bars(folder)
    write_system(folder, 48, 5)
    (folder / "network.toml").write_text(NETWORK, encoding="utf-8")
    random = SimpleRandom(4)
    n = 12
    weights = [[random.next(1000) / 1000.0 + (8.0 if row == column else 0.0)
                for column in range(n)] for row in range(n)]
    write_matrix(folder / "g.mtx", [4e-6 * weights[row][column]
                                    for column in range(n) for row in range(n)], n, n)
    for name, columns in (("i.mtx", 2), ("step.mtx", 1)):
        write_matrix(folder / name, [1e-5 * (random.next(2001) / 1000.0 - 1.0)
                                     for _ in range(columns * n)], n, columns)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def result_of(report, folder):
    """What was computed: weights, answers, transient, or the steps of a workload."""
    if "training" in report:
        return report["training"]["weights_hash"]
    if "workload" in report:
        return digest(json.dumps(report["workload"], sort_keys=True))
    text = (folder / "result").read_text(encoding="utf-8")
    if (folder / "step.csv").exists():
        text += (folder / "step.csv").read_text(encoding="utf-8")
    return digest(text)


def row_of(invar, name, arguments, folder):
    for old in ("result", "step.csv"):
        (folder / old).unlink(missing_ok=True)
    report = run(invar, arguments, folder)
    ledger = ([report["phases"], report["components"]] if "components" in report else None)
    return " ".join([name, result_of(report, folder), str(report.get("simulated_time_ps", 0)),
                     str(report.get("total_energy_aj", 0)),
                     digest(json.dumps(ledger, sort_keys=True)) if ledger else "0"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--invar", required=True, metavar="FILE", help="the program")
    parser.add_argument("--run", action="append", choices=runs(), help="which, may be repeated")
    parser.add_argument("--no-riscv", action="store_true", help="without runs on the RISC-V core")
    parser.add_argument("--write", action="store_true", help="write what the program gives")
    arguments = parser.parse_args()
    invar = pathlib.Path(arguments.invar).resolve()
    rows = {}
    if LIST.exists():
        for line in LIST.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                rows[line.split()[0]] = line
    changed = count = 0
    try:
        with tempfile.TemporaryDirectory() as directory:
            folder = pathlib.Path(directory)
            write_inputs(folder)
            for name, command in runs().items():
                if ((arguments.run and name not in arguments.run) or
                        (arguments.no_riscv and "riscv" in command)):
                    continue
                count += 1
                row = row_of(invar, name, command, folder)
                if rows.get(name) != row:
                    changed += 1
                    print(f"was {rows.get(name)}\nis  {row}")
                    rows[name] = row
    except (RunError, OSError, KeyError) as error:
        print(f"check_bits.py: {error}", file=sys.stderr)
        return 2
    if changed and arguments.write:
        LIST.write_text("\n".join([HEAD, *(rows[name] for name in runs() if name in rows)]) + "\n",
                        encoding="utf-8")
    print(f"{count} runs, {changed} with other bits")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
