#!/usr/bin/env bash
# From nothing to segments: installs what is missing, builds, makes 200,000 customers, and sends
# them through every job on 2 ranks; then the way from transactions. Safe to run again; the second
# time it starts at once.
#
# usage: jobs/quickstart.sh [FOLDER]      FOLDER for the files, default build/quickstart
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

folder=${1:-$root/build/quickstart}
rows=200000
segments=5
ranks=2

install_packages
build release tessera
mkdir -p "$folder"
cd "$folder"

# What is left on the screen are the results; the log goes to a file, unless a job fails.
tessera() {
  "$root/jobs/run_ranks.sh" "$ranks" "$root/build/release/src/tessera" "$@" 2>>tessera.log || {
    local code=$?
    tail -n 1 tessera.log >&2
    exit "$code"
  }
}

say "Generate: $rows customers in $segments known segments, as a CSV file"
tessera generate --rows $rows --segments $segments --seed 1 --output customers.csv
head -n 3 customers.csv

say "Ingest: the CSV file to typed columns in HDF5"
tessera ingest --input customers.csv --output customers.h5

say "Check: what to know before training, and a recipe to begin with"
tessera check --input customers.h5 --id customer_id --label segment --suggest suggested.ini

say "Train: one model over $ranks ranks; the id and the true segment are no features"
tessera train --input customers.h5 --id customer_id --ignore segment --segments $segments \
  --restarts 3 --output model.h5

say "Evaluate: how good are the segments, and do they agree with the true ones?"
tessera evaluate --input customers.h5 --model model.h5 --label segment

say "Score: the segment of every customer"
tessera score --input customers.h5 --model model.h5 --output segments.csv
head -n 4 segments.csv

say "The segments, and how the model was made"
tessera inspect model.h5

say "Transactions: half a million of 50,000 customers, as a shop's till has them"
tessera generate --rows 50000 --transactions 500000 --segments $segments --seed 1 \
  --output transactions.csv
head -n 3 transactions.csv

say "RFM: recency, frequency and monetary of every customer, scores and named segments"
tessera rfm --input transactions.csv --customer customer_id --date date --invoice invoice \
  --amount 'quantity*unit_price' --output rfm.h5

say "Train on these"
tessera train --config "$root/configs/rfm.ini" --segments $segments

say "Done. The files, and the log of all jobs, are in $folder"
