#!/usr/bin/env bash
# Measures Tessera on this machine: its share of what the hardware allows, and beside scikit-learn
# and FAISS. Installs what is missing, builds, runs, and writes a page with tables and plots
# (benchmarks/results beside it). Up to 25 minutes on two cores, which should have nothing else to
# do; safe to run again. PYTHON=... chooses the interpreter, which has to have the peers then.
#
# usage: jobs/benchmark.sh [--quick] [--out BENCHMARKS.md]
#   --quick   a smoke test of about three minutes; its figures say little
#   --out     the page to write; default BENCHMARKS.md at the top of the tree
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  sed -n '7,9s/^# //p' "${BASH_SOURCE[0]}" >&2
  exit 64
}

quick=()
page=$root/BENCHMARKS.md
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=(--quick) ;;
    --out)
      [ $# -ge 2 ] || usage
      page=$(realpath -m "$2")
      shift
      ;;
    *) usage ;;
  esac
  shift
done

# The peers compute with the BLAS that is installed: give them a fast one.
packages+=(
  git libbenchmark-dev libopenblas0-pthread
  python3-sklearn python3-numpy python3-pandas python3-h5py python3-matplotlib
)
if apt-cache show python3-faiss >/dev/null 2>&1; then
  packages+=(python3-faiss)
fi

install_packages
build benchmark
folder=$root/build/benchmark
work=$folder/work
mkdir -p "$work"

say "Measure"
# the distribution's Python, whose packages these are
python=${PYTHON:-/usr/bin/python3}
"$python" "$root/benchmarks/run.py" "$folder" "$work" "$work/results.json" "${quick[@]}"
"$python" "$root/benchmarks/report.py" "$work/results.json" "$page"

say "Done: $page"
