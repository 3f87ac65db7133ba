"""What an analyst writes with pandas and scikit-learn: a CSV of customers to a CSV of segments.

usage: pandas_pipeline.py CUSTOMERS.csv SEGMENTS.csv K N_INIT"""
import json
import sys
import time

start = time.perf_counter()
import pandas as pd  # noqa: E402
from sklearn.cluster import KMeans  # noqa: E402
from sklearn.compose import make_column_selector, make_column_transformer  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402

source, target, segments, n_init = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
stages = {}


def stage(name):
    global start
    now = time.perf_counter()
    stages[name] = now - start
    start = now


stage("import")
customers = pd.read_csv(source)
stage("read")
features = customers.drop(columns=["customer_id", "segment"])
prepare = make_column_transformer(
    (
        make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
        make_column_selector(dtype_include="number"),
    ),
    (
        make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()),
        make_column_selector(dtype_include=object),
    ),
    sparse_threshold=0,
)
x = prepare.fit_transform(features)
stage("prepare")
model = KMeans(segments, n_init=n_init, random_state=0).fit(x)
stage("train")
pd.DataFrame({"customer_id": customers["customer_id"], "segment": model.labels_}).to_csv(
    target, index=False
)
stage("write")
with open("/proc/self/status") as status:
    peak_memory = 1024 * next(int(x.split()[1]) for x in status if x.startswith("VmHWM:"))
print(
    json.dumps(
        {
            "stages": stages,
            "inertia": model.inertia_,
            "iterations": model.n_iter_,
            "peak_memory_bytes": peak_memory,
        }
    )
)
