"""Where a page comes from, and what its figures leave out."""
import pathlib
import re

from report_file import dig
from report_schema import figure_if_declared

from .elements import run_heads, show, table, text

NOT_MODELLED = pathlib.Path(__file__).resolve().parents[2] / "docs/not_modelled.md"

PROVENANCE = ("version", "host.commit", "configuration_hash", "data.name", "data.hash",
              "firmware_hash", "seed")


def not_counted():
    """The table of docs/not_modelled.md."""
    rows = [line.strip("| ").split(" | ")
            for line in NOT_MODELLED.read_text(encoding="utf-8").splitlines()
            if line.startswith("| ")][1:]
    cells = [[re.sub(r"`([^`]*)`", r"<code>\1</code>", text(cell)) for cell in row] for row in rows]
    return ('<section id="left-out"><h2>Not counted, and whom it favours</h2><p class="lead">Whose '
            "figures would be worse with it.</p>" +
            table(["Left out", "Favours"], cells, name="not_counted") + "</section>")


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
