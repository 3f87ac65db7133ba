#!/usr/bin/env bash
# Counts the instructions of small fixed runs under valgrind and compares them with recorded.txt: a
# slowdown is noticed without a clock, on a busy machine too. Counts belong to one compiler; with
# another the test is skipped (exit code 77), as it is without valgrind.
#
# usage: instructions_test.sh TESSERA COMPILER [--record]
#   COMPILER  name and version, as CMake knows them
#   --record  write recorded.txt instead; do so when a change of the counts is meant
set -euo pipefail

tessera=$1
compiler=$2
recorded=$(dirname "${BASH_SOURCE[0]}")/recorded.txt
tolerance=3 # percent: the C library picks its string functions by the processor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

skip() {
  printf 'skipped: %s\n' "$1"
  exit 77
}

command -v valgrind >/dev/null || skip "valgrind is not installed"
grep -qw avx2 /proc/cpuinfo || skip "this processor has no AVX2, for which the counts are"
if [ "${3:-}" != --record ]; then
  known=$(sed -n 's/^compiler //p' "$recorded")
  [ "$compiler" = "$known" ] || skip "recorded with $known, this is $compiler"
fi

# valgrind knows no AVX-512
export TESSERA_SIMD=avx2

# usage: count NAME JOB [OPTION ...]; prints the instructions of a run
count() {
  local name=$1
  shift
  if ! valgrind --tool=callgrind --callgrind-out-file="$work/$name.out" "$tessera" "$@" -q \
    >"$work/$name.log" 2>&1; then
    cat "$work/$name.log" >&2
    return 1
  fi
  sed -n 's/^==[0-9]*== Collected : //p' "$work/$name.log"
}

"$tessera" generate --rows 20000 --segments 6 --seed 1 --output "$work/customers.csv" -q
train=(train --input "$work/customers.h5" --id customer_id --ignore segment
  --output "$work/model.h5")

declare -A found
found[ingest]=$(count ingest ingest --input "$work/customers.csv" --output "$work/customers.h5")
found[train]=$(count train "${train[@]}" --segments 12)
# hardly anything but iterations: many segments, no seeding, no silhouette
found[iterate]=$(count iterate "${train[@]}" --segments 40 --init rows --silhouette-sample 0 \
  --tolerance 0 --max-iterations 40)
found[score]=$(count score score --input "$work/customers.h5" --model "$work/model.h5" \
  --output "$work/segments.csv")

if [ "${3:-}" = --record ]; then
  {
    printf '# Written by instructions_test.sh --record; %s percent more fail the test.\n' $tolerance
    printf 'compiler %s\n' "$compiler"
    for name in ingest train iterate score; do
      printf '%s %s\n' "$name" "${found[$name]}"
    done
  } >"$recorded"
  cat "$recorded"
  exit 0
fi

failed=0
for name in ingest train iterate score; do
  before=$(sed -n "s/^$name //p" "$recorded")
  now=${found[$name]}
  percent=$(awk -v a="$before" -v b="$now" 'BEGIN { printf "%+.2f", 100 * (b / a - 1) }')
  printf '%-8s %14s instructions, recorded %14s: %s %%\n' "$name" "$now" "$before" "$percent"
  if awk -v p="$percent" -v t=$tolerance 'BEGIN { exit !(p > t) }'; then
    failed=1
    printf 'FAILED: %s needs more instructions than recorded. Where they go now:\n' "$name"
    callgrind_annotate "$work/$name.out" 2>/dev/null |
      sed -n '/file:function/,$p' | sed -n 3,14p | cut -c 1-160
  elif awk -v p="$percent" -v t=$tolerance 'BEGIN { exit !(p < -t) }'; then
    printf 'faster than recorded: build the target record_instructions\n'
  fi
done
exit $failed
