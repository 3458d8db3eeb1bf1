#!/usr/bin/env bash
# Runs clang-tidy on the sources that differ from BASE, by the commands of a build. Not a part of CI: a
# source takes 4 to 25 s.
#
#   scripts/check_tidy.sh [BASE=main] [BUILD=build/release]
set -euo pipefail
cd "$(dirname "$0")/.."
base="${1:-main}"
build="${2:-build/release}"

if [ ! -f "$build/compile_commands.json" ]; then
  echo "no $build/compile_commands.json: cmake --preset release" >&2
  exit 1
fi
git diff --name-only --diff-filter=d "$base" -- '*.cpp' '*.c' |
  xargs -r -n 1 -P "$(nproc)" clang-tidy --quiet --warnings-as-errors='*' -p "$build"
