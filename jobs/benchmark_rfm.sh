#!/usr/bin/env bash
# Measures `tessera rfm` beside pandas' groupby and DuckDB, side by side, from one generated CSV: what
# is not installed is left out with a word. With 20 million transactions of a million customers (1 GB
# of text) a few minutes on two cores, which should have nothing else to do; safe to run again.
#
# usage: jobs/benchmark_rfm.sh [--transactions N] [--customers N] [--ranks N] [--rounds N]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

transactions=20000000 customers=1000000 ranks=2 rounds=1
take_numbers "jobs/benchmark_rfm.sh [--transactions N] [--customers N] [--ranks N] [--rounds N]" "transactions customers ranks rounds" "$@"

program=${TESSERA:-$root/build/release/src/tessera}
if [ ! -x "$program" ]; then
  install_packages
  build release tessera
fi
work=$root/build/benchmark_rfm
mkdir -p "$work"
text=$work/transactions-$transactions-$customers.csv
if [ ! -s "$text" ]; then
  say "Generate $transactions transactions of $customers customers"
  "$program" generate -q --rows "$customers" --transactions "$transactions" --seed 1 --output "$text"
fi
say "Measure, in turns"
"${PYTHON:-python3}" "$root/benchmarks/rfm.py" "$program" "$root/jobs/run_ranks.sh" "$text" "$work" \
  --ranks "$ranks" --rounds "$rounds"
