#!/usr/bin/env python3
"""Makes weighted.json: points, their weights, and what scikit-learn's KMeans makes of them."""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.cluster import KMeans


def case(rng, weights, segments):
    centres = rng.normal(size=(segments, 3)) * 4
    group = rng.integers(0, segments, size=len(weights))
    # as single precision holds them
    points = (centres[group] + rng.normal(size=(len(weights), 3))).astype(np.float32)
    points = points.astype(np.float64)
    start = points[rng.choice(np.flatnonzero(weights), segments, replace=False)]
    model = KMeans(segments, init=start, n_init=1, tol=0, max_iter=300, algorithm="lloyd")
    model.fit(points, sample_weight=weights)
    return {
        "points": points.tolist(),
        "weights": weights.tolist(),
        "start": start.tolist(),
        "centroids": model.cluster_centers_.tolist(),
        "inertia": float(model.inertia_),
    }


def main():
    rng = np.random.default_rng(5)
    some_zero = rng.integers(0, 4, size=300).astype(float)
    golden = {
        "scikit_learn": sklearn.__version__,
        "cases": [
            case(rng, rng.integers(1, 9, size=300).astype(float), 4),
            case(rng, 10 ** rng.uniform(-8, 8, size=400), 3),
            case(rng, some_zero, 5),
            case(rng, rng.uniform(0.1, 2, size=150), 6),
        ],
    }
    path = pathlib.Path(__file__).parent / "weighted.json"
    path.write_text(json.dumps(golden) + "\n", encoding="utf-8")


main()
