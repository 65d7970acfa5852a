"""Every page of the course: its code runs, its parts are there, and what it names exists."""

from __future__ import annotations

import doctest
import itertools
import re

import pytest

from tidu.errors import InputError
from tidu.exercises import EXERCISES
from tidu.experiments import EXPERIMENTS
from tidu.language import speaking
from tidu.learn import CHAPTERS, named, next_after
from tidu.learn.chapters import PAGES

every_chapter = pytest.mark.parametrize("name", CHAPTERS)

PARTS = [
    "What", "Why", "The formula", "The code", "Experiments", "Questions", "Exercises", "Next",
]  # fmt: skip


@every_chapter
def test_code_prints_what_is_written(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = doctest.testfile(
        str(PAGES / f"{name}.md"),
        module_relative=False,
        optionflags=doctest.NORMALIZE_WHITESPACE,
        encoding="utf-8",
    )
    assert outcome.attempted >= 3
    assert outcome.failed == 0


@every_chapter
def test_has_all_parts_in_order(name):
    page = CHAPTERS[name].page()
    assert page.startswith("# ")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == PARTS
    assert max(map(len, page.splitlines())) <= 300
    assert page.count("**") >= 4, "questions stand in bold"


@every_chapter
def test_code_fits_a_terminal_of_80_columns(name):
    for block in re.findall(r"```pycon\n(.*?)```", CHAPTERS[name].page(), re.DOTALL):
        typed = [line for line in block.splitlines() if line.startswith((">>>", "..."))]
        assert max(map(len, typed)) <= 78, max(typed, key=len)


@every_chapter
def test_names_experiments_and_exercises_that_exist(name):
    chapter = CHAPTERS[name]
    assert chapter.experiments
    for word in re.findall(r"`tidu show ([\w-]+)", chapter.page()):
        assert word in EXPERIMENTS, word
    for word in re.findall(r"`tidu exercise ([\w-]+)", chapter.page()):
        assert word in EXERCISES, word
    for word in re.findall(r"`tidu learn ([\w-]+)", chapter.page()):
        assert word in CHAPTERS, word


@every_chapter
def test_links_and_figures_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+)\)", CHAPTERS[name].page()):
        assert (PAGES / target).exists(), target


@every_chapter
def test_shows_the_figure_of_each_experiment(name):
    page = CHAPTERS[name].page()
    for experiment in CHAPTERS[name].experiments:
        assert f"![{EXPERIMENTS[experiment].title}](" in page, experiment


def test_next_is_the_next_chapter():
    for chapter, following in itertools.pairwise(CHAPTERS.values()):
        ending = chapter.page().partition("## Next")[2]
        assert f"({following.name}.md)" in ending
        assert f"[{following.title()}]" in ending
        assert f"`tidu learn {following.name}`" in ending


def test_each_experiment_and_each_exercise_has_a_chapter():
    shown = [name for chapter in CHAPTERS.values() for name in chapter.experiments]
    assert sorted(shown) == sorted(EXPERIMENTS)
    assert {name for c in CHAPTERS.values() for name in c.exercises} == set(EXERCISES)


def test_each_page_belongs_to_a_chapter():
    assert {path.name.partition(".")[0] for path in PAGES.glob("*.md")} == set(CHAPTERS)


def test_chapters_are_found_by_name_and_number():
    assert named("activations") is named("2") is CHAPTERS["activations"]
    with pytest.raises(InputError, match="no chapter 'derivativ'; did you mean 'derivative'"):
        named("derivativ")


def test_an_experiment_leads_to_the_next_of_its_chapter_and_then_to_the_next_chapter():
    assert next_after("slope")[0] == "tidu show step-size"
    assert next_after("broadcasting") == ("tidu learn activations", "Activations")
    with speaking("zh"):
        assert next_after("broadcasting") == ("tidu learn activations", "激活函数")
        assert next_after("trainability")[1].startswith("自己写")


def test_a_translation_stands_beside_its_page(tmp_path, monkeypatch):
    monkeypatch.setattr("tidu.learn.chapters.PAGES", tmp_path)
    (tmp_path / "arrays.md").write_text("# Arrays\n", encoding="utf-8")
    (tmp_path / "arrays.zh.md").write_text("# 数组\n", encoding="utf-8")
    assert [CHAPTERS["arrays"].title(language) for language in ("en", "zh", "fr")] == [
        "Arrays", "数组", "Arrays",
    ]  # fmt: skip


CHINESE_PARTS = ["是什么", "为什么", "公式", "代码", "实验", "问题", "练习", "下一章"]
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


@every_chapter
def test_the_chinese_page_has_the_same_code_and_numbers(name):
    english, chinese = (CHAPTERS[name].page(language) for language in ("en", "zh"))
    assert FENCE.findall(english) == FENCE.findall(chinese)
    prose = [FENCE.sub("", page) for page in (english, chinese)]
    for what in (r"`[^`\n]+`", r"\d[\d,.]*\d|\d", r"\]\(([^)]+)\)", r"^#+ ", r"\*\*"):
        found = [sorted(re.findall(what, page, re.MULTILINE)) for page in prose]
        assert found[0] == found[1], what


@every_chapter
def test_the_chinese_page_is_chinese(name):
    page = CHAPTERS[name].page("zh")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == CHINESE_PARTS
    assert not re.search(
        r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", re.sub(r"`[^`\n]+`", "", FENCE.sub("", page))
    )
    for following in list(CHAPTERS.values())[CHAPTERS[name].number :][:1]:
        assert f"[{following.title('zh')}]({following.name}.md)" in page
