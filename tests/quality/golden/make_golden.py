#!/usr/bin/env python3
"""Writes the golden files of the tests of src/quality with scikit-learn: quality.json.

usage: make_golden.py        (writes beside itself; needs numpy and scikit-learn)

Each case is a small table of numeric features and category codes with the segment and the known
label of each row, and the indices that scikit-learn computes from it. Values are multiples of
2^-10, so that single precision holds them exactly; code 65535 stands for "no level".
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics

NO_LEVEL = 65535


def one_hot(numeric, codes, levels):
    """The dense matrix that the category codes stand for."""
    blocks = [numeric]
    for c, count in enumerate(levels):
        blocks.append((codes[:, [c]] == np.arange(count)).astype(float))
    return np.hstack(blocks)


def simplified_silhouette(dense, labels, centroids):
    """The mean of (b - a) / max(a, b), a and b being the distances to a row's own centroid and to
    the nearest other one; 0 for the only row of a segment."""
    distances = np.sqrt(((dense[:, None, :] - centroids[None]) ** 2).sum(axis=2))
    rows = np.arange(len(dense))
    a = distances[rows, labels]
    distances[rows, labels] = np.inf
    b = distances.min(axis=1)
    alone = np.bincount(labels)[labels] == 1
    return float(np.where(alone, 0, (b - a) / np.maximum(a, b)).mean())


def case(name, rng, rows, numeric, levels, segments, segment_of):
    values = np.round(rng.normal(size=(rows, numeric)) * rng.uniform(0.2, 5, numeric) * 1024) / 1024
    codes = np.column_stack(
        [rng.integers(0, count, rows) for count in levels] or [np.zeros((rows, 0), int)]
    )
    labels = segment_of(rng, values)
    if levels:
        codes[rng.random(codes.shape) < 0.05] = NO_LEVEL
    known = (labels + (rng.random(rows) < 0.3) * rng.integers(0, 3, rows)) % 3
    dense = one_hot(values, codes, levels)
    centroids = np.float32(rng.normal(size=(segments, dense.shape[1])))
    used = len(np.unique(labels))
    result = {
        "name": name,
        "numeric": numeric,
        "levels": levels,
        "segments": segments,
        "values": values.tolist(),
        "codes": codes.tolist(),
        "labels": labels.tolist(),
        "known": [f"group {x}" for x in known],
        "centroids": [float(x) for x in centroids.ravel()],
        "inertia": float(((dense - centroids.astype(float)[labels]) ** 2).sum()),
        "ari": metrics.adjusted_rand_score(known, labels),
        "nmi": metrics.normalized_mutual_info_score(known, labels),
        "silhouette": None,
        "calinski_harabasz": None,
        "davies_bouldin": None,
        "simplified_silhouette": None,
    }
    if 2 <= used < rows:
        samples = metrics.silhouette_samples(dense, labels)
        result["silhouette"] = float(samples.mean())
        result["silhouette_of_segments"] = [
            float(samples[labels == s].mean()) if (labels == s).any() else None
            for s in range(segments)
        ]
        result["calinski_harabasz"] = float(metrics.calinski_harabasz_score(dense, labels))
        result["davies_bouldin"] = float(metrics.davies_bouldin_score(dense, labels))
        result["simplified_silhouette"] = simplified_silhouette(
            dense, labels, centroids.astype(float)
        )
    return result


def by_first_value(segments):
    """Segments that have something to do with the rows."""
    return lambda rng, values: np.argsort(np.argsort(values[:, 0])) * segments // len(values)


def with_singleton_and_gap(rng, values):
    """Segment 3 is empty, segment 4 has one row."""
    labels = rng.integers(0, 3, len(values))
    labels[len(values) // 2] = 4
    return labels


def main():
    rng = np.random.default_rng(20240607)
    cases = [
        case("numeric", rng, 150, 4, [], 3, by_first_value(3)),
        case("mixed", rng, 181, 3, [4, 2, 7], 5, by_first_value(5)),
        case("mostly categories", rng, 90, 1, [3, 5], 3, by_first_value(3)),
        case("singleton and gap", rng, 75, 2, [3], 5, with_singleton_and_gap),
        case("one segment", rng, 20, 2, [2], 1, lambda _, v: np.zeros(len(v), int)),
        case("every row its own", rng, 4, 2, [], 4, lambda _, v: np.arange(len(v))),
        case("three rows", rng, 3, 2, [2], 2, lambda _, v: np.array([0, 1, 1])),
    ]
    lines = ",\n".join(json.dumps(c) for c in cases)
    path = pathlib.Path(__file__).with_name("quality.json")
    path.write_text(
        f'{{"made_with": "scikit-learn {sklearn.__version__}", "cases": [\n{lines}\n]}}\n'
    )


if __name__ == "__main__":
    main()
