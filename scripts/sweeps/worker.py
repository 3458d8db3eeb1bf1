#!/usr/bin/python3
"""Runs the points of one batch, those that are finished already left out.

    scripts/sweeps/worker.py BATCH.json

A report appears under its point's name as a whole or not at all, so that a batch may be killed at
any moment and run again. Exit status 0 even where points fail: their messages stand in files.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from sweeps.store import Store  # noqa: E402

LONGEST_MESSAGE = 4000


def replace(path, contents):
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(contents)
    os.replace(temporary, path)


def keep(temporary, target):
    """After a crash of the machine, too, the report is whole or not there."""
    with open(temporary, "rb") as file:
        os.fsync(file.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(temporary, target)


def complaint(result, report):
    """Why the run is no result; empty if it is one."""
    lines = [line.removeprefix("invar: ") for line in result.stderr.splitlines() if line.strip()]
    told = lines[-1][:LONGEST_MESSAGE] if lines else "no message"
    if result.returncode < 0:
        return f"ended by {signal.Signals(-result.returncode).name}: {told}"
    if result.returncode != 0:
        return told
    try:
        contents = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return f"no report: {error}"
    return "" if contents.get("complete") else f"not complete: {contents.get('reason')}"


def run(batch, point, store, folder):
    report = pathlib.Path(folder) / f"{point['identity']}.json"
    result = subprocess.run(
        [batch["invar"], batch["command"], *point["arguments"], "--quiet", "--report", report],
        cwd=batch["directory"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    message = complaint(result, report)
    failure = store.failure(point["identity"])
    if message:
        replace(failure, message + "\n")
    else:
        keep(report, store.report(point["identity"]))
        failure.unlink(missing_ok=True)
    report.unlink(missing_ok=True)


def main():
    # Ends the worker by an exception, so that nothing is said of a point that was cut off.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    batch = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    store = Store(batch["folder"])
    # On the file system of the results, where a file can be renamed into place.
    with tempfile.TemporaryDirectory(prefix="run-", dir=store.scratch()) as folder:
        for point in batch["points"]:
            if not store.report(point["identity"]).exists():
                run(batch, point, store, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
