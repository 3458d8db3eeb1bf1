"""Circuits with ideal wires.

Row node m<k> joins every output node o<j> through the conductance of cell (k, j); the op-amp of the
row senses m<k> and drives o<k>; minus arrays are driven by x<j> = -o<j>.
"""

import math

from .matrices import G_MAX, G_MIN, at_level, decaying, signed_pair, uniform, wishart
from .ngspice import resistor, solve_dc, solve_step

GAIN = 1e4
GAIN_BANDWIDTH_HZ = 100e6
INVERTER_RATIO = 0.5


def array(prefix, conductance, columns):
    return [resistor(f"{prefix}{k}_{j}", f"m{k}", f"{columns}{j}", value)
            for k, row in enumerate(conductance) for j, value in enumerate(row)]


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
    return solve_step(lines, n, circuit, end_s)


def mvm_dc(rng, rows, columns):
    conductance = [[at_level(rng.uniform(G_MIN, G_MAX)) for _ in range(columns)]
                   for _ in range(rows)]
    voltages = uniform(rng, rows, 0.25)
    lines = [f"Vm{k} m{k} 0 DC {voltage:.17g}" for k, voltage in enumerate(voltages)]
    lines += array("p", conductance, "o") + [f"Vo{j} o{j} 0 DC 0" for j in range(columns)]
    currents = solve_dc(lines, [f"i(vo{j})" for j in range(columns)])
    return {"conductance_s": conductance, "row_voltage_v": voltages, "current_a": currents}


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
