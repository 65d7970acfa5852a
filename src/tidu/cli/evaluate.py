"""``tidu evaluate``: how well a saved network does on data."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import typer

from tidu.cli.data import DataArgument, DataFolder, Label, ModelArgument, data_for, usual_split
from tidu.cli.output import Json, percent, print_json, print_table
from tidu.formats import load


def evaluate(
    model: ModelArgument,
    data: DataArgument,
    split: Annotated[
        str | None, typer.Option(help="train, test or all; test if not given, and all of a FILE.")
    ] = None,
    folder: DataFolder = None,
    label: Label = None,
    as_json: Json = False,
) -> None:
    """Measure loss and accuracy of a saved network, in all and by class."""
    network = load(model)
    split = split or usual_split(data)
    samples = data_for(network, data, split, folder, label)
    loss, accuracy = network.measure(samples.x, samples.t)
    result = {"model": str(model), "data": samples.name, "split": split,
              "samples": len(samples), "loss": loss, "accuracy": accuracy}  # fmt: skip
    by_class: list[dict[str, Any]] = []
    if accuracy is not None and samples.has_labels:
        predicted = network.predict(samples.x)
        names = network.classes or [str(k) for k in range(network.output_shape[-1])]
        for k, name in enumerate(names):
            of_class, taken = samples.t == k, predicted == k
            both = int((of_class & taken).sum())
            by_class.append(
                {"class": name, "samples": int(of_class.sum()),
                 "recall": both / max(int(of_class.sum()), 1),
                 "precision": both / max(int(taken.sum()), 1)}
            )  # fmt: skip
        result["classes"] = by_class
    if as_json:
        print_json(result)
        return
    print(f"{samples.name} ({split}), {len(samples)} samples: loss {loss:.4g}", end="")
    print("" if accuracy is None else f", accuracy {percent(accuracy)}")
    if by_class:
        print()
        rows = [
            (row["class"], row["samples"], percent(row["recall"]), percent(row["precision"]))
            for row in by_class
        ]
        print_table(("class", "samples", "found (recall)", "right when said (precision)"), rows)
    elif accuracy is None:
        spread = float(np.sqrt(np.mean((network.predict(samples.x) - samples.t) ** 2)))
        print(f"root of the mean squared error {spread:.4g}")
