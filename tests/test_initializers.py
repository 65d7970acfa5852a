"""Where learning starts: spreads, dtypes, determinism, orthonormal matrices."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tests.tables import INITIALIZERS
from tidu.initializers import INITIALIZERS as BY_NAME
from tidu.initializers import fans, initializer

every_initializer = pytest.mark.parametrize("rule", INITIALIZERS, ids=repr)
SHAPE = (300, 200)


def drawn(rule, shape=SHAPE, dtype="float64", seed=0):
    return rule(np.random.default_rng(seed), shape, np.dtype(dtype))


@pytest.mark.parametrize(
    ("rule", "std"),
    [
        (td.Normal(0.3), 0.3),
        (td.Normal(0), 0),
        (td.Xavier(), math.sqrt(2 / 500)),
        (td.He(), math.sqrt(2 / 300)),
        (td.LeCun(), math.sqrt(1 / 300)),
        (td.Xavier("uniform"), math.sqrt(2 / 500)),
        (td.He("uniform"), math.sqrt(2 / 300)),
        (td.LeCun("uniform"), math.sqrt(1 / 300)),
    ],
    ids=repr,
)
def test_mean_and_spread(rule, std):
    w = drawn(rule)
    # n draws: the mean is off by std/√n, the spread by at most std/√(2n); four deviations of each.
    assert abs(w.mean()) <= 4 * std / math.sqrt(w.size)
    assert abs(w.std() - std) <= 4 * std / math.sqrt(2 * w.size)


@pytest.mark.parametrize("kind", [td.Xavier, td.He, td.LeCun])
def test_uniform_ones_end_at_root_three_deviations(kind):
    rule = kind("uniform")
    largest = math.sqrt(3) * rule.std(*SHAPE)
    w = drawn(rule)
    assert np.abs(w).max() <= largest
    assert np.abs(w).max() > 0.999 * largest  # 60,000 draws


@every_initializer
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(4, 3), (3,), (1, 1), (2, 3, 4)])
def test_shape_and_dtype(rule, dtype, shape):
    w = drawn(rule, shape, dtype)
    assert w.shape == shape
    assert w.dtype == dtype
    assert np.isfinite(w).all()


@every_initializer
def test_the_same_generator_gives_the_same_bits(rule):
    assert_array_equal(drawn(rule), drawn(rule))
    if rule not in (td.Zeros(), td.Ones(), td.Normal(0)):
        assert (drawn(rule) != drawn(rule, seed=1)).any()


@every_initializer
def test_values_depend_on_the_dtype_by_rounding_alone(rule):
    assert_array_equal(drawn(rule, dtype="float32"), drawn(rule).astype(np.float32))


@pytest.mark.parametrize("shape", [(7, 4), (4, 7), (5, 5), (1, 6), (6, 1)])
@pytest.mark.parametrize("gain", [1.0, 2.0])
def test_orthogonal(shape, gain):
    W = drawn(td.Orthogonal(gain), shape)
    short = W if shape[0] <= shape[1] else W.T
    assert_allclose(short @ short.T, gain**2 * np.eye(len(short)), atol=1e-14)


def test_orthogonal_has_no_favourite_sign():
    # QR alone would make every diagonal entry of R, and so a side of Q, come out with one sign.
    corners = [drawn(td.Orthogonal(), (3, 3), seed=seed)[0, 0] for seed in range(400)]
    assert abs(np.mean(np.sign(corners))) < 4 / math.sqrt(400)


def test_a_convolution_listens_to_all_of_its_window():
    assert fans((3, 3, 16, 32)) == (144, 32)
    assert fans((10,)) == (10, 1)
    assert fans(()) == (1, 1)


def test_signals_keep_their_size_through_many_layers():
    # What He's factor is for: through 20 ReLU layers the mean square of a unit stays near 1.
    x = np.random.default_rng(0).normal(size=(50, 500))
    for seed in range(20):
        x = np.maximum(x @ drawn(td.He(), (500, 500), seed=seed), 0)
    # Each of the 20 layers of 500 units multiplies it by 1 ± √(5/500): 1.5 = four deviations.
    assert 1 / 3 < 2 * np.mean(x**2) / 2 < 3


@pytest.mark.parametrize("name", BY_NAME)
def test_by_name(name):
    assert initializer(name) == BY_NAME[name]()


def test_auto_is_decided_later():
    assert initializer("auto") is None


def test_glorot_is_xavier():
    assert td.Glorot is td.Xavier


@every_initializer
def test_repr_makes_it_again(rule):
    assert eval(repr(rule), vars(td)) == rule


def test_the_base_says_nothing():
    with pytest.raises(NotImplementedError):
        drawn(td.Initializer())
