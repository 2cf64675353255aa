# SPDX-License-Identifier: Apache-2.0
# Read by the scripts of this folder, which run from the root of the checkout.
set -eu
cd "$(dirname "$0")/.."
export CI=true LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1
exec </dev/null

# jobs: as many compilers as there are cores and 1.5 GiB of free memory for each.
jobs() {
  awk -v cores="$(nproc)" '/^MemAvailable:/ {
    n = int($2 / 1572864); if (n > cores) n = cores; if (n < 1) n = 1; print n }' /proc/meminfo
}

# build PRESET [TARGET...]: configures once per change and builds; all targets without names.
build() {
  preset=$1
  shift
  cmake -S .ci --preset "$preset" >"/tmp/wald-configure.$$" 2>&1 ||
    { cat "/tmp/wald-configure.$$"; rm -f "/tmp/wald-configure.$$"; return 1; }
  rm -f "/tmp/wald-configure.$$"
  cmake --build "build/$preset" --parallel "$(jobs)" ${1:+--target "$@"}
}

# has_target PRESET TARGET: does the configured build know this target?
has_target() {
  ninja -C "build/$1" -t query "$2" >/dev/null 2>&1
}
