"""Many settings at once: a network for each learning rate, hidden layers and seed, in one call."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from tidu.datasets.targets import TASKS
from tidu.errors import InputError, MissingExtraError, TrainingStoppedWarning, check_number
from tidu.network import Network
from tidu.optimizers import OPTIMIZERS
from tidu.outcome import Outcome
from tidu.recipes.building import reseeded
from tidu.recipes.planning import ACTIVATIONS, parts_of, plan
from tidu.recipes.signature import Seed, Setting, with_settings
from tidu.recipes.trained import Trained
from tidu.training import EarlyStopping, History
from tidu.training.many import fit_many

SWEEP_TABLE, SWEEP_FIGURE = "sweep.csv", "sweep.png"
POINTS_A_DECADE = 2
"""Rates for each power of ten of a range such as 1e-4..1."""


@dataclass(frozen=True)
class SweepRow:
    """One pair of settings, over its seeds: the loss on the rows held out, at the best epoch."""

    hidden: str
    lr: float
    loss: float
    spread: float
    accuracy: float | None
    epochs: float
    failed: int


@dataclass(frozen=True, eq=False)
class Sweep:
    """The outcome of `sweep`.

    Attributes
    ----------
    rows : list of SweepRow
        One for each pair of hidden layers and learning rate, the best first. ``loss`` is the mean
        over the seeds, ``spread`` their standard deviation; both are infinite where a run failed.
    networks, histories
        All that was trained, in the order of `settings`.
    settings : list of (hidden, lr, seed)
    best : Trained
        The network with the least loss of the best row; the test part is measured of it alone.
    seconds
        How long the training of all took.

    Examples
    --------
    >>> found = sweep("digits", lr="0.01", hidden="4", seeds=1, epochs=1, progress=False)
    >>> len(found.networks), found.rows[0].hidden
    (1, '4')
    """

    rows: list[SweepRow]
    networks: list[Network]
    histories: list[History]
    settings: list[tuple[str, float, int]]
    best: Trained
    seconds: float

    @property
    def record(self) -> list[dict[str, Any]]:
        """The rows as dicts: what the table and the figure show."""
        return [dict(vars(row)) for row in self.rows]

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the training."""
        return any(history.outcome is Outcome.INTERRUPTED for history in self.histories)

    def save(self, folder: str | Path) -> tuple[dict[str, Path], str]:
        """Write the table and its figure, and what `Trained.save` writes of the best network."""
        import csv

        files, no_figure = self.best.save(folder)
        files["sweep"] = Path(folder, SWEEP_TABLE)
        with files["sweep"].open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(self.record[0]))
            writer.writeheader()
            writer.writerows(self.record)
        try:
            from tidu import plots

            plots.save(plots.sweep(self.record), Path(folder, SWEEP_FIGURE))
        except MissingExtraError as error:
            return files, str(error)
        return files | {"rates": Path(folder, SWEEP_FIGURE)}, no_figure


@with_settings("data", "progress")
def sweep(
    data: Any = "digits",
    *,
    lr: Annotated[
        str, Setting("learning rates: a range such as 1e-4..1, or 0.001,0.01", metavar="RATES")
    ] = "1e-4..1e-1",
    hidden: Annotated[
        str, Setting("hidden layers to compare: 32,64 or, of two layers each, 32x32,64x64")
    ] = "64",
    seeds: Annotated[int, Setting("networks of each pair of settings", 1, 10_000)] = 3,
    activation: Annotated[
        str, Setting("activation of hidden layers", choices=ACTIVATIONS)
    ] = "relu",
    dropout: Annotated[float, Setting("share of hidden units dropped while learning", 0, 1)] = 0.0,
    optimizer: Annotated[str, Setting("update rule", choices=tuple(OPTIMIZERS))] = "adam",
    epochs: Annotated[
        int | None, Setting("the most epochs; if not given, as for tidu train", 1)
    ] = None,
    batch_size: Annotated[
        int | None, Setting("samples a step; if not given, as for tidu train", 1)
    ] = None,
    early_stopping: Annotated[
        int, Setting("epochs without an improvement after which a network stops", 1)
    ] = 5,
    threads: Annotated[int | None, Setting("how many networks learn at a time", 1)] = None,
    seed: Seed = 0,
    label: Annotated[
        str | None, Setting("the column of a table to predict, by name or number", metavar="COLUMN")
    ] = None,
    task: Annotated[
        str,
        Setting("predict classes or values; auto decides by what the column holds", choices=TASKS),
    ] = "auto",
    progress: bool | None = None,
) -> Sweep:
    """Train a network for each learning rate, hidden layers and seed, all in one call.

    A tenth of the training part is held out, the same for all; its loss ends each run and ranks the
    settings. The test part decides nothing.

    Examples
    --------
    >>> found = sweep("digits", lr="0.001,0.01", hidden="16", seeds=2, epochs=5, progress=False)
    >>> len(found.networks), [row.lr for row in found.rows]
    (4, [0.01, 0.001])
    """
    rates, layers = rates_of(lr), hidden_of(hidden)
    parts = parts_of(data, label=label, task=task)
    plans = [
        plan(
            parts, hidden=sizes, activation=activation, dropout=dropout, optimizer=optimizer,
            epochs=epochs, batch_size=batch_size, early_stopping=early_stopping, threads=threads,
            seed=seed,
        )
        for sizes in layers.values()
    ]  # fmt: skip
    first = plans[0]
    settings = [(name, rate, seed + i) for name in layers for rate in rates for i in range(seeds)]
    of_name = dict(zip(layers, plans, strict=True))
    networks = [reseeded(of_name[name].network, own) for name, _, own in settings]
    assert first.held_out is not None
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingStoppedWarning)  # the table says it
        histories = fit_many(
            networks, first.learn.x, first.learn.t,
            validation=(first.held_out.x, first.held_out.t),
            optimizer=[of_name[name].optimizer.with_rate(rate) for name, rate, _ in settings],
            epochs=first.epochs, batch_size=first.batch_size, threads=threads, progress=progress,
            callbacks=[EarlyStopping(patience=early_stopping)],
        )  # fmt: skip
    seconds = time.perf_counter() - start
    losses = np.array([_best(history)[0] for history in histories])
    count = range(0, len(settings), seeds)
    rows = [_row(settings[i], histories[i : i + seeds], losses[i : i + seeds]) for i in count]
    order = sorted(range(len(rows)), key=lambda i: (rows[i].loss, i))
    chosen = order[0] * seeds + int(losses[order[0] * seeds :][:seeds].argmin())
    best = replace(of_name[settings[chosen][0]], network=networks[chosen])
    return Sweep(
        [rows[i] for i in order], networks, histories, settings,
        best.measured(histories[chosen], seconds), seconds,
    )  # fmt: skip


def rates_of(text: str) -> list[float]:
    """Return the learning rates that a text names.

    Examples
    --------
    >>> rates_of("0.01,0.1"), rates_of("0.01..1")
    ([0.01, 0.1], [0.01, 0.0316, 0.1, 0.316, 1.0])
    """
    low, dots, high = text.partition("..")
    if not dots:
        return [_rate(part, text) for part in text.split(",")]
    start, stop = _rate(low, text), _rate(high, text)
    if not start < stop:
        raise InputError(f"`lr` must be a range from low to high, such as 1e-4..1, got {text!r}")
    points = 1 + max(1, round(POINTS_A_DECADE * math.log10(stop / start)))
    return [float(f"{rate:.3g}") for rate in np.geomspace(start, stop, points)]


def hidden_of(text: str) -> dict[str, tuple[int, ...]]:
    """Return the sizes of the hidden layers that a text names, by their own text.

    Examples
    --------
    >>> hidden_of("32,64x16")
    {'32': (32,), '64x16': (64, 16)}
    """
    found = {}
    for part in text.split(","):
        sizes = part.strip().split("x")
        if not all(size.isdigit() and int(size) > 0 for size in sizes):
            raise InputError(f"`hidden` must be sizes such as 32,64 or 32x32, got {text!r}")
        found[part.strip()] = tuple(map(int, sizes))
    return found


def _rate(word: str, text: str) -> float:
    try:
        number = float(word)
    except ValueError:
        raise InputError(
            f"`lr` must be rates such as 0.001,0.01 or a range such as 1e-4..1, got {text!r}"
        ) from None
    return check_number("lr", number, above=0)


def _best(history: History) -> tuple[float, float | None]:
    """Return the loss and the accuracy of the best epoch; ∞ where the run failed."""
    if history.failed or not len(history):
        return math.inf, None
    row = min(history.rows, key=lambda row: row["val_loss"])
    return row["val_loss"], row.get("val_accuracy")


def _row(
    setting: tuple[str, float, int], histories: Sequence[History], losses: np.ndarray
) -> SweepRow:
    finite = bool(np.isfinite(losses).all())
    accuracies = [accuracy for _, accuracy in map(_best, histories) if accuracy is not None]
    return SweepRow(
        setting[0],
        setting[1],
        float(losses.mean()) if finite else math.inf,
        float(losses.std()) if finite else math.inf,
        float(np.mean(accuracies)) if accuracies else None,
        float(np.mean([len(history) for history in histories])),
        sum(history.failed for history in histories),
    )
