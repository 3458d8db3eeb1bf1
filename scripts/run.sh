#!/usr/bin/env bash
# Installs what is missing, builds, and trains the network on real handwritten digits (MNIST) with
# K-FAC: with every inversion on the RRAM machine for training, on the digital engine in FP32, and there
# in INT8 with diagonal blocks. Leaves the reports, the ratios between them and the page that shows RRAM and FP32 side by
# side in runs/mnist.
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
train() { # NAME OPTIONS
  echo
  local name="$1"
  shift
  "$invar" train --dataset data/mnist --report "$out/$name.json" "$@"
}
train rram --preset integrated-40nm+training "$@"
train digital --preset integrated-40nm --inverter digital "$@"
train digital-int8 --preset integrated-40nm --inverter digital --block-layout diagonal \
  --set engine.inversion_precision=int8 "$@"
echo
"$invar" compare "$out/digital.json" "$out/rram.json" "$out/digital-int8.json" |
  tee "$out/comparison.txt"
scripts/report_html.py "$out/digital.json" "$out/rram.json" "$out/digital-int8.json" --out "$out/report.html"
echo
echo "the report: $out/report.html"
