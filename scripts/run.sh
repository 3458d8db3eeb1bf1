#!/usr/bin/env bash
# Installs what is missing, builds, and trains the network on real handwritten digits (MNIST) with
# K-FAC: once with every inversion on the RRAM accelerator, once on the digital engine. Leaves the
# reports, the ratios between them and the page that shows both side by side in runs/mnist.
#
#   scripts/run.sh [FLAGS of `invar train`]        for example: scripts/run.sh --epochs 1
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/generator.sh

scripts/install_dependencies.sh
scripts/fetch_mnist.sh
cmake --preset release -DINVAR_BUILD_TESTS=OFF >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target invar

invar=build/release/platform/invar
out=runs/mnist
mkdir -p "$out"
for inverter in rram digital; do
  echo
  "$invar" train --dataset data/mnist --inverter "$inverter" \
    --report "$out/$inverter.json" "$@"
done
echo
"$invar" compare "$out/digital.json" "$out/rram.json" | tee "$out/comparison.txt"
scripts/report_html.py "$out/rram.json" "$out/digital.json" --out "$out/report.html"
echo
echo "the report: $out/report.html"
