#!/usr/bin/python3
"""A training that is killed again and again comes to the report of one that was not.

    tests/system/checkpoint_test.py --invar build/release/platform/invar [--kills N] [--riscv]
"""
import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from generated_inputs import write_bars  # noqa: E402

TASK = ["train", "--dataset", "data", "--epochs", "6", "--batch", "64", "--quiet",
        "--set", "tile.rows=64", "--set", "train.evaluations_per_epoch=2",
        "--checkpoint-interval", "10"]
SYSTEMS = {
    "kfac": [],
    "kfac, explicit inverses": ["--kfac-apply", "inverse"],
    "kfac, digital": ["--inverter", "digital"],
    "kfac, in the background": ["--service", "single_shot", "--deflation-rank", "2",
                                "--operand-port", "--refresh-delay", "2"],
    "adam": ["--optimizer", "adam"],
}
failures = []


def check(condition, text):
    if not condition:
        failures.append(text)
        print("FAILED:", text)


class Trainings:
    """Runs of one system in a folder."""

    def __init__(self, invar, folder, options):
        self.command = [invar, *TASK, *options]
        self.folder = folder

    def start(self, *arguments):
        return subprocess.Popen([*self.command, *arguments], cwd=self.folder, text=True,
                                stderr=subprocess.PIPE)

    def finish(self, *arguments):
        """Exit status and what was said."""
        process = self.start(*arguments)
        said = process.communicate()[1]
        return process.returncode, said

    def report(self, name):
        report = json.loads((self.folder / name).read_text(encoding="utf-8"))
        report.pop("host")
        return report


def kill_and_resume(trainings, name, kills):
    """Kills at random moments, up to `kills` times; then lets it end. Returns the resumptions."""
    (trainings.folder / "kept").unlink(missing_ok=True)
    started = time.monotonic()
    status, said = trainings.finish("--report", "whole.json", "--checkpoint", "other")
    whole_s = time.monotonic() - started
    check(status == 0, f"{name}: {said}")
    resumptions = 0
    for left in range(kills, -1, -1):
        resumes = (trainings.folder / "kept").exists()
        resumptions += resumes
        process = trainings.start("--report", "resumed.json", "--checkpoint", "kept",
                                  *(["--resume", "kept"] if resumes else []))
        try:
            said = process.communicate(timeout=random.uniform(0.3, 0.9) * whole_s if left else None)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            continue
        check(process.returncode == 0, f"{name}: {said[1]}")
        break
    whole, resumed = trainings.report("whole.json"), trainings.report("resumed.json")
    for key in whole:
        check(whole[key] == resumed.get(key), f"{name}: {key} differs after {resumptions} resumptions")
    return resumptions


def check_refusals(trainings):
    folder = trainings.folder
    good = (folder / "kept").read_bytes()
    (folder / "damaged").write_bytes(good[:3000] + bytes([good[3000] ^ 1]) + good[3001:])
    (folder / "short").write_bytes(good[:-1])
    (folder / "none").write_bytes(b"{}\n")
    for arguments, words in (
            (["--resume", "damaged"], "damaged: is damaged"),
            (["--resume", "short"], "short: is damaged"),
            (["--resume", "none"], "none: is no checkpoint"),
            (["--resume", "missing"], "missing: no such file"),
            (["--resume", "kept", "--seed", "2"],
             "it has run.seed = 1, where this run has run.seed = 2"),
            (["--resume", "kept", "--checkpoint-interval", "0"],
             "train.checkpoint_interval = 0: must be from 1 on"),
            (["--resume", "kept", "--simulated-timeout", "1"], "--simulated-timeout: cannot go"),
            (["--checkpoint", "/dev/null"], "must be a regular file")):
        status, said = trainings.finish(*arguments)
        check(status == 2 and words in said, f"{arguments}: status {status}, {said!r}")


def check_kernel_level(trainings):
    process = subprocess.run([*trainings.command, "--resume", "kept"], cwd=trainings.folder,
                             env=dict(os.environ, INVAR_INSTRUCTION_SET="baseline"), text=True,
                             capture_output=True, check=False)
    whole = json.loads((trainings.folder / "whole.json").read_text(encoding="utf-8"))
    if whole["host"]["kernel_level"] != "baseline":
        check(process.returncode == 2 and "kernel level" in process.stderr,
              f"another kernel level: status {process.returncode}, {process.stderr!r}")


def check_signal(trainings):
    """A signal ends a run with a partial report and says where to go on from."""
    (trainings.folder / "kept").unlink()
    process = trainings.start("--report", "stopped.json", "--checkpoint", "kept")
    while not (trainings.folder / "kept").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    said = process.communicate()[1]
    if process.returncode == 0:
        return  # it was faster
    check("kept holds step" in said, f"SIGTERM: {said!r}")
    check(not trainings.report("stopped.json")["complete"], "SIGTERM: the report says complete")
    check(not trainings.report("kept.report.json")["complete"], "a checkpoint's report is complete")
    status, said = trainings.finish("--report", "resumed.json", "--resume", "kept")
    check(status == 0, said)
    check(trainings.report("resumed.json") == trainings.report("whole.json"),
          "the report differs after a SIGTERM")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--invar", required=True, help="the program")
    parser.add_argument("--kills", type=int, default=3, help="of each system")
    parser.add_argument("--riscv", action="store_true", help="the riscv core too")
    arguments = parser.parse_args()
    invar = str(pathlib.Path(arguments.invar).resolve())
    systems = dict(SYSTEMS)
    if arguments.riscv:
        systems["kfac, riscv"] = ["--core", "riscv"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "data").mkdir()
        write_bars(folder / "data")
        resumptions = sum(
            kill_and_resume(Trainings(invar, folder, options), system, arguments.kills)
            for system, options in systems.items())
        check(resumptions > 0, "nothing was ever resumed")
        trainings = Trainings(invar, folder, [])
        kill_and_resume(trainings, "kfac", 1)
        check_refusals(trainings)
        check_kernel_level(trainings)
        check_signal(trainings)
    print(f"{resumptions} resumptions, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
