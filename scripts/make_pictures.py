#!/usr/bin/env python3
"""Makes the pictures of the README anew: waveform and report of the machine for training.

    scripts/make_pictures.py --invar build/release/platform/invar --dataset DIR

Needs Debian's gtkwave, xvfb, imagemagick and chromium.

    docs/images/waveform.png  a refresh: tiles that are written in the background while others serve,
                              and the step at which they change places
    docs/images/report.png    the report page of that machine beside the digital engine

Exit status: 0 done; 1 a program failed.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

IMAGES = pathlib.Path(__file__).resolve().parent.parent / "docs" / "images"
MACHINE = ["--preset", "integrated-40nm+training"]
DIGITAL = ["--preset", "integrated-40nm", "--inverter", "digital"]
# Letters: the third refresh begins at 6.1 ms, and the tiles that were written since 3.6 ms serve.
WINDOW_MS = (4.9, 8.5)
TILES = 24
SIZE = (1500, 780)


def signal(name, alias, filter_number=None):
    """A line of the save file; its values in words of the filter, where there is one."""
    named = f"+{{{alias}}} {name}"
    return (["@28", named] if filter_number is None
            else ["@2024", f"^1 t.vcd.gtkw.{filter_number}.filter", named])


def save_file():
    """What GTKWave shows, in place of the longer list of the run's own save file."""
    lines = ['[dumpfile] "t.vcd"', f"[timestart] {1e9 * WINDOW_MS[0]:.0f}",
             f"[size] {SIZE[0]} {SIZE[1]}",
             "[sst_expanded] 0", "[signals_width] 250", "*-29.2 -1"]
    lines += signal("soc.phase[3:0]", "phase", 1)
    lines += ["@8420", "+{power, mW} soc.power_mw", "@20000", "-", "-"]
    lines += signal("soc.engine.core.state[1:0]", "digital engine", 2)
    lines += signal("soc.core.running", "host core running")
    lines += signal("soc.accelerator.core.irq", "accelerator's interrupt")
    for tile in range(TILES):
        lines += signal(f"soc.accelerator.core.queue.tile_{tile}.state[2:0]", f"tile {tile}", 3)
    return "\n".join(lines) + "\n"


def make_waveform(arguments, folder):
    window = "{}ms:{}ms".format(*WINDOW_MS)
    run([arguments.invar, "train", "--dataset", arguments.dataset, "--epochs", "0.2", *MACHINE,
         "--vcd", "t.vcd", "--vcd-window", window, "--quiet"], folder)
    (folder / "m.gtkw").write_text(save_file())
    screen = f"-screen 0 {SIZE[0]}x{SIZE[1]}x24"
    run(["xvfb-run", "-a", "-s", screen, "sh", "-c",
         "gtkwave m.gtkw >/dev/null 2>&1 & sleep 8; import -window root w.png; kill $!"], folder)
    return folder / "w.png"


def make_report(arguments, folder):
    for name, options in (("rram", MACHINE), ("digital", DIGITAL)):
        run([arguments.invar, "train", "--dataset", arguments.dataset, "--epochs", "1", *options,
             "--quiet", "--report", f"{name}.json"], folder)
    script = pathlib.Path(__file__).resolve().parent / "report_html.py"
    run([str(script), "digital.json", "rram.json", "--out", "r.html"], folder)
    run(["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1000,1500",
         "--screenshot=r.png", "r.html"], folder)
    return folder / "r.png"


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {done.stderr.strip()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invar", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--dataset", required=True,
                        type=lambda path: str(pathlib.Path(path).resolve()), help="letters")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (IMAGES / "waveform.png").write_bytes(make_waveform(arguments, folder).read_bytes())
        (IMAGES / "report.png").write_bytes(make_report(arguments, folder).read_bytes())


if __name__ == "__main__":
    main()
