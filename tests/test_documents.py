"""What README and docs print is what the code prints, and what they link to is there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_examples_print_what_is_written(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    flags = doctest.NORMALIZE_WHITESPACE
    outcome = doctest.testfile(
        str(path), module_relative=False, optionflags=flags, encoding="utf-8"
    )
    assert outcome.failed == 0


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (path.parent / target).exists(), target


def test_commands_in_the_readme_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", text, flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


TRANSLATED = [path for path in DOCUMENTS if path.name.endswith(".zh.md")]


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.name)
def test_a_translation_has_the_same_code_links_and_headings(path):
    english = path.with_name(path.name.replace(".zh.md", ".md")).read_text(encoding="utf-8")
    chinese = path.read_text(encoding="utf-8")
    for what in (r"```.*?\n```", r"^#+ ", r"\]\((?!README)[^)]+\)"):
        found = [re.findall(what, text, re.DOTALL | re.MULTILINE) for text in (english, chinese)]
        assert found[0] == found[1], what
