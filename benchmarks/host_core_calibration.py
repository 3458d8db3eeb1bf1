#!/usr/bin/env python3
"""The native host core against the RISC-V host core: times, instructions and results.

Runs every workload on both cores. The native core is charged what its functions cost by the table in
sw/port; the RISC-V core counts the instructions of the same code. Prints for each workload the host core's
busy time and the simulated time on both, instructions by class, and whether the results have the same
bits. Exits with 1 if a busy time is off by more than 2 %, a simulated time by more than 0.2 %, or a result differs.

    benchmarks/host_core_calibration.py --invar build/release/platform/invar --dataset DIR
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

CORES = ("native", "riscv")
CLASSES = ("integer", "memory", "multiply", "divide", "float", "float_divide")
BUSY_LIMIT_PERCENT, TIME_LIMIT_PERCENT = 2.0, 0.2
NETWORKS = pathlib.Path(__file__).resolve().parent.parent / "platform/workload/networks"


def write_matrix(path, rows):
    """A Matrix Market array, which is column by column."""
    lines = ["%%MatrixMarket matrix array real general", f"{len(rows)} {len(rows[0])}"]
    lines += [repr(row[column]) for column in range(len(rows[0])) for row in rows]
    path.write_text("\n".join(lines) + "\n")


def write_problem(folder, n, columns=5):
    """Symmetric positive definite: a covariance of 2 n samples, and 0.1 on its diagonal."""
    generator = random.Random(n)
    samples = [[generator.gauss(0, 1) for _ in range(2 * n)] for _ in range(n)]
    matrix = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            product = sum(a * b for a, b in zip(samples[i], samples[j])) / (2 * n)
            matrix[i][j] = matrix[j][i] = product + (0.1 if i == j else 0.0)
    write_matrix(folder / f"a{n}.mtx", matrix)
    write_matrix(folder / f"b{n}.mtx",
                 [[generator.gauss(0, 1) for _ in range(columns)] for _ in range(n)])


def workloads(folder, dataset):
    train = ["train", "--dataset", str(dataset), "--epochs", "1", "--optimizer"]
    result = {}
    for inverter in ("rram", "digital"):
        result[f"train, K-FAC, {inverter}"] = [*train, "kfac", "--inverter", inverter]
    for inverter in ("rram", "digital"):
        result[f"train, K-FAC, {inverter}, inverse"] = [*train, "kfac", "--inverter", inverter,
                                                        "--kfac-apply", "inverse"]
    result["train, SGD"] = [*train, "sgd"]
    result["train, Adam"] = [*train, "adam"]
    for n in (48, 200):
        write_problem(folder, n)
        for inverter in ("rram", "digital"):
            result[f"solve, n = {n}, {inverter}"] = [
                "solve", "--matrix", str(folder / f"a{n}.mtx"), "--rhs", str(folder / f"b{n}.mtx"),
                "--inverter", inverter]
    for network in ("resnet50", "vgg16", "transformer12"):
        result[f"workload, {network}"] = ["workload", str(NETWORKS / f"{network}.toml")]
    return result


def run(invar, command, core, folder):
    report, solution = folder / "report.json", folder / "solution.mtx"
    solution.unlink(missing_ok=True)
    out = ["--out", str(solution)] if command[0] == "solve" else []
    subprocess.run([str(invar), *command, *out, "--core", core, "--quiet", "--report", str(report)],
                   check=True)
    data = json.loads(report.read_text())
    host = next(part for part in data["components"] if part["name"] == "soc.core")
    counts = {event["name"]: event["count"] for event in host["events"]}
    return {"busy_s": host["busy_s"], "time_s": data["simulated_time_s"],
            "counts": [counts.get(name, 0) for name in CLASSES],
            "result": solution.read_bytes() if out else history(data)}


def history(data):
    """What was computed; the instants at which it was there are no part of it."""
    return [{key: value for key, value in entry.items() if "time" not in key}
            for entry in [*data.get("history", []), *data.get("evaluations", [])]]


def percent(native, riscv):
    return 100.0 * (native / riscv - 1.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--invar", type=pathlib.Path,
                        default=pathlib.Path("build/release/platform/invar"))
    parser.add_argument("--dataset", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    failed = False
    print("| workload | host busy, native / RISC-V | error | simulated time, native / RISC-V | error "
          "| results |\n|---|---|---|---|---|---|")
    counts = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for title, command in workloads(folder, arguments.dataset).items():
            native, riscv = (run(arguments.invar, command, core, folder) for core in CORES)
            busy = percent(native["busy_s"], riscv["busy_s"])
            time = percent(native["time_s"], riscv["time_s"])
            same = native["result"] == riscv["result"]
            failed |= (abs(busy) > BUSY_LIMIT_PERCENT or abs(time) > TIME_LIMIT_PERCENT or
                       not same)
            results = "bit-identical" if same else "not bit-identical"
            if command[0] == "workload":
                results = "no numbers"
            print(f"| {title} | {1e6 * native['busy_s']:.2f} / {1e6 * riscv['busy_s']:.2f} us "
                  f"| {busy:+.2f} % | {1e3 * native['time_s']:.4f} / {1e3 * riscv['time_s']:.4f} ms "
                  f"| {time:+.3f} % | {results} |", flush=True)
            counts.append((title, native["counts"], riscv["counts"]))
    print("\n| instructions, native / RISC-V | " + " | ".join(CLASSES) + " |")
    print("|---|" + "---|" * len(CLASSES))
    for title, native, riscv in counts:
        print(f"| {title} | " + " | ".join(f"{a} / {b}" for a, b in zip(native, riscv)) + " |")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
