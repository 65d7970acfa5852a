"""The decorator that makes an experiment of a function: settings checked, progress shown.

An experiment has two halves: its function goes from settings to a `Result`, and the function named
by `Experiment.draws` from the record of that to a figure.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, ParamSpec

from tidu.arrays import described
from tidu.errors import FileFormatError
from tidu.experiments.result import Record, Result, Table
from tidu.experiments.tracking import Progress, bars
from tidu.language import translator
from tidu.plots.style import Theme
from tidu.recipes.signature import Argument, arguments_of, checked
from tidu.training.interrupt import stopping

_ = translator("experiments")

P = ParamSpec("P")
Drawing = Callable[[Record, Theme], Any]


class Experiment(Generic[P]):
    """A function from settings to a `Result`, with a name and a title.

    Attributes
    ----------
    name
        What it is called on the command line.
    quick
        The settings under which it takes a second or so.
    arguments
        Its settings by name, as its signature declares them.

    Examples
    --------
    >>> from tidu.experiments import EXPERIMENTS
    >>> EXPERIMENTS["descent"].title
    'Gradient descent: down the contours, step by step'
    """

    def __init__(
        self, function: Callable[P, Result], name: str, title: str, quick: Mapping[str, Any]
    ) -> None:
        functools.update_wrapper(self, function)
        self.function: Callable[..., Result] = function
        self.name, self._title = name, title
        self.arguments: Mapping[str, Argument] = MappingProxyType(arguments_of(function))
        self.tracked = "progress" in inspect.signature(function).parameters
        self.drawing: Drawing | None = None
        checked(name, self.arguments, quick)
        self.quick = MappingProxyType(dict(quick))

    @property
    def title(self) -> str:
        """What it shows, in a line, in the reader's language."""
        return _(self._title)

    def __call__(self, *arguments: P.args, **settings: P.kwargs) -> Result:
        """Run it with these settings, and the defaults of the others."""
        if arguments:
            first = next(iter(self.arguments), "name")
            raise TypeError(
                f"{self.name} takes settings by name: {first}=..., got {described(arguments[0])}"
            )
        progress: Any = settings.pop("progress", None)
        return self.run(settings, progress)

    def run(self, settings: Mapping[str, Any], progress: Progress | None = None) -> Result:
        """Run it; ``progress`` shows how far it is, by default as a bar on a terminal."""
        full = checked(self.name, self.arguments, settings)
        if progress is not None and not callable(progress):
            raise TypeError(
                "`progress` must be a function such as tidu.experiments.silent, "
                f"got {described(progress)}"
            )
        with stopping():
            if not self.tracked:
                result = self.function(**full)
            elif progress is not None:
                result = self.function(**full, progress=progress)
            else:
                with bars() as shown:
                    result = self.function(**full, progress=shown)
        see = result.see
        if self.quick and self.quick.items() <= full.items():
            quick = _(
                "This was a quick run: its numbers are rough, and need not show yet what is said "
                "here."
            )
            see = _("{note} {sentences}").format(note=quick, sentences=see)
        return dataclasses.replace(
            result,
            name=self.name,
            title=self.title,
            see=see,
            settings=MappingProxyType(full),
            drawing=self.drawing,
        )

    def draws(self, drawing: Drawing) -> Drawing:
        """Take a function as the one that draws the figure; a decorator.

        It is called with a record and the colours of a theme, inside its style, and returns a
        Matplotlib figure. All that it shows is in the record.
        """
        self.drawing = drawing
        return drawing

    def from_record(self, record: Record | str | Path) -> Result:
        """Return the result that a record holds, with its tables and its figure.

        Parameters
        ----------
        record
            What `Result.record` gave, or the JSON file that `Result.save` wrote.

        Raises
        ------
        FileFormatError
            If it is no record of this experiment, or one that cannot be drawn.
        OSError
            If the file cannot be read.

        Examples
        --------
        >>> from tidu.experiments import slope
        >>> again = slope.from_record(slope(points=(5,)).record())
        >>> again.numbers["slopes"]
        [0.1999999999990898]
        """
        source = "the record"
        if isinstance(record, str | Path):
            source = str(record)
            try:
                record = json.loads(Path(record).read_text("utf-8"))
            except ValueError as error:
                raise FileFormatError(f"{source} is not JSON in UTF-8: {error}") from error
        if not isinstance(record, Mapping) or "experiment" not in record:
            raise FileFormatError(f"{source} is not the record of an experiment")
        if record["experiment"] != self.name:
            raise FileFormatError(
                f"{source} is the record of {record['experiment']!r}, not of {self.name!r}"
            )

        def drawing(record: Record, look: Theme) -> Any:
            assert self.drawing is not None
            try:
                return self.drawing(record, look)
            except (LookupError, TypeError, ValueError) as error:
                raise FileFormatError(
                    f"{source} cannot be drawn ({error!r}): run tidu show {self.name} again"
                ) from error

        try:
            return Result(
                numbers=dict(record["numbers"]),
                tables=[Table(**table) for table in record["tables"]],
                see=str(record["see"]),
                name=self.name,
                title=self.title,
                settings=checked(self.name, self.arguments, record["settings"]),
                drawing=drawing,
            )
        except (LookupError, TypeError, ValueError) as error:
            raise FileFormatError(
                f"{source} is no whole record of {self.name!r}: {error}"
            ) from error

    def __repr__(self) -> str:
        return f"<experiment {self.name}: {self.title}>"


def experiment(
    name: str, *, title: str, quick: Mapping[str, Any] = MappingProxyType({})
) -> Callable[[Callable[P, Result]], Experiment[P]]:
    """Make an experiment of a function whose arguments are annotated with `Setting`.

    Parameters
    ----------
    name
        What it is called on the command line: lower case, with hyphens.
    title
        What it shows, in one line.
    quick
        Settings under which it takes a second or so.

    Raises
    ------
    TypeError
        If an argument lacks a `Setting` or a default, or a quick setting does not exist.

    Examples
    --------
    >>> from typing import Annotated
    >>> from tidu.recipes import Setting
    >>> @experiment("half", title="Half of a number")
    ... def half(*, x: Annotated[float, Setting("a number")] = 1.0) -> Result:
    ...     return Result({"half": x / 2}, [], "It is half.")
    >>> half(x=3.0).numbers["half"]
    1.5
    """
    return lambda function: Experiment(function, name, title, quick)
