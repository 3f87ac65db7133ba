"""Runs Tessera, its peers and the machine's own limits, one at a time, each in processes of its
own."""
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from datasets import MAIN, Files

ROOT = Path(__file__).resolve().parent.parent


class Failed(Exception):
    """A command failed; the message is its last words."""


def run_json(command, **environment):
    """The JSON object that `command` prints; with it "wall", the seconds from its start to its end,
    and "log", what it said besides."""
    start = time.perf_counter()
    done = subprocess.run(
        [str(word) for word in command],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    wall = time.perf_counter() - start
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise Failed(last[0])
    return json.loads(done.stdout) | {"wall": wall, "log": done.stderr}


class Bench:
    """`build`: the CMake build folder; `work`: where data sets and models go."""

    def __init__(self, build, work):
        self.build = Path(build)
        self.work = Path(work)
        self.work.mkdir(parents=True, exist_ok=True)
        self._idle_memory = {}

    def files(self, data):
        return Files(self.work / "data", data)

    def limits(self, processes):
        return run_json([self.build / "benchmarks/machine_limits", processes])

    def tessera(self, ranks, job, *options, **environment):
        command = [ROOT / "jobs/run_ranks.sh", ranks, self.build / "src/tessera", job]
        return run_json([*command, *options, "--json"], **environment)

    def train(self, ranks, data, *options, **environment):
        """Trains on the features as they are, one-hot columns as numbers too, which is what they are
        to the peers. "seconds" are those of the iterations,
        "fit_seconds" with all other work that is not reading the table or writing the model."""
        if data.kind == "customers":
            numbers = ",".join(f"c{j}=number" for j in range(data.dimensions))
            options = ("--columns-as", numbers, *options)
        run = self.tessera(
            ranks, "train", "--input", self.files(data).table, "--scale", "none",
            "--segments", data.segments, "--output", self.work / "model.h5",
            *options, **environment,
        )  # fmt: skip
        sections = run["timings"]
        run["seconds"] = sections["iterate"]["max"]
        run["fit_seconds"] = sum(
            sections[name]["max"] for name in ("survey", "seed", "iterate", "number segments")
        )
        return run

    def iterate(self, ranks, data, iterations, *options):
        """Exactly so many iterations, or until no row moves, from the data set's centroids."""
        run = self.train(
            ranks, data, "--init", "file", "--init-file", self.files(data).init_table,
            "--tolerance", 0, "--max-iterations", iterations, *options,
        )  # fmt: skip
        run["passes"] = run["updates"] + 1
        extra = run["peak_memory_bytes"] - self._idle(ranks)
        run["data_memory_bytes"] = ranks * extra
        return run

    def measured_share(self, data, iterations):
        """Share of the distances that a dense implementation computes, over all iterations."""
        log = self.iterate(2, data, iterations, "-v")["log"]
        shares = [float(share) for share in re.findall(r"([\d.]+) % of the distances", log)]
        return sum(shares) / len(shares) / 100

    def _idle(self, ranks):
        """Peak memory of a rank that has next to no rows."""
        if ranks not in self._idle_memory:
            tiny = replace(MAIN[-1], rows=1000)
            self._idle_memory[ranks] = self.train(ranks, tiny)["peak_memory_bytes"]
        return self._idle_memory[ranks]

    def peer(self, name, threads, data, iterations):
        files = self.files(data)
        script = ROOT / "benchmarks/contestant.py"
        return run_json([sys.executable, script, name, files.x, files.init, iterations, threads])

    def pandas(self, threads, source, segments, n_init):
        script = ROOT / "benchmarks/pandas_pipeline.py"
        run = run_json(
            [sys.executable, script, source, self.work / "pandas.csv", segments, n_init],
            OMP_NUM_THREADS=str(threads),
            OPENBLAS_NUM_THREADS=str(threads),
        )
        run["stages"]["start, exit"] = run["wall"] - sum(run["stages"].values())
        return run


def interleaved(contestants):
    """Everyone once, then everyone again: what the machine does otherwise hits all alike.
    contestants: {name: (rounds, function)}; those of fewer rounds leave earlier. Returns
    {name: [result of each round]}."""
    results = {name: [] for name in contestants}
    for number in range(max(rounds for rounds, _ in contestants.values())):
        for name, (rounds, run) in contestants.items():
            if number < rounds:
                results[name].append(run())
    return results
