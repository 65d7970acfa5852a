"""The checker in Chinese: the same numbers and names as in English."""

import re

import numpy as np
import pytest

from tests.checking.test_causes import A, C, X, _normalized, _slope, _softmax, total
from tidu.checking import check_gradient
from tidu.checking.causes import CAUSES, swapped
from tidu.language import speaking

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"\b(?:your|gradient|the|is|at|wrong|right|slopes?|missing)\b")
ONES = np.ones((2, 3))
SQUARE = np.array([[1.0, 2.0], [3.0, 5.0]])

CASES = {
    "not_finite": (total, ONES, np.where(A == 2, np.nan, A)),
    "no_change": (lambda x: 2.0, ONES, A),
    "all_zero": (total, ONES, 0 * A),
    "sign": (total, ONES, -A),
    "factor": (total, ONES, 3 * A),
    "transposed": (lambda x: np.sum(SQUARE * x), np.ones((2, 2)), SQUARE.T),
    "moved": (total, ONES, np.roll(A, -1, axis=1)),
    "averaged": (total, ONES, np.full(A.shape, A.mean())),
    "penalty": (lambda x: total(x) + 0.05 * np.sum(x * x), A, A),
    "zero_block": (total, ONES, np.where(A == 5, 0, A)),
    "mask": (lambda x: np.sum(A * np.maximum(x, 0)), np.where(A == 5, -1, A), A),
    "right_to_some_digits": (
        lambda x: np.sum(C * np.tanh(x)),
        X,
        C * (1 - np.tanh(X).round(4) ** 2),
    ),
    "lacking_term": (
        lambda p: np.sum((A + A[::-1] ** 2) * p["u"]) + np.sum(A * p["v"]),
        {"u": ONES, "v": ONES},
        {"u": A[::-1] ** 2, "v": A},
    ),
    "through_the_mean": (total, ONES, A + 1),
    "through_the_variance": (
        lambda x: np.sum(C * _normalized(x)),
        X,
        _slope(X, C, spare=1),
    ),
    "scale_of_each_line": (
        lambda x: np.sum(C * x),
        X,
        C * np.array([0.5, 2.0, 3.0, -1.0]),
    ),
    "softmax_jacobian": (lambda x: np.sum(C * _softmax(x)), X, C * _softmax(X)),
    "wrong_axis": (
        lambda x: np.sum(C * (x - x.mean(axis=0))),
        X,
        C - C.mean(axis=1, keepdims=True),
    ),
    "some_entries": (total, ONES, A + (A > 4)),
}


def details(sentence):
    """Return the numbers, entries and formulas of a sentence, sorted."""
    return sorted(re.findall(r"\d[\d.]*|\w\[[^]]*\]|\b(?:float32|std|softmax|eps)\b", sentence))


def test_every_cause_has_a_case():
    assert list(CASES) == [cause.__name__ for cause in CAUSES]


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
def test_a_cause_says_the_same_in_chinese(cause):
    said = []
    for spoken in ("en", "zh"):
        with speaking(spoken), np.errstate(all="ignore"):
            part = check_gradient(*CASES[cause.__name__]).parts[0]
            said.append(cause(part))
    english, chinese = said
    assert f"of {part.name}" in english or f"when {part.name}" in english
    assert not CHINESE.search(english)
    assert CHINESE.search(chinese)
    assert not ENGLISH.search(chinese)
    assert part.name in re.findall(r"\w+", chinese, flags=re.ASCII)
    assert details(chinese) == details(english)


def test_swapped_parts_are_named_in_chinese():
    f = lambda p: np.sum(A * p["u"]) + np.sum(A**2 * p["v"])  # noqa: E731
    with speaking("zh"):
        report = check_gradient(f, {"u": ONES, "v": ONES}, {"u": A**2, "v": A})
        assert swapped(report.parts) == "u 与 v 的梯度互换了"


def test_the_report_is_in_chinese_and_its_verdict_for_programs_is_not():
    with speaking("zh"):
        report = check_gradient(total, ONES, A + (A > 4))
        text = str(report)
    assert text.splitlines()[0] == "梯度检验：错误"
    assert not ENGLISH.search(text)
    assert report.verdict == report.to_dict()["verdict"] == "wrong"
