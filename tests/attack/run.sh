#!/usr/bin/env bash
# All attacks at length, on a release build; the other tests run a part of them (ctest -L attack).
#
# usage: tests/attack/run.sh [FOLDER OF THE BUILD]
#
# Ends with 1 if any found what must not be; what each counted stands at its end.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
tessera=$(realpath "${1:-$root/build/release}/src/tessera")
run_ranks=$root/jobs/run_ranks.sh
python=python3
python3 -c 'import h5py' 2>/dev/null || python=/usr/bin/python3
code=0

# attack NAME RANKS [arguments ...]
attack() {
  printf '\n== %s\n' "$*"
  local name=$1 ranks=$2 result=0
  shift 2
  local command=("$here/${name}_test.sh")
  [ -e "${command[0]}" ] || command=("$python" "$here/${name}_test.py")
  "${command[@]}" "$tessera" "$run_ranks" "$ranks" "$@" || result=$?
  [ "$result" -eq 0 ] || [ "$result" -eq 77 ] || code=1
}

attack damaged_files 1
for files in tables claims others models; do
  attack "crafted_$files" 1
  attack "crafted_$files" 3
done
attack kills 1 --kills 100
attack kills 3 --kills 100
attack killed_rank 3
attack streams 1
attack streams 2
attack names 1
attack names 3
attack changing_inputs 1
attack changing_inputs 3
attack different_files 2
attack different_files 3
attack different_files 5
attack failing_calls 1
attack failing_calls 3 --limit 1000
exit "$code"
