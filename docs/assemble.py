"""Bring the pages of the site together in a folder: ``python docs/assemble.py dist``.

It writes ``dist/pages`` and ``dist/mkdocs.yml``, from which MkDocs builds ``dist/site``. The pages
are those of this folder; the course, which is written in ``src/tidu/learn/pages``, where the
command shows it too; files of the root; and the reference, a page for each room and a section for
each public name, which mkdocstrings fills from the docstrings.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import tidu as td
from tidu.learn.chapters import CHAPTERS, PAGES

ROOT = Path(__file__).parents[1]
ROOT_PAGES = {
    "architecture.md": "ARCHITECTURE.md",
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
}
HOW_TO = [
    "lab.md",
    "tables.md",
    "gradient-checking.md",
    "doctor.md",
    "looking-inside.md",
    "many.md",
    "scale.md",
    "runs.md",
    "files.md",
    "from-scikit-learn.md",
    "teaching.md",
]
"""Pages that are called as their first lines say, in each language."""
EXPLANATION = {
    "Derivatives from function values": "derivatives.md",
    "Autodiff": "autodiff.md",
    "Engines": "engines.md",
    "The house": "architecture.md",
    "Glossary": "glossary.md",
    "Contributing": "contributing.md",
    "Changelog": "changelog.md",
}
_ELSEWHERE = re.compile(r"\[([^\]]*)\]\((?:\.\./|src/|tests/|benchmarks/|examples/)[^)]*\)")


@cache
def reference() -> dict[str, list[str]]:
    """Return the rooms with public names, and in each the full names of its classes and functions.

    A name of ``tidu.__all__`` is listed in the room that defines it; a name that is itself a room
    brings what that room lists.
    """
    found: dict[str, dict[str, None]] = defaultdict(dict)
    rooms = [name for name in td.__all__ if inspect.ismodule(getattr(td, name))]
    for room in rooms:
        module = importlib.import_module(f"tidu.{room}")
        for name in getattr(module, "__all__", ()):
            _add(found, room, f"tidu.{room}.{name}", getattr(module, name))
    for name in td.__all__:
        value = getattr(td, name)
        if not inspect.ismodule(value):
            _add(found, "tidu", f"tidu.{name}", value)
    return {room: sorted(names, key=str.casefold) for room, names in sorted(found.items())}


def _add(found: dict[str, dict[str, None]], room: str, name: str, value: Any) -> None:
    defined = getattr(value, "__module__", None)
    if inspect.isclass(value) or inspect.isfunction(value):
        parts = str(defined).split(".")
        if parts[0] == "tidu" and len(parts) > 1:
            found[parts[1]][f"{defined}.{value.__qualname__}"] = None
    elif not name.rpartition(".")[2].startswith("__"):
        found[room][name] = None


def reference_page(room: str, names: list[str]) -> str:
    """Return a page of the reference as Markdown."""
    module = importlib.import_module(f"tidu.{room}")
    about = inspect.getdoc(module) or ""
    first, _, rest = about.partition("\n\n")
    sections = "\n".join(f"::: {name}\n" for name in names)
    return f"# tidu.{room}\n\n{first}\n\n{_plain(rest)}\n\n{sections}"


def _plain(text: str) -> str:
    """Return a docstring's paragraphs without its tables and literal blocks."""
    paragraphs = [p for p in text.split("\n\n") if p and not p.startswith((" ", "="))]
    return "\n\n".join(paragraphs).replace("``", "`")


def reference_index(rooms: dict[str, list[str]]) -> str:
    """Return the first page of the reference: all names, by room."""
    lines = [
        "# Reference",
        "",
        "Each public name, with its formula, shapes, errors and an example.",
        "",
    ]
    for room, names in rooms.items():
        links = [f"[{name.rpartition('.')[2]}]({room}.md#{name})" for name in names]
        lines += [f"## [tidu.{room}]({room}.md)", "", " · ".join(links), ""]
    return "\n".join([*lines, "## [The command](command.md)", ""])


def command_page() -> str:
    """Return the commands of `tidu` with their arguments and options."""
    from typer.main import get_command

    from tidu.cli.app import app

    lines = ["# The command tidu", ""]
    for name, command in sorted(get_command(app).commands.items()):  # type: ignore[attr-defined]
        if command.hidden:
            continue
        about = inspect.cleandoc(command.help or "")
        lines += [f"## tidu {name}", "", about.replace("\b", ""), ""]
        rows = [p for p in command.params if not getattr(p, "hidden", False)]
        if rows:
            lines += ["| argument | what it is | default |", "| --- | --- | --- |"]
        for p in rows:
            names = ", ".join(f"`{o}`" for o in [*p.opts, *p.secondary_opts])
            default = "" if p.default is None or callable(p.default) else f"`{p.default}`"
            text = (getattr(p, "help", "") or "").replace("|", "\\|").replace("\n", " ")
            lines.append(f"| {names} | {text} | {default} |")
        lines.append("")
    return "\n".join(lines)


COURSE = {
    "en": """# The course

From arrays to a network that reads digits. In a terminal:

`tidu learn` lists the chapters, `tidu exercise` the exercises.
""",
    "zh": """# 课程

从数组到会认数字的网络。在终端里：

`tidu learn` 列出各章，`tidu exercise` 列出练习。
""",
}


def learn_index(language: str) -> str:
    """Return the contents of the course."""
    lines = [
        f"{chapter.number}. [{chapter.title(language)}]({chapter.name}.md)"
        for chapter in CHAPTERS.values()
    ]
    return "\n".join([COURSE[language], *lines, ""])


def made_pages() -> dict[str, str]:
    """Return all pages that are made: their place in the site, and their Markdown."""
    pages = {"learn/index.md": learn_index("en"), "learn/index.zh.md": learn_index("zh")}
    for source in sorted(PAGES.glob("*.md")):
        text = source.read_text(encoding="utf-8")
        pages[f"learn/{source.name}"] = text.replace("../../../../docs/", "../")
    rooms = reference()
    pages["reference/index.md"] = reference_index(rooms)
    pages["reference/command.md"] = command_page()
    for room, names in rooms.items():
        pages[f"reference/{room}.md"] = reference_page(room, names)
    for place, source_name in ROOT_PAGES.items():
        text = (ROOT / source_name).read_text(encoding="utf-8")
        pages[place] = text.replace("](docs/", "](")
    return pages


def navigation(rooms: Iterable[str]) -> list[Any]:
    """Return the order of the pages, as MkDocs takes it."""
    chapters = [f"learn/{chapter.name}.md" for chapter in CHAPTERS.values()]
    return [
        {"Home": "index.md"},
        {"Course": ["learn/index.md", *chapters]},
        {"How to": HOW_TO},
        {"Explanation": [{title: page} for title, page in EXPLANATION.items()]},
        {
            "Reference": [
                "reference/index.md",
                {"The command": "reference/command.md"},
                *({f"tidu.{room}": f"reference/{room}.md"} for room in rooms),
            ]
        },
        {"Gallery": "gallery.md"},
    ]


def assemble(folder: Path) -> None:
    """Write all pages and pictures to a folder, in place of what was there, and its mkdocs.yml."""
    pages = folder / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(ROOT / "docs", pages, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for place, text in made_pages().items():
        path = pages / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for page in pages.rglob("*.md"):
        if page.parent.name != "learn":
            text = page.read_text(encoding="utf-8")
            text = text.replace("](../src/tidu/learn/pages/", "](learn/")
            page.write_text(_ELSEWHERE.sub(r"\1", text), encoding="utf-8")
    settings = {
        "INHERIT": str(ROOT / "mkdocs.yml"),
        "docs_dir": "pages",
        "site_dir": "site",
        "nav": navigation(reference()),
    }
    (folder / "mkdocs.yml").write_text(json.dumps(settings, indent=2), encoding="utf-8")


if __name__ == "__main__":
    assemble(Path(sys.argv[1]))
