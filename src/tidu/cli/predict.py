"""``tidu predict``: the predictions of a saved network for inputs without labels."""

from __future__ import annotations

import csv
import math
import sys
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from tidu.cli.data import ModelArgument, print_notes
from tidu.cli.output import Json, percent, print_json, print_table
from tidu.datasets.images import picture_files
from tidu.datasets.inputs import inputs_and_notes
from tidu.datasets.mnist import FASHION_MNIST
from tidu.errors import InputError
from tidu.formats import load
from tidu.language import translator
from tidu.layers import Rescale
from tidu.network import Network

_ = translator("command")

SHOWN = 20
SHADES = " .:-=+*#%@"


def predict(
    model: ModelArgument,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Inputs: a table, pictures, .npy, .npz or IDX.")
    ],
    top: Annotated[
        int, typer.Option(min=1, metavar="INTEGER", help="How many classes to name for each.")
    ] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write all predictions to a table.")
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Draw what the network sees of the first pictures.")
    ] = False,
    as_is: Annotated[
        bool,
        typer.Option("--as-is", help="Leave a digit where and as large as it is in its picture."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Predict the class of each input, with its probability, or its value.

    A picture is turned to grey and fitted to the network's input; a network that learned colours
    gets them, and one that learned MNIST's pictures an inverted one if its rim is light. A digit or
    letter for a network that learned 28 × 28 pixels is brought to MNIST's form: what is around it
    removed, its contrast stretched, 20 pixels high or wide, its centre of mass in the middle. For
    one that learned 8 × 8, it is brought to the form of the built-in digits, as high as the
    picture.
    """
    network = load(model)
    scale, has_form = _scale(network), math.prod(network.input_shape) in (28 * 28, 8 * 8)
    drawings = not as_is and has_form and _knows_characters(network)
    x, notes = inputs_and_notes(
        file, network.input_shape, _picture_size(network), scale, network.schema,
        drawings=drawings, invert=_learned_light_on_dark(network),
    )  # fmt: skip
    if drawings and _inverts(network):
        x = scale - x
    print_notes(notes)
    if show:
        _show(x, scale, network)
    probabilities = network.predict_proba(x)
    classifies = network.loss_function.link == "softmax"
    if classifies:
        top = min(top, probabilities.shape[1])
        header, columns = (
            [f"{word}{k or ''}" for k in range(top) for word in words]
            for words in (("class", "p"), (_("class"), "p"))
        )
        rows = [_best(network, p, top) for p in probabilities]
    else:
        values = probabilities.reshape(len(x), -1)
        header = _value_names(network, values.shape[1])
        columns = [*header]
        rows = [list(map(float, row)) for row in values]
    if file.is_dir():
        header, columns = ["file", *header], [_("file"), *columns]
        rows = [[path.name, *row] for path, row in zip(picture_files(file), rows, strict=True)]
    header, columns = ["sample", *header], [_("sample"), *columns]
    rows = [[i, *row] for i, row in enumerate(rows)]
    if out is not None:
        with out.open("w", newline="", encoding="utf-8") as table:
            csv.writer(table).writerows([header, *rows])
    if as_json:
        predictions = [dict(zip(header, row, strict=True)) for row in rows]
        print_json({"model": str(model), "file": str(file), "predictions": predictions})
        return
    shown = percent if classifies else "{:.6g}".format
    print_table(
        columns, [[shown(c) if isinstance(c, float) else c for c in r] for r in rows[:SHOWN]]
    )
    if len(rows) > SHOWN:
        rest = len(rows) - SHOWN
        print(_("... and {n} more: --out FILE.csv or --json gives all").format(n=rest))


def _knows_characters(network: Network) -> bool:
    """Say whether a network learned digits or letters in the form of MNIST."""
    names = network.classes or ()
    return len(names) >= 10 and all(len(name) == 1 and name.isalnum() for name in names)


def _inverts(network: Network) -> bool:
    """Say whether a network inverts its pictures, as one does that learned dark ones on light."""
    first = network.layers[0]
    return isinstance(first, Rescale) and first.scale < 0


def _learned_light_on_dark(network: Network) -> bool:
    """Say whether a network learned light on dark, as MNIST is: a light rim is then inverted.

    One that learned a folder gets pictures as they are: how light one is may tell its class.
    """
    known = _knows_characters(network) or tuple(network.classes or ()) == FASHION_MNIST.class_names
    return known and not _inverts(network)


def _picture_size(network: Network) -> tuple[int, int] | None:
    """Return height and width of the pictures that a network learned from, if it knows."""
    shape = network.image_shape
    return None if shape is None else (shape[0], shape[1])


def _show(x: np.ndarray, scale: float, network: Network) -> None:
    """Draw pictures on stderr, lighter pixels as denser letters; a letter stands for two rows."""
    height, width, colors = _form(x[0].size, network.image_shape)
    for image in x[:SHOWN].reshape(-1, height, width, colors).mean(axis=-1):
        pairs = image[: height // 2 * 2].reshape(-1, 2, width).mean(axis=1) / scale
        rows = np.clip(pairs * len(SHADES), 0, len(SHADES) - 1).astype(int)
        print("\n".join("".join(SHADES[k] for k in row) for row in rows), file=sys.stderr)
        print("-" * width, file=sys.stderr)


def _form(n: int, image_shape: tuple[int, ...] | None) -> tuple[int, int, int]:
    """Return height, width and colours of a picture of n numbers: as learned, else a square."""
    if image_shape is not None:
        return image_shape[0], image_shape[1], math.prod(image_shape[2:])
    colors = 1 if math.isqrt(n) ** 2 == n else 3
    side = math.isqrt(n // colors)
    if colors * side * side != n:
        raise InputError(_("--show draws pictures, and these inputs are none"))
    return side, side, colors


def _best(network: Network, probabilities: np.ndarray, top: int) -> list[object]:
    best = np.argsort(-probabilities, kind="stable")[:top]
    names = network.classes or [str(k) for k in range(len(probabilities))]
    return [cell for k in best for cell in (names[k], float(probabilities[k]))]


def _scale(network: Network) -> float:
    """Return the largest value of a pixel, according to the network's scaling."""
    first = network.layers[0]
    return 1 / abs(first.scale) if isinstance(first, Rescale) and first.scale else 255


def _value_names(network: Network, n: int) -> list[str]:
    """Return the name of the column that was learned, or y0, y1, ..."""
    if network.schema is not None and n == 1:
        return [network.schema.target.name]
    return [f"y{k}" for k in range(n)]
