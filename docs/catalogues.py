"""The catalogues of translated sentences: ``make catalogues`` extracts, updates and compiles them.

Each domain has ``src/tidu/locale/LANGUAGE/LC_MESSAGES/DOMAIN.po``, which a translator edits, and
beside it the compiled ``.mo``, which the library reads. A new sentence appears in the ``.po`` with
an empty translation, or with a similar one that is marked as fuzzy; a sentence that is gone is
removed. Translate it, take the mark away, and run ``make catalogues`` again.
"""

from __future__ import annotations

import ast
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tidu.language import CATALOGUES, LANGUAGES

SOURCES = CATALOGUES.parent
MARKS: dict[str, int | str] = {
    "_": 0,
    "later": 0,
    "experiment": "title",
    "exercise": 0,
    "mistake": 1,
}
"""The functions that mark a sentence, and which of their arguments it is."""
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""In place of the time of extraction: the same sentences give the same files."""
_HEADER = """# Translations of Tidu: docs/catalogues.py says how they are updated.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""


def marked(code: str) -> list[str]:
    """Return the sentences that are marked in Python code, in their order."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = MARKS.get(node.func.id)
            named: dict[Any, ast.expr] = {k.arg: k.value for k in node.keywords}
            argument = ({**dict(enumerate(node.args)), **named}).get(place)
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found.append((argument.lineno, argument.col_offset, argument.value))
        elif isinstance(node, ast.FunctionDef) and _is_exercise(node):
            found.append((node.lineno, node.col_offset, ast.get_docstring(node) or ""))
    return [sentence for *_, sentence in sorted(found)]


def _is_exercise(node: ast.FunctionDef) -> bool:
    """Say whether the docstring of a function is the task of an exercise."""
    decorators = (d.func for d in node.decorator_list if isinstance(d, ast.Call))
    return any(isinstance(d, ast.Name) and d.id == "exercise" for d in decorators)


def raised(code: str) -> list[str]:
    """Return the sentences of errors and warnings in code, and of their clauses, in their order.

    They are templates: ``{}`` stands for whatever an f-string fills in. A `TypeError` is the
    mistake of a program, which no command shows.
    """
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and node.args:
            name = ast.unparse(node.func).rpartition(".")[2]
            if re.fullmatch(r"clause|warn|\w*(?<!Type)Error|\w+Warning", name):
                text = node.args[0]
                for each in (text.body, text.orelse) if isinstance(text, ast.IfExp) else (text,):
                    template = _template(each)
                    if re.search("[a-z]", template):
                        found.append((each.lineno, each.col_offset, template))
    return [sentence for *_, sentence in sorted(found)]


def _template(text: ast.expr) -> str:
    """Return a text with ``{}`` for each of its parts that are not written out."""
    match text:
        case ast.Constant(value=str() as written):
            return written.replace("{", "{{").replace("}", "}}")
        case ast.JoinedStr(values=parts):
            return "".join(map(_template, parts))
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _template(left) + _template(right)
    return "{}"


DOMAINS: dict[str, tuple[tuple[str, ...], Callable[[str], list[str]]]] = {
    "checking": (("checking",), marked),
    "command": (("cli", "recipes"), marked),
    "doctor": (("doctor",), marked),
    "experiments": (("experiments",), marked),
    "exercises": (("exercises", "learn"), marked),
    "data": (("schema.py", "datasets"), marked),
    "library": (
        ("descent.py", "model.py", "objective.py", "engines", "training", "plots", "lab"),
        marked,
    ),
    "errors": (
        (
            *("arrays.py", "atomic.py", "autodiff", "datasets", "descent.py", "doctor", "engines"),
            *("errors.py", "exercises", "experiments", "formats", "functions", "lab", "layers"),
            *("learn", "layout.py", "losses", "native", "network.py", "numeric", "objective.py"),
            *("plots/files.py", "recipes", "schema.py", "threads.py", "training/cluster.py"),
        ),
        raised,
    ),
}
"""The files and folders whose sentences a catalogue holds, and how these are found in code."""


def extracted(domain: str) -> Catalog:
    """Return the sentences of a domain, as they stand in the code, and those that it makes."""
    found = Catalog(domain=domain)
    places, sentences = DOMAINS[domain]
    for place in places:
        whole = SOURCES / place
        for path in sorted(whole.rglob("*.py")) if whole.is_dir() else [whole]:
            name = path.relative_to(SOURCES).as_posix()
            for sentence in sentences(path.read_text("utf-8")):
                found.add(sentence, locations=[(name, 0)])
    for sentence in UNMARKED.get(domain, tuple)():
        found.add(sentence, locations=[(places[0], 0)])
    return found


def help_texts() -> Iterator[str]:
    """Yield all texts that the help of a command shows."""
    import typer

    from tidu.cli.app import app

    waiting: list[tuple[Any, Any]] = [(typer.main.get_command(app), None)]
    for command, parent in waiting:
        context = typer.Context(command, parent=parent)
        yield from (t for t in (command.help, command.epilog) if t and "Example:" not in t)
        yield from filter(None, (getattr(p, "help", "") for p in command.get_params(context)))
        waiting += [(child, context) for child in getattr(command, "commands", {}).values()]


def disease_names() -> Iterator[str]:
    """Yield the names of all diseases that the doctor knows."""
    from tidu.doctor.diagnosis import STAGES, disease_name

    yield from (disease_name(disease) for stage in STAGES for disease in stage)


def other_errors() -> Iterator[str]:
    """Yield what others say of files that cannot be read, and how sentences are put together."""
    from tidu.language import SYSTEM_ERRORS

    yield from map(os.strerror, SYSTEM_ERRORS)
    yield from ("File is not a zip file", "cannot identify image file {}")
    yield "Compressed file ended before the end-of-stream marker was reached"
    yield "Object arrays cannot be loaded when allow_pickle=False"
    yield "Error while deserializing header: {}"
    yield from ("header too small", "header too large", "invalid header length")
    yield from ("{}: {}", "{}; {}")


UNMARKED: dict[str, Callable[[], Iterable[str]]] = {
    "command": help_texts,
    "doctor": disease_names,
    "errors": other_errors,
}
"""The sentences of a domain that the code does not mark."""


def po_file(domain: str, language: str) -> Path:
    """Return where the translations of a domain are."""
    return CATALOGUES / language / "LC_MESSAGES" / f"{domain}.po"


def read(domain: str, language: str) -> Catalog:
    """Return the translations of a domain; none where there is no file yet."""
    path = po_file(domain, language)
    text = path.read_bytes() if path.exists() else b""
    return read_po(io.BytesIO(text), locale=language, domain=domain)


def updated(domain: str, language: str) -> Catalog:
    """Return the sentences as they stand in the code, with the translations that there are."""
    catalog = read(domain, language)
    catalog.update(extracted(domain))
    catalog.obsolete.clear()
    catalog.creation_date = catalog.revision_date = NO_DATE
    return catalog


def write(catalog: Catalog, path: Path) -> None:
    """Write a catalogue, and beside it the compiled one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as po, path.with_suffix(".mo").open("wb") as mo:
        po.write(_HEADER.format(language=catalog.locale).encode())
        write_po(po, catalog, width=100, omit_header=True, sort_by_file=True, include_lineno=False)
        write_mo(mo, catalog)


def main() -> None:
    """Update all catalogues, and say what is left to translate."""
    for language in LANGUAGES[1:]:
        for domain in DOMAINS:
            catalog, path = updated(domain, language), po_file(domain, language)
            write(catalog, path)
            left = sum(m.fuzzy or not m.string for m in catalog if m.id)
            print(f"{path}: {len(catalog)} sentences, {left} to translate")


if __name__ == "__main__":
    main()
