#!/usr/bin/env python3
"""Shuffles tables whose customers have ids: the model and what is measured of it must not change, at
1, 2, 3 and 5 ranks.

usage: any_order_test.py TESSERA RUN_RANKS

Needs nothing but Python's standard library.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

RANKS = (1, 2, 3, 5)
SHUFFLES = 2


class Checker:
    def __init__(self, tessera, run_ranks, folder):
        self.tessera = tessera
        self.run_ranks = run_ranks
        self.folder = pathlib.Path(folder)
        self.failures = 0

    def run(self, ranks, *arguments):
        """The JSON object of `tessera arguments... --json`, and what was said beside it."""
        command = [self.tessera, *map(str, arguments), "--json"]
        if ranks > 1:
            command = [self.run_ranks, str(ranks), *command]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout), done.stderr

    def expect_alike(self, values, what):
        first = next(iter(values.values()))
        different = {key: value for key, value in values.items() if value != first}
        if different:
            self.failures += 1
            print(f"FAILED {what}: {first}, but {different}", flush=True)

    def expect(self, holds, what):
        if not holds:
            self.failures += 1
            print(f"FAILED {what}", flush=True)


def customers(count):
    """A header and rows with groups, missing values and categories; ids are text or numbers."""
    rng = random.Random(count)
    rows = []
    for number in range(count):
        group = rng.randrange(6)
        spend = f"{rng.gauss(40 * group, 9):.2f}" if rng.random() > 0.02 else ""
        visits = f"{rng.gauss(7 * (group % 3), 2):.3f}"
        kind = "abc"[(group + (rng.random() < 0.3)) % 3]
        rows.append([f"C{7919 * number % 100_003}", spend, visits, kind])
    return ["customer", "spend", "visits", "kind"], rows


def grid(count):
    """Rows on a grid: ties everywhere. A tenth of the ids stand in two rows, of the same values or
    of others."""
    rows = [[1000 + n, n % 7 - 3, n // 7 % 5 - 2, "xy"[n % 2]] for n in range(count)]
    for n in range(0, count // 10):
        rows[-1 - n][0] = rows[n][0]
        if n % 2:
            rows[-1 - n][1:] = rows[n][1:]
    return ["customer", "spend", "visits", "kind"], rows


def write(path, header, rows):
    path.write_text("\n".join(",".join(map(str, row)) for row in [header, *rows]) + "\n")


def check_table(check, name, header, rows, options_of_runs):
    results = {}
    for shuffle in range(SHUFFLES + 1):
        shuffled = list(rows)
        if shuffle > 0:
            random.Random(shuffle).shuffle(shuffled)
        csv, table = check.folder / "t.csv", check.folder / "t.h5"
        write(csv, header, shuffled)
        check.run(1, "ingest", "--input", csv, "--output", table, "--quiet")
        model = check.folder / "model.h5"
        for ranks in RANKS if shuffle < SHUFFLES else (1,):
            for options in options_of_runs:
                trained, said = check.run(
                    ranks, "train", "--input", table, "--id", "customer", "--output", model,
                    "--silhouette-sample", 40, *options,
                )  # fmt: skip
                doubled = "in more than one row" in said
                check.expect(doubled == (name == "grid"), f"{name}: warning of doubled ids: {said}")
                measured, _ = check.run(
                    ranks, "evaluate", "--input", table, "--model", model,
                    "--exact-rows", 10, "--silhouette-sample", 50, "--quiet",
                )  # fmt: skip
                found = [trained[key] for key in ("digest", "iterations", "silhouette")]
                for ignored in ("timings", "peak_memory_bytes"):
                    measured.pop(ignored, None)
                results.setdefault(" ".join(options), {})[(shuffle, ranks)] = (found, measured)
    for options, values in results.items():
        check.expect_alike(values, f"{name}, {options}: results by (shuffle, ranks)")
    digests = {str(next(iter(values.values()))[0]) for values in results.values()}
    check.expect(len(digests) > 1, f"{name}: all runs are the same, so that nothing is tested")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        check = Checker(sys.argv[1], sys.argv[2], folder)
        few = ["--segments 5 --restarts 1", "--segments 9 --init random --restarts 3",
               "--segments 4 --init k-means++ --seed 7"]  # fmt: skip
        check_table(check, "grid", *grid(210), [text.split() for text in few])
        check_table(check, "customers", *customers(6000),
                    [text.split() for text in ["--segments 6 --restarts 2", few[2]]])  # fmt: skip
        print(f"{check.failures} failures")
        sys.exit(1 if check.failures else 0)


if __name__ == "__main__":
    main()
