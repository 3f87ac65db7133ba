#!/usr/bin/env python3
"""Lets the system calls of small jobs fail in turn (TESSERA_FAULT, see CONTRIBUTING.md).

usage: failing_calls_test.py TESSERA RUN_RANKS RANKS [--limit RUNS]

Each job first runs as it should, and says how many calls it makes. Then each of them fails once with
each of several errors, or with --limit so many of all these, always the
same. A run must end with 66, 73
or 74, one message, its outputs as they were before and nothing beside them; or with 0 and the very
outputs of the run that went well. Without --limit on 3 ranks it takes many minutes.
"""
import argparse
import gzip
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

from attack import messages

OLD = b"what stood here before\n"
WHATS = ["EIO", "ENOSPC", "EACCES", "short", "end", "EINTR"]
# what a run may end with, if the call could not just be made again
FAILED = {66, 73, 74}

parser = argparse.ArgumentParser()
parser.add_argument("tessera")
parser.add_argument("run_ranks")
parser.add_argument("ranks", type=int)
parser.add_argument("--limit", type=int, default=0)
arguments = parser.parse_args()
launch = [arguments.run_ranks, str(arguments.ranks)] if arguments.ranks > 1 else []
failures = []


def run(words, fault=""):
    environment = {**os.environ, "TESSERA_FAULT": fault}
    return subprocess.run(
        [*launch, arguments.tessera, *words], env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, timeout=60,
    )


class Job:
    def __init__(self, words, outputs=()):
        self.words = words.split()
        self.name = f"tessera {words}"
        self.outputs = outputs  # in the order in which they appear

    def meaning(self, output):
        """A model says when it was made; its digest does not."""
        if output.startswith("model"):
            made = run(["inspect", "--digest", output])
            return made.stdout.encode() if made.returncode == 0 else made.stderr.encode()
        return pathlib.Path(output).read_bytes()

    def prepare(self):
        for output in self.outputs:
            pathlib.Path(output).write_bytes(OLD)
        self.before = set(os.listdir())

    def count(self, tries=3):
        """Runs as it should. Returns how many calls each rank makes."""
        self.prepare()
        well = run([*self.words, "-q"], "count")
        if well.returncode != 0:
            sys.exit(f"{self.name} fails by itself: {well.stderr}")
        self.good_out = well.stdout
        self.good = [self.meaning(output) for output in self.outputs]
        calls = dict(re.findall(r"rank (\d+): open.*? any (\d+)", well.stderr))
        if len(calls) < arguments.ranks and tries > 1:
            return self.count(tries - 1)  # mpirun may lose what ranks print at their end
        return {int(rank): int(number) for rank, number in calls.items()}

    def attack(self, rank, number, what):
        fault = f"any:{number}:{what}:{rank}"
        self.prepare()
        try:
            result = run([*self.words, "-q"], fault)
        except subprocess.TimeoutExpired:
            failures.append(f"TESSERA_FAULT={fault} {self.name}: it hangs")
            return None
        problems = list(self.problems_of(result, what))
        for problem in problems:
            failures.append(f"TESSERA_FAULT={fault} {self.name}: {problem}\n{result.stderr}")
        return result.returncode

    def problems_of(self, result, what):
        left = set(os.listdir()) - self.before
        for name in left:
            os.remove(name)
        # the call that failed may be the one that was to remove it
        if left and not (result.returncode == 0 and len(left) == 1):
            yield f"leaves {left} behind"
        are_new = []
        for output, good in zip(self.outputs, self.good):
            is_old = pathlib.Path(output).read_bytes() == OLD
            if not is_old and self.meaning(output) != good:
                yield f"{output} is neither the old one nor the right one"
            are_new.append(not is_old)
        if result.returncode == 0:
            if not all(are_new):
                yield "ends with 0, but did not write all"
            if result.stdout != self.good_out:
                yield "ends with 0, but prints something else"
            return
        if what in ("short", "EINTR"):
            yield f"ends with {result.returncode}, though the call could be made again"
        if result.returncode not in FAILED:
            yield f"ends with {result.returncode}"
        if len(messages(result.stderr)) != 1:
            yield "says not just one thing"
        # of several outputs the first may stand alone, if the last one's renaming failed
        if any(are_new) and (len(are_new) == 1 or are_new[-1] or result.returncode != 73):
            yield "fails, but an output was replaced"


def make_inputs():
    for words in (
        "generate --rows 300 --output in.csv --seed 1",
        "ingest --input in.csv --output in.h5",
        "train --input in.h5 --id customer_id --segments 3 --output in_model.h5",
        "generate --rows 300 --transactions 900 --output sold.csv --seed 1",
        "generate --rows 20 --transactions 12000 --output many.h5 --seed 1",
    ):
        made = run([*words.split(), "-q"])
        assert made.returncode == 0, made.stderr
    lines = pathlib.Path("in.csv").read_text().splitlines()
    names = lines[0].split(",")
    with gzip.open("in.jsonl.gz", "wt") as out:
        for line in lines[1:]:
            cells = ",".join(f'"{n}":"{v}"' for n, v in zip(names, line.split(",")))
            out.write("{" + cells + "}\n")


RFM = "--customer customer_id --date date --amount quantity*unit_price"
JOBS = [
    Job("generate --rows 300 --seed 1 --output out.csv", ["out.csv"]),
    Job("generate --rows 300 --seed 1 --output out.h5", ["out.h5"]),
    Job("ingest --input in.csv --output out.h5", ["out.h5"]),
    Job("ingest --input in.jsonl.gz --output out.h5", ["out.h5"]),
    Job("train --input in.h5 --id customer_id --segments 3 --output model.h5 --scores out.csv",
        ["model.h5", "out.csv"]),
    Job("train --input in.csv --id customer_id --segments 3 --output model.h5 --scores out.h5",
        ["model.h5", "out.h5"]),
    Job("train --input in.h5 --id customer_id --segments 3 --init file --init-file in_model.h5 "
        "--output model.h5", ["model.h5"]),
    Job("score --input in.h5 --model in_model.h5 --output out.csv", ["out.csv"]),
    Job("score --input in.csv --model in_model.h5 --output out.h5", ["out.h5"]),
    Job(f"rfm --input sold.csv {RFM} --output out.csv", ["out.csv"]),
    Job(f"rfm --input sold.csv --join in.h5 {RFM} --output out.h5", ["out.h5"]),
    Job(f"rfm --input many.h5 --invoice invoice --memory 101M --scratch . {RFM} --output out.csv",
        ["out.csv"]),
    Job("check --input in.h5 --id customer_id --suggest out.ini", ["out.ini"]),
    Job("evaluate --input in.h5 --model in_model.h5"),
    Job("inspect in.h5"),
    Job("inspect in_model.h5"),
]

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    make_inputs()
    attacks = []
    for job in JOBS:
        for rank, calls in job.count().items():
            attacks += [(job, rank, n, what) for n in range(1, calls + 1) for what in WHATS]
    of_all = len(attacks)
    if 0 < arguments.limit < of_all:
        attacks = random.Random(1).sample(attacks, arguments.limit)
    codes = {}
    for job, rank, number, what in attacks:
        code = job.attack(rank, number, what)
        codes[code] = codes.get(code, 0) + 1
    os.chdir("/")

for failure in failures:
    print(failure)
ends = ", ".join(f"{n} with {code}" for code, n in sorted(codes.items(), key=str))
print(f"{len(attacks)} of {of_all} failing calls on {arguments.ranks} rank(s): {ends}; "
      f"{len(failures)} went wrong")
sys.exit(1 if failures or not attacks else 0)
