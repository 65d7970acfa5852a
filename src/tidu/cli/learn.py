"""``tidu learn``: the course as a path, a page at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tidu.atomic import write_atomically
from tidu.cli.output import Json, print_json
from tidu.errors import InputError
from tidu.experiments import Table
from tidu.learn import CHAPTERS, Chapter, named, notebook


def learn(
    chapter: Annotated[
        str | None, typer.Argument(metavar="[CHAPTER]", help="Its name or number; `all` for all.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--notebook", metavar="DIR", help="Write it as a Jupyter notebook there."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Read the course: its chapters in order, each with code, experiments and exercises."""
    chosen = list(CHAPTERS.values()) if chapter in (None, "all") else [named(str(chapter))]
    if to is not None:
        paths = [_write_notebook(found, to) for found in chosen]
        if as_json:
            print_json({"notebooks": list(map(str, paths))})
        else:
            print("\n".join(f"  notebook  {path}" for path in paths))
    elif as_json:
        print_json({"chapters": [_described(found, whole=chapter is not None) for found in chosen]})
    elif chapter is None:
        _list()
    else:
        for found in chosen:
            _show(found)


def _list() -> None:
    rows = [(str(found.number), found.name, found.title()) for found in CHAPTERS.values()]
    print(Table("The course, in order", ("", "CHAPTER", "what it is about"), rows))
    print("\nStart with:  tidu learn arrays")
    print("tidu show NAME runs an experiment, tidu exercise lists what to write yourself.")


def _show(found: Chapter) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    width = min(console.width, 100)
    console.print(Markdown(found.text(), code_theme="ansi_dark"), width=width)


def _described(found: Chapter, *, whole: bool) -> dict[str, object]:
    about = {
        "number": found.number,
        "name": found.name,
        "title": found.title(),
        "experiments": found.experiments,
        "exercises": found.exercises,
    }
    return {**about, "page": found.page()} if whole else about


def _write_notebook(found: Chapter, folder: Path) -> Path:
    path = folder / f"{found.number:02}-{found.name}.ipynb"
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is no folder: --notebook takes the folder to write to")
    text = notebook(found)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.encode())
    return path
