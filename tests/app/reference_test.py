#!/usr/bin/env python3
"""Compares Tessera with scikit-learn's results on real customer tables, at 1, 2, 3 and 5 ranks.

usage: reference_test.py TESSERA RUN_RANKS DATA

DATA is a folder with the tables and with scikit-learn's results, reference.json. Where there is no
such folder the test says so and ends with 77, which ctest takes for "skipped". Needs nothing but
Python's standard library.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

RANKS = (1, 2, 3, 5)
SKIPPED = 77

INERTIA_TOLERANCE = 1e-5  # single precision against double
BEST_ALLOWANCE = 5e-4  # of the best of the restarts above the reference's best of 50
SAME_SOLUTION = 1e-7  # inertia this close, and equal sizes: the reference's own solution
INDEX_TOLERANCE = 1e-4
SEEDS = 100  # single runs tried to meet the reference's solution


class Case:
    """One table with one preparation. Options say how `train` is told of the preparation."""

    def __init__(
        self, reference, table, file, preparation, segments, options, restarts, compared, labels
    ):
        self.name = f"{table} ({preparation})"
        self.file = file
        self.entry = reference[table][preparation]
        self.segments = segments
        prepared = self.entry["prep"]
        self.options = options or [
            "--features",
            ",".join(prepared["numeric"] + prepared["categorical"]),
        ]
        self.restarts = restarts  # 0: no search for the best
        self.compared = compared  # segments for which a single run may meet the reference soon
        self.labels = labels
        self.silhouette_of_all_rows = self.entry["silhouette_rows"] == "all rows"

    def expected(self, k):
        return self.entry["k"][str(k)]


def cases(reference):
    raw = ["--scale", "none", "--features", "Annual Income (k$),Spending Score (1-100)"]
    without_codes = ["--ignore", "Channel,Region"]
    return [
        Case(reference, "wholesale", "wholesale.csv", "std", range(2, 7), without_codes, 50,
             [2, 3, 5, 6], ["Channel", "Region"]),
        Case(reference, "mall", "mall_customers.csv", "income_spending_raw", [5], raw, 10,
             [5], ["Gender"]),
        Case(reference, "marketing", "marketing_campaign.csv", "mixed", range(2, 9), None, 0,
             [2, 4, 6], ["Response"]),
        Case(reference, "bank_full", "bank_full.csv", "mixed", range(2, 9), ["--ignore", "y"], 0,
             [2], ["y"]),
    ]  # fmt: skip


class Checker:
    """Runs the program and collects what is not as expected."""

    def __init__(self, tessera, run_ranks, folder):
        self.tessera = tessera
        self.run_ranks = run_ranks
        self.folder = pathlib.Path(folder)
        self.failures = []
        self.checks = 0

    def path(self, name):
        return str(self.folder / name)

    def run(self, ranks, *arguments):
        """The JSON object of `tessera arguments... --json`."""
        command = [self.tessera, *map(str, arguments), "--json", "--quiet"]
        if ranks > 1:
            command = [self.run_ranks, str(ranks), *command]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)

    def expect(self, holds, what):
        self.checks += 1
        if not holds:
            self.failures.append(what)
            print(f"  FAILED {what}", flush=True)

    def expect_close(self, value, expected, tolerance, what):
        close = abs(value - expected) <= tolerance * max(1.0, abs(expected))
        self.expect(close, f"{what}: {value}, expected {expected}")

    def expect_equal(self, values, what):
        """The values, by number of ranks, are the same."""
        first = next(iter(values.values()))
        self.expect(all(value == first for value in values.values()), f"{what}: {values}")


def train(check, case, k, ranks, *options):
    return check.run(
        ranks, "train", "--input", check.path(case.file + ".h5"), *case.options, "--segments", k,
        "--tolerance", 0, "--max-iterations", 1000, "--min-group", 1,
        "--output", check.path("model.h5"), *options,
    )  # fmt: skip


def evaluate(check, case, ranks, *options):
    labels = ["--label", ",".join(case.labels)] if case.labels else []
    result = check.run(
        ranks, "evaluate", "--input", check.path(case.file + ".h5"),
        "--model", check.path("model.h5"), *labels, *options,
    )  # fmt: skip
    return {key: result[key] for key in result if key not in ("timings", "peak_memory_bytes")}


def check_fixed_start(check, case, k):
    """From given rows there is nothing random: every number must be the reference's."""
    expected = case.expected(k)["fixed_init_lloyd"]
    what = f"{case.name}, k = {k}, --init rows"
    digests = {}
    for ranks in RANKS:
        result = train(check, case, k, ranks, "--init", "rows")
        digests[ranks] = result["digest"]
    check.expect(
        result["updates"] == expected["updates"],
        f"{what}: {result['updates']} updates of the centroids, expected {expected['updates']}",
    )
    check.expect_close(
        result["inertia"] / expected["inertia"], 1, INERTIA_TOLERANCE, f"{what}: relative inertia"
    )
    sizes = sorted(expected["sizes_in_order"], reverse=True)
    check.expect(result["sizes"] == sizes, f"{what}: sizes {result['sizes']}, expected {sizes}")
    check.expect_equal(digests, f"{what}: digests by ranks")


def check_search(check, case, k):
    """The best of some restarts is as good as the reference's, and the same on all ranks."""
    best = case.expected(k)["inertia"]
    what = f"{case.name}, k = {k}, --restarts {case.restarts}"
    digests = {}
    for ranks in RANKS:
        result = train(check, case, k, ranks, "--restarts", case.restarts)
        digests[ranks] = result["digest"]
    check.expect(
        result["inertia"] <= best * (1 + BEST_ALLOWANCE),
        f"{what}: inertia {result['inertia']}, expected at most {best} + 0.05 %",
    )
    check.expect_equal(digests, f"{what}: digests by ranks")


def meets_reference(result, expected):
    return (
        abs(result["inertia"] / expected["inertia"] - 1) <= SAME_SOLUTION
        and result["sizes"] == expected["sizes_desc"]
    )


def check_indices(check, case, k):
    """Where a run ends in the reference's solution, evaluate finds the reference's indices."""
    expected = case.expected(k)
    if not any(
        meets_reference(train(check, case, k, 1, "--seed", seed), expected) for seed in range(SEEDS)
    ):
        return False
    what = f"{case.name}, k = {k}, evaluate"
    result = evaluate(check, case, 2)
    check.expect_close(result["inertia"] / expected["inertia"], 1, INERTIA_TOLERANCE, what)
    for index in ("calinski_harabasz", "davies_bouldin"):
        check.expect_close(result[index], expected[index], INDEX_TOLERANCE, f"{what}: {index}")
    if case.silhouette_of_all_rows:
        silhouette = result["silhouette"]
        check.expect(silhouette["variant"] == "exact", f"{what}: {silhouette['variant']}")
        check.expect_close(
            silhouette["value"], expected["silhouette"], INDEX_TOLERANCE, f"{what}: silhouette"
        )
    for label, ari in expected.get("ari", {}).items():
        if label in case.labels:
            found = result["agreement"][label]["ari"]
            check.expect_close(found, ari, INDEX_TOLERANCE, f"{what}: ARI with {label}")
    return True


def check_evaluate_on_ranks(check, case):
    """evaluate says the same, to the last bit, at every number of ranks."""
    train(check, case, case.segments[0], 1, "--init", "rows")
    results = {ranks: evaluate(check, case, ranks) for ranks in RANKS}
    check.expect_equal(results, f"{case.name}: evaluate by ranks")
    silhouette = results[1]["silhouette"]
    if silhouette["variant"] == "sampled":
        exact = evaluate(check, case, 2, "--exact-rows", results[1]["rows"])["silhouette"]
        off = abs(silhouette["value"] - exact["value"])
        check.expect(
            off <= 4 * silhouette["standard_error"],
            f"{case.name}: sampled silhouette {silhouette}, exact {exact['value']}",
        )


def check_case(check, case, data):
    start = time.monotonic()
    check.run(2, "ingest", "--input", data / case.file, "--output", check.path(case.file + ".h5"))
    compared = []
    for k in case.segments:
        check_fixed_start(check, case, k)
        if case.restarts:
            check_search(check, case, k)
        if k in case.compared and check_indices(check, case, k):
            compared.append(k)
    check_evaluate_on_ranks(check, case)
    check.expect(compared, f"{case.name}: no run met the reference's solution for any k")
    print(
        f"{case.name}: k = {list(case.segments)}, indices compared for k = {compared}, "
        f"{time.monotonic() - start:.1f} s",
        flush=True,
    )


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    tessera, run_ranks, data = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    if not (data / "reference.json").exists():
        print(f"skipped: there are no reference results in {data}")
        return SKIPPED
    reference = json.loads((data / "reference.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        check = Checker(tessera, run_ranks, folder)
        for case in cases(reference):
            check_case(check, case, data)
    print(f"{check.checks} checks, {len(check.failures)} failed")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
