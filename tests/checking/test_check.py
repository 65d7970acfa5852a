"""The checker finds what is wrong, and does not cry wolf."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.checking.faults import FAULTS, POINT, grad, in_W, loss
from tidu.checking import GradientError, GradientReport, assert_gradient, check_gradient

SCALES = [1e-8, 1e-6, 1.0, 1e6, 1e8]


@pytest.mark.parametrize("scale", SCALES)
def test_the_right_gradient_passes(scale):
    report = check_gradient(lambda p: loss(p, scale), POINT, lambda p: grad(p, scale))
    assert report.ok
    assert report.why == []
    assert [part.count("right") for part in report.parts] == [25, 5, 5]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_and_its_cause_named(fault, scale):
    change, sentence = FAULTS[fault]
    if "penalty" in fault and scale != 1.0:
        change, sentence = in_W(lambda d: d + 0.1 * scale * POINT["W"]), "has a surplus of"
    report = check_gradient(lambda p: loss(p, scale), POINT, lambda p: change(grad(p, scale)))
    assert report.verdict == "wrong"
    assert sentence in report.why[0]


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_passes_in_float32(fault):
    point = {name: x.astype(np.float32) for name, x in POINT.items()}
    report = check_gradient(loss, point, lambda p: FAULTS[fault][0](grad(p)))
    assert not report.ok


def test_the_right_gradient_in_float32_is_never_called_wrong():
    point = {name: x.astype(np.float32) for name, x in POINT.items()}
    report = check_gradient(loss, point, grad)
    assert report.verdict != "wrong"
    if not report.ok:
        assert "float32" in report.why[0]


@pytest.mark.parametrize("fault", [f for f in FAULTS if f not in ("swapped",)])
def test_random_directions_find_every_fault(fault):
    report = check_gradient(loss, POINT, lambda p: FAULTS[fault][0](grad(p)), directions=2)
    assert report.verdict == "wrong"
    assert report.evaluations < 300


def test_a_sample_looks_at_so_many_of_each_part():
    report = check_gradient(loss, POINT, grad, entries=3)
    assert report.ok
    assert [len(part.results) for part in report.parts] == [3, 3, 3]
    assert "probability 12.0%" in report.power
    again = check_gradient(loss, POINT, grad, entries=3)
    other = check_gradient(loss, POINT, grad, entries=3, seed=1)
    chosen = [[part.indices for part in r.parts] for r in (report, again, other)]
    assert chosen[0] == chosen[1] != chosen[2]


def test_how_often_f_is_called_for_a_right_gradient():
    n = sum(x.size for x in POINT.values())
    # f(x), nine values for the noise, two to see that f repeats itself, and a central difference
    assert check_gradient(loss, POINT, grad).evaluations == 1 + 9 + 2 + 2 * n


def test_a_tiny_gradient_that_is_all_wrong_does_not_hide():
    for f in (lambda x: 1e-8 * np.sum(x * x), lambda x: 1 + 1e-8 * np.sum(x * x)):
        assert check_gradient(f, [1.0, 2.0], lambda x: 2e-8 * x).ok
        assert check_gradient(f, [1.0, 2.0], lambda x: 4e-8 * x).verdict == "wrong"
        assert check_gradient(f, [1.0, 2.0], np.zeros(2)).verdict == "wrong"


def test_an_array_will_do_for_a_gradient():
    assert check_gradient(lambda x: np.sum(x**2), [1.0, 2.0], [2.0, 4.0]).ok
    assert not check_gradient(lambda x: np.sum(x**2), [1.0, 2.0], [2.0, 5.0]).ok
    assert check_gradient(lambda x: x**2, 3.0, 6.0).ok
    assert check_gradient(np.sum, np.zeros((0, 2)), np.zeros((0, 2))).ok


@pytest.mark.parametrize("x", [0.0, 1e-13, -1e-13, 1e-9, 1e-6, -1e-6, 1e-3])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_kink_is_told_from_a_wrong_gradient(x, scale):
    f = lambda x: scale * np.sum(np.maximum(x, 0))  # noqa: E731
    point = np.array([x, 1.0, -1.0])
    assert check_gradient(f, point, lambda x: scale * (x > 0)).ok
    assert check_gradient(f, point, lambda x: scale * (x > 0) + 1.5 * scale).verdict == "wrong"


def test_at_a_kink_any_value_between_the_sides_counts_and_none_outside():
    for value in (-1.0, -0.3, 0.7, 1.0):
        report = check_gradient(np.abs, 0.0, value)
        assert report.ok
        assert "kink at x (slopes -1 on one side, 1 on the other)" in report.why[0]
    for value in (-1.1, 1.1):
        assert check_gradient(np.abs, 0.0, value).verdict == "wrong"


def test_a_kink_can_be_moved_off():
    f = lambda x: np.sum(np.abs(x))  # noqa: E731
    x = np.array([0.0, 2.0])
    assert check_gradient(f, x, np.sign, kinks="move").ok
    assert check_gradient(f, x, lambda x: 0.5 * np.sign(x), kinks="move").verdict == "wrong"
    assert x[0] == 0


def test_what_cannot_be_told_is_not_called_wrong_nor_right():
    rng = np.random.default_rng(0)
    rows = {
        "not deterministic": (lambda x: np.sum(x) * rng.normal(), [1.0, 2.0], [1.0, 1.0]),
        "jumps": (lambda x: np.sum(x > 0), [0.0, 1.0], [0.0, 0.0]),
        "not finite on both sides": (lambda x: np.sum(np.sqrt(x)), [0.0, 1.0], [9.0, 0.5]),
        "float32": (
            lambda x: np.float32(1000) + np.sum(np.abs(x)) * np.float32(1e-6),
            np.float32([1, 2]),
            np.float32([1e-6, 1e-6]),
        ),
    }
    for sentence, (f, x, dx) in rows.items():
        report = check_gradient(f, x, np.asarray(dx))
        assert report.verdict == "cannot tell", sentence
        assert not report.ok
        assert sentence in report.why[0]


def test_a_slope_in_noise():
    # adding and taking away 1e9 rounds to 1e-7: slopes of 1 can be told, slopes of 1e-7 not
    f = lambda x: np.sum(x + 1e9) - 2e9  # noqa: E731
    assert check_gradient(f, [0.3, 0.7], [1.0, 1.0]).ok
    assert check_gradient(f, [0.3, 0.7], [1.0, 1.1]).verdict == "wrong"
    tiny = check_gradient(lambda x: np.sum(1e-7 * np.abs(x) + 1e9), [0.3, 0.7], [1e-7, 1e-7])
    assert tiny.verdict == "cannot tell"
    assert "no finer than" in tiny.why[0]


def test_f_and_grad_may_change_their_argument():
    def f(x):
        x *= 2
        return np.sum(x)

    def g(x):
        x[:] = 2
        return x

    x = np.array([1.0, 2.0])
    assert check_gradient(f, x, g).ok
    assert x.tolist() == [1.0, 2.0]


def test_assert_gradient_raises_with_the_report():
    assert assert_gradient(loss, POINT, grad) is None
    with pytest.raises(AssertionError, match="opposite sign") as caught:
        assert_gradient(loss, POINT, lambda p: FAULTS["sign"][0](grad(p)))
    assert isinstance(caught.value, GradientError)
    assert isinstance(caught.value.report, GradientReport)
    with pytest.raises(GradientError, match="jumps"):
        assert_gradient(lambda x: float(x > 0), 0.0, 0.0)


# Functions of one array with their gradients; each is stretched in x and in f below.
SHAPES = {
    "square": (lambda x: np.sum(x * x), lambda x: 2 * x),
    "cubic": (lambda x: np.sum(x**3 - x), lambda x: 3 * x * x - 1),
    "tanh": (lambda x: np.mean(np.tanh(x)), lambda x: (1 - np.tanh(x) ** 2) / x.size),
    "relu": (lambda x: np.sum(np.maximum(x, 0)), lambda x: (x > 0).astype(x.dtype)),
    "abs": (lambda x: np.sum(np.abs(x)), np.sign),
    "softplus": (lambda x: np.sum(np.logaddexp(0, x)), lambda x: 0.5 * (1 + np.tanh(x / 2))),
    "softmax": (
        lambda x: np.logaddexp.reduce(x.reshape(-1)),
        lambda x: np.exp(x - np.logaddexp.reduce(x.reshape(-1))),
    ),
    "constant": (lambda x: x.dtype.type(3), np.zeros_like),
}
EXPONENTS = st.floats(-6, 6)


def _stretched(name, seed, f_scale, x_scale, dtype, shape, corner):
    value, slope = SHAPES[name]
    x = np.random.default_rng(seed).normal(size=shape)
    if x.size:
        x.reshape(-1)[0] = corner
    i, s = dtype(10.0**x_scale), dtype(10.0**f_scale)
    return (
        lambda x: s * value(x / i),
        (x * 10.0**x_scale).astype(dtype),
        lambda x: s * slope(x / i) / i,
    )


def _settings(function):
    for strategy in (
        given(
            name=st.sampled_from(sorted(SHAPES)),
            seed=st.integers(0, 10**6),
            f_scale=EXPONENTS,
            x_scale=EXPONENTS,
            dtype=st.sampled_from([np.float64, np.float32]),
            shape=st.sampled_from([(1,), (3,), (2, 2), ()]),
            corner=st.sampled_from([0.0, 1.0, 1e-3, 1e-6, -1e-9, 1e-12]),
        ),
        settings(deadline=None),
    ):
        function = strategy(function)
    return function


@example(  # at the kink, the short steps drown in float32's rounding and the long ones do not
    name="relu",
    seed=1,
    f_scale=-4.85,
    x_scale=3.61,
    dtype=np.float32,
    shape=(3,),
    corner=0.0,
)
@_settings
def test_no_right_gradient_is_called_wrong(**case):
    f, x, dx = _stretched(**case)
    report = check_gradient(f, x, dx)
    assert report.verdict != "wrong"
    if case["dtype"] is np.float64:
        assert report.ok


@_settings
def test_no_wrong_gradient_passes_in_float64(**case):
    f, x, dx = _stretched(**(case | {"dtype": np.float64}))
    true = dx(x)
    if not true.any() or case["corner"] != 1.0:  # a corner at a kink has no one true slope
        return
    for wrong in (-true, 0 * true, 2 * true, 1.001 * true):
        assert check_gradient(f, x, wrong).verdict == "wrong"


@pytest.mark.exhaustive
@settings(max_examples=10_000, deadline=None)
@given(
    name=st.sampled_from(sorted(SHAPES)),
    seed=st.integers(0, 10**6),
    f_scale=EXPONENTS,
    x_scale=EXPONENTS,
    dtype=st.sampled_from([np.float64, np.float32]),
    shape=st.sampled_from([(1,), (3,), (2, 2), (), (4, 3)]),
    corner=st.sampled_from([0.0, 1.0, 1e-3, 1e-6, -1e-9, 1e-12]),
)
def test_ten_thousand_right_gradients(**case):
    f, x, dx = _stretched(**case)
    assert check_gradient(f, x, dx).verdict != "wrong"


@pytest.mark.parametrize("scale", [1e160, 1e300, 1e-160, 1e-280])
def test_squares_that_overflow_hide_nothing(scale):
    f = lambda x: scale * np.sum(x * x)  # noqa: E731
    assert check_gradient(f, [1.0, 2.0, 3.0], lambda x: 2 * scale * x).ok
    report = check_gradient(f, [1.0, 2.0, 3.0], lambda x: -2 * scale * x)
    assert report.verdict == "wrong"
    assert "opposite sign everywhere" in report.why[0]


@pytest.mark.parametrize("off", [1e-3, 1e-5])
@pytest.mark.parametrize("size", [1e-2, 1e-4, 1e-6])
def test_one_entry_that_is_a_little_off_near_the_kink_of_a_norm(size, off):
    x = size * np.array([1.0, -2.0, 0.5])
    right = x / np.linalg.norm(x)
    assert check_gradient(np.linalg.norm, x, right).ok
    for k in range(3):
        wrong = right.copy()
        wrong[k] *= 1 + off
        assert check_gradient(np.linalg.norm, x, wrong).verdict == "wrong"


def test_one_entry_of_a_softmax_in_float32_that_is_off_does_not_pass():
    rng = np.random.default_rng(0)
    c, x = rng.normal(size=(2, 6)).astype(np.float32)

    def y(x):
        e = np.exp(x - x.max())
        return e / e.sum()

    right = y(x) * (c - np.sum(c * y(x)))
    assert check_gradient(lambda x: np.sum(c * y(x)), x, right).verdict != "wrong"
    for k in np.flatnonzero(np.abs(right) > 0.05 * np.abs(right).max()):
        wrong = right.copy()
        wrong[k] *= np.float32(1.001)
        assert not check_gradient(lambda x: np.sum(c * y(x)), x, wrong).ok


@pytest.mark.parametrize(
    ("x", "offset"), [(1e-9, 0.0), (-1e-9, 10.0), (1e-7, 0.0), (-1e-7, 1e3), (-1e-12, 0.0)]
)
def test_a_kink_close_by_is_told_and_no_slope_between_the_sides_passes(x, offset):
    f = lambda x: np.sum(np.maximum(x, 0)) + offset  # noqa: E731
    point = np.array([x, 1.0, -1.0])
    right = (point > 0).astype(float)
    report = check_gradient(f, point, right)
    assert report.ok
    assert f"f has a kink {abs(x):.0e} away from x[0]" in report.why[0]
    wrong = np.array([0.5, *right[1:]])
    assert check_gradient(f, point, wrong).verdict == "wrong"


def test_a_tuple_is_several_arguments():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(4, 3)), rng.normal(size=(3, 2))
    f = lambda x, w: np.sum(np.tanh(x @ w))  # noqa: E731

    def gradients(x, w):
        dy = 1 - np.tanh(x @ w) ** 2
        return dy @ w.T, x.T @ dy

    report = check_gradient(f, (x, w), gradients)
    assert report.ok
    assert [part.name for part in report.parts] == ["x0", "x1"]
    assert check_gradient(f, (x, w), gradients(x, w)).ok
    report = check_gradient(f, (x, w), lambda x, w: (gradients(x, w)[0], -gradients(x, w)[1]))
    assert report.why == ["your gradient of x1 has the opposite sign everywhere: a minus too many?"]


@pytest.mark.parametrize(
    ("f", "grad"),
    [
        (lambda z: np.sum(np.abs(z) ** 2), lambda z: 2 * z),
        (lambda z: np.sum((z**2).real), lambda z: 2 * np.conj(z)),
        (lambda z: np.sum(np.exp(z).imag), lambda z: 1j * np.conj(np.exp(z))),
    ],
)
def test_complex_numbers(f, grad):
    z = np.array([0.3 + 1j, -0.5 - 0.2j])
    right = grad(z)
    report = check_gradient(f, z, right)
    assert report.ok
    assert [part.name for part in report.parts] == ["x.real", "x.imag"]
    assert check_gradient(lambda p: f(p["z"]), {"z": z}, {"z": right}).ok
    conjugate = check_gradient(f, z, np.conj(right))
    assert conjugate.verdict == "wrong"
    assert "or the conjugate, as in JAX" in conjugate.why[0]
