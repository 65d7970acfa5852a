"""The output of commands: text and tables for people, one JSON object for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tidu.language import translator
from tidu.plain import to_json

_ = translator("command")

if TYPE_CHECKING:
    from tidu.recipes import Trained

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

WIDTH = 1000
"""Tables are never cut to the terminal's width, so that no number loses digits."""


def print_json(result: dict[str, Any]) -> None:
    """Print a result as one JSON object; numbers that are not finite become null.

    Where the output lacks a letter, all letters but ASCII are escaped, so that nothing is lost.
    """
    text = to_json(result, indent=2)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = to_json(result, indent=2, ensure_ascii=True)
    print(text)


def print_table(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    justify: Literal["left", "right"] = "right",
) -> None:
    """Print a table; all columns but the first hold numbers, right-aligned, or words."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE, show_edge=False, pad_edge=False)
    for i, name in enumerate(header):
        table.add_column(name, justify="left" if i == 0 else justify, no_wrap=True)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console(highlight=False, markup=False, soft_wrap=True, width=WIDTH).print(table)


def kind_of_file(kind: str) -> str:
    """Return the name of a kind of file, as wide as they all are."""
    kinds = {
        "network": _("network"),
        "history": _("history"),
        "figure": _("figure"),
        "sweep": _("sweep"),
        "rates": _("rates"),
    }
    return f"{kinds[kind]:8}"


def percent(share: float) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> percent(0.9725)
    '97.25 %'
    """
    return f"{100 * share:.2f} %"


def measure_of(trained: Trained) -> str:
    """Say the test accuracy, or R² and the mean absolute error; the loss where there is neither."""
    if trained.accuracy is not None:
        return _("accuracy {share}").format(share=percent(trained.accuracy))
    if (scores := trained.scores) is not None:
        return _("R² {scores.r2:.3f}, mean absolute error {scores.mean_absolute_error:.4g}").format(
            scores=scores
        )
    return _("loss {loss:.4g}").format(loss=trained.loss)
