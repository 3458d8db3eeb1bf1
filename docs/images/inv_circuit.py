#!/usr/bin/env python3
"""Draws inv_circuit.svg: the INV circuit of a 3 x 3 array with its wires.

  docs/images/inv_circuit.py      writes the picture beside itself
"""
import pathlib

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

N = 3
ROW, COLUMN, CELL, TEXT = "#1b6ca8", "#b5541c", "#333333", "#222222"


def resistor(axis, start, end, colour, box_from=0.3, box_to=0.7, width=1.2):
    """A wire with a resistor in part of it."""
    (x0, y0), (x1, y1) = start, end
    at = lambda t: (x0 + t * (x1 - x0), y0 + t * (y1 - y0))  # noqa: E731
    axis.plot(*zip(start, at(box_from)), color=colour, lw=width)
    axis.plot(*zip(at(box_to), end), color=colour, lw=width)
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    normal = (-(y1 - y0) / length * 0.06, (x1 - x0) / length * 0.06)
    corners = [at(box_from), at(box_to)]
    box = [(x + s * normal[0], y + s * normal[1]) for (x, y), s in
           ((corners[0], 1), (corners[1], 1), (corners[1], -1), (corners[0], -1), (corners[0], 1))]
    axis.fill(*zip(*box), facecolor="white", edgecolor=colour, lw=width)


def label(axis, x, y, text, colour=TEXT, **more):
    axis.text(x, y, text, color=colour, fontsize=9, ha="center", va="center", **more)


def main():
    figure, axis = plt.subplots(figsize=(8.2, 5.6))
    for k in range(N):
        y = -1.3 * k
        xs = [1.2 * j for j in range(N)]
        resistor(axis, (-1.0, y), (xs[0], y), ROW)
        for left, right in zip(xs, xs[1:]):
            resistor(axis, (left, y), (right, y), ROW, 0.52, 0.86)
        resistor(axis, (xs[-1], y), (xs[-1] + 1.0, y), ROW, 0.55, 0.85)
        axis.plot([-1.0], [y], "o", color=ROW, ms=4)
        label(axis, -1.25, y, f"$L_{k}$")
        axis.annotate("", (-1.4, y), (-1.9, y), arrowprops={"arrowstyle": "->", "color": TEXT})
        label(axis, -2.05, y, f"$i_{k}$")
        # op-amp: senses M, drives column k
        m = xs[-1] + 1.0
        axis.plot([m], [y], "o", color=ROW, ms=4)
        label(axis, m - 0.02, y + 0.2, f"$M_{k}$")
        axis.plot([m, m + 0.35], [y, y], color=ROW, lw=1.2)
        tip = m + 0.95
        axis.fill([m + 0.35, tip, m + 0.35], [y + 0.12, y - 0.14, y - 0.4], facecolor="#eef4ee",
                  edgecolor=TEXT, lw=1.2)
        label(axis, m + 0.45, y, "–")
        label(axis, m + 0.45, y - 0.27, "+")
        label(axis, m + 0.12, y - 0.33, f"$V_{{os,{k}}}$", fontstyle="italic")
        axis.plot([tip, tip + 0.3], [y - 0.14, y - 0.14], color=COLUMN, lw=1.2)
        label(axis, tip + 0.5, y - 0.14, f"$O_{k}$", COLUMN)
    for j in range(N):
        x = 1.2 * j + 0.45
        top = 1.15
        ys = [-1.3 * k + 0.55 for k in range(N)]
        axis.plot([x], [top + 0.25], "o", color=COLUMN, ms=4)
        label(axis, x, top + 0.45, f"$O_{j}$", COLUMN)
        resistor(axis, (x, top + 0.25), (x, ys[0]), COLUMN)
        for upper, lower in zip(ys, ys[1:]):
            resistor(axis, (x, upper), (x, lower), COLUMN, 0.52, 0.86)
        for k in range(N):
            resistor(axis, (x, ys[k]), (1.2 * j, -1.3 * k), CELL)
            if (k, j) in ((0, 0), (2, 1)):
                label(axis, x - 0.45, -1.3 * k + 0.42, f"$G_{{{k}{j}}}$")
    label(axis, 0.83, -0.2, "$r_{row}$", ROW)
    label(axis, 0.45 + 0.25, -0.36, "$r_{col}$", COLUMN)
    axis.set_xlim(-2.3, 5.4)
    axis.set_ylim(-3.3, 1.9)
    axis.set_aspect("equal")
    axis.axis("off")
    plt.rcParams["svg.hashsalt"] = "inv_circuit"
    figure.savefig(pathlib.Path(__file__).with_suffix(".svg"), bbox_inches="tight",
                   metadata={"Date": None})


if __name__ == "__main__":
    main()
