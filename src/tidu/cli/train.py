"""``tidu train``: a network from data, with what it learned in a folder."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tidu.cli.data import DataArgument
from tidu.cli.flags import flags_of, parameter, settings_of
from tidu.cli.output import Json, percent, print_json
from tidu.recipes import Plan, Trained, plan
from tidu.recipes.signature import arguments_of

SETTINGS = arguments_of(plan, besides=("data",))


def train(data: str, out: Path | None, verbose: bool, as_json: bool, **given: Any) -> None:
    """Train a network, and save it with its history and a figure.

    Loss and accuracy of the test part (test_) are measured after each epoch and decide nothing;
    with --early-stopping, those of the part held out (val_) decide when to stop.
    """
    planned = plan(data, **settings_of(SETTINGS, given))
    out = out or Path("tidu-out") / (planned.learn.name.replace("/", "-") or "data")
    out.mkdir(parents=True, exist_ok=True)
    if not as_json:
        print(f"{planned!r}\n", flush=True)
    if verbose:
        print(f"engine: {planned.engine} ({planned.why_engine})", file=sys.stderr, flush=True)
    trained = planned.run(progress=not as_json)
    files, no_figure = trained.save(out)
    if as_json:
        print_json(_record(planned, trained, files))
    else:
        _tell(data, trained, files, no_figure)
    if trained.history.failed:
        raise typer.Exit(1)


_OUT = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where to put the results; tidu-out/DATA if not given."),
]
_VERBOSE = Annotated[
    bool, typer.Option("--verbose", help="Say which engine carries out the steps, and why.")
]
train.__signature__ = inspect.Signature([  # type: ignore[attr-defined]
    parameter("data", DataArgument, "digits"),
    *flags_of(SETTINGS.values()),
    parameter("out", _OUT, None),
    parameter("verbose", _VERBOSE, False),
    parameter("as_json", Json, False),
])  # fmt: skip


def _record(planned: Plan, trained: Trained, files: dict[str, Path]) -> dict[str, Any]:
    history = trained.history
    return {
        "data": planned.learn.name,
        "status": history.status,
        "seconds": trained.seconds,
        "engine": history.engine,
        "test": {
            "samples": len(trained.test),
            "loss": trained.loss,
            "accuracy": trained.accuracy,
        },
        "parameters": trained.network.layout.size,
        "model": str(files["network"]),
        "history_csv": str(files["history"]),
        "figure": str(files["figure"]) if "figure" in files else None,
        "history": history.rows,
    }


def _tell(data: str, trained: Trained, files: dict[str, Path], no_figure: str) -> None:
    accuracy, model = trained.accuracy, files["network"]
    measure = f"loss {trained.loss:.4g}" if accuracy is None else f"accuracy {percent(accuracy)}"
    print(f"\n{trained.history.status} in {trained.seconds:.1f} s; "
          f"test {measure} on {len(trained.test)} samples")  # fmt: skip
    for kind in ("network", "history", "figure"):
        print(f"  {kind:8} {files.get(kind) or f'none: {no_figure}'}")
    print(f"\nTry next:\n  tidu evaluate {model} {data}\n  tidu check {model}")
    print("  tidu train --help")
