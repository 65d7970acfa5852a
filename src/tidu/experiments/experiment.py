"""The decorator that makes an experiment of a function: settings checked, progress shown."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Generic, ParamSpec

from tidu.arrays import described
from tidu.experiments.result import Result
from tidu.experiments.tracking import Progress, bars
from tidu.recipes.signature import Argument, arguments_of, checked

P = ParamSpec("P")


class Experiment(Generic[P]):
    """A function from settings to a `Result`, with a name and a title.

    Attributes
    ----------
    name, title
        What it is called on the command line, and what it shows in a line.
    quick
        The settings under which it takes a second or so.
    arguments
        Its settings by name, as its signature declares them.
    """

    def __init__(
        self, function: Callable[P, Result], name: str, title: str, quick: Mapping[str, Any]
    ) -> None:
        functools.update_wrapper(self, function)
        self.function: Callable[..., Result] = function
        self.name, self.title = name, title
        self.arguments: Mapping[str, Argument] = MappingProxyType(arguments_of(function))
        self.tracked = "progress" in inspect.signature(function).parameters
        checked(name, self.arguments, quick)
        self.quick = MappingProxyType(dict(quick))

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
        """Run it; ``progress`` is what is shown meanwhile: a bar, where someone watches."""
        full = checked(self.name, self.arguments, settings)
        if progress is not None and not callable(progress):
            raise TypeError(
                "`progress` must be a function such as tidu.experiments.silent, "
                f"got {described(progress)}"
            )
        if not self.tracked:
            result = self.function(**full)
        elif progress is not None:
            result = self.function(**full, progress=progress)
        else:
            with bars() as shown:
                result = self.function(**full, progress=shown)
        see = result.see
        if self.quick and self.quick.items() <= full.items():
            see += " This was a quick run; what is said here is of the full one."
        return dataclasses.replace(
            result, name=self.name, title=self.title, see=see, settings=MappingProxyType(full)
        )

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
    """
    return lambda function: Experiment(function, name, title, quick)
