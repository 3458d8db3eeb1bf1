"""Runs netlists in ngspice."""

import math
import pathlib
import subprocess
import tempfile

SAMPLES = 60


def resistor(name, first, second, conductance):
    return f"R{name} {first} {second} {1.0 / conductance:.17g}"


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


def settled(times, distances, limit):
    """The last time at which a distance exceeds the limit."""
    last = max(i for i, distance in enumerate(distances) if distance > limit)
    outside = (distances[last] - limit) / (distances[last] - distances[last + 1])
    return times[last] + outside * (times[last + 1] - times[last])


def solve_step(lines, n, circuit, end_s, euclidean=False):
    """Adds the outputs' waveforms after t = 0, and when they have settled to 1 %, to a circuit."""
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
    circuit["settling_1_percent_s"] = settled(times, distances, 0.01 * full_scale)
    if euclidean:
        circuit["euclidean_settling_1_percent_s"] = settled(
            times, [math.dist(wave, final) for wave in waves], 0.01 * math.hypot(*final))
    circuit["time_s"] = [end_s * (sample + 1) / SAMPLES for sample in range(SAMPLES)]
    circuit["wave_v"] = []
    i = 0
    for time in circuit["time_s"]:
        while times[i + 1] < time and i + 2 < len(times):
            i += 1
        part = (time - times[i]) / (times[i + 1] - times[i])
        circuit["wave_v"].append([a + part * (b - a) for a, b in zip(waves[i], waves[i + 1])])
    return circuit
