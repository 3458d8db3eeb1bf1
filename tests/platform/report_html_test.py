"""The page made from reports: stands alone, shows definitions, refuses what is no report."""
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts",
                      "report_html.py")


def sample(seconds=0.25):
    phases = [{"name": "forward", "seconds": seconds, "energy_j": 2e-6},
              {"name": "inversion", "seconds": 0.05, "energy_j": 1e-6}]
    component = {"name": "top.tile<0>", "busy_s": 0.05, "energy_j": 3e-6,
                 "by_phase": {"inversion": {"busy_s": 0.05, "energy_aj": 3000000000000}},
                 "kind": "adc",
                 "events": [{"name": "shot", "count": 7, "energy_j": 3e-6}]}
    point = {"epoch": 1.0, "step": 4, "simulated_time_s": 0.3, "loss": 0.5, "test_accuracy": 0.81}
    return {
        "schema": "invar-report-2", "system": "kfac, rram", "complete": True, "seed": 1,
        "workload": {"command": "train", "epochs": 1.0}, "data": {"name": "letters", "hash": "ab"},
        "simulated_time_s": seconds + 0.05, "total_energy_j": 3e-6, "phases": phases,
        "components": [component],
        "kinds": [{"name": "adc", "energy_j": 3e-6, "energy_aj": 3000000000000,
                   "by_phase": {"inversion": 1000000000000, "forward": 2000000000000}}],
        "verdict": {"text": "What binds is <forward>."},
        "inversion_only": {"phases": ["inversion"], "time_s": 0.05, "energy_j": 1e-6,
                           "time_definition": "doorbell to completion & more"},
        "whole_iteration": {"iterations": 4, "time_s": 0.1, "time_definition": "time a step"},
        "amdahl_bound": {"time_s": seconds, "energy_j": 2e-6, "definition": "if it were free"},
        "training": {"final_test_accuracy": 0.81}, "history": [point], "evaluations": [point],
        "epochs_to_target": [{"target": 0.8, "epochs": 1.0, "simulated_time_s": 0.3}],
        "solution": {"residual_max": 1e-3}, "wear": {"writes_per_cell_max": 4},
        "configuration": {"adc": {"bits": 8}, "dac": {"bits": 8}},
        "parameters": {"adc.bits": {"unit": "bit", "source": "assumption"}},
    }


class ReportHtml(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def write(self, name, contents):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(contents if isinstance(contents, str) else json.dumps(contents))
        return self.path(name)

    def run_script(self, *arguments):
        return subprocess.run([sys.executable, SCRIPT, *arguments, "--out", self.path("r.html")],
                              capture_output=True, text=True, check=False)

    def page(self):
        with open(self.path("r.html"), encoding="utf-8") as file:
            return file.read()

    def refused(self, *arguments):
        result = self.run_script(*arguments)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertFalse(os.path.exists(self.path("r.html")))
        return result.stderr

    def test_workloads_compare_whatever_their_steps_took(self):
        first, second = sample(), sample()
        first["workload"]["measured"] = {"amortised": {"time_s": 1.0}}
        second["workload"]["measured"] = {"amortised": {"time_s": 2.0}}
        result = self.run_script(self.write("a.json", first), self.write("b.json", second))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_one_run_gives_a_page_that_stands_alone(self):
        result = self.run_script(self.write("a.json", sample()))
        self.assertEqual(result.returncode, 0, result.stderr)
        page = self.page()
        self.assertIn("doorbell to completion &amp; more", page)
        self.assertIn("If it were free", page)
        self.assertIn("top.tile&lt;0&gt;", page)
        self.assertGreaterEqual(page.count("<svg"), 5)
        for outside in ("src=", "href=\"http", "@import", "<script"):
            self.assertNotIn(outside, page)
        self.assertIn('<tr class="assumption"><td>adc.bits', page)
        self.assertIn("conductance drift after programming", page)

    def test_two_runs_stand_side_by_side_with_ratios(self):
        first = self.write("a.json", sample())
        second = self.write("b.json", sample(0.55))
        self.assertEqual(self.run_script(first, second).returncode, 0)
        page = self.page()
        self.assertIn("kfac, rram (b.json)", page)
        self.assertIn("× 2.2", page)
        self.assertIn("the whole run takes 2 times more time and the same energy", page)

    def test_any_number_of_runs_stands_on_a_page(self):
        paths = [self.write(f"{name}.json", sample(0.25 + 0.05 * place))
                 for place, name in enumerate("pqrs")]
        result = self.run_script(*paths)
        self.assertEqual(result.returncode, 0, result.stderr)
        page = self.page()
        for letter in "ABCD":
            self.assertIn(f'<span class="run">{letter}</span>', page)
        self.assertIn("kfac, rram (s.json)", page)

    def test_the_verdict_comes_first_and_kinds_tell_what_inversion_costs(self):
        self.assertEqual(self.run_script(self.write("a.json", sample())).returncode, 0)
        page = self.page()
        self.assertLess(page.index("What binds is &lt;forward&gt;."), page.index("<svg"))
        costs = page[page.index("What inversion and programming spend"):]
        self.assertIn('<td>adc</td><td class="n">1 µJ</td>', costs)

    def test_tables_come_as_csv_in_plain_numbers(self):
        self.assertEqual(self.run_script(self.write("a.json", sample())).returncode, 0)
        found = re.search(r'download="phases.csv" href="data:text/csv;charset=utf-8,([^"]*)"',
                          self.page())
        rows = list(csv.reader(urllib.parse.unquote(found.group(1)).splitlines()))
        self.assertEqual(rows[0], ["Phase", "time", "share", "energy", "share"])
        self.assertEqual(rows[1][:2], ["forward", "0.25"])

    def test_a_run_cut_off_has_no_verdict(self):
        report = sample()
        report.update(complete=False, reason="stopped", verdict=None, whole_iteration={},
                      amdahl_bound={})
        self.assertEqual(self.run_script(self.write("a.json", report)).returncode, 0)
        self.assertIn("The run is not complete: no verdict.", self.page())

    def test_the_same_report_gives_the_same_page(self):
        path = self.write("a.json", sample())
        self.run_script(path)
        first = self.page()
        self.run_script(path)
        self.assertEqual(first, self.page())

    def test_a_page_never_replaces_its_report(self):
        report = self.write("r.html", sample())
        os.link(report, self.path("a.json"))
        before = self.page()
        result = self.run_script(self.path("a.json"))
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("is the report", result.stderr)
        self.assertEqual(self.page(), before)

    def test_a_page_keeps_the_permissions_of_the_one_before(self):
        self.write("r.html", "old")
        os.chmod(self.path("r.html"), 0o640)
        self.assertEqual(self.run_script(self.write("a.json", sample())).returncode, 0)
        self.assertEqual(os.stat(self.path("r.html")).st_mode & 0o777, 0o640)

    def test_what_is_no_report_is_refused_in_one_line(self):
        self.assertIn("no such file", self.refused(self.path("none.json")))
        self.assertIn("a.json:1: invalid JSON", self.refused(self.write("a.json", "{\"schema\"")))
        self.assertIn("schema 'x': must be", self.refused(self.write("b.json", {"schema": "x"})))
        self.assertIn('no "schema"', self.refused(self.write("c.json", [1])))
        broken = sample()
        del broken["phases"]
        self.assertIn('"phases" is missing', self.refused(self.write("d.json", broken)))
        broken = sample()
        broken["phases"] = 3
        self.assertIn("damaged report", self.refused(self.write("e.json", broken)))

    def test_files_without_a_bound_are_refused(self):
        nested = "[" * 10000 + "]" * 10000
        for name, text in (("a", nested), ("b", '{"schema": ' + nested + "}"),
                           ("c", '{"a":' * 100 + "1" + "}" * 100)):
            self.assertIn("nested deeper than 64 levels", self.refused(self.write(name, text)))
        self.assertIn("invalid JSON", self.refused(self.write("d", "9" * 10000)))
        os.mkfifo(self.path("pipe"))
        for path in (self.path("pipe"), "/dev/zero"):
            self.assertIn("not a regular file", self.refused(path))
        self.assertIn("is a directory", self.refused(self.path("")))

    def test_reports_of_both_schemas_are_read_and_not_mixed(self):
        old = dict(sample(), schema="invar-report-1")
        old_path, new_path = self.write("old.json", old), self.write("new.json", sample())
        self.assertEqual(self.run_script(old_path).returncode, 0)
        os.remove(self.path("r.html"))
        message = self.refused(new_path, old_path)
        self.assertIn("schemas invar-report-1 and invar-report-2", message)

    def test_runs_of_different_seeds_are_refused(self):
        other = sample()
        other["seed"] = 2
        message = self.refused(self.write("a.json", sample()), self.write("b.json", other))
        self.assertIn("seeds 2 and 1", message)


if __name__ == "__main__":
    unittest.main()
