#!/usr/bin/env python3
"""HDF5 files of others that somebody made so that the program goes wrong. See crafted.py.

usage: crafted_others_test.py TESSERA RUN_RANKS RANKS
"""
from crafted import REFUSED, ROWS, TAKEN, case, h5py, np, run, start, use_table


def foreign(name, expected=REFUSED, extra=(), **options):
    def take(change):
        def make():
            with h5py.File("x.h5", "w", **options) as f:
                return change(f)

        case(name, expected, extra=extra)(make)
        return change

    return take


def good_columns(f, group="/"):
    f[f"{group}/id"] = np.arange(ROWS)
    f[f"{group}/income"] = np.linspace(1, 99, ROWS)


@foreign("as it should be", TAKEN)
def _(f):
    good_columns(f)


@foreign("behind a user block", TAKEN, userblock_size=1024)
def _(f):
    good_columns(f)


@foreign("big-endian and half precision", TAKEN)
def _(f):
    f["id"] = np.arange(ROWS, dtype=">i8")
    f["income"] = np.linspace(1, 99, ROWS).astype("f2")


@foreign("ids beyond the integers with a sign")
def _(f):
    good_columns(f)
    del f["id"]
    f["id"] = np.arange(ROWS, dtype="u8") + np.uint64(2**63)


@foreign("ids in a matrix of which not all are doubles", TAKEN)
def _(f):
    f["m"] = np.stack([np.arange(ROWS) + 2**60, np.arange(ROWS) % 7], axis=1)
    return "c0"


@foreign("ids without a sign, but not too large", TAKEN)
def _(f):
    good_columns(f)
    del f["id"]
    f["id"] = np.arange(ROWS, dtype="u8") + np.uint64(2**62)


@foreign("a group linked into itself twice", TAKEN)
def _(f):
    good_columns(f, "/shop")
    f["shop/again"] = f["shop"]
    f["shop/more"] = f["shop"]


@foreign("groups a thousand deep")
def _(f):
    good_columns(f, "/g" * 1000)


@foreign("2^31 columns in a few bytes")
def _(f):
    f.create_dataset("X", shape=(4, 2**31), dtype="f8", chunks=(1, 1024))


@foreign("2^60 rows in a few bytes")
def _(f):
    f.create_dataset("id", shape=(2**60,), dtype="i8", chunks=(1024,))


@foreign("2^60 x 2^60 values")
def _(f):
    f.create_dataset("X", shape=(2**60, 16), dtype="i8", chunks=(1024, 16))


@foreign("zeros, packed to nothing")
def _(f):
    f.create_dataset("X", data=np.zeros((2**20, 12)), chunks=(2**16, 12), compression="gzip",
                     compression_opts=9)


@foreign("strings of a gigabyte")
def _(f):
    f.create_dataset("id", shape=(3,), dtype="S1000000000", chunks=(1,))


@foreign("an external link as a column")
def _(f):
    with h5py.File("other.h5", "w") as other:
        good_columns(other)
    f["id"] = np.arange(ROWS)
    f["income"] = h5py.ExternalLink("other.h5", "/income")


@foreign("an external link as a column, trusted", TAKEN, ["--trust-input"])
def _(f):
    with h5py.File("other.h5", "w") as other:
        good_columns(other)
    f["id"] = np.arange(ROWS)
    f["income"] = h5py.ExternalLink("other.h5", "/income")


def good_texts(f):
    good_columns(f)
    f.create_dataset("region", data=[f"level {i % 7}" for i in range(ROWS)], dtype=h5py.string_dtype())


@foreign("strings behind an external link, trusted", REFUSED, ["--trust-input"])
def _(f):
    good_columns(f)
    with h5py.File("other.h5", "w") as other:
        good_texts(other)
    f["region"] = h5py.ExternalLink("other.h5", "/region")


@foreign("strings of a virtual dataset, trusted", REFUSED, ["--trust-input"])
def _(f):
    good_columns(f)
    with h5py.File("other.h5", "w") as other:
        good_texts(other)
    layout = h5py.VirtualLayout(shape=(ROWS,), dtype=h5py.string_dtype())
    layout[:] = h5py.VirtualSource("other.h5", "/region", shape=(ROWS,))
    f.create_virtual_dataset("region", layout)


@foreign("any readable file as a column")
def _(f):
    f["income"] = np.linspace(1, 99, ROWS)
    f.create_dataset("id", shape=(ROWS,), dtype="S4",
                     external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])


def virtual(f, file, name="/income"):
    layout = h5py.VirtualLayout(shape=(ROWS,), dtype="f8")
    layout[:] = h5py.VirtualSource(file, name, shape=(ROWS,))
    f["id"] = np.arange(ROWS)
    f.create_virtual_dataset("income", layout)


@foreign("a virtual dataset")
def _(f):
    with h5py.File("other.h5", "w") as other:
        good_columns(other)
    virtual(f, "other.h5")


@foreign("a virtual dataset, trusted", TAKEN, ["--trust-input"])
def _(f):
    with h5py.File("other.h5", "w") as other:
        good_columns(other)
    virtual(f, "other.h5")


@foreign("a virtual dataset of nothing, trusted", {66}, ["--trust-input"])
def _(f):
    virtual(f, "nowhere.h5")


@foreign("a virtual dataset of itself")
def _(f):
    virtual(f, "x.h5")


@foreign("a virtual dataset of itself, trusted", REFUSED, ["--trust-input"])
def _(f):
    virtual(f, "x.h5")


@foreign("a virtual dataset of itself by a dot, trusted", REFUSED, ["--trust-input"])
def _(f):
    virtual(f, ".")


@foreign("a soft link to nowhere", TAKEN)
def _(f):
    good_columns(f)
    f["nothing"] = h5py.SoftLink("/nowhere")


@foreign("a soft link in a circle", TAKEN)
def _(f):
    good_columns(f)
    f["round"] = h5py.SoftLink("/round")


@foreign("compounds")
def _(f):
    f["rows"] = np.zeros(ROWS, dtype=[("a", "f8"), ("b", "i4")])


@foreign("references")
def _(f):
    f["id"] = np.arange(ROWS)
    f.create_dataset("to", data=np.array([f["id"].ref] * ROWS, dtype=h5py.ref_dtype))


@foreign("lists of numbers")
def _(f):
    f.create_dataset("id", shape=(ROWS,), dtype=h5py.vlen_dtype(np.int32))


UNFIT = {69}


@foreign("packed by a filter that is not there", UNFIT)
def _(f):
    f.create_dataset("id", data=np.arange(ROWS), chunks=(ROWS,), compression="lzf")
    f["income"] = np.linspace(1, 99, ROWS)


def texts_that_lead_astray(name, place, value):
    """Of the bytes that lead to a string: 4 of its length, 8 of its heap, 4 of its number there."""

    @foreign(f"strings that lead {name}")
    def _(f):
        good_texts(f)
        f.flush()
        at = f["region"].id.get_offset() + 16 * (ROWS // 2) + place
        f.close()
        with open("x.h5", "r+b") as file:
            file.seek(at)
            file.write(value)


texts_that_lead_astray("to more than they are", 0, b"\0\0\1\0")
texts_that_lead_astray("to less than they are", 0, b"\3\0\0\0")
texts_that_lead_astray("to no heap", 4, b"\1")
texts_that_lead_astray("behind the file", 8, b"\xff\xff\xff\x7f")
texts_that_lead_astray("to a number that no object has", 12, b"\xff\xff")


@foreign("named data types and nothing else")
def _(f):
    f["type"] = np.dtype("f8")


@foreign("a chunk whose Fletcher-32 is wrong")
def _(f):
    f.create_dataset("id", data=np.arange(ROWS), chunks=(ROWS,), fletcher32=True)
    f["income"] = np.linspace(1, 99, ROWS)
    f.flush()
    at = f["id"].id.get_chunk_info(0).byte_offset
    f.close()
    with open("x.h5", "r+b") as file:
        file.seek(at + 8)
        file.write(b"\x7f")


@foreign("model, says the attribute, and nothing else")
def _(f):
    f.attrs["tessera_format"] = np.bytes_("model")


run(start(), use_table)
