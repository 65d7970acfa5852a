"""``tidu train``: a network from data, with what it learnt in a folder."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from tidu.cli.data import DataArgument, DataFolder, Label
from tidu.cli.output import Json, percent, print_json
from tidu.datasets import Dataset, load_dataset
from tidu.engines import choose
from tidu.errors import (
    InputError,
    MissingExtraError,
    NonFiniteError,
    check_choice,
    check_integer,
    check_number,
)
from tidu.formats import Checkpoint
from tidu.layers import Affine, BatchNorm, Identity, Layer, Rescale, blocks
from tidu.losses import MeanSquaredError, SoftmaxCrossEntropy
from tidu.network import Network
from tidu.optimizers import OPTIMIZERS, by_name
from tidu.penalties import Penalty, by_strengths
from tidu.threads import thread_limit
from tidu.training import Callback, EarlyStopping, History
from tidu.training.callbacks import add_measurements
from tidu.training.history import Row

ACTIVATIONS = {name: kind for name, kind in blocks.ACTIVATIONS.items() if kind is not Identity}

RATES = {"adam": {"lr": 0.002}}
"""Learning rates for networks of this size, where the optimizer's own is not the best."""


def train(
    data: DataArgument = "digits",
    hidden: Annotated[
        str, typer.Option(metavar="SIZES", help="Units of the hidden layers: 50, or 100,100.")
    ] = "256",
    activation: Annotated[str, typer.Option(help=", ".join(ACTIVATIONS) + ".")] = "relu",
    dropout: Annotated[
        float, typer.Option(help="Share of hidden units dropped while learning.")
    ] = 0.2,
    batch_norm: Annotated[
        bool, typer.Option("--batch-norm", help="Normalize each hidden layer over the batch.")
    ] = False,
    optimizer: Annotated[str, typer.Option(help=", ".join(OPTIMIZERS) + ".")] = "adam",
    lr: Annotated[
        float | None,
        typer.Option(help="Learning rate; if not given, 0.002 for adam and the others' own."),
    ] = None,
    epochs: Annotated[int, typer.Option(help="How often to go through the data.")] = 30,
    batch_size: Annotated[int, typer.Option(help="Samples a step.")] = 100,
    l1: Annotated[float, typer.Option(help="Penalty λ Σ|w|.")] = 0.0,
    l2: Annotated[float, typer.Option(help="Penalty ½ λ Σw².")] = 0.0,
    early_stopping: Annotated[
        int | None,
        typer.Option(
            metavar="EPOCHS",
            help="Hold out a tenth of the training data; stop when its loss has not improved "
            "for so many epochs, and keep the best.",
        ),
    ] = None,
    gradient: Annotated[
        str, typer.Option(help="backprop, or numeric: differences of the loss, for comparison.")
    ] = "backprop",
    engine: Annotated[
        str, typer.Option(help="auto, compiled or numpy: what carries out the steps.")
    ] = "auto",
    threads: Annotated[
        int | None,
        typer.Option(help="How many may work; if not given, TIDU_THREADS or all processors."),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Say which engine carries out the steps, and why.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same network.")] = 0,
    checkpoint: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Save the run in this folder after every epoch."),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the run in the --checkpoint folder, if any."),
    ] = False,
    folder: DataFolder = None,
    label: Label = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to put the results; tidu-out/DATA if not given."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a network, and save it with its history and a figure.

    Loss and accuracy of the test part (val_) are measured after each epoch and decide nothing;
    with --early-stopping, they are those of the part held out.
    """
    training, test = (load_dataset(data, split=part, directory=folder, label=label)
                      for part in ("train", "test"))  # fmt: skip
    network = build(training, hidden, activation, dropout, batch_norm, by_strengths(l1, l2), seed)
    settings = RATES.get(optimizer, {}) if lr is None else {"lr": lr}
    rule = by_name(optimizer)(**settings)
    callbacks: list[Callback] = []
    if checkpoint is not None:
        callbacks.append(Checkpoint(checkpoint, resume=resume))
    elif resume:
        raise InputError("--resume needs the folder that the run is in: --checkpoint DIR --resume")
    learn, watch = training, test
    if early_stopping is not None:
        callbacks.append(EarlyStopping(patience=check_integer("early_stopping", early_stopping)))
        learn, watch = training.split(0.9, seed=seed)
    check_choice("gradient", gradient, ("backprop", "numeric"))
    chosen, why = choose("numeric" if gradient == "numeric" else engine, network, rule)
    check_integer("epochs", epochs)
    check_integer("batch_size", batch_size)
    thread_limit(threads)
    out = out or Path("tidu-out") / (training.name.replace("/", "-") or "data")
    out.mkdir(parents=True, exist_ok=True)
    if not as_json:
        print(f"{training!r}\n\n{network}\n\n{rule!r}, batches of {batch_size}\n", flush=True)
    if verbose:
        print(f"engine: {chosen} ({why})", file=sys.stderr, flush=True)

    start = time.perf_counter()
    history = network.fit(
        learn.x, learn.t, validation=(watch.x, watch.t), optimizer=rule, epochs=epochs,
        batch_size=batch_size, callbacks=callbacks, progress=not as_json, engine=chosen,
        threads=threads,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    measured: Row = {}
    with suppress(NonFiniteError):
        add_measurements(measured, network, (test.x, test.t), "test")
    loss, accuracy = measured["test_loss"], measured.get("test_accuracy")

    model, table = out / "model.safetensors", out / "history.csv"
    network.save(model)
    history.to_csv(table)
    figure = out / "report.png"
    no_figure = _draw(network, history, test, figure)
    if as_json:
        print_json(
            {
                "data": training.name, "status": history.status, "seconds": seconds,
                "engine": history.engine,
                "test": {"samples": len(test), "loss": loss, "accuracy": accuracy},
                "parameters": network.layout.size, "model": str(model), "history_csv": str(table),
                "figure": None if no_figure else str(figure), "history": history.rows,
            }
        )  # fmt: skip
    else:
        measure = f"loss {loss:.4g}" if accuracy is None else f"accuracy {percent(accuracy)}"
        print(f"\n{history.status} in {seconds:.1f} s; test {measure} on {len(test)} samples")
        print(f"  network  {model}\n  history  {table}\n  figure   {no_figure or figure}")
        print(f"\nTry next:\n  tidu evaluate {model} {data}\n  tidu check {model}")
        print("  tidu train --help")
    if history.failed:
        raise typer.Exit(1)


def build(
    data: Dataset,
    hidden: str,
    activation: str,
    dropout: float,
    batch_norm: bool,
    penalty: Penalty | None,
    seed: int,
) -> Network:
    """Return a network for a data set: scaling, hidden layers, and the loss that its targets need.

    Pixels are scaled to 0...1 by a fixed `Rescale`; other columns are standardized by a
    `BatchNorm` in front. Values to predict are brought to their mean and spread by a `Rescale` at
    the end, so that the layers before it give numbers of size 1 whatever the unit.
    """
    check_choice("activation", activation, ACTIVATIONS)
    check_number("dropout", dropout, minimum=0, below=1)
    layers: list[Layer] = [Rescale(1 / data.scale) if data.scale else BatchNorm()]
    for units in _sizes(hidden):
        layers += blocks.hidden_block(units, ACTIVATIONS[activation](), dropout, batch_norm)
    if data.n_classes:
        outputs, loss = max(data.n_classes, 2), SoftmaxCrossEntropy()
        classes = data.class_names or [str(k) for k in range(outputs)]
        return Network(
            [*layers, Affine(outputs)], data.x.shape[1], loss,
            penalty=penalty, seed=seed, classes=classes,
        )  # fmt: skip
    outputs = data.t.reshape(len(data), -1).shape[1]
    layers += [Affine(outputs), Rescale(float(np.std(data.t)) or 1.0, float(np.mean(data.t)))]
    return Network(layers, data.x.shape[1], MeanSquaredError(), penalty=penalty, seed=seed)


def _sizes(hidden: str) -> list[int]:
    try:
        return [check_integer("hidden", int(part)) for part in hidden.split(",") if part.strip()]
    except ValueError:
        raise InputError(
            f"`hidden` must be sizes of layers such as 50 or 100,100, got {hidden!r}"
        ) from None


def _draw(network: Network, history: History, test: Dataset, path: Path) -> str:
    """Draw the report; return why not, if it cannot be drawn."""
    from tidu import plots

    try:
        if test.has_labels:
            settings: dict[str, Any] = {"class_names": network.classes}
            figure = plots.training_report(
                history, test.t, network.predict_proba(test.x), test.x, test.image_shape, **settings
            )
        else:
            figure = plots.history(history)
        plots.save(figure, path)
    except (MissingExtraError, NonFiniteError) as error:
        return f"none: {error}"
    return ""
