#!/usr/bin/env python3
"""Makes HDF5 files as pandas, R, MATLAB, Keras and AnnData lay them out, for others_test.

usage: make_others.py FOLDER

h5py writes the layouts; where pandas and PyTables are installed, they write files of their own
beside those (real_*.h5), which have to be read alike.
"""
import pathlib
import sys

import h5py
import numpy as np

HERE = pathlib.Path(sys.argv[1])
NAT = -(2**63)
DAY = 86400 * 10**9


def create(name):
    return h5py.File(HERE / name, "w", libver=("earliest", "v110"))


def pickled(*words):
    return np.bytes_("(lp0\n" + "".join(f"V{w}\np{i + 1}\na" for i, w in enumerate(words)) + ".")


def opaque(values, unit):
    values = np.array(values, dtype=f"M8[{unit}]")
    return values.astype(h5py.opaque_dtype(values.dtype))


with create("kinds.h5") as f:
    g = f.create_group("g", track_order=True)
    for name in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">i2", ">u4", ">i8", "f2", "f4",
                 "f8", ">f4", ">f8"]:
        g[name] = np.array([1, 0, 100], dtype=name)
    g["truth"] = np.array([True, False, True])
    g["plan"] = np.array([2, 0, 1]).astype(
        h5py.enum_dtype({"gold": 0, "silver": 1, "basic": 2}, basetype="i1"))
    g.create_dataset("variable", data=["x", "", "Zürich"], dtype=h5py.string_dtype())
    g["fixed"] = np.array([b"x", b"", b"yy"])
    g["day"] = opaque(["2024-01-31", "NaT", "1969-12-31"], "D")
    g["moment"] = opaque(["2024-01-31T09:05:00.5", "1969-12-31T23:59:59.5", "NaT"], "ns")

with create("vectors.h5") as f:
    f["a"] = np.array([[1.5], [2.5], [3.5]])
    f["b"] = np.array([[4, 5, 6]], dtype="i2")
    f["c"] = np.array([7, 8, 9])
    f.create_dataset("d", data=np.array([["u"], ["v"], ["u"]], dtype=object),
                     dtype=h5py.string_dtype())

with create("matlab.h5") as f:
    f.create_dataset("M", data=np.arange(6.0).reshape(2, 3))  # of MATLAB 3 x 2
    f["M"].attrs["MATLAB_class"] = np.bytes_("double")
    f.create_group("#refs#")["a"] = np.zeros(4)

with create("packed.h5") as f:
    values = np.arange(1000.0)
    for name, packing in [("gzip", "gzip"), ("lzf", "lzf"), ("szip", "szip")]:
        try:
            f.create_dataset(f"{name}/x", data=values, compression=packing, chunks=(64,))
        except (ValueError, OSError) as error:
            print(f"without {name}: {error}")
    f.create_dataset("shuffled/x", data=values, compression="gzip", shuffle=True, fletcher32=True)

RECORD = np.dtype([("id", "i8"), ("spend", ">f4"), ("where", [("city", "S6"), ("zip", "u2")]),
                   ("note", h5py.string_dtype()), ("scores", "f8", (2,)),
                   ("member", h5py.enum_dtype({"FALSE": 0, "TRUE": 1}, basetype="i1"))])
with create("records.h5") as f:
    f["r"] = np.array([(2**60 + i, i / 4, (b"Bern" if i % 2 else b"Basel", 3000 + i), f"n{i}",
                        (i, -i), i % 2) for i in range(40)], dtype=RECORD)

with create("rhdf5.h5") as f:
    logical = h5py.enum_dtype({"FALSE": 0, "TRUE": 1, "NA": 2}, basetype="i1")
    f["df"] = np.array([(1.5, 0, 1, b"a"), (np.nan, 2, 2, b"b"), (3.5, 1, 1, b"a")],
                       dtype=[("amount", "f8"), ("active", logical),
                              ("plan", h5py.enum_dtype({"basic": 1, "gold": 2}, basetype="u1")),
                              ("city", "S2")])

with create("rhdf5_na.h5") as f:
    f["x"] = np.array([1, -(2**31), 3], dtype="i4")
    f["x"].attrs["rhdf5-NA.OK"] = 1
    f["y"] = np.array([1, -(2**31), 3], dtype="i4")

with create("named.h5") as f:
    f["X"] = np.arange(6.0).reshape(3, 2)
    f["X"].attrs["column_names"] = np.array(["age", "spend"], dtype=object)

with create("codes_beyond.h5") as f:
    f["x"] = np.array([0, 3], dtype="i1").astype(h5py.enum_dtype({"a": 0, "b": 1}, basetype="i1"))

with create("centuries.h5") as f:
    f["x"] = opaque([0, 2**62], "D")

with create("months.h5") as f:
    f["x"] = opaque([0, 1], "M")


def anndata(name, sparse):
    with create(name) as f:
        f.attrs["encoding-type"] = "anndata"
        f.attrs["encoding-version"] = "0.1.0"
        if sparse:
            f.create_group("X").attrs["encoding-type"] = "csr_matrix"
            f["X/data"] = np.zeros(2)
        else:
            f["X"] = np.arange(6, dtype="f4").reshape(3, 2)
            f["X"].attrs["encoding-type"] = "array"
        obs = f.create_group("obs")
        obs.attrs["encoding-type"] = "dataframe"
        obs.attrs["_index"] = "_index"
        obs.attrs["column-order"] = np.array(["kind", "age", "g1"], dtype=object)
        obs["_index"] = np.array(["c1", "c2", "c3"], dtype=object)
        kind = obs.create_group("kind")
        kind.attrs["encoding-type"] = "categorical"
        kind["codes"] = np.array([1, -1, 0], dtype="i1")
        kind["categories"] = np.array(["b", "a", "unused"], dtype=object)
        age = obs.create_group("age")
        age.attrs["encoding-type"] = "nullable-integer"
        age["values"] = np.array([30, 1, 50])
        age["mask"] = np.array([False, True, False])
        obs["g1"] = np.array([0.5, 1.5, 2.5])
        var = f.create_group("var")
        var.attrs["encoding-type"] = "dataframe"
        var.attrs["_index"] = "gene"
        var["gene"] = np.array(["g0", "g1"], dtype=object)


anndata("cells.h5", sparse=False)
anndata("sparse.h5", sparse=True)

# DataFrame.to_hdf(format="table"), by h5py.
TABLE = np.dtype([("index", "i8"), ("values_block_0", "f8", (2,)), ("values_block_1", "i8", (1,)),
                  ("values_block_2", "i8", (1,)), ("values_block_3", "S7", (1,)),
                  ("values_block_4", "i1", (1,))])
ROWS = [(10, (1.5, 4.0), (3,), (19753 * DAY,), ("Bern".encode(),), (1,)),
        (11, (np.nan, 5.0), (0,), (NAT,), ("Zürich".encode(),), (-1,)),
        (12, (2.0, 6.0), (-5,), (19754 * DAY,), (b"nan",), (0,))]


def pandas_table(name, **changes):
    with create(name) as f:
        g = f.create_group("df")
        words = [["amount", "score"], ["visits"], ["day"], ["city"], ["plan"]]
        attributes = {
            "pandas_type": np.bytes_("frame_table"), "nan_rep": np.bytes_("nan"),
            "info": np.bytes_("(dp0\nI1\n(dp1\nVnames\np2\n(lp3\nNasVindex\np4\n(dp5\n"
                              "Vindex_name\np6\nVcustomer\np7\nss."),
            "non_index_axes": np.bytes_(
                "(lp0\n(I1\n(lp1\n" + "".join(
                    f"V{w}\np{i + 2}\na" for i, w in
                    enumerate(["visits", "amount", "city", "day", "plan", "score"])) +
                "tp9\na."), **changes}
        for key, value in attributes.items():
            g.attrs[key] = value
        g["table"] = np.array(ROWS, dtype=TABLE)
        for i, dtype in enumerate(["float64", "int64", "datetime64", "bytes56", "int8"]):
            g["table"].attrs[f"values_block_{i}_kind"] = pickled(*words[i])
            g["table"].attrs[f"values_block_{i}_dtype"] = np.bytes_(dtype)
            g["table"].attrs[f"values_block_{i}_meta"] = np.bytes_(
                "category" if i == 4 else "N.")
        g["table"].attrs["index_kind"] = np.bytes_("integer")
        m = g.create_group("meta/values_block_4/meta")
        m.attrs["pandas_type"] = np.bytes_("series_table")
        m["table"] = np.array([(0, b"basic"), (1, b"gold")], dtype=[("index", "i8"),
                                                                   ("values", "S5")])


pandas_table("pandas_table.h5")
pandas_table("pandas_no_names.h5", non_index_axes=np.bytes_("nonsense"))

with create("pandas_fixed.h5") as f:
    g = f.create_group("df")
    g.attrs["pandas_type"] = np.bytes_("frame")
    g.attrs["nblocks"] = 2
    g["axis0"] = np.array([b"visits", b"day", b"spend"])
    g["axis1"] = np.array([10, 11, 12])
    g["axis1"].attrs["kind"] = np.bytes_("integer")
    g["axis1"].attrs["name"] = np.bytes_("customer")
    g["block0_items"] = np.array([b"visits", b"spend"])
    g["block0_values"] = np.array([[3, 7], [0, 8], [-5, 9]])
    g["block1_items"] = np.array([b"day"])
    g["block1_values"] = np.array([[19753 * DAY], [NAT], [19754 * DAY]])
    g["block1_values"].attrs["value_type"] = np.bytes_("datetime64")

with create("pandas_objects.h5") as f:
    g = f.create_group("df")
    g.attrs["pandas_type"] = np.bytes_("frame")
    g.attrs["nblocks"] = 1
    g["axis0"] = np.array([b"city"])
    g["axis1"] = np.arange(2)
    g["block0_items"] = np.array([b"city"])
    values = g.create_dataset("block0_values", (1,), dtype=h5py.vlen_dtype("u1"))
    values[0] = np.frombuffer(b"pickle", dtype="u1")

try:
    import pandas as pd
    import tables  # noqa: F401
except ImportError:
    sys.exit(0)
frame = pd.DataFrame({"visits": [3, 0, -5], "amount": [1.5, np.nan, 2],
                      "city": ["Bern", "Zürich", None],
                      "day": pd.to_datetime(["2024-01-31", None, "2024-02-01"]),
                      "plan": pd.Categorical(["gold", None, "basic"]), "score": [4.0, 5, 6]},
                     index=pd.Index([10, 11, 12], name="customer"))
frame.to_hdf(HERE / "real_table.h5", key="df", format="table")
frame.drop(columns="plan").to_hdf(HERE / "real_data_columns.h5", key="df", format="table",
                                  data_columns=True)
fixed = pd.DataFrame({"visits": [3, 0, -5],
                      "day": pd.to_datetime(["2024-01-31", None, "2024-02-01"]),
                      "spend": [7, 8, 9]}, index=frame.index)
fixed.to_hdf(HERE / "real_fixed.h5", key="df", format="fixed")
frame["amount"].to_hdf(HERE / "real_series.h5", key="s")
