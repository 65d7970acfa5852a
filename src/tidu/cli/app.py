"""The commands gathered, and errors as sentences with exit status 2."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from typing import Annotated

import numpy as np
import typer

from tidu import __version__
from tidu.cli.check import check
from tidu.cli.doctor import doctor
from tidu.cli.evaluate import evaluate
from tidu.cli.export import export
from tidu.cli.predict import predict
from tidu.cli.show import app as show
from tidu.cli.train import train
from tidu.errors import TiduError, TrainingStoppedWarning

app = typer.Typer(
    name="tidu",
    help="Neural networks that you can see through: train, evaluate, predict, export, check, show.",
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
    (export, "tidu export tidu-out/digits/model.safetensors --onnx digits.onnx"),
    (check, "tidu check tidu-out/digits/model.safetensors"),
    (doctor, "tidu doctor tidu-out/digits/model.safetensors digits"),
):
    app.command(epilog=f"Example:  {_example}")(_command)
app.add_typer(show, name="show")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a mistake of the user's is a sentence on stderr and exit status 2.

    Raises
    ------
    SystemExit
        Always, with the exit status.
    """
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", TrainingStoppedWarning)  # the status says it
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
