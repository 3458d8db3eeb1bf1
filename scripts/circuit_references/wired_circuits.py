"""The reference circuits with wires. Cells have five digits, to keep the files small."""

from .matrices import G_MAX, G_MIN, at_level, decaying, signed_pair, uniform, wishart
from .wires import inv_dc, inv_step, mvm_dc

GAIN_BANDWIDTH_HZ = 100e6


def tidy(value):
    if isinstance(value, list):
        return [tidy(entry) for entry in value]
    return float(f"{value:.5g}")


def random_levels(rng, n):
    return [[at_level(rng.uniform(G_MIN, G_MAX)) for _ in range(n)] for _ in range(n)]


def damped_wishart(rng, n):
    """Plus a tenth of its mean diagonal, as a second-order method damps its factors."""
    matrix = wishart(rng, n)
    mean = sum(matrix[k][k] for k in range(n)) / n
    return [[cell + 0.1 * mean * (k == j) for j, cell in enumerate(row)]
            for k, row in enumerate(matrix)]


def rotating(n, diagonal, coupling):
    """Plus and minus arrays of diagonal I + coupling (P - P^T), P the cyclic shift."""
    plus = [[G_MIN] * n for _ in range(n)]
    minus = [[G_MIN] * n for _ in range(n)]
    for k in range(n):
        plus[k][k] += diagonal
        plus[k][(k + 1) % n] += coupling
        minus[(k + 1) % n][k] += coupling
    return plus, minus


def base(rng, n, matrix, ohm, far, largest_a=15e-6, **more):
    """A loop; `ohm` is the resistance of rows and columns, or a pair of them."""
    row_ohm, column_ohm = ohm if isinstance(ohm, tuple) else (ohm, ohm)
    circuit = {"row_ohm": row_ohm, "column_ohm": column_ohm, "far": int(far),
               "current_a": tidy(uniform(rng, n, largest_a)), **more}
    if matrix is signed_pair:
        circuit["plus_s"], circuit["minus_s"] = map(tidy, signed_pair(rng, n, 0.2))
    else:
        circuit["plus_s"] = tidy(matrix(rng, n))
    circuit.setdefault("gain", 1e4)
    return circuit


def slices(rng, n, ohm):
    circuit = base(rng, n, signed_pair, ohm, False, attenuation=0.125)
    circuit["plus2_s"], circuit["minus2_s"] = map(tidy, signed_pair(rng, n, 0.2))
    return circuit


def unequal_amplifiers(rng, n):
    spread = {"gain": (2e3, 2e4), "relative_bandwidth": (0.7, 1.3), "offset_v": (-2e-3, 2e-3),
              "inverter_offset_v": (-2e-3, 2e-3)}
    return {key: [tidy(rng.uniform(*ends)) for _ in range(n)] for key, ends in spread.items()}


def dynamic(rng, n, matrix, ohm, far, **more):
    circuit = base(rng, n, matrix, ohm, far, gain_bandwidth_hz=GAIN_BANDWIDTH_HZ, **more)
    if "minus_s" in circuit:
        circuit["inverter_ratio"] = 0.5
    return circuit


def rotating_step(rng, n):
    circuit = dynamic(rng, n, decaying, 1.0, False, inverter_ratio=2.0)
    circuit["plus_s"], circuit["minus_s"] = map(tidy, rotating(n, 20e-6, 14e-6))
    return inv_step(circuit, 100e-9)


def mvm(rng, rows, columns, row_ohm, column_ohm):
    conductance = [[at_level(rng.uniform(G_MIN, G_MAX)) for _ in range(columns)]
                   for _ in range(rows)]
    return mvm_dc({"row_ohm": row_ohm, "column_ohm": column_ohm, "conductance_s": tidy(conductance),
                   "row_voltage_v": tidy(uniform(rng, rows, 0.25))})


NEAR, FAR = False, True

OPERATING_POINTS = {
    "wired_near_4": (4, decaying, 1.0, NEAR),
    "wired_near_8": (8, decaying, (2.0, 1.0), NEAR),
    "wired_near_16": (16, decaying, (0.1, 5.0), NEAR),
    "wired_far_8": (8, decaying, 5.0, FAR),
    "wired_far_16": (16, decaying, (1.0, 3.0), FAR),
    "wired_far_32": (32, decaying, (5.0, 2.0), FAR),
    "wired_rows_8": (8, decaying, (5.0, 0.0), FAR),
    "wired_columns_8": (8, decaying, (0.0, 5.0), FAR),
    "wired_wishart_8": (8, wishart, 1.0, FAR),
    "wired_wishart_16": (16, wishart, (1.0, 2.0), NEAR),
    "wired_random_8": (8, random_levels, 5.0, FAR),
    "wired_random_16": (16, random_levels, 1.0, NEAR),
    "wired_signed_2": (2, signed_pair, (3.0, 1.0), FAR),
    "wired_signed_8": (8, signed_pair, (1.0, 2.0), NEAR),
    "wired_signed_16": (16, signed_pair, 1.0, FAR),
}


def operating_points():
    for name, (n, matrix, ohm, far) in OPERATING_POINTS.items():
        yield name, lambda rng, n=n, m=matrix, ohm=ohm, far=far: inv_dc(base(rng, n, m, ohm, far))
    yield "wired_gain_100_16", lambda rng: inv_dc(
        base(rng, 16, decaying, 1.0, FAR, gain=100.0, offset_v=tidy(uniform(rng, 16, 5e-3))))
    yield "wired_gain_million_8", lambda rng: inv_dc(
        base(rng, 8, random_levels, 0.1, FAR, gain=1e6))
    yield "wired_offsets_8", lambda rng: inv_dc(
        base(rng, 8, decaying, (1.0, 2.0), NEAR, gain=100.0, offset_v=tidy(uniform(rng, 8, 5e-3))))
    yield "wired_amplifiers_8", lambda rng: inv_dc(
        base(rng, 8, signed_pair, (2.0, 1.0), FAR, **unequal_amplifiers(rng, 8)))
    yield "wired_input_conductance_8", lambda rng: inv_dc(
        base(rng, 8, signed_pair, 2.0, NEAR, gain=100.0, input_conductance_s=34.5e-6))
    yield "wired_slices_4", lambda rng: inv_dc(slices(rng, 4, (2.0, 3.0)))
    for law, largest_a in (("tanh", 18e-6), ("hard", 25e-6)):
        yield f"wired_{law}_8", lambda rng, law=law, largest_a=largest_a: inv_dc(
            base(rng, 8, decaying, 1.0, FAR, largest_a=largest_a, saturation_v=0.5), law)
        yield f"wired_{law}_16", lambda rng, law=law: inv_dc(
            base(rng, 16, signed_pair, (2.0, 1.0), NEAR, largest_a=22e-6, saturation_v=0.5,
                 offset_v=tidy(uniform(rng, 16, 5e-3))), law)


def step_responses():
    yield "step_wired_8", lambda rng: inv_step(dynamic(rng, 8, decaying, 1.0, NEAR), 80e-9)
    yield "step_wired_16", lambda rng: inv_step(
        dynamic(rng, 16, decaying, (5.0, 3.0), FAR), 80e-9)
    yield "step_wired_wishart_8", lambda rng: inv_step(
        dynamic(rng, 8, damped_wishart, 1.0, FAR), 1000e-9)
    yield "step_wired_signed_8", lambda rng: inv_step(
        dynamic(rng, 8, signed_pair, (2.0, 1.0), FAR), 120e-9)
    yield "step_wired_amplifiers_8", lambda rng: inv_step(
        dynamic(rng, 8, signed_pair, 1.0, NEAR, **unequal_amplifiers(rng, 8)), 120e-9)
    yield "step_wired_rotating_8", lambda rng: rotating_step(rng, 8)


def mvms():
    for name, shape in {"mvm_wired_8_8": (8, 8, 1.0, 1.0), "mvm_wired_16_10": (16, 10, 2.0, 1.0),
                        "mvm_wired_10_16": (10, 16, 0.5, 5.0), "mvm_rows_6_8": (6, 8, 5.0, 0.0),
                        "mvm_columns_8_6": (8, 6, 0.0, 5.0)}.items():
        yield name, lambda rng, shape=shape: mvm(rng, *shape)


def nonlinear_cells():
    for name, (n, matrix, ohm, far, bend) in {
            "nonlinear_8": (8, decaying, 0.0, NEAR, 3.0),
            "nonlinear_signed_8": (8, signed_pair, 0.0, NEAR, 2.0),
            "nonlinear_wired_8": (8, decaying, (1.0, 2.0), NEAR, 3.0),
            "nonlinear_wired_16": (16, decaying, 2.0, FAR, 2.0),
            "nonlinear_wired_signed_8": (8, signed_pair, (1.0, 2.0), FAR, 3.0)}.items():
        yield name, lambda rng, n=n, m=matrix, ohm=ohm, far=far, bend=bend: inv_dc(
            base(rng, n, m, ohm, far, nonlinearity_per_v=bend))


def circuits():
    yield from operating_points()
    yield from step_responses()
    yield from mvms()
    yield from nonlinear_cells()
