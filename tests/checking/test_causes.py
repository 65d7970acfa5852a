"""Causes that need a part of their own; those of the corpus are in test_check.py."""

import numpy as np
import pytest

from tidu.checking import check_gradient
from tidu.checking.causes import CAUSES

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]])


def total(x):
    return np.sum(A * x)


@pytest.mark.parametrize(
    ("f", "dx", "sentence"),
    [
        (lambda x: 2.0, A, "f does not change at all when x moves"),
        (total, A.reshape(-1).reshape((2, 3), order="F"), "was it reshaped after a transpose?"),
        (total, A.T.reshape(2, 3), "was it reshaped after a transpose?"),
        (total, A[::-1], "in reverse order along axis 0"),
        (total, np.roll(A, -1, axis=1), "shifted by one along axis 1"),
        (total, np.where(A == 5, 0, A), "zero at x[1, 1] alone, where the slope is not"),
        (total, A + (A > 4), "off at 2 of 6 slopes (first at x[1, 1]), and right elsewhere"),
        (total, 3 * A, "3 × the numeric one everywhere: not divided by 3"),
        (total, A / 3, "divided by 3 (the batch size?) once too often?"),
    ],
)
def test_the_first_sentence(f, dx, sentence):
    report = check_gradient(f, np.ones((2, 3)), dx)
    assert report.verdict == "wrong"
    assert sentence in report.why[0]


def test_a_right_gradient_is_left_alone():
    report = check_gradient(total, np.ones((2, 3)), A)
    assert report.why == []
    assert all(cause.__doc__ for cause in CAUSES)


def test_a_forgotten_mask_of_relu_is_named():
    f = lambda x: np.sum(A * np.maximum(x, 0))  # noqa: E731
    x = np.array([[1.0, -2.0, 3.0], [-1.0, 2.0, 1.0]])
    report = check_gradient(f, x, A)
    assert report.verdict == "wrong"
    assert report.why == [
        "your gradient of x is not zero at 2 of 6 slopes (first at x[0, 1]), where the slope is, "
        "and right elsewhere: a mask (of ReLU, dropout, a maximum) that backward does not apply?"
    ]


def test_a_number_has_no_index():
    assert "of x is 2 × the numeric one here" in check_gradient(np.sum, 1.0, 2.0).why[0]


def test_right_elsewhere_is_not_claimed_where_nothing_was_seen():
    f = lambda x: np.sum(np.sqrt(x))  # noqa: E731
    report = check_gradient(f, [0.0, 1.0, 4.0], [1.0, 0.5, 0.5])
    assert "elsewhere" not in report.why[0]
