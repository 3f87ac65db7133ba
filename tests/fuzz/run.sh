#!/usr/bin/env bash
# Builds the fuzz targets with clang and the sanitizers, and looks for inputs that break one of them.
# What it finds is left in build/fuzz/findings; what it learnt in build/fuzz/corpus, for next time.
#
# usage: tests/fuzz/run.sh TARGET|all [SECONDS [RUNS]]
#   TARGET    text, json_lines, bson, ini, tables or models
#   SECONDS   of each target; default 3600
#   RUNS      of each target, if it comes to that before; default 10000000
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../jobs/lib.sh"

if [ $# -lt 1 ] || [ $# -gt 3 ]; then
  sed -n '5,8s/^# //p' "${BASH_SOURCE[0]}" >&2
  exit 64
fi
targets=("$1")
if [ "$1" = all ]; then
  targets=($(sed -n 's/^tessera_fuzz(\([a-z_]*\) .*/\1/p' "$root/tests/fuzz/CMakeLists.txt"))
fi
seconds=${2:-3600}
runs=${3:-10000000}

packages+=(clang libclang-rt-dev python3)
install_packages
build fuzz
folder=$root/build/fuzz
mkdir -p "$folder/findings"
# an allocation of 1 GiB for a small file is a finding; what Open MPI and HDF5 leak is not
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=0
export UBSAN_OPTIONS=print_stacktrace=1
for target in "${targets[@]}"; do
  seeds=$folder/seeds/$target
  corpus=$folder/corpus/$target
  mkdir -p "$corpus"
  python3 "$root/tests/fuzz/make_seeds.py" "$target" "$seeds"
  say "Fuzz: $target, at most $seconds s and $runs runs"
  log=$folder/$target.log
  if ! "$folder/tests/fuzz/fuzz_$target" "$corpus" "$seeds" -max_total_time="$seconds" \
    -runs="$runs" -max_len=4096 -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
    -artifact_prefix="$folder/findings/$target-" -print_final_stats=1 >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    printf 'a finding of %s; its input is in %s\n' "$target" "$folder/findings" >&2
    exit 1
  fi
  grep -E 'stat::number_of_executed_units|^#.*DONE' "$log"
done
