"""Where a page comes from, and what its figures leave out."""
from report_file import dig

from .elements import run_heads, show, table, text
from report_schema import figure_if_declared

# What no run counts: of what, in whose favour, and why.
NOT_COUNTED = (
    ("wiring, pads and clock tree; layout overhead of tiles", "area", "all systems alike",
     "no floor plan"),
    ("memory outside the chip, host core and bus", "area", "all systems alike",
     "the same in all"),
    ("clocks of idle logic", "energy", "all systems alike", "taken to be gated"),
    ("tiles that never hold a matrix", "static power", "tiles", "taken to be switched off"),
    ("digital control of a tile beside its lanes", "area, energy", "tiles",
     "command decoding takes time, no area"),
    ("charge pumps and regulators of the write voltages", "area, energy", "tiles",
     "pulses are charged at the cell"),
    ("retention of cells, temperature, ageing of amplifiers", "quality", "tiles", "not modelled"),
    ("wires and mismatch, unless the fidelity is circuit", "quality", "tiles",
     "behavioural tiles have ideal wires"),
    ("cooling, power conversion", "energy", "all systems alike", "outside the machine"),
    ("loading the data set into memory", "time, energy", "all systems alike",
     "the run begins with it there"),
)

PROVENANCE = ("version", "host.commit", "configuration_hash", "data.name", "data.hash",
              "firmware_hash", "seed")


def not_counted():
    rows = [[text(what), text(of), text(whom), text(why)] for what, of, whom, why in NOT_COUNTED]
    return ('<section id="left-out"><h2>Not counted, and whom it favours</h2>' +
            table(["Left out", "Of", "Favours", "Why"], rows, name="not_counted") + "</section>")


def provenance(runs):
    paths = list(PROVENANCE)
    for run in runs:
        paths += [f"host.{key}" for key, value in run.report.get("host", {}).items()
                  if not isinstance(value, (dict, list)) and not key.endswith("definition")]
    rows = []
    for path in dict.fromkeys(paths):
        values = [dig(run.report, path) for run in runs]
        if any(value is not None for value in values):
            node = figure_if_declared(path)
            rows.append([text(path.replace(".", ": ").replace("_", " ")),
                         *("–" if value is None else
                           text(value) if isinstance(value, str) else show(node, value)
                           for value in values)])
    line = [dig(run.report, "host.command_line") for run in runs]
    told = [" ".join(one) if isinstance(one, list) else one for one in line]
    if any(told):
        rows.append(["command line", *(f"<code>{text(one or '–')}</code>" for one in told)])
    return ('<section id="provenance"><h2>Where this comes from</h2>' +
            table(["", *(name[1:] for name in run_heads(runs))], rows, name="provenance") +
            "</section>")
