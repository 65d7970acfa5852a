"""``tidu exercise``: functions to write, and answers that name what is wrong."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from tidu.atomic import write_atomically
from tidu.cli.output import Json, print_json
from tidu.errors import InputError
from tidu.exercises import EXERCISES, Exercise, check, named
from tidu.experiments import Table
from tidu.language import translator

_ = translator("command")


def exercise(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Which exercise; none lists them.")
    ] = None,
    checked: Annotated[
        Path | None, typer.Option("--check", metavar="FILE", help="Run this file and judge it.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, metavar="N", help="Other numbers; FILE says which, if not."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to write it; NAME.py if not."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    as_json: Json = False,
) -> None:
    """Write a function yourself, and have it checked: what is wrong is named."""
    if name is None:
        if checked or out or force or seed is not None:
            raise InputError(
                _("name the exercise, too: tidu exercise NAME; tidu exercise lists them")
            )
        _list(as_json)
    elif checked is None:
        _write(named(name), out, seed or 0, force, as_json)
    else:
        _check(named(name), checked, seed, as_json)


def _list(as_json: bool) -> None:
    if as_json:
        listed = [{"name": e.name, "title": e.heading} for e in EXERCISES.values()]
        print_json({"exercises": listed})
        return
    rows = [(found.name, found.heading) for found in EXERCISES.values()]
    title = _("The exercises, in the order of the course")
    print(Table(title, (_("NAME"), _("what to write")), rows))
    print()
    print(_("tidu exercise NAME writes a file with the task,"))
    print(_("tidu exercise NAME --check NAME.py says what is right and what is not."))


def _write(found: Exercise, out: Path | None, seed: int, force: bool, as_json: bool) -> None:
    path = out or Path(f"{found.name.replace('-', '_')}.py")
    if path.exists() and not force:
        raise InputError(
            _(
                "{path} exists, and may hold your work: check it with "
                "tidu exercise {name} --check {path}, or write over it with --force"
            ).format(path=path, name=found.name)
        )
    write_atomically(path, found.file(path.name, seed).encode())
    if as_json:
        print_json({"exercise": found.name, "seed": seed, "file": str(path)})
        return
    print(f"{found.heading}: {path}")
    work = (
        _("Find the mistake and mend it, try it with python {path}, then")
        if found.broken
        else _("Fill it in, try it with python {path}, then")
    )
    print(work.format(path=path))
    print(f"  tidu exercise {found.name} --check {path}")


def _check(found: Exercise, path: Path, seed: int | None, as_json: bool) -> None:
    verdict = check(found.name, path, _seed_in(path) if seed is None else seed)
    if as_json:
        print_json(verdict.as_dict())
    else:
        print(verdict)
        if verdict.passed:
            print(_("next:  {command}").format(command=_next(found)))
    if not verdict.passed:
        sys.exit(1)


def _seed_in(path: Path) -> int:
    """Return the seed that the file was written with, as its first lines say."""
    with path.open(encoding="utf-8", errors="replace") as file:
        found = re.search(r"--check \S+ --seed (\d+)", file.read(2000))
    return int(found[1]) if found else 0


def _next(found: Exercise) -> str:
    names = list(EXERCISES)
    later = names[names.index(found.name) + 1 :]
    return f"tidu exercise {later[0]}" if later else "tidu learn"
