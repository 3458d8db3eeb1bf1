#!/usr/bin/env python3
"""Speed of the RISC-V host core inside the whole SoC: instructions, register accesses, interrupts.

Builds three images, runs each with `invar run` and takes the best processor time of five runs.
Needs riscv64-unknown-elf-gcc and picolibc.

    benchmarks/host_core_speed.py BUILD_DIRECTORY [--quantum SECONDS]
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def build(directory):
    subprocess.run(["cmake", "-S", ROOT / "benchmarks/firmware", "-B", directory,
                    f"-DCMAKE_TOOLCHAIN_FILE={ROOT}/cmake/riscv64-unknown-elf.cmake"],
                   check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", directory], check=True, stdout=subprocess.DEVNULL)


def best(invar, image, settings, repeats=5):
    """Smallest processor seconds, and the account of the core."""
    seconds, core = [], None
    with tempfile.TemporaryDirectory() as directory:
        report = pathlib.Path(directory) / "report.json"
        for _ in range(repeats):
            command = [invar, "run", image, "--quiet", "--report", report,
                       "--set", "accelerator.tiles=1"]
            for setting in settings:
                command += ["--set", setting]
            subprocess.run(command, check=True)
            result = json.loads(report.read_text())
            seconds.append(result["host"]["cpu_s"])
            core = next(c for c in result["components"] if c["name"] == "soc.core")
    return min(seconds), {event["name"]: event["count"] for event in core["events"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--quantum", default="1e-5")
    arguments = parser.parse_args()
    invar = arguments.build.resolve() / "platform/invar"
    with tempfile.TemporaryDirectory() as directory:
        build(directory)
        image = lambda name: f"{directory}/{name}.elf"
        quantum = f"run.quantum_s={arguments.quantum}"
        seconds, events = best(invar, image("matmul"), [quantum])
        instructions = sum(n for name, n in events.items() if name != "register_access")
        print(f"matmul: {instructions / 1e6:.1f} M instructions, "
              f"{instructions / seconds / 1e6:.0f} MIPS")
        for synchronise in ("false", "true"):
            settings = [quantum, f"host_core.synchronise_registers={synchronise}"]
            without, _ = best(invar, image("register_reads_none"), settings)
            seconds, events = best(invar, image("register_reads"), settings)
            print(f"register access, synchronised {synchronise}: "
                  f"{(seconds - without) / events['register_access'] * 1e9:.0f} ns")
        seconds, _ = best(invar, image("interrupt_round_trips"), [quantum])
        print(f"interrupt round trip: {seconds / 1e5 * 1e6:.1f} us")


if __name__ == "__main__":
    main()
