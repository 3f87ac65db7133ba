"""tessera ingest beside pandas' read_csv and DuckDB's, of the same CSV files, in turns.

usage: ingest.py TESSERA RUN_RANKS FOLDER FILE.csv... [--ranks N] [--rounds N]

Tessera writes what it has read into a file; the others keep it in memory. Prints wall time and
processor time (user and system) of each, the best of the rounds, what the others take for each second
of Tessera's, and megabytes of text by wall and by processor second. What is not installed is passed
over with a word."""
import argparse
import os
import pathlib
import sys

from side_by_side import best_of, has_duckdb, has_pandas, here, show

parser = argparse.ArgumentParser()
parser.add_argument("tessera")
parser.add_argument("run_ranks")
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("files", nargs="+")
parser.add_argument("--ranks", type=int, default=1)
parser.add_argument("--rounds", type=int, default=1)
arguments = parser.parse_args()
with_pandas, with_duckdb = has_pandas(), has_duckdb(arguments.folder)


def contestants(file):
    launch = [arguments.run_ranks, str(arguments.ranks)] if arguments.ranks > 1 else []
    yield "tessera", [*launch, arguments.tessera, "ingest", "-q", "--input", file, "--output",
                      "table.h5"]
    if with_pandas:
        yield "pandas", [sys.executable, "-c",
                         "import sys, pandas; pandas.read_csv(sys.argv[1])", file]
    if with_duckdb:
        yield "duckdb", ["node", str(here / "duckdb_read.mjs"), file, str(arguments.ranks)]


for file in map(os.path.abspath, arguments.files):
    megabytes = os.path.getsize(file) / 1e6
    best = best_of(list(contestants(file)), arguments.rounds, arguments.folder)
    print(f"\n{file}: {megabytes:,.0f} MB; tessera on {arguments.ranks} ranks")
    show(best, f"{'MB/s':>10}{'MB/cpu s':>10}",
         lambda name, wall, processor: f"{megabytes / wall:10.0f}{megabytes / processor:10.0f}")
