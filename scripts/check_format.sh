#!/usr/bin/env bash
# Checks that every C and C++ file is formatted as .clang-format says; --fix formats them.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(--dry-run --Werror)
if [ "${1:-}" = "--fix" ]; then
  mode=(-i)
fi
find hw sw platform tests examples benchmarks -name '*.h' -o -name '*.cpp' -o -name '*.c' |
  sort | xargs -r clang-format "${mode[@]}"
