"""The history of a run, one row an epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu import html
from tidu.errors import InputError, did_you_mean
from tidu.language import aligned, later, translator, width_of
from tidu.outcome import Outcome
from tidu.plain import to_json

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

    from tidu.training.distributions import Distributions

_ = translator("library")

Row = dict[str, float]

_COLUMNS = {
    later("epoch"), later("loss"), later("accuracy"), later("lr"), later("seconds"),
    later("val_loss"), later("val_accuracy"), later("test_loss"), later("test_accuracy"),
}  # fmt: skip
"""The columns that have a name in other languages too."""

EPOCHS = 20
"""How many of the last epochs a notebook shows."""


class History:
    """Rows of numbers, one an epoch: ``history["loss"]`` is a column, ``history[-1]`` a row.

    ``loss`` and ``accuracy`` are running means over the epoch's steps while the network learnt;
    ``val_loss`` and ``val_accuracy`` are measured after it, on data that it does not learn from.
    Losses include the penalty.

    Attributes
    ----------
    outcome
        How the run stands or ended, as a code.
    status
        The same as a sentence, with numbers.
    engine, why_engine
        The name of the engine that carried it out, and why it was taken.

    Examples
    --------
    >>> history = History()
    >>> history.append({"epoch": 1, "loss": 2.0})
    >>> history.append({"epoch": 2, "loss": 1.5})
    >>> history["loss"]
    array([2. , 1.5])
    >>> history[-1]["loss"], len(history)
    (1.5, 2)
    """

    def __init__(self, rows: list[Row] | None = None, status: str = "") -> None:
        self.rows: list[Row] = rows or []
        self.outcome = Outcome.NOT_STARTED
        self.status = status or _("Not started")
        self.engine = self.why_engine = ""

    def append(self, row: Row) -> None:
        """Add the row of one more epoch."""
        self.rows.append(row)

    @property
    def running(self) -> bool:
        """Whether the run has started and not ended."""
        return self.outcome is Outcome.RUNNING

    @property
    def failed(self) -> bool:
        """Whether the run ended because numbers were no longer finite."""
        return self.outcome is Outcome.NOT_FINITE

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row))

    def __getitem__(self, key: str | int) -> Any:
        """Return the column of that name as an array (NaN where a row lacks it), or a row."""
        if not isinstance(key, str):
            return self.rows[key]
        if key not in self.columns:
            raise InputError(f"no column is named {key!r}; {did_you_mean(key, self.columns)}")
        return np.array([row.get(key, np.nan) for row in self.rows])

    def __len__(self) -> int:
        """Return the number of epochs."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def to_csv(self, path: str | Path) -> None:
        """Write the rows to a CSV file with a header."""
        import csv
        from pathlib import Path

        with Path(path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.columns)
            writer.writeheader()
            writer.writerows(self.rows)

    def to_json(self, path: str | Path) -> None:
        """Write the rows and how the run ended to a JSON file; what is not finite becomes null."""
        from pathlib import Path

        content = {
            "outcome": self.outcome.value,
            "status": self.status,
            "failed": self.failed,
            "engine": self.engine,
            "rows": self.rows,
        }
        Path(path).write_text(to_json(content, indent=2) + "\n", encoding="utf-8")

    def to_tensorboard(
        self, folder: str | Path, distributions: Distributions | None = None
    ) -> None:
        """Write TensorBoard's event files; see `tidu.formats.to_tensorboard`."""
        from tidu.formats import to_tensorboard

        to_tensorboard(self, folder, distributions)

    def plot(self, **settings: Any) -> Figure:
        """Return a figure of the learning curves; see `tidu.plots.history`."""
        from tidu.plots import history

        return history(self, **settings)

    def __repr__(self) -> str:
        """Return the rows as a table, and the status."""
        names = self.columns
        lines = [tuple(map(heading, names))]
        lines += [tuple(shown(name, row.get(name)) for name in names) for row in self.rows]
        widths = [max(width_of(line[k]) for line in lines) for k in range(len(names))]
        table = [
            "  ".join(aligned(cell, width, True) for cell, width in zip(line, widths, strict=True))
            for line in lines
        ]
        return "\n".join([*(table if names else []), self.status])

    def _repr_html_(self) -> str:
        names = self.columns
        rows = [[shown(name, row.get(name)) for name in names] for row in self.rows[-EPOCHS:]]
        earlier = len(self.rows) - len(rows)
        note = self.status
        if earlier:
            note += _(" ({earlier:,} earlier epochs are not shown)").format(earlier=earlier)
        return html.table(tuple(map(heading, names)), rows, note) if names else html.paragraph(note)


def heading(column: str) -> str:
    """Return the name of a column as a table shows it, in the reader's language.

    Examples
    --------
    >>> heading("val_loss"), heading("mine")
    ('val_loss', 'mine')
    """
    return _(column) if column in _COLUMNS else column


def shown(column: str, value: float | None) -> str:
    """Return one number of a history as a table shows it.

    Examples
    --------
    >>> shown("epoch", 3), shown("val_accuracy", 0.97512), shown("loss", 0.0123456)
    ('3', '97.51 %', '0.01235')
    """
    if value is None:
        return ""
    if column == "epoch":
        return str(int(value))
    if column.endswith("accuracy"):
        return f"{100 * value:.2f} %"
    if column == "seconds":
        return f"{value:.2f}"
    return f"{value:.4g}"
