"""Drawings of the report page: matplotlib, as inline SVG. A colour stands for a phase, nothing else;
runs are told by their letters, line styles and markers."""
import io
import re

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.patches import PathPatch, Rectangle  # noqa: E402
from matplotlib.path import Path  # noqa: E402
from matplotlib.ticker import EngFormatter, MaxNLocator, PercentFormatter  # noqa: E402

from .elements import letter  # noqa: E402

PHASE_COLOURS = {
    "host": "#8d99a6",
    "forward": "#3b7dd8",
    "backward": "#7fb2f0",
    "factors": "#2a9d8f",
    "programming": "#e9a23b",
    "background": "#f3d19b",
    "inversion": "#d1495b",
    "data_movement": "#8e6bbf",
    "update": "#9bc53d",
    "verification": "#b8848c",
}
LINES = ["-", "--", "-.", ":"]
MARKERS = "os^DvPX*"
INK, SOFT, REST = "#1d2733", "#3a4450", "#c3cad2"

plt.rcParams.update({
    "svg.fonttype": "path",
    "svg.hashsalt": "invar",  # the same report gives the same page
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#9aa3ad",
    "axes.labelcolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e9ed",
    "legend.frameon": False,
})


def to_svg(figure, title):
    """The figure as an <svg> element that scales with the page."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight",
                   metadata={"Date": None, "Creator": None})
    plt.close(figure)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{title}"', 1)
    return f'<div class="figure">{svg}</div>'


def words(name):
    return name.replace("_", " ")


def short_label(runs, index):
    return runs[index].label if len(runs) == 1 else f"{letter(index)}  {runs[index].label}"


def phase_bars(runs, phases_of, key, unit, title, bounds):
    """One stacked bar a run: how a total splits into phases.

    bounds: of each run what would be left if inversion were free, or None."""
    figure, axes = plt.subplots(figsize=(8.2, 0.55 + 0.5 * len(runs)))
    used = {}
    longest = max(sum(phase[key] for phase in phases_of(run)) for run in runs)
    for row, run in enumerate(runs):
        left = 0.0
        total = sum(phase[key] for phase in phases_of(run))
        for phase in phases_of(run):
            value = phase[key]
            if value <= 0:
                continue
            name = phase["name"]
            bar = axes.barh(row, value, left=left, height=0.62, edgecolor="white", linewidth=0.8,
                            color=PHASE_COLOURS.get(name, "#444444"))
            used.setdefault(name, bar)
            if value > 0.012 * len(words(name)) * longest:
                axes.text(left + value / 2, row, words(name), va="center", ha="center", fontsize=7,
                          color=INK)
            left += value
        if bounds[row] is not None:
            mark = axes.plot([bounds[row]] * 2, [row - 0.42, row + 0.42], color=INK, linewidth=1.6)
            used["without inversion: the bound"] = mark[0]
        axes.text(left, row, f"  {EngFormatter(unit, places=2)(total)}", va="center", ha="left",
                  color=SOFT)
    axes.set_yticks(range(len(runs)), [short_label(runs, i) for i in range(len(runs))])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(EngFormatter(unit))
    axes.margins(x=0.0)
    axes.set_xlim(left=0.0, right=1.14 * longest if longest else 1.0)
    order = [name for name in [*PHASE_COLOURS, "without inversion: the bound"] if name in used]
    axes.legend([used[name] for name in order], [words(name) for name in order],
                loc="upper center", bbox_to_anchor=(0.5, -0.32 / len(runs) - 0.08), ncol=6,
                handlelength=1.0, columnspacing=1.1)
    return to_svg(figure, title)


def stacked_rows(rows, unit, title):
    """A bar a row, coloured by the phase: (name, {phase: value}), largest first."""
    figure, axes = plt.subplots(figsize=(8.2, 0.6 + 0.27 * len(rows)))
    used = {}
    for index, (_, phases) in enumerate(rows):
        left = 0.0
        for name, colour in PHASE_COLOURS.items():
            value = phases.get(name, 0.0)
            if value > 0:
                used.setdefault(name, axes.barh(index, value, left=left, height=0.66, color=colour,
                                                edgecolor="white", linewidth=0.5))
                left += value
        axes.text(left, index, f"  {EngFormatter(unit, places=2)(sum(phases.values()))}",
                  va="center", fontsize=8, color=SOFT)
    axes.set_yticks(range(len(rows)), [words(row[0]) for row in rows], fontsize=8)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(EngFormatter(unit))
    axes.set_xlim(right=axes.get_xlim()[1] * 1.12)
    order = [name for name in PHASE_COLOURS if name in used]
    axes.legend([used[name] for name in order], [words(name) for name in order],
                loc="lower right", fontsize=8, handlelength=1.0)
    return to_svg(figure, title)


def component_rows(report, key):
    """(name, {phase: value}) of each component, largest first; the small ones joined."""
    rows = []
    for component in report["components"]:
        # Attojoules beyond 64 bits come as a string; a time that was not booked is missing.
        phases = {name: int(values[key]) * 1e-18 if key == "energy_aj" else values.get(key, 0.0)
                  for name, values in component["by_phase"].items()}
        rows.append((component["name"], phases))
    rows = sorted((row for row in rows if sum(row[1].values()) > 0),
                  key=lambda row: -sum(row[1].values()))
    largest, rest = rows[:12], rows[12:]
    if rest:
        phases = {}
        for _, values in rest:
            for name, value in values.items():
                phases[name] = phases.get(name, 0.0) + value
        largest.append((f"{len(rest)} others", phases))
    return largest


def component_bars(run, key, unit, title):
    rows = component_rows(run.report, key)
    return stacked_rows(rows, unit, title) if rows else ""


def kind_rows(report, phases=None):
    """(kind, {phase: joules}), largest first; of these phases alone."""
    rows = [(kind["name"], {name: int(value) * 1e-18 for name, value in kind["by_phase"].items()
                            if phases is None or name in phases})
            for kind in report.get("kinds", [])]
    return sorted((row for row in rows if row[1]), key=lambda row: -sum(row[1].values()))


def kind_bars(run, title, phases=None):
    rows = kind_rows(run.report, phases)
    return stacked_rows(rows, "J", title) if rows else ""


def spans(values, gap):
    """Places from the top down, one after the other with a gap, of named amounts."""
    at, places = 0.0, {}
    for name, value in values:
        places[name] = [at, at + value]
        at += value + gap
    return places, at - gap


def apart(places, least, end):
    """Heights of labels, from the top down, near these places and no closer than `least`."""
    heights = []
    for place in places:
        heights.append(max(place, heights[-1] + least) if heights else place)
    limit = end
    for index in reversed(range(len(heights))):
        heights[index] = min(heights[index], limit)
        limit = heights[index] - least
    return heights


def ribbon(axes, left, right, colour):
    """From a span at x = 0 to one at x = 1."""
    (l0, l1), (r0, r1) = left, right
    path = Path([(0, l0), (0.5, l0), (0.5, r0), (1, r0), (1, r1), (0.5, r1), (0.5, l1), (0, l1),
                 (0, l0)],
                [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO, Path.CURVE4,
                 Path.CURVE4, Path.CURVE4, Path.CLOSEPOLY])
    axes.add_patch(PathPatch(path, facecolor=colour, alpha=0.55, edgecolor="none"))


def energy_flow(run, title):
    """What each phase's energy goes to: phases at the left, kinds of components at the right."""
    rows = kind_rows(run.report)
    total = sum(sum(phases.values()) for _, phases in rows)
    if not rows or not total:
        return ""
    phases = [(name, sum(row[1].get(name, 0.0) for row in rows)) for name in PHASE_COLOURS]
    phases = [(name, value) for name, value in phases if value > 0]
    kinds = [(name, sum(values.values())) for name, values in rows]
    gap = 0.03 * total
    left, left_end = spans(phases, gap)
    right, right_end = spans(kinds, gap)
    figure, axes = plt.subplots(figsize=(8.2, 4.4))
    shift = {"left": max(0.0, right_end - left_end) / 2, "right": max(0.0, left_end - right_end) / 2}
    at_left = {name: span[0] + shift["left"] for name, span in left.items()}
    at_right = {name: span[0] + shift["right"] for name, span in right.items()}
    for kind, values in rows:
        for phase, _ in phases:
            value = values.get(phase, 0.0)
            if value > 0:
                ribbon(axes, (at_left[phase], at_left[phase] + value),
                       (at_right[kind], at_right[kind] + value), PHASE_COLOURS[phase])
                at_left[phase] += value
                at_right[kind] += value
    for names, places, x, side, align in ((phases, left, -0.02, "left", "right"),
                                          (kinds, right, 1.0, "right", "left")):
        end = max(left_end, right_end)
        middles = [places[name][0] + shift[side] + value / 2 for name, value in names]
        for (name, value), middle, height in zip(names, middles,
                                                 apart(middles, 0.036 * end, 1.02 * end)):
            colour = PHASE_COLOURS[name] if side == "left" else REST
            axes.add_patch(Rectangle((x, middle - value / 2), 0.02, value, facecolor=colour,
                                     edgecolor="none"))
            axes.text(x - 0.01 if side == "left" else x + 0.03, height,
                      f"{words(name)}  {EngFormatter('J', places=1)(value)}", va="center", ha=align,
                      fontsize=8, color=INK)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(max(left_end, right_end), 0)
    axes.axis("off")
    return to_svg(figure, title)


def accuracy_limits(runs):
    """From a little below the second evaluation, whose network has seen something, up."""
    values = [point["test_accuracy"] for run in runs for point in run.report["evaluations"][1:]]
    values += [target["target"] for run in runs for target in run.report.get("epochs_to_target", [])]
    values = [value for value in values if value is not None]
    if not values:
        return 0.0, 1.0
    room = max(0.02, 0.08 * (max(values) - min(values)))
    return max(0.0, min(values) - room), min(1.0, max(values) + room)


def training_curves(runs):
    """Accuracy and loss over epochs, accuracy over simulated time."""
    trained = [index for index, run in enumerate(runs) if run.report.get("evaluations")]
    if not trained:
        return ""
    figure, (by_epoch, by_time, loss) = plt.subplots(1, 3, figsize=(11.4, 3.1))
    for index in trained:
        run = runs[index]
        points = run.report["evaluations"]
        epochs = [point["epoch"] for point in points]
        times = [point["simulated_time_s"] for point in points]
        accuracy = [point["test_accuracy"] for point in points]
        style = {"color": INK if index % 2 == 0 else "#7a8591", "linewidth": 1.4,
                 "linestyle": LINES[index % len(LINES)], "label": short_label(runs, index)}
        by_epoch.plot(epochs, accuracy, **style)
        by_time.plot(times, accuracy, **style)
        trained_points = [(point["epoch"], point["loss"]) for point in points
                          if point["step"] > 0 and point["loss"] is not None]
        loss.plot([epoch for epoch, _ in trained_points], [value for _, value in trained_points],
                  **style)
        history = run.report.get("history", [])
        by_epoch.plot([point["epoch"] for point in history],
                      [point["test_accuracy"] for point in history],
                      MARKERS[index % len(MARKERS)], color=style["color"], markersize=4)
    targets = runs[trained[0]].report.get("epochs_to_target", [])
    for axes in (by_epoch, by_time):
        for target in targets:
            axes.axhline(target["target"], color="#9aa3ad", linewidth=0.8, linestyle="--")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_ylim(*accuracy_limits([runs[index] for index in trained]))
        axes.set_ylabel("test accuracy")
    by_epoch.set_xlabel("epoch")
    by_time.set_xlabel("simulated time")
    by_time.xaxis.set_major_locator(MaxNLocator(5))
    by_time.xaxis.set_major_formatter(EngFormatter("s"))
    loss.set_xlabel("epoch")
    loss.set_ylabel("training loss")
    loss.set_ylim(bottom=0)
    by_epoch.legend(loc="lower right", fontsize=8, handlelength=2.8)
    figure.tight_layout(w_pad=2.0)
    return to_svg(figure, "Training curves")
