"""Reports of invar as files: reading them, looking into them, and what may stand side by side."""
import json

from input_file import InputError, read_text

SCHEMAS = ("invar-report-2", "invar-report-1")
NEEDED = ("phases", "components", "inversion_only", "whole_iteration", "amdahl_bound",
          "simulated_time_s", "total_energy_j", "configuration", "workload", "data", "seed")

LARGEST_BYTES = 1 << 26
DEEPEST_NESTING = 64
TOO_DEEP = f"nested deeper than {DEEPEST_NESTING} levels, the most that are read"


class Run:
    def __init__(self, path):
        self.path = path
        self.report = load(path)
        self.label = self.report.get("system", "run")


def depth(value):
    """Levels of arrays and objects, without recursion."""
    level, levels = [value], 0
    while level := [item for item in level if isinstance(item, (dict, list))]:
        levels += 1
        level = [item for one in level
                 for item in (one.values() if isinstance(one, dict) else one)]
    return levels


def load(path):
    try:
        report = json.loads(read_text(path, LARGEST_BYTES))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: invalid JSON: {error.msg}") from None
    except ValueError as error:  # a number of thousands of digits
        raise InputError(f"{path}: invalid JSON: {error}") from None
    except RecursionError:
        raise InputError(f"{path}: {TOO_DEEP}") from None
    if depth(report) > DEEPEST_NESTING:
        raise InputError(f"{path}: {TOO_DEEP}")
    if not isinstance(report, dict) or "schema" not in report:
        raise InputError(f'{path}: no report of invar: it has no "schema"')
    if report["schema"] not in SCHEMAS:
        raise InputError(f'{path}: schema {report["schema"]!r}: must be '
                         + " or ".join(repr(schema) for schema in SCHEMAS))
    for key in NEEDED:
        if key not in report:
            raise InputError(f'{path}: incomplete report: "{key}" is missing')
    return report


def require_comparable(first, second):
    # Figures of one schema mean something else in another.
    pairs = [("schemas", first.report["schema"], second.report["schema"]),
             ("seeds", first.report["seed"], second.report["seed"]),
             ("data hashes", first.report["data"].get("hash"), second.report["data"].get("hash"))]
    # What a workload's steps took is a result, not the workload.
    names = {**first.report["workload"], **second.report["workload"]}
    names.pop("measured", None)
    pairs += [(name, first.report["workload"].get(name), second.report["workload"].get(name))
              for name in names]
    for what, one, other in pairs:
        if one != other:
            raise InputError(f"{second.path}: not of the workload of {first.path}: "
                             f"{what} {other} and {one}")


def dig(report, path):
    for key in path.split("."):
        if isinstance(report, list):
            report = report[int(key)] if int(key) < len(report) else None
        else:
            report = report.get(key) if isinstance(report, dict) else None
    return report
