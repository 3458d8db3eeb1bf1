#!/usr/bin/python3
"""Makes a page that stands alone from the reports of runs: one, or any number side by side.

    scripts/report_html.py REPORT.json [ANOTHER.json ...] [--out report.html]

Exit status: 0 done, 2 bad usage or an input that is no report.
"""
import argparse
import collections
import os
import sys
import tempfile

from input_file import InputError
from report_file import Run, dig, require_comparable
from report_page import foot, verdict
from report_page.elements import name_of, text
from report_page.style import STYLE


def header(runs):
    first = runs[0].report
    data = first["data"]
    title = ", ".join(name_of(runs, index) for index in range(len(runs)))
    badges = "".join(f'<span class="badge">{text(item)}</span>' for item in (
        f'{first["workload"].get("command", "run")}', f'data {data.get("name", "?")}',
        f'seed {first["seed"]}', f'version {first.get("version", "?")}'))
    for commit in dict.fromkeys(dig(run.report, "host.commit") for run in runs):
        badges += f'<span class="badge">commit {text(commit[:12])}</span>' if commit else ""
    for index, run in enumerate(runs):
        if not run.report.get("complete"):
            badges += (f'<span class="badge partial">{name_of(runs, index)}: partial, '
                       f'{text(run.report.get("reason") or "stopped early")}</span>')
    return f"<header><h1>Invar: {title}</h1><p>{badges}</p></header>"


def navigation(body):
    """A link to each section that the page has."""
    names = {"verdict": "Verdict", "where": "Time and energy", "inversion_only": "Inversion",
             "whole_iteration": "Iteration", "amdahl_bound": "Bound", "training": "Training",
             "area": "Area", "quality": "Quality and wear", "configuration": "Parameters",
             "provenance": "Provenance", "left-out": "Not counted"}
    return "<nav>" + "".join(f'<a href="#{key}">{name}</a>' for key, name in names.items()
                             if f'id="{key}"' in body) + "</nav>"


def page(runs):
    try:
        from report_page import sections  # late: bad input is told without waiting for matplotlib
    except ImportError as error:
        raise InputError(f"{error}: install python3-matplotlib (Debian)") from None

    body = "\n".join([
        verdict.verdicts(runs), sections.tiles(runs), sections.breakdown(runs),
        sections.figures("Inversion only",
                         "What the inverter did, programming included, apart from the rest of the "
                         "iteration.", "inversion_only", runs),
        sections.figures("Whole iteration", "The same run with everything that it takes.",
                         "whole_iteration", runs),
        sections.figures("Amdahl bound", "What is left if inversion and programming cost nothing.",
                         "amdahl_bound", runs),
        sections.training(runs), sections.area(runs), sections.solution(runs),
        sections.configuration(runs), foot.provenance(runs), foot.not_counted()])
    title = text(", ".join(run.label for run in runs))
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>Invar: {title}</title><style>{STYLE}</style></head><body><main>" +
            header(runs) + navigation(body) + body + "</main></body></html>\n")


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


def tell_apart(runs):
    """Runs of one name get that of their file too."""
    count = collections.Counter(run.label for run in runs)
    for run in runs:
        if count[run.label] > 1:
            run.label += f" ({os.path.basename(run.path)})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reports", nargs="+", metavar="REPORT.json",
                        help="what later ones take is told beside the first")
    parser.add_argument("--out", default="report.html", help="page to write [%(default)s]")
    arguments = parser.parse_args()
    try:
        for path in arguments.reports:
            if os.path.exists(arguments.out) and os.path.exists(path) and \
                    os.path.samefile(arguments.out, path):
                raise InputError(f"--out {arguments.out}: is the report {path}")
        runs = [Run(path) for path in arguments.reports]
        for run in runs[1:]:
            require_comparable(runs[0], run)
        tell_apart(runs)
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
