"""Runs of the program that give the same bits on every machine."""
import json
import os
import pathlib
import subprocess

LEVEL = "baseline"  # kernels that every processor has


class RunError(Exception):
    """What keeps a run from giving its report; one line."""


def run(invar, arguments, folder, ends=(0,)):
    """The report of one run, made in a folder. `ends`: exit statuses that are no error."""
    report = pathlib.Path(folder) / "report.json"
    command = [str(pathlib.Path(invar).resolve()), *arguments, "--report", str(report), "--quiet"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                            env=dict(os.environ, INVAR_INSTRUCTION_SET=LEVEL))
    if result.returncode not in ends:
        raise RunError(f"{' '.join(command)}: {result.stderr.strip()}")
    with open(report, encoding="utf-8") as file:
        return json.load(file)
