"""The catalogues: every sentence has its translation, which says the same numbers."""

import ast
import gettext
import importlib.util
import re
from pathlib import Path
from string import Formatter

import pytest

from tidu.language import LANGUAGES, localized_error, speaking

babel = pytest.importorskip("babel", reason="Babel is not installed")
_SPEC = importlib.util.spec_from_file_location(
    "catalogues", Path(__file__).parents[1] / "docs" / "catalogues.py"
)
catalogues = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(catalogues)

EACH = [(domain, spoken) for domain in catalogues.DOMAINS for spoken in LANGUAGES[1:]]
each_catalogue = pytest.mark.parametrize(("domain", "spoken"), EACH)


def messages(domain, spoken):
    return [m for m in catalogues.read(domain, spoken) if m.id]


@each_catalogue
def test_has_the_sentences_of_the_code_and_no_others(domain, spoken):
    here = {m.id for m in messages(domain, spoken)}
    code = {m.id for m in catalogues.extracted(domain) if m.id}
    assert here == code, "run make catalogues, and translate what is new"


@each_catalogue
def test_is_compiled(domain, spoken):
    path = catalogues.po_file(domain, spoken).with_suffix(".mo")
    with path.open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    compiled.pop("")
    written = {m.id: m.string for m in messages(domain, spoken) if m.string and not m.fuzzy}
    assert compiled == written, "run make catalogues"


@each_catalogue
def test_every_sentence_is_translated(domain, spoken):
    assert not [m.id for m in messages(domain, spoken) if m.fuzzy or not m.string]


def test_no_function_that_says_a_sentence_has_another_underscore():
    for path in catalogues.SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                uses = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == "_"]
                called = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
                if any(n in called for n in uses):
                    assert not [n.lineno for n in uses if isinstance(n.ctx, ast.Store)], path


def fields(text):
    """Return the places of a text that are filled in, with their formats, sorted."""
    try:
        return sorted((name, spec) for _, name, spec, _ in Formatter().parse(text) if name)
    except ValueError:  # a brace of a formula: nothing is filled in
        return []


def numbers(text):
    """Return the numbers of a text, sorted, and the names of its commands, flags and files."""
    return sorted(re.findall(r"(?<![\w.])\d[\d,.]*\d|\d|--[a-z-]+|tidu [a-z]+|\.[a-z]{2,}\b", text))


@each_catalogue
def test_says_the_same_numbers(domain, spoken):
    for message in messages(domain, spoken):
        if message.string:
            assert fields(message.string) == fields(message.id)
            assert numbers(message.string) == numbers(message.id)


RAISED = """
raise InputError(f"`{name}` must be {clause('a number')}, got {value!r}")
raise ShapeError(f"{a} rows" if many else "one row")
raise LookupError(sentence)
warnings.warn(f"{name} has {{braces}}", TiduWarning)
raise TypeError("of a program alone")
"""


def test_finds_the_sentences_of_errors_and_their_clauses():
    assert catalogues.raised(RAISED) == [
        "`{}` must be {}, got {}",
        "a number",
        "{} rows",
        "one row",
        "{} has {{braces}}",
    ]


@pytest.mark.parametrize("spoken", LANGUAGES[1:])
def test_every_error_is_told_whatever_it_is_about(spoken):
    with speaking(spoken):
        for message in messages("errors", spoken):
            places = message.id.count("{}")
            if re.search("[a-z]", message.id):
                told = localized_error(message.id.format(*range(places)))
                assert told == message.string.format(*range(places))
