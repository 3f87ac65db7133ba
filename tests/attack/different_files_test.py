#!/usr/bin/env python3
"""Ranks that see different files under one name: each has a working directory of its own.

usage: different_files_test.py TESSERA RUN_RANKS RANKS

Every job must end with 66 and one message that names a rank and its host, or with 73 if it is the
output that ranks see differently; with 0, and the result of one rank alone, where the files are copies.
"""
import csv
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from attack import messages

tessera, run_ranks, ranks = sys.argv[1], sys.argv[2], int(sys.argv[3])
failures = 0
cases = 0


def alone(folder, words):
    made = subprocess.run([tessera, *words.split(), "-q"], cwd=folder, stdout=subprocess.PIPE, text=True)
    assert made.returncode == 0, words
    return made.stdout


def run(words, odd_one):
    """All ranks in the folder `most`, but one in `odd`."""
    command = [run_ranks, "1"]
    for rank in range(ranks):
        command += [":", "-n", "1"] if rank > 0 else []
        command += ["--wdir", "odd" if rank == odd_one else "most", tessera, *words.split(), "-q"]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)


def expect(code, words, *parts):
    global failures, cases
    for odd_one in {0, ranks - 1}:
        cases += 1
        result = run(words, odd_one)
        errors = messages(result.stderr)
        problems = []
        if result.returncode != code:
            problems.append(f"ends with {result.returncode}, not {code}")
        if len(errors) != (code != 0):
            problems.append("does not say one thing")
        problems += [f"does not say '{part}'" for part in parts if part not in result.stderr]
        left = [str(path) for path in pathlib.Path().rglob("out*")] if code else []
        left += [str(path) for path in pathlib.Path().rglob(".*.part")]
        if left:
            problems.append(f"leaves {left}")
        for problem in problems:
            failures += 1
            print(f"rank {odd_one} is elsewhere: tessera {words}: {problem}\n{result.stderr}")


def other_words(usual, other):
    """Ranks that were started with different words, as by a script that looks at its node."""
    global failures, cases
    cases += 1
    command = [run_ranks, str(ranks - 1), tessera, *usual.split(), ":", "-n", "1", tessera, *other.split()]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    errors = messages(result.stderr)
    if result.returncode != 64 or len(errors) != 1 or f"rank {ranks - 1} on " not in errors[0]:
        failures += 1
        print(f"{usual} : {other}: {result.returncode}: {result.stderr}")


def make(folder, seed):
    """Files of one size in both folders, but for text."""
    pathlib.Path(folder).mkdir()
    alone(folder, f"generate --rows 3000 --seed {seed} --output t.csv")
    alone(folder, f"generate --rows 3000 --seed {seed} --output t.h5")
    alone(folder, f"generate --rows 3000 --transactions 9000 --seed {seed} --output x.csv")
    alone(folder, "train --input t.h5 --id customer_id --segments 3 --output m.h5")
    text = pathlib.Path(folder, "t.csv")
    records = list(csv.DictReader(text.open(newline="")))
    pathlib.Path(folder, "t.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in records))
    pathlib.Path(folder, f"part-{seed}.csv").write_text(text.read_text())
    with gzip.open(f"{folder}/t.csv.gz", "wt") as out:
        out.write(text.read_text())


def copy(name, of, with_time=True):
    (shutil.copy2 if with_time else shutil.copy)(f"most/{of}", f"most/{name}")
    (shutil.copy2 if with_time else shutil.copy)(f"most/{of}", f"odd/{name}")


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    out = f"{folder}/out"
    make("most", 1)
    make("odd", 2)
    golden = pathlib.Path(__file__).resolve().parent.parent / "table" / "golden"
    shutil.copy(golden / "columns.h5", "most/f.h5")
    shutil.copy(golden / "matrix.h5", "odd/f.h5")

    apart = "put the file where all nodes see the same one"
    rfm = "--customer customer_id --date date"
    copy("one.h5", "m.h5")
    copy("one.csv", "x.csv")
    for name in ("t.csv", "t.jsonl"):
        expect(66, f"ingest --input {name} --output {out}.h5", name, "rank", " on ", "bytes", apart)
        expect(66, f"train --input {name} --segments 3 --output {out}.h5", name, apart)
        expect(66, f"score --input {name} --model one.h5 --output {out}.csv", name, apart)
        expect(66, f"rfm --input one.csv --join {name} {rfm} --output {out}.csv", name, apart)
        expect(66, f"check --input {name} --suggest {out}.ini", name, apart)
    expect(66, f"rfm --input x.csv {rfm} --output {out}.csv", "x.csv", apart)
    expect(66, f"train --input t.h5 --segments 3 --output {out}.h5", "t.h5", "other bytes", apart)
    expect(66, f"evaluate --input f.h5 --model one.h5", "f.h5", "bytes", apart)
    expect(66, "inspect t.h5", "t.h5", apart)
    expect(66, "inspect m.h5", "m.h5", apart)
    expect(66, "inspect --verify m.h5", "m.h5", apart)
    expect(66, f"ingest --input part-*.csv --output {out}.h5", "part-", "cannot open", apart)

    copy("same.h5", "t.h5")
    copy("same.csv", "t.csv")
    train = f"train --input most/t.h5 --output {out}.h5 -q"
    for other in (f"{train} --segments 4", f"{train} --segments 3 --scale none", "train --help", "--version",
                  f"{train} --segments 3 --no-such-option", "score", "inspect most/t.h5", ""):
        other_words(f"{train} --segments 3", other)
    expect(66, f"score --input same.h5 --model m.h5 --output {out}.csv", "m.h5", apart)
    expect(66, f"evaluate --input same.h5 --model m.h5", "m.h5", apart)
    expect(66, f"train --input same.h5 --segments 3 --init file --init-file m.h5 --output {out}.h5",
           "m.h5", apart)
    expect(66, f"train --input same.h5 --segments 3000 --init file --init-file t.h5 --output {out}.h5",
           "t.h5", apart)
    expect(73, "train --input same.h5 --segments 3 --output out.h5", "share")
    expect(73, "ingest --input same.csv --output out.h5", "share")
    expect(73, f"train --input same.h5 --segments 3 --output {out}.h5 --scores out.csv", "share")
    expect(73, "generate --rows 100 --output out.csv", "share")

    shutil.copy2("most/t.csv", "most/mine.csv")
    shutil.copy2("most/t.h5", "most/mine.h5")
    for name in ("mine.csv", "mine.h5"):
        expect(66, f"train --input {name} --segments 3 --output {out}.h5", name, "cannot open", apart)
    expect(66, f"score --input same.csv --model mine.h5 --output {out}.csv", "mine.h5", "cannot open")
    expect(66, f"train --input none.h5 --segments 3 --output {out}.h5", "none.h5 does not exist")

    copy("stale.h5", "t.h5")
    os.utime("odd/stale.h5", (1_600_000_000, 1_600_000_000))
    expect(66, f"train --input stale.h5 --segments 3 --output {out}.h5", "2020-09-13 12:26:40", "cp -p")

    # copies, and what one rank reads for all
    alone("most", f"train --input t.h5 --id customer_id --segments 3 --output {folder}/right.h5")
    right = alone(".", "inspect --digest right.h5")
    copy("same.csv.gz", "t.csv.gz")
    for name in ("same.h5", "same.csv", "same.csv.gz"):
        expect(0, f"train --input {name} --id customer_id --segments 3 --output {out}.h5")
        if alone(".", "inspect --digest out.h5") != right:
            failures += 1
            print(f"{name}: another model")
        os.remove("out.h5")
    os.chdir("/")

print(f"{cases} cases on {ranks} ranks, {failures} went wrong")
sys.exit(1 if failures else 0)
