"""``tidu evaluate``: how well a saved network does on data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from tidu.cli.data import (
    DataArgument,
    DataFolder,
    Label,
    ModelArgument,
    data_for,
    print_notes,
    usual_split,
)
from tidu.cli.output import Json, percent, print_json, print_table
from tidu.doctor.case import Case
from tidu.doctor.learning import rare_classes_missed
from tidu.doctor.signals import running_averages_off
from tidu.formats import load
from tidu.language import translator
from tidu.recipes.measures import value_scores

_ = translator("command")

HIDDEN = running_averages_off, rare_classes_missed
"""The diseases that a loss and an accuracy do not show."""


def evaluate(
    model: ModelArgument,
    data: DataArgument,
    split: Annotated[
        str | None,
        typer.Option(
            metavar="train|test|all", help="Which part; if not given, the rows not learned from."
        ),
    ] = None,
    folder: DataFolder = None,
    label: Label = None,
    as_json: Json = False,
) -> None:
    """Measure loss and accuracy of a saved network, in all and by class."""
    network = load(model)
    rows_taken = _("the part {split!r}, as asked").format(split=split)
    if split is None:
        split, rows_taken = usual_split(network, data)
    samples = data_for(network, data, split, folder, label)
    loss, accuracy = network.measure(samples.x, samples.t)
    case = Case.of(network, samples.x, samples.t)
    print_notes(filter(None, (disease(case) for disease in HIDDEN)))
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
    scores = None
    if accuracy is None:
        predicted = network.predict(samples.x)
        scores = value_scores(predicted, samples.t.reshape(predicted.shape))
        result |= asdict(scores)
    if as_json:
        print_json(result)
        return
    said = _("{name} ({split}), {n} samples: loss {loss:.4g}").format(
        name=samples.name, split=split, n=len(samples), loss=loss
    )
    if network.penalty is not None:
        penalty = float(network.penalty_value(network.theta))
        said += _(" (of which {penalty:.4g} is the penalty of the weights)").format(penalty=penalty)
    if accuracy is not None:
        said += _(", accuracy {share}").format(share=percent(accuracy))
    print(said)
    print(_("rows: {rows}").format(rows=rows_taken))
    if by_class:
        print()
        rows = [
            (row["class"], row["samples"], percent(row["recall"]), percent(row["precision"]))
            for row in by_class
        ]
        header = _("class"), _("samples"), _("found (recall)"), _("right when said (precision)")
        print_table(header, rows)
    elif scores is not None:
        said = _(
            "R² {scores.r2:.4f}, mean absolute error {scores.mean_absolute_error:.4g}, "
            "root of the mean squared error {scores.root_mean_squared_error:.4g}"
        ).format(scores=scores)
        if network.schema is not None:
            said += _(" (in the unit of {name})").format(name=network.schema.target.name)
        print(said)
