#!/usr/bin/python3
"""Writes docs/report.md and docs/report.schema.json, which list what stands in a report, from the
declarations that reports are written by (`invar figures`).

  scripts/make_report_page.py --invar build/release/platform/invar          write them
  scripts/make_report_page.py --invar build/release/platform/invar --check  exit 1 if they are out of
                                                                         date
"""

import argparse
import pathlib
import subprocess
import sys

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
PAGES = {"page": DOCS / "report.md", "schema": DOCS / "report.schema.json"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--invar", required=True, help="the program")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    arguments = parser.parse_args()
    for form, path in PAGES.items():
        text = subprocess.run([arguments.invar, "figures", form], capture_output=True, text=True,
                              check=True).stdout
        if not arguments.check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"docs/{path.name} is out of date: run scripts/make_report_page.py")


if __name__ == "__main__":
    main()
