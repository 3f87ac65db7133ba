#!/usr/bin/env python3
"""Inputs that are cut, appended to, written over or replaced while a job reads them.

usage: changing_inputs_test.py TESSERA RUN_RANKS RANKS [--every-read] [--limit CASES]

A job stops in the middle of its reading (TESSERA_FAULT=pread:N:wait=FILE, see CONTRIBUTING.md), its input
is changed, and it goes on: on the first rank and on the last one, at the middle read and the last, or
at every one; with --limit so many of all these, always the same. Where the file was written to it must end with 74 and one message that names the file; where
it was replaced or removed, what the job makes must be made from the old one. With 0 it may end else
only if the change was before the file was opened: then all is made from the new one.
"""
import argparse
import gzip
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

from attack import messages
from bson_file import document

parser = argparse.ArgumentParser()
parser.add_argument("tessera")
parser.add_argument("run_ranks")
parser.add_argument("ranks", type=int)
parser.add_argument("--every-read", action="store_true")
parser.add_argument("--limit", type=int, default=0)
arguments = parser.parse_args()
tessera, ranks = arguments.tessera, arguments.ranks
launch = [arguments.run_ranks, str(ranks)] if ranks > 1 else []
# reads of a file before it is opened: what is under the name?
LOOKS = 16
OLD = b"what stood here before\n"
failures = 0
cases = 0


def start(words, fault):
    return subprocess.Popen(
        [*launch, tessera, *words, "-q"], env={**os.environ, "TESSERA_FAULT": fault},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )


def cut(path):
    os.truncate(path, os.path.getsize(path) // 3)


def append(path):
    with open(path, "ab") as file:
        file.write(b"1,2,3\n")


def write_over(path):
    """Other bytes of the same length, in the middle."""
    content = bytearray(pathlib.Path(path).read_bytes())
    middle = len(content) // 2
    content[middle:middle + 200] = b"7" * len(content[middle:middle + 200])
    with open(path, "r+b") as file:
        file.write(content)


def write_the_same(path):
    content = pathlib.Path(path).read_bytes()
    with open(path, "r+b") as file:
        file.write(content)


def replace(path):
    shutil.copy(f"new/{path}", "replacement")
    os.rename("replacement", path)


WRITES = [cut, append, write_over, write_the_same]
KEEPS = [replace, os.remove]


class Job:
    def __init__(self, words, changed, output=None, first=None):
        """first: a job that reads what this one reads before the file that is changed."""
        self.words = words.split()
        self.first = first.split() if first else None
        self.changed = changed
        self.output = output
        self.name = f"tessera {words}"

    def result(self, out):
        """What the job has made, but for when."""
        if self.output == "model.h5":
            return subprocess.run([tessera, "inspect", "--digest", "model.h5"],
                                  stdout=subprocess.PIPE, text=True).stdout
        return pathlib.Path(self.output).read_bytes() if self.output else out

    def prepare(self):
        shutil.copy2(f"old/{self.changed}", self.changed)
        if self.output:
            pathlib.Path(self.output).write_bytes(OLD)
        self.before = set(os.listdir())

    def well(self, fault=""):
        job = start(self.words, fault)
        out, err = job.communicate(timeout=60)
        return job.returncode, out, err

    def reads(self, words):
        """How many reads each rank makes, and what the job prints."""
        reads = {}
        # a rank that makes no call prints nothing; and mpirun may lose what ranks print at their end
        for _ in range(3):
            if len(reads) == ranks:
                break
            self.prepare()
            job = start(words, "count")
            out, err = job.communicate(timeout=60)
            if job.returncode != 0:
                sys.exit(f"tessera {' '.join(words)} fails by itself: {err}")
            found = re.findall(r"rank (\d+): open.*? pread (\d+)", err)
            reads.update({int(rank): int(number) for rank, number in found})
        return reads, out

    def attacks(self):
        """All that can be done to the job."""
        before = self.reads(self.first)[0] if self.first else {}
        self.looks = {rank: LOOKS + before.get(rank, 0) for rank in range(ranks)}
        reads, out = self.reads(self.words)
        self.good = self.result(out)
        for rank in sorted({0, ranks - 1}):
            last = reads.get(rank, 0)
            if last == 0:
                continue  # it is the first rank that reads
            points = range(1, last + 1) if arguments.every_read else sorted({last * 2 // 3 + 1, last})
            for number in points:
                for change in WRITES + KEEPS:
                    yield self, rank, number, change

    def attack(self, rank, number, change):
        global cases, failures
        cases += 1
        self.prepare()
        job = start(self.words, f"pread:{number}:wait=go:{rank}")
        try:
            until = time.monotonic() + 60
            while not os.path.exists("go.here") and job.poll() is None:
                assert time.monotonic() < until, "it does not come to its read"
                time.sleep(0.002)
            change(self.changed)
            pathlib.Path("go").touch()
            out, err = job.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            job.kill()
            out, err = "", "it hangs"
        for name in ("go", "go.here"):
            pathlib.Path(name).unlink(missing_ok=True)
        problems = list(self.problems_of(job.returncode, out, err, number <= self.looks[rank], change))
        for problem in problems:
            print(f"{change.__name__} at read {number} of rank {rank}: {self.name}: {problem}\n{err}", flush=True)
        failures += bool(problems)

    def problems_of(self, code, out, err, is_look, change):
        left = set(os.listdir()) - self.before
        for name in left:
            os.remove(name)
        if left:
            yield f"leaves {left}"
        if code == 0:
            result = self.result(out)
            # text is in memory once it is read
            keeps = change in KEEPS or (".h5" not in self.changed and self.words[0] != "ingest")
            if keeps and result == self.good:
                return
            if os.path.exists(self.changed):
                if self.output:
                    pathlib.Path(self.output).write_bytes(OLD)
                if result == self.result(self.well()[1]):
                    return
            yield "ends with 0, and with a wrong result"
            return
        if self.output and pathlib.Path(self.output).read_bytes() != OLD:
            yield "fails, but its output was replaced"
        if len(messages(err)) != 1:
            yield "does not say one thing"
        # a replaced file may be opened by name again, or seen by some ranks alone
        allowed = {66, 74} if change in KEEPS else {74}
        if change is write_over and self.changed.endswith(".h5"):
            allowed.add(65)  # damaged, as far as it looks
        if is_look and (code, err) == self.well()[::2]:
            return
        if code not in allowed:
            yield f"ends with {code}"
        if self.changed not in err:
            yield "does not name the file"


def make(folder, seed):
    os.makedirs(folder)
    for words in (
        f"generate --rows 3000 --seed {seed} --output {folder}/t.csv",
        f"ingest --input {folder}/t.csv --output {folder}/t.h5",
        f"train --input {folder}/t.h5 --id customer_id --segments 3 --output {folder}/m.h5",
        f"generate --rows 300 --transactions 3000 --seed {seed} --output {folder}/x.csv",
        f"ingest --input {folder}/x.csv --output {folder}/x.h5",
    ):
        subprocess.run([tessera, *words.split(), "-q"], check=True)
    lines = pathlib.Path(folder, "t.csv").read_text().splitlines()
    names = lines[0].split(",")
    records = [dict(zip(names, line.split(","))) for line in lines[1:]]
    pathlib.Path(folder, "t.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in records))
    pathlib.Path(folder, "t.bson").write_bytes(b"".join(map(document, records)))
    pathlib.Path(folder, "b.csv").write_text("\n".join(lines[:2000]) + "\n")
    with gzip.open(f"{folder}/t.csv.gz", "wt") as out:
        out.write("\n".join(lines) + "\n")
    golden = pathlib.Path(__file__).resolve().parent.parent / "table" / "golden"
    shutil.copy(golden / ("matrix.h5" if seed == 1 else "flags_matrix.h5"), f"{folder}/f.h5")


RFM = "--customer customer_id --date date --amount quantity*unit_price --output out.csv"
FIRST = f"rfm --input old/x.csv {RFM}"
MODEL = "inspect old/m.h5"
JOBS = [
    Job("ingest --input t.csv --output out.h5", "t.csv", "out.h5"),
    Job("ingest --input t.jsonl --output out.h5", "t.jsonl", "out.h5"),
    Job("ingest --input t.bson --output out.h5", "t.bson", "out.h5"),
    Job("ingest --input t.csv.gz --output out.h5", "t.csv.gz", "out.h5"),
    Job("ingest --input old/t.csv,b.csv --output out.h5", "b.csv", "out.h5"),
    Job("train --input t.csv --id customer_id --segments 3 --output model.h5", "t.csv", "model.h5"),
    Job("train --input t.h5 --id customer_id --segments 3 --output model.h5", "t.h5", "model.h5"),
    Job("train --input t.h5 --id customer_id --segments 3 --output old/m2.h5 --scores out.csv", "t.h5",
        "out.csv"),
    Job("train --input f.h5 --segments 2 --output model.h5", "f.h5", "model.h5"),
    Job("score --input t.csv --model old/m.h5 --output out.csv", "t.csv", "out.csv", MODEL),
    Job("score --input t.h5 --model old/m.h5 --output out.csv", "t.h5", "out.csv", MODEL),
    Job("score --input t.h5 --model old/m.h5 --output out.h5", "t.h5", "out.h5", MODEL),
    Job(f"rfm --input x.csv {RFM}", "x.csv", "out.csv"),
    Job(f"rfm --input x.h5 {RFM}", "x.h5", "out.csv"),
    Job(f"rfm --input old/x.csv --join t.csv {RFM}", "t.csv", "out.csv", FIRST),
    Job(f"rfm --input old/x.csv --join t.h5 {RFM}", "t.h5", "out.csv", FIRST),
    Job("check --input t.h5 --id customer_id", "t.h5"),
    Job("evaluate --input t.h5 --model old/m.h5", "t.h5", first=MODEL),
    Job("inspect t.h5", "t.h5"),
    Job("inspect --verify t.h5", "t.h5"),
    Job("inspect m.h5", "m.h5"),
    Job("inspect t.csv.gz", "t.csv.gz"),
]

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    make("old", 1)
    make("new", 2)
    time.sleep(0.05)  # file systems tell no times apart that are nearer than some milliseconds
    attacks = [attack for job in JOBS for attack in job.attacks()]
    of_all = len(attacks)
    if 0 < arguments.limit < of_all:
        attacks = random.Random(1).sample(attacks, arguments.limit)
    for job, *attack in attacks:
        job.attack(*attack)
    os.chdir("/")

print(f"{cases} of {of_all} cases on {ranks} rank(s), {failures} went wrong")
sys.exit(1 if failures or cases == 0 else 0)
