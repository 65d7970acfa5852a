"""``tidu sweep``: many networks over learning rates, sizes and seeds, and the best of them."""

from __future__ import annotations

import inspect
import math
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from tidu.cli import INTERRUPTED
from tidu.cli.data import DataArgument
from tidu.cli.flags import flags_of, given_settings, parameter
from tidu.cli.folders import folder_for_results
from tidu.cli.output import Json, kind_of_file, measure_of, percent, print_json, print_table
from tidu.language import translator
from tidu.recipes import Sweep
from tidu.recipes import sweep as sweep_recipe
from tidu.recipes.signature import arguments_of
from tidu.recipes.trained import free_folder
from tidu.training.cluster import on_dask

_ = translator("command")

SETTINGS = arguments_of(sweep_recipe, besides=("data", "progress"))


def sweep(
    data: str, out: Path | None, force: bool, dask: str | None, as_json: bool, **given: Any
) -> None:
    """Train a network for each learning rate, hidden layers and seed; save the best.

    A tenth of the training part is held out: its loss ends each run and ranks the settings. The
    test part is measured of the best network alone.
    """
    settings = given_settings(SETTINGS, given)
    out = out or Path("tidu-out") / f"{Path(data).stem or 'data'}-sweep"
    with folder_for_results(out):
        with on_dask(dask) if dask else nullcontext():
            found = sweep_recipe(data, **settings, progress=False if as_json else None)
        files, no_figure = found.save(out if force else free_folder(out))
    if as_json:
        print_json({
            "rows": found.record, "seconds": found.seconds, "networks": len(found.networks),
            "best": asdict(found.rows[0]), "test_loss": found.best.loss,
            "test_accuracy": found.best.accuracy,
            "files": {kind: str(path) for kind, path in files.items()},
        })  # fmt: skip
    else:
        _tell(data, found, files, no_figure)
    if found.interrupted:
        raise typer.Exit(INTERRUPTED)


def _tell(data: str, found: Sweep, files: dict[str, Path], no_figure: str) -> None:
    header = (
        _("hidden"), "lr", _("held-out loss"), "±", _("accuracy"), _("epochs"), _("failed")
    )  # fmt: skip
    print_table(header, [
        (row.hidden, f"{row.lr:g}", _number(row.loss), _number(row.spread),
         "" if row.accuracy is None else percent(row.accuracy), f"{row.epochs:.0f}", row.failed)
        for row in found.rows
    ])  # fmt: skip
    print()
    print(_("{networks} networks in {seconds:.1f} s; the best has test {measure} on {n} samples")
          .format(networks=len(found.networks), seconds=found.seconds,
                  measure=measure_of(found.best), n=len(found.best.test)))  # fmt: skip
    for kind, path in files.items():
        print(f"  {kind_of_file(kind)} {path}")
    if no_figure:
        print(_("  no figure: {why}").format(why=no_figure))
    print(f"\n{_('Try next:')}\n  tidu evaluate {files['network']} {data}")


def _number(value: float) -> str:
    return f"{value:.4f}" if math.isfinite(value) else _("not finite")


_OUT = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where to put the results; tidu-out/DATA-sweep if not given."),
]
_FORCE = Annotated[
    bool, typer.Option("--force", help="Overwrite an earlier result; else DIR-2, ... is made.")
]
_DASK = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="A dask scheduler whose workers train the networks."),
]
sweep.__signature__ = inspect.Signature([  # type: ignore[attr-defined]
    parameter("data", DataArgument, "digits"),
    *flags_of(SETTINGS.values()),
    parameter("out", _OUT, None),
    parameter("force", _FORCE, False),
    parameter("dask", _DASK, None),
    parameter("as_json", Json, False),
])  # fmt: skip
