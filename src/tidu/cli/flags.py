"""Flags made from annotated settings: the signature of a recipe or experiment is the only list."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tidu.recipes.signature import Argument

NAMES = {int: "INTEGER", float: "NUMBER", str: "TEXT", Path: "PATH"}


def flags_of(arguments: Iterable[Argument]) -> list[inspect.Parameter]:
    """Return one parameter a setting, None where its flag is not given."""
    return [_flag(argument) for argument in arguments]


def given_settings(arguments: Mapping[str, Argument], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings whose flags were given, read from their text.

    Raises
    ------
    InputError
        If a text is not of the kind that a setting takes.
    """
    return {
        name: value if isinstance(value, bool) else arguments[name].read(value)
        for name, value in given.items()
        if value is not None
    }


def parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    """Return a keyword parameter of a command."""
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
    )


def flag_name(argument: Argument) -> str:
    """Return the flag of a setting, without its hyphens."""
    return argument.setting.flag or argument.name.replace("_", "-")


def _flag(argument: Argument) -> inspect.Parameter:
    text = f"{argument.words[:1].upper()}{argument.words[1:]}"
    name, default = f"--{flag_name(argument)}", argument.written(argument.default)
    if argument.kind is bool:
        option = typer.Option(name, help=f"{text}.", show_default=False)
        return parameter(argument.name, Annotated[bool | None, option], None)
    if default:
        text += f"; {default} if not given"
    option = typer.Option(
        name, help=f"{text}.", metavar=_metavar(argument), autocompletion=_completion(argument)
    )
    return parameter(argument.name, Annotated[str | None, option], None)


def _metavar(argument: Argument) -> str:
    one = NAMES[argument.kind]
    if argument.setting.metavar or argument.length is None:
        return argument.setting.metavar or one
    return f"{one},..." if argument.length == 0 else ",".join([one] * argument.length)


def _completion(argument: Argument) -> Callable[[str], list[str]] | None:
    """Return a function from the beginning of a value to those that a shell offers."""
    choices = argument.setting.choices
    if not choices:
        return None

    def complete(incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition("," if argument.length is not None else "\0")
        return [f"{before}{comma}{word}" for word in choices if word.startswith(last)]

    return complete
