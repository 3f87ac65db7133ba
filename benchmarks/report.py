"""Makes the page and its plots from what run.py measured.

usage: report.py RESULTS.json BENCHMARKS.md"""
import json
import sys
from pathlib import Path
from statistics import median

import plots
from plots import NAMES

# what we set out to reach, as ratios of scikit-learn's time to ours
AIMS = {"A": 7, "B": 4, "C": 8, "D": 4, "E": 7, "E6": 15}
AIM_END_TO_END = 10
AIM_SHARE = 70  # % of the limit, dense
AIM_MEMORY = 5  # E6 in a fifth of scikit-learn's
AIM_RANKS = 1.9
INERTIA_TOLERANCE = 1e-5


def seconds_text(seconds):
    return f"{seconds:.3f}" if seconds < 1 else f"{seconds:.2f}"


def table(header, rows):
    lines = [header, ["---"] + ["--:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def ratio(ours, theirs, key="seconds"):
    """Median, least and greatest ratio over the rounds that both took part in."""
    ratios = [b[key] / a[key] for a, b in zip(ours, theirs)]
    return median(ratios), min(ratios), max(ratios)


def ratio_text(found):
    middle, least, most = found
    return f"**{middle:.1f}** ({least:.1f}–{most:.1f})"


def against_aim(value, aim):
    if value >= aim:
        return f"{aim} ×: reached"
    return f"{aim} ×: {100 * (1 - value / aim):.0f} % short"


class Report:
    def __init__(self, results):
        self.r = results

    def limit(self, data, cores):
        """Seconds of one dense pass if nothing but the hardware limited it."""
        rate = self.r["limits"][str(cores)]
        return max(data["operations"] / rate["fma_flops"], data["bytes"] / rate["read_bytes"])

    def bound(self, data, cores):
        rate = self.r["limits"][str(cores)]
        memory = data["bytes"] / rate["read_bytes"]
        return "memory" if memory > data["operations"] / rate["fma_flops"] else "arithmetic"

    def share(self, data, name, cores):
        runs = data["runs"][name]
        return self.limit(data, cores) * runs[0]["passes"] / self.seconds(data, name)

    @staticmethod
    def seconds(data, name, key="seconds"):
        return median(run[key] for run in data["runs"][name])

    def machine(self):
        rows = [[what, value] for what, value in self.r["machine"].items()]
        lines = ["| | |", "|---|---|"] + [f"| {what} | {value} |" for what, value in rows]
        limits = [
            [f"{cores} process{'es' * (cores != '1')}", f"{rate['fma_flops'] / 1e9:.0f} GF/s",
             f"{rate['read_bytes'] / 1e9:.1f} GB/s"]
            for cores, rate in self.r["limits"].items()
        ]  # fmt: skip
        head = ["measured at once", "fused multiply-adds, single precision", "reading memory"]
        return "\n".join(lines) + "\n\n" + table(head, limits)

    def iterations(self, cores):
        suffix = "" if cores == 2 else " 1"
        peers = [p for p in NAMES if p != "tessera" and p + suffix in self.first_runs()]
        header = ["set", "limit, s", "Tessera, s", "share of limit", "distances computed"]
        for peer in peers:
            header += [f"{NAMES[peer]}, s", "ratio"]
        header += ["aim, lloyd"] if cores == 2 else []
        rows = []
        for name, data in self.r["iterations"].items():
            ours = data["runs"]["tessera" + suffix]
            row = [
                f"{name}: {data['shape']}",
                seconds_text(self.limit(data, cores) * ours[0]["passes"]),
                seconds_text(self.seconds(data, "tessera" + suffix)),
                f"{100 * self.share(data, 'tessera' + suffix, cores):.0f} %"
                f" ({self.bound(data, cores)})",
                f"{100 * data['measured_share']:.0f} %",
            ]
            for peer in peers:
                theirs = data["runs"].get(peer + suffix)
                row += (
                    [seconds_text(self.seconds(data, peer + suffix)), ratio_text(ratio(ours, theirs))]
                    if theirs
                    else ["–", "–"]
                )
            if cores == 2:
                row.append(against_aim(ratio(ours, data["runs"]["lloyd"])[0], AIMS[name]))
            rows.append(row)
        return table(header, rows)

    def first_runs(self):
        return next(iter(self.r["iterations"].values()))["runs"]

    def fits(self):
        """The whole of training but reading and seeding."""
        rows = []
        for name, data in self.r["iterations"].items():
            found = ratio(data["runs"]["tessera"], data["runs"]["lloyd"], "fit_seconds")
            rows.append(
                [name, seconds_text(self.seconds(data, "tessera", "fit_seconds")),
                 seconds_text(self.seconds(data, "lloyd", "fit_seconds")), ratio_text(found)]
            )  # fmt: skip
        return table(["set", "Tessera, s", "scikit-learn fit(), s", "ratio"], rows)

    def inertias(self):
        rows = []
        worst = 0
        for name, data in self.r["iterations"].items():
            exact = data["exact_inertia"]
            row = [name, f"{exact:.8g}"]
            for who in NAMES:
                if who in data["runs"]:
                    difference = data["runs"][who][0]["inertia"] / exact - 1
                    worst = max(worst, abs(difference))
                    row.append(f"{difference:+.1e}")
                else:
                    row.append("–")
            rows.append(row)
        verdict = (
            f"All agree to {INERTIA_TOLERANCE:g}."
            if worst <= INERTIA_TOLERANCE
            else f"The largest difference is {worst:.1e}, more than {INERTIA_TOLERANCE:g}."
        )
        return table(["set", "exact", *NAMES.values()], rows) + "\n\n" + verdict

    def convergence(self):
        rows = []
        for name, data in self.r["convergence"].items():
            runs = data["runs"]
            ours = runs["tessera"]
            row = [
                f"{name}: {data['shape']}",
                f"{seconds_text(self.seconds(data, 'tessera'))} ({ours[0]['iterations']})",
                f"{seconds_text(self.seconds(data, 'lloyd'))} ({runs['lloyd'][0]['iterations']})",
                ratio_text(ratio(ours, runs["lloyd"])),
            ]
            if "elkan" in runs:
                row += [
                    f"{seconds_text(self.seconds(data, 'elkan'))} ({runs['elkan'][0]['iterations']})",
                    ratio_text(ratio(ours, runs["elkan"])),
                ]
            else:
                row += ["–", "–"]
            row.append(f"{runs['lloyd'][0]['inertia'] / ours[0]['inertia'] - 1:+.1e}")
            rows.append(row)
        header = ["set", "Tessera, s (iterations)", "lloyd, s (iterations)", "ratio",
                  "elkan, s (iterations)", "ratio", "inertia, lloyd −"]  # fmt: skip
        return table(header, rows)

    def memory(self):
        rows = []
        for name, data in self.r["iterations"].items():
            ours = self.seconds(data, "tessera", "data_memory_bytes")
            theirs = self.seconds(data, "lloyd", "data_memory_bytes")
            rows.append(
                [name, f"{ours / 1e6:.0f} MB", f"{theirs / 1e6:.0f} MB",
                 f"{theirs / max(ours, 1):.1f}", f"{AIM_MEMORY}" if name == "E6" else ""]
            )  # fmt: skip
        header = ["set", "Tessera, two ranks together", "scikit-learn lloyd", "ratio", "aim"]
        return table(header, rows)

    def csv_bytes_per_row(self):
        case = self.r["end_to_end"]["cases"][0]
        return case["csv_bytes"] / case["rows"]

    def restarts(self):
        rows = []
        for name, data in self.r["restarts"].items():
            alone, together = (list(data["runs"].values()))
            count = int(list(data["runs"])[1])
            each = [{"seconds": run["seconds"] / count} for run in together]
            rows.append(
                [name, data["shape"], seconds_text(median(r["seconds"] for r in alone)),
                 seconds_text(median(r["seconds"] for r in each)),
                 ratio_text(ratio(each, alone))]
            )  # fmt: skip
        header = ["set", "", "one run alone, s", "each of ten together, s", "ratio"]
        return table(header, rows)

    def end_to_end(self):
        rows = []
        for case in self.r["end_to_end"]["cases"]:
            ours, theirs = case["contestants"]["tessera"], case["contestants"]["pandas"]
            compared = ratio(ours, theirs, "wall")
            rows.append(
                [
                    f"{case['rows'] / 1e6:g}M",
                    case["runs"],
                    " + ".join(
                        f"{stage} {median(r['stages'][stage] for r in ours):.1f}"
                        for stage in ours[0]["stages"]
                    )
                    + f" = **{median(r['wall'] for r in ours):.1f}**",
                    f"**{median(r['wall'] for r in theirs):.1f}**",
                    ratio_text(compared),
                    against_aim(compared[0], AIM_END_TO_END),
                    f"{ours[0]['inertia']:.6g} / {theirs[0]['inertia']:.6g}",
                    f"{ours[0]['iterations']} / {theirs[0]['iterations']}",
                    f"{max(r['peak_memory_bytes'] for r in ours) / 1e6:.0f} / "
                    f"{max(r['peak_memory_bytes'] for r in theirs) / 1e6:.0f} MB",
                ]
            )
        header = ["rows", "runs", "Tessera, s", "pandas + scikit-learn, s", "ratio", "aim", "inertia",
                  "iterations of the best", "peak memory"]  # fmt: skip
        return table(header, rows)

    def scaling(self):
        rows = []
        for name, data in self.r["iterations"].items():
            bound = self.bound(data, 2)
            found = ratio(data["runs"]["tessera"], data["runs"]["tessera 1"])
            limit = self.limit(data, 1) / self.limit(data, 2)
            rows.append(
                [name, seconds_text(self.seconds(data, "tessera 1")),
                 seconds_text(self.seconds(data, "tessera")), ratio_text(found), bound,
                 f"{limit:.2f}", AIM_RANKS if bound == "arithmetic" else ""]
            )  # fmt: skip
        header = ["set", "1 rank, s", "2 ranks, s", "ratio", "limited by", "ratio of the limits", "aim"]
        return table(header, rows)

    def sweep(self):
        grid = self.r["sweep"]["grid"]
        segments = sorted({point["segments"] for point in grid})
        rows = []
        for d in sorted({point["dimensions"] for point in grid}):
            points = {p["segments"]: p for p in grid if p["dimensions"] == d}
            rows.append(
                [d]
                + [
                    f"{100 * self.share(points[k], 'tessera', 2):.0f} % ({self.bound(points[k], 2)})"
                    for k in segments
                ]
            )
        return table(["d", *[f"k = {k}" for k in segments]], rows)

    def digests(self):
        rows = []
        verdicts = []
        for name, ways in self.r["digests"].items():
            ran = {way: digest for way, digest in ways.items() if not digest.startswith("not run")}
            same = len(set(ran.values())) == 1
            verdicts.append(f"{name}: {'all the same' if same else '**different**'}")
            rows += [[name, way, f"`{digest}`"] for way, digest in ways.items()]
        lines = [f"| {' | '.join(row)} |" for row in [["set", "run", "digest"], *rows]]
        lines.insert(1, "|---|---|---|")
        return "; ".join(verdicts) + ".\n\n" + "\n".join(lines)

    def kernels(self):
        found = {}
        for benchmark in self.r["kernels"]["benchmarks"]:
            found[tuple(benchmark["name"].split("/"))] = benchmark
        levels = list(dict.fromkeys(key[1] for key in found if key[0] == "assign"))
        best = levels[-1]
        peak = self.r["limits"]["1"]["fma_flops"]
        spaces = list(dict.fromkeys(key[2] for key in found if key[0] == "assign"))
        segments = list(dict.fromkeys(key[3] for key in found if key[0] == "assign"))

        def text(key):
            flops = found[key]["flops"]
            return f"{flops / 1e9:.1f} ({100 * flops / peak:.0f} %)"

        assign = [
            [space[2:], *[text(("assign", best, space, k)) for k in segments]] for space in spaces
        ]
        by_level = [
            [f"{level}", text(("assign", level, "d:16", "k:16")), text(("approach", level, "d:16"))]
            for level in levels
        ]
        shares = list(dict.fromkeys(key[2] for key in found if key[0] == "move"))

        def moved(space, share):
            every = int(share.removeprefix("every:"))
            return f"{found['move', space, share]['rows'] / every / 1e6:.0f}"

        moves = [[space[2:], *[moved(space, share) for share in shares]] for space in spaces]
        return "\n\n".join(
            [
                f"Nearest of k centroids, {best}, one core, GF/s (share of the peak); 8+6 are "
                "numbers and categories:",
                table(["d", *[k.replace(":", " = ") for k in segments]], assign),
                "The instruction sets at d = 16, GF/s:",
                table(["instructions", "nearest of 16 centroids", "distance to a row"], by_level),
                "Rows moved from one segment's fixed-point sums to another's, millions a second, where "
                "so many rows of a block move:",
                table(["d", *[share.replace(":", " = ") for share in shares]], moves),
            ]
        )

    def page(self):
        n = self.r["iterations_asked"]
        quick = (
            "**A smoke test (`--quick`): a tenth of the rows, few rounds. Not for comparison.**\n\n"
            if self.r["quick"]
            else ""
        )
        return f"""# Benchmarks

Generated by `./jobs/benchmark.sh` in {self.r["minutes"]:.0f} minutes; nothing on this page is
written by hand. Run it again to have the figures of your machine.

{quick}{self.machine()}

## {n} iterations, two ranks against two threads

All contestants get the same single-precision data and the same initial centroids and make {n} exact
iterations (tolerance 0) and, but for FAISS, one last assignment. Only these are timed: no reading,
no seeding, no preparation. Contestants take turns; seconds are medians, ratios are taken within a
round: median (least–greatest). The limit is that of dense passes,
max(2·n·k·d / multiply-adds per second, bytes of the features / read bandwidth), by the rates above;
a share above 100 % means that distances were saved, or that rows were screened in 16-bit integers
(from 24 centroids on), which multiply at twice the rate of floats. Small sets partly stay in the
cache, which is faster than the memory that the limit counts.

![seconds of the iterations](benchmarks/results/iterations.svg)

{self.iterations(2)}

E are 40 dense columns, 32 of them one-hot; E6 is the same table as 8 numbers and 6 categories, which
the peers can only take as E.

### One rank against one thread

{self.iterations(1)}

### With the preparation of the data

scikit-learn's `fit()` from the array in memory to the labels, and Tessera's survey, iterations and
numbering of the segments, two cores:

{self.fits()}

### Inertia after {n} iterations

Of all rows to the final centroids: where {n} iterations in plain double precision arrive, and each
contestant's relative difference to it. Iterations amplify a last bit, where a row is nearly as close
to two centroids.

{self.inertias()}

### Memory for the data

Peak resident memory above that of the same program with next to no rows; scikit-learn's includes
the array that it is given.

{self.memory()}

## To convergence

Until no row changes its segment, at most 300 iterations, two cores.

{self.convergence()}

## Restarts

{n} iterations from random rows, two ranks. Restarts advance together: each piece of the rows that
fits a core's cache goes through all of them before the next one is read.

{self.restarts()}

## From CSV to labels

Generated customers, {self.csv_bytes_per_row():.0f} bytes of CSV each, 12 numbers and 5 categories
with missing values, {self.r["end_to_end"]["segments"]} segments.
Tessera: `train --scores` from the CSV on two ranks, from the start of its processes to their end.
Against it `benchmarks/pandas_pipeline.py` on two threads: read_csv, impute, standardise, one-hot,
KMeans (k-means++), to_csv. Both seed for themselves; with 10 runs the best is kept.

![stages from CSV to labels](benchmarks/results/end_to_end.svg)

{self.end_to_end()}

## One rank and two

{self.scaling()}

## Over rows, dimensions and segments

Share of the limit, two ranks, {n} iterations of normally distributed noise, {self.r["sweep"]["bytes"] / 2**20:.0f} MiB of features:
the worst case, since noise has no structure that would save distances. Aim: {AIM_SHARE} %.

![share of the limit](benchmarks/results/sweep.svg)

{self.sweep()}

## The same model everywhere

{self.digests()}

## Kernels

Google Benchmark, one block of 64 rows in the first cache, processor time.

{self.kernels()}
"""


def main():
    results = json.loads(Path(sys.argv[1]).read_text())
    page = Path(sys.argv[2])
    report = Report(results)
    folder = page.parent / "benchmarks/results"
    folder.mkdir(parents=True, exist_ok=True)
    plots.iterations(results, report.limit, folder / "iterations.svg")
    plots.sweep(results, report.share, folder / "sweep.svg")
    plots.end_to_end(results, folder / "end_to_end.svg")
    page.write_text(report.page())


if __name__ == "__main__":
    main()
