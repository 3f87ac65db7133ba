"""tessera rfm beside pandas' groupby and DuckDB, from the same CSV, in turns.

usage: rfm.py TESSERA RUN_RANKS TRANSACTIONS.csv FOLDER [--ranks N] [--rounds N]

Prints wall time and processor time (user and system) of each, the best of the rounds, and what the
others take for each second of Tessera's. What is not installed is passed over with a word. All must
find the same customers and the same sum."""
import argparse
import csv
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("tessera")
parser.add_argument("run_ranks")
parser.add_argument("transactions")
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--ranks", type=int, default=2)
parser.add_argument("--rounds", type=int, default=1)
arguments = parser.parse_args()
here = pathlib.Path(__file__).resolve().parent
source = os.path.abspath(arguments.transactions)


def has_duckdb():
    return shutil.which("node") and subprocess.run(
        ["node", "-e", "require('@duckdb/node-api')"], stderr=subprocess.DEVNULL,
        cwd=arguments.folder).returncode == 0


def contestants():
    yield "tessera", [
        arguments.run_ranks, str(arguments.ranks), arguments.tessera, "rfm", "-q", "--input", source,
        "--customer", "customer_id", "--date", "date", "--invoice", "invoice",
        "--amount", "quantity*unit_price", "--output", "tessera.csv"]
    if importlib.util.find_spec("pandas"):
        yield "pandas", [sys.executable, str(here / "pandas_rfm.py"), source, "pandas.csv"]
    else:
        print("pandas is left out: it is not installed (python3-pandas)")
    if has_duckdb():
        yield "duckdb", ["node", str(here / "duckdb_rfm.mjs"), source, "duckdb.csv",
                         str(arguments.ranks)]
    else:
        print(f"DuckDB is left out: it is not installed (npm install --prefix {arguments.folder} "
              "@duckdb/node-api)")


def measured(words):
    """(wall, processor) seconds, those of its children included."""
    begin = time.perf_counter()
    process = subprocess.Popen(words, cwd=arguments.folder)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(words)}")
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime


def found(name):
    """How many customers, and their sum in cents."""
    with open(arguments.folder / f"{name}.csv", newline="") as file:
        sums = [round(100 * float(row["monetary"])) for row in csv.DictReader(file)]
    return len(sums), sum(sums)


best = {}
everyone = list(contestants())
for _ in range(arguments.rounds):
    for name, words in everyone:
        wall, processor = measured(words)
        before = best.get(name, (wall, processor))
        best[name] = (min(wall, before[0]), min(processor, before[1]))
results = {name: found(name) for name, _ in everyone}
print(f"{source}: {os.path.getsize(source) / 1e6:,.0f} MB; tessera on {arguments.ranks} ranks")
print(f"{'':10}{'wall s':>10}{'cpu s':>10}{'wall ratio':>12}{'cpu ratio':>12}{'customers':>12}{'sum':>18}")
for name, (wall, processor) in best.items():
    customers, cents = results[name]
    print(f"{name:10}{wall:10.2f}{processor:10.2f}{wall / best['tessera'][0]:12.2f}"
          f"{processor / best['tessera'][1]:12.2f}{customers:12,}{cents / 100:18,.2f}")
ours = results["tessera"]
for name, (customers, cents) in results.items():
    # their sums are floating-point ones, rounded customer by customer
    if customers != ours[0] or abs(cents - ours[1]) > customers:
        sys.exit(f"{name} finds other customers than tessera")
