#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors and runs every test. Ends in ctest's
# closing line.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_dependencies.sh --tests
scripts/check_format.sh
scripts/make_register_page.py --check
cmake -S . -B build/test -DCMAKE_BUILD_TYPE=Release -DINVAR_WARNINGS_AS_ERRORS=ON \
      -DINVAR_BUILD_TESTS=ON -DINVAR_REQUIRE_RISCV=ON >/dev/null
cmake --build build/test --parallel "$(nproc)"
ctest --test-dir build/test --output-on-failure --parallel "$(nproc)"
