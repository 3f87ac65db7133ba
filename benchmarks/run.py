"""Runs all benchmarks and writes what was measured to RESULTS.json; report.py makes a page of it.

usage: run.py BUILD WORK RESULTS.json [--quick]"""
import argparse
import importlib.util
import json
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import machine
from datasets import MAIN, Dataset
from measure import ROOT, Bench, Failed, interleaved, run_json

ITERATIONS = 20
CONVERGENCE_LIMIT = 300
DIGEST_ITERATIONS = 5
SWEEP_BYTES = 64 << 20  # of features: more than a core's share of the last cache
E2E_SEGMENTS = 8
RESTARTS = 10


class Settings:
    """How much is measured: everything, or a smoke test of about three minutes."""

    def __init__(self, quick):
        self.quick = quick
        self.shrink = 10 if quick else 1
        # of a contestant: those whose ratio matters most run most often, slow ones least
        self.rounds = (
            {"tessera": 2, "lloyd": 2}
            if quick
            else {"tessera": 5, "lloyd": 5, "tessera 1": 3, "lloyd 1": 2, "elkan": 2, "faiss": 2}
        )
        self.sweep_rounds = 1 if quick else 3
        self.sweep_dimensions = (8, 64) if quick else (8, 16, 32, 64)
        self.sweep_segments = (4, 64) if quick else (4, 16, 64, 256)
        self.sweep_rows = (100_000, 1_000_000) if quick else (100_000, 300_000, 1_000_000, 4_000_000)

    def shrunk(self, data):
        return replace(data, rows=data.rows // self.shrink)


def described(data, runs):
    return {
        "shape": data.shape,
        "rows": data.rows,
        "dimensions": data.dimensions,
        "segments": data.segments,
        "operations": data.operations,
        "bytes": data.bytes,
        "runs": runs,
    }


def against_peers(bench, settings, data, peers, limit, cores=(2, 1)):
    """Tessera and peers from the same centroids; a contestant on one core is called "name 1"."""
    contestants = {}
    for count in cores:
        for name in ("tessera", *peers):
            label = name if count == 2 else f"{name} 1"
            if name == "tessera":
                run = partial(bench.iterate, count, data, limit)
            else:
                run = partial(bench.peer, name, count, data, limit)
            contestants[label] = (settings.rounds.get(label, 1), run)
    return described(data, interleaved(contestants))


def iterations(bench, settings, peers):
    sets = {}
    for data in map(settings.shrunk, MAIN):
        # what E6's one-hot columns mean to the peers, E has shown
        some = ["lloyd"] if data.kind == "categories" else peers
        progress(f"{ITERATIONS} iterations of {data.name}: {data.shape}")
        sets[data.name] = against_peers(bench, settings, data, some, ITERATIONS)
        sets[data.name]["exact_inertia"] = bench.peer("exact", 2, data, ITERATIONS)["inertia"]
        sets[data.name]["measured_share"] = bench.measured_share(data, ITERATIONS)
    return sets


def convergence(bench, settings):
    sets = {}
    for data in map(settings.shrunk, MAIN):
        if data.name in ("A", "C", "E", "E6"):
            some = ["lloyd"] if data.kind == "categories" else ["lloyd", "elkan"]
            progress(f"to convergence: {data.name}")
            fewer = Settings(settings.quick)
            fewer.rounds = {"tessera": 2, "lloyd": 2}
            sets[data.name] = against_peers(bench, fewer, data, some, CONVERGENCE_LIMIT, cores=(2,))
    return sets


def tessera_pipeline(bench, source, restarts):
    """CSV to labels in one job, from its start to its end."""
    train = bench.tessera(
        2, "train", "--input", source, "--id", "customer_id", "--ignore", "segment",
        "--segments", E2E_SEGMENTS, "--restarts", restarts, "--output", bench.work / "model.h5",
        "--scores", bench.work / "segments.csv",
    )  # fmt: skip
    return {
        "stages": {"train": train["wall"]},
        "wall": train["wall"],
        "inertia": train["inertia"],
        "iterations": train["iterations"],
        "peak_memory_bytes": 2 * train["peak_memory_bytes"],
    }


def end_to_end(bench, settings):
    """Each case: so many rows, and runs of k-means of which the best is kept."""
    rounds = 1 if settings.quick else 3
    cases = []
    for rows, runs, times in ((1_000_000, 1, rounds), (4_000_000, 1, rounds), (1_000_000, 10, 1)):
        rows //= settings.shrink
        progress(f"end to end: CSV to labels, {rows:,} rows, {runs} run{'s' * (runs > 1)}")
        source = bench.work / f"customers-{rows}.csv"
        if not source.exists():
            bench.tessera(2, "generate", "--rows", rows, "--segments", E2E_SEGMENTS, "--seed", 1,
                          "--output", source)  # fmt: skip
        contestants = {
            "tessera": (times, partial(tessera_pipeline, bench, source, runs)),
            "pandas": (times, partial(bench.pandas, 2, source, E2E_SEGMENTS, runs)),
        }
        cases.append({"rows": rows, "runs": runs, "csv_bytes": source.stat().st_size,
                      "contestants": interleaved(contestants)})  # fmt: skip
    return {"segments": E2E_SEGMENTS, "cases": cases}


def restarts(bench, settings):
    """Runs that advance together over each piece of the rows, against one after the other."""
    found = {}
    for data in map(settings.shrunk, MAIN):
        if data.name in ("A", "C", "E"):
            progress(f"restarts: {data.name}")
            cases = {
                str(count): (
                    settings.sweep_rounds,
                    partial(bench.train, 2, data, "--init", "random", "--restarts", count,
                            "--tolerance", 0, "--max-iterations", ITERATIONS),
                )
                for count in (1, RESTARTS)
            }  # fmt: skip
            found[data.name] = {"shape": data.shape, "runs": interleaved(cases)}
    return found


def sweep(bench, settings):
    """Tessera alone over dimensions and segments, on data without any structure to profit from;
    and over rows, on data like A."""
    grid, rows = [], []
    for d in settings.sweep_dimensions:
        for k in settings.sweep_segments:
            n = SWEEP_BYTES // (4 * d) // settings.shrink
            data = Dataset("noise", n, d, k, kind="noise")
            progress(f"sweep: {data.shape}")
            run = partial(bench.iterate, 2, data, ITERATIONS)
            grid.append(described(data, interleaved({"tessera": (settings.sweep_rounds, run)})))
    for n in settings.sweep_rows:
        data = Dataset("A", n, 16, 10, spread=0.8)
        progress(f"sweep: {data.shape}")
        cores = {name: (settings.sweep_rounds, partial(bench.iterate, count, data, ITERATIONS))
                 for name, count in (("tessera", 2), ("tessera 1", 1))}  # fmt: skip
        rows.append(described(data, interleaved(cores)))
    return {"grid": grid, "rows": rows, "bytes": SWEEP_BYTES // settings.shrink}


def digests(bench, settings):
    """The same model everywhere? Seeding included, numbers alone and with categories."""
    ways = [(f"{r} rank{'s' * (r > 1)}", r, {}) for r in (1, 2, 3, 5)]
    ways += [(f"2 ranks, {level}", 2, {"TESSERA_SIMD": level})
             for level in ("portable", "avx2", "avx512")]  # fmt: skip
    found = {}
    for data in map(settings.shrunk, MAIN):
        if data.name in ("A", "E6"):
            progress(f"digests of {data.name}")
            found[data.name] = {}
            for name, ranks, environment in ways:
                try:
                    run = bench.train(
                        ranks, data, "--max-iterations", DIGEST_ITERATIONS, **environment
                    )
                    found[data.name][name] = run["digest"]
                except Failed as error:  # no such instructions here
                    found[data.name][name] = f"not run: {error}"
    return found


def kernels(bench, settings):
    progress("kernels")
    seconds = 0.02 if settings.quick else 0.2
    program = bench.build / "benchmarks/kernels_benchmark"
    return run_json([program, "--benchmark_format=json", f"--benchmark_min_time={seconds}"])


def limits(bench):
    """The best of what was seen before and after: others on the machine only take away."""
    return {str(processes): bench.limits(processes) for processes in (1, 2)}


def better(before, after):
    return {
        processes: {
            key: max(before[processes][key], after[processes][key])
            for key in ("fma_flops", "read_bytes")
        }
        for processes in before
    }


started = time.monotonic()


def progress(what):
    print(f"{time.monotonic() - started:6.0f} s  {what}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("work")
    parser.add_argument("results", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()

    bench = Bench(options.build, options.work)
    settings = Settings(options.quick)
    peers = ["lloyd", "elkan"]
    if importlib.util.find_spec("faiss"):
        peers.append("faiss")
    else:
        progress("FAISS is left out: there is no python3-faiss")

    description = machine.describe(ROOT, bench.build / "src/tessera")
    progress("the machine's limits")
    before = limits(bench)
    results = {
        "quick": settings.quick,
        "iterations_asked": ITERATIONS,
        "machine": description,
        "iterations": iterations(bench, settings, peers),
        "convergence": convergence(bench, settings),
        "restarts": restarts(bench, settings),
        "end_to_end": end_to_end(bench, settings),
        "sweep": sweep(bench, settings),
        "digests": digests(bench, settings),
        "kernels": kernels(bench, settings),
    }
    progress("the machine's limits, again")
    results["limits"] = better(before, limits(bench))
    results["minutes"] = (time.monotonic() - started) / 60
    options.results.write_text(json.dumps(results, indent=1))
    progress("done")


if __name__ == "__main__":
    main()
