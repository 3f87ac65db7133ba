#!/usr/bin/env bash
# usage: killed_rank_test.sh TESSERA RUN_RANKS
# A rank that is killed ends the job at once, with one line that says which one it was, and what it
# leaves behind goes with the next job: on 1, 2 and 3 ranks.
set -u
tessera=$1 run_ranks=$2
folder=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
cd "$folder" || exit 1
trap 'rm -rf "$folder"' EXIT
failures=0 cases=0

complain() {
  failures=$((failures + 1))
  echo "FAILED: $1"
  [ ! -s err ] || head -n 8 err | sed 's/^/    /'
}
parts() { find . -name '.*.part' | sort; }

# start RANKS JOB ...: in the background; comes back when there is a temporary file.
start() {
  local before
  before=$(parts)
  "$run_ranks" "$@" >out 2>err &
  job=$!
  for _ in $(seq 200); do
    [ "$(parts)" = "$before" ] || break
    sleep 0.05
  done
  [ "$(parts)" != "$before" ] || complain "no temporary file: $*"
  sleep 0.2
}

# The process of a rank of the job.
process_of() {
  local process
  for process in $(pgrep -P "$job"); do
    if tr '\0' '\n' <"/proc/$process/environ" | grep -q "^OMPI_COMM_WORLD_RANK=$1\$"; then
      echo "$process"
    fi
  done
}

# kill_rank RANKS RANK SIGNAL CODE "TEXT": of the job that was started.
kill_rank() {
  local process began took code
  cases=$((cases + 1))
  process=$(process_of "$2")
  began=$(date +%s%N)
  kill -s "$3" "$process" || complain "no rank $2 of $1"
  wait "$job"
  code=$?
  took=$((($(date +%s%N) - began) / 1000000))
  [ "$code" = "$4" ] || complain "rank $2 of $1 by SIG$3: exit code $code"
  [ "$took" -le 10000 ] || complain "rank $2 of $1 by SIG$3: the end takes $took ms"
  if [ -n "$5" ]; then
    [ "$(grep -c 'error:' err)" = 1 ] || complain "rank $2 of $1 by SIG$3: not one line"
    grep 'error:' err | grep -F "rank $2 of $1 on $(uname -n)" | grep -qF -- "$5" ||
      complain "rank $2 of $1 by SIG$3: nothing of that"
  fi
}

endless=(generate -q --rows 50000000 --output kept.csv)
echo old >kept.csv
for rank in 0 1 2; do
  start 3 "$tessera" "${endless[@]}"
  kill_rank 3 $rank KILL 137 SIGKILL
  [ -z "$(parts)" ] || complain "left $(parts)"
done
start 2 "$tessera" "${endless[@]}"
kill_rank 2 $((RANDOM % 2)) XCPU 152 "ulimit -t"
start 2 "$tessera" "${endless[@]}"
kill_rank 2 $((RANDOM % 2)) SEGV 139 "SIGSEGV"
start 3 "$tessera" "${endless[@]}"
kill_rank 3 $((RANDOM % 3)) TERM 143 ""
! grep -q 'error:' err || complain "a rank that was asked to end is said to be killed"
[ -z "$(parts)" ] || complain "left $(parts)"

# --- with the launcher's own words, and an end of the whole job
cases=$((cases + 1))
(
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  exec mpirun --oversubscribe -n 3 "$tessera" "${endless[@]}"
) >out 2>err &
job=$!
for _ in $(seq 200); do
  [ -z "$(parts)" ] || break
  sleep 0.05
done
kill_rank 3 1 KILL 137 SIGKILL
start 3 "$tessera" "${endless[@]}"
kill "$job"
wait "$job" && complain "an ended job ends well"
! grep -q 'error:' err || complain "an ended job complains"
[ -z "$(parts)" ] || complain "left $(parts)"
[ "$(cat kept.csv)" = old ] || complain "the old output is gone"

# --- while a model is trained
"$tessera" generate -q --rows 100000 --segments 50 --output in.h5 || complain "no customers"
train=(train -q --input in.h5 --id customer_id --segments 40 --restarts 40 --tolerance 0
  --max-iterations 100000 --output kept.csv)
start 3 "$tessera" "${train[@]}"
kill_rank 3 $((RANDOM % 3)) KILL 137 SIGKILL
[ -z "$(parts)" ] || complain "left $(parts)"
[ "$(cat kept.csv)" = old ] || complain "the old output is gone"

# --- what a lone rank leaves behind, the next job removes; nothing else
small=(generate -q --rows 100 --segments 2 --output kept.csv)
start 1 "$tessera" "${endless[@]}"
kill_rank 1 0 KILL 137 ""
[ -n "$(parts)" ] || complain "nothing is left to be removed"
digits=0123456789abcdef
touch ".kept.csv.$digits" ".kept.csv.$digits.part2" ".other.csv.$digits.part" ".kept.csv.x$digits.part" \
  ".kept.csv.0123456789ABCDEF.part" .kept.csv.part keep
ln -s keep ".kept.csv.aaaaaaaaaaaaaaaa.part"
mkdir ".kept.csv.bbbbbbbbbbbbbbbb.part"
foreign=.kept.csv.cccccccccccccccc.part
touch $foreign
chown 1 $foreign 2>/dev/null || rm $foreign
others=$(find . -name '.*' -o -name keep | sort)
left=$(find . -name '.kept.csv.*.part' -type f -size +0 | sort)
cases=$((cases + 1))
"$run_ranks" 2 "$tessera" "${small[@]}" 2>err || complain "no output beside what was left"
[ "$(find . -name '.*' -o -name keep | sort)" = "$(grep -vxF -- "$left" <<<"$others")" ] ||
  complain "not the right files are removed: $(diff <(echo "$others") <(find . -name '.*' -o -name keep | sort))"
find . -name '.kept.csv.*' -delete
rm -f .other.csv.* keep

# --- but not what a living job writes
cases=$((cases + 1))
start 2 "$tessera" "${endless[@]}"
living=$(parts)
"$tessera" "${small[@]}" || complain "no output beside a living job"
[ "$(parts)" = "$living" ] || complain "a living job lost its file"
kill "$job"
wait "$job"
[ -z "$(parts)" ] || complain "left $(parts)"

echo "$cases cases, $failures failed"
[ "$failures" = 0 ]
