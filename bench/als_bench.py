#!/usr/bin/env python3
"""iALS of this project and of the library implicit, on the same data, with the same factors, iterations and threads.

    python3 bench/als_bench.py build/release/bench/als_bench FOLDER [FACTORS [EPOCHS [THREADS]]]

FOLDER has train.txt, valid.txt and test.txt, a line a person. Run it with a Python that has implicit (pip install implicit); without,
it says so and measures this project alone. implicit's own settings are its defaults, three steps of conjugate gradients, with the weight
of touches that is the same loss as ours up to the regularisation.
"""

import os
import pathlib
import resource
import subprocess
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as implicit asks for


def rows(path):
    people, items = [], []
    for line in path.read_text().splitlines():
        person, *touched = map(int, line.split())
        people += [person] * len(touched)
        items += touched
    return people, items


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def implicit_line(folder, factors, epochs, threads):
    try:
        import numpy
        import scipy.sparse
        from implicit.als import AlternatingLeastSquares
    except ImportError as error:
        return f"implicit: skipped, {error}"
    parts = [rows(folder / name) for name in ("train.txt", "valid.txt", "test.txt")]
    shape = tuple(1 + max(max(part[axis]) for part in parts) for axis in (0, 1))

    def matrix(*chosen):
        people = [person for part in chosen for person in part[0]]
        items = [item for part in chosen for item in part[1]]
        return scipy.sparse.csr_matrix((numpy.ones(len(people), numpy.float32), (people, items)), shape)

    touched, asked = matrix(*parts[:2]), matrix(parts[2])
    model = AlternatingLeastSquares(factors=factors, iterations=epochs, alpha=100, regularization=1, num_threads=threads, random_state=1)
    wall, cpu = time.monotonic(), cpu_seconds()
    model.fit(touched, show_progress=False)
    wall, cpu = time.monotonic() - wall, cpu_seconds() - cpu
    people = numpy.arange(0, shape[0], 10)
    found, _ = model.recommend(people, touched[people], N=20)
    recalls = [len(set(row) & set(asked[person].indices)) / asked[person].nnz for person, row in zip(people, found) if asked[person].nnz]
    return (f"implicit              factors {factors}, epochs {epochs}, threads {threads}: {wall / epochs:.3f} s an epoch, "
            f"{cpu / epochs:.3f} s of processor time, recall@20 {numpy.mean(recalls):.4f}")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    factors, epochs, threads = (int(word) for word in (sys.argv[3:] + ["128", "5", "2"][len(sys.argv) - 3:]))
    subprocess.run([program, folder, str(factors), str(epochs), str(threads)], check=True)
    print(implicit_line(folder, factors, epochs, threads))


if __name__ == "__main__":
    main()
