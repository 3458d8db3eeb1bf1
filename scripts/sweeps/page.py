"""The page of a sweep: Pareto fronts as SVG, each point a link to its report. No network."""
import math

from report_page.elements import show, table, text
from report_page.style import STYLE
from report_schema import figure
from sweeps import figures
from sweeps.table import cell

COLOURS = ("#1f4e79", "#d1495b", "#2a9d8f", "#e9a23b", "#8e6bbf", "#5b6775", "#9bc53d", "#b8848c")
WIDTH, HEIGHT = 960, 560
LEFT, RIGHT, TOP, BOTTOM = 110, 20, 20, 60
# Axes are logarithmic from this ratio of their ends.
LOG_RATIO = 20
MOST_ROWS = 500
OWN_STYLE = """
svg text { font-size: 13px; fill: var(--soft); } svg .axis { stroke: var(--line); }
svg circle { fill-opacity: 0.35; } svg circle.front { fill-opacity: 1; stroke: white; }
svg a:hover circle { fill-opacity: 1; stroke: var(--ink); } svg polyline { fill: none; }
"""


def front(points, best):
    """Of (x, y, row): those that no other one beats in one figure and matches in the other."""
    signs = [1 if end == "lowest" else -1 for end in best]
    kept, lowest = [], math.inf
    for point in sorted(points, key=lambda one: (signs[0] * one[0], signs[1] * one[1])):
        if signs[1] * point[1] < lowest:
            kept.append(point)
            lowest = signs[1] * point[1]
    return kept


class Scale:
    """From values to places between two ends."""

    def __init__(self, values, first, last):
        self.low, self.high = min(values), max(values)
        self.is_log = self.low > 0 and self.high / self.low >= LOG_RATIO
        if self.low == self.high:
            margin = abs(self.low) * 0.5 or 1.0
            self.low, self.high = self.low - margin, self.high + margin
        self.first, self.last = first, last

    def place(self, value):
        low, high, value = ((math.log(one) for one in (self.low, self.high, value)) if self.is_log
                            else (self.low, self.high, value))
        return self.first + (value - low) / (high - low) * (self.last - self.first)

    def ticks(self):
        if self.is_log:
            ticks = [digit * 10.0**power for power in
                     range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
                     for digit in (1, 2, 5)]
        else:
            step = 10.0**math.floor(math.log10((self.high - self.low) / 4))
            step *= next(one for one in (1, 2, 5, 10) if (self.high - self.low) / (one * step) <= 6)
            ticks = [index * step for index in range(math.ceil(self.low / step),
                                                     math.floor(self.high / step) + 1)]
        return [tick for tick in ticks if self.low <= tick <= self.high]


def label_of(path, command):
    unit = figure(path, figures.root_of(command)).get("unit", "")
    return f"{path} [{unit}]" if unit else path


def link(row):
    return f"points/{row.identity[:2]}/{row.identity}.json"


def told(row, columns):
    return ", ".join(f"{name} = {cell(row.settings[name])}" for name in columns)


class Plot:
    def __init__(self, design, points):
        self.design, self.points = design, points
        self.x = Scale([x for x, _, _ in points], LEFT, WIDTH - RIGHT)
        self.y = Scale([y for _, y, _ in points], HEIGHT - BOTTOM, TOP)

    def axes(self):
        names = self.design.pareto.figures
        nodes = [figure(name, figures.root_of(self.design.command)) for name in names]
        for tick in self.x.ticks():
            x = f"{self.x.place(tick):.1f}"
            yield f'<line class="axis" x1="{x}" x2="{x}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
            yield (f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
                   f"{show(nodes[0], tick)}</text>")
        for tick in self.y.ticks():
            y = f"{self.y.place(tick):.1f}"
            yield f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
            yield (f'<text x="{LEFT - 8}" y="{y}" dy="4" text-anchor="end">'
                   f"{show(nodes[1], tick)}</text>")
        labels = [text(f"{label_of(name, self.design.command)}, {end} is best")
                  for name, end in zip(names, self.design.pareto.best)]
        yield (f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{labels[0]}'
               "</text>")
        yield (f'<text transform="translate(16 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">'
               f"{labels[1]}</text>")

    def circle(self, point, colour, is_front):
        x, y, row = point
        style = 'class="front" r="5"' if is_front else 'r="3"'
        return (f'<a href="{link(row)}"><circle {style} cx="{self.x.place(x):.1f}" '
                f'cy="{self.y.place(y):.1f}" fill="{colour}">'
                f"<title>{text(told(row, self.design.columns()))}</title></circle></a>")

    def svg(self, groups):
        out = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Pareto fronts">',
               *self.axes()]
        for index, points in enumerate(groups.values()):
            colour = COLOURS[index % len(COLOURS)]
            kept = front(points, self.design.pareto.best)
            chosen = {id(point) for point in kept}
            out += [self.circle(point, colour, False) for point in points
                    if id(point) not in chosen]
            places = " ".join(f"{self.x.place(x):.1f},{self.y.place(y):.1f}" for x, y, _ in kept)
            out.append(f'<polyline points="{places}" stroke="{colour}"/>')
            out += [self.circle(point, colour, True) for point in kept]
        return "".join(out) + "</svg>"


def grouped(design, points):
    groups = {}
    for point in points:
        by = design.pareto.by
        groups.setdefault(cell(point[2].settings[by]) if by else "", []).append(point)
    return groups


def legend(design, groups):
    if design.pareto.by is None:
        return ""
    return "<p>" + " ".join(
        f'<span class="badge" style="color:{COLOURS[index % len(COLOURS)]}">'
        f"{text(design.pareto.by)} = {text(name)}</span>"
        for index, name in enumerate(groups)) + "</p>"


def front_table(design, groups):
    columns = design.columns()
    nodes = [figure(path, figures.root_of(design.command)) for path in design.pareto.figures]
    rows = []
    for points in groups.values():
        for x, y, row in front(points, design.pareto.best):
            rows.append([f'<a href="{link(row)}">{row.identity[:8]}</a>',
                         *(text(cell(row.settings[name])) for name in columns),
                         *(show(node, value) for node, value in zip(nodes, (x, y)))])
    head = ["Point", *map(text, columns),
            *(f"#{text(label_of(path, design.command))}" for path in design.pareto.figures)]
    return shortened(head, rows, "table.csv")


def shortened(head, rows, file):
    left = len(rows) - MOST_ROWS
    return table(head, rows[:MOST_ROWS]) + (f"<p>{left} more: {file}</p>" if left > 0 else "")


def failure_table(design, points, failures):
    rows = [[point.identity[:8], *(text(cell(point.settings[name])) for name in design.columns()),
             text(failures[point.identity])] for point in points if point.identity in failures]
    if not rows:
        return ""
    return ("<section><h2>Points that failed</h2>"
            + shortened(["Point", *map(text, design.columns()), "Message"], rows, "failures.csv")
            + "</section>")


def fronts(design, rows):
    points = [(row.figures[design.pareto.figures[0]], row.figures[design.pareto.figures[1]], row)
              for row in rows]
    points = [point for point in points if all(
        isinstance(value, (int, float)) and math.isfinite(value) for value in point[:2])]
    if not points:
        return "<p>No point has both figures.</p>"
    groups = grouped(design, points)
    return (legend(design, groups) + Plot(design, points).svg(groups)
            + "<h3>On a front</h3>" + front_table(design, groups))


def page(design, name, points, rows, failures):
    counts = f"{len(points)} points, {len(rows)} finished, {len(failures)} failed"
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f"<title>Sweep: {text(name)}</title><style>{STYLE}{OWN_STYLE}</style></head><body>"
            f"<main><header><h1>Sweep: {text(name)}</h1><p>invar {text(design.command)}: {counts}"
            "</p></header><section><h2>Pareto fronts</h2>"
            '<p class="lead">Each point opens its report. Filled ones are on a front: no other is '
            "better in one figure and as good in the other.</p>"
            f"{fronts(design, rows)}</section>{failure_table(design, points, failures)}"
            "</main></body></html>\n")
