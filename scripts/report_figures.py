"""Figures of the report page: matplotlib drawings as inline SVG."""
import io
import re

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import EngFormatter, MaxNLocator, PercentFormatter  # noqa: E402

PHASE_COLOURS = {
    "host": "#8d99a6",
    "forward": "#3b7dd8",
    "backward": "#7fb2f0",
    "factors": "#2a9d8f",
    "programming": "#e9a23b",
    "inversion": "#d1495b",
    "data_movement": "#8e6bbf",
    "update": "#9bc53d",
    "verification": "#b8848c",
}
RUN_COLOURS = ["#1f4e79", "#d1495b"]

plt.rcParams.update({
    "svg.fonttype": "path",
    "svg.hashsalt": "invar",  # the same report gives the same page
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#9aa3ad",
    "axes.labelcolor": "#3a4450",
    "xtick.color": "#3a4450",
    "ytick.color": "#3a4450",
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
    return svg.replace("<svg", f'<svg role="img" aria-label="{title}"', 1)


def phase_label(name):
    return name.replace("_", " ")


def phase_bars(runs, key, unit, title):
    """One stacked bar a run: how a total splits into phases."""
    figure, axes = plt.subplots(figsize=(8.2, 0.55 + 0.62 * len(runs)))
    used = {}
    for row, run in enumerate(runs):
        left = 0.0
        total = sum(phase[key] for phase in run.report["phases"])
        for phase in run.report["phases"]:
            value = phase[key]
            if value <= 0:
                continue
            name = phase["name"]
            bar = axes.barh(row, value, left=left, height=0.62, edgecolor="white", linewidth=0.8,
                            color=PHASE_COLOURS.get(name, "#444444"))
            used.setdefault(name, bar)
            left += value
        axes.text(left, row, f"  {EngFormatter(unit, places=2)(total)}", va="center", ha="left",
                  color="#3a4450")
    axes.set_yticks(range(len(runs)), [run.label for run in runs])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(EngFormatter(unit))
    axes.margins(x=0.0)
    axes.set_xlim(right=axes.get_xlim()[1] * 1.14)
    order = [name for name in PHASE_COLOURS if name in used]
    axes.legend([used[name] for name in order], [phase_label(name) for name in order],
                loc="upper center", bbox_to_anchor=(0.5, -0.32 / len(runs) - 0.08), ncol=8,
                handlelength=1.0, columnspacing=1.1)
    return to_svg(figure, title)


def component_values(report, key):
    """(name, {phase: value}, total) of each component, largest first; the small ones joined."""
    rows = []
    for component in report["components"]:
        # Attojoules beyond 64 bits come as a string; a time that was not booked is missing.
        phases = {name: int(values[key]) * 1e-18 if key == "energy_aj" else values.get(key, 0.0)
                  for name, values in component["by_phase"].items()}
        rows.append((component["name"], phases, sum(phases.values())))
    rows = sorted((row for row in rows if row[2] > 0), key=lambda row: -row[2])
    largest, rest = rows[:12], rows[12:]
    if rest:
        phases = {}
        for _, values, _ in rest:
            for name, value in values.items():
                phases[name] = phases.get(name, 0.0) + value
        largest.append((f"{len(rest)} others", phases, sum(phases.values())))
    return largest


def component_bars(run, key, unit, title):
    """A bar a component, coloured by the phase that it worked for."""
    rows = component_values(run.report, key)
    if not rows:
        return ""
    figure, axes = plt.subplots(figsize=(8.2, 0.6 + 0.27 * len(rows)))
    for index, (_, phases, total) in enumerate(rows):
        left = 0.0
        for name, colour in PHASE_COLOURS.items():
            value = phases.get(name, 0.0)
            if value > 0:
                axes.barh(index, value, left=left, height=0.66, color=colour, edgecolor="white",
                          linewidth=0.5)
                left += value
        axes.text(total, index, f"  {EngFormatter(unit, places=2)(total)}", va="center",
                  fontsize=8, color="#3a4450")
    axes.set_yticks(range(len(rows)), [row[0] for row in rows], fontsize=8)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(EngFormatter(unit))
    axes.set_xlim(right=axes.get_xlim()[1] * 1.12)
    return to_svg(figure, title)


def training_curves(runs):
    """Accuracy and loss over epochs, accuracy over simulated time."""
    trained = [(run, colour) for run, colour in zip(runs, RUN_COLOURS)
               if run.report.get("evaluations")]
    if not trained:
        return ""
    figure, (by_epoch, by_time, loss) = plt.subplots(1, 3, figsize=(11.4, 3.1))
    for run, colour in trained:
        points = run.report["evaluations"]
        epochs = [point["epoch"] for point in points]
        times = [point["simulated_time_s"] for point in points]
        accuracy = [point["test_accuracy"] for point in points]
        style = {"color": colour, "linewidth": 1.5, "label": run.label}
        by_epoch.plot(epochs, accuracy, **style)
        by_time.plot(times, accuracy, **style)
        trained_points = [(point["epoch"], point["loss"]) for point in points
                          if point["step"] > 0 and point["loss"] is not None]
        loss.plot([epoch for epoch, _ in trained_points], [value for _, value in trained_points],
                  **style)
        history = run.report.get("history", [])
        by_epoch.plot([point["epoch"] for point in history],
                      [point["test_accuracy"] for point in history], "o", color=colour,
                      markersize=4)
    targets = trained[0][0].report.get("epochs_to_target", [])
    for axes in (by_epoch, by_time):
        for target in targets:
            axes.axhline(target["target"], color="#9aa3ad", linewidth=0.8, linestyle="--")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_ylim(0, 1)
        axes.set_ylabel("test accuracy")
    by_epoch.set_xlabel("epoch")
    by_time.set_xlabel("simulated time")
    by_time.xaxis.set_major_locator(MaxNLocator(5))
    by_time.xaxis.set_major_formatter(EngFormatter("s"))
    loss.set_xlabel("epoch")
    loss.set_ylabel("training loss")
    loss.set_ylim(bottom=0)
    by_epoch.legend(loc="lower right")
    figure.tight_layout(w_pad=2.0)
    return to_svg(figure, "Training curves")


def amdahl_bars(runs):
    """The run as it was beside the run without inversion and programming."""
    figure, panels = plt.subplots(1, 2, figsize=(8.2, 0.75 + 0.55 * len(runs)), sharey=True)
    for axes, key, share, unit, name in (
            (panels[0], "time_s", "simulated_time_s", "s", "simulated time"),
            (panels[1], "energy_j", "total_energy_j", "J", "energy")):
        for row, run in enumerate(runs):
            total = run.report[share]
            other = run.report["amdahl_bound"][key]
            axes.barh(row, other, height=0.55, color="#1f4e79",
                      label="everything else (the bound)" if row == 0 else None)
            axes.barh(row, total - other, left=other, height=0.55,
                      color=PHASE_COLOURS["inversion"],
                      label="inversion and programming" if row == 0 else None)
        axes.set_xlabel(name)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(EngFormatter(unit))
        axes.grid(axis="y", visible=False)
    panels[0].set_yticks(range(len(runs)), [run.label for run in runs])
    panels[0].invert_yaxis()
    figure.tight_layout()
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.55, 0.02), ncol=2)
    return to_svg(figure, "Amdahl bound")
