#!/usr/bin/python3
"""Reports of every command hold what is declared, and nothing else: docs/report.schema.json.

    tests/system/report_schema_test.py --invar build/release/platform/invar [--program IMAGE.elf]
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from check_bits import runs, write_inputs  # noqa: E402

SCHEMA = json.loads((ROOT / "docs/report.schema.json").read_text(encoding="utf-8"))
# Runs of check_bits.py, and what must stand in the report of each.
EXPECTED = {
    "train_rram": ["training.final_test_accuracy", "training.weights_hash", "area.total_mm2",
                   "history.0.test_accuracy", "epochs_to_target.0", "solution.iterations_mean"],
    "train_sgd": ["training.final_test_accuracy", "evaluations.0.loss"],
    "train_digital": ["area.total_mm2", "inversion_only.throughput_rhs_per_s"],
    "solve_rram": ["solution.residual_max", "solution.error_bound", "wear.tiles.0.writes_max"],
    "solve_digital": ["solution.residual_max"],
    "solve_circuit": ["solution.wire_error.inv_after"],
    "workload_rram": ["workload.measured.amortised.spread.fastest", "host.sampling_wall_s"],
    "workload_digital": ["workload.measured.step_with_factors.time_s"],
    "circuit_inv": ["settling_tolerance", "poles.0.real_rad_s"],
    "circuit_mvm": ["solutions.0.largest_output_a"],
    "run": ["firmware_hash"],
}


def kind_of(report):
    return "circuit" if report["schema"].startswith("invar-circuit-") else "run"


def has(report, path):
    for key in path.split("."):
        try:
            report = report[int(key) if isinstance(report, list) else key]
        except (KeyError, IndexError):
            return False
    return True


def make_report(invar, arguments, folder):
    report = folder / "report.json"
    result = subprocess.run([invar, *arguments, "--report", str(report), "--quiet"], cwd=folder,
                            capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1):
        sys.exit(f"{' '.join(arguments)}: {result.stderr.strip()}")
    return json.loads(report.read_text(encoding="utf-8"))


def errors_of(report):
    """What a report has that it should not, or lacks."""
    validator = jsonschema.Draft202012Validator(SCHEMA["$defs"][kind_of(report)])
    return [f"{'.'.join(str(key) for key in error.absolute_path)}: {error.message[:200]}"
            for error in validator.iter_errors(report)]


def check_that_it_can_fail(report):
    """A key that is declared nowhere, one that is missing, and a value of another kind."""
    renamed = {("simulated_seconds" if key == "simulated_time_s" else key): value
               for key, value in report.items()}
    assert len(errors_of(renamed)) == 2, errors_of(renamed)
    assert errors_of({**report, "total_energy_j": "much"})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--invar", required=True)
    parser.add_argument("--program", help="RISC-V image for `invar run`")
    arguments = parser.parse_args()
    invar = str(pathlib.Path(arguments.invar).resolve())
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    commands = runs()
    if arguments.program:
        commands["run"] = ["run", str(pathlib.Path(arguments.program).resolve())]
    mistakes = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_inputs(folder)
        for run, expected in EXPECTED.items():
            if run not in commands:
                continue
            report = make_report(invar, commands[run], folder)
            mistakes += [f"{run}: {error}" for error in errors_of(report)]
            mistakes += [f"{run}: {path} is missing" for path in expected if not has(report, path)]
        check_that_it_can_fail(make_report(invar, commands["solve_rram"], folder))
        interrupted = [*commands["train_sgd"], "--simulated-timeout", "1e-5"]
        mistakes += [f"cut off: {error}" for error in errors_of(make_report(invar, interrupted,
                                                                             folder))]
    print("\n".join(mistakes))
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
