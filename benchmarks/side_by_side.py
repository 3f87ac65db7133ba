"""What the comparisons of whole programs share: who is there, time, and the table of results."""
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import time

here = pathlib.Path(__file__).resolve().parent


def has_pandas():
    if importlib.util.find_spec("pandas"):
        return True
    print("pandas is left out: it is not installed (python3-pandas)")
    return False


def has_duckdb(folder):
    if shutil.which("node") and subprocess.run(
            ["node", "-e", "require('@duckdb/node-api')"], stderr=subprocess.DEVNULL,
            cwd=folder).returncode == 0:
        return True
    print(f"DuckDB is left out: it is not installed (npm install --prefix {folder} @duckdb/node-api)")
    return False


def measured(words, folder):
    """(wall, processor) seconds, those of its children included."""
    begin = time.perf_counter()
    process = subprocess.Popen(words, cwd=folder)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(words)}")
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime


def best_of(everyone, rounds, folder):
    """The least (wall, processor) seconds of each of (name, words), who take turns."""
    best = {}
    for _ in range(rounds):
        for name, words in everyone:
            wall, processor = measured(words, folder)
            before = best.get(name, (wall, processor))
            best[name] = (min(wall, before[0]), min(processor, before[1]))
    return best


def show(best, more_heads, more):
    """A table of all, as multiples of Tessera too; more(name, wall, processor): further cells."""
    print(f"{'':10}{'wall s':>10}{'cpu s':>10}{'wall ratio':>12}{'cpu ratio':>12}{more_heads}")
    ours = best["tessera"]
    for name, (wall, processor) in best.items():
        print(f"{name:10}{wall:10.2f}{processor:10.2f}{wall / ours[0]:12.2f}"
              f"{processor / ours[1]:12.2f}{more(name, wall, processor)}")
