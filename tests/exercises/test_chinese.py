"""The exercises in Chinese: the same code and numbers, and mistakes named in Chinese."""

from __future__ import annotations

import ast
import json
import re
import unicodedata

import pytest

from tests.cli.running import tidu
from tidu.exercises import EXERCISES, check
from tidu.language import speaking, translator

CHINESE = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"`[^`]+`|\b\w+(?:\.\w+)*\(\S*\)|\b[A-Za-z]+\w*\d\b|\bnp\.\w+|\w+\[.*?\]")
"""Code within a sentence: in backticks, calls, names that end with a digit, and indices."""
_ = translator("exercises")

every_exercise = pytest.mark.parametrize("name", EXERCISES)


def chinese(sentence):
    with speaking("zh"):
        return _(sentence)


@every_exercise
def test_every_sentence_is_in_chinese_with_the_same_code(name):
    found = EXERCISES[name]
    for sentence in (found.title, found.task, *(known.sentence for known in found.mistakes)):
        assert CHINESE.search(chinese(sentence)), sentence
        missing = [code for code in CODE.findall(sentence) if code not in chinese(sentence)]
        assert not missing, chinese(sentence)


def statements(text):
    """Return the code of a file, without its texts: docstrings and what the blank says."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def width(line):
    """Return how many columns a line takes: a Chinese character takes two."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line)


@every_exercise
def test_the_file_has_a_chinese_task_and_the_same_code(name):
    english = EXERCISES[name].file("mine.py", 5)
    with speaking("zh"):
        text = EXERCISES[name].file("mine.py", 5)
    assert statements(text) == statements(english)
    assert text.count("\n    #  ") == english.count("\n    #  ")
    docstrings = [ast.get_docstring(ast.parse(text)), ast.get_docstring(ast.parse(text).body[2])]
    assert all(CHINESE.search(docstring) for docstring in docstrings)
    assert max(map(width, text.splitlines())) <= 110
    assert not CHINESE.search(english)


@every_exercise
def test_known_mistakes_are_named_in_chinese(name):
    known, function = EXERCISES[name].mistaken[0]
    english = check(name, function)
    with speaking("zh"):
        found = check(name, function)
        lines = str(found).splitlines()
    assert found.as_dict().keys() == english.as_dict().keys()
    assert [cause.code for cause in found.causes] == [cause.code for cause in english.causes]
    assert [cause.sentence for cause in found.causes] == [chinese(known.sentence)]
    assert all(CHINESE.search(line) for line in lines)


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("def softmax(x:\n", "does-not-run", "文件无法运行：第 1 行：SyntaxError"),
        ("def softmaks(x):\n    return x\n", "no-function", "是不是指 'softmaks'？"),
        ("def other(x):\n    return x\n", "no-function", "文件中有 'other'"),
        ("x = 1\n", "no-function", "文件没有定义任何函数"),
        ("def softmax(x):\n    return 1 / 0\n", "raises", "抛出 ZeroDivisionError（第 2 行）"),
        ("def softmax(x):\n    y = x\n", "returns-none", "是不是缺少 `return`？"),
        ("def softmax(x):\n    return 'a'\n", "wrong-kind", "应返回 y，却得到 str"),
        ("def softmax(x):\n    return [None]\n", "wrong-kind", "却得到 list"),
        ("def softmax(x):\n    return x[:0]\n", "shape", "y 的形状是 (0,)，应为 (3,)"),
        ("def softmax(x):\n    return x / 0\n", "not-finite", "y 含有"),
        ("def softmax(x):\n    return x + 1\n", "values", "应为"),
        ("import os\ndef softmax(x):\n    os._exit(0)\n", "ended", "在完成所有调用之前就结束了"),
        ("def softmax(x):\n    x -= x.max()\n    return x\n", "changes-argument", "使用副本"),
    ],
)
def test_a_wrong_file_is_judged_in_chinese(text, code, sentence, tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    words = ["exercise", "softmax", "--check", "mine.py"]
    monkeypatch.setenv("TIDU_LANG", "zh")
    ended = tidu(*words, cwd=tmp_path)
    assert ended.status == 1
    assert sentence in ended.out
    assert all(CHINESE.search(line) for line in ended.out.splitlines())
    verdict = json.loads(tidu(*words, "--json", cwd=tmp_path).out)
    assert code in [cause["code"] for cause in verdict["causes"]]
    assert sentence in "".join(cause["sentence"] for cause in verdict["causes"])


def test_the_file_that_was_written_in_chinese_passes_when_it_is_filled_in(tmp_path):
    assert tidu("exercise", "softmax", "--seed", "3", "--lang", "zh", cwd=tmp_path).status == 0
    path, found = tmp_path / "softmax.py", EXERCISES["softmax"]
    with speaking("zh"):
        text = path.read_text("utf-8").replace(found.blank, found.solution)
    path.write_text(text, "utf-8")
    ended = tidu("exercise", "softmax", "--lang", "zh", "--check", path, cwd=tmp_path)
    assert ended.out.startswith("softmax：正确，4 次调用全部通过。")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda y: 1.7 * y, "你的 y 处处是正确值的 1.7 倍：少了或多了一个常数因子"),
        (lambda y: -y, "你的 y 处处符号相反：是不是多了一个负号？"),
        (lambda y: y[..., ::-1], "你的 y 是正确值的倒序"),
    ],
)
def test_what_the_numbers_alone_tell_is_said_in_chinese(change, sentence):
    with speaking("zh"):
        found = check("softmax", lambda x: change(EXERCISES["softmax"].function(x)))
    assert sentence in found.causes[0].sentence
    assert "梯度" not in found.causes[0].sentence
