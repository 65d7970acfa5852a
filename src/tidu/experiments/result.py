"""The result of an experiment: numbers, tables, a figure, and what to see in them."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from tidu.atomic import write_atomically
from tidu.errors import InputError
from tidu.language import aligned, fill, width_of
from tidu.plain import plain, to_json
from tidu.plots import save as save_figure
from tidu.plots.style import Theme, styled

Record = Mapping[str, Any]
"""What `Result.record` gives, or a part of it: dicts, lists, numbers and words."""

_LETTERS = 88
"""How many letters a line of text has at most."""


@dataclass(frozen=True)
class Table:
    """A titled table; its cells are numbers or words, of several lines if need be.

    Examples
    --------
    >>> print(Table("slopes", ("x", "slope"), [(5, 0.2), (10, 0.3)]))
    slopes
    <BLANKLINE>
     x  slope
    ---------
     5    0.2
    10    0.3
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]

    @property
    def cells(self) -> list[list[str]]:
        """The rows as text: floating-point numbers with six digits, all else as it is."""
        return [[_written(cell) for cell in row] for row in self.rows]

    @property
    def numeric(self) -> list[bool]:
        """Whether each column holds numbers, and so stands to the right."""
        return [all(map(_is_number, column)) for column in zip(*self.cells, strict=True)]

    def __str__(self) -> str:
        rows = [zip_longest(*map(str.splitlines, row), fillvalue="") for row in self.cells]
        lines = [self.header, *(line for row in rows for line in row)]
        widths = [max(map(width_of, column)) for column in zip(*lines, strict=True)]
        shown = [
            "  ".join(
                aligned(cell, width, right)
                for cell, width, right in zip(line, widths, self.numeric, strict=True)
            ).rstrip()
            for line in lines
        ]
        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        return "\n".join([self.title, "", shown[0], rule, *shown[1:]])


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """The result of an experiment.

    Attributes
    ----------
    numbers
        The results by name: numbers, words, arrays, and lists or dicts of them.
    tables
        The same for reading.
    see
        Two or three sentences on what to see.
    name, title, settings
        Which experiment it was; `experiment` fills these in.
    drawing
        The experiment's function from a record and the colours of a theme to a Matplotlib figure;
        `experiment` fills it in.

    Examples
    --------
    >>> from tidu.experiments import descent
    >>> found = descent(steps=3)
    >>> found.name, [table.title for table in found.tables]
    ('descent', ['the way from (-3, 4) with a learning rate of 0.1'])
    """

    numbers: Mapping[str, Any]
    tables: Sequence[Table]
    see: str
    name: str = ""
    title: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    drawing: Callable[[Record, Theme], Any] | None = None

    def table(self) -> str:
        """Return the tables as text."""
        return "\n\n".join(map(str, self.tables))

    def figure(self, theme: str = "light") -> Any:
        """Return the figure, in the theme ``"light"`` or ``"dark"``; it is not shown.

        It is a function of the record alone, so that of a record read from a file is the same.

        Raises
        ------
        MissingExtraError
            If Matplotlib is not installed.
        InputError
            If there is no such theme.
        """
        if self.drawing is None:
            raise InputError(f"no function draws {self.name or 'this result'!r}: see @NAME.draws")
        with styled(theme) as look:
            return self.drawing(self.record(), look)

    def record(self) -> dict[str, Any]:
        """Return what is needed to show it, to run it again and to compare, as JSON can hold it.

        Numbers that are not finite stand as None.
        """
        from tidu import __version__

        return {
            "experiment": self.name,
            "title": self.title,
            "settings": plain(self.settings),
            "seed": self.settings.get("seed"),
            "versions": {
                "tidu": __version__,
                "numpy": np.__version__,
                "python": platform.python_version(),
                "platform": platform.platform(),
            },
            "numbers": plain(self.numbers),
            "tables": plain([asdict(table) for table in self.tables]),
            "see": self.see,
        }

    def save(self, folder: str | Path, theme: str = "light") -> dict[str, Path]:
        """Write the record as JSON and the figure as PNG and SVG; return where, by kind.

        The record is written first, so that it is there even without Matplotlib.
        """
        path = Path(folder) / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, (to_json(self.record(), indent=2) + "\n").encode())
        return {"json": path, **self.save_figure(folder, theme)}

    def save_figure(self, folder: str | Path, theme: str = "light") -> dict[str, Path]:
        """Write the figure alone, as PNG and SVG; return where, by kind."""
        paths = {kind: Path(folder) / f"{self.name}.{kind}" for kind in ("png", "svg")}
        Path(folder).mkdir(parents=True, exist_ok=True)
        figure = self.figure(theme)
        for path in paths.values():
            save_figure(figure, path)
        return paths

    def __repr__(self) -> str:
        see = fill(self.see, _LETTERS)
        return "\n\n".join([f"{self.name}: {self.title}", self.table(), see])


def _written(cell: Any) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, (float, np.floating)):
        return f"{cell:.6g}"
    return f"{cell:,}" if isinstance(cell, (int, np.integer)) else str(cell)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "").removesuffix("%"))
    except ValueError:
        return text in ("", "–")
    return True
