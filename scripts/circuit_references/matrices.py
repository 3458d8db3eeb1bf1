"""Matrices of conductances and inputs, made from a random generator."""

import math

G_MIN, G_MAX, LEVELS = 0.5e-6, 35e-6, 8


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
