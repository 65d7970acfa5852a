"""``tidu learn``: the course as a path, a page at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tidu.atomic import write_atomically
from tidu.cli.output import Json, print_json
from tidu.errors import InputError
from tidu.experiments import Table
from tidu.language import language, translator
from tidu.learn import CHAPTERS, Chapter, named, notebook

_ = translator("command")


def learn(
    chapter: Annotated[
        str | None, typer.Argument(metavar="CHAPTER", help="Its name or number; `all` for all.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--notebook", metavar="DIR", help="Write it as a Jupyter notebook there."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Read the course: its chapters in order, each with code, experiments and exercises."""
    spoken = language()
    chosen = list(CHAPTERS.values()) if chapter in (None, "all") else [named(str(chapter))]
    if to is not None:
        paths = [_write_notebook(found, to, spoken) for found in chosen]
        if as_json:
            print_json({"notebooks": list(map(str, paths))})
        else:
            print("\n".join(_("  notebook  {path}").format(path=path) for path in paths))
    elif as_json:
        whole = chapter is not None
        print_json({"chapters": [_described(found, spoken, whole=whole) for found in chosen]})
    elif chapter is None:
        _list(spoken)
    else:
        for found in chosen:
            _show(found, spoken)


def _list(spoken: str) -> None:
    rows = [(str(found.number), found.name, found.title(spoken)) for found in CHAPTERS.values()]
    print(Table(_("The course, in order"), ("", "CHAPTER", _("what it is about")), rows))
    print()
    print(_("Start with:  {command}").format(command="tidu learn arrays"))
    print(_("tidu show NAME runs an experiment, tidu exercise lists what to write yourself."))


def _show(found: Chapter, spoken: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    width = min(console.width, 100)
    console.print(Markdown(found.text(spoken), code_theme="ansi_dark"), width=width)


def _described(found: Chapter, spoken: str, *, whole: bool) -> dict[str, object]:
    about = {
        "number": found.number,
        "name": found.name,
        "title": found.title(spoken),
        "experiments": found.experiments,
        "exercises": found.exercises,
    }
    return {**about, "page": found.page(spoken)} if whole else about


def _write_notebook(found: Chapter, folder: Path, spoken: str) -> Path:
    path = folder / f"{found.number:02}-{found.name}.ipynb"
    if folder.exists() and not folder.is_dir():
        raise InputError(
            _("{folder} is no folder: --notebook takes the folder to write to").format(
                folder=folder
            )
        )
    text = notebook(found, spoken)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.encode())
    return path
