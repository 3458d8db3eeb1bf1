"""What `invar` says of its parameters: names of a command, defaults in force, allowed values."""
import hashlib
import json
import re
import subprocess
import tomllib

from input_file import InputError
from sweeps.names import nearest

COMMANDS = ("solve", "train", "workload", "circuit")

# Not parameters of `invar` but a flag and an argument that name a file.
ARGUMENTS = ("config", "network")
# Without which no run begins.
REQUIRED = {"solve": ("solve.matrix", "solve.rhs"), "train": ("train.dataset",),
            "workload": ("network",),
            "circuit": ("circuit.operation", "circuit.conductance", "circuit.input")}
# Parameters whose text names a file that is read. What it holds counts, not where it lies.
INPUTS = frozenset((
    "config", "network", "run.equal_area", "run.equal_power", "run.power_reference",
    "run.firmware", "run.simulator", "train.dataset", "train.network", "train.resume",
    "solve.matrix", "solve.rhs", "circuit.conductance", "circuit.conductance_negative",
    "circuit.input", "circuit.gains", "circuit.offset", "circuit.inverter_offset",
    "circuit.gain_bandwidths"))
# Files that points would write over each other's.
OUTPUTS = frozenset((
    "run.report", "train.checkpoint", "train.dump_factors", "solve.out", "vcd.file",
    "timeline.file", "instruction_trace.file", "function_profile.file", "circuit.out",
    "circuit.transient"))
# No effect on results.
NEUTRAL = frozenset(("run.threads", "run.quiet", "run.report", "run.timeout_s"))

WHOLE_RANGE = re.compile(r"from (\S+) to (\S+)|above (\S+) and at most (\S+)")
PAGE_ROW = re.compile(r"\| `([a-z0-9_.]+)` \| `(.*?)`[^|]* \| ([^|]*?) ?\| ([^|]*?) ?\| ")
COMMENTED_OUT = re.compile(r"^# (?=[a-z0-9_]+ = )", re.MULTILINE)


def flattened(table, prefix=""):
    """Tables of TOML as "group.name": value."""
    for key, value in table.items():
        if isinstance(value, dict) and "source" in value:  # a value with its origin
            yield prefix + key, value["value"]
        elif isinstance(value, dict):
            yield from flattened(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


class Allowed:
    """The values of one parameter, from the words that `invar` lists them in."""

    def __init__(self, words, default):
        self.words = words
        self.kind = type(default)
        self.low = self.high = None
        self.low_excluded = words.startswith("above ")
        self.choices = None
        found = WHOLE_RANGE.fullmatch(words)
        if found:
            self.low, self.high = (float(end) for end in found.groups() if end is not None)
        elif self.kind is str and words != "a text":
            self.choices = re.split(r", | or ", words)

    def is_number(self):
        return self.kind in (int, float)

    def must_be(self):
        return ("a whole number " if self.kind is int else "") + self.words

    def canonical(self, value):
        """The value as the parameter's own kind; None if it is none of its values."""
        if self.is_number():
            return self.number(value)
        if type(value) is not self.kind or (self.choices and value not in self.choices):
            return None
        return value

    def number(self, value):
        if type(value) not in (int, float):
            return None
        if self.kind is int and value != int(value):
            return None
        inside = self.low <= value <= self.high and not (self.low_excluded and value == self.low)
        return self.kind(value) if inside else None


class Parameters:
    def __init__(self, invar, command):
        self.invar, self.command = invar, command
        self.version = self.ask("--version").strip()
        uncommented = COMMENTED_OUT.sub("", self.ask("params", command))
        self.names = dict.fromkeys(name for name, _ in flattened(tomllib.loads(uncommented)))
        if command == "workload":
            self.names["network"] = None
        self.names["config"] = None
        self.allowed = {key: Allowed(words, tomllib.loads(f"v = {default}")["v"])
                        for key, default, _, words in PAGE_ROW.findall(self.ask("params", "page"))}
        for argument in ARGUMENTS:
            self.allowed[argument] = Allowed("a text", "")

    def ask(self, *arguments):
        try:
            result = subprocess.run([self.invar, *arguments], capture_output=True, text=True,
                                    check=False)
        except OSError as error:
            raise InputError(f"--invar {self.invar}: cannot be run: {error.strerror}") from None
        if result.returncode != 0:
            raise InputError(result.stderr.strip().removeprefix("invar: "))
        return result.stdout

    def digest_of_defaults(self, *arguments):
        """Of all values that a run has without being told; what stands commented out follows from
        others."""
        listing = tomllib.loads(self.ask("params", self.command, *arguments))
        values = {key: value for key, value in flattened(listing) if key not in NEUTRAL}
        for key in sorted(INPUTS | OUTPUTS):
            if values.get(key):  # what it holds would count for nothing
                raise InputError(f"{' '.join(arguments)}: {key}: must be in the design, not there")
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    def checked(self, key, value):
        """The value, or an InputError that names what is wrong with it."""
        self.require_known(key)
        canonical = self.allowed[key].canonical(value)
        if canonical is None:
            raise InputError(f"{key} = {json.dumps(value)}: must be "
                             f"{self.allowed[key].must_be()}")
        return canonical

    def require_known(self, key):
        if key in OUTPUTS:
            raise InputError(f"{key}: an output, which the points of a sweep would write over "
                             "each other's")
        if key not in self.names:
            raise InputError(f"unknown parameter {key} of {self.command}"
                             f"{nearest(key, self.names)}; "
                             f"`invar params {self.command}` lists all")
