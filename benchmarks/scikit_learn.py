"""Networks of one hidden layer of 100 units, side by side: scikit-learn's own and Tidu's.

Three data sets that scikit-learn ships; features, and the values of the regression, standardized on
both sides. Each of ten seeds draws five folds anew and seeds the networks; its score is the mean
over the five. The table has the mean of the seeds' scores, their standard deviation, and the median
processor seconds of a fit, which other work on the machine does not stretch; on one thread, the two
libraries in turn. A first fit that is not counted loads what each library loads or compiles once.

scikit-learn's networks are its defaults, given the iterations they need to end by their own rule;
for the regression, where that rule overfits, early stopping, which is better there. Tidu's settings
are the same on all three data sets: dropout, a small penalty, and a learning rate that comes down
along a cosine. They were chosen on seeds that the table does not use.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.base import BaseEstimator, is_regressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from benchmarks.quick import run
from tidu.estimators import NetworkClassifier, NetworkRegressor

SEEDS = range(10)

THEIRS = {"max_iter": 1000}
OURS = {
    "learning_rate": 0.015, "schedule": "cosine", "epochs": 40, "dropout": 0.5, "l2": 0.001,
    "threads": 1,
}  # fmt: skip

Models = dict[str, Callable[[int], BaseEstimator]]

CLASSIFIERS: Models = {
    "MLPClassifier": lambda seed: MLPClassifier(**THEIRS, random_state=seed),
    "NetworkClassifier": lambda seed: NetworkClassifier(**OURS, random_state=seed),
}
REGRESSORS: Models = {
    "MLPRegressor": lambda seed: MLPRegressor(**THEIRS, early_stopping=True, random_state=seed),
    "NetworkRegressor": lambda seed: NetworkRegressor(**OURS, random_state=seed),
}
DATA: dict[str, tuple[Callable[..., Any], Models]] = {
    "digits": (load_digits, CLASSIFIERS),
    "breast cancer": (load_breast_cancer, CLASSIFIERS),
    "diabetes": (load_diabetes, REGRESSORS),
}
QUICK = {
    "SEEDS": range(1),
    "DATA": {
        "digits": (
            load_digits,
            {"NetworkClassifier": lambda seed: NetworkClassifier((5,), epochs=2, threads=1)},
        )
    },
}


@dataclass(frozen=True)
class Row:
    """One model on one data set: the score of each seed (accuracy, or R²), seconds of each fit."""

    data: str
    model: str
    scores: list[float]
    seconds: list[float]


def scaled(network: BaseEstimator) -> BaseEstimator:
    """Return the network with standardized features, and values where it learns values."""
    model = make_pipeline(StandardScaler(), network)
    if is_regressor(network):
        return TransformedTargetRegressor(model, transformer=StandardScaler())
    return model


def measure(name: str, seeds: Iterable[int], folds: int = 5) -> list[Row]:
    """Return a row for each model on the data set of that name."""
    load, models = DATA[name]
    X, y = load(return_X_y=True)
    rows = [Row(name, model, [], []) for model in models]
    kind = KFold if models is REGRESSORS else StratifiedKFold
    with threadpool_limits(1):
        for make in models.values():
            scaled(make(0)).fit(X, y)
        for seed in seeds:
            parts = list(kind(folds, shuffle=True, random_state=seed).split(X, y))
            for row, make in zip(rows, models.values(), strict=True):
                fits = [timed(scaled(make(seed)), X, y, *part) for part in parts]
                row.scores.append(statistics.mean(score for score, _ in fits))
                row.seconds.extend(seconds for _, seconds in fits)
    return rows


def timed(
    model: BaseEstimator, X: np.ndarray, y: np.ndarray, fitted: np.ndarray, tested: np.ndarray
) -> tuple[float, float]:
    """Return a model's score on the tested rows after it learned the others, and its seconds."""
    start = time.process_time()
    model.fit(X[fitted], y[fitted])
    seconds = time.process_time() - start
    return model.score(X[tested], y[tested]), seconds


def as_cells(row: Row) -> tuple[str, str, str, str]:
    """Return what the table shows of a row."""
    mean = statistics.mean(row.scores)
    spread = statistics.stdev(row.scores) if len(row.scores) > 1 else 0.0
    return (
        row.data,
        row.model,
        f"{mean:.3f} ± {spread:.3f}",
        f"{statistics.median(row.seconds):.3f}",
    )


def main(seeds: Iterable[int] | None = None) -> None:
    seeds = list(SEEDS if seeds is None else seeds)
    table = Table(title=f"one hidden layer of 100 units, {len(seeds)} seeds of 5 folds, one thread")
    for column in ("data", "model", "accuracy or R²", "seconds a fit"):
        table.add_column(column, justify="right" if column == "seconds a fit" else "left")
    for name in DATA:
        for row in measure(name, seeds):
            table.add_row(*as_cells(row))
    Console().print(table)


if __name__ == "__main__":
    run(globals())
