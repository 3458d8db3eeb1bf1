"""A design of a sweep: one TOML file, read and checked as a whole before anything is written."""
import os
import tomllib

from input_file import InputError, read_text
from sweeps import figures, sampling
from sweeps.axis import SampledAxis, read_axis
from sweeps.names import require_keys
from sweeps.parameters import COMMANDS, INPUTS, REQUIRED, Parameters, flattened

LARGEST_BYTES = 1 << 22
MOST_POINTS = 1_000_000
LARGEST_SEED = 9_000_000_000_000_000
KEYS = ("command", "base", "axis", "sample", "seeds", "figures", "pareto")


class Design:
    def __init__(self, path, invar):
        self.path = path
        self.folder = os.path.dirname(os.path.abspath(path))
        try:
            self.read(tomllib.loads(read_text(path, LARGEST_BYTES)), invar)
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"{path}: invalid TOML: {error}") from None
        except InputError as error:
            message = str(error)
            raise InputError(message if message.startswith(f"{path}: ")
                             else f"{path}: {message}") from None

    def read(self, table, invar):
        require_keys("design", table, KEYS)
        command = table.get("command")
        if command not in COMMANDS:
            told = "is missing" if command is None else f"= {command!r}"
            raise InputError(f"command {told}: must be {', '.join(COMMANDS[:-1])} or "
                             f"{COMMANDS[-1]}")
        self.command = command
        self.parameters = Parameters(invar, command)
        self.base = self.read_base(table.get("base", {}))
        self.axes = self.read_axes(table.get("axis", []))
        self.seeds = self.read_seeds(table.get("seeds"))
        self.read_sample(table.get("sample"))
        self.refuse_twice()
        self.require_inputs()
        self.require_few()
        self.figures = self.read_figures(table.get("figures"))
        self.pareto = figures.Pareto(of_type("pareto", table.get("pareto", {}), dict), command,
                                     self.columns())

    def read_base(self, table):
        return {key: self.parameters.checked(key, value)
                for key, value in flattened(of_type("base", table, dict))}

    def read_axes(self, tables):
        return [read_axis(f"axis {number}", of_type("axis", one, dict), self.parameters)
                for number, one in enumerate(of_type("axis", tables, list), 1)]

    def read_seeds(self, seeds):
        """Of the runs; a number stands for so many from 1."""
        if seeds is None:
            return None
        self.parameters.require_known("run.seed")
        if type(seeds) is int and 1 <= seeds <= MOST_POINTS:
            return list(range(1, seeds + 1))
        if not isinstance(seeds, list) or not seeds:
            raise InputError(f"seeds = {seeds!r}: must be a list of seeds, or how many from 1 to "
                             f"{MOST_POINTS}")
        return list(dict.fromkeys(self.parameters.checked("run.seed", seed) for seed in seeds))

    def read_sample(self, table):
        self.sampled = [axis for axis in self.axes if isinstance(axis, SampledAxis)]
        self.count = 1
        if table is None:
            if self.sampled:
                raise InputError("[sample] is missing: method and number of points of "
                                 + ", ".join(axis.parameter for axis in self.sampled))
            return
        if not self.sampled:
            raise InputError("[sample]: no axis has a range without steps, or choices")
        require_keys("[sample]", of_type("sample", table, dict), ("method", "points", "seed"))
        self.method = table.get("method", "random")
        if self.method not in sampling.METHODS:
            raise InputError(f"[sample]: method = {self.method!r}: must be "
                             + " or ".join(sampling.METHODS))
        self.count = whole("[sample]: points", table.get("points"), 1, MOST_POINTS)
        self.seed = whole("[sample]: seed", table.get("seed", 1), 0, LARGEST_SEED)

    def refuse_twice(self):
        seen = set(self.base)
        for name in self.columns():
            if name in seen:
                raise InputError(f"{name}: given twice: a parameter stands in [base], in one axis "
                                 "or, run.seed, in seeds")
            seen.add(name)

    def require_inputs(self):
        given = {*self.base, *self.columns()}
        for name in REQUIRED[self.command]:
            if name not in given and ("config" not in given or name in INPUTS):
                raise InputError(f"{name} is missing: {self.command} needs it, in [base] or "
                                 "an axis")

    def require_few(self):
        points = self.count * len(self.seeds or [None])
        for axis in self.axes:
            points *= len(axis.rows) if axis not in self.sampled else 1
        if points > MOST_POINTS:
            raise InputError(f"{points} points: must be at most {MOST_POINTS}")

    def read_figures(self, names):
        names = list(figures.DEFAULTS[self.command]) if names is None else names
        if not of_type("figures", names, list):
            raise InputError("figures: empty: must name at least one")
        return list(dict.fromkeys(figures.checked(name, self.command) for name in names))

    def columns(self):
        """Parameters that differ between points, in the order of the table."""
        names = [name for axis in self.axes for name in axis.names()]
        return names + ["run.seed"] * (self.seeds is not None)


def of_type(name, value, kind):
    if not isinstance(value, kind):
        raise InputError(f"{name}: must be a {'table' if kind is dict else 'list'}")
    return value


def whole(name, value, low, high):
    if type(value) is not int or not low <= value <= high:
        told = "is missing" if value is None else f"= {value!r}"
        raise InputError(f"{name} {told}: must be a whole number from {low} to {high}")
    return value
