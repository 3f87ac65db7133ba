#!/usr/bin/env python3
"""Makes bisecting.json: points, and what scikit-learn's BisectingKMeans makes of them."""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.cluster import BisectingKMeans

SEEDS = 20


def main():
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(9, 3)) * 3
    spread = rng.uniform(0.4, 1.6, size=9)
    group = rng.integers(0, 9, size=400)
    points = np.round(centres[group] + rng.normal(size=(400, 3)) * spread[group, None], 2)
    inertias = {}
    for segments in (2, 3, 5, 8, 12, 20):
        found = [
            BisectingKMeans(
                n_clusters=segments, bisecting_strategy="biggest_inertia", random_state=seed
            )
            .fit(points)
            .inertia_
            for seed in range(SEEDS)
        ]
        inertias[segments] = {"mean": float(np.mean(found)), "least": float(np.min(found))}
    golden = {
        "scikit_learn": sklearn.__version__,
        "points": points.tolist(),
        "inertias": inertias,
    }
    path = pathlib.Path(__file__).parent / "bisecting.json"
    path.write_text(json.dumps(golden) + "\n", encoding="utf-8")


main()
