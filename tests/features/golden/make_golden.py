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


def usual(values):
    """Median for what is missing, mean off, divided by the deviation."""
    return StandardScaler().fit_transform(SimpleImputer(strategy="median").fit_transform(values))


def listed(column):
    return [None if np.isnan(x) else x for x in column]


def derived():
    """Columns that others are made of, by numpy's calendar, and what becomes of them as features."""
    random = np.random.RandomState(13)
    days = np.datetime64("1985-01-01") + random.randint(0, 13000, 80)
    dates = days + random.randint(0, 86400, 80).astype("timedelta64[s]")
    seconds = dates.astype("datetime64[s]").astype(np.int64).astype(float)
    is_missing = random.rand(80) < 0.1
    seconds[is_missing] = np.nan
    reference = np.datetime64("2022-03-01")
    month = days.astype("datetime64[M]")
    day_in_year = lambda of: of - of.astype("datetime64[Y]").astype("datetime64[M]")
    in_month = lambda of: (of - of.astype("datetime64[M]").astype("datetime64[D]")).astype(int)
    birthday = day_in_year(month).astype(int) * 100 + in_month(days)
    years = lambda of: of.astype("datetime64[Y]").astype(int) + 1970
    age = years(reference) - years(days) - (birthday > 200)  # 1 March: two months have passed
    weekday = (days.astype("datetime64[D]").astype(int) + 3) % 7  # 1970-01-01 was a Thursday
    number = day_in_year(month).astype(int)
    made = {
        "joined_days_before": (reference.astype("datetime64[s]") - dates.astype("datetime64[s]"))
        / np.timedelta64(86400, "s"),
        "joined_age": age.astype(float),
        "joined_weekday_sin": np.sin(2 * np.pi * weekday / 7),
        "joined_weekday_cos": np.cos(2 * np.pi * weekday / 7),
        "joined_month_sin": np.sin(2 * np.pi * number / 12),
        "joined_month_cos": np.cos(2 * np.pi * number / 12),
    }
    for column in made.values():
        column[is_missing] = np.nan
    features = usual(np.column_stack(list(made.values())))
    born = random.randint(1930, 2005, 50).astype(float)
    born[::11] = np.nan
    spend = np.round(random.lognormal(3, 1, 60), 2)
    visits = random.poisson(2, 60).astype(float)
    spend[::13] = np.nan
    visits[::17] = np.nan
    with np.errstate(divide="ignore"):
        ratio = np.where(visits == 0, np.nan, spend / visits)
    with_indicator = SimpleImputer(strategy="median", add_indicator=True)
    income = StandardScaler().fit_transform(with_indicator.fit_transform(spend[:, None]))
    return [
        {
            "dates": {"joined": listed(seconds)},
            "sections": {
                "joined": {"take": "days-before 2022-03-01, age 2022-03-01, weekday, month"}
            },
            "features": {name: features[:, j].tolist() for j, name in enumerate(made)},
        },
        {
            "dates": {"joined": listed(seconds)},
            "sections": {"joined": {"take": "days-before"}},
            "features": {
                "joined_days_before": usual((np.nanmax(seconds) - seconds)[:, None] / 86400)[
                    :, 0
                ].tolist()
            },
        },
        {
            "numbers": {"born": listed(born)},
            "sections": {"born": {"take": "age 2020-06-30"}},
            "features": {"born_age": usual(2020 - born[:, None])[:, 0].tolist()},
        },
        {
            "numbers": {"spend": listed(spend), "visits": listed(visits)},
            "ratios": {"per_visit": "spend / visits"},
            "features": {
                "spend": usual(spend[:, None])[:, 0].tolist(),
                "visits": usual(visits[:, None])[:, 0].tolist(),
                "per_visit": usual(ratio[:, None])[:, 0].tolist(),
            },
        },
        {
            "numbers": {"spend": listed(spend)},
            "sections": {"spend": {"steps": "impute median indicator, standard"}},
            "features": {"spend": income[:, 0].tolist(), "spend_missing": income[:, 1].tolist()},
        },
    ]


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

    cases["derived"] = derived()
    for step, found in cases.items():
        (folder / f"{step}.json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
