#!/usr/bin/python3
"""A sweep on a real Slurm, disturbed: ends in the bytes of an undisturbed one on this machine.

    tests/sweeps/slurm_on_this_machine.py --invar build/release/platform/invar [--points 200]

Starts munged, slurmctld and slurmd here, as root. At random moments the sweep is killed with its
Snakemake, jobs are killed, Slurm's controller is killed and started again; the same command goes on
each time. Then: the same table, to the byte, and no finished point was run again.
"""
import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = HERE.parent.parent / "scripts"
sys.path.insert(0, str(SCRIPTS))
from generated_inputs import write_system  # noqa: E402
from slurm_cluster import Cluster, missing  # noqa: E402

DESIGN = """
command = "solve"
[base]
solve.matrix = "a.mtx"
solve.rhs = "b.mtx"
solve.digital_fallback = false  # points of much noise fail
solver.iteration_limit = 20
[[axis]]
parameter = "adc.bits"
values = [5, 6, 7, 8]
[[axis]]
parameter = "device.read_noise"
from = 0.001
to = 0.4
scale = "log"
[[axis]]
parameter = "tile.seed_slices"
choices = [2, 3]
[sample]
method = "latin_hypercube"
points = {points}
"""
ROWS, RIGHT_HAND_SIDES = 48, 4


class Disturbed:
    def __init__(self, arguments, folder, cluster):
        self.arguments, self.folder, self.cluster = arguments, folder, cluster
        self.random = random.Random(arguments.seed)
        self.counts = dict.fromkeys(("sweep killed", "job killed", "controller killed"), 0)
        self.process = None
        self.seen = {}
        self.repeated = set()

    def command(self, out, *options):
        return [sys.executable, str(SCRIPTS / "sweep"), str(self.folder / "design.toml"), "--out",
                str(self.folder / out), "--invar", self.arguments.invar, *options]

    def begin(self):
        with open(self.folder / "sweep.txt", "ab") as log:
            self.process = subprocess.Popen(
                self.command("slurm", "--slurm", "--group", str(self.arguments.group)),
                env=self.cluster.environment, cwd=self.folder, start_new_session=True, stderr=log)

    def end(self):
        """With its Snakemake, without a word to either."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def look(self):
        """A report that was replaced is one of a point that was run again."""
        for path in (self.folder / "slurm").glob("points/??/*.json"):
            status = path.stat()
            mark = (status.st_ino, status.st_mtime_ns)
            if self.seen.setdefault(path.name, mark) != mark:
                self.repeated.add(path.name)

    def run(self):
        """Returns the status of the last run of the sweep."""
        self.begin()
        left = list(self.arguments.kills * ["sweep killed", "job killed", "controller killed"])
        self.random.shuffle(left)
        while self.process.poll() is None:
            time.sleep(self.random.uniform(1.0, self.arguments.pause))
            self.look()
            self.cluster.heal()
            if left:
                self.disturb(left.pop())
        self.look()
        return self.process.wait()

    def disturb(self, kind):
        if kind == "sweep killed":
            self.end()
            self.begin()
        elif kind == "job killed":
            jobs = self.cluster.running_jobs()
            if not jobs:
                return
            self.cluster.ask("scancel", "--signal=KILL", "--full", self.random.choice(jobs))
        else:
            self.cluster.kill_controller()
            time.sleep(self.random.uniform(1.0, self.arguments.pause))
            self.cluster.start_controller()
        self.counts[kind] += 1
        print(f"{kind} at {len(self.seen)} points", flush=True)


def timed(command, **options):
    begin = time.monotonic()
    status = subprocess.run(command, check=False, **options).returncode
    return status, time.monotonic() - begin


def compare(folder, name):
    same = (folder / "local" / name).read_bytes() == (folder / "slurm" / name).read_bytes()
    print(f"{name}: {'the same bytes' if same else 'DIFFERS'}")
    return same


def check(arguments, folder, disturbed):
    write_system(folder, ROWS, RIGHT_HAND_SIDES)
    (folder / "design.toml").write_text(DESIGN.format(points=arguments.points // 4),
                                        encoding="utf-8")
    with open(folder / "local.txt", "wb") as log:
        status, seconds = timed(disturbed.command("local", "--cores", str(arguments.cpus)),
                                cwd=folder, stderr=log)
    if status not in (0, 1):
        raise RuntimeError((folder / "local.txt").read_text(encoding="utf-8"))
    print(f"undisturbed on this machine: status {status}, {seconds:.0f} s", flush=True)
    begin = time.monotonic()
    again = disturbed.run()
    print(f"on Slurm: status {again}, {time.monotonic() - begin:.0f} s; "
          + ", ".join(f"{kind} {count} times" for kind, count in disturbed.counts.items()))
    print(f"finished points run again: {len(disturbed.repeated)} of {len(disturbed.seen)}")
    tables = [compare(folder, name) for name in ("table.csv", "failures.csv")]
    return all(tables) and again == status and not disturbed.repeated and disturbed.seen


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--invar", required=True, type=os.path.abspath, help="the program")
    parser.add_argument("--points", type=int, default=200, help="about so many [%(default)s]")
    parser.add_argument("--group", type=int, default=20, help="points a job [%(default)s]")
    parser.add_argument("--kills", type=int, default=2, help="of each kind [%(default)s]")
    parser.add_argument("--pause", type=float, default=8.0,
                        help="longest between two, in seconds [%(default)s]")
    parser.add_argument("--cpus", type=int, default=2, help="of the node [%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="of what is killed when [%(default)s]")
    arguments = parser.parse_args()
    if missing():
        print(f"SKIPPED: not installed: {', '.join(missing())}: "
              "scripts/install_dependencies.sh --all")
        return 0
    if os.geteuid() != 0:
        print("SKIPPED: Slurm's daemons are started as root")
        return 0
    with tempfile.TemporaryDirectory(prefix="invar-slurm-") as name:
        folder = pathlib.Path(name)
        (folder / "cluster").mkdir()
        cluster = Cluster(folder / "cluster", arguments.cpus)
        disturbed = Disturbed(arguments, folder, cluster)
        try:
            cluster.start()
            return 0 if check(arguments, folder, disturbed) else 1
        finally:
            disturbed.end()
            cluster.stop()


if __name__ == "__main__":
    sys.exit(main())
