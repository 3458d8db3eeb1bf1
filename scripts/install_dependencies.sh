#!/usr/bin/env bash
# Installs the Debian packages that the build and the tests need, if any is missing.
#
#   scripts/install_dependencies.sh          what building and running takes
#   scripts/install_dependencies.sh --riscv  and what the RISC-V host core takes
#   scripts/install_dependencies.sh --tests  and what that and the tests take
#   scripts/install_dependencies.sh --all    and what the long tests take, a Slurm too
set -euo pipefail

packages=(g++ cmake make pkg-config libsystemc-dev libeigen3-dev librandom123-dev libcli11-dev
          libtoml11-dev nlohmann-json3-dev libfmt-dev libelf-dev zlib1g-dev python3
          python3-matplotlib python3-numpy)
case "${1:-}" in --riscv | --tests | --all)
  packages+=(gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf libunicorn-dev) ;;
esac
case "${1:-}" in --tests | --all)
  packages+=(libboost-test-dev ngspice clang-format python3-jsonschema snakemake) ;;
esac
if [ "${1:-}" = "--all" ]; then
  packages+=(slurm-wlm munge)
fi

missing=()
for package in "${packages[@]}"; do
  if [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" != "ii " ]; then
    missing+=("$package")
  fi
done
if [ "${#missing[@]}" -eq 0 ]; then
  exit 0
fi

echo "installing: ${missing[*]}" >&2
root=()
if [ "$(id -u)" -ne 0 ]; then
  root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${root[@]}" apt-get update -qq
"${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
