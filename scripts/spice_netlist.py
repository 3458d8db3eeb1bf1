#!/usr/bin/env python3
"""Writes the circuit of an `invar circuit` command as an ngspice netlist, and solves it.

  scripts/spice_netlist.py --operation inv|mvm --conductance G.mtx --input i.mtx ...
      the netlist, to standard output or to --netlist FILE
  scripts/spice_netlist.py ... --out v.mtx --run [--transient t.csv --stop-time S]
      runs ngspice and writes the files that `invar circuit` writes, in the same formats

Flags and defaults are those of `invar circuit`. What has no place in a netlist (--report, --quiet,
--allow-unstable, --settling-tolerance) is accepted and ignored; .op finds the operating point of an
unstable loop too. Needs Python 3.11; --run needs ngspice.

Nodes: l<k> and m<k> are the left end and the sensed end of row k, o<j> the output that drives
column j, x<j> the inverted output. Array p has row nodes pr<k>_<j> and column nodes pc<k>_<j>, the
minus array qr and qc. A wire without resistance is one node; a cell without conductance is left
out.
"""

import argparse
import math
import pathlib
import re
import subprocess
import sys
import tempfile

from input_file import InputError, read_text
from matrix_market import read_matrix, write_matrix

OP_OPTIONS = ".options reltol=1e-9 abstol=1e-18 vntol=1e-15 gmin=1e-15 itl1=2000"
TRAN_OPTIONS = ".options reltol=1e-7 abstol=1e-16 vntol=1e-12 gmin=1e-15 method=trap"
STEPS = 6000
LARGEST_CONDUCTANCE_S = 1e3
LEAST_CONDUCTANCE_S = 1e-300  # of a cell with a resistance that is a number
LARGEST_DRIVE = 1e6  # A or V
LARGEST_CONFIG_BYTES = 1 << 20


class Failure(Exception):
    """A message for the user and the exit status that goes with it."""

    def __init__(self, message, status=2):
        super().__init__(message)
        self.status = status


# --- files ---------------------------------------------------------------------------------------


def write_transient(path, rows):
    lines = ["t_s," + ",".join(f"v{k}" for k in range(len(rows[0]) - 1))]
    lines += [",".join(map(repr, row)) for row in rows]
    pathlib.Path(path).write_text("\n".join(lines) + "\n", encoding="ascii")


def require_magnitude(path, matrix, largest, unit):
    for k, row in enumerate(matrix):
        for j, value in enumerate(row):
            if abs(value) > largest:
                raise Failure(f"{path}: value ({k + 1}, {j + 1}) is {value:g}: "
                              f"magnitude must be at most {largest:g} {unit}")


def read_vector(path, count, default, largest=math.inf, above_zero=False):
    if not path:
        return [default] * count
    matrix = read_matrix(path)
    values = [value for row in matrix for value in row]
    if len(values) != count or 1 not in (len(matrix), len(matrix[0])):
        raise Failure(f"{path}: {len(matrix)} x {len(matrix[0])}: must be {count} x 1")
    require_magnitude(path, matrix, largest, "V")
    for k, value in enumerate(values):
        if above_zero and not value > 0.0:
            raise Failure(f"{path}: value {k + 1} is {value}: must be above 0")
    return values


def read_config(path):
    """The table [circuit] of a TOML file."""
    import tomllib  # Python 3.11; needed with --config alone
    try:
        circuit = tomllib.loads(read_text(path, LARGEST_CONFIG_BYTES)).get("circuit", {})
    except tomllib.TOMLDecodeError as error:
        raise Failure(f"{path}: {error}") from None
    except RecursionError:
        raise Failure(f"{path}: nested too deep") from None
    if not isinstance(circuit, dict):
        raise Failure(f"{path}: circuit must be a table: write [circuit]")
    return circuit


# --- netlist -------------------------------------------------------------------------------------


def number(value):
    return f"{value:.17g}"


class Netlist:
    """The lines of a circuit; wires are lists of nodes from one end to the other."""

    def __init__(self, options):
        self.options = options
        self.lines = []
        self.row_ohm = options.row_resistance
        self.column_ohm = options.column_resistance

    def wire(self, name, nodes, resistance):
        for i, (first, second) in enumerate(zip(nodes, nodes[1:])):
            if first != second:
                self.lines.append(f"R{name}_{i} {first} {second} {number(resistance)}")

    def array(self, prefix, conductance, row_ends, column_ends, last_row_first=False):
        """Cells, and wires between `row_ends[k]` = (left, right) and the drivers of the columns.

        An end of None is open. Drivers are beside row 0, or beside the last row.
        """
        rows, columns = len(conductance), len(conductance[0])

        def row_node(k, j):
            left, right = row_ends[k]
            return f"{prefix}r{k}_{j}" if self.row_ohm else left or right

        def column_node(k, j):
            return f"{prefix}c{k}_{j}" if self.column_ohm else column_ends[j]

        for k in range(rows):
            left, right = row_ends[k]
            nodes = [row_node(k, j) for j in range(columns)]
            self.wire(f"{prefix}r{k}", [left] * bool(left) + nodes + [right] * bool(right),
                      self.row_ohm)
        for j in range(columns):
            order = range(rows - 1, -1, -1) if last_row_first else range(rows)
            self.wire(f"{prefix}c{j}", [column_ends[j]] + [column_node(k, j) for k in order],
                      self.column_ohm)
        for k in range(rows):
            for j in range(columns):
                self.cell(f"{prefix}g{k}_{j}", row_node(k, j), column_node(k, j), conductance[k][j])

    def cell(self, name, first, second, conductance):
        if conductance < LEAST_CONDUCTANCE_S:
            return
        a = self.options.nonlinearity
        if a == 0.0:
            self.lines.append(f"R{name} {first} {second} {number(1.0 / conductance)}")
        else:
            self.lines.append(f"B{name} {first} {second} "
                              f"I={number(conductance / a)}*sinh({number(a)}*v({first},{second}))")

    def op_amp(self, k, gain, bandwidth, offset):
        """V(o) = gain (offset - V(m)), with a supply, with a pole for a transient."""
        options = self.options
        vs = number(options.saturation)
        if options.transient:
            # C dv/dt = (V_os - V(m)) * 1 S - v / A0 with C = 1 / (2 pi GBW): one pole, buffered.
            self.lines += [f"Go{k} d{k} 0 m{k} s{k} 1", f"Vs{k} s{k} 0 DC {number(offset)}",
                           f"Co{k} d{k} 0 {number(1.0 / (2.0 * math.pi * bandwidth))} ic=0",
                           f"Ro{k} d{k} 0 {number(gain)}"]
            drive = f"v(d{k})"
            linear = f"Eo{k} o{k} 0 d{k} 0 1"
        else:
            drive = f"{number(gain)}*({number(offset)}-v(m{k}))"
            linear = f"Eo{k} o{k} 0 s{k} m{k} {number(gain)}"
            if options.saturation == 0.0:
                self.lines.append(f"Vs{k} s{k} 0 DC {number(offset)}")
        if options.saturation == 0.0:
            self.lines.append(linear)
        elif options.saturation_law == "tanh":
            self.lines.append(f"Bo{k} o{k} 0 V={vs}*tanh(({drive})/{vs})")
        else:
            self.lines.append(f"Bo{k} o{k} 0 V=max(-{vs},min({vs},{drive}))")

    def inverter(self, j, bandwidth, offset):
        self.lines.append(f"Vx{j} z{j} 0 DC {number(offset)}")
        if self.options.transient:
            # C dx/dt = -(v + x - offset): a gain of -1 with a pole of its own.
            capacitance = 1.0 / (2.0 * math.pi * bandwidth)
            self.lines += [f"Gx{j} y{j} 0 o{j} z{j} 1", f"Rx{j} y{j} 0 1",
                           f"Cx{j} y{j} 0 {number(capacitance)} ic=0", f"Ex{j} x{j} 0 y{j} 0 1"]
        else:
            self.lines.append(f"Ex{j} x{j} 0 z{j} o{j} 1")


def inv_netlist(options, plus, minus, inputs):
    """(lines, names of the input sources, names of the outputs)"""
    n = len(plus)
    if len(plus[0]) != n:
        raise Failure(f"{options.conductance}: {n} x {len(plus[0])}: must be square")
    netlist = Netlist(options)
    left = [f"l{k}" if netlist.row_ohm else f"m{k}" for k in range(n)]
    netlist.array("p", plus, [(left[k], f"m{k}") for k in range(n)], [f"o{j}" for j in range(n)])
    if minus:
        netlist.array("q", minus, [(f"m{k}", None) for k in range(n)], [f"x{j}" for j in range(n)])
    gains = read_vector(options.gains, n, options.gain, above_zero=True)
    bandwidths = read_vector(options.gain_bandwidths, n, options.gain_bandwidth, above_zero=True)
    offsets = read_vector(options.offset, n, 0.0, LARGEST_DRIVE)
    inverter_offsets = read_vector(options.inverter_offset, n, 0.0, LARGEST_DRIVE)
    for k in range(n):
        netlist.op_amp(k, gains[k], bandwidths[k], offsets[k])
        if minus:
            netlist.inverter(k, options.inverter_bandwidth_ratio * options.gain_bandwidth,
                             inverter_offsets[k])
        node = left[k] if options.injection == "far" else f"m{k}"
        netlist.lines.append(f"Ii{k} 0 {node} DC {number(inputs[k][0])}")
    return netlist.lines, [f"ii{k}" for k in range(n)], [f"v(o{k})" for k in range(n)]


def mvm_netlist(options, plus, minus, inputs):
    netlist = Netlist(options)
    columns = range(len(plus[0]))
    netlist.array("p", plus, [(f"s{k}", None) for k in range(len(plus))],
                  [f"o{j}" for j in columns], last_row_first=True)
    netlist.lines += [f"Vo{j} o{j} 0 DC 0" for j in columns]
    if minus:
        netlist.array("q", minus, [(f"s{k}", None) for k in range(len(plus))],
                      [f"x{j}" for j in columns], last_row_first=True)
        netlist.lines += [f"Vx{j} x{j} 0 DC 0" for j in columns]
    netlist.lines += [f"Vi{k} s{k} 0 DC {number(row[0])}" for k, row in enumerate(inputs)]
    outputs = [f"i(vo{j})-i(vx{j})" if minus else f"i(vo{j})" for j in columns]
    return netlist.lines, [f"vi{k}" for k in range(len(inputs))], outputs


def control(options, inputs, sources, outputs):
    """Operating points of all right-hand sides, then the step response of the first."""
    lines = [".control", "set numdgt=16", "set width=200"]
    if options.transient:
        lines += [f"tran {number(options.time_step)} {number(options.stop_time)} 0 "
                  f"{number(options.time_step)} uic",
                  f"wrdata transient.txt {' '.join(outputs)}"]
    for column in range(len(inputs[0])):
        lines += [f"alter {source} dc = {number(inputs[k][column])}"
                  for k, source in enumerate(sources)] if column else []
        lines += ["op"]
        for name in outputs:
            lines += [f"let result = {name}", "print result"]
    return lines + ["quit", ".endc", ".end"]


def make_netlist(options):
    plus = read_matrix(options.conductance)
    minus = read_matrix(options.conductance_negative) if options.conductance_negative else None
    inputs = read_matrix(options.input)
    for path, matrix in ((options.conductance, plus), (options.conductance_negative, minus)):
        for k, row in enumerate(matrix or []):
            for j, value in enumerate(row):
                if value < 0.0:
                    raise Failure(f"{path}: conductance ({k + 1}, {j + 1}) is {value} S: "
                                  "must not be negative")
        require_magnitude(path, matrix or [], LARGEST_CONDUCTANCE_S, "S")
    if minus and (len(minus), len(minus[0])) != (len(plus), len(plus[0])):
        raise Failure(f"{options.conductance_negative}: must have the size of "
                      f"{options.conductance}")
    if len(inputs) != len(plus):
        raise Failure(f"{options.input}: {len(inputs)} rows: must be {len(plus)}")
    require_magnitude(options.input, inputs, LARGEST_DRIVE,
                      "A" if options.operation == "inv" else "V")
    if options.transient and len(inputs[0]) != 1:
        raise Failure(f"{options.input}: {len(inputs[0])} columns: --transient takes one")
    build = inv_netlist if options.operation == "inv" else mvm_netlist
    lines, sources, outputs = build(options, plus, minus, inputs)
    lines = [f"* invar circuit, {options.operation}, {len(plus)} x {len(plus[0])}", *lines,
             TRAN_OPTIONS if options.transient else OP_OPTIONS,
             *control(options, inputs, sources, outputs), ""]
    return "\n".join(lines), len(outputs), len(inputs[0])


# --- ngspice -------------------------------------------------------------------------------------


def run(options, text, size, columns):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "circuit.cir").write_text(text, encoding="ascii")
        try:
            done = subprocess.run([options.ngspice, "-b", "circuit.cir"], cwd=folder,
                                  capture_output=True, text=True, check=False)
        except OSError as error:
            raise Failure(f"{options.ngspice}: {error.strerror}") from error
        values = [float(line.split("=")[1]) for line in done.stdout.splitlines()
                  if line.startswith("result = ")]
        log = done.stdout + done.stderr
        count = size * columns
        if len(values) != count or not all(map(math.isfinite, values)) or "singular" in log:
            raise Failure("ngspice found no operating point:\n" + log[-2000:], 1)
        write_matrix(options.out, [values[at:at + size] for at in range(0, count, size)])
        if options.transient:
            waves = pathlib.Path(folder) / "transient.txt"
            if not waves.exists():
                raise Failure("ngspice found no step response:\n" + log[-2000:], 1)
            # wrdata repeats the time before each vector.
            table = [[float(field) for field in line.split()]
                     for line in waves.read_text(encoding="ascii").splitlines()]
            write_transient(options.transient, [[row[0]] + row[1::2] for row in table])


def parse(arguments):
    parser = argparse.ArgumentParser(description="ngspice netlist of an `invar circuit` command",
                                     allow_abbrev=False)
    add = parser.add_argument
    add("--config", metavar="FILE", help="TOML file of `invar circuit`; flags win")
    add("--operation", choices=("inv", "mvm"))
    for flag in ("conductance", "conductance-negative", "input", "out", "gains", "offset",
                 "inverter-offset", "gain-bandwidths", "transient"):
        add(f"--{flag}", metavar="FILE", default="")
    for flag, unit, default in (("wire-resistance", "OHM", 0.0), ("row-resistance", "OHM", None),
                                ("column-resistance", "OHM", None), ("gain", "A0", 1e4),
                                ("saturation", "V", 0.0), ("gain-bandwidth", "HZ", 100e6),
                                ("inverter-bandwidth-ratio", "R", 0.5), ("nonlinearity", "A", 0.0),
                                ("settling-tolerance", "T", 0.01)):
        add(f"--{flag}", metavar=unit, type=float, default=default)
    add("--saturation-law", choices=("hard", "tanh"), default="hard")
    add("--injection", choices=("near", "far"), default="near")
    for flag in ("allow-unstable", "quiet"):
        add(f"--{flag}", action="store_true")
    add("--report", metavar="FILE")
    add("--run", action="store_true", help="solve with ngspice, write --out and --transient")
    add("--netlist", metavar="FILE", help="write the netlist here")
    add("--ngspice", metavar="PROGRAM", default="ngspice")
    add("--stop-time", metavar="S", type=float, help="end of the step response")
    add("--time-step", metavar="S", type=float, help="largest; default stop time / %d" % STEPS)
    config = parser.parse_args(arguments).config
    if config:
        parser.set_defaults(**{re.sub("_(ohm|hz|per_v|v)$", "", key): value
                               for key, value in read_config(config).items()})
    options = parser.parse_args(arguments)
    for required in ("operation", "conductance", "input"):
        if not getattr(options, required):
            parser.error(f"--{required} is missing")
    for flag in ("row_resistance", "column_resistance"):
        if getattr(options, flag) is None:
            setattr(options, flag, options.wire_resistance)
    if options.run and not options.out:
        parser.error("--run needs --out")
    if options.transient and (options.operation != "inv" or not options.stop_time):
        parser.error("--transient needs --operation inv and --stop-time")
    options.time_step = options.time_step or (options.stop_time or 0.0) / STEPS
    return options


def refuse(error, status):
    print(f"{pathlib.Path(sys.argv[0]).name}: {error}", file=sys.stderr)
    return status


def main():
    try:
        options = parse(sys.argv[1:])
        text, size, columns = make_netlist(options)
        if options.netlist:
            pathlib.Path(options.netlist).write_text(text, encoding="ascii")
        elif not options.run:
            sys.stdout.write(text)
        if options.run:
            run(options, text, size, columns)
    except Failure as failure:
        return refuse(failure, failure.status)
    except InputError as error:
        return refuse(error, 2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
