#!/usr/bin/env python3
"""Instruction counts of the RISC-V simulator against qemu's.

Builds three kernels once and runs the same image on both. Under `-icount shift=0` qemu counts
instructions in minstret; the simulator counts them itself. Needs riscv64-unknown-elf-gcc and
qemu-system-riscv64.

    benchmarks/instruction_count.py BUILD_DIRECTORY
"""
import pathlib
import subprocess
import sys
import tempfile

KERNELS = ["integer and branches", "floating point", "calls and copies"]


def run(command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def results_and_counts(text):
    numbers = [int(line) for line in text.split()]
    return list(zip(numbers[0::2], numbers[1::2]))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1])
    source = pathlib.Path(__file__).with_name("instruction_count_kernels.c")
    with tempfile.TemporaryDirectory() as directory:
        elf, image = f"{directory}/kernels.elf", f"{directory}/kernels.bin"
        run(["riscv64-unknown-elf-gcc", "-O2", "-march=rv64gc", "-mabi=lp64d", "-mcmodel=medany",
             "-ffreestanding", "-nostdlib", "-Wl,-Ttext=0x80000000", "-Wl,--build-id=none",
             "-o", elf, str(source)])
        run(["riscv64-unknown-elf-objcopy", "-O", "binary", elf, image])
        qemu = results_and_counts(run(
            ["qemu-system-riscv64", "-M", "virt", "-bios", "none", "-nographic",
             "-icount", "shift=0", "-kernel", elf]))
        simulator = results_and_counts(run(
            [str(build / "benchmarks/instruction_count_driver"),
             str(build / "platform/libinvar_riscv_simulator.so"), image]))
    print(f"{'kernel':22} {'qemu':>12} {'simulator':>12} {'difference':>10}")
    worst = 0
    for name, (expected, reference), (result, count) in zip(KERNELS, qemu, simulator, strict=True):
        print(f"{name:22} {reference:12} {count:12} {count - reference:10}")
        if result != expected:
            sys.exit(f"{name}: result {result} instead of {expected}")
        worst = max(worst, abs(count - reference))
    sys.exit(0 if worst <= 10 else "the counts differ by more than 10")


if __name__ == "__main__":
    main()
