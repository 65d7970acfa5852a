"""Many small networks at once: `tidu.fit_many` beside what one would use instead.

First, networks 16-16-2 on shared samples, batches of 32, plain SGD: microseconds a network and
step, beside a loop of `Network.fit` and ``jax.vmap`` over a ``lax.scan`` of steps. Then a network
for each of many groups of 50 to 500 rows: seconds beside a loop of scikit-learn's MLPRegressor,
and the same through joblib. Both of these are timed on the first groups only and taken times what
is left. Then a search over settings and folds, beside scikit-learn's own with the same estimator.
Last, predictions of many networks, and the memory that a network more takes.
"""

from __future__ import annotations

import importlib.util
import time
import tracemalloc
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import tidu as td
from benchmarks.contestants import THREADS
from benchmarks.quick import installed, run

NETWORKS, EPOCHS, SAMPLES, BATCH, WIDTH = 256, 200, 320, 32, 16
GROUPS, GROUP_EPOCHS = 10_000, 50
SAMPLED, SAMPLED_BY_JOBLIB = 40, 100
"""How many groups scikit-learn is timed on."""
PREDICTED = 5000
SEARCH_EPOCHS, RATES, STRENGTHS, FOLDS = 50, (0.0003, 0.001, 0.003, 0.01), (0.0, 0.001, 0.01), 5
ROUNDS = 3
QUICK = {"NETWORKS": 8, "EPOCHS": 2, "PREDICTED": 50, "GROUPS": 20, "GROUP_EPOCHS": 2, "SAMPLED": 2,
         "SAMPLED_BY_JOBLIB": 4, "SEARCH_EPOCHS": 1, "RATES": (0.01,), "FOLDS": 2,
         "ROUNDS": 1}  # fmt: skip


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the least time of some rounds: a machine is disturbed, and never faster than it is."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def classifiers(count: int) -> list[td.Network]:
    """Return networks 16-16-2."""
    layers = [td.Affine(WIDTH), td.ReLU(), td.Affine(2)]
    return [td.Network(layers, WIDTH, "softmax-cross-entropy", seed=seed) for seed in range(count)]


def shared_samples() -> None:
    """Print microseconds a network and step."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(SAMPLES, WIDTH)).astype(np.float32)
    t = (x[:, 0] * x[:, 1] > 0).astype(np.int64)
    settings: dict[str, Any] = {"optimizer": td.SGD(0.1), "batch_size": BATCH, "progress": False}
    networks = classifiers(NETWORKS)
    td.fit_many(networks, x, t, epochs=1, **settings)
    steps = NETWORKS * EPOCHS * (SAMPLES // BATCH)
    at_once = seconds(lambda: td.fit_many(networks, x, t, epochs=EPOCHS, **settings), ROUNDS)

    few = networks[: max(1, NETWORKS // 16)]

    def one_by_one() -> None:
        for network in few:
            network.fit(x, t, epochs=EPOCHS, **settings)

    found = {
        f"fit_many, {THREADS} threads": at_once / steps,
        "a loop of fit": seconds(one_by_one, 1) / steps * len(networks) / len(few),
    }
    if importlib.util.find_spec("jax"):
        found["jax.vmap of lax.scan"] = by_jax(x, t) / (steps / EPOCHS)
    print(f"{NETWORKS} networks {WIDTH}-{WIDTH}-2, batch {BATCH}: µs a network and step")
    for name, each in found.items():
        print(f"  {name:24}{1e6 * each:8.2f}")


def by_jax(x: np.ndarray, t: np.ndarray) -> float:
    """Return the seconds of an epoch of all networks, compiled beforehand."""
    import jax
    import jax.numpy as jnp

    keys = jax.random.split(jax.random.key(0), NETWORKS)
    samples, targets = jnp.asarray(x), jnp.asarray(t)

    def start(key: Any) -> Any:
        a, b = jax.random.split(key)
        return (
            jax.random.normal(a, (WIDTH, WIDTH)) / WIDTH**0.5, jnp.zeros(WIDTH),
            jax.random.normal(b, (WIDTH, 2)) / WIDTH**0.5, jnp.zeros(2),
        )  # fmt: skip

    def loss(theta: Any, rows: Any) -> Any:
        h = jax.nn.relu(samples[rows] @ theta[0] + theta[1])
        scores = jax.nn.log_softmax(h @ theta[2] + theta[3])
        return -jnp.take_along_axis(scores, targets[rows, None], axis=1).mean()

    def step(theta: Any, rows: Any) -> Any:
        value, g = jax.value_and_grad(loss)(theta, rows)
        return jax.tree.map(lambda p, d: p - 0.1 * d, theta, g), value

    def epoch(theta: Any, key: Any) -> Any:
        order = jax.random.permutation(key, SAMPLES).reshape(-1, BATCH)
        return jax.lax.scan(step, theta, order)

    all_of_them = jax.jit(jax.vmap(epoch))
    theta = jax.vmap(start)(keys)
    jax.block_until_ready(all_of_them(theta, keys))
    return seconds(lambda: jax.block_until_ready(all_of_them(theta, keys)), 5 * ROUNDS)


def groups() -> None:
    """Print the seconds of a network for each group."""
    rng = np.random.default_rng(0)
    sizes = rng.integers(50, 501, GROUPS)
    x = [rng.normal(size=(n, 8)).astype(np.float32) for n in sizes]
    y = [(np.sin(a[:, :1]) + a[:, 1:2] * a[:, 2:3]).astype(np.float32) for a in x]
    settings: dict[str, Any] = {"optimizer": td.Adam(0.001), "batch_size": BATCH}

    def ours() -> None:
        layers = [td.Affine(16), td.ReLU(), td.Affine(1)]
        networks = [td.Network(layers, 8, "mean-squared-error", seed=s) for s in range(GROUPS)]
        td.fit_many(networks, x, y, epochs=GROUP_EPOCHS, progress=False, **settings)

    took = {f"fit_many, {THREADS} threads, networks made": seconds(ours, 1)}
    if installed({"scikit-learn": "sklearn"}):
        import joblib

        def theirs(count: int) -> Any:
            return ((x[i], y[i].ravel(), GROUP_EPOCHS, i) for i in range(count))

        loop = seconds(lambda: [by_scikit_learn(*each) for each in theirs(SAMPLED)], 1)
        took["a loop of scikit-learn's MLP"] = loop * GROUPS / SAMPLED
        pool, fit = joblib.Parallel(n_jobs=THREADS), joblib.delayed(by_scikit_learn)
        pool(fit(*each) for each in theirs(2 * THREADS))  # its processes start
        through = seconds(lambda: pool(fit(*each) for each in theirs(SAMPLED_BY_JOBLIB)), 1)
        took[f"the same through joblib, {THREADS} processes"] = through * GROUPS / SAMPLED_BY_JOBLIB
    print(f"{GROUPS:,} groups of 50 to 500 rows, 8-16-1, Adam, {GROUP_EPOCHS} epochs: seconds")
    first = next(iter(took.values()))
    for name, each in took.items():
        print(f"  {name:40}{each:9.1f}  × {each / first:.1f}")


def by_scikit_learn(x: np.ndarray, y: np.ndarray, epochs: int, seed: int) -> None:
    """Fit scikit-learn's network to one group."""
    from sklearn.neural_network import MLPRegressor

    with warnings.catch_warnings(action="ignore"):
        MLPRegressor(
            hidden_layer_sizes=(16,), batch_size=min(BATCH, len(x)), tol=0, random_state=seed,
            max_iter=epochs, n_iter_no_change=epochs,
        ).fit(x, y)  # fmt: skip


def searches() -> None:
    """Print the seconds of a search, for small batches and for those of the default."""
    if not installed({"scikit-learn": "sklearn"}):
        return
    import sklearn.model_selection
    from sklearn.datasets import load_breast_cancer
    from sklearn.preprocessing import scale

    from tidu.estimators import NetworkClassifier
    from tidu.estimators.search import GridSearchCV

    x, t = load_breast_cancer(return_X_y=True)
    x = scale(x).astype(np.float32)
    settings = {"learning_rate": RATES, "l2": STRENGTHS}
    count = len(RATES) * len(STRENGTHS) * FOLDS
    print(f"{count} networks 30-16-2, 455 samples, {SEARCH_EPOCHS} epochs: seconds of a search")
    for batch_size in (BATCH, "auto"):
        model = NetworkClassifier(
            (WIDTH,), epochs=SEARCH_EPOCHS, batch_size=batch_size, random_state=0
        )
        alone = sklearn.base.clone(model).set_params(threads=1)
        rivals = {
            f"tidu.estimators.search, {THREADS} threads": (GridSearchCV, model, {}),
            "GridSearchCV(n_jobs=1)": (sklearn.model_selection.GridSearchCV, alone, {"n_jobs": 1}),
            f"GridSearchCV(n_jobs={THREADS}), processes running": (
                sklearn.model_selection.GridSearchCV, alone, {"n_jobs": THREADS}
            ),
        }  # fmt: skip
        print(f"  batch_size={batch_size!r}")
        scores, first = [], 0.0
        for name, (kind, estimator, options) in rivals.items():
            search = kind(estimator, settings, cv=FOLDS, refit=False, **options)
            search.fit(x, t)
            scores.append(search.cv_results_["mean_test_score"])
            took = seconds(lambda search=search: search.fit(x, t), ROUNDS)
            first = first or took
            print(f"    {name:42}{took:8.2f}  × {took / first:.1f}")
        if not all((score == scores[0]).all() for score in scores):
            raise AssertionError("the searches found other scores")


def predictions() -> None:
    """Print the milliseconds of the predictions of many networks."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(PREDICTED, WIDTH)).astype(np.float32)
    networks = classifiers(NETWORKS)
    td.fit_many(networks, x, np.arange(len(x)) % 2, epochs=1, progress=False)
    ways: dict[str, Callable[[], object]] = {
        f"predict_many, {THREADS} threads": lambda: td.predict_many(networks, x, proba=True),
        "predict_many, 1 thread": lambda: td.predict_many(networks, x, proba=True, threads=1),
        "a loop of predict_proba": lambda: [net.predict_proba(x) for net in networks],
    }
    print(f"{NETWORKS} networks {WIDTH}-{WIDTH}-2 predict {PREDICTED:,} samples: milliseconds")
    for name, way in ways.items():
        way()
        print(f"  {name:28}{1000 * seconds(way, 3 * ROUNDS):8.0f}")


def memory() -> None:
    """Print the bytes that one more network takes while it learns."""
    x = np.zeros((100, WIDTH), np.float32)
    t = np.arange(100) % 2
    peaks = []
    for count in (NETWORKS, 2 * NETWORKS):
        networks = classifiers(count)
        tracemalloc.start()
        td.fit_many(networks, x, t, epochs=1, batch_size=BATCH, progress=False)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    own = networks[0].theta.nbytes
    print(
        f"memory while learning: {(peaks[1] - peaks[0]) / NETWORKS:,.0f} bytes a network more, "
        f"whose parameters are {own:,}"
    )


def main() -> None:
    """Print all of them."""
    shared_samples()
    groups()
    searches()
    predictions()
    memory()


if __name__ == "__main__":
    run(globals())
