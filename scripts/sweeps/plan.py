"""The points of a design, each with an identity of its own, and where its files lie."""
import concurrent.futures
import hashlib
import itertools
import json
import os
import pathlib

from input_file import InputError, open_regular
from sweeps.parameters import INPUTS, NEUTRAL

# Rises where what a point does with its configuration changes.
FORMAT = 1
DIGITS = 20
# Points that are put to `invar` before any is run.
TRIED = 5
# Arguments that every run has: a result is its report.
OUTPUTS = {"solve": ["--out", "/dev/null"], "circuit": ["--out", "/dev/null"]}


class Files:
    """Where files of a design lie, and what they hold; each is read once."""

    def __init__(self, folder):
        self.folder = folder
        self.digests = {}

    def path(self, key, value):
        """Relative to the design; a data set's name stays one."""
        path = os.path.join(self.folder, value)
        return value if key == "train.dataset" and not os.path.exists(path) else path

    def digest(self, key, value):
        if (key, value) not in self.digests:
            self.digests[key, value] = self.read(key, value)
        return self.digests[key, value]

    def read(self, key, value):
        if value == "":
            return ""
        if key == "train.dataset":
            return self.data_set(value)
        try:
            return file_digest(self.path(key, value))
        except InputError as error:
            raise InputError(f"{key}: {error}") from None

    def data_set(self, value):
        """Of its files; the name of one that is nowhere, which `invar` has advice about."""
        places = [self.folder, os.environ.get("INVAR_DATA"), "data"]
        folders = [os.path.join(place, value) for place in places if place]
        folder = next((one for one in folders if os.path.isdir(one)), None)
        if folder is None:
            return value
        paths = sorted(path for path in pathlib.Path(folder).iterdir() if path.is_file())
        return [[path.name, file_digest(path)] for path in paths]


def file_digest(path):
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Point:
    def __init__(self, identity, settings, arguments):
        self.identity, self.settings, self.arguments = identity, settings, arguments


def expanded(design):
    """Settings of all points: axes as written, the last fastest, then samples, then seeds."""
    grids = [axis for axis in design.axes if axis not in design.sampled]
    samples = [axis.values(design.method, design.seed, design.count) for axis in design.sampled]
    for rows in itertools.product(*(axis.rows for axis in grids)):
        fixed = dict(design.base)
        for axis, row in zip(grids, rows):
            fixed.update(zip(axis.parameters, row))
        for index in range(design.count):
            chosen = {axis.parameter: values[index]
                      for axis, values in zip(design.sampled, samples)}
            for seed in design.seeds or [None]:
                yield {**fixed, **chosen, **({} if seed is None else {"run.seed": seed})}


def as_text(value):
    """As --set takes it."""
    return value if isinstance(value, str) else json.dumps(value)


class Planner:
    def __init__(self, design):
        self.design = design
        self.files = Files(design.folder)
        self.defaults = {}

    def points(self):
        """Each once, in the order of the table."""
        points = {}
        for settings in expanded(self.design):
            point = self.point(settings)
            points.setdefault(point.identity, point)
        return list(points.values())

    def point(self, settings):
        content = [[key, self.files.digest(key, value) if key in INPUTS else value]
                   for key, value in sorted(settings.items()) if key not in NEUTRAL]
        identity = json.dumps([FORMAT, self.design.parameters.version, self.design.command,
                               self.defaults_of(settings), content])
        return Point(hashlib.sha256(identity.encode()).hexdigest()[:DIGITS], settings,
                     self.arguments(settings))

    def defaults_of(self, settings):
        """A changed default or preset of `invar` makes other points of the same settings."""
        asked = tuple(settings.get(key, "") for key in ("config", "run.preset"))
        if asked not in self.defaults:
            config, preset = asked
            arguments = ["--config", self.files.path("config", config)] if config else []
            arguments += ["--set", f"run.preset={preset}"] if preset else []
            self.defaults[asked] = self.design.parameters.digest_of_defaults(*arguments)
        return self.defaults[asked]

    def arguments(self, settings):
        own = {} if self.design.command == "circuit" else {"run.threads": 1}
        network = [self.files.path("network", settings["network"])] if "network" in settings else []
        return [*OUTPUTS.get(self.design.command, []), *self.flags({**own, **settings}), *network]

    def flags(self, settings):
        flags = []
        for key, value in settings.items():
            if key in INPUTS and value != "":
                value = self.files.path(key, value)
            if key == "config":
                flags += ["--config", value]
            elif key != "network":
                flags += ["--set", f"{key}={as_text(value)}"]
        return flags

    def refuse_all_refused(self, points):
        """Some combinations of good values may be bad, and fail; all of them are a mistake."""
        tried = points[::max(1, len(points) // TRIED)][:TRIED]
        messages = [self.message_of(point) for point in tried]
        if all(messages):
            raise InputError(f"none of {len(tried)} points tried can run: {messages[0]}")

    def message_of(self, point):
        """Of `invar` about the point's parameters; empty if they are good."""
        try:
            self.design.parameters.ask("params", self.design.command, *self.flags(point.settings))
        except InputError as error:
            return str(error)
        return ""
