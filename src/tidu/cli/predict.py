"""``tidu predict``: what a saved network makes of inputs without labels."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from tidu.cli.data import ModelArgument, tell_notes
from tidu.cli.output import Json, percent, print_json, print_table
from tidu.datasets.inputs import inputs_and_notes
from tidu.formats import load
from tidu.layers import Rescale
from tidu.network import Network

SHOWN = 20


def predict(
    model: ModelArgument,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Inputs: PNG, .npy, .npz, .csv or IDX.")
    ],
    top: Annotated[int, typer.Option(min=1, help="How many classes to name for each.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write all predictions to a table.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Predict the class of each input, with its probability, or its value.

    A picture is turned to grey, inverted if its rim is light, and fitted to the network's input.
    """
    network = load(model)
    x, notes = inputs_and_notes(
        file, network.input_shape, scale=_scale(network), schema=network.schema
    )
    tell_notes(notes)
    probabilities = network.predict_proba(x)
    if network.loss_function.link == "softmax":
        top = min(top, probabilities.shape[1])
        header = ["sample", *(f"{word}{k or ''}" for k in range(top) for word in ("class", "p"))]
        rows = [[i, *_best(network, p, top)] for i, p in enumerate(probabilities)]
    else:
        values = probabilities.reshape(len(x), -1)
        header = ["sample", *(f"y{k}" for k in range(values.shape[1]))]
        rows = [[i, *map(float, row)] for i, row in enumerate(values)]
    if out is not None:
        with out.open("w", newline="", encoding="utf-8") as table:
            csv.writer(table).writerows([header, *rows])
    if as_json:
        predictions = [dict(zip(header, row, strict=True)) for row in rows]
        print_json({"model": str(model), "file": str(file), "predictions": predictions})
        return
    shown = [[_shown(name, cell) for name, cell in zip(header, row, strict=True)]
             for row in rows[:SHOWN]]  # fmt: skip
    print_table(header, shown)
    if len(rows) > SHOWN:
        print(f"... and {len(rows) - SHOWN} more: --out FILE.csv or --json gives all")


def _best(network: Network, probabilities: np.ndarray, top: int) -> list[object]:
    best = np.argsort(-probabilities, kind="stable")[:top]
    names = network.classes or [str(k) for k in range(len(probabilities))]
    return [cell for k in best for cell in (names[k], float(probabilities[k]))]


def _scale(network: Network) -> float:
    """Return the largest value of a pixel, as the network's scaling tells it."""
    first = network.layers[0]
    return 1 / first.scale if isinstance(first, Rescale) and first.scale > 0 else 255


def _shown(name: str, cell: object) -> object:
    if isinstance(cell, float):
        return percent(cell) if name.startswith("p") else f"{cell:.6g}"
    return cell
