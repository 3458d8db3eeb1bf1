#!/usr/bin/python3
"""Writes the reference pages that the program prints from its own declarations: docs/report.md and
docs/report.schema.json (what stands in a report) and docs/parameters.md.

  scripts/make_reference_pages.py --invar build/release/platform/invar          write them
  scripts/make_reference_pages.py --invar build/release/platform/invar --check  exit 1 if one is out
                                                                                of date
"""

import argparse
import pathlib
import subprocess
import sys

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
PAGES = {("figures", "page"): DOCS / "report.md",
         ("figures", "schema"): DOCS / "report.schema.json",
         ("params", "page"): DOCS / "parameters.md"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--invar", required=True, help="the program")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    arguments = parser.parse_args()
    for command, path in PAGES.items():
        text = subprocess.run([arguments.invar, *command], capture_output=True, text=True,
                              check=True).stdout
        if not arguments.check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"docs/{path.name} is out of date: run scripts/make_reference_pages.py")


if __name__ == "__main__":
    main()
