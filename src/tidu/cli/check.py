"""``tidu check``: whether the gradients of a saved network are right."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import typer

from tidu.cli.data import DataFolder, Label, ModelArgument, data_for
from tidu.cli.output import Json, print_json
from tidu.errors import check_integer
from tidu.formats import load
from tidu.layers import Standardize
from tidu.network import Network
from tidu.randomness import stream


def check(
    model: ModelArgument,
    data: Annotated[
        str | None,
        typer.Argument(metavar="DATA", help="What to check on; random samples if not given."),
    ] = None,
    samples: Annotated[
        int, typer.Option(metavar="INTEGER", help="How many samples to check on.")
    ] = 10,
    entries: Annotated[
        int,
        typer.Option(
            metavar="INTEGER", help="How many entries of each parameter to look at; 0 is all."
        ),
    ] = 100,
    seed: Annotated[
        int, typer.Option(metavar="INTEGER", help="Of the choice of samples, entries and noise.")
    ] = 0,
    folder: DataFolder = None,
    label: Label = None,
    as_json: Json = False,
) -> None:
    """Check the gradients of a saved network: backpropagation against differences of its loss.

    The exit status is 0 if every gradient is right, and 1 if not.
    """
    network = load(model)
    check_integer("samples", samples)
    check_integer("entries", entries, minimum=0)
    if data is None:
        x, t = _random_batch(network, samples, seed)
    else:
        chosen = data_for(network, data, "all", folder, label)
        rows = stream(seed, "sample").permutation(len(chosen))[:samples]
        x, t = chosen.x[rows], chosen.t[rows]
    report = network.check_gradients(x, t, seed=seed, entries=entries or None)
    if as_json:
        print_json({"model": str(model), **report.to_dict()})
    else:
        print(report)
    if not report.ok:
        raise typer.Exit(1)


def _random_batch(network: Network, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs from N(0, 1) in the scale that the first layer expects, and random targets."""
    rng = stream(seed, "sample")
    x, first = rng.standard_normal((n, *network.input_shape)), network.layers[0]
    if isinstance(first, Standardize):
        x = Standardize(first.mean, first.spread, inverse=True).forward(x)[0]
    x = x / getattr(first, "scale", 1.0)
    shape = (n, *network.output_shape)
    link = network.loss_function.link
    if link == "softmax":
        return x, rng.integers(shape[-1], size=n)
    if link == "sigmoid":
        return x, rng.integers(2, size=shape)
    return x, rng.poisson(1, shape) if link == "exp" else rng.standard_normal(shape)
