#!/usr/bin/env python3
"""Kills jobs, or one rank of them, by SIGKILL at random moments, and runs them again.

usage: kills_test.py TESSERA RUN_RANKS RANKS [--kills N]

After a kill an output is what stood there before, or, if the job was done, the whole new one. The next
run of the same job ends well, makes the same, and removes what the killed one left behind.
"""
import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

from attack import Program, hidden_files

parser = argparse.ArgumentParser()
parser.add_argument("tessera")
parser.add_argument("run_ranks")
parser.add_argument("ranks", type=int)
parser.add_argument("--kills", type=int, default=100)
arguments = parser.parse_args()
launch = [os.path.abspath(arguments.run_ranks), str(arguments.ranks)] if arguments.ranks > 1 else []
tessera = os.path.abspath(arguments.tessera)
program = Program(tessera, launch)
folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)
OLD = b"what stood here before\n"
chance = random.Random(1)


def meaning(output):
    """A model says when it was made; its digest does not."""
    if output.startswith("model"):
        return program.must(f"inspect --digest {output}")
    return pathlib.Path(output).read_bytes()


def ranks_of(session):
    """The processes of a job that are ranks of it."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if os.getsid(int(entry.name)) == session and os.readlink(entry / "exe") == tessera:
                found.append(int(entry.name))
        except (ValueError, OSError):
            pass
    return found


ROWS = 60000
program.must(f"generate --rows {ROWS} --segments 5 --seed 1 --output in.csv")
program.must("ingest --input in.csv --output in.h5")
program.must("train --input in.h5 --id customer_id --segments 5 --output in_model.h5")
program.must(f"generate --rows 20000 --transactions {ROWS} --seed 1 --output sold.csv")
program.must(f"generate --rows 100 --transactions {ROWS} --seed 1 --output many.h5")
os.mkdir("scratch")
RFM = "--customer customer_id --date date --invoice invoice --amount quantity*unit_price -q"
JOBS = [
    (f"generate --rows {ROWS} --segments 5 --seed 1 --output out.csv -q", ["out.csv"]),
    ("ingest --input in.csv --output out.h5 -q", ["out.h5"]),
    ("train --input in.csv --id customer_id --segments 5 --output model.h5 --scores out.csv -q",
     ["model.h5", "out.csv"]),
    ("score --input in.h5 --model in_model.h5 --output out.csv -q", ["out.csv"]),
    ("score --input in.h5 --model in_model.h5 --output out.h5 -q", ["out.h5"]),
    (f"rfm --input sold.csv --output out.csv {RFM}", ["out.csv"]),
    (f"rfm --input sold.csv --join in.csv --output out.h5 {RFM}", ["out.h5"]),
    (f"rfm --input many.h5 --output out.csv --memory 101M --scratch scratch {RFM}", ["out.csv"]),
    ("check --input in.csv --id customer_id --suggest out.ini -q", ["out.ini"]),
    ("evaluate --input in.h5 --model in_model.h5 --json", []),
    ("inspect --verify in.h5", []),
]
known = {}  # how long a job takes, and what it makes
killed = left_behind = 0
for number in range(arguments.kills):
    words, outputs = JOBS[number % len(JOBS)]
    if number < len(JOBS):
        begin = time.monotonic()
        program.must(words)
        good = {output: meaning(output) for output in outputs}
        known[words] = (time.monotonic() - begin, good)
    seconds, good = known[words]
    for output in outputs:
        pathlib.Path(output).write_bytes(OLD)
    job = subprocess.Popen([*launch, tessera, *words.split()], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, start_new_session=True)
    while not ranks_of(job.pid) and job.poll() is None:
        time.sleep(0.002)
    time.sleep(chance.uniform(0, seconds if not launch else seconds / 2))
    victims = ranks_of(job.pid) if launch else [job.pid]
    if victims and job.poll() is None:
        os.kill(chance.choice(victims), signal.SIGKILL)
    try:
        code = job.wait(timeout=10)
    except subprocess.TimeoutExpired:
        program.complain(f"{words}: hangs when a rank is killed", "hang", b"")
        os.killpg(job.pid, signal.SIGKILL)
        job.wait()
        continue
    killed += code != 0
    for output in outputs:
        if pathlib.Path(output).read_bytes() != OLD and meaning(output) != good[output]:
            program.complain(f"{words}: {output} is neither what was nor what was to be", code, b"")
    if os.listdir("scratch"):
        program.complain(f"{words}: leaves {os.listdir('scratch')} in scratch", code, b"")
    left_behind += len(hidden_files())
    program.must(words)
    for output in outputs:
        if meaning(output) != good[output]:
            program.complain(f"{words}: {output} of the next run differs", code, b"")
    if hidden_files():
        program.complain(f"{words}: the next run leaves {hidden_files()}", code, b"")
print(f"{arguments.kills} jobs on {arguments.ranks} rank(s), {killed} killed before their end, "
      f"{left_behind} hidden files left and removed, {len(program.bad)} bad")
sys.exit(1 if program.bad else 0)
