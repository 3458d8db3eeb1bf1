#!/usr/bin/env python3
"""K-FAC on RRAM, K-FAC digital, SGD with momentum and Adam on one data set, tuned alike.

Each system gets the same number of random trials (same seed of the search, log-uniform ranges
below). A trial trains on six sevenths of the training images and is scored on the held-out seventh:
the mean accuracy over all evaluations, which rewards speed and final accuracy alike. The best trial
of each system then trains on all training images with every seed, and only that is evaluated on the
test images.

    benchmarks/optimizer_study.py --invar build/platform/invar --dataset DIR --out study
"""
import argparse
import concurrent.futures
import gzip
import json
import math
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import tempfile

HELD_OUT = 7  # every seventh training image

KFAC_RANGES = {
    "train.learning_rate": (2e-3, 1e-1),
    "train.damping": (3e-4, 1e-1),
    "train.kl_clip": (1e-4, 1e-1),
}
SYSTEMS = {
    "K-FAC, RRAM": (["--optimizer", "kfac", "--inverter", "rram"], KFAC_RANGES),
    "K-FAC, digital": (["--optimizer", "kfac", "--inverter", "digital"], KFAC_RANGES),
    "SGD, momentum": (["--optimizer", "sgd"], {"train.learning_rate": (1e-2, 1.0)}),
    "Adam": (["--optimizer", "adam"], {"train.learning_rate": (1e-3, 1e-1)}),
}


def read_idx(path):
    raw = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
    dimensions = raw[3]
    shape = struct.unpack(f">{dimensions}I", raw[4 : 4 + 4 * dimensions])
    return raw[:4], shape, raw[4 + 4 * dimensions :]


def write_idx(path, magic, shape, data):
    path.write_bytes(magic + struct.pack(f">{len(shape)}I", *shape) + data)


def make_tuning_split(dataset, directory):
    """The training files of a data set, split into training and held-out files of their own."""
    for kind in ("images", "labels"):
        (source,) = dataset.glob(f"*train-{kind}*")
        magic, shape, data = read_idx(source)
        record = math.prod(shape[1:])
        name = source.name.removesuffix(".gz")
        for part, wanted in (("train", False), ("test", True)):
            chosen = [i for i in range(shape[0]) if (i % HELD_OUT == 0) == wanted]
            body = b"".join(data[i * record : (i + 1) * record] for i in chosen)
            write_idx(directory / name.replace("train", part), magic, (len(chosen), *shape[1:]), body)


def run(invar, dataset, epochs, seed, flags, values):
    """One training run. Returns its report, or None when it did not complete."""
    with tempfile.TemporaryDirectory() as scratch:
        report = pathlib.Path(scratch) / "report.json"
        command = [invar, "train", "--quiet", "--dataset", dataset, "--epochs", epochs]
        command += ["--seed", seed, "--report", report, *flags]
        for key, value in values.items():
            command += ["--set", f"{key}={value}"]
        subprocess.run([str(part) for part in command], capture_output=True, check=False)
        if not report.exists():
            sys.exit(f"no report from: {' '.join(map(str, command))}")
        content = json.loads(report.read_text())
    return content if content["complete"] else None


def score(report):
    if report is None:
        return 0.0
    return statistics.mean(entry["test_accuracy"] for entry in report["evaluations"])


def trials_of(ranges, count):
    generator = random.Random(2026)
    trials = []
    for _ in range(count):
        logs = {key: generator.uniform(*map(math.log, span)) for key, span in ranges.items()}
        trials.append({key: float(f"{math.exp(value):.3g}") for key, value in logs.items()})
    return trials


def epochs_to(report, target):
    for entry in report["evaluations"]:
        if entry["test_accuracy"] >= target:
            return entry["epoch"]
    return None


def spread(values):
    """Median and range; None stands for a run that never got there."""
    if any(value is None for value in values):
        return f"{sum(value is None for value in values)} of {len(values)} never"
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def table(results):
    lines = [
        "| system | tuned | epochs to 80 % | epochs to 83 % | final accuracy, % | fall-backs |",
        "|---|---|---|---|---|---|",
    ]
    for name, result in results.items():
        tuned = ", ".join(f"{k.split('.')[1]} {v:g}" for k, v in result["tuned"].items())
        final = [100 * run["final_test_accuracy"] for run in result["runs"]]
        lines.append(
            f"| {name} | {tuned} | {spread([run['epochs_to_80'] for run in result['runs']])} "
            f"| {spread([run['epochs_to_83'] for run in result['runs']])} "
            f"| {statistics.mean(final):.2f} ({min(final):.2f} to {max(final):.2f}) "
            f"| {sum(run['digital_fallbacks'] for run in result['runs'])} |"
        )
    return "\n".join(lines)


def summarise(report, seed):
    quality = report.get("solution", {})
    return {
        "seed": seed,
        "final_test_accuracy": report["training"]["final_test_accuracy"],
        "best_test_accuracy": max(entry["test_accuracy"] for entry in report["evaluations"]),
        "epochs_to_80": epochs_to(report, 0.80),
        "epochs_to_83": epochs_to(report, 0.83),
        "digital_fallbacks": quality.get("fallbacks", {}).get("digital", 0),
        "simulated_time_s": report["simulated_time_s"],
        "total_energy_j": report["total_energy_j"],
        "accuracy": [[entry["epoch"], entry["test_accuracy"]] for entry in report["evaluations"]],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--invar", default="build/platform/invar")
    parser.add_argument("--dataset", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("study"))
    parser.add_argument("--trials", type=int, default=32)
    parser.add_argument("--tuning-epochs", type=float, default=3)
    parser.add_argument("--epochs", type=float, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    results = {}
    with tempfile.TemporaryDirectory() as split, concurrent.futures.ThreadPoolExecutor(
        arguments.jobs
    ) as pool:
        make_tuning_split(arguments.dataset, pathlib.Path(split))
        for name, (flags, ranges) in SYSTEMS.items():
            trials = trials_of(ranges, arguments.trials)
            tuning = lambda values: score(
                run(arguments.invar, split, arguments.tuning_epochs, 1, flags, values)
            )
            scores = list(pool.map(tuning, trials))
            best = trials[scores.index(max(scores))]
            print(f"{name}: best of {len(trials)}: {best}, score {max(scores):.4f}", flush=True)
            final = lambda seed: run(
                arguments.invar, arguments.dataset, arguments.epochs, seed, flags, best
            )
            reports = list(pool.map(final, range(1, arguments.seeds + 1)))
            if None in reports:
                sys.exit(f"{name}: a run with the tuned values did not complete")
            results[name] = {
                "tuned": best,
                "trials": [{**values, "score": s} for values, s in zip(trials, scores)],
                "runs": [summarise(r, seed + 1) for seed, r in enumerate(reports)],
            }
            (arguments.out / "study.json").write_text(json.dumps(results, indent=1) + "\n")
    (arguments.out / "study.md").write_text(table(results) + "\n")
    print(table(results))


if __name__ == "__main__":
    main()
