#!/usr/bin/env bash
# Customers out of a PostgreSQL server that the test starts.
#
# usage: postgres_test.sh TESSERA RUN_RANKS RANKS
set -u
source "$(dirname "${BASH_SOURCE[0]}")/../support/postgres_server.sh"
tessera=$1 run_ranks=$2 ranks=$3
folder=$(mktemp -d)
trap 'stop_postgres; rm -rf "$folder"' EXIT
start_postgres "$folder" || exit $?
cd "$folder" || exit 1
failures=0
cases=0

complain() {
  failures=$((failures + 1))
  echo "FAILED: $1"
  head -n 20 err
}
sql() { psql -q -v ON_ERROR_STOP=1 -U tester postgres "$@" </dev/null >>psql.out 2>&1 || complain "psql $*"; }
run() { "$run_ranks" "$ranks" "$tessera" "$@" >out 2>err; }
# well JOB ...: it must go well.
well() {
  cases=$((cases + 1))
  run "$@" || complain "exit code $?: $*"
}
# refused CODE PART JOB ...: one message, with that part, and no output.
refused() {
  local code=$1 part=$2 got=0
  shift 2
  cases=$((cases + 1))
  run "$@" -q || got=$?
  [ "$got" = "$code" ] || complain "exit code $got instead of $code: $*"
  [ "$(grep -c ': error: ' err)" = 1 ] || complain "not one message: $*"
  grep -qF -- "$part" err || complain "does not say '$part': $*"
  ! [ -e none.h5 ] || complain "leaves an output: $*"
}
digest() { "$tessera" inspect --digest "$1"; }
same() {
  cases=$((cases + 1))
  cmp -s "$1" "$2" || complain "$1 and $2 differ: $(diff "$1" "$2" | head -n 4)"
}
# What a table has, but for the order of its rows.
content() { "$tessera" inspect "$1" --json | python3 -c 'import json, sys
for column in json.load(sys.stdin)["columns"]: print(sorted(column.items()))'; }

"$tessera" generate --rows 20000 --segments 3 --seed 2 --output customers.csv -q
cat >make.sql <<'SQL'
CREATE SCHEMA shop;
CREATE TABLE shop."Customers" (customer_id text, age int, income numeric(12,2), tenure_months int,
  recency_days int, spend numeric(12,2), average_basket real, discount_share double precision,
  satisfaction int, orders bigint, visits int, returns int, support_calls int, gender varchar(10),
  region text, channel text, plan text, newsletter text, segment int);
\copy shop."Customers" FROM 'customers.csv' WITH (FORMAT csv, HEADER)
CREATE VIEW thirty AS SELECT * FROM shop."Customers" WHERE age > 30;
CREATE TABLE odd (id int, zip text, "a ""b"", c" text, "when" timestamptz, flag boolean, note text, x double precision);
INSERT INTO odd VALUES (1, '01234', E'say "hi",\nall', '2025-03-01 12:00+02', true, 'NA', 1.5),
  (2, '12345', '', '2025-03-02 00:00Z', false, NULL, 'NaN'), (3, '99999', '\N', NULL, NULL, '-', 1e300);
CREATE TABLE digits (id int, zip varchar(5));
INSERT INTO digits SELECT i, (10000 + i % 7)::text FROM generate_series(1, 50) i;
CREATE TABLE single (x int);
INSERT INTO single VALUES (1), (NULL), (3), (NULL), (5);
CREATE TABLE nothing (id int, x int);
SQL
sql -f make.sql

# the table equals the file that it was made from, on any number of ranks
"$tessera" ingest --input customers.csv --output file.h5 -q
"$tessera" train --input customers.csv --id customer_id --ignore segment --segments 3 --output file_model.h5 -q
well ingest --input "$database?table=shop.Customers" --output table.h5
content file.h5 >file.txt
content table.h5 >table.txt
same file.txt table.txt
well train --input "$database?table=shop.Customers" --id customer_id --ignore segment --segments 3 --output model.h5
digest file_model.h5 >file.txt
digest model.h5 >table.txt
same file.txt table.txt

# one state of the database: what others change meanwhile is not seen by some ranks alone
well score --input "$database?query=SELECT%20*%20FROM%20thirty%20ORDER%20BY%20customer_id;" --model model.h5 --output scores.csv
[ "$(wc -l <scores.csv)" = "$(($(psql -At -U tester postgres -c 'SELECT count(*) FROM thirty') + 1))" ] ||
  complain "not the customers of the view"
well inspect table.h5 --verify

# values as they are
well ingest --input "$database?table=odd" --output odd.h5
well ingest --input "$database?table=digits" --output digits.h5
grep -q "column 'zip' holds words by its type" err out || complain "does not say that zip is text"
"$tessera" inspect digits.h5 | grep -qE 'zip +text' || complain "zip is not text"
well ingest --input "$database?table=single" --output single.h5 --json
python3 <out -c 'import json, sys
table = json.load(sys.stdin)
assert table["rows"] == 5 and table["columns"][0]["missing"] == 2, table' || complain "rows without a value are lost"

refused 66 'relation "nowhere" does not exist' ingest --input "$database?table=nowhere" --output none.h5
refused 66 'syntax error' ingest --input "$database?query=SELEKT 1" --output none.h5
refused 66 'cannot connect' ingest --input "postgresql://tester@/no_such?table=odd" --output none.h5
refused 66 'read-only' ingest --input "$database?query=DELETE FROM odd RETURNING *" --output none.h5
refused 64 'which rows' ingest --input "$database" --output none.h5
refused 64 'password' ingest --input 'postgresql://tester:secret@/postgres?table=odd' --output none.h5
! grep -q secret err || complain "shows the password"
refused 64 'is a database' ingest --input "$database?table=odd" --delimiter ';' --output none.h5
refused 65 'called' ingest --input "$database?query=SELECT 1 AS a, 2 AS a" --output none.h5
refused 65 '' ingest --input "$database?table=nothing" --output none.h5
[ "$(psql -At -U tester postgres -c 'SELECT count(*) FROM odd')" = 3 ] || complain "rows were deleted"

# and back: the same as in CSV, one state after another
count() { psql -At -U tester postgres -c "SELECT count(*) FROM $1"; }
well score --input customers.csv --model model.h5 --output all.csv
well score --input "$database?table=shop.Customers" --model model.h5 --output "$database?table=shop.scores"
psql -At -U tester postgres -c "COPY (SELECT * FROM shop.scores ORDER BY customer_id) TO STDOUT (FORMAT csv, HEADER)" >table.csv
same all.csv table.csv
well score --input customers.csv --model model.h5 --output "$database?table=shop.scores"
[ "$(count shop.scores)" = 20000 ] || complain "the rows of before were not replaced"
sql -c "UPDATE shop.scores SET segment = 99 WHERE customer_id = 'C000000007'; DELETE FROM shop.scores
  WHERE customer_id = 'C000000008'; ALTER TABLE shop.scores ADD changed int;
  CREATE FUNCTION count_changes() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed = 1; RETURN NEW; END';
  CREATE TRIGGER changes BEFORE UPDATE ON shop.scores FOR EACH ROW EXECUTE FUNCTION count_changes()"
well score --input customers.csv --model model.h5 --output "$database?table=shop.scores&merge=customer_id"
[ "$(count 'shop.scores WHERE changed = 1')" = 1 ] || complain "not only the changed row was changed"
psql -At -U tester postgres -c "COPY (SELECT customer_id, segment, distance, margin, confidence FROM shop.scores ORDER BY customer_id)
  TO STDOUT (FORMAT csv, HEADER)" | diff -q - all.csv >/dev/null || complain "the merged table is another one"
refused 73 'column "customer_id" of relation' score --input customers.csv --model model.h5 --output "$database?table=digits"
[ "$(count digits)" = 50 ] || complain "a table was emptied that could not be written"
sql -c "ALTER TABLE shop.scores ADD CHECK (segment < 3) NOT VALID"
refused 74 'violates check constraint' score --input customers.csv --model model.h5 --output "$database?table=shop.scores"
[ "$(count shop.scores)" = 20000 ] || complain "a job that failed left its rows"
refused 64 'is the input itself' score --input "$database?table=digits" --model model.h5 --output "$database?table=digits"
refused 64 'merge' score --input customers.csv --model model.h5 --output "$database?table=fresh&merge=id"
refused 64 'a query cannot be written to' score --input customers.csv --model model.h5 --output "$database?query=SELECT 1"

well generate --rows 200 --transactions 3000 --output "$database?table=transactions"
well rfm --input "$database?table=transactions" --customer customer_id --date date --amount 'quantity*unit_price' --output "$database?table=customers"
[ "$(count customers)" = "$(psql -At -U tester postgres -c 'SELECT count(DISTINCT customer_id) FROM transactions')" ] ||
  complain "not the customers of the transactions"

echo "$cases cases on $ranks ranks, $failures failed"
[ "$failures" = 0 ]
