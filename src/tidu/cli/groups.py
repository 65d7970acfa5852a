"""The base of all commands: plain flags in the help, and one sentence after Ctrl-C."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from tidu.cli import Interrupted
from tidu.cli.help import explained, translated, usage


class Command(TyperCommand):
    """A command whose help shows a flag without the type of a value that it does not take."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, those of flags without a type."""
        return plain_flags(super().get_params(ctx))

    def get_usage(self, ctx: Any) -> str:
        """Return how the command is written."""
        return usage(super().get_usage(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, in the reader's language."""
        with translated(self, ctx):
            super().format_help(ctx, formatter)

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        """Read the arguments."""
        with explained():
            return super().make_context(*arguments, **settings)


class Group(TyperGroup):
    """A group of such commands, whichever of them Ctrl-C ends."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, those of flags without a type."""
        return plain_flags(super().get_params(ctx))

    def get_usage(self, ctx: Any) -> str:
        """Return how the commands are written."""
        return usage(super().get_usage(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, in the reader's language."""
        with translated(self, ctx):
            super().format_help(ctx, formatter)

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        """Read the arguments."""
        try:
            with explained():
                return super().make_context(*arguments, **settings)
        except KeyboardInterrupt:
            raise Interrupted from None

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        try:
            with explained():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None


def plain_flags(parameters: list[Any]) -> list[Any]:
    """Take the type from parameters that are flags."""
    for parameter in parameters:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    return parameters
