#!/usr/bin/env python3
"""Flips single bits of files and cuts them, and looks at what comes of it.

usage: damaged_files_test.py TESSERA RUN_RANKS RANKS [--flips N] [--cuts N]

Each kind of file is damaged so many times (default 1000 and 200), always in the same places. Files
with checksums must be refused, or what is damaged not matter: the result is the very one of the whole
file, never another. Text has no checksums: a flipped digit is another number; there the run must end
well or with one clear message.
"""
import argparse
import collections
import csv
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from attack import Program, hidden_files
from bson_file import document

parser = argparse.ArgumentParser()
parser.add_argument("tessera")
parser.add_argument("run_ranks")
parser.add_argument("ranks", type=int)
parser.add_argument("--flips", type=int, default=1000)
parser.add_argument("--cuts", type=int, default=200)
parser.add_argument("--kind", default="", help="only kinds whose names begin so")
arguments = parser.parse_args()
launch = [os.path.abspath(arguments.run_ranks), str(arguments.ranks)] if arguments.ranks > 1 else []
program = Program(os.path.abspath(arguments.tessera), launch)

folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)


def digest(out):
    return json.loads(out)["digest"]


def output(_):
    return pathlib.Path("out.csv").read_bytes()


def everything(out):
    """What inspect prints of a file, but for its name and the time it took."""
    found = json.loads(out)
    return {key: found[key] for key in found if key not in ("options", "timings", "peak_memory_bytes")}


program.must("generate --rows 3000 --segments 3 --seed 1 --output good.csv")
program.must("ingest --input good.csv --output good.h5")
program.must("train --input good.h5 --id customer_id --segments 3 --output model.h5 --scores scores.h5")
program.must("train --input good.h5 --id customer_id --segments 9 --method bisecting --output tree.h5")
pathlib.Path("few.csv").write_bytes(b"".join(pathlib.Path("good.csv").open("rb").readlines()[:300]))
subprocess.run(["zstd", "-q", "--check", "few.csv"], check=True)
pathlib.Path("few.csv.gz").write_bytes(gzip.compress(pathlib.Path("few.csv").read_bytes(), mtime=0))
columns = ["customer_id", "age", "income", "spend", "region"]
with (open("few.csv", newline="") as text, open("few.jsonl", "w") as lines,
      open("few.bson", "wb") as documents):
    for row in csv.DictReader(text):
        record = {name: row[name] for name in columns}
        lines.write(json.dumps(record) + "\n")
        documents.write(document(record, ("age", "income", "spend")))
pathlib.Path("few.ini").write_text(
    "input = few.csv\nid = customer_id\nsegments = 3\nlog1p = income,spend\n"
    "[column age]\nsteps = impute median, clip 0.01:0.99, standard\n")

TRAIN = "train --input {} --id customer_id --segments 3 --output out.h5 --json -q"
# name, file, what is run with it, what it makes, whether all damage must be noticed or without effect
KINDS = [
    ("table, trained", "good.h5", TRAIN, digest, True),
    ("table, all of it", "good.h5", "inspect --verify --json {}", everything, True),
    ("scores, all of them", "scores.h5", "inspect --verify --json {}", everything, True),
    ("model, scoring", "model.h5", "score --input good.h5 --model {} --output out.csv -q", output, True),
    ("model of bisecting", "tree.h5", "inspect --json {}", everything, True),
    ("gzip, trained", "few.csv.gz", TRAIN, digest, True),
    ("zstd, trained", "few.csv.zst", TRAIN, digest, True),
    ("JSON Lines, trained", "few.jsonl", TRAIN, digest, False),
    ("BSON, trained", "few.bson", TRAIN, digest, False),
    ("delimited text, trained", "few.csv", TRAIN, digest, False),
    ("configuration", "few.ini", "train --config {} --output out.h5 --json -q", digest, False),
]

try:
    import h5py
    import numpy as np

    with h5py.File("other.h5", "w", libver="latest") as f:
        for name in ("customer_id", "age", "income"):
            f.create_dataset(name, data=np.arange(700.0) ** 2 % 97, chunks=(100,), fletcher32=True)
    KINDS.append(("HDF5 of others, Fletcher-32", "other.h5", TRAIN, digest, True))

    # as h5py, PyTables and R save texts: in heaps, whose places stand in the columns
    texts = [f"level {i % 7}" for i in range(300)]
    with h5py.File("texts.h5", "w") as f:
        f.create_dataset("customer_id", data=np.arange(300))
        f.create_dataset("region", data=texts, dtype=h5py.string_dtype())
        f.create_dataset("channel", data=texts[::-1], dtype=h5py.string_dtype(), chunks=(64,),
                         compression="gzip")
        f["region"].attrs["long_name"] = "Region"
    record = np.dtype([("customer_id", "i4"), ("income", "f4"), ("region", h5py.string_dtype())])
    with h5py.File("records.h5", "w") as f:
        f["t"] = np.array([(i, i * i % 97, texts[i]) for i in range(300)], dtype=record)
    KINDS.append(("HDF5 of others, texts", "texts.h5", TRAIN, digest, False))
    KINDS.append(("HDF5 of others, records", "records.h5", TRAIN, digest, False))
except ImportError:
    print("HDF5 of others is left out: it needs h5py and numpy")


def attack(name, file, words, meaning, protected):
    suffix = "".join(pathlib.Path(file).suffixes)
    damaged = f"damaged{suffix}"
    whole = pathlib.Path(file).read_bytes()
    counts = collections.Counter()

    def run(kind, what):
        for made in ("out.h5", "out.csv"):
            pathlib.Path(made).unlink(missing_ok=True)
        code, out, err = program.run(words.format(damaged).split())
        if code == "hang":
            counts[kind, "hung"] += 1
            program.complain(f"{name}: {what}", code, err)
        elif code == 0:
            same = meaning(out) == good
            counts[kind, "same" if same else "other"] += 1
            if not same and protected:
                program.complain(f"{name}: {what}: another result", code, err)
        else:
            well = program.check(f"{name}: {what}", code, err, outputs=("out.h5", "out.csv"))
            counts[kind, "refused" if well else "crashed"] += 1
        if hidden_files():
            program.complain(f"{name}: {what}: left {hidden_files()}", code, err)

    pathlib.Path(damaged).write_bytes(whole)
    good = meaning(program.must(words.format(damaged)))
    chance = random.Random(f"{name} 1")
    for _ in range(arguments.flips):
        at, bit = chance.randrange(len(whole)), chance.randrange(8)
        changed = bytearray(whole)
        changed[at] ^= 1 << bit
        pathlib.Path(damaged).write_bytes(changed)
        run("flip", f"bit {bit} of byte {at} flipped")
    for _ in range(arguments.cuts):
        length = chance.randrange(len(whole))
        pathlib.Path(damaged).write_bytes(whole[:length])
        run("cut", f"cut to {length} of {len(whole)} bytes")
    for kind, number in (("flip", arguments.flips), ("cut", arguments.cuts)):
        parts = [f"{counts[kind, result]:5} {result}"
                 for result in ("refused", "same", "other", "crashed", "hung")]
        print(f"{name:27} {number:5} {kind}s: {', '.join(parts)}", flush=True)


for kind in KINDS:
    if kind[0].startswith(arguments.kind):
        attack(*kind)
print(f"{len(program.bad)} bad")
sys.exit(1 if program.bad else 0)
