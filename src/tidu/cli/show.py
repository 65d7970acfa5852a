"""``tidu show``: the experiments, each a command whose flags are its function's own settings."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from tidu.atomic import write_atomically
from tidu.cli.flags import flag_name, flags_of, given_settings, parameter
from tidu.cli.folders import folder_for_results
from tidu.cli.groups import Command, Group
from tidu.cli.help import Lang, with_language
from tidu.cli.output import Json, print_json
from tidu.errors import InputError, MissingExtraError, need
from tidu.experiments import EXPERIMENTS, Experiment, Result, Table, named, silent
from tidu.language import translator
from tidu.learn import next_after
from tidu.plain import plain
from tidu.recipes.trained import free_folder

_ = translator("command")

Quick = Annotated[bool, typer.Option("--quick", help="Take a second or so, and show less.")]


class _Experiments(Group):
    """The commands by name, in either spelling, with Tidu's own sentence for an unknown name."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        name = cmd_name if cmd_name == "all" else named(cmd_name).name
        command = super().get_command(ctx, name)
        if command and name in EXPERIMENTS:
            command.short_help = EXPERIMENTS[name].title
        return command


app = typer.Typer(
    cls=_Experiments,
    help="Show an experiment of the course: its table, its figure, and what to see in them.",
    epilog="Example:  tidu show learning-rate --rates 0.01,0.1,1.1",
    invoke_without_command=True,
    rich_markup_mode="rich",
    subcommand_metavar="[NAME] [--setting VALUE ...]",
)


@app.callback()
def _list(context: typer.Context, lang: Lang = None) -> None:
    if context.invoked_subcommand is None:
        rows = [(found.name, found.title) for found in EXPERIMENTS.values()]
        title = _("The experiments, in the order of the course")
        print(Table(title, (_("NAME"), _("what it shows")), rows))
        print()
        print(_("tidu show NAME runs one, tidu show NAME --help lists its settings,"))
        print(_("tidu show all makes a page of them all; --quick takes seconds."))
        print(_("tidu learn explains them, chapter by chapter."))


@app.command("all", cls=Command, epilog="Example:  tidu show all --quick")
@with_language
def show_all(
    quick: Quick = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to put gallery.html.")] = Path(
        "tidu-out"
    ),
    as_json: Json = False,
) -> None:
    """Run all experiments, and make one page of them that needs no server and no network."""
    from tidu.experiments.gallery import page

    need("matplotlib", extra="plots")  # before minutes are spent
    progress = silent if as_json else None
    results = []
    target = out / "gallery.html"
    with folder_for_results(out):
        for found in EXPERIMENTS.values():
            if not as_json:
                print(f"{found.name}: {found.title}", flush=True)
            results.append(found.run(found.quick if quick else {}, progress))
        write_atomically(target, page(results).encode())
    if as_json:
        print_json({"page": str(target), "experiments": [r.record() for r in results]})
    else:
        print()
        counted = (
            _("1 experiment on one page: {path}")
            if len(results) == 1
            else _("{n} experiments on one page: {path}")
        )
        print(counted.format(n=len(results), path=target))


def _show(
    found: Experiment,
    settings: dict[str, Any],
    record: Path | None,
    out: Path | None,
    as_json: bool,
    theme: str,
) -> None:
    """Run an experiment or read its record, write its files, and print the result."""
    out = out or Path("tidu-out") / found.name
    if record is None:
        with folder_for_results(out):
            result = found.run(settings, silent if as_json else None)
            paths, missing = _save(result, _folder(result, out), theme)
    else:
        result, missing = found.from_record(record), ""
        paths = {"json": record, **result.save_figure(out, theme)}
    if as_json:
        files = {kind: str(path) for kind, path in paths.items()}
        print_json({**result.record(), "files": files})
        return
    print(f"{result!r}\n")
    for kind, path in paths.items():
        written = _("  record  {path}") if kind == "json" else _("  figure  {path}")
        print(written.format(path=path))
    if missing:
        print(_("  figure  none: {why}").format(why=missing))
    command, title = next_after(found.name)
    print("\n" + _("next:  {command}").format(command=f"{command}    {title}"))


def _folder(result: Result, wanted: Path) -> Path:
    """Return the folder that is wanted, or a numbered one if it holds a run of other settings."""
    record = wanted / f"{result.name}.json"
    try:
        same = json.loads(record.read_text("utf-8"))["settings"] == plain(result.settings)
    except FileNotFoundError:
        return wanted
    except (ValueError, LookupError, TypeError):
        same = False
    return wanted if same else free_folder(wanted, record.name)


def _save(result: Result, out: Path, theme: str) -> tuple[dict[str, Path], str]:
    """Write the files; return where, and why there is no figure, if there is none."""
    try:
        return result.save(out, theme), ""
    except MissingExtraError as error:
        return {"json": out / f"{result.name}.json"}, str(error)


def _command(found: Experiment) -> Callable[..., None]:
    """Return a function whose signature is the settings of an experiment, as flags."""

    def command(
        quick: bool, record: Path | None, out: Path | None, as_json: bool, dark: bool, **given: Any
    ) -> None:
        settings = dict(found.quick) if quick else {}
        settings |= given_settings(found.arguments, given)
        if record is not None and (settings or quick):
            name = "quick" if quick else next(iter(settings)).replace("_", "-")
            raise InputError(
                _(
                    "--from draws what the record holds: leave out {flag}, or run it without --from"
                ).format(flag=f"--{name}")
            )
        _show(found, settings, record, out, as_json, "dark" if dark else "light")

    flags = flags_of(found.arguments.values())
    command.__signature__ = inspect.Signature([*flags, *_COMMON])  # type: ignore[attr-defined]
    command.__doc__ = (inspect.getdoc(found) or "").partition("\n\nExamples")[0]
    return command


_OUT = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where to put the files; tidu-out/NAME if not given."),
]
_DARK = Annotated[bool, typer.Option("--dark", help="Draw on dark paper.")]
_FROM = Annotated[
    Path | None,
    typer.Option("--from", metavar="NAME.json", help="Draw this record again; nothing is run."),
]
_COMMON = [
    parameter("quick", Quick, False),
    parameter("record", _FROM, None),
    parameter("out", _OUT, None),
    parameter("dark", _DARK, False),
    parameter("as_json", Json, False),
]


def _example(found: Experiment) -> str:
    """Return a command with the first setting of an experiment, if it has any."""
    first = next(iter(found.arguments.values()), None)
    flags = ""
    if first is not None and first.kind is not bool:
        flags = f" --{flag_name(first)} {first.written(first.default)}"
    return f"tidu show {found.name}{flags}"


for _found in EXPERIMENTS.values():
    app.command(_found.name, cls=Command, epilog=f"Example:  {_example(_found)}")(
        with_language(_command(_found))
    )
