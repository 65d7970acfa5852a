"""The commands gathered, and errors as sentences with exit status 2."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from tidu import __version__
from tidu.cli.check import check
from tidu.cli.evaluate import evaluate
from tidu.cli.predict import predict
from tidu.cli.train import train
from tidu.errors import TiduError

app = typer.Typer(
    name="tidu",
    help="Neural networks that you can see through: train, evaluate, predict, check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="Start with:  tidu train digits",
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
) -> None:
    pass


for _command, _example in (
    (train, "tidu train mnist --hidden 50 --activation sigmoid --optimizer sgd --lr 0.5"),
    (evaluate, "tidu evaluate tidu-out/digits/model.safetensors digits"),
    (predict, "tidu predict tidu-out/mnist/model.safetensors my-digit.png"),
    (check, "tidu check tidu-out/digits/model.safetensors"),
):
    app.command(epilog=f"Example:  {_example}")(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a mistake of the user's is a sentence on stderr and exit status 2.

    Raises
    ------
    SystemExit
        Always, with the exit status.
    """
    try:
        app(args=arguments if arguments is None else list(arguments), prog_name="tidu")
    except (TiduError, OSError) as error:
        print(f"tidu: {_sentence(error)}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _sentence(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
