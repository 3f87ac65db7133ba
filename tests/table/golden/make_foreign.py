#!/usr/bin/env python3
"""Makes the small HDF5 files that foreign_table_test reads, as h5py and pandas users make them."""
import pathlib

import h5py
import numpy as np

HERE = pathlib.Path(__file__).parent
ROWS = 7


def create(name):
    return h5py.File(HERE / name, "w", libver=("earliest", "v110"))


with create("columns.h5") as f:
    g = f.create_group("shop/customers", track_order=True)
    g["visits"] = np.array([3, 0, -5, 100, 7, 7, 1], dtype="i2")
    g["amount"] = np.array([1.5, np.nan, -2.25, 1e300, 0, 5, 6])
    g["short"] = np.array([0.1, 0.2, 0.3, np.nan, 5, 6, 7], dtype="f4")
    g["member"] = np.array([True, False, True, True, False, False, True])
    g["big"] = np.array([0, 1, 2, 3, 4, 5, 2**63 - 1], dtype="u8")
    g.create_dataset("city", data=["Zürich", "Bern", "", "Basel", "Bern", "Bern", "Zürich"],
                     dtype=h5py.string_dtype())
    g["code"] = np.array([b"b", b"a", b"", b"ccc", b"a", b"b", b"b"])
    g.create_dataset("packed", data=np.arange(ROWS, dtype=">i4"), chunks=(2,), compression="gzip")

with create("matrix.h5") as f:
    f["X"] = np.arange(12, dtype="f4").reshape(6, 2) / 10

with create("flags_matrix.h5") as f:
    f["X"] = np.arange(6, dtype="i4").reshape(3, 2)

with create("both.h5") as f:
    f["X"] = np.zeros((4, 2))
    f["y"] = np.zeros(4, dtype="i4")

with create("unequal.h5") as f:
    f["a"] = np.zeros(4)
    f["b"] = np.zeros(5)

with create("compound.h5") as f:
    f["g/records"] = np.zeros(3, dtype=[("a", "f8"), ("b", "i4")])

with create("empty_group.h5") as f:
    f.create_group("nothing")

with create("no_rows.h5") as f:
    f["a"] = np.zeros(0)

# Rows that were never written, and zeros that were packed.
with create("nothing_stored.h5") as f:
    for name in "ab":
        f.create_dataset(name, shape=(2**33,), dtype="f8", chunks=(2**20,))

with create("zeros.h5") as f:
    f.create_dataset("X", data=np.zeros((2**21, 2)), chunks=(2**18, 2), compression=9)

with create("text_matrix.h5") as f:
    f["names"] = np.array([[b"a", b"b"], [b"c", b"d"]])

# What pandas' DataFrame.to_hdf leaves, without needing PyTables to make it.
with create("pandas.h5") as f:
    g = f.create_group("df")
    g.attrs["pandas_type"] = np.string_("frame")
    g["axis0"] = np.array([b"a"])
    g["block0_values"] = np.zeros((3, 1))

with create("model.h5") as f:
    f.attrs["tessera_format"] = "model"
