#!/usr/bin/env python3
"""The kernels for AVX hold no code that the linker could take for a plain function's.

  kernel_symbols_test.py LIBRARY

A weak function compiled with -mavx2 would stand for all of its name in the program, and stop it on a
processor without AVX. Only the renamed Eigen's may be weak.
"""
import re
import subprocess
import sys

members = {}
member = ""
for line in subprocess.run(["nm", "-C", "--defined-only", sys.argv[1]], capture_output=True,
                           text=True, check=True).stdout.splitlines():
    if line.endswith(":"):
        member = line[:-1]
    elif re.search(r"_avx(2|512)\.", member):
        members.setdefault(member, []).append(line)

shared = [f"{member}: {line}" for member, lines in members.items() for line in lines
          if re.search(r" [Ww] ", line) and "EigenAvx" not in line]
if shared:
    sys.exit("weak functions in kernels for AVX:\n" + "\n".join(shared))
print(f"{len(members)} kernels for AVX, nothing shared")
