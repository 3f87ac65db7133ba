#!/usr/bin/env python3
"""Makes customers of the CDNOW purchases at 1, 2, 3 and 5 ranks, in their order and shuffled, and
compares them, and k-means on them, with pandas' and scikit-learn's results.

usage: rfm_reference_test.py TESSERA RUN_RANKS DATA

DATA is a folder with cdnow_master.txt and reference.json. Where there is no such folder the test
says so and ends with 77, which ctest takes for "skipped". Needs nothing but Python's standard
library.
"""

import csv
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

RANKS = (1, 2, 3, 5)
SKIPPED = 77
INERTIA_TOLERANCE = 1e-5  # single precision against double
COLUMNS = {"Recency": "recency_days", "Frequency": "frequency", "Monetary": "monetary"}


def run(run_ranks, ranks, *arguments):
    command = [str(argument) for argument in arguments] + ["--json", "--quiet"]
    if ranks > 1:
        command = [run_ranks, str(ranks), *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def quantile(values, q):
    """numpy's default."""
    values = sorted(values)
    at = q * (len(values) - 1)
    low = math.floor(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


class Failures:
    def __init__(self):
        self.checks = 0
        self.count = 0

    def expect(self, holds, what):
        self.checks += 1
        if not holds:
            self.count += 1
            print(f"FAILED {what}", flush=True)


def check_customers(expect, found, rows, reference):
    expect(found["customers"] == reference["customers"], f"customers: {found['customers']}")
    expect(found["monetary_total"] == 2500315.63, f"revenue: {found['monetary_total']}")
    expect(found["rows_kept"] == reference["rows"], f"rows: {found['rows_kept']}")
    expect(found["snapshot"] == reference["snapshot"][:10], f"snapshot: {found['snapshot']}")
    for name, column in COLUMNS.items():
        values = [float(row[column]) for row in rows]
        mean = math.fsum(values) / len(values)
        expect(math.isclose(mean, reference["mean"][name], rel_tol=1e-12), f"{name}: mean {mean}")
        for q, value in zip(reference["quantile_levels"], reference["quantiles"][name]):
            own = quantile(values, q)
            expect(math.isclose(own, value, rel_tol=1e-12, abs_tol=1e-12), f"{name}, {q}: {own}")
    fifths = [quantile([float(row["monetary"]) for row in rows], i / 5) for i in range(1, 5)]
    thresholds = found["thresholds"]["monetary"]
    expect(all(map(math.isclose, fifths, thresholds)), f"thresholds {thresholds}, not {fifths}")


def check_clusters(expect, tessera, run_ranks, customers, model, reference):
    features = ",".join(COLUMNS.values())
    for k, expected in reference["log1p_std"]["k"].items():
        start = expected["fixed_init_lloyd"]
        found = run(
            run_ranks, 2, tessera, "train", "--input", customers, "--output", model, "--features",
            features, "--log1p", features, "--init", "rows", "--segments", k, "--tolerance", 0,
            "--max-iterations", 1000,
        )  # fmt: skip
        off = abs(found["inertia"] / start["inertia"] - 1)
        expect(off < INERTIA_TOLERANCE, f"k = {k}: inertia {found['inertia']}")
        sizes = sorted(start["sizes_in_order"], reverse=True)
        expect(found["sizes"] == sizes, f"k = {k}: sizes {found['sizes']}, expected {sizes}")
        expect(found["updates"] == start["updates"], f"k = {k}: {found['updates']} updates")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    tessera, run_ranks, data = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    if not (data / "reference.json").exists():
        print(f"skipped: there are no reference results in {data}")
        return SKIPPED
    reference = json.loads((data / "reference.json").read_text())["cdnow"]
    failures = Failures()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lines = (data / "cdnow_master.txt").read_text().splitlines(keepends=True)
        random.Random(1).shuffle(lines)
        shuffled = folder / "shuffled.txt"
        shuffled.write_text("".join(lines))
        contents = set()
        for ranks in RANKS:
            for text in (data / "cdnow_master.txt", shuffled):
                output = folder / "customers.csv"
                found = run(
                    run_ranks, ranks, tessera, "rfm", "--input", text, "--delimiter", "whitespace",
                    "--names", "customer,date,units,dollars", "--customer", "customer", "--date",
                    "date", "--amount", "dollars", "--output", output,
                )  # fmt: skip
                contents.add(output.read_bytes())
        failures.expect(len(contents) == 1, f"{len(contents)} outputs")
        rows = list(csv.DictReader(output.open()))
        check_customers(failures.expect, found, rows, reference)
        check_clusters(
            failures.expect, tessera, run_ranks, output, folder / "model.h5", reference
        )
    print(f"{failures.checks} checks, {failures.count} failed")
    return 1 if failures.count else 0


sys.exit(main())
