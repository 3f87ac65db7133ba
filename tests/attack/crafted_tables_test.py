#!/usr/bin/env python3
"""Tables in the layout of Tessera that somebody made so that the program goes wrong. See crafted.py.

usage: crafted_tables_test.py TESSERA RUN_RANKS RANKS
"""
from crafted import ROWS, TAKEN, case, h5py, np, replace, run, start, use_table
from tessera_tables import table, tables


case("as it should be", TAKEN)(lambda: table())
case("of version 0")(lambda: table(version=0))
case("of version -1")(lambda: table(version=-1))
case("of version 99")(lambda: table(version=99))
case("fewer rows than it says")(lambda: table(rows=ROWS + 1))
case("fewer columns than it says")(lambda: table(columns=4))
case("rows said to be 2^63 - 1")(lambda: table(rows=2**63 - 1))
case("levels that are not sorted")(lambda: table(levels=("b", "a", "c")))
case("levels that are doubled")(lambda: table(levels=("a", "a", "c")))
case("a level that is empty")(lambda: table(levels=("", "a", "c")))
case("fewer levels than codes")(lambda: table(levels=("a", "b")))


@tables("two columns of one name")
def _(f):
    f["table/income"].attrs["name"] = np.bytes_("city")


@tables("no levels")
def _(f):
    del f["levels/city"]


@tables("levels in two dimensions")
def _(f):
    del f["levels/city"]
    f["levels/city"] = np.array([[b"a", b"b", b"c"]], dtype="S4")


@tables("2^40 levels in a few bytes")
def _(f):
    del f["levels/city"]
    f.create_dataset("levels/city", shape=(2**40,), dtype="S4", chunks=(1024,))


@tables("levels a gigabyte wide")
def _(f):
    del f["levels/city"]
    f.create_dataset("levels/city", shape=(3,), dtype="S1000000000", chunks=(1,))


@tables("a code below all")
def _(f):
    f["table/city"][5] = -2


@tables("codes as reals")
def _(f):
    replace(f, "table/city", np.zeros(ROWS))


@tables("a type that there is not")
def _(f):
    f["table/income"].attrs["type"] = np.bytes_("complex")


@tables("columns of unequal length")
def _(f):
    replace(f, "table/income", np.zeros(ROWS - 1))


@tables("a column in two dimensions")
def _(f):
    replace(f, "table/income", np.zeros((ROWS, 2)))


@tables("an infinite value")
def _(f):
    f["table/income"][7] = np.inf


@tables("no columns")
def _(f):
    del f["table"]
    f.create_group("table")


@tables("no group of columns")
def _(f):
    del f["table"]


@tables("a group of columns that leads to itself")
def _(f):
    del f["table"]
    f["table"] = h5py.SoftLink("/table")


@tables("no rows", rows=0)
def _(f):
    for name, dtype in (("id", "S4"), ("income", "f8"), ("city", "i1")):
        replace(f, f"table/{name}", np.array([], dtype=dtype))


@tables("an external link as a column")
def _(f):
    with h5py.File("other.h5", "w") as other:
        other["income"] = np.zeros(ROWS)
    attributes = dict(f["table/income"].attrs)
    del f["table/income"]
    f["table/income"] = h5py.ExternalLink("other.h5", "/income")
    assert attributes


@tables("any readable file as ids")
def _(f):
    replace(f, "table/id", np.zeros(ROWS, dtype="S4"),
            external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])


@tables("a virtual column")
def _(f):
    layout = h5py.VirtualLayout(shape=(ROWS,), dtype="f8")
    layout[:] = h5py.VirtualSource("missing.h5", "/income", shape=(ROWS,))
    attributes = dict(f["table/income"].attrs)
    del f["table/income"]
    f.create_virtual_dataset("table/income", layout).attrs.update(attributes)


@tables("texts whose ends go backwards")
def _(f):
    ends = np.arange(1, ROWS + 1, dtype=np.int32) * 4
    ends[9] = 3
    replace(f, "table/id", ends)
    f["text/id"] = np.full(ROWS * 4, ord("x"), dtype=np.uint8)


@tables("texts that end behind all text")
def _(f):
    replace(f, "table/id", np.arange(1, ROWS + 1, dtype=np.int64) * 2**40)
    f["text/id"] = np.full(ROWS * 4, ord("x"), dtype=np.uint8)


@tables("lengths without texts")
def _(f):
    replace(f, "table/id", np.arange(1, ROWS + 1, dtype=np.int32))


@tables("control characters in names and levels", TAKEN)
def _(f):
    f["table/income"].attrs["name"] = np.bytes_("inc\x1b[31mome\nforged: error: line")
    f.move("table/income", "table/inc%1B[31mome%0Aforged: error: line")
    f["levels/city"][0] = b"\x07\x1b"


run(start(), use_table)
