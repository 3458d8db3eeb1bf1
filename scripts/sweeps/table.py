"""What a sweep found, as tables in the order of the plan."""
import collections
import csv
import io
import json
import pathlib

from input_file import InputError, read_text
from report_file import LARGEST_BYTES, dig
from report_html import replace
from sweeps import figures


class Row:
    """One finished point: its settings and figures of its report."""

    def __init__(self, point, report, paths):
        self.identity, self.settings = point.identity, point.settings
        self.figures = {path: dig(report, path) for path in paths}


def load(path):
    try:
        return json.loads(read_text(path, LARGEST_BYTES))
    except ValueError as error:
        raise InputError(f"{path}: no report: {error}; remove it and run the sweep again") from None


def rows_of(points, store, paths):
    """Of the points that are finished."""
    finished = store.finished()
    return [Row(point, load(store.report(point.identity)), paths)
            for point in points if point.identity in finished]


def cell(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def write_csv(path, head, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    replace(path, text.getvalue())


def write_parquet(source, target):
    """Where pyarrow is installed."""
    try:
        import pyarrow.csv
        import pyarrow.parquet
    except ImportError:
        return
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(source), target)


def write_tables(folder, design, points, rows, failures):
    folder = pathlib.Path(folder)
    columns = design.columns()

    def settings(one):
        return [one.identity, *(one.settings[name] for name in columns)]

    ours = [path for path in design.figures if not path.startswith("host.")]
    write_csv(folder / "table.csv", ["point", *columns, *ours],
              ([*settings(row), *(row.figures[path] for path in ours)] for row in rows))
    write_parquet(folder / "table.csv", folder / "table.parquet")
    write_csv(folder / "host.csv", ["point", *host_figures(design)],
              ([row.identity, *(row.figures[path] for path in host_figures(design))]
               for row in rows))
    write_csv(folder / "failures.csv", ["point", *columns, "message"],
              ([*settings(point), failures[point.identity]]
               for point in points if point.identity in failures))


def host_figures(design):
    return list(dict.fromkeys([*figures.HOST,
                               *(path for path in design.figures if path.startswith("host."))]))


def all_figures(design):
    return list(dict.fromkeys([*design.figures, *design.pareto.figures, *host_figures(design)]))


def warnings(design, rows):
    for path in design.figures:
        if rows and all(row.figures[path] is None for row in rows):
            yield f"figure {path}: in no report of this sweep"
    for path, what in (("host.commit", "were built from"), ("host.kernel_level", "computed with")):
        found = collections.Counter(cell(row.figures[path]) for row in rows)
        if len(found) > 1:
            yield (f"points {what} several {path}: "
                   + ", ".join(f"{name} ({count})" for name, count in sorted(found.items())))
