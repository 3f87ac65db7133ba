#!/usr/bin/env python3
"""Makes weighted_standard.json: values, weights, and what scikit-learn's StandardScaler finds."""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.preprocessing import StandardScaler


def main():
    rng = np.random.default_rng(11)
    values = np.round(rng.normal(3, 5, size=200), 3)
    weights = 10 ** rng.uniform(-8, 8, size=200)
    weights[rng.random(200) < 0.1] = 0
    scaler = StandardScaler().fit(values[:, None], sample_weight=weights)
    golden = {
        "scikit_learn": sklearn.__version__,
        "values": values.tolist(),
        "weights": weights.tolist(),
        "mean": float(scaler.mean_[0]),
        "deviation": float(np.sqrt(scaler.var_[0])),
    }
    path = pathlib.Path(__file__).parent / "weighted_standard.json"
    path.write_text(json.dumps(golden) + "\n", encoding="utf-8")


main()
