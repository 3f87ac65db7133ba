#!/usr/bin/env bash
# usage: streams_test.sh TESSERA RUN_RANKS RANKS
# Standard streams that are closed, full or gone, limits of the process, and what is no file under a
# name: at RANKS ranks.
set -u
tessera=$1 run_ranks=$2 ranks=$3
folder=$(mktemp -d)
trap 'umount "$folder/small" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0 cases=0

launch=()
[ "$ranks" = 1 ] || launch=("$run_ranks" "$ranks")
run() { timeout 60 "${launch[@]}" "$tessera" "$@"; }

complain() {
  failures=$((failures + 1))
  echo "FAILED: $1"
  [ ! -s err ] || head -n 5 err | cat -v | sed 's/^/    /'
}

# check CODE GOT "text of the one message" WHAT: and that nothing is left beside the outputs.
check() {
  cases=$((cases + 1))
  [ "$2" = "$1" ] || complain "$4: exit code $2 instead of $1"
  if [ -n "$3" ]; then
    [ "$(grep -c 'error:' err)" = 1 ] || complain "$4: not one message"
    grep -qF -- "$3" err || complain "$4: nothing about '$3'"
  fi
  [ -z "$(find . -name '.*.part')" ] || complain "$4: left $(find . -name '.*.part')"
}

run generate -q --rows 2000 --segments 3 --output in.csv || complain "no customers"
run ingest -q --input in.csv --output in.h5 || complain "no table"
run train -q --input in.h5 --id customer_id --segments 3 --output model.h5 || complain "no model"
run generate -q --rows 2000 --transactions 9000 --output sold.csv || complain "no transactions"

# --- the eight ways to close them: what a file holds is what it holds with all of them open
jobs=(
  "generate --rows 300 --segments 3 --output out"
  "ingest --input in.csv --output out"
  "train --input in.h5 --id customer_id --segments 3 --restarts 1 --output out"
  "evaluate --input in.h5 --model model.h5"
  "score --input in.h5 --model model.h5 --output out"
  "inspect model.h5"
  "check --input in.h5 --id customer_id"
  "rfm --input sold.csv --customer customer_id --date date --join in.h5 --output out"
)
for job in "${jobs[@]}"; do
  read -ra words <<<"${job/ out/ open.h5}"
  run "${words[@]}" >open.txt 2>/dev/null || complain "$job"
  read -ra words <<<"${job/ out/ closed.h5}"
  ways=("" 0 1 2 01 02 12 012)
  # starting several ranks takes its time
  [ "$ranks" = 1 ] || [[ $job == train* ]] || ways=(012)
  for closed in "${ways[@]}"; do
    rm -f closed.h5
    : >out
    : >err
    (
      [[ $closed == *2* ]] && exec 2>&- || exec 2>err
      [[ $closed == *1* ]] && exec >&- || exec >out
      [[ $closed == *0* ]] && exec <&-
      run "${words[@]}"
    ) 2>/dev/null
    got=$?
    # a launcher takes what is printed, and says nothing of where it goes
    if [[ $closed == *1* ]] && [ "$ranks" = 1 ]; then
      check 74 $got "" "$job without $closed"
      [[ $closed == *2* ]] || grep -q 'standard output' err || complain "$job without $closed: no word"
      [ ! -e closed.h5 ] || complain "$job without $closed: an output in vain"
    else
      check 0 $got "" "$job without $closed"
      [[ $closed == *1* ]] || cmp -s <(grep -v h5 out) <(grep -v h5 open.txt) ||
        complain "$job without $closed: prints something else"
      [ ! -e closed.h5 ] || [[ $job == train* ]] || cmp -s closed.h5 open.h5 ||
        complain "$job without $closed: another output"
      [[ $job != train* ]] || [ "$(run inspect -q --digest closed.h5)" = "$(run inspect -q --digest open.h5)" ] ||
        complain "$job without $closed: another model"
    fi
  done
done
rm -f closed.h5
if [ "$ranks" = 1 ]; then
  (run train -q --input in.h5 --id customer_id --segments 3 --output closed.h5 >&- 2>err)
  check 0 $? "" "nothing to print, and no output"
  [ -e closed.h5 ] || complain "no model under --quiet without an output"

  # --- a device that is full, a pipe that nobody reads
  for job in "${jobs[@]}" "generate --help" "--version"; do
    read -ra words <<<"${job/ out/ full.h5}"
    echo old >full.h5
    run "${words[@]}" >/dev/full 2>err
    check 74 $? "standard output: No space left" "$job to a full device"
    [ "$(cat full.h5)" = old ] || complain "$job: an old output is replaced in vain"
    run "${words[@]}" 2>err > >(exec true)
    code=$?
    [ $code = 0 ] || check 74 $code "standard output: Broken pipe" "$job to a pipe that is gone"
    echo old >full.h5
    mkfifo gone
    exec 9<>gone 8>gone 9<&-
    run "${words[@]}" 2>err >&8
    check 74 $? "standard output: Broken pipe" "$job to a pipe that nobody reads"
    [ "$(cat full.h5)" = old ] || complain "$job: an old output is replaced in vain"
    exec 8>&-
    rm gone
  done
fi

# --- errors that nobody hears keep their code
run trian 2>/dev/full
check 64 $? "" "an error to a full device"
run ingest --input in.csv --output nowhere/t.h5 2>/dev/full
check 73 $? "" "an error of a job to a full device"

# --- limits of the process
echo old >old.csv
(ulimit -f 5000 && run generate --rows 200000 --output old.csv >out 2>err)
check 74 $? "ulimit -f" "a limit on the size of files, CSV"
[ "$(cat old.csv)" = old ] || complain "a limit on the size of files: the old output is gone"
cp old.csv old.h5
(ulimit -f 5000 && run generate --rows 200000 --output old.h5 >out 2>err)
check 74 $? "ulimit -f" "a limit on the size of files, HDF5"
[ "$(cat old.h5)" = old ] || complain "a limit on the size of files: the old table is gone"
# the launcher, which waits, does not come to the limit; it counts its ranks' signals as 128 + N
(ulimit -t 2 && run generate --rows 50000000 --output old.csv >out 2>err)
got=$?
check 152 $got "" "a limit on processor time"
grep -qF 'ulimit -t' err || complain "a limit on processor time: no word of it"
[ "$(cat old.csv)" = old ] || complain "a limit on processor time: the old output is gone"

# --- a log that cannot be written
run generate --rows 300 --output c.csv --log-file /dev/full >out 2>err
check 0 $? "" "a log to a full device"
[ "$(grep -c 'warning: /dev/full: .*incomplete' err)" = 1 ] || complain "a lost log is not said once"
mkdir small
if mount -t tmpfs -o size=16k tmpfs small 2>/dev/null; then
  run train -v --input in.h5 --id customer_id --segments 3 --max-iterations 1 --restarts 1 \
    --output first.h5 --log-file small/log >out 2>err
  check 0 $? "" "a first log"
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    run train -v --input in.h5 --id customer_id --segments 3 --restarts 9 --output m.h5 \
      --log-file small/log >out 2>err
    check 0 $? "" "a log on a small disk"
    lost=$(grep -c 'warning: small/log: .*space.*incomplete' err)
    [ "$lost" -le 1 ] || complain "a lost log is said $lost times"
    [ "$lost" = 0 ] || break
  done
  [ "$lost" = 1 ] || complain "a small disk takes any log"
  grep -q 'LOG ERROR' err && complain "the library speaks of a lost log"
  run generate -q --rows 100 --transactions 60000 --output many.h5 || complain "no transactions"
  run rfm -q --input many.h5 --customer customer_id --date date --invoice invoice --memory 101M \
    --scratch small --output full.csv >out 2>err
  check 74 $? "a scratch file in small" "a full scratch folder"
  [ ! -e full.csv ] || complain "a full scratch folder: an output"
  [ "$(ls -A small)" = log ] || complain "a full scratch folder: left $(ls -A small)"
else
  echo "skipped: a full disk (cannot mount a small tmpfs here)"
fi

# --- pipes and devices in place of files: an answer at once
mkfifo pipe
at_once() { # CODE TEXT WHAT JOB ...
  local code=$1 text=$2 what=$3 start=$SECONDS
  shift 3
  timeout 15 "${launch[@]}" "$tessera" "$@" >out 2>err
  check "$code" $? "$text" "$what"
  [ $((SECONDS - start)) -le 8 ] || complain "$what: takes long"
}
small=(generate --rows 10 --segments 2)
at_once 78 "nobody writes" "a pipe as configuration" "${small[@]}" --output c.csv --config pipe
at_once 78 "no configuration file" "an endless configuration" "${small[@]}" --output c.csv --config /dev/zero
at_once 73 "nobody reads" "a pipe as log" "${small[@]}" --output c.csv --log-file pipe
at_once 73 "cannot create" "a pipe as output" ingest --input in.csv --output pipe
at_once 73 "cannot create" "a device as output" ingest --input in.csv --output /dev/null
at_once 64 "/dev/stdout" "the standard output as a table" "${small[@]}" --output /dev/stdout
[ -p pipe ] || complain "the pipe is gone"
[ -c /dev/null ] || complain "/dev/null is gone"
at_once 0 "" "nothing as configuration" "${small[@]}" --output c.csv --config /dev/null
at_once 0 "" "nothing as log" "${small[@]}" --output c.csv --log-file /dev/null
run "${small[@]}" -q --output c.csv --log-file /dev/stderr 2>err
check 0 $? "" "the standard error as log"
grep -q 'info .*Tessera' err || complain "the standard error gets no log"
printf 'rows = 12\n' | run generate --segments 2 --dry-run --output c.csv --config /dev/stdin >out 2>err
check 0 $? "" "the standard input as configuration"
grep -q '12 customers' out || complain "the standard input is not read"
if [ "$ranks" = 1 ]; then
  run generate --segments 2 --dry-run --output c.csv --config <(echo 'rows = 12') >out 2>err
  check 0 $? "" "a command as configuration"
  grep -q '12 customers' out || complain "a command is not read"
  run "${small[@]}" --output c.csv --log-file >(cat >piped.log) >out 2>err
  check 0 $? "" "a command as log"
  wait $! 2>/dev/null
  grep -q Tessera piped.log || complain "a command gets no log"
fi

echo "$cases cases at $ranks rank(s), $failures failed"
[ "$failures" = 0 ]
