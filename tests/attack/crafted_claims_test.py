#!/usr/bin/env python3
"""Tables of Tessera that say of their columns what is not so, or cannot be. See crafted.py.

usage: crafted_claims_test.py TESSERA RUN_RANKS RANKS
"""
from crafted import ROWS, TAKEN, case, np, replace, run, start, use_table
from tessera_tables import table, tables


def claims(name, column, attribute, value, opened=True, distinct=None):
    """A claim that is refused when the file is opened, or, if it could be true, when it is verified."""
    def change(f):
        said = f[f"table/{column}"].attrs
        if distinct is not None:
            said["distinct"] = np.int64(distinct)
        del said[attribute]
        if value is not None:
            said[attribute] = value

    case(name, says=f"{column}@{attribute}".encode(), opened=opened)(lambda: table(change))


ANY = np.int64(5)
claims("a name that is no text", "income", "name", ANY)
claims("a name that is an array", "income", "name", np.array([b"income", b"income"]))
claims("no name", "income", "name", None)
claims("an empty name", "income", "name", np.bytes_("\0"))
claims("another column's name", "income", "name", np.bytes_("city"))
claims("a type that is an array", "income", "type", np.arange(7))
claims("no type", "income", "type", None)
claims("an empty type", "income", "type", np.bytes_("\0"))
claims("a type with control characters", "income", "type", np.bytes_("\x1b[31m\nforged: error: "))
claims("a very long type", "income", "type", np.bytes_("x" * 60000))
claims("more missing than rows", "income", "missing", np.int64(ROWS + 1))
claims("missing: -1", "income", "missing", np.int64(-1))
claims("missing: 2^63 - 1", "income", "missing", np.int64(2**63 - 1))
claims("missing: 2^64 - 1", "income", "missing", np.uint64(2**64 - 1))
claims("missing as a real", "income", "missing", 0.0)
claims("missing as text", "id", "missing", np.bytes_("0"))
claims("missing as an array", "city", "missing", np.zeros(3, dtype=np.int64))
claims("no missing", "income", "missing", None)
claims("distinct: -1", "income", "distinct", np.int64(-1))
claims("distinct: none, of values", "income", "distinct", np.int64(0))
claims("more distinct than values", "income", "distinct", np.int64(ROWS + 1))
claims("more distinct than levels", "city", "distinct", np.int64(4))
claims("distinct: 2^40", "id", "distinct", np.int64(2**40))
claims("no distinct", "id", "distinct", None)
claims("a minimum that is none", "income", "minimum", np.nan)
claims("an infinite minimum", "income", "minimum", -np.inf)
claims("an infinite maximum", "income", "maximum", np.inf)
claims("a minimum above the maximum", "income", "minimum", 100.0)
claims("a minimum as an integer", "income", "minimum", np.int64(1))
claims("a minimum as text", "income", "minimum", np.bytes_("1"))
claims("a minimum alone", "income", "maximum", None)
claims("a maximum alone", "income", "minimum", None)
claims("missing numbers that are there", "income", "missing", ANY, opened=False, distinct=55)
claims("a minimum that is another", "income", "minimum", 2.0, opened=False)
claims("a maximum that is another", "income", "maximum", 98.5, opened=False)
claims("missing texts that are there", "id", "missing", ANY, opened=False, distinct=1)
claims("missing levels that are there", "city", "missing", ANY, opened=False)


def refused_at_once(name, says, **options):
    def take(change):
        case(name, says=says, opened=True)(lambda: table(change, **options))
        return change

    return take


def integers(f, dtype, minimum, maximum):
    made = replace(f, "table/income", np.arange(ROWS).astype(dtype))
    made.attrs["type"] = np.bytes_("integer")
    made.attrs["minimum"], made.attrs["maximum"] = float(minimum), float(maximum)


@tables("integers as they should be", TAKEN)
def _(f):
    integers(f, "i1", 0, ROWS - 1)


@refused_at_once("a minimum that stands for missing", b"income@minimum")
def _(f):
    integers(f, "i1", -128, ROWS - 1)


@refused_at_once("a maximum beyond the integers", b"income@maximum")
def _(f):
    integers(f, "i2", 0, 32768)


@refused_at_once("a maximum beyond all integers", b"income@maximum")
def _(f):
    integers(f, "i8", 0, 1e19)


@refused_at_once("a minimum between the integers", b"income@minimum")
def _(f):
    integers(f, "i1", 0.5, ROWS - 1)


@refused_at_once("a minimum of a category", b"city@minimum")
def _(f):
    f["table/city"].attrs["minimum"] = 0.0


@refused_at_once("a maximum of values that are all missing", b"income@minimum")
def _(f):
    f["table/income"].attrs["missing"] = np.int64(ROWS)
    f["table/income"].attrs["distinct"] = np.int64(0)


@refused_at_once("reals in half precision", b"income is not stored")
def _(f):
    replace(f, "table/income", np.linspace(1, 99, ROWS).astype("f2"))


@refused_at_once("codes of eight bytes", b"city is not stored")
def _(f):
    replace(f, "table/city", np.arange(ROWS) % 3)


@refused_at_once("texts of a gigabyte", b"id is not stored")
def _(f):
    attributes = dict(f["table/id"].attrs)
    del f["table/id"]
    f.create_dataset("table/id", shape=(ROWS,), dtype="S1000000000", chunks=(1,)).attrs.update(
        attributes)


@refused_at_once("format 1 inside a seal", b"/@tessera_format_version", version=1)
def _(f):
    pass


@refused_at_once("a format that is no text", b"/@tessera_format ")
def _(f):
    f.attrs["tessera_format"] = np.int64(2)


@refused_at_once("no format inside a seal", b"/@tessera_format ")
def _(f):
    del f.attrs["tessera_format"]


@refused_at_once("rows that are no integer", b"rows")
def _(f):
    f.attrs["rows"] = np.bytes_("60")


@refused_at_once("no number of columns", b"columns")
def _(f):
    del f.attrs["columns"]


@tables("nothing said of the values", TAKEN)
def _(f):
    for name in ("id", "income", "city"):
        for attribute in ("missing", "distinct", "minimum", "maximum"):
            f[f"table/{name}"].attrs.pop(attribute, None)


run(start(), use_table)
