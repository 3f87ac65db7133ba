"""The plots of the page, as SVG."""
from statistics import median

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

NAMES = {
    "tessera": "Tessera",
    "lloyd": "scikit-learn lloyd",
    "elkan": "scikit-learn elkan",
    "faiss": "FAISS",
}
COLOURS = {"tessera": "#0b6e4f", "lloyd": "#e08e45", "elkan": "#f3c99f", "faiss": "#7f8fa9"}
SHADES = ("#9fd3c1", "#4fae8e", "#0b6e4f", "#043b2a")

plt.rcParams.update(
    {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "grid.color": "#dddddd",
        "legend.frameon": False,
        "svg.hashsalt": "tessera",  # the same data give the same file
        "svg.fonttype": "none",
    }
)


def _save(figure, path):
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=120)
    plt.close(figure)


def iterations(results, limit_of, path):
    """Seconds of everyone on two cores, one group per set; the limit as a line across it."""
    figure, axes = plt.subplots(figsize=(8, 3.6))
    sets = results["iterations"]
    for group, (_, found) in enumerate(sets.items()):
        shown = [name for name in NAMES if name in found["runs"]]
        for place, name in enumerate(shown):
            seconds = median(run["seconds"] for run in found["runs"][name])
            x = group + (place - (len(shown) - 1) / 2) * 0.2
            axes.bar(x, seconds, 0.18, color=COLOURS[name])
            axes.text(x, seconds * 1.05, f"{seconds:.2g}", ha="center", fontsize=6)
        limit = limit_of(found, 2) * found["runs"]["tessera"][0]["passes"]
        axes.hlines(limit, group - 0.42, group + 0.42, colors="#222222", linestyles="dashed", lw=1)
    for name, colour in COLOURS.items():
        axes.bar(0, 0, color=colour, label=NAMES[name])
    axes.plot([], [], "--", color="#222222", lw=1, label="a dense pass at the machine's limit")
    axes.set_yscale("log")
    axes.set_xticks(range(len(sets)), [f"{n}\n" + f["shape"].replace(" + ", "\n+ ") for n, f in sets.items()], fontsize=7)
    axes.set_ylabel(f"seconds for {results['iterations_asked']} iterations")
    axes.grid(axis="y")
    axes.legend(fontsize=7, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    _save(figure, path)


def sweep(results, share_of, path):
    """Share of the limit over k for each d; row passes per second over the rows."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2))
    grid = results["sweep"]["grid"]
    dimensions = sorted({point["dimensions"] for point in grid})
    for shade, d in zip(SHADES[-len(dimensions) :], dimensions):
        points = [point for point in grid if point["dimensions"] == d]
        left.plot(
            [point["segments"] for point in points],
            [100 * share_of(point, "tessera", 2) for point in points],
            "o-", ms=4, color=shade, label=f"d = {d}",
        )  # fmt: skip
    left.set_xscale("log", base=2)
    segments = sorted({point["segments"] for point in grid})
    left.set_xticks(segments, [str(k) for k in segments])
    left.set_xlabel("segments k")
    left.set_ylabel("% of a dense pass at the limit")
    left.set_ylim(bottom=0)
    left.axhline(100, color="#222222", lw=1, ls="dashed")
    left.legend(fontsize=7)
    left.set_title("two ranks, data without structure", fontsize=9)
    for name, colour, label in (("tessera", SHADES[2], "2 ranks"), ("tessera 1", SHADES[0], "1 rank")):
        points = results["sweep"]["rows"]
        rates = [
            point["rows"] * point["runs"][name][0]["passes"]
            / median(run["seconds"] for run in point["runs"][name]) / 1e6
            for point in points
        ]  # fmt: skip
        right.plot([p["rows"] for p in points], rates, "o-", ms=4, color=colour, label=label)
    right.set_xscale("log")
    right.set_ylim(bottom=0)
    right.set_xlabel("rows (16 dimensions, 10 segments)")
    right.set_ylabel("million rows assigned per second")
    right.legend(fontsize=7)
    right.set_title("data set A in several sizes", fontsize=9)
    for axes in (left, right):
        axes.grid()
    _save(figure, path)


def end_to_end(results, path):
    """The stages from CSV to labels, one bar each for Tessera and pandas."""
    figure, axes = plt.subplots(figsize=(8, 3.2))
    cases = results["end_to_end"]["cases"]
    oranges = ("#f6dcc0", "#eebd8d", "#e6a669", "#e08e45", "#b96f2c", "#e4e4e4")
    bars = []
    for case in cases:
        for who, colours in (("tessera", SHADES), ("pandas", oranges)):
            rounds = case["contestants"][who]
            label = "Tessera" if who == "tessera" else "pandas + scikit-learn"
            runs = f"{case['runs']} run{'s' * (case['runs'] > 1)}"
            bars.append((f"{label}, {case['rows'] / 1e6:g}M rows, {runs}", rounds, colours))
    widest = max(median(r["wall"] for r in rounds) for _, rounds, _ in bars)
    for y, (_, rounds, colours) in enumerate(bars):
        left = 0
        for colour, stage in zip(colours, rounds[0]["stages"]):
            seconds = median(r["stages"][stage] for r in rounds)
            axes.barh(y, seconds, 0.7, left, color=colour, edgecolor="white", lw=0.5)
            if seconds > widest / 14:
                axes.text(left + seconds / 2, y, stage, ha="center", va="center", fontsize=7)
            left += seconds
        axes.text(left + widest / 100, y, f"{left:.1f} s", va="center", fontsize=8)
    axes.set_yticks(range(len(bars)), [label for label, _, _ in bars])
    axes.invert_yaxis()
    axes.set_xlim(right=widest * 1.1)
    axes.set_xlabel("seconds from a CSV of customers to their labels, two cores")
    axes.grid(axis="x")
    _save(figure, path)
