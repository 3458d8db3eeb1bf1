# Sourced by scripts that build: Ninja for a new build tree, where it is installed.
if command -v ninja >/dev/null; then
  export CMAKE_GENERATOR="${CMAKE_GENERATOR:-Ninja}"
fi
