"""One run of one peer in a process of its own, so that threads and memory are its own.

usage: contestant.py NAME X.npy INIT.npy ITERATIONS THREADS
NAME: lloyd, elkan (scikit-learn), faiss; or exact, plain double precision, which is no contestant
but tells whose rounding matters. Prints one JSON object."""
import json
import os
import sys
import time

name, x_file, init_file = sys.argv[1:4]
iterations, threads = int(sys.argv[4]), int(sys.argv[5])
# before the libraries start their threads
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = str(threads)

import numpy as np  # noqa: E402


def peak_memory():
    """Not getrusage: what that reports survives exec, and so may be the parent's."""
    with open("/proc/self/status") as status:
        return 1024 * next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def assigned(x, centroids):
    """Pieces of (rows, their squared distances to the centroids), in double precision."""
    c = centroids.astype(np.float64)
    for first in range(0, len(x), 50_000):
        rows = x[first : first + 50_000].astype(np.float64)
        yield rows, (rows * rows).sum(1)[:, None] + (c * c).sum(1) - 2 * rows @ c.T


def inertia(x, centroids):
    """In double precision, whatever the contestant computed with."""
    return sum(distances.min(1).sum() for _, distances in assigned(x, centroids))


def scikit_learn(algorithm):
    """fit() also centres the data, counts labels and so on; what its iterations take by themselves
    is measured around the function it calls for them."""
    from sklearn.cluster import KMeans, _kmeans

    inner = f"_kmeans_single_{algorithm}"
    iterate = getattr(_kmeans, inner)
    taken = []

    def timed(*args, **kwargs):
        start = time.perf_counter()
        result = iterate(*args, **kwargs)
        taken.append(time.perf_counter() - start)
        return result

    setattr(_kmeans, inner, timed)

    def run(x, init):
        model = KMeans(len(init), init=init, n_init=1, max_iter=iterations, tol=0,
                       algorithm=algorithm, copy_x=False)  # fmt: skip
        start = time.perf_counter()
        model.fit(x)
        fit = time.perf_counter() - start
        return taken[-1], fit, model.cluster_centers_, model.n_iter_

    return run


def faiss():
    import faiss as library

    library.omp_set_num_threads(threads)

    def run(x, init):
        model = library.Kmeans(x.shape[1], len(init), niter=iterations, nredo=1,
                               min_points_per_centroid=1,
                               max_points_per_centroid=len(x))  # fmt: skip
        start = time.perf_counter()
        model.train(x, init_centroids=init)
        fit = time.perf_counter() - start
        return fit, fit, model.centroids, iterations

    return run


def exact():
    def run(x, init):
        centroids = init.astype(np.float64)
        start = time.perf_counter()
        for _ in range(iterations):
            sums, sizes = np.zeros_like(centroids), np.zeros(len(init))
            for rows, distances in assigned(x, centroids):
                member = np.eye(len(init))[distances.argmin(1)]
                sums += member.T @ rows
                sizes += member.sum(0)
            filled = sizes > 0
            centroids[filled] = sums[filled] / sizes[filled, None]
        seconds = time.perf_counter() - start
        return seconds, seconds, centroids, iterations

    return run


run = {"faiss": faiss, "exact": exact}.get(name, lambda: scikit_learn(name))()
init = np.load(init_file)
warm_up = np.random.default_rng(0).standard_normal((4 * len(init), init.shape[1]), np.float32)
run(warm_up, warm_up[: len(init)].copy())
idle_memory = peak_memory()

x = np.load(x_file)
seconds, fit, centroids, done = run(x, init)
memory = peak_memory()
print(
    json.dumps(
        {
            "seconds": seconds,
            "fit_seconds": fit,
            "iterations": int(done),
            "peak_memory_bytes": memory,
            "data_memory_bytes": memory - idle_memory,
            "inertia": float(inertia(x, centroids)),
        }
    )
)
