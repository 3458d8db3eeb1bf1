#!/usr/bin/env python3
"""Solves small analog circuits with ngspice and writes them as references for tests/circuit.

  scripts/make_circuit_references.py [NAME...]    all circuits, or those named

Needs `ngspice` (the committed data: ngspice 39, Debian 12). The netlists hold ideal wires: row
node m<k> joins every output node o<j> through the conductance of cell (k, j); the op-amp of the
row senses m<k> and drives o<k>; minus arrays are driven by x<j> = -o<j>. Matrices are made from
fixed seeds.

A reference is a text file of blocks: a line "name rows columns", then the values, row by row.
"""

import math
import pathlib
import random
import subprocess
import sys
import tempfile

DATA = pathlib.Path(__file__).resolve().parent.parent / "tests" / "circuit" / "data"

G_MIN, G_MAX, LEVELS = 0.5e-6, 35e-6, 8
GAIN = 1e4
GAIN_BANDWIDTH_HZ = 100e6
INVERTER_RATIO = 0.5
SAMPLES = 60


def at_level(conductance):
    """The nearest of the eight levels of a cell."""
    step = (G_MAX - G_MIN) / (LEVELS - 1)
    level = round((conductance - G_MIN) / step)
    return G_MIN + step * min(max(level, 0), LEVELS - 1)


def decaying(rng, n):
    return [[at_level(G_MAX * 0.4 ** abs(row - column) * rng.uniform(0.7, 1.0))
             if row != column else G_MAX for column in range(n)] for row in range(n)]


def wishart(rng, n):
    """X X^T of a non-negative X: the shape of a covariance behind a ReLU."""
    x = [[max(rng.gauss(0.0, 1.0), 0.0) for _ in range(3 * n)] for _ in range(n)]
    product = [[sum(a * b for a, b in zip(row, column)) for column in x] for row in x]
    largest = max(map(max, product))
    return [[G_MIN + (G_MAX - G_MIN) * value / largest for value in row] for row in product]


def signed_pair(rng, n, skew):
    """Plus and minus arrays of a diagonally heavy matrix; `skew` makes it non-symmetric."""
    plus = [[G_MIN] * n for _ in range(n)]
    minus = [[G_MIN] * n for _ in range(n)]
    for row in range(n):
        plus[row][row] = G_MAX
        for column in range(row):
            value = rng.gauss(0.0, 1.0) * 10e-6 / math.sqrt(n)
            for k, j in ((row, column), (column, row)):
                cell = value * (1.0 + skew * rng.uniform(-1.0, 1.0))
                (plus if cell > 0 else minus)[k][j] += abs(cell)
    return plus, minus


def uniform(rng, count, largest):
    return [rng.uniform(-largest, largest) for _ in range(count)]


def resistor(name, first, second, conductance):
    return f"R{name} {first} {second} {1.0 / conductance:.17g}"


def array(prefix, conductance, columns):
    return [resistor(f"{prefix}{k}_{j}", f"m{k}", f"{columns}{j}", value)
            for k, row in enumerate(conductance) for j, value in enumerate(row)]


def run(lines, options, control):
    """Output lines of a netlist's control section."""
    with tempfile.TemporaryDirectory() as folder:
        netlist = pathlib.Path(folder) / "circuit.cir"
        text = ["* circuit", *lines, f".options {options}", ".control", "set numdgt=16",
                "set width=200", *control, "quit", ".endc", ".end", ""]
        netlist.write_text("\n".join(text))
        done = subprocess.run(["ngspice", "-b", str(netlist)], cwd=folder, capture_output=True,
                              text=True, check=False)
        waveform = pathlib.Path(folder) / "waveform.txt"
        if waveform.exists():
            return waveform.read_text().splitlines()
        if "nan" in done.stdout or "aborted" in done.stdout + done.stderr:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout.splitlines()


def solve_dc(lines, names):
    """Values of the named quantities at the operating point."""
    output = run(lines, "reltol=1e-9 abstol=1e-18 vntol=1e-15 gmin=1e-15 itl1=1000",
                 ["op", *(f"print {name}" for name in names)])
    values = {}
    for line in output:
        name, _, value = line.partition(" = ")
        if name.strip() in names and value:
            values[name.strip()] = float(value)
    return [values[name] for name in names]


def inverters(n):
    return [f"Ex{j} x{j} 0 0 o{j} 1" for j in range(n)]


def inv_dc(circuit, law="linear"):
    """INV operating point; the op-amp is a controlled source with gain, offset and saturation."""
    n = len(circuit["plus_s"])
    gain = circuit["gain"]
    offsets = circuit.get("offset_v", [0.0] * n)
    lines = array("p", circuit["plus_s"], "o")
    if "minus_s" in circuit:
        lines += array("n", circuit["minus_s"], "x") + inverters(n)
    for k, current in enumerate(circuit["current_a"]):
        if "input_conductance_s" in circuit:
            g_in = circuit["input_conductance_s"]
            lines += [f"Vd{k} d{k} 0 DC {current / g_in:.17g}",
                      resistor(f"d{k}", f"d{k}", f"m{k}", g_in)]
        else:
            lines.append(f"Id{k} 0 m{k} DC {current:.17g}")
        if law == "linear":
            lines += [f"Vo{k} s{k} 0 DC {offsets[k]:.17g}", f"Eo{k} o{k} 0 s{k} m{k} {gain:.17g}"]
        elif law == "tanh":
            vs = circuit["saturation_v"]
            lines.append(f"Bo{k} o{k} 0 V={vs:.17g}*tanh(-{gain:.17g}*v(m{k})/{vs:.17g})")
        else:
            vs = circuit["saturation_v"]
            lines.append(f"Bo{k} o{k} 0 V=max(-{vs:.17g},min({vs:.17g},-{gain:.17g}*v(m{k})))")
    circuit["output_v"] = solve_dc(lines, [f"v(o{k})" for k in range(n)])
    return circuit


def step_response(circuit, end_s):
    """Outputs after the currents are switched on at t = 0, every output starting from 0 V.

    An op-amp is C dv/dt = -V(m) * 1 S - v / R with C = 1 / (2 pi GBW) and R = A0, buffered, so
    that the array does not load it: one pole.
    """
    n = len(circuit["plus_s"])
    capacitance = 1.0 / (2.0 * math.pi * circuit["gain_bandwidth_hz"])
    lines = array("p", circuit["plus_s"], "o")
    for k, current in enumerate(circuit["current_a"]):
        lines += [f"Id{k} 0 m{k} DC {current:.17g}", f"Go{k} c{k} 0 m{k} 0 1",
                  f"Co{k} c{k} 0 {capacitance:.17g} ic=0", f"Ro{k} c{k} 0 {circuit['gain']:.17g}",
                  f"Eo{k} o{k} 0 c{k} 0 1"]
    if "minus_s" in circuit:
        lines += array("n", circuit["minus_s"], "x")
        for k in range(n):
            # C / ratio dx/dt = -(v + x): a gain of -1 with its own pole.
            slower = capacitance / circuit["inverter_ratio"]
            lines += [f"Gx{k} y{k} 0 o{k} 0 1", f"Rx{k} y{k} 0 1",
                      f"Cx{k} y{k} 0 {slower:.17g} ic=0", f"Ex{k} x{k} 0 y{k} 0 1"]
    step = end_s / 6000
    nodes = " ".join(f"v(o{k})" for k in range(n))
    rows = run(lines, "reltol=1e-7 abstol=1e-16 vntol=1e-12 gmin=1e-15 method=trap",
               [f"tran {step:.17g} {end_s:.17g} 0 {step:.17g} uic", f"wrdata waveform.txt {nodes}"])
    # wrdata repeats the time before each vector.
    table = [[float(field) for field in row.split()] for row in rows]
    times = [row[0] for row in table]
    waves = [row[1::2] for row in table]
    final = waves[-1]
    full_scale = max(map(abs, final))
    distances = [max(abs(a - b) for a, b in zip(wave, final)) for wave in waves]
    if distances[len(distances) * 9 // 10] > 1e-4 * full_scale:
        raise RuntimeError("the circuit has not settled")
    last = max(i for i, distance in enumerate(distances) if distance > 0.01 * full_scale)
    outside = (distances[last] - 0.01 * full_scale) / (distances[last] - distances[last + 1])
    circuit["settling_1_percent_s"] = times[last] + outside * (times[last + 1] - times[last])
    circuit["time_s"] = [end_s * (sample + 1) / SAMPLES for sample in range(SAMPLES)]
    circuit["wave_v"] = []
    i = 0
    for time in circuit["time_s"]:
        while times[i + 1] < time and i + 2 < len(times):
            i += 1
        part = (time - times[i]) / (times[i + 1] - times[i])
        circuit["wave_v"].append([a + part * (b - a) for a, b in zip(waves[i], waves[i + 1])])
    return circuit


def mvm_dc(rng, rows, columns):
    conductance = [[at_level(rng.uniform(G_MIN, G_MAX)) for _ in range(columns)]
                   for _ in range(rows)]
    voltages = uniform(rng, rows, 0.25)
    lines = [f"Vm{k} m{k} 0 DC {voltage:.17g}" for k, voltage in enumerate(voltages)]
    lines += array("p", conductance, "o") + [f"Vo{j} o{j} 0 DC 0" for j in range(columns)]
    currents = solve_dc(lines, [f"i(vo{j})" for j in range(columns)])
    return {"conductance_s": conductance, "row_voltage_v": voltages, "current_a": currents}


def write(name, circuit):
    digits = {"wave_v": ".11g", "time_s": ".17g"}
    with open(DATA / f"{name}.txt", "w", encoding="ascii") as file:
        for key, value in circuit.items():
            matrix = value if isinstance(value, list) else [value]
            matrix = [row if isinstance(row, list) else [row] for row in matrix]
            file.write(f"{key} {len(matrix)} {len(matrix[0])}\n")
            form = digits.get(key, ".17g")
            for row in matrix:
                file.write(" ".join(format(cell, form) for cell in row) + "\n")


def inv(rng, n, matrix, largest_a=15e-6, **more):
    circuit = {"gain": GAIN, "current_a": uniform(rng, n, largest_a), **more}
    if matrix is signed_pair:
        circuit["plus_s"], circuit["minus_s"] = signed_pair(rng, n, 0.2)
    else:
        circuit["plus_s"] = matrix(rng, n)
    return circuit


def dynamic(rng, n, matrix):
    circuit = inv(rng, n, matrix, gain_bandwidth_hz=GAIN_BANDWIDTH_HZ)
    if matrix is signed_pair:
        circuit["inverter_ratio"] = INVERTER_RATIO
    return circuit


def circuits():
    """(name, function from a random generator to a solved circuit)."""
    for n in (4, 8, 16, 32):
        yield f"inv_decaying_{n}", lambda rng, n=n: inv_dc(inv(rng, n, decaying))
    for n in (8, 16):
        yield f"inv_offsets_{n}", lambda rng, n=n: inv_dc(
            inv(rng, n, decaying, gain=100.0, offset_v=uniform(rng, n, 5e-3)))
        yield f"inv_wishart_{n}", lambda rng, n=n: inv_dc(inv(rng, n, wishart))
        yield f"inv_signed_{n}", lambda rng, n=n: inv_dc(inv(rng, n, signed_pair))
        yield f"inv_tanh_{n}", lambda rng, n=n: inv_dc(
            inv(rng, n, decaying, largest_a=18e-6, saturation_v=0.5), "tanh")
        yield f"inv_hard_{n}", lambda rng, n=n: inv_dc(
            inv(rng, n, decaying, largest_a=18e-6, saturation_v=0.5), "hard")
        yield f"step_decaying_{n}", lambda rng, n=n: step_response(
            dynamic(rng, n, decaying), 80e-9)
        yield f"step_signed_{n}", lambda rng, n=n: step_response(
            dynamic(rng, n, signed_pair), 120e-9)
    yield "inv_input_conductance_8", lambda rng: inv_dc(
        inv(rng, 8, decaying, gain=100.0, input_conductance_s=34.5e-6))
    for rows, columns in ((8, 8), (16, 10)):
        yield f"mvm_{rows}_{columns}", lambda rng, rows=rows, columns=columns: mvm_dc(
            rng, rows, columns)


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:])
    for name, make in circuits():
        if wanted and name not in wanted:
            continue
        write(name, make(random.Random(name)))
        print(name)


if __name__ == "__main__":
    main()
