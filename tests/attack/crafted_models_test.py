#!/usr/bin/env python3
"""Models that somebody made so that the program goes wrong. See crafted.py.

usage: crafted_models_test.py TESSERA RUN_RANKS RANKS
"""
import hashlib
import pathlib
import struct

from crafted import REFUSED, TAKEN, case, h5py, np, replace, run, start, use_model
from sealed import seal, unseal


def digest_of(f):
    """As Model::digest: of k-means with the steps of format 1."""
    hashed = hashlib.sha256()

    def add(value):
        if isinstance(value, bytes):
            add(len(value))
            hashed.update(value)
        elif isinstance(value, (int, np.integer)):
            hashed.update(struct.pack("<Q", int(value) % 2**64))
        else:
            hashed.update(struct.pack("<d", float(value) + 0.0))

    add(b"tessera model 1")
    recipe = f["recipe"]
    add(len(recipe["numeric/column"]))
    numbers = iter(recipe["step/numbers"][:])
    for column in recipe["numeric/column"][:]:
        median, offset, divisor = next(numbers), next(numbers), next(numbers)
        add(bytes(column)), add(median), add(0), add(offset), add(divisor)
    add(len(recipe["category/column"]))
    for c, column in enumerate(recipe["category/column"][:]):
        levels = recipe[f"category/levels/{c}"][:]
        add(bytes(column)), add(recipe["category/impute"][c]), add(len(levels))
        for level in levels:
            add(bytes(level))
    segmentation = f["segmentation"]
    add(segmentation.attrs["segments"])
    for value in segmentation["centroids"][:].ravel():
        add(float(value))
    for size in segmentation["sizes"][:]:
        add(size)
    add(segmentation.attrs["inertia"])
    return hashed.hexdigest()


def redo_digest():
    """Makes the digest right again, if the file is whole enough to have one."""
    unseal("x.h5")
    try:
        with h5py.File("x.h5", "r+", libver=("v108", "latest")) as f:
            f.attrs["digest"] = np.bytes_(digest_of(f))
    except (KeyError, OSError, StopIteration, ValueError, TypeError, MemoryError, IndexError):
        pass
    seal("x.h5")


def models(name, expected=REFUSED, base="model.h5", sealed=True):
    def take(change):
        def make():
            pathlib.Path("x.h5").write_bytes(pathlib.Path(base).read_bytes())
            unseal("x.h5")
            with h5py.File("x.h5", "r+", libver=("v108", "latest")) as f:
                change(f)
            if sealed:
                seal("x.h5")

        case(name, expected, again=redo_digest if sealed and base == "model.h5" else None)(make)
        return change

    return take


@models("as it should be", TAKEN)
def _(f):
    pass


@models("without checksums", sealed=False)
def _(f):
    pass


@models("of version 99")
def _(f):
    f.attrs["tessera_format_version"] = np.int64(99)


@models("of version -1")
def _(f):
    f.attrs["tessera_format_version"] = np.int64(-1)


PROFILE = "profile/numeric/0/means"


@models("more means than segments")
def _(f):
    replace(f, PROFILE, np.zeros(300))


@models("fewer means than segments")
def _(f):
    replace(f, PROFILE, np.zeros(1))


@models("2^40 means in a few bytes")
def _(f):
    del f[PROFILE]
    f.create_dataset(PROFILE, shape=(2**40,), dtype="f8", chunks=(1024,))


@models("means as text")
def _(f):
    replace(f, PROFILE, np.array([b"1", b"2", b"3"]))


@models("no means")
def _(f):
    del f[PROFILE]


@models("infinite means")
def _(f):
    f[PROFILE][0] = np.inf


@models("counts of other levels")
def _(f):
    replace(f, "profile/category/0/counts", np.zeros((3, 99), dtype=np.int64))


@models("counts in one dimension, of 2^62")
def _(f):
    del f["profile/category/0/counts"]
    f.create_dataset("profile/category/0/counts", shape=(2**62,), dtype="i8", chunks=(1024,))


@models("negative counts")
def _(f):
    f["profile/category/0/counts"][0, 0] = -5


@models("a profile with other levels")
def _(f):
    replace(f, "profile/category/0/levels", np.array([b"x"] * 4))


@models("a profile of other columns")
def _(f):
    f["profile/numeric/0"].attrs["column"] = np.bytes_("nothing")


@models("no profile")
def _(f):
    del f["profile"]


@models("more missing values than customers")
def _(f):
    f["profile/numeric/0/missing"][0] = 2**62


@models("segments: none")
def _(f):
    f["segmentation"].attrs["segments"] = np.int64(0)


@models("segments: 2^40")
def _(f):
    f["segmentation"].attrs["segments"] = np.int64(2**40)


@models("segments: -1")
def _(f):
    f["segmentation"].attrs["segments"] = np.int64(-1)


@models("centroids that are no numbers")
def _(f):
    f["segmentation/centroids"][0, 0] = np.nan


@models("centroids far away", TAKEN | REFUSED)
def _(f):
    f["segmentation/centroids"][0, 0] = 3e38


@models("centroids of other dimensions")
def _(f):
    replace(f, "segmentation/centroids", np.zeros((3, 2), dtype="f4"))


@models("2^60 centroids in a few bytes")
def _(f):
    del f["segmentation/centroids"]
    f.create_dataset("segmentation/centroids", shape=(2**30, 2**30), dtype="f4", chunks=(1, 1024))


@models("sizes that are negative")
def _(f):
    f["segmentation/sizes"][0] = -1


@models("sizes that overflow")
def _(f):
    f["segmentation/sizes"][:] = 2**63 - 1


@models("a method that there is not")
def _(f):
    f["segmentation"].attrs["method"] = np.bytes_("magic")


@models("another method than its values")
def _(f):
    f["segmentation"].attrs["method"] = np.bytes_("bisecting")


@models("a step that there is not")
def _(f):
    f["recipe/step/name"][0] = b"magic"


@models("fewer steps than features say")
def _(f):
    f["recipe/numeric/steps"][0] = 2**31 - 1


@models("a negative number of steps")
def _(f):
    f["recipe/numeric/steps"][0] = -3


@models("a divisor of zero")
def _(f):
    f["recipe/step/numbers"][2] = 0


@models("fitted numbers that are none")
def _(f):
    f["recipe/step/numbers"][0] = np.nan


@models("fewer numbers than steps")
def _(f):
    replace(f, "recipe/step/numbers", np.zeros(1))


@models("an imputed level that there is not")
def _(f):
    f["recipe/category/impute"][0] = 2**33


@models("levels that are not sorted")
def _(f):
    levels = f["recipe/category/levels/0"][:]
    f["recipe/category/levels/0"][:] = levels[::-1]


@models("levels that are doubled")
def _(f):
    levels = f["recipe/category/levels/0"][:]
    levels[1] = levels[0]
    f["recipe/category/levels/0"][:] = levels


@models("two features of one column")
def _(f):
    columns = f["recipe/numeric/column"][:]
    columns[1] = columns[0]
    f["recipe/numeric/column"][:] = columns


@models("its profile in another file")
def _(f):
    with h5py.File("other.h5", "w") as other:
        other["means"] = np.zeros(3)
    del f[PROFILE]
    f[PROFILE] = h5py.ExternalLink("other.h5", "/means")


@models("control characters in what it says", TAKEN)
def _(f):
    f["provenance"].attrs["input"] = np.bytes_("\x1b]0;owned\x07\nforged: error: line")


@models("a tree whose nodes are their own parents", base="tree.h5")
def _(f):
    f["segmentation/tree/parent"][:] = 1


@models("a tree with children beyond it", base="tree.h5")
def _(f):
    f["segmentation/tree/first_child"][0] = 2**40


@models("a tree of 2^62 nodes", base="tree.h5")
def _(f):
    f["segmentation/tree"].attrs["nodes"] = np.int64(2**62)


@models("a tree with segments that there are not", base="tree.h5")
def _(f):
    f["segmentation/tree/segment"][:] = 77


program = start()
program.must("generate --rows 600 --segments 3 --seed 1 --output good.h5")
program.must("train --input good.h5 --id customer_id --features age,income,gender,plan --segments 3 "
             "--output model.h5")
program.must("train --input good.h5 --id customer_id --features age,income,gender --segments 4 "
             "--method bisecting --output tree.h5")
run(program, use_model)
