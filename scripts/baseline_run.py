"""Runs of the program that give the same bits on every machine."""
import json
import os
import pathlib
import subprocess

LEVEL = "baseline"  # kernels that every processor has


class RunError(Exception):
    """What keeps a run from giving its report; one line."""


def run(invar, arguments, folder):
    """The report of one run, made in a folder."""
    report = pathlib.Path(folder) / "report.json"
    command = [str(pathlib.Path(invar).resolve()), *arguments, "--report", str(report), "--quiet"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                            env=dict(os.environ, INVAR_INSTRUCTION_SET=LEVEL))
    if result.returncode != 0:
        raise RunError(f"{' '.join(command)}: {result.stderr.strip()}")
    with open(report, encoding="utf-8") as file:
        return json.load(file)
