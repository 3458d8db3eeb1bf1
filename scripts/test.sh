#!/usr/bin/env bash
# Installs what is missing, builds and runs every test. Ends in ctest's closing line.
#
#   scripts/test.sh            in build/release, the tree of scripts/run.sh and of the documentation
#   scripts/test.sh PRESET     in the tree of another preset: `cmake --list-presets`
set -euo pipefail
cd "$(dirname "$0")/.."
preset="${1:-release}"
source scripts/generator.sh

scripts/install_dependencies.sh --tests
scripts/check_format.sh
scripts/make_register_page.py --check
cmake --preset "$preset" -DINVAR_REQUIRE_RISCV=ON >/dev/null
cmake --build --preset "$preset" --parallel "$(nproc)"
ctest --preset "$preset" --parallel "$(nproc)"
