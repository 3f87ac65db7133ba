"""The data sets of the benchmark, the same on every machine: mixtures whose components overlap, and
customers with skewed amounts and categories. Each is written once, as .npy for the peers and as
HDF5 for Tessera, with the initial centroids that all contestants start from."""
from dataclasses import dataclass

import h5py
import numpy as np

NUMBERS = 8  # numeric features of the customers
LEVELS = (2, 3, 4, 5, 8, 10)  # levels of their categories: 32 one-hot columns


@dataclass(frozen=True)
class Dataset:
    name: str
    rows: int
    dimensions: int
    segments: int
    kind: str = "mixture"  # or noise; customers, with one-hot columns; categories, the same as codes
    spread: float = 1  # of a mixture's centres, in standard deviations of its components
    components: int = 0  # of a mixture; 0: as many as segments

    @property
    def shape(self):
        features = f"{NUMBERS} numbers + {len(LEVELS)} categories"
        return (
            f"{self.rows / 1e6:g}M × "
            f"{features if self.kind == 'categories' else self.dimensions}, k {self.segments}"
        )

    @property
    def operations(self):
        """Of one pass over all rows and centroids: a multiplication and an addition per number, an
        addition per category."""
        categories = self.kind == "categories"
        per_pair = 2 * NUMBERS + len(LEVELS) if categories else 2 * self.dimensions
        return self.rows * self.segments * per_pair

    @property
    def bytes(self):
        """Of the features: four per number, one per category."""
        categories = self.kind == "categories"
        return self.rows * (4 * NUMBERS + len(LEVELS) if categories else 4 * self.dimensions)


MAIN = [
    Dataset("A", 1_000_000, 16, 10, spread=0.8),
    Dataset("B", 1_000_000, 32, 64, spread=0.6),
    Dataset("C", 2_000_000, 8, 8, spread=1.0),
    Dataset("D", 300_000, 64, 256, spread=0.5),
    Dataset("E", 1_000_000, 40, 12, kind="customers"),
    Dataset("E6", 1_000_000, 40, 12, kind="categories"),
]


def _mixture(rng, data):
    components = data.components or data.segments
    shape = (components, data.dimensions)
    centres = rng.normal(0, data.spread, shape).astype(np.float32)
    deviations = rng.uniform(0.7, 1.3, shape).astype(np.float32)
    weights = rng.dirichlet(np.full(components, 5.0))
    component = rng.choice(components, data.rows, p=weights)
    x = rng.standard_normal((data.rows, data.dimensions), dtype=np.float32)
    x *= deviations[component]
    x += centres[component]
    return x


def _customers(rng, rows, segments=12):
    """Standardised skewed amounts, and codes of categories; both depend on a hidden segment."""
    segment = rng.choice(segments, rows, p=rng.dirichlet(np.full(segments, 3.0)))
    numbers = np.empty((rows, NUMBERS), np.float32)
    for j in range(NUMBERS):
        location = rng.normal(0, 0.6, segments)[segment]
        if j % 3 == 0:
            x = np.exp(location + 0.8 * rng.standard_normal(rows))
        elif j % 3 == 1:
            x = rng.gamma(1.5, 1.0, rows) * np.exp(location)
        else:
            x = rng.exponential(1.0, rows) * np.exp(location)
        numbers[:, j] = (x - x.mean()) / x.std()
    codes = np.empty((rows, len(LEVELS)), np.uint8)
    for c, levels in enumerate(LEVELS):
        odds = rng.dirichlet(np.full(levels, 0.7), segments).cumsum(1)
        codes[:, c] = (rng.random(rows)[:, None] > odds[segment][:, :-1]).sum(1)
    return numbers, codes


def _one_hot(numbers, codes):
    columns = [numbers] + [np.eye(n, dtype=np.float32)[codes[:, c]] for c, n in enumerate(LEVELS)]
    return np.hstack(columns)


def _write_columns(file, group, numbers, codes):
    for j in range(NUMBERS):
        file.create_dataset(f"{group}/x{j}", data=numbers[:, j])
    for c in range(len(LEVELS)):
        letters = np.frombuffer(b"abcdefghij", "S1")[codes[:, c]]
        file.create_dataset(f"{group}/y{c}", data=letters)


class Files:
    """Where a data set lies: `x` and `init` for the peers, `table` and `init_table` for Tessera."""

    def __init__(self, folder, data):
        base = folder / f"{data.name}-{data.rows}x{data.dimensions}k{data.segments}"
        self.x = base.with_suffix(".npy")
        self.init = base.with_suffix(".init.npy")
        self._h5 = base.with_suffix(".h5")
        self.table = f"{self._h5}:/table"
        self.init_table = f"{self._h5}:/init"
        if not self._h5.exists():
            folder.mkdir(parents=True, exist_ok=True)
            self._write(data)

    def _write(self, data):
        rng = np.random.default_rng(1000 + ord(data.name[0]))
        chosen = np.random.default_rng(7).choice(data.rows, data.segments, replace=False)
        unfinished = self._h5.with_suffix(".unfinished")
        with h5py.File(unfinished, "w") as file:
            if data.kind == "categories":
                numbers, codes = _customers(rng, data.rows)
                x = _one_hot(numbers, codes)
                init = x[chosen]
                _write_columns(file, "table", numbers, codes)
                _write_columns(file, "init", numbers[chosen], codes[chosen])
            else:
                if data.kind == "customers":
                    x = _one_hot(*_customers(rng, data.rows))
                elif data.kind == "noise":
                    x = rng.standard_normal((data.rows, data.dimensions), dtype=np.float32)
                else:
                    x = _mixture(rng, data)
                init = x[chosen]
                if data.kind == "customers":  # rows may be equally far from rows: no ties, please
                    noise = np.random.default_rng(8).normal(0, 1e-4, init.shape)
                    init = init + noise.astype(np.float32)
                file["table"] = x
                file["init"] = init
        np.save(self.x, x)
        np.save(self.init, init)
        unfinished.rename(self._h5)
