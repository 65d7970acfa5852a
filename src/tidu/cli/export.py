"""``tidu export``: a saved network in a form that other programs read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tidu.cli.data import ModelArgument
from tidu.cli.output import Json, print_json
from tidu.errors import InputError
from tidu.formats import load
from tidu.formats.table_code import inputs_in_words
from tidu.language import translator

_ = translator("command")


def export(
    model: ModelArgument,
    onnx: Annotated[
        Path | None,
        typer.Option(metavar="FILE.onnx", help="Write ONNX, which many runtimes and devices run."),
    ] = None,
    numpy: Annotated[
        Path | None,
        typer.Option(metavar="FILE.py", help="Write a Python file that predicts with NumPy alone."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a saved network for other programs."""
    if onnx is None and numpy is None:
        raise InputError(_("say what to write: --onnx FILE.onnx, --numpy FILE.py, or both"))
    network = load(model)
    written = []
    if onnx is not None:
        network.to_onnx(onnx)
        written.append({"form": "onnx", "file": str(onnx), "bytes": onnx.stat().st_size})
    if numpy is not None:
        network.to_numpy(numpy)
        written.append({"form": "numpy", "file": str(numpy), "bytes": numpy.stat().st_size})
    if as_json:
        print_json({"model": str(model), "written": written})
        return
    for each in written:
        print(_("{form:6} {file}  {bytes:,} bytes").format(**each))
    if network.schema is not None:
        print("\n" + _("x is {inputs}").format(inputs=inputs_in_words(network.schema)))
    if numpy is not None:
        table = network.schema is not None and network.schema.named
        rows = "rows.csv" if table else "inputs.npy"
        print(f"\n{_('Try next:')}\n  python {numpy} {rows}")
