#!/usr/bin/env python3
"""Checks real tables, where they are, and trains by the recipes that it suggests.

usage: check_reference_test.py TESSERA RUN_RANKS DATA_FOLDER
"""
import json
import pathlib
import subprocess
import sys
import tempfile

TESSERA, RUN_RANKS = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:3])
DATA = pathlib.Path(sys.argv[3]).resolve()
# file, id, label, columns that the recipe must leave out, as they tell of no kind of customer
TABLES = [
    ("marketing_campaign.csv", "ID", "Response", {"Z_CostContact", "Z_Revenue", "Dt_Customer"}),
    ("bank_full.csv", "", "y", {"y"}),
    ("wholesale.csv", "", "Channel", {"Channel"}),
    ("mall_customers.csv", "CustomerID", "", set()),
]


def run(*arguments, ranks):
    done = subprocess.run([RUN_RANKS, str(ranks), TESSERA, *map(str, arguments)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def checked(path, identifier, label, suggested, ranks):
    names = [*(["--id", identifier] if identifier else []), *(["--label", label] if label else [])]
    found = json.loads(run("check", "--json", "-q", "--input", path, "--suggest", suggested, *names,
                           ranks=ranks))
    for own in ("timings", "peak_memory_bytes", "options"):
        del found[own]
    return found


def main():
    tables = [table for table in TABLES if (DATA / table[0]).exists()]
    if not tables:
        print(f"skipped: no tables in {DATA}")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        recipe = pathlib.Path(folder, "suggested.ini")
        for name, identifier, label, ignored in tables:
            found = checked(DATA / name, identifier, label, recipe, 1)
            text = recipe.read_text()
            if found != checked(DATA / name, identifier, label, recipe, 3):
                sys.exit(f"{name}: 3 ranks find something else than 1")
            if text != recipe.read_text():
                sys.exit(f"{name}: 3 ranks suggest something else than 1")
            listed = [line for line in text.splitlines() if line.startswith("ignore = ")]
            left_out = set(listed[0].removeprefix("ignore = ").split(",")) if listed else set()
            if not ignored <= left_out:
                sys.exit(f"{name}: {ignored - left_out} should be left out, not only {left_out}")
            run("train", "-q", "--config", recipe, "--output", pathlib.Path(folder, "m.h5"), ranks=2)
            print(f"{name}: {len(found['findings'])} findings, and its recipe trains")


main()
