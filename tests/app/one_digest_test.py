#!/usr/bin/env python3
"""Trains on one table of customers with ids, given as HDF5, delimited text, compressed text, several
files and JSON Lines, in several orders of its rows, on 1, 2, 3 and 5 ranks and with every set of
vector instructions: each method makes one model.

usage: one_digest_test.py TESSERA RUN_RANKS

Needs nothing but Python's standard library.
"""

import gzip
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

HEADER = ["customer", "spend", "visits", "age", "kind", "plan", "joined", "product"]
# Each step that fits something, or computes more than the usual ones.
STEPS = """
segments = 9
pca = 0.95
drop-correlated = 0.999
drop-constant = 0.99

[column spend]
steps = impute mean indicator, yeo-johnson, standard, weight 2
[column visits]
steps = signed-log, limit -3:, quantile-normal 20, robust
[column age]
steps = impute most_frequent, clip 0.01:0.99, box-cox, minmax
[column kind]
steps = frequency, standard
[column plan]
steps = ordinal "basic,silver,gold\\, large", standard
[column joined]
take = days-before, age 2024-12-31, weekday, month
[column product]
steps = hash 32, rare 0.02
[ratio per_visit]
of = spend / visits
[columns p*]
weight = 0.3
"""
SIMD_LEVELS = ("portable", "avx2", "avx512")


def customers(count):
    rng = random.Random(count)
    rows = []
    for number in range(count):
        group = rng.randrange(7)
        rows.append([
            f"C{7919 * number % 100_003:06}",
            round(rng.gauss(30 * group, 8), 2) if rng.random() > 0.03 else None,
            round(rng.gauss(5 * (group % 3), 2), 3),
            rng.randrange(18, 90),
            "abcd"[(group + (rng.random() < 0.3)) % 4],
            rng.choice(["basic", "gold, large", "silver"]) if rng.random() > 0.01 else None,
            f"{rng.randrange(1990, 2024)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
            if rng.random() > 0.02 else None,
            f"P{rng.randrange(5000)}",
        ])  # fmt: skip
    return rows


def csv_cell(value):
    text = "" if value is None else str(value)
    return f'"{text}"' if "," in text else text


def csv_text(rows):
    return "".join(",".join(map(csv_cell, row)) + "\n" for row in [HEADER, *rows])


def json_lines(rows):
    return "".join(json.dumps(dict(zip(HEADER, row))) + "\n" for row in rows)


class Doors:
    """The same rows as different inputs: for each, what --input is to be."""

    def __init__(self, tessera, folder, rows):
        text = csv_text(rows)
        plain = self.write(folder / "t.csv", text.encode())
        table = folder / "t.h5"
        run([tessera, "ingest", "--input", plain, "--output", table, "--quiet"])
        third = len(rows) // 3
        pieces = [rows[:third], rows[third:third + 1], rows[third + 1:]]
        for i, piece in enumerate(pieces):
            self.write(folder / f"part{i}.csv", csv_text(piece).encode())
        self.inputs = {
            "HDF5": table,
            "CSV": plain,
            "gzip": self.write(folder / "z.csv.gz", gzip.compress(text.encode())),
            "several files": folder / "part*.csv",
            "JSON Lines": self.write(folder / "t.jsonl", json_lines(rows).encode()),
        }
        if shutil.which("zstd"):
            packed = folder / "t.csv.zst"
            run(["zstd", "-q", "-f", plain, "-o", packed])
            self.inputs["zstd"] = packed

    @staticmethod
    def write(path, content):
        path.write_bytes(content)
        return path


def run(command, simd=None):
    environment = dict(os.environ, **({"TESSERA_SIMD": simd} if simd else {}))
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          check=False, env=environment)  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}: {done.stderr}")
    return done.stdout


class Trainer:
    def __init__(self, tessera, run_ranks, folder):
        self.tessera = tessera
        self.run_ranks = run_ranks
        self.model = folder / "model.h5"
        self.digests = {}  # by options, then by how they were come by
        self.wrong_scores = []

    def train(self, options, how, path, ranks, simd=None):
        launch = [self.run_ranks, ranks] if ranks > 1 else []
        out = run([*launch, self.tessera, "train", "--input", path, "--id", "customer",
                   "--output", self.model, *options, "--json", "--quiet"], simd)  # fmt: skip
        found = json.loads(out)
        key = f"{how}, {ranks} ranks" + (f", {simd}" if simd else "")
        self.digests.setdefault(" ".join(options), {})[key] = found["digest"]

    def score(self, text, ranks=1):
        """The segments of customers by the last model, from delimited text."""
        table, scores = self.model.with_name("some.csv"), self.model.with_name("scores.csv")
        table.write_text(text)
        launch = [self.run_ranks, ranks] if ranks > 1 else []
        run([*launch, self.tessera, "score", "--input", table, "--model", self.model, "--output",
             scores, "--quiet"])  # fmt: skip
        lines = scores.read_text().splitlines()[1:]
        return dict(line.split(",")[:2] for line in lines)

    def check_scores(self, rows):
        """Rows have the same segment whatever stands beside them."""
        whole = self.score(csv_text(rows))
        shuffled = random.Random(2).sample(rows, len(rows))
        if self.score(csv_text(shuffled), 3) != whole:
            self.wrong_scores.append("shuffled rows have other segments")
        for row in shuffled[:25]:
            if self.score(csv_text([row]))[row[0]] != whole[row[0]]:
                self.wrong_scores.append(f"{row} has another segment alone")

    def failures(self):
        count = len(self.wrong_scores)
        for wrong in self.wrong_scores:
            print(f"FAILED {wrong}")
        for options, digests in self.digests.items():
            first = next(iter(digests.values()))
            different = [key for key, digest in digests.items() if digest != first]
            if different:
                count += 1
                print(f"FAILED {options}: other digests than {next(iter(digests))} has: {different}")
        if len({next(iter(d.values())) for d in self.digests.values()}) < len(self.digests):
            count += 1
            print("FAILED: options that differ give the same model")
        print(f"{sum(map(len, self.digests.values()))} trainings, {count} failures")
        return count


def methods(tessera):
    help_text = run([tessera, "train", "--help"])
    names = [name for name in ("k-means", "bisecting") if f"{name}:" in help_text]
    return [["--segments", "9", "--method", name] for name in names]


def simd_levels():
    known = pathlib.Path("/proc/cpuinfo").read_text()
    return [level for level in SIMD_LEVELS
            if level == "portable" or {"avx2": " avx2 ", "avx512": " avx512vl "}[level] in known]  # fmt: skip


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tessera, run_ranks = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        trainer = Trainer(tessera, run_ranks, folder)
        rows = customers(6000)
        steps = ["--config", str(Doors.write(folder / "steps.ini", STEPS.encode()))]
        weighted = ["--segments", "9", "--weight", "age"]
        choices = [*methods(tessera), ["--segments", "30", "--init", "k-means++", "--seed", "3"],
                   weighted, steps]
        # on the rank counts of each shuffle in turn, so that every door is on 1, 2, 3 and 5 ranks
        for shuffle, counts in enumerate([(1, 3), (2, 5)]):
            doors = Doors(tessera, folder, rows)
            for options in choices:
                for door, path in doors.inputs.items():
                    if options in (weighted, steps) and door != "CSV":
                        continue  # they see the same table behind every door
                    for ranks in counts:
                        trainer.train(options, f"{door}, shuffle {shuffle}", path, ranks)
                if shuffle == 0:
                    for simd in simd_levels():
                        trainer.train(options, "HDF5", doors.inputs["HDF5"], 1, simd)
            random.Random(1).shuffle(rows)
        trainer.check_scores(rows)  # by the model that was trained last, by steps
        sys.exit(1 if trainer.failures() else 0)


if __name__ == "__main__":
    main()
