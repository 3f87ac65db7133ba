#!/usr/bin/env bash
# usage: names_test.sh TESSERA RUN_RANKS RANKS
# Names and values that would act on who reads them, and names of outputs that lead elsewhere: at
# RANKS ranks.
set -u
tessera=$1 run_ranks=$2 ranks=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder" || exit 1
failures=0 cases=0

launch=()
[ "$ranks" = 1 ] || launch=("$run_ranks" "$ranks")
run() {
  cases=$((cases + 1))
  timeout 60 "${launch[@]}" "$tessera" "$@" >out 2>err
}

complain() {
  failures=$((failures + 1))
  echo "FAILED: $1"
  head -n 5 err | cat -v | sed 's/^/    /'
}

# expect CODE "TEXT" JOB ...: one message with that text, and nothing left behind.
expect() {
  local code=$1 text=$2 got
  shift 2
  run "$@"
  got=$?
  [ "$got" = "$code" ] || complain "exit code $got instead of $code: $*"
  [ "$(grep -c 'error:' err)" = 1 ] || complain "not one message: $*"
  grep -qF -- "$text" err || complain "nothing about '$text': $*"
  [ -z "$(find . -name '.*.part')" ] || complain "left $(find . -name '.*.part')"
}

# Nothing that a terminal or a log would obey: control characters but line feeds, C1, overrides.
quiet_text() {
  ! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]' "$@"
}

# --- ids, names and levels that do things
esc=$'\e[31m' override=$'\xe2\x80\xae' csi=$'\xc2\x9b'
{
  printf '"id\n2026-11-25 00:00:00.000 error   forged",age %s,"plan%s"\n' "$esc" "$override"
  for i in $(seq 60); do
    printf '%s%d,%d,%s\n' "$([ $((i % 3)) = 0 ] && echo '=SUM(A1)' || echo '-')" "$i" $((20 + i * 7 % 50)) \
      "$([ $((i % 2)) = 0 ] && printf '"gold%s\ntessera: error: forged"' "$csi" || echo basic)"
  done
} >wild.csv
# (a header's control characters become blanks when it is read)
id='id 2026-11-25 00:00:00.000 error   forged'
for job in "ingest --input wild.csv --output wild.h5" \
  "train --input wild.h5 --segments 3 --output model.h5 --scores scores.csv" \
  "inspect wild.h5" "inspect model.h5" "evaluate --input wild.csv --model model.h5" \
  "score --input wild.h5 --model model.h5 --output again.csv"; do
  read -ra words <<<"$job"
  [[ $job != train* ]] || words+=(--id "$id")
  run "${words[@]}" --log-file log || complain "$job"
  quiet_text out err log || complain "$job: something acts on its reader"
  ! grep -q '^2026-11-25 00:00:00.000 error\|^tessera: error: forged' out err log ||
    complain "$job: a line is forged"
done
cmp -s scores.csv again.csv || complain "scores differ"
grep -q "^$id," scores.csv || complain "the id's name is not what it was"
grep -q '^=SUM(A1)3,' scores.csv || complain "an id is not what it was"
run inspect model.h5 --json || complain "no JSON"
python3 - out <<'P' || complain "JSON does not have the names as they are"
import json, sys
features = json.load(open(sys.argv[1]))["features"]
levels = [f["levels"] for f in features if f["type"] == "category"]
assert levels == [["basic", "gold\u009b\ntessera: error: forged"]], levels
assert any(f["column"] == "plan\u202e" for f in features), features
P
expect 65 'no\x0asuch' train --input wild.h5 --id $'no\nsuch' --segments 2 --output m.h5
expect 66 'no\x1b[31m.csv' ingest --input "no$esc.csv" --output t.h5
expect 64 'jo\x0ab' $'jo\nb'
expect 64 '\xff' train --segments $'\xff' --output m.h5 --input wild.h5
printf 'segments = 2\n%s = 1\n' "seg$esc" >wild.ini
expect 78 'seg\x1b[31m' train --config wild.ini

# --- formulas
run score --csv-safe --input wild.h5 --model model.h5 --output safe.csv || complain "no safe scores"
grep -q "^'=SUM(A1)3,[1-3]," safe.csv || complain "a formula is not guarded"
grep -q "^'-1,[1-3]," safe.csv || complain "a text with a sign is not guarded"
run train --csv-safe --input wild.h5 --id "$id" --segments 3 --output m.h5 --scores safe2.csv ||
  complain "no safe scores of train"
cmp -s safe.csv safe2.csv || complain "safe scores differ"
printf 'n,age\n-1,3\n-2,4\n-3,9\n' >numbers.csv
run train -q --input numbers.csv --id n --segments 2 --output n.h5 || complain "no model of numbers"
run score --csv-safe --input numbers.csv --model n.h5 --output n.csv || complain "no scores of numbers"
grep -q '^-1,' n.csv || complain "a number is taken for a formula"
expect 64 "--csv-safe" score --csv-safe --input wild.h5 --model model.h5 --output s.h5
expect 64 "--csv-safe" train --csv-safe --input wild.h5 --segments 2 --output m.h5
rm -f m.h5

# --- long names
for length in 232 233 255; do
  name=$(printf '%*s' $((length - 4)) '' | tr ' ' n).csv
  run generate -q --rows 10 --segments 2 --output "$name" || complain "a name of $length bytes"
  [ -s "$name" ] || complain "no file with a name of $length bytes"
  rm -f "$name"
done
name=$(printf 'ü%.0s' $(seq 125)).h5
run ingest -q --input numbers.csv --output "$name" || complain "a name of 253 bytes in UTF-8"
rm -f "$name"
expect 73 "too long" generate --rows 10 --segments 2 --output "$(printf '%252s' '' | tr ' ' n).csv"

# --- links
small=(generate --rows 10 --segments 2)
mkdir mine theirs
chmod 1777 theirs
ln -s ../mine/real.csv mine/link.csv
run "${small[@]}" --output mine/link.csv || complain "an own link"
[ -L mine/link.csv ] && [ -s mine/real.csv ] || complain "a link to what is to come is not followed"
echo old >mine/real.csv
ln -s ../mine/real.csv theirs/own.csv
run "${small[@]}" --output theirs/own.csv || complain "an own link where others may write"
[ "$(wc -l <mine/real.csv)" = 11 ] || complain "an own link is not followed"
if [ "$(id -u)" = 0 ]; then
  echo precious >mine/real.csv
  ln -s ../mine/real.csv theirs/trap.csv
  chown -h 1234 theirs/trap.csv
  expect 73 "another user" "${small[@]}" --output theirs/trap.csv
  expect 73 "another user" train --input wild.h5 --segments 2 --output m.h5 --scores theirs/trap.csv
  expect 73 "another user" "${small[@]}" --output mine/x.csv --log-file theirs/trap.csv
  ln -s ../theirs/trap.csv mine/chain.csv
  expect 73 "another user" "${small[@]}" --output mine/chain.csv
  chmod 775 theirs
  expect 73 "another user" "${small[@]}" --output theirs/trap.csv
  [ "$(cat mine/real.csv)" = precious ] || complain "a file behind a foreign link is overwritten"
  chmod 755 theirs
  run "${small[@]}" --output theirs/trap.csv || complain "a link where nobody else may write"
else
  echo "skipped: links of others (not root)"
fi
ln -s round.csv mine/round.csv
expect 73 "mine/round.csv" "${small[@]}" --output mine/round.csv

# --- one file under two names
cp wild.h5 table.h5
ln table.h5 hard.h5
ln -s table.h5 soft.h5
ln -s later.h5 early.h5
for other in hard.h5 soft.h5; do
  expect 64 "input itself" ingest --input table.h5 --output $other
  expect 64 "input itself" train --input table.h5 --segments 2 --output $other
  expect 64 "--log-file" train --input wild.h5 --segments 2 --output table.h5 --log-file $other
  expect 64 "--scores" train --input wild.h5 --segments 2 --output table.h5 --scores $other
done
expect 64 "--scores" train --input wild.h5 --segments 2 --output early.h5 --scores later.h5
cmp -s wild.h5 table.h5 || complain "a table is overwritten"

# --- the file of a redirection
if [ "$ranks" = 1 ]; then
  cases=$((cases + 1))
  echo old >kept.csv
  "$tessera" "${small[@]}" --output kept.csv >>kept.csv 2>err
  [ $? = 64 ] || complain "the standard output's file as output"
  [ "$(cat kept.csv)" = old ] || complain "the standard output's file is replaced"
fi

echo "$cases cases at $ranks rank(s), $failures failed"
[ "$failures" = 0 ]
