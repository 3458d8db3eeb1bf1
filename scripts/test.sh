#!/usr/bin/env bash
# Installs what is missing, builds and runs every test. Ends in ctest's closing line.
#
#   scripts/test.sh            in build/release, the tree of scripts/run.sh and of the documentation
#   scripts/test.sh PRESET     in the tree of another preset: `cmake --list-presets`
#   scripts/test.sh --all ...  and then the long tests: a sweep on a Slurm of this machine (as root)
set -euo pipefail
cd "$(dirname "$0")/.."
dependencies=--tests
if [ "${1:-}" = "--all" ]; then
  dependencies=--all
  shift
fi
preset="${1:-release}"
source scripts/generator.sh

scripts/install_dependencies.sh "$dependencies"
scripts/check_format.sh
scripts/make_register_page.py --check
cmake --preset "$preset" -DINVAR_REQUIRE_RISCV=ON -DINVAR_REQUIRE_SNAKEMAKE=ON >/dev/null
cmake --build --preset "$preset" --parallel "$(nproc)"
ctest --preset "$preset" --parallel "$(nproc)"
if [ "$dependencies" = "--all" ]; then
  tests/sweeps/slurm_on_this_machine.py --invar "build/$preset/platform/invar"
fi
