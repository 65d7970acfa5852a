"""``tidu doctor``: what is wrong with a saved network, its data, or its learning rate."""

from __future__ import annotations

from typing import Annotated

import typer

from tidu.cli.data import DataArgument, DataFolder, Label, ModelArgument, data_for
from tidu.cli.output import Json, print_json
from tidu.formats import load
from tidu.optimizers import OPTIMIZERS
from tidu.recipes.planning import default_optimizer


def doctor(
    model: ModelArgument,
    data: DataArgument,
    optimizer: Annotated[
        str,
        typer.Option(metavar="TEXT", help="What it learns with: " + ", ".join(OPTIMIZERS) + "."),
    ] = "adam",
    lr: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="Learning rate; if not given, that of `tidu train`."),
    ] = None,
    batch_size: Annotated[int, typer.Option(metavar="INTEGER", help="Samples a step.")] = 100,
    seed: Annotated[
        int, typer.Option(metavar="INTEGER", help="Of the choice of samples, orders and noise.")
    ] = 0,
    folder: DataFolder = None,
    label: Label = None,
    as_json: Json = False,
) -> None:
    """Say what is wrong with a saved network, its data or its learning rate, and what to try.

    It looks at the part of the data that `tidu train` learns from, and takes the test part as data
    that it does not. The exit status is 0 if the network is healthy, and 1 if something was found.
    """
    network = load(model)
    known, held_out = (data_for(network, data, part, folder, label) for part in ("train", "test"))
    found = network.diagnose(
        known.x,
        known.t,
        validation=(held_out.x, held_out.t),
        optimizer=default_optimizer(optimizer, lr),
        batch_size=batch_size,
        seed=seed,
    )
    if as_json:
        print_json({"model": str(model), **found.to_dict()})
    else:
        print(found)
    if not found.healthy:
        raise typer.Exit(1)
