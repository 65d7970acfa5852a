"""A training before it starts: data, network and optimizer, assembled from settings."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from tidu.datasets import Dataset, load_parts
from tidu.datasets.targets import TASKS
from tidu.engines import MpiEngine, choose
from tidu.engines.world import rows_of_rank
from tidu.errors import InputError, NonFiniteError, check_number
from tidu.formats import Checkpoint
from tidu.language import translator
from tidu.layers import blocks
from tidu.network import Network
from tidu.optimizers import OPTIMIZERS, Optimizer, by_name
from tidu.penalties import by_strengths
from tidu.recipes import tabular
from tidu.recipes.building import hidden_layers, optimizer_of
from tidu.recipes.networks import default_l2, network_for
from tidu.recipes.signature import Seed, Setting, with_settings
from tidu.recipes.trained import Trained
from tidu.threads import thread_limit
from tidu.training import Callback, EarlyStopping, Monitor
from tidu.training.callbacks import add_measurements
from tidu.training.history import History, Row

_ = translator("command")

ACTIVATIONS = tuple(name for name in blocks.ACTIVATIONS if name != "identity")

SCHEDULES = ("constant", "cosine")
RECIPES: dict[str, str | None] = {"default": None, "tabular": "td-s", "tabular-td": "td"}
"""The recipes, and which variant of RealMLP's each is."""

RATES = {"adam": {"lr": 0.002}}
"""Learning rates that suit networks of this size better than the optimizer's default."""


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """A training that is assembled and has not started; ``print(plan)`` shows what it will do.

    Attributes
    ----------
    learn
        What the network learns from.
    held_out
        The part that decides when to stop; None without early stopping.
    test
        The part that is measured and decides nothing.
    network, optimizer, epochs, batch_size, callbacks, threads
        As `Network.fit` takes them.
    engine, why_engine
        What will carry out the steps, and why.

    Examples
    --------
    >>> planned = plan("digits", hidden=(8,), epochs=1)
    >>> planned.network.layout.size, planned.batch_size
    (610, 100)
    """

    learn: Dataset
    held_out: Dataset | None
    test: Dataset
    network: Network
    optimizer: Optimizer
    epochs: int
    batch_size: int
    callbacks: tuple[Callback, ...]
    engine: str
    why_engine: str
    threads: int | None

    def run(self, *, progress: bool | None = None, callbacks: Sequence[Callback] = ()) -> Trained:
        """Train the network, and measure it on the test part.

        Of several ranks, each learns from its share of the rows.
        The columns of the history that begin with ``val_`` are of the part held out; without one,
        those of the test part stand in its place as ``test_``.

        Parameters
        ----------
        progress
            Whether to show a bar and the rows; if not given, they are shown on a terminal.
        callbacks
            Further callbacks.
        """
        learn, held_out, test = self.learn, self.held_out, self.test
        own = rows_of_rank(len(learn)) if self.engine == MpiEngine.name else slice(None)
        watched = [*self.callbacks, *callbacks]
        if held_out is None:
            watched.insert(0, Monitor((test.x, test.t), name="test"))
        start = time.perf_counter()
        history = self.network.fit(
            learn.x[own],
            learn.t[own],
            validation=None if held_out is None else (held_out.x, held_out.t),
            optimizer=self.optimizer,
            epochs=self.epochs,
            batch_size=self.batch_size,
            callbacks=watched,
            engine=self.engine,
            threads=self.threads,
            progress=progress,
        )
        return self.measured(history, time.perf_counter() - start)

    def measured(self, history: History, seconds: float) -> Trained:
        """Measure the network, which has been trained, on the test part."""
        test = self.test
        row: Row = {"test_loss": math.nan}
        with suppress(NonFiniteError):
            add_measurements(row, self.network, (test.x, test.t), "test")
        accuracy = row.get("test_accuracy")
        return Trained(self.network, history, test, row["test_loss"], accuracy, seconds)

    @property
    def words(self) -> list[str]:
        """How the data were interpreted, a line each."""
        schema = self.learn.schema
        words = [_("note: {note}").format(note=note) for note in self.learn.notes]
        if schema is None:
            return words
        return [
            _("to predict: {target}").format(target=schema.target),
            _("from: {columns}").format(columns=schema.summary()),
            *words,
        ]

    def __repr__(self) -> str:
        parts = ["\n".join([repr(self.learn), *self.words])]
        if self.held_out is not None:
            held_out = _("{n} more rows are held out to decide when to stop")
            parts[0] += "\n" + held_out.format(n=len(self.held_out))
        learns = _("{optimizer!r}, batches of {n}").format(
            optimizer=self.optimizer, n=self.batch_size
        )
        return "\n\n".join([*parts, str(self.network), learns])


@with_settings("data")
def plan(
    data: str | Path | tuple[Dataset, Dataset] = "digits",
    *,
    hidden: Annotated[
        tuple[int, ...],
        Setting("units of the hidden layers: 50, or 100,100", 1, fewest=0, metavar="SIZES"),
    ] = (256,),
    activation: Annotated[
        str, Setting("activation of hidden layers", choices=ACTIVATIONS)
    ] = "relu",
    dropout: Annotated[float, Setting("share of hidden units dropped while learning", 0, 1)] = 0.2,
    batch_norm: Annotated[bool, Setting("normalize each hidden layer over the batch")] = False,
    optimizer: Annotated[str, Setting("update rule", choices=tuple(OPTIMIZERS))] = "adam",
    lr: Annotated[
        float | None,
        Setting("learning rate; if not given, 0.002 for adam and the others' own", 0),
    ] = None,
    schedule: Annotated[
        str | None,
        Setting("how the rate goes on; if not given, cosine for a table", choices=SCHEDULES),
    ] = None,
    epochs: Annotated[
        int | None,
        Setting("how often to go through the data; if not given, 30, more for few samples", 1),
    ] = None,
    batch_size: Annotated[
        int | None,
        Setting("samples a step; if not given, 100, and fewer of less than 1,200 rows", 1),
    ] = None,
    l1: Annotated[float, Setting("penalty λ Σ|w|", 0)] = 0.0,
    l2: Annotated[
        float | None,
        Setting("penalty ½ λ Σw²; if not given, 4 / rows for a table, 8 / rows for values", 0),
    ] = None,
    early_stopping: Annotated[
        int | None,
        Setting(
            "hold out a tenth of the training data; stop when its loss has not improved for so "
            "many epochs, and keep the best",
            1,
            metavar="EPOCHS",
        ),
    ] = None,
    recipe: Annotated[
        str,
        Setting(
            "how the rest is chosen; tabular (RealMLP-TD-S) and tabular-td (RealMLP-TD) choose all "
            "but the epochs",
            choices=tuple(RECIPES),
        ),
    ] = "default",
    gradient: Annotated[
        str,
        Setting("how gradients are computed", choices=("backprop", "numeric")),
    ] = "backprop",
    engine: Annotated[
        str, Setting("what carries out the steps", choices=("auto", "compiled", "numpy", "mpi"))
    ] = "auto",
    threads: Annotated[
        int | None,
        Setting("how many threads may work; if not given, TIDU_THREADS or all processors", 1),
    ] = None,
    seed: Seed = 0,
    checkpoint: Annotated[
        Path | None, Setting("save the run in this folder after every epoch", metavar="DIR")
    ] = None,
    resume: Annotated[
        bool, Setting("go on with the run in the --checkpoint folder, if any")
    ] = False,
    directory: Annotated[
        Path | None,
        Setting("where the files of mnist or fashion-mnist are", flag="data", metavar="DIR"),
    ] = None,
    label: Annotated[
        str | None, Setting("the column of a table to predict, by name or number", metavar="COLUMN")
    ] = None,
    task: Annotated[
        str,
        Setting("predict classes or values; auto decides by what the column holds", choices=TASKS),
    ] = "auto",
    keep: Annotated[
        tuple[str, ...],
        Setting("columns to use that would be left out (dates, ids)", fewest=0, metavar="NAMES"),
    ] = (),
    categories: Annotated[
        tuple[str, ...],
        Setting("columns whose numbers are names of categories", fewest=0, metavar="NAMES"),
    ] = (),
    color: Annotated[bool, Setting("keep the colours of a folder of pictures")] = False,
    balanced: Annotated[bool, Setting("let all classes count alike, however rare")] = False,
) -> Plan:
    """Assemble a training: load the data, build the network, choose the optimizer and the engine.

    The arguments after ``data`` are the flags of ``tidu train``; the signature says what each is.

    A table has few rows to tell signal from noise: if not given otherwise, its weights are held
    small (`tidu.recipes.networks.default_l2`), and the learning rate comes down to 0.

    Parameters
    ----------
    data
        The name of a data set, the path of a file (`tidu.datasets.load_dataset`), or a training
        and a test part.

    Raises
    ------
    InputError, TypeError
        If a setting is not one of those allowed.

    Examples
    --------
    >>> found = plan("digits", hidden=(50,), lr=0.01)
    >>> found.optimizer, len(found.learn), len(found.test)
    (Adam(lr=0.01), 1437, 360)
    """
    training, test = parts_of(
        data, directory=directory, label=label, task=task, keep=keep, categories=categories,
        color=color,
    )  # fmt: skip
    if resume and checkpoint is None:
        raise InputError("--resume needs the folder that the run is in: --checkpoint DIR --resume")
    dropout = check_number("dropout", dropout, minimum=0, below=1) if hidden else 0.0
    fixed = {
        "hidden": hidden == (256,), "activation": activation == "relu", "dropout": dropout == 0.2,
        "batch_norm": not batch_norm, "optimizer": optimizer == "adam", "lr": lr is None,
        "schedule": schedule is None, "batch_size": batch_size is None, "l1": l1 == 0,
        "l2": l2 is None, "early_stopping": early_stopping is None, "balanced": not balanced,
    }  # fmt: skip
    variant = RECIPES[recipe]
    if variant and not all(fixed.values()):
        given = ", ".join(f"`{name}`" for name, as_it_is in fixed.items() if not as_it_is)
        raise InputError(f"recipe={recipe!r} chooses {given} itself: leave that out")
    callbacks: list[Callback] = []
    if checkpoint is not None:
        callbacks.append(Checkpoint(checkpoint, resume=resume))
    learn, held_out = training, None
    if variant:
        learn, held_out = training.split(1 - tabular.HELD_OUT, seed=seed)
        batch_size = tabular.tabular_batch_size(len(learn))
        epochs = tabular.tabular_epochs(len(learn)) if epochs is None else epochs
        steps = epochs * math.ceil(len(learn) / batch_size)
        network = tabular.network_of_recipe(training, seed, variant, steps)
        callbacks += tabular.tabular_callbacks(learn.x, training.has_labels, epochs, variant)
        rule = tabular.tabular_optimizer(training.has_labels, steps, variant)
    else:
        if early_stopping is not None:
            callbacks.append(EarlyStopping(patience=early_stopping))
            learn, held_out = training.split(0.9, seed=seed)
        network = network_for(
            training,
            hidden_layers(hidden, activation, "auto", dropout, bool(hidden) and batch_norm),
            by_strengths(l1, default_l2(learn) if l2 is None else l2),
            seed,
            balanced=balanced,
        )
        if batch_size is None:  # a small data set gets at least a dozen steps an epoch
            batch_size = min(100, max(10, len(learn) // 12))
        if epochs is None:  # and sees 30,000 samples in all
            epochs = min(max(30_000 // len(training), 30), 200)
        if schedule is None and training.scale is None:
            schedule = "cosine"
        rule = optimizer_of(
            default_optimizer(optimizer, lr), None, "cosine" if schedule == "cosine" else None,
            epochs * math.ceil(len(learn) / batch_size),
        )  # fmt: skip
    chosen, why = choose("numeric" if gradient == "numeric" else engine, network, rule)
    thread_limit(threads)
    return Plan(
        learn, held_out, test, network, rule, epochs, batch_size, tuple(callbacks), chosen, why,
        threads,
    )  # fmt: skip


def default_optimizer(name: str, lr: float | None = None) -> Optimizer:
    """Return an optimizer by its name, with the rate that suits networks of this size.

    Examples
    --------
    >>> default_optimizer("adam"), default_optimizer("adam", 0.01)
    (Adam(lr=0.002), Adam(lr=0.01))
    """
    settings = RATES.get(name, {}) if lr is None else {"lr": lr}
    return by_name(name)(**settings)


def parts_of(data: Any, **where: Any) -> tuple[Dataset, Dataset]:
    """Return the training and the test part of what was named, or given as such a pair."""
    if isinstance(data, tuple | list):
        if len(data) != 2 or not all(isinstance(part, Dataset) for part in data):
            raise InputError("`data` must be a name, a path, or a training and a test Dataset")
        return data[0], data[1]
    return load_parts(data, **where)
