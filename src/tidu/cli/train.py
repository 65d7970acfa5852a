"""``tidu train``: train a network on data, and save the results in a folder."""

from __future__ import annotations

import inspect
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from tidu.cli import INTERRUPTED, Interrupted
from tidu.cli.data import DataArgument
from tidu.cli.flags import flags_of, given_settings, parameter
from tidu.cli.folders import folder_for_results
from tidu.cli.output import Json, kind_of_file, measure_of, print_json, print_table
from tidu.engines import MpiEngine
from tidu.engines.world import leads
from tidu.language import translator
from tidu.recipes import Plan, Trained, plan
from tidu.recipes.signature import arguments_of
from tidu.recipes.trained import free_folder
from tidu.training.interrupt import interruptible

_ = translator("command")

SETTINGS = arguments_of(plan, besides=("data",))


def train(
    data: str,
    out: Path | None,
    force: bool,
    verbose: bool,
    dry_run: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Train a network, and save it with its history and a figure.

    Loss and accuracy of the test part (test_) are measured after each epoch and decide nothing;
    with --early-stopping, those of the part held out (val_) decide when to stop. Ctrl-C ends the
    training and keeps what was learned.
    """
    settings = given_settings(SETTINGS, given)
    planned = plan(data, **settings)
    if dry_run:
        _describe(planned, as_json)
        return
    if planned.engine == MpiEngine.name and not leads():
        planned.run(progress=False)
        return
    out = out or Path("tidu-out") / (planned.learn.name.replace("/", "-") or "data")
    with folder_for_results(out):
        if not as_json:
            print(f"{planned!r}\n", flush=True)
        if verbose:
            said = _("engine: {engine} ({why})").format(
                engine=planned.engine, why=planned.why_engine
            )
            print(said, file=sys.stderr, flush=True)
        try:
            trained = planned.run(progress=not as_json)
            if trained.interrupted and not trained.learned:
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise Interrupted(_("; nothing was saved")) from None
        with interruptible() as interrupted:  # so that all files of a result are written
            folder = out if force or settings.get("resume") else free_folder(out)
            files, no_figure = trained.save(folder)
    if as_json:
        print_json(_record(planned, trained, files))
    else:
        _print_summary(data, trained, files, no_figure)
        if folder != out:
            kept = _("{folder} holds an earlier result, which is kept; --force overwrites it")
            print("\n" + kept.format(folder=out))
    if trained.interrupted or interrupted.is_set():
        raise typer.Exit(INTERRUPTED)
    if trained.history.failed:
        raise typer.Exit(1)


_OUT = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where to put the results; tidu-out/DATA if not given."),
]
_FORCE = Annotated[
    bool, typer.Option("--force", help="Overwrite an earlier result; else DIR-2, ... is made.")
]
_VERBOSE = Annotated[
    bool, typer.Option("--verbose", help="Say which engine carries out the steps, and why.")
]
_DRY_RUN = Annotated[
    bool,
    typer.Option("--dry-run", help="Say what each column is taken for, and train nothing."),
]
train.__signature__ = inspect.Signature([  # type: ignore[attr-defined]
    parameter("data", DataArgument, "digits"),
    *flags_of(SETTINGS.values()),
    parameter("out", _OUT, None),
    parameter("force", _FORCE, False),
    parameter("verbose", _VERBOSE, False),
    parameter("dry_run", _DRY_RUN, False),
    parameter("as_json", Json, False),
])  # fmt: skip


def _describe(planned: Plan, as_json: bool) -> None:
    """Print how the columns of the data were interpreted."""
    schema = planned.learn.schema
    if as_json:
        names = ("name", "kind", "becomes")
        columns = [dict(zip(names, row, strict=True)) for row in schema.rows()] if schema else []
        target = None if schema is None else {
            "name": schema.target.name, "task": schema.target.task,
            "classes": schema.target.classes, "why": schema.target.why,
        }  # fmt: skip
        print_json({
            "data": planned.learn.name, "samples": len(planned.learn), "columns": columns,
            "target": target, "notes": planned.learn.notes,
        })  # fmt: skip
        return
    print(f"{planned!r}\n")
    if schema is None:
        return
    print_table((_("column"), _("kind"), _("what becomes of it")), schema.rows(), "left")
    flags = "--label NAME, --task classes|values, --keep and --categories NAMES"
    print("\n" + _("To say otherwise:  {flags}").format(flags=flags))


def _record(planned: Plan, trained: Trained, files: dict[str, Path]) -> dict[str, Any]:
    history, scores = trained.history, trained.scores
    return {
        "data": planned.learn.name,
        "outcome": history.outcome.value,
        "status": history.status,
        "seconds": trained.seconds,
        "engine": history.engine,
        "test": {
            "samples": len(trained.test),
            "loss": trained.loss,
            "accuracy": trained.accuracy,
            **({} if scores is None else asdict(scores)),
        },
        "advice": trained.advice,
        "parameters": trained.network.layout.size,
        "model": str(files["network"]),
        "history_csv": str(files["history"]),
        "figure": str(files["figure"]) if "figure" in files else None,
        "history": history.rows,
    }


def _print_summary(data: str, trained: Trained, files: dict[str, Path], no_figure: str) -> None:
    model = files["network"]
    print()
    print(_("{status} in {seconds:.1f} s; test {measure} on {n} samples").format(
        status=trained.history.status, seconds=trained.seconds, measure=measure_of(trained),
        n=len(trained.test)))  # fmt: skip
    if trained.advice:
        print(_("note: {note}").format(note=trained.advice))
    for kind in ("network", "history", "figure"):
        print(f"  {kind_of_file(kind)} {files.get(kind) or _('none: {why}').format(why=no_figure)}")
    print(f"\n{_('Try next:')}\n  tidu evaluate {model} {data}\n  tidu check {model}")
    print("  tidu train --help")
