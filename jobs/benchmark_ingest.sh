#!/usr/bin/env bash
# Measures `tessera ingest` beside pandas and DuckDB, side by side, of two generated CSV files: customers
# as they come, with text, and their numbers alone. What is not installed is left out with a word. With
# 12 million customers (1.1 GB of text) a few minutes; safe to run again.
#
# usage: jobs/benchmark_ingest.sh [--customers N] [--ranks N] [--rounds N]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

customers=12000000 ranks=1 rounds=1
take_numbers "jobs/benchmark_ingest.sh [--customers N] [--ranks N] [--rounds N]" "customers ranks rounds" "$@"

program=${TESSERA:-$root/build/release/src/tessera}
if [ ! -x "$program" ]; then
  install_packages
  build release tessera
fi
work=$root/build/benchmark_ingest
mkdir -p "$work"
mixed=$work/customers-$customers.csv numbers=$work/numbers-$customers.csv
if [ ! -s "$numbers" ]; then
  say "Generate $customers customers"
  "$program" generate -q --rows "$customers" --seed 1 --output "$mixed"
  cut -d , -f 2-13 "$mixed" >"$numbers.part"
  mv "$numbers.part" "$numbers"
fi
say "Measure, in turns"
"${PYTHON:-python3}" "$root/benchmarks/ingest.py" "$program" "$root/jobs/run_ranks.sh" "$work" \
  "$mixed" "$numbers" --ranks "$ranks" --rounds "$rounds"
