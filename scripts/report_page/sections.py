"""The sections of the report page, each from the runs that it shows."""
from report_file import SCHEMAS, dig
from report_schema import figure, figure_if_declared, label, labelled

from . import drawings
from .elements import (Cell, mark_of, name_of, percent, quantity, ratio_cells, ratio_heads,
                       run_heads, show, table, text)

# The figures at the head of the page.
TILES = ("simulated_time_s", "total_energy_j", "workload.measured.amortised.time_s",
         "workload.measured.amortised.spread.fastest.time_s",
         "workload.measured.amortised.spread.slowest.time_s",
         "workload.measured.amortised.energy_j", "area.chip_mm2", "training.final_test_accuracy",
         "training.raised_damping.steps", "training.raised_damping.largest_multiple",
         "epochs_to_target.0.epochs", "epochs_to_target.1.epochs",
         "inversion_only.time_s", "inversion_only.energy_j",
         "inversion_only.right_hand_sides", "solution.residual_max")


def label_in(report, path):
    """The label, with what its entry of a list is about."""
    beside = path.rpartition(".")[0]
    part = beside.rpartition(".")[2].replace("_", " ")
    target = dig(report, f"{beside}.target")
    told = label(path).replace("{target}", percent(target, 0))
    return told if path.count(".") == 0 or ":" in told or part.isdigit() or told != "time" \
        else f"{part}: {told}"


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
        css = "tile many" if len(runs) > 2 else "tile"
        out.append(f'<div class="{css}"><div class="what">{text(label_in(told, path))}</div>')
        out += [f'<div class="value">{mark_of(runs, index)}{show(node, value)}</div>'
                for index, value in enumerate(values)]
        out.append("</div>")
    out.append("</div>")
    return "".join(out)


def shown_phases(run):
    """Of the run, or of a workload's amortised step."""
    return dig(run.report, "workload.measured.amortised.phases") or run.report["phases"]


def whole(values):
    return sum(value for value in values if value is not None)


def plain_table(runs, what, names, value_of, unit, name):
    """A row a name and a column a run, with the total below."""
    columns = [[value_of(run, one) for one in names] for run in runs]
    rows = [[text(drawings.words(one)), *(quantity(value, unit) for value in values),
             *ratio_cells(values)]
            for one, values in zip(names, map(list, zip(*columns)))]
    sums = [whole(column) for column in columns]
    rows.append(["total", *(quantity(one, unit) for one in sums), *ratio_cells(sums)])
    return table([what, *run_heads(runs), *ratio_heads(runs)], rows,
                 [""] * len(names) + ["total"], name)


def phase_tables(runs):
    if len(runs) <= 2:
        return phase_table(runs)
    names = list(dict.fromkeys(phase["name"] for run in runs for phase in shown_phases(run)))

    def value_of(key):
        return lambda run, name: next((phase[key] for phase in shown_phases(run)
                                       if phase["name"] == name), None)
    return (plain_table(runs, "Time by phase", names, value_of("seconds"), "s", "phase_times") +
            plain_table(runs, "Energy by phase", names, value_of("energy_j"), "J",
                        "phase_energies"))


def phase_table(runs):
    names = list(dict.fromkeys(phase["name"] for run in runs for phase in shown_phases(run)))
    head, rows = ["Phase"], [[text(drawings.words(name))] for name in names]
    total = ["total"]
    for index, run in enumerate(runs):
        phases = {phase["name"]: phase for phase in shown_phases(run)}
        sums = [sum(phase[key] for phase in phases.values()) for key in ("seconds", "energy_j")]
        for row, name in zip(rows, names):
            for key, unit, whole in zip(("seconds", "energy_j"), "sJ", sums):
                value = phases.get(name, {}).get(key)
                row += [quantity(value, unit),
                        percent(value / whole if whole and value is not None else None)]
        total += [quantity(sums[0], "s"), "", quantity(sums[1], "J"), ""]
        who = mark_of(runs, index)
        head += [f"#{who}time", "#share", f"#{who}energy", "#share"]
    return table(head, rows + [total], [""] * len(rows) + ["total"], "phases")


def kind_table(runs, what, name, phases=None):
    energies = [{kind: sum(values.values())
                 for kind, values in drawings.kind_rows(run.report, phases)} for run in runs]
    kinds = sorted({kind for one in energies for kind in one},
                   key=lambda kind: -max(one.get(kind, 0.0) for one in energies))
    if not kinds:
        return ""
    return plain_table(runs, what, kinds,
                       lambda run, kind: energies[runs.index(run)].get(kind), "J", name)


def inversion_kinds(runs):
    """Converters, amplifiers or lanes: what inversion and programming spend their energy on."""
    phases = dig(runs[0].report, "inversion_only.phases") or ()
    kinds = kind_table(runs, "Kind of component", "inversion_kinds", phases)
    if not kinds:
        return ""
    out = ["<h3>What inversion and programming spend their energy on</h3>", kinds]
    if len(runs) < 3:
        for index, run in enumerate(runs):
            drawn = drawings.kind_bars(run, "Energy of inversion by kind of component", phases)
            out.append(f"<h3>{name_of(runs, index)}</h3>{drawn}" if drawn else "")
    return "".join(out)


def breakdown(runs):
    is_workload = any(dig(run.report, "workload.measured.amortised") for run in runs)
    what = "of the amortised step" if is_workload else "of the run"
    bounds = [[dig(run.report, f"amdahl_bound.{key}") for run in runs]
              for key in ("time_s", "energy_j")]
    checks = text(dig(runs[0].report, "verification.definition") or "")
    out = ['<section id="where"><h2>Where time and energy go</h2>',
           '<p class="lead">Phases exclude each other: their seconds add up to the simulated time '
           "and their joules to the total. A colour stands for a phase everywhere on this page. "
           f"{checks[:1].upper() + checks[1:] + '.' if checks else ''}</p>",
           f"<h3>Time by phase, {what}</h3>",
           drawings.phase_bars(runs, shown_phases, "seconds", "s", "Time by phase", bounds[0]),
           f"<h3>Energy by phase, {what}</h3>",
           drawings.phase_bars(runs, shown_phases, "energy_j", "J", "Energy by phase", bounds[1]),
           phase_tables(runs)]
    kinds = kind_table(runs, "Kind of component", "kinds")
    if kinds:
        steps = " (of all steps that were simulated)" if is_workload else ""
        out += [inversion_kinds(runs), f"<h3>All energy by kind of component{steps}</h3>", kinds]
    for index, run in enumerate(runs):
        opens = " open" if len(runs) < 3 else ""
        drawn = drawings.kind_bars(run, "Energy by kind of component")
        if drawn:
            flow = drawings.energy_flow(run, "Energy from phases to kinds of components")
            out.append(f"<details{opens}><summary>{name_of(runs, index)}: what the energy of each "
                       f"phase goes to</summary>{drawn}{flow}</details>")
        energy = drawings.component_bars(run, "energy_aj", "J", "Energy by component")
        busy = drawings.component_bars(run, "busy_s", "s", "Busy time by component")
        out.append(f"<details><summary>{name_of(runs, index)}: single components and their events"
                   f"</summary><h3>Energy by component</h3>{energy}<h3>Busy time by component (may "
                   f"overlap)</h3>{busy}{component_table(run, index)}</details>")
    return "".join(out) + "</section>"


def component_table(run, index):
    rows = []
    for component in run.report["components"]:
        rows.append([f'<b>{text(component["name"])}</b>', text(component.get("kind", "")), "",
                     quantity(component["busy_s"], "s"), quantity(component["energy_j"], "J")])
        for event in component["events"]:
            rows.append([f'&emsp;{text(event["name"])}', "", quantity(event["count"]), "",
                         quantity(event["energy_j"], "J")])
    return table(["Component", "Kind", "#count", "#busy", "#energy"], rows,
                 name=f"components{index + 1}")


def definition(report, section, node):
    """As the report has it; what the present schema says means nothing to reports of another."""
    told = (dig(report, section) or {}).get(node.get("definedBy"))
    return told or (node.get("description", "") if report["schema"] == SCHEMAS[0] else "")


def figures(title, lead, key, runs):
    """`lead` is shown where the report does not define the part itself."""
    rows = []
    told = runs[0].report[key].get("definition") or lead
    for field, node in labelled(key):
        values = [run.report[key].get(field) for run in runs]
        if all(value is None for value in values):
            continue
        rows.append([text(node["title"]), *(show(node, value) for value in values),
                     *ratio_cells(values), text(definition(runs[0].report, key, node))])
    notes = "".join(f'<p class="note"><b>{name_of(runs, index)}</b>: '
                    f'{text(run.report[key]["note"])}</p>'
                    for index, run in enumerate(runs) if run.report[key].get("note"))
    head = ["Figure", *run_heads(runs), *ratio_heads(runs), "Definition"]
    return (f'<section id="{key}"><h2>{title}</h2>'
            f'<p class="lead">{text(told[:1].upper() + told[1:])}</p>' +
            table(head, rows, name=key) + notes + "</section>")


def training(runs):
    curves = drawings.training_curves(runs)
    if not curves:
        return ""
    rows = []
    for index, target in enumerate(runs[0].report.get("epochs_to_target", [])):
        values = [dig(run.report, f"epochs_to_target.{index}.epochs") for run in runs]
        times = [dig(run.report, f"epochs_to_target.{index}.simulated_time_s") for run in runs]
        rows.append([f'epochs to {percent(target["target"], 0)}',
                     *("not reached" if v is None else Cell(f"{v:.2f}", v) for v in values),
                     *ratio_cells(values)])
        rows.append([f'simulated time to {percent(target["target"], 0)}',
                     *(quantity(v, "s") for v in times), *ratio_cells(times)])
    longest = max((run.report.get("history", []) for run in runs), key=len)
    for index, point in enumerate(longest):
        rows.append([f'test accuracy after epoch {point["epoch"]:g}',
                     *(percent(dig(run.report, f"history.{index}.test_accuracy"), 2)
                       for run in runs), *[""] * len(ratio_heads(runs))])
    return ('<section id="training"><h2>Training</h2><p class="lead">Accuracy on the test images, '
            "from the second evaluation on; marks are whole epochs, dashed lines the targets.</p>" +
            curves + table(["", *run_heads(runs), *ratio_heads(runs)], rows, name="training") +
            "</section>")


def values_in(section, path):
    """(path, value) of all figures in a part of a report, but for lists and definitions."""
    for key, value in section.items():
        if isinstance(value, dict):
            yield from values_in(value, f"{path}.{key}")
        elif not isinstance(value, list) and not key.endswith("definition"):
            yield f"{path}.{key}", value


def table_of(runs, keys, name):
    rows = []
    for key in keys:
        flat = [dict(values_in(run.report.get(key, {}), key)) for run in runs]
        for path in dict.fromkeys(path for one in flat for path in one):
            node = figure_if_declared(path)
            rows.append([text(path.partition(".")[2].replace(".", ": ").replace("_", " ")),
                         *(show(node, one.get(path)) for one in flat),
                         text(definition(runs[0].report, path.rpartition(".")[0], node))])
    return table(["", *run_heads(runs), "Definition"], rows, name=name)


def area(runs):
    if not any(run.report.get("area") for run in runs):
        return ""
    told = next(dig(run.report, "area.definition") or "" for run in runs if run.report.get("area"))
    return (f'<section id="area"><h2>Area</h2><p class="lead">{text(told[:1].upper() + told[1:])}.'
            "</p>" + table_of(runs, ("area",), "area") + "</section>")


def solution(runs):
    return ('<section id="quality"><h2>Solution quality and wear</h2><p class="lead">What the analog '
            "solves were worth, what had to fall back, and what it cost the cells. Residuals are "
            "relative, in FP64, against the matrix that was asked for; lifetime is in seconds.</p>" +
            table_of(runs, ("solution", "wear"), "quality") + "</section>")


def shown_parameter(value):
    shown = "true" if value is True else "false" if value is False else \
        f"{value:g}" if isinstance(value, float) else value
    return Cell(text(shown), value)


def parameter_cells(runs, values):
    """A cell a run, bold where they differ; of many runs a single one that tells all."""
    shown = [shown_parameter(value) for value in values]
    differ = any(value != values[0] for value in values)
    if len(runs) > 2:
        return [shown[0]] if not differ else [" ".join(
            f"{mark_of(runs, index)}<b>{cell}</b>" for index, cell in enumerate(shown))]
    return [Cell(f"<b>{cell}</b>", cell.raw) for cell in shown] if differ else shown


def configuration(runs):
    rows, classes = [], []
    notes = runs[0].report.get("parameters", {})
    keys = dict.fromkeys(f"{group}.{name}" for run in runs
                         for group, names in run.report["configuration"].items() for name in names)
    for key in keys:
        values = [dig(run.report, f"configuration.{key}") for run in runs]
        note = notes.get(key, {})
        source = note.get("source", "")
        shown = parameter_cells(runs, values)
        believed = note.get("believed")
        trust = "" if not believed else "believed " + " to ".join(f"{one:g}" for one in believed)
        where = ", ".join(str(note[one]) for one in ("node", "year") if note.get(one))
        mark = " *" if note.get("given") else ""
        rows.append([f"{text(key)}{mark}", *shown, text(note.get("unit", "")),
                     text(note.get("description", "")),
                     text("; ".join(one for one in (source, where, trust) if one))])
        classes.append("assumption" if "assum" in source.lower() else "")
    heads = run_heads(runs) if len(runs) <= 2 else ["Value"]
    head = ["Parameter", *heads, "Unit", "Meaning", "Source"]
    return ('<section id="configuration"><h2>Configuration and assumptions</h2><p class="lead">Every '
            "parameter in force, with its source, the node and year that it is of, and the range "
            "believed. Shaded rows rest on an assumption; * was set by the user or a preset; bold "
            "differs between the runs.</p>" + table(head, rows, classes, "configuration") +
            "</section>")
