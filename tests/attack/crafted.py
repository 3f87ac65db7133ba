"""What the tests of crafted files share: the cases, and what is run with each. Needs h5py and numpy.

A case makes a file x.h5, which somebody made so that the program goes wrong. It is looked at by
inspect and used by train or score; that must end within ten seconds, in four gigabytes, with the code
that is expected and one message, and leave nothing behind. Of Tessera's own files the checksums are
right, and of models the digest, so that what lies behind them is tried.
"""
import argparse
import collections
import os
import pathlib
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError:
    print("skipped: it needs the Python packages h5py and numpy")
    sys.exit(77)

from attack import Program, hidden_files

REFUSED, TAKEN = {65}, {0}
ROWS = 60
CASES = []
INSPECT = [["inspect", "x.h5"], ["inspect", "--json", "x.h5"], ["inspect", "--verify", "x.h5"]]
OUTPUTS = ("out.h5", "out.csv")


class Case:
    """`expected`: codes with which whoever reads all of the file may end; `make` writes x.h5, and may
    return the name of its ids; `extra`: options of the jobs; `says`: a part of the message that must
    be there; `opened`: whether opening the file is enough to refuse it; `again`, if given, changes
    the file for a second round."""

    def __init__(self, name, expected, make, extra=(), says=b"", opened=False, again=None):
        self.name, self.expected, self.make, self.extra = name, expected, make, list(extra)
        self.says, self.opened, self.again = says, opened, again

    def allowed(self, words):
        """What concerns values alone is found by who reads them all."""
        reads_all = words[0] == "score" or "--scores" in words
        if self.says and not self.opened:  # a claim by which nothing goes
            reads_all = "--verify" in words
        return self.expected if self.opened or reads_all else self.expected | TAKEN


def case(name, expected=REFUSED, **options):
    def take(make):
        CASES.append(Case(name, expected, make, **options))
        return make

    return take


def replace(f, path, data, **options):
    attributes = dict(f[path].attrs)
    del f[path]
    made = f.create_dataset(path, data=data, **options)
    made.attrs.update(attributes)
    return made



def start():
    """The program that the command line names, in a folder that ends with it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tessera")
    parser.add_argument("run_ranks")
    parser.add_argument("ranks", type=int)
    arguments = parser.parse_args()
    launch = [os.path.abspath(arguments.run_ranks), str(arguments.ranks)] if arguments.ranks > 1 else []
    program = Program(os.path.abspath(arguments.tessera), launch)
    program.folder = tempfile.TemporaryDirectory()
    os.chdir(program.folder.name)
    return program


def use_table(id_column):
    train = ["train", "--input", "x.h5", "--segments", "2", "--output", "out.h5", "-q"]
    return [*INSPECT, train, [*train, "--id", id_column or "id", "--scores", "out.csv"]]


def use_model(_):
    return [*INSPECT, ["score", "--input", "good.h5", "--model", "x.h5", "--output", "out.csv", "-q"]]


def attempt(program, one, what, words):
    for made in OUTPUTS:
        pathlib.Path(made).unlink(missing_ok=True)
    code, out, err = program.run([words[0], *one.extra, *words[1:]])
    program.check(what, code, err, expected=one.allowed(words), outputs=OUTPUTS)
    if code != 0 and one.says not in err:
        program.complain(f"{what}: does not say {one.says}", code, err)
    scores = pathlib.Path("out.csv")
    if b"root:" in out + err or (scores.exists() and b"root" in scores.read_bytes()):
        program.complain(f"{what}: shows another file", code, err)
    if b"\x1b" in err + (b"" if "--json" in words else out) or b"\nforged" in err + out:
        program.complain(f"{what}: control characters on the screen", code, err + out)
    return code


def run(program, uses):
    """Makes the file of each case, and runs with it what `uses` lists for it. Ends the test."""
    counts = collections.Counter()
    for one in CASES:
        runs = uses(one.make())
        for change in [None, *([one.again] if one.again else [])]:
            if change:
                change()
            name = f"{one.name}{' (digest made right)' if change else ''}"
            codes = [attempt(program, one, f"{name}: {words[0]}", words) for words in runs]
            if hidden_files():
                program.complain(f"{name}: left {hidden_files()}", "", b"")
            counts["refused" if 0 not in codes else "taken" if set(codes) == {0} else "in part"] += 1
        pathlib.Path("x.h5").unlink(missing_ok=True)
    print(f"{len(CASES)} crafted files: {dict(counts)}, {len(program.bad)} bad")
    sys.exit(1 if program.bad else 0)
