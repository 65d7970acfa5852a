"""What a reader, a program and a test see of a check."""

import json
import math

import numpy as np
import pytest

from tidu.checking import check_gradient


@pytest.fixture
def report():
    f = lambda p: np.sum(p["W"] ** 2) + np.sum(p["b"])  # noqa: E731
    point = {"W": np.arange(1.0, 7).reshape(2, 3), "b": np.zeros(2)}
    dW = 2 * point["W"]
    dW[1, 2] = -1.0
    return check_gradient(f, point, {"W": dW, "b": np.ones(2)})


def test_it_prints_as_tables(report):
    text = str(report).splitlines()
    assert text[0] == "gradient check: wrong"
    assert text[2].startswith("part  shape   right  wrong  cannot tell  largest relative error")
    assert text[4].split() == ["W", "(2,", "3)", "5", "1", "0", "1.1e+00"]
    assert text[5].split()[:5] == ["b", "(2,)", "2", "0", "0"]
    assert any(line.split()[:4] == ["W", "[1,", "2]", "-1"] for line in text)
    assert "- your gradient of W is off at W[1, 2] alone, and right elsewhere" in text
    assert text[-1].startswith("every entry was looked at (")


def test_the_worst_comes_first(report):
    worst = report.worst
    assert (worst.part, worst.index, worst.analytic, worst.verdict) == ("W", (1, 2), -1.0, "wrong")
    assert worst.numeric == pytest.approx(12.0)
    assert worst.relative_error == pytest.approx(13 / 12)
    assert not report
    assert not report.ok


def test_it_goes_to_json(report):
    told = json.loads(report.to_json(indent=1))
    assert told["verdict"] == "wrong"
    assert [part["name"] for part in told["parts"]] == ["W", "b"]
    assert told["parts"][0]["entries"][0]["index"] == [1, 2]
    assert told["parts"][0]["cannot_tell"] == 0
    assert told["evaluations"] == report.evaluations
    held = check_gradient(np.sum, [1.0, 2.0], [1.0, math.nan])
    assert json.loads(held.to_json())["parts"][0]["entries"][0]["analytic"] is None


def test_a_long_list_is_cut():
    text = str(check_gradient(np.sum, np.ones(100), np.zeros(100)))
    assert "the 8 worst of 100 slopes in question" in text
    assert len(text.splitlines()) < 25


def test_nothing_to_look_at():
    report = check_gradient(lambda x: 1.0, np.zeros((0, 2)), np.zeros((0, 2)))
    assert report.worst is None
    assert report.ok
    assert "(0, 2)" in str(report)
