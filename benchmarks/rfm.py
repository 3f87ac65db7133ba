"""tessera rfm beside pandas' groupby and DuckDB, from the same CSV, in turns.

usage: rfm.py TESSERA RUN_RANKS TRANSACTIONS.csv FOLDER [--ranks N] [--rounds N]

Prints wall time and processor time (user and system) of each, the best of the rounds, and what the
others take for each second of Tessera's. What is not installed is passed over with a word. All must
find the same customers and the same sum."""
import argparse
import csv
import os
import pathlib
import sys

from side_by_side import best_of, has_duckdb, has_pandas, here, show

parser = argparse.ArgumentParser()
parser.add_argument("tessera")
parser.add_argument("run_ranks")
parser.add_argument("transactions")
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--ranks", type=int, default=2)
parser.add_argument("--rounds", type=int, default=1)
arguments = parser.parse_args()
source = os.path.abspath(arguments.transactions)


def contestants():
    yield "tessera", [
        arguments.run_ranks, str(arguments.ranks), arguments.tessera, "rfm", "-q", "--input", source,
        "--customer", "customer_id", "--date", "date", "--invoice", "invoice",
        "--amount", "quantity*unit_price", "--output", "tessera.csv"]
    if has_pandas():
        yield "pandas", [sys.executable, str(here / "pandas_rfm.py"), source, "pandas.csv"]
    if has_duckdb(arguments.folder):
        yield "duckdb", ["node", str(here / "duckdb_rfm.mjs"), source, "duckdb.csv",
                         str(arguments.ranks)]


def found(name):
    """How many customers, and their sum in cents."""
    with open(arguments.folder / f"{name}.csv", newline="") as file:
        sums = [round(100 * float(row["monetary"])) for row in csv.DictReader(file)]
    return len(sums), sum(sums)


everyone = list(contestants())
best = best_of(everyone, arguments.rounds, arguments.folder)
results = {name: found(name) for name, _ in everyone}
print(f"{source}: {os.path.getsize(source) / 1e6:,.0f} MB; tessera on {arguments.ranks} ranks")
show(best, f"{'customers':>12}{'sum':>18}",
     lambda name, wall, processor: f"{results[name][0]:12,}{results[name][1] / 100:18,.2f}")
ours = results["tessera"]
for name, (customers, cents) in results.items():
    # their sums are floating-point ones, rounded customer by customer
    if customers != ours[0] or abs(cents - ours[1]) > customers:
        sys.exit(f"{name} finds other customers than tessera")
