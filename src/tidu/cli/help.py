"""The help of commands in the reader's language, and the flag that names it.

The texts stand in English where typer takes them: in docstrings and beside the flags. What a
command shows is looked up in the catalogue as a whole when the help is printed.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Annotated, Any

import typer

from tidu.cli.flags import parameter
from tidu.language import PIECE, language, later, retold, translator, width_of

_ = translator("command")


def _refuse_others(context: typer.Context, named: str | None) -> None:
    language(named)  # one that there is, is spoken since before the command was read


Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="en|zh",
        callback=_refuse_others,
        is_eager=True,
        help="The language; if not given, that of TIDU_LANG or of the system.",
    ),
]


def with_language(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes the flag ``--lang`` as well."""

    @functools.wraps(command)
    def called(lang: Lang = None, **given: Any) -> None:
        command(**given)

    own = inspect.signature(command, eval_str=True)
    both = [*own.parameters.values(), parameter("lang", Lang, None)]
    called.__signature__ = own.replace(parameters=both)  # type: ignore[attr-defined]
    return called


USAGE_ERRORS = (
    later("No such option: {} (Possible options: {})"),
    later("No such option: {}"),
    later("No such command {}. Did you mean {}?"),
    later("No such command {}."),
    later("Missing command."),
    later("Missing argument {}."),
    later("Missing option {}."),
    later("Option {} requires an argument."),
    later("Option {} does not take a value."),
    later("Got unexpected extra argument(s) ({})"),
    later("Got unexpected extra argument ({})"),
    later("Got unexpected extra arguments ({})"),
    later("Invalid value for {}: Input should be a valid integer{}"),
    later("Invalid value for {}: Input should be greater than or equal to {}"),
    later("Invalid value for {}: Input should be less than or equal to {}"),
    later("Invalid value for {}: {} is not a valid integer."),
    later("Invalid value for {}: {}"),
)
"""What typer says of arguments that a command does not have or take."""
UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""The class of these errors, which typer brings along or has from click."""


@contextmanager
def explained() -> Iterator[None]:
    """Raise typer's errors from inside the block with their sentence in the reader's language."""
    try:
        yield
    except UsageError as error:
        told: Any = error
        sentence = retold(told.format_message(), USAGE_ERRORS, _)
        told.format_message = lambda: sentence
        raise


@contextmanager
def _replaced(module: Any, **names: Any) -> Iterator[None]:
    """Put these in the place of a module's own inside the block."""
    before = {name: getattr(module, name) for name in names}
    try:
        vars(module).update(names)
        yield
    finally:
        vars(module).update(before)


def lines_broken_between_letters() -> AbstractContextManager[None]:
    """Let rich break Chinese between any letters inside the block, none before its punctuation."""
    from rich import _wrap

    return _replaced(_wrap, re_word=re.compile(rf"\s*(?:{PIECE}|\S)\s*"))


def words_of_errors() -> AbstractContextManager[None]:
    """Show what stands around an error inside the block in the reader's language."""
    from typer import rich_utils

    return _replaced(
        rich_utils,
        ERRORS_PANEL_TITLE=_("Error"),
        RICH_HELP=_("Try [blue]'{command_path} {help_option}'[/] for help."),
    )


def _folded(make_text: Callable[..., Any], **settings: Any) -> Any:
    """Return typer's text of a help, which is broken, not cut, where it has no spaces."""
    text = make_text(**settings)
    text.overflow = "fold"
    return text


def translate(texts: Any) -> None:
    """Put the help of a command or of a parameter into the reader's language."""
    if texts.help:
        texts.help = paragraphs(_(inspect.cleandoc(texts.help)))
    if getattr(texts, "metavar", None):
        texts.metavar = placeholders(texts.metavar)


def paragraphs(text: str) -> str:
    r"""Return a docstring with each paragraph on one line, for a terminal of any width.

    Examples
    --------
    >>> paragraphs("One\ntwo.\n\nNotes\n-----\n第一，\n第二。")
    'One two.\n\nNotes\n\n第一，第二。'
    """
    text = re.sub(r"\n-{3,}\n", "\n\n", text)
    return re.sub(r"(.)\n(?=.)", lambda end: end[1] + " " * (width_of(end[1]) == 1), text)


PLACEHOLDERS = (
    *(later("OPTIONS"), later("COMMAND"), later("ARGS"), later("VALUE"), later("NAME")),
    *(later("NAMES"), later("DATA"), later("MODEL"), later("FILE"), later("DIR"), later("PATH")),
    *(later("COLUMN"), later("SIZES"), later("RATES"), later("EPOCHS"), later("CHAPTER")),
    *(later("ADDRESS"), later("TEXT"), later("NUMBER"), later("INTEGER")),
)
"""What stands in a help for the words of a user."""


def placeholders(text: str) -> str:
    """Return a text with each of `PLACEHOLDERS` in the reader's language.

    Examples
    --------
    >>> placeholders("[OPTIONS] FILE.py")
    '[OPTIONS] FILE.py'
    """
    return re.sub(r"\b[A-Z]{3,}\b", lambda word: _(word[0]), text)


def usage(line: str) -> str:
    """Return the line that says how a command is written, in the reader's language."""
    line = line.replace("{", "").replace("}", "")  # around what is required, by some typers
    return placeholders(line).replace("Usage:", _("Usage:"), 1)


@contextmanager
def translated(command: Any, context: typer.Context) -> Iterator[None]:
    """Show all help inside the block in the reader's language: also the words of typer's own."""
    from typer import rich_utils

    children = [command.get_command(context, name) for name in getattr(command, "commands", ())]
    for texts in (command, *command.get_params(context), *children):
        translate(texts)
    if command.epilog:
        command.epilog = _(command.epilog).replace("Example:", _("Example:"), 1)
    with _replaced(
        rich_utils,
        ARGUMENTS_PANEL_TITLE=_("Arguments"),
        OPTIONS_PANEL_TITLE=_("Options"),
        COMMANDS_PANEL_TITLE=_("Commands"),
        DEFAULT_STRING=_("[default: {}]"),
        REQUIRED_LONG_STRING=_("[required]"),
        _make_rich_text=functools.partial(_folded, rich_utils._make_rich_text),
    ):
        yield
