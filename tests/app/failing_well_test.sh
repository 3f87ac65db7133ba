#!/usr/bin/env bash
# usage: failing_well_test.sh TESSERA RUN_RANKS RANKS
# What goes wrong for users, end to end: each case must give one message, the documented exit code,
# no half-written output, and nothing from MPI or HDF5; at RANKS ranks.
set -u
tessera=$1 run_ranks=$2 ranks=$3
folder=$(mktemp -d)
# in memory where possible: a process that waits for a slow disk hears no signal
endless=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$endless"; umount "$folder/small" "$folder/readonly" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0 cases=0 skipped=0

# One rank is started alone, as people do, without MPI.
launch=()
[ "$ranks" = 1 ] || launch=("$run_ranks" "$ranks")
run() { "${launch[@]}" "$tessera" "$@" >stdout.txt 2>stderr.txt; }

complain() {
  failures=$((failures + 1))
  echo "FAILED: $1"
  sed 's/^/    /' stderr.txt | head -n 20
}

# expect CODE "PART|PART|..." JOB ...: every PART stands in the one message.
expect() {
  local code=$1 parts=$2 got files_before files_after part
  shift 2
  cases=$((cases + 1))
  files_before=$(find . -not -name 'std*.txt' | sort)
  run "$@"
  got=$?
  files_after=$(find . -not -name 'std*.txt' | sort)
  [ "$got" = "$code" ] || complain "exit code $got instead of $code: $*"
  [ "$(grep -c 'error:' stderr.txt)" = 1 ] || complain "not one message: $*"
  if grep -qE 'HDF5-DIAG|MPI_ABORT|mpirun (noticed|detected|has|was)|terminate called|Primary job' stderr.txt stdout.txt; then
    complain "a library speaks: $*"
  fi
  [ "$files_before" = "$files_after" ] || complain "files left behind or lost: $*
$(diff <(echo "$files_before") <(echo "$files_after"))"
  while IFS= read -r part; do
    grep -qF -- "$part" stderr.txt || complain "nothing about '$part': $*"
  done < <(tr '|' '\n' <<<"$parts")
}

# --- good inputs to start from
printf 'id,age,income,plan\n' >good.csv
for i in $(seq 1 60); do
  printf '%d,%d,%d.5,%s\n' "$i" $((20 + i % 50)) $((1000 + 37 * i % 900)) \
    "$([ $((i % 3)) = 0 ] && echo gold || echo basic)" >>good.csv
done
run ingest -q --input good.csv --output good.h5 || complain "good.csv is not taken"
run train -q --input good.h5 --id id --segments 3 --output model.h5 || complain "no model"

# --- usage and configuration
expect 64 "there is no job" ""
expect 64 "trian|train" trian
expect 64 "--segmnts|--segments" train --input good.h5 --segmnts 3 --output m.h5
expect 64 "--segments" train --input good.h5 --segments 0 --output m.h5
expect 64 "--segments" train --input good.h5 --segments -2 --output m.h5
expect 64 "--input" train --segments 2 --output m.h5
expect 64 "--init" train --input good.h5 --segments 2 --init nowhere --output m.h5
expect 64 "good.h5|input itself" train --input good.h5 --segments 2 --output good.h5
expect 64 "good.h5|--scores|input itself" train --input good.h5 --segments 2 --output m.h5 --scores good.h5
expect 64 "good.csv|--scores|input itself" train --input "good.c*" --segments 2 --output m.h5 --scores good.csv
expect 64 "good.csv|--output|input itself" train --input good.h5,good.csv --segments 2 --output good.csv
expect 64 "m.h5|--scores|--output too" train --input good.h5 --segments 2 --output m.h5 --scores ./m.h5
expect 64 "s.txt|--scores|.csv" train --input good.h5 --segments 2 --output m.h5 --scores s.txt
expect 64 "--segments 11|10 customers" generate --rows 10 --segments 11 --output c.csv
expect 78 "none.ini" train --config none.ini
printf 'input = good.h5\nsegmentz = 4\n' >wrong.ini
expect 78 "wrong.ini|line 2|segmentz|segments" train --config wrong.ini
printf 'segments = 2\nrestarts = some\n' >restarts.ini
expect 78 "restarts.ini|line 2|some|auto" train --config restarts.ini
printf 'segments = 2\ntolerance = -4\n' >tolerance.ini
expect 78 "tolerance.ini|line 2|-4|from 0" train --config tolerance.ini

# --- input that is not there, or not what it should be
expect 66 "missing.csv" ingest --input missing.csv --output t.h5
expect 66 "missing.h5" train --input missing.h5 --segments 2 --output m.h5
mkdir a_folder
expect 66 "a_folder" ingest --input a_folder --output t.h5
expect 66 "a_folder" train --input a_folder --segments 2 --output m.h5
: >empty.csv
expect 65 "empty.csv" ingest --input empty.csv --output t.h5
: >empty.h5
expect 65 "empty.h5" train --input empty.h5 --segments 2 --output m.h5
printf 'id,age\n' >header.csv
expect 65 "header.csv" ingest --input header.csv --output t.h5
printf 'a,b\n1,"x\n2,y\n' >quote.csv
expect 65 "quote.csv|line 2" ingest --input quote.csv --output t.h5
printf 'a,b\n1,2\n3,4,5\n' >fields.csv
expect 65 "fields.csv|line 3|3|2" ingest --input fields.csv --output t.h5
printf 'a,b\n1,2\n3,many\n4,5\n' >text.csv
expect 65 "text.csv|line 3|'b'|many" ingest --input text.csv --types b=real --output t.h5
printf 'a,b\n1,2\n3,inf\n4,5\n' >inf.csv
expect 65 "inf.csv|line 3|b|inf" ingest --input inf.csv --output t.h5
expect 65 "column|zip" ingest --input good.csv --types zip=text --output t.h5
expect 65 "model.h5" ingest --input model.h5 --output t.h5

printf 'not HDF5 at all, but long enough to look at\n' >not.h5
expect 65 "not.h5" train --input not.h5 --segments 2 --output m.h5
cp good.h5 h5.csv # the content tells
run inspect -q h5.csv || complain "HDF5 under another name is not taken"
rm h5.csv
head -c 3000 good.h5 >cut.h5
expect 65 "cut.h5" train --input cut.h5 --segments 2 --output m.h5
expect 65 "model.h5|model" train --input model.h5 --segments 2 --output m.h5
expect 65 "good.h5|table" score --input good.h5 --model good.h5 --output s.csv
head -c 3000 model.h5 >cut_model.h5
expect 65 "cut_model.h5" score --input good.h5 --model cut_model.h5 --output s.csv
expect 65 "good.h5:/nothing|nothing" train --input good.h5:/nothing --segments 2 --output m.h5

# --- columns and rows
expect 65 "agee|age" train --input good.h5 --features agee --segments 2 --output m.h5
expect 65 "agee|age" train --input good.h5 --ignore agee --segments 2 --output m.h5
expect 65 "70 segments|60 rows" train --input good.h5 --segments 70 --output m.h5
printf 'a,b,c\n1,,5\n2,,5\n4,,5\n' >odd.csv
run ingest -q --input odd.csv --output odd.h5 || complain "odd.csv is not taken"
expect 65 "\"b\"|missing" train --input odd.h5 --features a,b --segments 2 --output m.h5
expect 65 "\"c\"|5" train --input odd.h5 --features a,c --segments 2 --output m.h5
expect 65 "no column is left" train --input odd.h5 --ignore a --segments 2 --output m.h5
expect 65 "odd.h5|age" score --input odd.h5 --model model.h5 --output s.csv
expect 65 "good.csv|age|text values|--types" score --input good.csv --types age=text --model model.h5 --output s.csv
expect 65 "label" evaluate --input good.h5 --model model.h5 --label label

# --- batches whose types, inferred from them alone, are not those of the training table
printf 'id,age,income,plan\n1,30,,\n2,40,,\n' >batch.csv
for plan in "" silver gold; do
  cases=$((cases + 1))
  sed "3s/\$/$plan/" batch.csv >batch_in.csv
  run ingest -q --input batch_in.csv --output batch.h5 || complain "a batch is not taken: '$plan'"
  run score -q --input batch.h5 --model model.h5 --output s.csv || complain "no scores: '$plan'"
  [ "$(wc -l <s.csv)" = 3 ] || complain "not two customers scored: '$plan'"
done
# one of few levels, each alone, is text
run inspect --digest -q model.h5 || complain "model.h5 has no digest"
grep -qxE '[0-9a-f]{64}' stdout.txt || complain "-q hides the digest that was asked for"
run inspect batch.h5 || complain "batch.h5 is not shown"
grep -q text stdout.txt || complain "the batch is not of another type"
rm -f s.csv

# --- centroids in an HDF5 file of another name
cases=$((cases + 1))
head -n 4 good.csv >init.csv
run ingest -q --input init.csv --output init.h5 || complain "init.csv is not taken"
mv init.h5 init.hdf5
run train -q --input good.h5 --id id --segments 3 --init file --init-file init.hdf5:/table \
  --output m.h5 || complain "init.hdf5:/table is not taken"
rm -f m.h5
expect 64 "init.hdf5|input itself" train --input init.hdf5:/table --segments 2 --output init.hdf5

# --- a log that would damage another file, or is one
cp good.h5 kept.h5
ln -s good.h5 link.h5
for log in good.h5 ./good.h5 link.h5; do
  expect 64 "$log|--input" train --input good.h5 --segments 2 --output m.h5 --log-file "$log"
done
rm link.h5
expect 64 "good.h5|--input" train --input good.h5:/table --segments 2 --output m.h5 --log-file good.h5
expect 64 "m.h5|--output" train --input good.h5 --segments 2 --output m.h5 --log-file ./m.h5
expect 64 "good.csv|--input" ingest --input good.csv --output t.h5 --log-file good.csv
expect 64 "good.csv|--input" train --input "good.c*" --segments 2 --output m.h5 --log-file good.csv
expect 64 "good.csv|--input" train --input good.h5,good.csv --segments 2 --output m.h5 --log-file good.csv
printf 'rows = 10\n' >small.ini
expect 64 "small.ini|--config" generate --config small.ini --output c.csv --log-file small.ini
expect 73 "model.h5|not text" train --input good.h5 --segments 2 --output m.h5 --log-file model.h5
cmp good.h5 kept.h5 || complain "the log damaged its input"

# --- ended by a signal: no hidden file stays
run_in_background() { "${launch[@]}" "$tessera" "$@" >stdout.txt 2>stderr.txt & }
for signal in TERM INT HUP; do
  cases=$((cases + 1))
  # a job in the background of a script would ignore SIGINT
  set -m
  run_in_background generate -q --rows 100000000 --output "$endless/c.csv"
  job=$!
  set +m
  for _ in $(seq 100); do
    compgen -G "$endless/.c.csv.*.part" >/dev/null && break
    sleep 0.1
  done
  compgen -G "$endless/.c.csv.*.part" >/dev/null || complain "no temporary file to see"
  kill -s "$signal" "$job"
  wait "$job" 2>/dev/null && complain "SIG$signal does not end a job"
  [ -z "$(ls -A "$endless")" ] || complain "SIG$signal leaves $(ls -A "$endless")"
  rm -f "$endless"/.c.csv.*.part
done

# --- srun without MPI: tasks that know nothing of each other
if [ "$ranks" = 1 ]; then
  export SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=0
  expect 69 "srun --mpi=pmix|mpirun" train --input good.h5 --segments 2 --output m.h5
  SLURM_PROCID=1 run train --input good.h5 --segments 2 --output m.h5
  [ $? = 69 ] || complain "the second task of srun does its own job"
  [ ! -s stderr.txt ] || complain "the second task of srun repeats the message"
  SLURM_STEP_NUM_TASKS=1 run inspect good.h5 || complain "a step of one task is refused"
  (unset SLURM_STEP_ID && run inspect good.h5) || complain "a task outside of a step is refused"
  unset SLURM_STEP_ID SLURM_STEP_NUM_TASKS SLURM_PROCID
fi

# --- output that cannot be
expect 73 "nowhere/t.h5" ingest --input good.csv --output nowhere/t.h5
expect 73 "nowhere/m.h5" train --input good.h5 --segments 2 --output nowhere/m.h5
expect 73 "nowhere/s.csv" score --input good.h5 --model model.h5 --output nowhere/s.csv
expect 73 "nowhere/s.csv" train --input good.h5 --segments 2 --output m.h5 --scores nowhere/s.csv
expect 73 "nowhere/c.csv" generate --rows 10 --output nowhere/c.csv
expect 73 "a_folder" score --input good.h5 --model model.h5 --output a_folder/../a_folder/x/s.csv
mkdir small readonly
if mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
  expect 74 "small/c.csv|space" generate --rows 100000 --output small/c.csv
  expect 74 "small/c.h5|space" generate --rows 100000 --output small/c.h5
  run generate -q --rows 20000 --output many.csv || complain "no customers"
  expect 74 "small/t.h5|space" ingest --input many.csv --output small/t.h5
  run ingest -q --input many.csv --output many.h5 || complain "many.csv is not taken"
  run train -q --input many.h5 --id customer_id --segments 3 --output many_model.h5 ||
    complain "no model of many.h5"
  expect 74 "small/s.csv|space" score --input many.h5 --model many_model.h5 --output small/s.csv
  expect 74 "small/s.h5|space" score --input many.h5 --model many_model.h5 --output small/s.h5
  for scores in small/s.csv small/s.h5; do
    expect 74 "$scores|space" train --input many.h5 --id customer_id --segments 3 --output m.h5 --scores $scores
  done
  dd if=/dev/zero of=small/filler bs=1k count=56 2>/dev/null
  expect 74 "small/m.h5|space" train --input good.h5 --segments 2 --output small/m.h5
  expect 74 "small/m.h5|space" train --input good.h5 --segments 2 --output small/m.h5 --scores s.csv
else
  skipped=$((skipped + 1))
  echo "skipped: a full disk (cannot mount a small tmpfs here)"
fi
if mount -t tmpfs -o ro tmpfs readonly 2>/dev/null; then
  expect 73 "readonly/m.h5" train --input good.h5 --segments 2 --output readonly/m.h5
  expect 73 "readonly/s.csv" train --input good.h5 --segments 2 --output m.h5 --scores readonly/s.csv
  expect 73 "readonly/t.h5" ingest --input good.csv --output readonly/t.h5
else
  skipped=$((skipped + 1))
  echo "skipped: a read-only folder (cannot mount one here)"
fi

echo "$cases cases at $ranks rank(s), $failures failed, $skipped groups skipped"
[ "$failures" = 0 ]
