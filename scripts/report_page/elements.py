"""What pages are made of: numbers with their units, tables that come as CSV too."""
import csv
import html
import io
import math
import re
import string
import urllib.parse


class Cell(str):
    """Ready HTML, with the plain value that a CSV has of it."""

    def __new__(cls, shown, raw):
        cell = super().__new__(cls, shown)
        cell.raw = raw
        return cell


def text(value):
    return html.escape(str(value))


def quantity(value, unit=""):
    """12.3 ms: four digits and an SI prefix."""
    if value is None:
        return "–"
    if value == 0 or not math.isfinite(value):
        return Cell(f"{value:g} {unit}".rstrip(), value)
    if unit == "":
        return Cell(f"{value:,}" if isinstance(value, int) else f"{value:.4g}", value)
    exponent = max(-18, min(15, 3 * math.floor(math.log10(abs(value)) / 3)))
    prefix = {-18: "a", -15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M",
              9: "G", 12: "T", 15: "P"}[exponent]
    return Cell(f"{value / 10**exponent:.4g} {prefix}{unit}", value)


def percent(value, digits=1):
    return "–" if value is None else Cell(f"{100 * value:.{digits}f} %", value)


def show(node, value):
    """A figure with its unit."""
    unit = node.get("unit", "")
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return "–" if value is None else text(str(value).lower())
    if unit == "fraction":
        return percent(value, 2)
    if unit == "epochs":
        return Cell(f"{value:.2f}", value)
    if unit in ("s", "J", "W", "op"):
        return quantity(value, unit)
    return quantity(value, unit.replace("1/s", "/s")) if "/" in unit else quantity(value)


def plain(cell):
    """Of a cell: its value, or its words without markup."""
    return getattr(cell, "raw", None) if hasattr(cell, "raw") else \
        html.unescape(re.sub(r"<[^>]*>", " ", cell)).strip()


def as_csv(head, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([plain(name.lstrip("#")) for name in head])
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def table(head, rows, row_classes=None, name=""):
    """Cells are ready HTML; a head that begins with # is a column of numbers. With a name the table
    comes as CSV too, in SI units."""
    numeric = [title.startswith("#") for title in head]
    out = ['<div class="scroll"><table><thead><tr>']
    out += [f'<th class="n">{title[1:]}</th>' if is_n else f"<th>{title}</th>"
            for title, is_n in zip(head, numeric)]
    out.append("</tr></thead><tbody>")
    for index, row in enumerate(rows):
        chosen = row_classes[index] if row_classes else ""
        out.append(f'<tr class="{chosen}">' if chosen else "<tr>")
        for cell, is_n, title in zip(row, numeric, head):
            css = "n" if is_n else "definition" if title == "Definition" else ""
            out.append(f'<td class="{css}">{cell}</td>' if css else f"<td>{cell}</td>")
        out.append("</tr>")
    out.append("</tbody></table></div>")
    if name:
        data = urllib.parse.quote(as_csv(head, rows))
        out.append(f'<a class="csv" download="{name}.csv" href="data:text/csv;charset=utf-8,{data}"'
                   ">CSV</a>")
    return "".join(out)


def letter(index):
    """A, B, ..., Z, A1, ...: what a run is called beside others."""
    return string.ascii_uppercase[index % 26] + (str(index // 26) if index >= 26 else "")


def name_of(runs, index):
    """Of a run on the page; its letter where there are several."""
    label = text(runs[index].label)
    return label if len(runs) == 1 else f'<span class="run">{letter(index)}</span> {label}'


def mark_of(runs, index):
    return "" if len(runs) == 1 else f'<span class="run">{letter(index)}</span> '


def run_heads(runs):
    """A column of numbers a run: by its letter alone where there are many."""
    if len(runs) <= 2:
        return [f"#{name_of(runs, index)}" for index in range(len(runs))]
    return [f'#<span class="run">{letter(index)}</span>' for index in range(len(runs))]


def ratio_heads(runs):
    return [f"#{letter(index)} / A" for index in range(1, len(runs))] if len(runs) < 4 else []


def ratio_cells(values):
    """Each value over the first, where there are columns for them."""
    if not 1 < len(values) < 4:
        return []
    first = values[0]

    def is_number(value):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return [Cell(f"× {value / first:.3g}", value / first)
            if is_number(value) and is_number(first) and first else "" for value in values[1:]]
