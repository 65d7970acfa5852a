"""Steps in which f moves: they are told from smooth functions, masks and float32's rounding."""

import numpy as np
import pytest

from tidu.checking import check_gradient
from tidu.checking.noise import noise_of, step_height
from tidu.numeric.evaluator import Evaluator

POINT = np.array([0.3, 0.5, -0.7])


def f(x):
    return np.sum(np.sin(x)) + 0.5 * np.sum(x)


@pytest.mark.parametrize("height", [0.5, 0.1, 1e-2, 1e-3, 1e-5])
def test_a_rounded_function_moves_in_steps(height):
    rounded = lambda x: np.round(f(x) / height) * height  # noqa: E731
    assert step_height(Evaluator(rounded, POINT)) == pytest.approx(height, rel=1e-6)


@pytest.mark.parametrize(
    "smooth",
    [
        f,
        lambda x: f(x) + 1e6,
        lambda x: np.sum(np.maximum(x, 0)),
        lambda x: np.sum(np.maximum(x - 0.8, 0)),
        lambda x: np.sum(np.abs(x)),
        lambda x: 3.0,
        lambda x: np.sum(x > 0.4),
        lambda x: np.max(x),
    ],
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_others_do_not(smooth, dtype):
    assert step_height(Evaluator(smooth, POINT.astype(dtype))) == 0


def test_noise_of_large_values_does_not_overflow():
    evaluator = Evaluator(lambda x: 1e200 * np.sum(x * x), POINT)
    assert noise_of(evaluator) < 64 * 2.0**-52 * evaluator.value


@pytest.mark.parametrize(("decimals", "sign"), [(1, 1), (1, -1), (2, 1), (2, -1), (3, 1)])
def test_what_drowns_in_steps_cannot_be_told(decimals, sign):
    report = check_gradient(
        lambda x: np.round(f(x), decimals), POINT, lambda x: sign * (np.cos(x) + 0.5)
    )
    assert report.verdict == "cannot tell"
    assert f"f moves in steps of {10.0**-decimals:.3g}" in report.why[0]


@pytest.mark.parametrize("decimals", [6, 9, 12])
def test_small_steps_hide_nothing(decimals):
    rounded = lambda x: np.round(f(x), decimals)  # noqa: E731
    assert check_gradient(rounded, POINT, lambda x: np.cos(x) + 0.5).ok
    assert check_gradient(rounded, POINT, lambda x: -np.cos(x) - 0.5).verdict == "wrong"


def test_counts_cannot_be_told():
    share = lambda x: np.mean(np.arange(50) / 50 < x[0])  # noqa: E731
    report = check_gradient(share, [0.312], [1.0])
    assert report.verdict == "cannot tell"
    assert "f moves in steps of 0.02" in report.why[0]


def test_a_staircase_inside_f_is_no_kink():
    point = {
        "W": np.float32(
            [
                [0.000679564022, 0.00167598121, -0.0081965141],
                [-0.00102829828, -0.001524291, 0.00836462807],
            ]
        ),
        "b": np.float32([0.00563665666, -0.00352335116, 0.00471330574]),
        "V": np.float32(
            [
                [-0.00597893819, 0.00274046836],
                [0.00159276603, 0.0070251571],
                [-0.00604176009, 0.00472159777],
            ]
        ),
        "c": np.float32([0.00726496521, 0.00502822641]),
        "x": np.float32([[-12631.6045, 0.0]]),  # where the first tanh is two roundings from -1
    }
    outer = np.float32([[-1.5521712, 237.85643]])

    def f(p):
        return np.sum(outer * (np.tanh(p["x"] @ p["W"] + p["b"]) @ p["V"] + p["c"]))

    def gradient(p):
        y = np.tanh(p["x"] @ p["W"] + p["b"])
        d = (outer @ p["V"].T) * (1 - y * y)
        return {
            "W": p["x"].T @ d, "b": d[0], "V": y.T @ outer, "c": outer[0], "x": d @ p["W"].T,
        }  # fmt: skip

    report = check_gradient(f, point, gradient)
    assert report.verdict == "cannot tell", report
    assert any("f moves in steps of" in why for why in report.why), report.why


@pytest.mark.parametrize("distance", [1e-3, 1e-2, 0.1])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_flat_ground_beside_a_kink_is_no_step(distance, dtype):
    x = np.array([1.0, 2.0, 3.0], dtype)
    f = lambda x: np.sum(np.maximum(x - x.dtype.type(1 + distance), 0))  # noqa: E731
    right = (x > 1 + distance).astype(dtype)
    assert check_gradient(f, x, right).ok
    assert check_gradient(f, x, right + np.array([0.5, 0, 0], dtype)).verdict == "wrong"
