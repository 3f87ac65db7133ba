#!/usr/bin/env python3
"""Writes what scikit-learn makes of columns by its own steps, one file per step of Tessera.

usage: make_golden.py FOLDER

Needs scikit-learn. Each file holds cases: a chain of steps as Tessera writes it, a column (null is a
missing value), and the column after the same steps of scikit-learn and numpy, in double precision.
"""

import json
import pathlib
import sys

import numpy as np
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OrdinalEncoder, PowerTransformer, QuantileTransformer, RobustScaler, StandardScaler

SHARES = {3: [0.5, 0.2, 0.3], 5: [0.4, 0.3, 0.15, 0.1, 0.05]}
SCALERS = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}


def columns():
    random = np.random.RandomState(9)
    amounts = np.round(random.lognormal(3, 1.5, 157), 2)
    amounts[random.rand(157) < 0.1] = np.nan
    ages = random.randint(18, 90, 120).astype(float)
    ages[::7] = np.nan
    mostly = np.zeros(41)
    mostly[[3, 17, 20]] = [2.5, 40, -8]
    return {"amounts": amounts, "ages": ages, "mostly_zero": mostly, "signed": random.randn(64) * 1e6}


def prepared(column, clip, log1p, scaler):
    values = SimpleImputer(strategy="median").fit_transform(column[:, None])
    if clip:
        low, high = np.nanquantile(column, clip)
        values = np.clip(values, low, high)
    if log1p:
        values = np.log1p(values)
    return SCALERS[scaler]().fit_transform(values)[:, 0]


def case(column, scaler, clip=None, log1p=False):
    steps = ["impute median"]
    if clip:
        steps.append(f"clip {clip[0]}:{clip[1]}")
    if log1p:
        steps.append("log1p")
    steps.append(scaler)
    return {
        "steps": ", ".join(steps),
        "column": [None if np.isnan(x) else x for x in column],
        "prepared": prepared(column, clip, log1p, scaler).tolist(),
    }


def by_functions(column, steps, *functions, strategy="median", value=None):
    """What functions one after the other make of the column, once it is imputed."""
    values = SimpleImputer(strategy=strategy, fill_value=value).fit_transform(column[:, None])
    for function in functions:
        values = function(values)
    return {
        "steps": steps if "impute" in steps else f"impute median, {steps}",
        "column": [None if np.isnan(x) else x for x in column],
        "prepared": values[:, 0].tolist(),
    }


def random_levels(levels, count):
    random = np.random.RandomState(11)
    found = random.choice(np.array(levels, dtype=object), count, p=SHARES[len(levels)])
    found[::9] = None
    return found


def by_encoding(column, step, encode, impute):
    """Levels as numbers, imputed and standardised as any others."""
    known = np.array([[level] for level in column if level is not None], dtype=object)
    values = np.full((len(column), 1), np.nan)
    values[[level is not None for level in column]] = encode(known)
    values = SimpleImputer(strategy=impute).fit_transform(values)
    return {
        "steps": f"{step}, impute {impute}, standard",
        "column": column.tolist(),
        "prepared": StandardScaler().fit_transform(values)[:, 0].tolist(),
    }


def by_components(columns, wanted):
    """Components of standardised columns, the largest loading of each positive."""
    values = StandardScaler().fit_transform(columns)
    pca = PCA(n_components=wanted, svd_solver="full").fit(values)
    signs = [np.sign(row[np.argmax(np.abs(row))]) for row in pca.components_]
    return {
        "columns": columns.T.tolist(),
        "pca": str(wanted),
        "variances": pca.explained_variance_.tolist(),
        "shares": pca.explained_variance_ratio_.tolist(),
        "loadings": (pca.components_ * np.array(signs)[:, None]).tolist(),
        "points": (pca.transform(values) * signs).tolist(),
    }


def by_power(column, step):
    """A power fitted to the values that are not missing, standardised together with the median."""
    power = PowerTransformer(method=step, standardize=False).fit(column[:, None])
    found = by_functions(
        column, f"{step}, standard", power.transform, StandardScaler().fit_transform
    )
    return found | {"fitted": {step: power.lambdas_.tolist()}}


def main():
    folder = pathlib.Path(sys.argv[1])
    data = columns()
    cases = {
        "standard": [case(column, "standard") for column in data.values()]
        + [case(data["amounts"], "standard", log1p=True)],
        "minmax": [case(column, "minmax") for column in data.values()]
        + [case(data["amounts"], "minmax", log1p=True)],
        "robust": [case(column, "robust") for column in data.values()]
        + [case(data["amounts"], "robust", log1p=True)],
        "clip": [
            case(column, scaler, clip=clip)
            for column in (data["amounts"], data["ages"], data["signed"])
            for scaler in SCALERS
            for clip in ((0.01, 0.99), (0, 0.9), (0.25, 1))
        ]
        + [case(data["amounts"], "standard", clip=(0.05, 0.95), log1p=True)],
    }
    standardise = StandardScaler().fit_transform
    cases["limit"] = [
        by_functions(
            data["amounts"], "limit 5:100, standard", lambda x: np.clip(x, 5, 100), standardise
        ),
        by_functions(
            data["signed"], "limit :-1000.5, minmax",
            lambda x: np.minimum(x, -1000.5), MinMaxScaler().fit_transform,
        ),
        by_functions(data["ages"], "limit 30:, standard", lambda x: np.maximum(x, 30), standardise),
    ]
    cases["impute"] = [
        by_functions(data[name], step, standardise, strategy=strategy, value=value)
        for name in ("ages", "amounts")
        for step, strategy, value in (
            ("impute most_frequent, standard", "most_frequent", None),
            ("impute mean, standard", "mean", None),
            ("impute constant -3.5, standard", "constant", -3.5),
        )
    ]
    cases["signed_log"] = [
        by_functions(
            column, "signed-log, standard", lambda x: np.sign(x) * np.log1p(np.abs(x)), standardise
        )
        for column in data.values()
    ]
    cases["weight"] = [
        by_functions(
            column, f"standard, weight {weight}", standardise, lambda x: x * np.sqrt(weight)
        )
        for column in data.values()
        for weight in (4, 0.3)
    ]
    small = data["signed"] / 3e5
    cases["yeo_johnson"] = [
        by_power(column, "yeo-johnson")
        for column in (
            data["amounts"], data["ages"], small, -data["amounts"], np.exp(small) - 1, 1 - np.exp(small)
        )
    ]
    cases["box_cox"] = [
        by_power(column, "box-cox")
        for column in (data["amounts"], data["ages"], np.exp(small), np.sqrt(5 + small))
    ]

    def by_quantiles(column, count):
        transformer = QuantileTransformer(
            n_quantiles=count, output_distribution="normal", subsample=10**6
        ).fit(column[:, None])
        return by_functions(
            column, f"quantile-normal {count}, minmax", transformer.transform,
            MinMaxScaler().fit_transform,
        )

    cases["quantile_normal"] = [
        by_quantiles(data[name], count)
        for name, count in (
            ("amounts", 100), ("amounts", 17), ("ages", 20), ("signed", 50), ("mostly_zero", 10)
        )
    ]
    sizes = random_levels(["low", "mid", "high"], 90)
    order = [["low", "mid", "high"]]
    encoder = OrdinalEncoder(categories=order).fit_transform
    cases["ordinal"] = [
        by_encoding(sizes, 'ordinal "low,mid,high"', encoder, "median"),
        by_encoding(sizes, 'ordinal "low,mid,high"', encoder, "mean"),
    ]
    cities = random_levels(["a", "b,c", 'd "e"', "f\\g", "h"], 200)
    known = [city for city in cities if city is not None]
    share = lambda rows: np.array(
        [[np.nan if row[0] is None else known.count(row[0]) / len(known)] for row in rows]
    )
    cases["frequency"] = [by_encoding(cities, "frequency", share, "median")]
    random = np.random.RandomState(12)
    mixed = random.randn(200, 5) @ random.randn(5, 5) + [1, 0, 1000, -5, 3]
    cases["pca"] = [by_components(mixed, wanted) for wanted in (2, 5, 0.5, 0.9, 0.999)]

    for step, found in cases.items():
        (folder / f"{step}.json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
