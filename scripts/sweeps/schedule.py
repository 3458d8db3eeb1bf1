"""Batches of points as jobs of Snakemake, on this machine or a cluster."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from input_file import InputError

HERE = pathlib.Path(__file__).resolve().parent
SLURM = HERE / "slurm"
# Of a batch that was killed. Its finished points are not repeated.
RETRIES = 5
# A job of Snakemake costs tens of milliseconds here, seconds on a cluster.
LOCAL_JOBS_A_CORE = 8
LARGEST_LOCAL_GROUP, CLUSTER_GROUP = 50, 50
LONGEST_CANCEL_S = 300
PROGRESS_S = 10


def group_size(points, cores, on_cluster):
    if on_cluster:
        return CLUSTER_GROUP
    return max(1, min(LARGEST_LOCAL_GROUP, points // (cores * LOCAL_JOBS_A_CORE)))


def write_batches(folder, design, store, points, size):
    """Returns how many there are. A batch is named by its points: a job of an earlier run that is
    still alive cannot stand for another one."""
    (folder / "batches").mkdir()
    names = []
    for first in range(0, len(points), size):
        some = points[first:first + size]
        name = hashlib.sha256("".join(one.identity for one in some).encode()).hexdigest()[:16]
        batch = {"invar": design.parameters.invar, "command": design.command,
                 "directory": os.getcwd(), "folder": str(store.folder.resolve()),
                 "points": [{"identity": one.identity, "arguments": one.arguments}
                            for one in some]}
        (folder / "batches" / f"{name}.json").write_text(json.dumps(batch), encoding="utf-8")
        names.append(name)
    (folder / "batches.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    return len(names)


def require_usable(options):
    if shutil.which("snakemake") is None:
        raise InputError("snakemake: not found: install snakemake (Debian)")
    if options.profile == SLURM and shutil.which("sbatch") is None:
        raise InputError("--slurm: sbatch: not found: this machine submits no jobs to Slurm")
    if options.jobs and not options.profile:
        raise InputError("--jobs: goes with --slurm or --profile; here it is --cores")
    if options.profile and not options.profile.is_dir():
        raise InputError(f"--profile {options.profile}: must be a folder with a config.yaml")


def command(folder, options):
    """options: cores, profile and further ones of Snakemake."""
    where = ["--profile", str(options.profile.resolve())] if options.profile else \
        ["--cores", str(options.cores)]
    if options.jobs:
        where += ["--jobs", str(options.jobs)]
    return ["snakemake", "--snakefile", str(HERE / "Snakefile"), "--directory", str(folder),
            "--config", f"python={sys.executable}", f"worker={HERE / 'worker.py'}",
            "--keep-going", "--nolock", "--rerun-triggers", "mtime", "--restart-times",
            str(RETRIES), *where, *options.snakemake]


def dry_run(folder, options):
    """Snakemake plans all jobs and starts none."""
    result = subprocess.run([*command(folder, options), "--dry-run", "--quiet", "all"],
                            capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise InputError(f"snakemake: {result.stderr.strip() or result.stdout.strip()}")


def name_of_jobs(store):
    return "invar-sweep-" + hashlib.sha256(str(store.folder.resolve()).encode()).hexdigest()[:12]


def cancel_left_over(store):
    """Jobs of an earlier run that was killed would run beside the new ones. Slurm's controller may
    be away for a while."""
    name = f"--name={name_of_jobs(store)}"
    for _ in range(LONGEST_CANCEL_S):
        subprocess.run(["scancel", name], stderr=subprocess.DEVNULL, check=False)
        left = subprocess.run(["squeue", "--noheader", name], capture_output=True, check=False)
        if left.returncode == 0 and not left.stdout.strip():
            return
        time.sleep(1)
    raise InputError(f"--slurm: jobs {name} of an earlier run are still there after "
                     f"{LONGEST_CANCEL_S} s, or Slurm does not answer")


def run(store, options, lock, progress):
    """Returns whether all batches came to their end. The lock is held by Snakemake too: should
    this process be killed alone, nothing else begins beside it."""
    folder = store.scratch()
    (folder / "logs").mkdir()
    if options.profile == SLURM:
        cancel_left_over(store)
    environment = {**os.environ, "INVAR_SWEEP_JOBS": name_of_jobs(store),
                   "XDG_CACHE_HOME": str((folder / "cache").resolve())}
    with open(folder / "snakemake.txt", "w", encoding="utf-8") as log:
        process = subprocess.Popen([*command(folder, options), "all"], env=environment,
                                   pass_fds=[lock], stdout=log, stderr=subprocess.STDOUT)
    handlers = {number: signal.signal(number, lambda received, _: process.send_signal(received))
                for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        return wait(process, progress) == 0
    except KeyboardInterrupt:  # Snakemake has it too, and ends its jobs
        process.wait()
        raise
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def wait(process, progress):
    while True:
        try:
            return process.wait(PROGRESS_S)
        except subprocess.TimeoutExpired:
            progress()
