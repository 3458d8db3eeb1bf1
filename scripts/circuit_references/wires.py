"""Netlists of circuits whose wires have resistance, and of cells that are not linear.

Row k of the first (plus) array: node l<k>, r, its cells with r between neighbours, r, node m<k>,
which the op-amp senses. The minus array goes on from m<k>: r, cells, open; so does every further
array. Column j: its driver, r, cells with r between, open; the drivers are beside row 0. In an MVM
the rows are driven at the left and open at the right, the columns grounded beside the last row and
open at the top. A resistance of 0 merges a wire into one node.
"""

import math

from .ngspice import resistor, solve_dc, solve_step


def wire(lines, name, count, ohm, start=None, end=None):
    """Nodes of a wire's cells between two terminals, of which one may be missing (open)."""
    if ohm == 0.0:
        return [start or end] * count
    nodes = [f"{name}_{i}" for i in range(count)]
    chain = [start] * (start is not None) + nodes + [end] * (end is not None)
    lines += [f"R{name}w{i} {a} {b} {ohm:.17g}" for i, (a, b) in enumerate(zip(chain, chain[1:]))]
    return nodes


def crosspoint(circuit, name, conductance, row_ends, column_ends):
    """An array; `row_ends` and `column_ends` give the terminals (start, end) of a wire."""
    lines = []
    rows, columns = len(conductance), len(conductance[0])
    row = [wire(lines, f"{name}r{k}", columns, circuit["row_ohm"], *row_ends(k))
           for k in range(rows)]
    column = [wire(lines, f"{name}c{j}", rows, circuit["column_ohm"], *column_ends(j))
              for j in range(columns)]
    bend = circuit.get("nonlinearity_per_v")
    for k in range(rows):
        for j in range(columns):
            a, b, cell = row[k][j], column[j][k], conductance[k][j]
            if bend:
                lines.append(f"B{name}{k}_{j} {a} {b} "
                             f"I={cell:.17g}*sinh({bend:.17g}*v({a},{b}))/{bend:.17g}")
            else:
                lines.append(resistor(f"{name}{k}_{j}", a, b, cell))
    return lines


def loop(circuit):
    """The arrays of an INV loop, on nodes l (if any), m, o, x, and the attenuated a and b."""
    n = len(circuit["plus_s"])
    far = bool(circuit["far"]) and circuit["row_ohm"] > 0.0
    lines = crosspoint(circuit, "p", circuit["plus_s"],
                       lambda k: (f"l{k}" if far else None, f"m{k}"), lambda j: (f"o{j}", None))
    for key, drive in (("minus_s", "x"), ("plus2_s", "a"), ("minus2_s", "b")):
        if key in circuit:
            lines += crosspoint(circuit, drive, circuit[key], lambda k: (f"m{k}", None),
                                lambda j, drive=drive: (f"{drive}{j}", None))
    for key, drive, source in (("plus2_s", "a", "o"), ("minus2_s", "b", "x")):
        if key in circuit:
            lines += [f"Ea{drive}{j} {drive}{j} 0 {source}{j} 0 {circuit['attenuation']:.17g}"
                      for j in range(n)]
    for k, current in enumerate(circuit["current_a"]):
        node = f"l{k}" if far else f"m{k}"
        g_in = circuit.get("input_conductance_s")
        if g_in:
            lines += [f"Vd{k} d{k} 0 DC {current / g_in:.17g}",
                      resistor(f"d{k}", f"d{k}", node, g_in)]
        else:
            lines.append(f"Id{k} 0 {node} DC {current:.17g}")
    return lines


def each(circuit, key, missing):
    """A value for every row."""
    value = circuit.get(key, missing)
    return value if isinstance(value, list) else [value] * len(circuit["plus_s"])


def inv_dc(circuit, law="linear"):
    """Operating point; of a linear one with near currents also the power the drivers deliver."""
    n = len(circuit["plus_s"])
    gain, offset = each(circuit, "gain", 1e4), each(circuit, "offset_v", 0.0)
    lines = loop(circuit)
    for k in range(n):
        lines.append(f"Vs{k} s{k} 0 DC {offset[k]:.17g}")
        drive = f"{gain[k]:.17g}*v(s{k},m{k})"
        vs = circuit.get("saturation_v", 0.0)
        if law == "linear":
            lines.append(f"Eo{k} o{k} 0 s{k} m{k} {gain[k]:.17g}")
        elif law == "tanh":
            lines.append(f"Bo{k} o{k} 0 V={vs:.17g}*tanh({drive}/{vs:.17g})")
        else:
            lines.append(f"Bo{k} o{k} 0 V=max(-{vs:.17g},min({vs:.17g},{drive}))")
    drivers = [("o", "eo")]
    if "minus_s" in circuit:
        drivers.append(("x", "ex"))
        for j, value in enumerate(each(circuit, "inverter_offset_v", 0.0)):
            lines += [f"Vy{j} y{j} 0 DC {value:.17g}", f"Ex{j} x{j} y{j} 0 o{j} 1"]
    outputs = [f"v(o{k})" for k in range(n)]
    if law == "linear" and not circuit["far"] and "attenuation" not in circuit:
        ports = [(f"v({node}{k})", f"i({source}{k})") for node, source in drivers
                 for k in range(n)]
        names = [name for port in ports for name in port]
        values = solve_dc(lines, names)
        # A source's current flows into its positive node.
        circuit["output_power_w"] = math.fsum(-v * i for v, i in zip(values[::2], values[1::2]))
        circuit["output_v"] = values[0:2 * n:2]
    else:
        circuit["output_v"] = solve_dc(lines, outputs)
    return circuit


def inv_step(circuit, end_s):
    """Outputs after the currents are switched on, each output and inverter starting from 0 V.

    Op-amp k is C dv/dt = V_os - V(m) - v / A0 (in siemens) with C = 1 / (2 pi GBW), buffered; an
    inverter is C / ratio dx/dt = -(v + x - offset).
    """
    n = len(circuit["plus_s"])
    slowness = 1.0 / (2.0 * math.pi * circuit["gain_bandwidth_hz"])
    gain, offset = each(circuit, "gain", 1e4), each(circuit, "offset_v", 0.0)
    lines = loop(circuit)
    for k, bandwidth in enumerate(each(circuit, "relative_bandwidth", 1.0)):
        lines += [f"Vs{k} s{k} 0 DC {offset[k]:.17g}", f"Go{k} c{k} 0 m{k} s{k} 1",
                  f"Co{k} c{k} 0 {slowness / bandwidth:.17g} ic=0",
                  f"Ro{k} c{k} 0 {gain[k]:.17g}", f"Eo{k} o{k} 0 c{k} 0 1"]
    if "minus_s" in circuit:
        for k, value in enumerate(each(circuit, "inverter_offset_v", 0.0)):
            lines += [f"Vz{k} z{k} 0 DC {value:.17g}", f"Gx{k} y{k} 0 o{k} z{k} 1",
                      f"Rx{k} y{k} 0 1",
                      f"Cx{k} y{k} 0 {slowness / circuit['inverter_ratio']:.17g} ic=0",
                      f"Ex{k} x{k} 0 y{k} 0 1"]
    return solve_step(lines, n, circuit, end_s, euclidean=True)


def mvm_dc(circuit):
    """Currents into ground of columns whose other ends are open."""
    lines = [f"Vm{k} s{k} 0 DC {voltage:.17g}"
             for k, voltage in enumerate(circuit["row_voltage_v"])]
    lines += crosspoint(circuit, "p", circuit["conductance_s"], lambda k: (f"s{k}", None),
                        lambda j: (None, f"o{j}"))
    columns = len(circuit["conductance_s"][0])
    lines += [f"Vo{j} o{j} 0 DC 0" for j in range(columns)]
    circuit["current_a"] = solve_dc(lines, [f"i(vo{j})" for j in range(columns)])
    return circuit
