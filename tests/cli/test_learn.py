"""``tidu learn`` and ``tidu exercise``, as a learner and a teacher type them."""

from __future__ import annotations

import json
import re

import pytest

from tests.cli.running import tidu
from tidu.exercises import EXERCISES
from tidu.language import width_of
from tidu.learn import CHAPTERS


def test_lists_the_chapters_in_order():
    ended = tidu("learn")
    assert ended.status == 0
    places = [ended.out.index(f" {name} ") for name in CHAPTERS]
    assert places == sorted(places)
    assert "tidu learn arrays" in ended.out


def test_shows_a_chapter_by_name_and_number():
    by_name, by_number = tidu("learn", "derivative"), tidu("learn", "3")
    assert by_name == by_number
    assert by_name.status == 0
    for words in ("The derivative, and rounding", "Central difference", "tidu show step-size"):
        assert words in by_name.out
    assert "gallery/" not in by_name.out


def test_an_experiment_says_what_is_next(tmp_path):
    ended = tidu("show", "slope", cwd=tmp_path)
    assert re.search(r"^next:  tidu show step-size ", ended.out, re.MULTILINE)


def test_json_has_the_page(tmp_path):
    found = tidu("learn", "arrays", "--json").json["chapters"][0]
    assert found["experiments"] == ["broadcasting"]
    assert found["page"] == CHAPTERS["arrays"].page()
    assert [c["name"] for c in tidu("learn", "--json").json["chapters"]] == list(CHAPTERS)


def test_writes_notebooks(tmp_path):
    pytest.importorskip("jupytext", reason="jupytext is not installed")
    assert tidu("learn", "arrays", "--notebook", "lab", cwd=tmp_path).status == 0
    assert json.loads((tmp_path / "lab" / "01-arrays.ipynb").read_text("utf-8"))["cells"]
    paths = tidu("learn", "all", "--notebook", "lab", "--json", cwd=tmp_path).json["notebooks"]
    assert len(paths) == len(CHAPTERS)


def test_lists_the_exercises():
    ended = tidu("exercise")
    for name, found in EXERCISES.items():
        assert any(name in line and found.title in line for line in ended.out.splitlines())
    assert [e["name"] for e in tidu("exercise", "--json").json["exercises"]] == list(EXERCISES)


def test_a_file_is_written_once_and_its_blank_is_named(tmp_path):
    assert tidu("exercise", "softmax", cwd=tmp_path).status == 0
    again = tidu("exercise", "softmax", cwd=tmp_path)
    assert again.status == 2
    assert "softmax.py exists, and may hold your work" in again.err
    assert tidu("exercise", "softmax", "--force", cwd=tmp_path).status == 0
    ended = tidu("exercise", "softmax", "--check", "softmax.py", cwd=tmp_path)
    assert ended.status == 1
    assert "the function is still to be written" in ended.out


def test_seed_of_the_file_is_the_seed_of_the_check(tmp_path):
    tidu("exercise", "softmax", "--seed", "7", "--out", "mine.py", cwd=tmp_path)
    text = (tmp_path / "mine.py").read_text("utf-8")
    assert "tidu exercise softmax --check mine.py --seed 7" in text
    assert text != EXERCISES["softmax"].file("mine.py", 0)
    found = tidu("exercise", "softmax", "--check", "mine.py", "--json", cwd=tmp_path).json
    assert (found["seed"], found["passed"], found["score"]) == (7, False, 0.0)
    assert found["causes"][0]["code"] == "blank"


def test_a_right_solution_passes_and_leads_on(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n" + EXERCISES["softmax"].solution, encoding="utf-8"
    )
    ended = tidu("exercise", "softmax", "--check", "mine.py", cwd=tmp_path)
    assert ended.status == 0
    assert "softmax: right, in all of" in ended.out
    assert "next:  tidu exercise " in ended.out


def test_the_course_in_chinese(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert "数组与广播" in tidu("learn", "--lang", "zh").out
    assert "是什么" in tidu("learn", "losses", "--lang", "zh").out
    monkeypatch.setenv("TIDU_LANG", "zh")
    assert tidu("learn", "arrays", "--json").json["chapters"][0]["title"] == "数组与广播"
    assert "What" in tidu("learn", "losses", "--lang", "en").out
    assert tidu("learn", "losses", "--notebook", "here", cwd=tmp_path).status == 0
    cells = json.loads((tmp_path / "here" / "06-losses.ipynb").read_text("utf-8"))["cells"]
    assert "损失函数" in "".join(cells[0]["source"])


@pytest.mark.parametrize("command", ["learn arrays", "learn not-learning", "train --help"])
def test_no_chinese_line_begins_with_punctuation(command):
    lines = tidu(*command.split(), "--lang", "zh").out.splitlines()
    assert max(map(width_of, lines)) <= 80
    assert not [line for line in lines if re.match("[│ ]*[，。；：、！？）》”」]", line)]
