"""The commands gathered, errors as sentences with exit status 2, and Ctrl-C with 130."""

from __future__ import annotations

import argparse
import io
import sys
import warnings
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import typer

from tidu import __version__
from tidu.cli.check import check
from tidu.cli.doctor import doctor
from tidu.cli.evaluate import evaluate
from tidu.cli.exercise import exercise
from tidu.cli.export import export
from tidu.cli.groups import Command, Group
from tidu.cli.help import Lang, lines_broken_between_letters, with_language, words_of_errors
from tidu.cli.lab import lab
from tidu.cli.learn import learn
from tidu.cli.predict import predict
from tidu.cli.show import app as show
from tidu.cli.sweep import sweep
from tidu.cli.train import train
from tidu.errors import TiduError, TrainingStoppedWarning
from tidu.language import LANGUAGES, language, localized_error, speaking

app = typer.Typer(
    name="tidu",
    cls=Group,
    help="Neural networks that you can see through: learn, train, evaluate, predict, check, show.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="Start with:  tidu train digits; to learn how it works:  tidu learn",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"tidu {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    lang: Lang = None,
) -> None:
    pass


for _command, _example in (
    (
        train,
        "tidu train mnist --hidden 50 --dropout 0 --activation sigmoid --optimizer sgd --lr 0.5",
    ),
    (sweep, "tidu sweep digits --lr 1e-4..1 --hidden 32,64 --seeds 5"),
    (evaluate, "tidu evaluate tidu-out/digits/model.safetensors digits"),
    (predict, "tidu predict tidu-out/mnist/model.safetensors my-digit.png"),
    (export, "tidu export tidu-out/digits/model.safetensors --onnx digits.onnx"),
    (check, "tidu check tidu-out/digits/model.safetensors"),
    (doctor, "tidu doctor tidu-out/digits/model.safetensors digits"),
    (learn, "tidu learn derivative"),
    (lab, "tidu lab --no-browser --port 8800"),
    (exercise, "tidu exercise softmax --check softmax.py"),
):
    _spoken = _command if _command is lab else with_language(_command)  # lab has its own --lang
    app.command(cls=Command, epilog=f"Example:  {_example}")(_spoken)
app.add_typer(show, name="show")


def run(arguments: Sequence[str] | None = None) -> None:
    """Run a command; a wrong argument or file is a sentence on stderr and exit status 2."""
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper):  # a letter that it lacks becomes a ?
            output.reconfigure(errors="replace")
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    named = _named(arguments)
    try:
        with (
            np.errstate(all="ignore"),
            warnings.catch_warnings(),
            speaking(named or language()),
            words_of_errors(),
            lines_broken_between_letters(),
        ):
            warnings.simplefilter("ignore", TrainingStoppedWarning)  # the status says it
            warnings.showwarning = _print_warning
            app(args=arguments, prog_name="tidu")
    except (TiduError, OSError) as error:
        with speaking(named):
            print(f"tidu: {localized_error(_sentence(error))}", file=sys.stderr)
        sys.exit(2)


def _print_warning(message: Warning | str, *place: Any, **more: Any) -> None:
    """Print a warning as a sentence, without the line of code that gave it."""
    print(f"tidu: {localized_error(str(message))}", file=sys.stderr)


def _named(arguments: Sequence[str]) -> str | None:
    """Return the language that is named, which errors about other arguments are to be in too."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--lang", choices=LANGUAGES)
    try:
        return parser.parse_known_args(arguments)[0].lang
    except argparse.ArgumentError:  # typer finds that too
        return None


def _sentence(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
