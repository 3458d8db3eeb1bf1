#!/usr/bin/python3
"""Makes a page that stands alone from one report.json, or from two runs side by side.

    scripts/report_html.py REPORT.json [SECOND.json] [--out report.html]

Exit status: 0 done, 2 bad usage or an input that is no report.
"""
import argparse
import html
import math
import os
import sys
import tempfile

from input_file import InputError
from report_file import SCHEMAS, Run, dig, require_comparable
from report_schema import figure, figure_if_declared, label, labelled

STYLE = """
:root { --ink: #1d2733; --soft: #5b6775; --line: #dfe3e8; --accent: #1f4e79; --second: #d1495b;
        --paper: #ffffff; --wash: #f5f7f9; --note: #fff6e3; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--wash); color: var(--ink);
       font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; }
header h1 { margin: 0 0 4px; font-size: 28px; letter-spacing: -0.01em; }
header p { margin: 0; color: var(--soft); }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 8px;
          padding: 20px 24px; margin-top: 20px; }
h2 { margin: 0 0 4px; font-size: 19px; }
h3 { margin: 18px 0 6px; font-size: 15px; }
p.lead { margin: 0 0 14px; color: var(--soft); max-width: 80ch; }
svg { width: 100%; height: auto; display: block; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(225px, 1fr)); gap: 12px;
         margin-top: 20px; }
.tile { background: var(--paper); border: 1px solid var(--line); border-radius: 8px;
        padding: 12px 16px; }
.tile .what { color: var(--soft); font-size: 13px; }
.tile .value { font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile .value.run1 { color: var(--accent); } .tile .value.run2 { color: var(--second); }
.tile .value { white-space: nowrap; }
.tile .value small { font-size: 12px; font-weight: 400; color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line);
         vertical-align: top; }
th { color: var(--soft); font-weight: 600; font-size: 13px; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.definition { color: var(--soft); font-size: 13px; min-width: 260px; }
td:first-child { min-width: 170px; }
tr.assumption td { background: var(--note); }
tr.total td { font-weight: 600; }
.badge { display: inline-block; border-radius: 10px; padding: 1px 9px; font-size: 12px;
         background: #e5eef7; color: var(--accent); margin-right: 6px; }
.badge.partial { background: #fbe3e6; color: #a32638; }
.note { background: var(--note); border-radius: 6px; padding: 8px 12px; margin: 10px 0 0; }
.run1 { color: var(--accent); } .run2 { color: var(--second); }
details { margin-top: 12px; } summary { cursor: pointer; color: var(--accent); }
.scroll { overflow-x: auto; }
@media print { body { background: white; } section { break-inside: avoid; } }
"""


def text(value):
    return html.escape(str(value))


def quantity(value, unit=""):
    """12.3 ms: three digits and an SI prefix."""
    if value is None:
        return "–"
    if value == 0 or not math.isfinite(value):
        return f"{value:g} {unit}".rstrip()
    if unit == "":
        return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
    exponent = max(-18, min(15, 3 * math.floor(math.log10(abs(value)) / 3)))
    prefix = {-18: "a", -15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M",
              9: "G", 12: "T", 15: "P"}[exponent]
    return f"{value / 10**exponent:.4g} {prefix}{unit}"


def percent(value, digits=1):
    return "–" if value is None else f"{100 * value:.{digits}f} %"


def show(node, value):
    """A figure with its unit."""
    unit = node.get("unit", "")
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return "–" if value is None else text(str(value).lower())
    if unit == "fraction":
        return percent(value, 2)
    if unit == "epochs":
        return f"{value:.2f}"
    if unit in ("s", "J", "W", "op"):
        return quantity(value, unit)
    return quantity(value, unit.replace("1/s", "/s")) if "/" in unit else quantity(value)


def definition(report, section, node):
    """As the report has it; what the present schema says means nothing to reports of another."""
    told = (dig(report, section) or {}).get(node.get("definedBy"))
    return told or (node.get("description", "") if report["schema"] == SCHEMAS[0] else "")


def table(head, rows, row_classes=None):
    """Cells are ready HTML; a head that begins with # is a column of numbers."""
    numeric = [name.startswith("#") for name in head]
    out = ['<div class="scroll"><table><thead><tr>']
    out += [f'<th class="n">{name[1:]}</th>' if is_n else f"<th>{name}</th>"
            for name, is_n in zip(head, numeric)]
    out.append("</tr></thead><tbody>")
    for index, row in enumerate(rows):
        chosen = row_classes[index] if row_classes else ""
        out.append(f'<tr class="{chosen}">' if chosen else "<tr>")
        for cell, is_n, name in zip(row, numeric, head):
            css = "n" if is_n else "definition" if name == "Definition" else ""
            out.append(f'<td class="{css}">{cell}</td>' if css else f"<td>{cell}</td>")
        out.append("</tr>")
    out.append("</tbody></table></div>")
    return "".join(out)


def run_heads(runs):
    return [f'#<span class="run{i + 1}">{text(run.label)}</span>' for i, run in enumerate(runs)]


def ratio_head(runs):
    return ["#ratio"] if len(runs) == 2 else []


def ratio_cell(values):
    if len(values) != 2:
        return []
    first, second = values
    good = isinstance(first, (int, float)) and isinstance(second, (int, float)) and first
    return [f"× {second / first:.3g}" if good else ""]


# The figures at the head of the page.
TILES = ("simulated_time_s", "total_energy_j", "workload.measured.amortised.time_s",
         "workload.measured.amortised.spread.fastest.time_s",
         "workload.measured.amortised.spread.slowest.time_s",
         "workload.measured.amortised.energy_j", "area.total_mm2", "training.final_test_accuracy",
         "training.raised_damping.steps", "training.raised_damping.largest_multiple",
         "epochs_to_target.0.epochs", "epochs_to_target.1.epochs",
         "inversion_only.right_hand_sides", "solution.residual_max")


def label_in(report, path):
    """The label, with what its entry of a list is about."""
    beside = path.rpartition(".")[0]
    target = dig(report, f"{beside}.target")
    return label(path).replace("{target}", percent(target, 0))


def tiles(runs):
    out = ['<div class="tiles">']
    for path in TILES:
        node = figure(path)
        values = [dig(run.report, path) for run in runs]
        if all(value is None for value in values):
            continue
        if path.startswith("training.raised_damping") and not any(
                dig(run.report, "training.raised_damping.steps") for run in runs):
            continue  # as configured: nothing to tell
        told = next(run.report for run, value in zip(runs, values) if value is not None)
        out.append(f'<div class="tile"><div class="what">{text(label_in(told, path))}</div>')
        for index, (run, value) in enumerate(zip(runs, values)):
            who = f" <small>{text(run.label)}</small>" if len(runs) == 2 else ""
            out.append(f'<div class="value run{index + 1}">{show(node, value)}{who}</div>')
        out.append("</div>")
    out.append("</div>")
    return "".join(out)


def phase_table(runs):
    rows = []
    for index, phase in enumerate(runs[0].report["phases"]):
        cells = [text(phase["name"].replace("_", " "))]
        for run in runs:
            mine = run.report["phases"][index]
            time_s, energy_j = run.report["simulated_time_s"], run.report["total_energy_j"]
            cells += [quantity(mine["seconds"], "s"),
                      percent(mine["seconds"] / time_s if time_s else None),
                      quantity(mine["energy_j"], "J"),
                      percent(mine["energy_j"] / energy_j if energy_j else None)]
        rows.append(cells)
    total = ["total"]
    head = ["Phase"]
    for index, run in enumerate(runs):
        total += [quantity(run.report["simulated_time_s"], "s"), "",
                  quantity(run.report["total_energy_j"], "J"), ""]
        who = f'<span class="run{index + 1}">{text(run.label)}</span><br>' if len(runs) == 2 else ""
        head += [f"#{who}time", "#share", f"#{who}energy", "#share"]
    return table(head, rows + [total], [""] * len(rows) + ["total"])


def verification_note(report):
    definition = dig(report, "verification.definition")
    return "" if definition is None else f" {text(definition[:1].upper() + definition[1:])}."


def breakdown(runs, figures):
    out = ["<section><h2>Where time and energy go</h2>",
           '<p class="lead">Phases exclude each other: their seconds add up to the simulated time '
           "and their joules to the total. Busy seconds of components may overlap." +
           verification_note(runs[0].report) + "</p>",
           "<h3>Simulated time by phase</h3>",
           figures.phase_bars(runs, "seconds", "s", "Simulated time by phase"),
           "<h3>Energy by phase</h3>",
           figures.phase_bars(runs, "energy_j", "J", "Energy by phase"), phase_table(runs)]
    for index, run in enumerate(runs):
        who = f' – <span class="run{index + 1}">{text(run.label)}</span>' if len(runs) == 2 else ""
        out += [f"<h3>Energy by component{who}</h3>",
                figures.component_bars(run, "energy_aj", "J", "Energy by component"),
                f"<h3>Busy time by component{who}</h3>",
                figures.component_bars(run, "busy_s", "s", "Busy time by component"),
                component_details(run)]
    return "".join(out) + "</section>"


def component_details(run):
    rows = []
    for component in run.report["components"]:
        rows.append([f'<b>{text(component["name"])}</b>', "",
                     quantity(component["busy_s"], "s"), quantity(component["energy_j"], "J")])
        for event in component["events"]:
            rows.append([f'&emsp;{text(event["name"])}', quantity(event["count"]), "",
                         quantity(event["energy_j"], "J")])
    return ("<details><summary>all components and their events</summary>" +
            table(["Component", "#count", "#busy", "#energy"], rows) + "</details>")


def figure_section(title, lead, key, runs, extra=""):
    """`lead` is shown where the report does not define the part itself."""
    cells = []
    told = runs[0].report[key].get("definition") or lead
    lead = text(told[:1].upper() + told[1:])
    for field, node in labelled(key):
        values = [run.report[key].get(field) for run in runs]
        if all(value is None for value in values):
            continue
        cells.append([text(node["title"]), *(show(node, value) for value in values),
                      *ratio_cell(values), text(definition(runs[0].report, key, node))])
    notes = "".join(f'<p class="note"><b>{text(run.label)}</b>: {text(run.report[key]["note"])}</p>'
                    for run in runs if run.report[key].get("note"))
    head = ["Figure", *run_heads(runs), *ratio_head(runs), "Definition"]
    return (f'<section><h2>{title}</h2><p class="lead">{lead}</p>{extra}' + table(head, cells) +
            notes + "</section>")


def training(runs, figures):
    curves = figures.training_curves(runs)
    if not curves:
        return ""
    rows = []
    for index, target in enumerate(runs[0].report.get("epochs_to_target", [])):
        values = [dig(run.report, f"epochs_to_target.{index}.epochs") for run in runs]
        times = [dig(run.report, f"epochs_to_target.{index}.simulated_time_s") for run in runs]
        rows.append([f'epochs to {percent(target["target"], 0)}',
                     *("not reached" if v is None else f"{v:.2f}" for v in values),
                     *ratio_cell(values)])
        rows.append([f'simulated time to {percent(target["target"], 0)}',
                     *(quantity(v, "s") for v in times), *ratio_cell(times)])
    longest = max((run.report.get("history", []) for run in runs), key=len)
    for index, point in enumerate(longest):
        rows.append([f'test accuracy after epoch {point["epoch"]:g}',
                     *(percent(dig(run.report, f"history.{index}.test_accuracy"), 2)
                       for run in runs), *([""] if len(runs) == 2 else [])])
    return ("<section><h2>Training</h2>" + '<p class="lead">Accuracy on the test images; dots mark '
            "whole epochs, dashed lines the targets.</p>" + curves +
            table(["", *run_heads(runs), *ratio_head(runs)], rows) + "</section>")


def values_in(section, path):
    """(path, value) of all figures in a part of a report, but for lists and definitions."""
    for key, value in section.items():
        if isinstance(value, dict):
            yield from values_in(value, f"{path}.{key}")
        elif not isinstance(value, list) and not key.endswith("definition"):
            yield f"{path}.{key}", value


def solution(runs):
    rows = []
    for key in ("solution", "wear"):
        flat = [dict(values_in(run.report.get(key, {}), key)) for run in runs]
        for path in dict.fromkeys(path for one in flat for path in one):
            node = figure_if_declared(path)
            name = path.partition(".")[2]
            inner = path.rpartition(".")[0]
            rows.append([text(name.replace(".", ": ").replace("_", " ")),
                         *(show(node, one.get(path)) for one in flat),
                         text(definition(runs[0].report, inner, node))])
    return ('<section><h2>Solution quality and wear</h2><p class="lead">What the analog solves were '
            "worth, what had to fall back, and what it cost the cells. Residuals are relative, in "
            "FP64, against the matrix that was asked for; lifetime is in seconds.</p>" +
            table(["", *run_heads(runs), "Definition"], rows) + "</section>")


def configuration(runs):
    rows, classes = [], []
    notes = runs[0].report.get("parameters", {})
    for group, names in runs[0].report["configuration"].items():
        for name, value in names.items():
            key = f"{group}.{name}"
            values = [dig(run.report, f"configuration.{key}") for run in runs]
            note = notes.get(key, {})
            source = note.get("source", "")
            differs = len(values) == 2 and values[0] != values[1]
            shown = [text("true" if v is True else "false" if v is False else
                          f"{v:g}" if isinstance(v, float) else v) for v in values]
            if differs:
                shown = [f"<b>{cell}</b>" for cell in shown]
            mark = " *" if note.get("given") else ""
            rows.append([f"{text(key)}{mark}", *shown, text(note.get("unit", "")),
                         text(note.get("description", "")), text(source)])
            classes.append("assumption" if "assum" in source.lower() else "")
    head = ["Parameter", *run_heads(runs), "Unit", "Meaning", "Source"]
    return ('<section><h2>Configuration and assumptions</h2><p class="lead">Every parameter in '
            "force. Shaded rows rest on an assumption; * was set by the user; bold differs between "
            "the runs.</p>" + table(head, rows, classes) + "</section>")


def header(runs):
    first = runs[0].report
    data = first["data"]
    title = " and ".join(f'<span class="run{i + 1}">{text(run.label)}</span>'
                         for i, run in enumerate(runs))
    badges = "".join(f'<span class="badge">{text(item)}</span>' for item in (
        f'{first["workload"].get("command", "run")}', f'data {data.get("name", "?")}',
        f'data hash {data.get("hash", "?")}', f'seed {first["seed"]}',
        f'version {first.get("version", "?")}'))
    for commit in dict.fromkeys(dig(run.report, "host.commit") for run in runs):
        badges += f'<span class="badge">commit {text(commit[:12])}</span>' if commit else ""
    for run in runs:
        badges += (f'<span class="badge">configuration {text(run.report.get("configuration_hash"))}'
                   "</span>")
        if not run.report.get("complete"):
            badges += (f'<span class="badge partial">{text(run.label)}: partial, '
                       f'{text(run.report.get("reason") or "stopped early")}</span>')
    return f"<header><h1>Invar: {title}</h1><p>{badges}</p></header>"


def page(runs):
    try:
        import report_figures as figures  # late: bad input is told without waiting for it
    except ImportError as error:
        raise InputError(f"{error}: install python3-matplotlib (Debian)") from None

    body = [header(runs), tiles(runs), breakdown(runs, figures),
            figure_section("Inversion only",
                           "What the inverter did, programming included, apart from the rest of "
                           "the iteration.", "inversion_only", runs),
            figure_section("Whole iteration", "The same run with everything that it takes.",
                           "whole_iteration", runs),
            figure_section("Amdahl bound", "What is left if inversion and programming cost nothing.",
                           "amdahl_bound", runs, figures.amdahl_bars(runs)),
            training(runs, figures), solution(runs), configuration(runs)]
    title = text(" and ".join(run.label for run in runs))
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>Invar: {title}</title><style>{STYLE}</style></head><body><main>" +
            "\n".join(body) + "</main></body></html>\n")


def replace(path, contents):
    """Writes a file as a whole or not at all; it keeps the permissions of the one it replaces."""
    if os.path.exists(path) and not os.path.isfile(path):  # a device
        with open(path, "w", encoding="utf-8") as file:
            file.write(contents)
        return
    target = os.path.realpath(path)
    mask = os.umask(0)
    os.umask(mask)
    mode = os.stat(target).st_mode & 0o7777 if os.path.exists(target) else 0o666 & ~mask
    descriptor, temporary = tempfile.mkstemp(prefix=".invar-", dir=os.path.dirname(target))
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(contents)
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reports", nargs="+", metavar="REPORT.json", help="one or two reports")
    parser.add_argument("--out", default="report.html", help="page to write [%(default)s]")
    arguments = parser.parse_args()
    try:
        if len(arguments.reports) > 2:
            raise InputError("at most two reports fit on a page")
        for path in arguments.reports:
            if os.path.exists(arguments.out) and os.path.exists(path) and \
                    os.path.samefile(arguments.out, path):
                raise InputError(f"--out {arguments.out}: is the report {path}")
        runs = [Run(path) for path in arguments.reports]
        if len(runs) == 2:
            require_comparable(*runs)
            if runs[0].label == runs[1].label:
                for run in runs:
                    run.label += f" ({os.path.basename(run.path)})"
        try:
            contents = page(runs)
        except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
            raise InputError(f"{' or '.join(arguments.reports)}: damaged report "
                             f"({type(error).__name__}: {error})") from None
        try:
            replace(arguments.out, contents)
        except OSError as error:
            raise InputError(f"{arguments.out}: {error.strerror}") from None
    except InputError as error:
        print(f"report_html.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
