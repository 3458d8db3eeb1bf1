"""A folder with a small linear system, where designs are written and run."""
import csv
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

INVAR = os.path.abspath(sys.argv.pop(1))
SCRIPTS = pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"
sys.path.insert(0, str(SCRIPTS))
from generated_inputs import write_system  # noqa: E402

HEAD = 'command = "solve"\n'
BASE = '[base]\nsolve.matrix = "a.mtx"\nsolve.rhs = "b.mtx"\n'
BITS = '[[axis]]\nparameter = "adc.bits"\nvalues = [6, 8]\n'
NOISE = '[[axis]]\nparameter = "device.read_noise"\nfrom = 0.001\nto = 0.1\nscale = "log"\n'
SAMPLE = "[sample]\npoints = 3\n"


class Folder(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = pathlib.Path(directory.name)
        write_system(self.folder, 16, 2)

    def command(self, design, *options, invar=INVAR):
        (self.folder / "d.toml").write_text(design, encoding="utf-8")
        return [sys.executable, str(SCRIPTS / "sweep"), "d.toml", "--invar", str(invar),
                "--cores", "2", *options]

    def sweep(self, design, *options, invar=INVAR):
        return subprocess.run(self.command(design, *options, invar=invar), capture_output=True,
                              text=True, check=False, cwd=self.folder)

    def result(self, name):
        return (self.folder / "runs" / "d" / name).read_text(encoding="utf-8")

    def rows(self, name="table.csv"):
        return list(csv.DictReader(self.result(name).splitlines()))

    def reports(self):
        return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns)
                for path in self.folder.glob("runs/d/points/??/*.json")}
