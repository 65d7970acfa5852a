"""The pages of the site: each public name has its section, and each page its place."""

import importlib.util
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tidu as td

ROOT = Path(__file__).parents[1]
_SPEC = importlib.util.spec_from_file_location("assemble", ROOT / "docs" / "assemble.py")
assemble = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(assemble)


def test_every_public_name_is_in_the_reference():
    listed = {name for names in assemble.reference().values() for name in names}
    for name in td.__all__:
        value = getattr(td, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert f"{value.__module__}.{value.__qualname__}" in listed, name
    for names in assemble.reference().values():
        for name in names:
            room, _, last = name.rpartition(".")
            assert hasattr(importlib.import_module(room), last), name


def test_every_public_name_has_an_example():
    for names in assemble.reference().values():
        for name in names:
            room, _, last = name.rpartition(".")
            value = getattr(importlib.import_module(room), last)
            is_error = inspect.isclass(value) and issubclass(value, BaseException)
            if (inspect.isclass(value) or inspect.isfunction(value)) and not is_error:
                assert ">>> " in inspect.getdoc(value), name


def test_every_page_has_its_place_and_every_place_its_page(tmp_path):
    assemble.assemble(tmp_path)
    settings = json.loads((tmp_path / "mkdocs.yml").read_text(encoding="utf-8"))
    named = set(re.findall(r'"([\w/-]+\.md)"', json.dumps(settings["nav"])))
    pages = tmp_path / "pages"
    written = {str(p.relative_to(pages).as_posix()) for p in pages.rglob("*.md")}
    assert named == {page for page in written if not page.endswith(".zh.md")}


def test_how_to_pages_are_there_in_chinese():
    for name in ("index.md", *assemble.HOW_TO):
        assert (ROOT / "docs" / name.replace(".md", ".zh.md")).exists(), name


def test_commands_and_their_options_are_listed():
    page = assemble.command_page()
    for text in ("## tidu train", "`--epochs`", "## tidu check", "## tidu learn", "`--check`"):
        assert text in page


def test_the_search_takes_chinese_apart_where_words_end():
    (separator,) = re.findall("separator: '(.*)'", (ROOT / "mkdocs.yml").read_text("utf-8"))
    assert re.split(separator, "学习\u200b率，小\u200b批量 Adam") == [
        "学习",
        "率",
        "小",
        "批量",
        "Adam",
    ]


@pytest.mark.exhaustive
def test_the_site_is_built_strictly_and_asks_no_other_host(tmp_path):
    pytest.importorskip("material", reason="MkDocs with Material is not installed: make docs")
    assemble.assemble(tmp_path)
    command = [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--quiet"]
    subprocess.run([*command, "--config-file", str(tmp_path / "mkdocs.yml")], check=True)
    loads = re.compile(r'<(?:script|link|img|iframe)[^>]*?(?:src|href)="?(https?:)?//[^">]*', re.I)
    for page in (tmp_path / "site").rglob("*.html"):
        found = [m for m in loads.findall(page.read_text(encoding="utf-8")) if "canonical" not in m]
        assert not found, page
