"""Sealed tables as Tessera writes them, and what the tests of crafted ones change in them."""
from crafted import REFUSED, ROWS, case, h5py, np
from sealed import seal


def table(change=lambda f: None, version=2, rows=ROWS, columns=3, levels=("a", "b", "c")):
    """A sealed table of an id, an income and a city."""
    with h5py.File("x.h5", "w", userblock_size=512, libver=("v108", "latest")) as f:
        f.attrs["tessera_format"] = np.bytes_("table")
        f.attrs["tessera_format_version"] = np.int64(version)
        f.attrs["rows"], f.attrs["columns"] = np.int64(rows), np.int64(columns)
        t = f.create_group("table", track_order=True)
        f.create_group("levels", track_order=True)
        t["id"] = np.array([b"c%03d" % i for i in range(ROWS)], dtype="S4")
        t["income"] = np.linspace(1, 99, ROWS)
        t["city"] = np.arange(ROWS, dtype=np.int8) % 3
        f["levels/city"] = np.array([level.encode() for level in levels], dtype="S4")
        for name, kind in (("id", "text"), ("income", "real"), ("city", "category")):
            said = t[name].attrs
            said["name"], said["type"] = np.bytes_(name), np.bytes_(kind)
            said["missing"] = np.int64(0)
            said["distinct"] = np.int64(3 if name == "city" else ROWS)
        t["income"].attrs["minimum"], t["income"].attrs["maximum"] = 1.0, 99.0
        change(f)
    seal("x.h5")


def tables(name, expected=REFUSED, **options):
    def take(change):
        case(name, expected)(lambda: table(change, **options))
        return change

    return take
