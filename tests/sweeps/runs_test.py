"""Runs of sweeps through Snakemake on this machine: what fails, what is killed and goes on."""
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

from sweep_folder import BASE, BITS, HEAD, INVAR, NOISE, SAMPLE, Folder

# Noise of 0.4 cannot be refined away.
HOPELESS = ('solve.digital_fallback = false\nsolver.iteration_limit = 20\n[[axis]]\n'
            'parameter = "device.read_noise"\nvalues = [0.01, 0.4]\n')
# A stand-in for `invar` that waits before it runs.
SLOW = '#!/bin/sh\n[ "$1" = solve ] && sleep 0.3\nexec "{invar}" "$@"\n'


class Runs(Folder):
    def test_a_dry_run_counts_and_writes_nothing(self):
        design = HEAD + "seeds = 1000\n" + BASE + BITS + NOISE + "[sample]\npoints = 5\n"
        result = self.sweep(design, "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("10000 points, 0 finished, 10000 to do in 200 jobs of", result.stdout)
        self.assertIn("scheduled by Snakemake in ", result.stdout)
        self.assertFalse((self.folder / "runs").exists())

    def test_an_extended_design_runs_its_new_points_alone(self):
        self.assertEqual(self.sweep(HEAD + BASE + BITS + NOISE + SAMPLE).returncode, 0)
        first, before = self.rows(), self.reports()
        self.assertEqual([row["adc.bits"] for row in first], ["6"] * 3 + ["8"] * 3)
        self.assertGreater(float(first[0]["inversion_only.energy_j"]), 0.0)
        self.assertEqual([row["point"] for row in self.rows("host.csv")],
                         [row["point"] for row in first])
        longer = BITS.replace("6, 8", "8, 7, 6") + NOISE + "[sample]\npoints = 4\n"
        self.assertEqual(self.sweep(HEAD + BASE + longer).returncode, 0)
        rows, after = self.rows(), self.reports()
        self.assertEqual({name: after[name] for name in before}, before)
        self.assertEqual([row["adc.bits"] for row in rows], ["8"] * 4 + ["7"] * 4 + ["6"] * 4)
        by_point = {row["point"]: row for row in rows}
        self.assertEqual([by_point[row["point"]] for row in first], first)
        page = self.result("page.html")
        self.assertIn(f'href="points/{rows[0]["point"][:2]}/{rows[0]["point"]}.json"', page)
        self.assertNotIn("http", page)

    def test_a_failed_point_is_listed_and_stops_no_other(self):
        result = self.sweep(HEAD + BASE + HOPELESS)
        self.assertEqual(result.returncode, 1, result.stderr)
        failure, = self.rows("failures.csv")
        self.assertEqual(failure["device.read_noise"], "0.4")
        self.assertEqual(failure["message"], "the system could not be solved")
        self.assertIn(f"point {failure['point']} (device.read_noise = 0.4): {failure['message']}",
                      result.stderr)
        self.assertEqual(len(self.rows()), 1)
        self.assertIn(failure["message"], self.result("page.html"))

    def test_a_sweep_that_was_killed_goes_on_and_repeats_no_finished_point(self):
        slow = self.folder / "slow"
        slow.write_text(SLOW.format(invar=INVAR), encoding="utf-8")
        slow.chmod(0o755)
        design = HEAD + "seeds = 6\n" + BASE + BITS
        process = subprocess.Popen(self.command(design, "--group", "6", invar=slow),
                                   cwd=self.folder, start_new_session=True,
                                   stderr=subprocess.DEVNULL)
        while len(self.reports()) < 3 and process.poll() is None:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        before = self.reports()
        self.assertLess(len(before), 12)
        result = self.sweep(design, "--group", "6")
        self.assertEqual(result.returncode, 0, result.stderr)
        after = self.reports()
        self.assertEqual(len(after), 12)
        self.assertEqual({name: after[name] for name in before}, before)


if __name__ == "__main__":
    required = "--required" in sys.argv
    if shutil.which("snakemake") is None and not required:
        print("SKIPPED: snakemake is not installed: scripts/install_dependencies.sh --tests")
        sys.exit(0)
    unittest.main(argv=[argument for argument in sys.argv if argument != "--required"])
