"""Every optimizer of one table: their properties, PyTorch's formulas, closed forms."""

import math
from dataclasses import dataclass

import array_api_strict
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidu.errors import InputError
from tidu.optimizers import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    ClipByNorm,
    ClipByValue,
    Constant,
    Lion,
    Momentum,
    Nesterov,
    RMSprop,
    Rule,
    by_name,
)

TABLE = {
    "sgd": SGD(0.1),
    "sgd scheduled": SGD(lambda step: np.float64(0.1) / (step + 1)),
    "momentum": Momentum(0.02),
    "nesterov": Nesterov(0.02),
    "adagrad": AdaGrad(0.5),
    "rmsprop": RMSprop(0.01),
    "adam": Adam(0.05),
    "adamw": AdamW(0.05, weight_decay=1e-6),
    "lion": Lion(0.005, weight_decay=1e-6),
    "clip by norm": ClipByNorm(1, SGD(0.1)),
    "clip by value": ClipByValue(0.5, Adam(0.05)),
    "clipped twice": ClipByValue(2, ClipByNorm(1, Momentum(0.02))),
}
every_optimizer = pytest.mark.parametrize("optimizer", TABLE.values(), ids=TABLE.keys())


def walk(optimizer, theta, gradient, steps, decay_mask=None):
    state = optimizer.init(theta)
    for step in range(steps):
        theta, state = optimizer.update(theta, gradient(theta), state, step, decay_mask)
    return theta


@every_optimizer
def test_goes_down_a_quadratic_bowl(optimizer):
    start = np.array([1.0, -0.5, 0.25])
    if optimizer == TABLE["sgd scheduled"]:
        limit = 0.3  # Π(1 − 0.2/k) shrinks only as k^−0.2: 500 steps, 0.25
    else:
        limit = 0.02  # RMSprop ends in a cycle of about lr, the others are far below
    assert np.abs(walk(optimizer, start, lambda theta: 2 * theta, 500)).max() < limit


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [0, 1, 7])
def test_keeps_shape_and_dtype_and_changes_no_argument(optimizer, dtype, size):
    rng = np.random.default_rng(0)
    theta, dtheta = rng.normal(size=(2, size)).astype(dtype)
    state = {name: abs(dtheta) for name in optimizer.init(theta)}
    given_theta, given_dtheta = theta.copy(), dtheta.copy()
    for array in (theta, dtheta, *state.values()):
        array.setflags(write=False)

    new_theta, new_state = optimizer.update(theta, dtheta, state, 3)

    assert new_state.keys() == state.keys()
    for array in (new_theta, *new_state.values(), *optimizer.init(theta).values()):
        assert array.shape == (size,)
        assert array.dtype == dtype
    np.testing.assert_array_equal(theta, given_theta)
    np.testing.assert_array_equal(dtheta, given_dtheta)


@every_optimizer
def test_state_begins_at_zero_and_is_not_shared(optimizer):
    theta = np.ones(4)
    first, second = optimizer.init(theta), optimizer.init(theta)
    for name, vector in first.items():
        np.testing.assert_array_equal(vector, np.zeros(4))
        assert not np.shares_memory(vector, second[name])
        assert not np.shares_memory(vector, theta)


@every_optimizer
def test_a_zero_gradient_moves_nothing_at_first(optimizer):
    theta = np.array([1.0, -2.0])
    new, state = optimizer.update(theta, np.zeros(2), optimizer.init(theta), 0)
    # AdamW's and Lion's decay of lr·λ ≤ 5e-8 is the one thing that moves.
    np.testing.assert_allclose(new, theta, rtol=1e-7)
    assert all(np.isfinite(vector).all() for vector in state.values())


@every_optimizer
def test_runs_on_any_array_library(optimizer):
    xp = array_api_strict
    theta = np.array([1.0, -2.0, 0.5], np.float32)
    expected = walk(optimizer, theta, lambda theta: 3 * theta, 3)
    got = walk(optimizer, xp.asarray(theta), lambda theta: 3 * theta, 3)
    assert got.dtype == xp.float32
    np.testing.assert_array_equal(np.asarray(got), expected)


@every_optimizer
def test_a_nan_in_the_gradient_is_not_hidden(optimizer):
    theta = np.ones(3)
    new, _ = optimizer.update(theta, np.array([1.0, np.nan, 1.0]), optimizer.init(theta), 0)
    assert np.isnan(new[1])


# PyTorch's formulas, entry by entry in plain Python floats, from its documentation's pseudo-code.


def torch_sgd(x, slopes, lr, momentum=0.0, nesterov=False):
    buffer = None
    for g in slopes:
        if momentum:
            buffer = g if buffer is None else momentum * buffer + g
            g = g + momentum * buffer if nesterov else buffer
        x -= lr * g
    return x


def torch_adagrad(x, slopes, lr, eps):
    total = 0.0
    for g in slopes:
        total += g**2
        x -= lr * g / (math.sqrt(total) + eps)
    return x


def torch_rmsprop(x, slopes, lr, alpha, eps):
    square_avg = 0.0
    for g in slopes:
        square_avg = alpha * square_avg + (1 - alpha) * g**2
        x -= lr * g / (math.sqrt(square_avg) + eps)
    return x


def torch_adam(x, slopes, lr, betas, eps, decoupled_decay=0.0):
    exp_avg = exp_avg_sq = 0.0
    for t, g in enumerate(slopes, start=1):
        x *= 1 - lr * decoupled_decay
        exp_avg += (1 - betas[0]) * (g - exp_avg)
        exp_avg_sq = betas[1] * exp_avg_sq + (1 - betas[1]) * g**2
        step_size = lr / (1 - betas[0] ** t)
        denominator = math.sqrt(exp_avg_sq) / math.sqrt(1 - betas[1] ** t) + eps
        x -= step_size * exp_avg / denominator
    return x


def lion(x, slopes, lr, betas, decay=0.0):
    """Return algorithm 2 of Chen et al.: it is not in PyTorch."""
    m = 0.0
    for g in slopes:
        update = betas[0] * m + (1 - betas[0]) * g
        x -= lr * (math.copysign(1.0, update) * (update != 0) + decay * x)
        m = betas[1] * m + (1 - betas[1]) * g
    return x


@dataclass(frozen=True)
class Pair:
    optimizer: Rule
    torch: object
    settings: dict


PAIRS = [
    Pair(SGD(0.3), torch_sgd, {"lr": 0.3}),
    Pair(Momentum(0.2, 0.8), torch_sgd, {"lr": 0.2, "momentum": 0.8}),
    Pair(Nesterov(0.2, 0.8), torch_sgd, {"lr": 0.2, "momentum": 0.8, "nesterov": True}),
    Pair(AdaGrad(0.2), torch_adagrad, {"lr": 0.2, "eps": 1e-10}),
    Pair(RMSprop(0.02, 0.9), torch_rmsprop, {"lr": 0.02, "alpha": 0.9, "eps": 1e-8}),
    Pair(Adam(0.2), torch_adam, {"lr": 0.2, "betas": (0.9, 0.999), "eps": 1e-8}),
    Pair(
        AdamW(0.2, beta1=0.7, beta2=0.9, weight_decay=0.1),
        torch_adam,
        {"lr": 0.2, "betas": (0.7, 0.9), "eps": 1e-8, "decoupled_decay": 0.1},
    ),
    Pair(Lion(0.2), lion, {"lr": 0.2, "betas": (0.9, 0.99)}),
    Pair(
        Lion(0.2, beta1=0.7, beta2=0.8, weight_decay=0.1),
        lion,
        {"lr": 0.2, "betas": (0.7, 0.8), "decay": 0.1},
    ),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: repr(pair.optimizer))
@given(seed=st.integers(0, 10_000), size=st.integers(1, 5), exponent=st.integers(-6, 6))
def test_agrees_with_the_published_formula(pair, seed, size, exponent):
    rng = np.random.default_rng(seed)
    start = rng.normal(size=size)
    slopes = rng.normal(size=(12, size)) * 10.0**exponent
    theta, state = start, pair.optimizer.init(start)
    for step, dtheta in enumerate(slopes):
        theta, state = pair.optimizer.update(theta, dtheta, state, step)
    expected = [
        pair.torch(float(start[i]), slopes[:, i].tolist(), **pair.settings) for i in range(size)
    ]
    # A dozen steps in another order of the same operations: some tens of roundings, of the size
    # of the largest number on the way.
    size_on_the_way = 1 + 100 * np.abs(slopes).max() * (exponent > 0)
    np.testing.assert_allclose(theta, expected, rtol=1e-13, atol=1e-14 * size_on_the_way)


COURSE = [  # 30 steps on f = x²/20 + y² from (−7, 2)
    (SGD(0.95), (-0.350393, 0.084782), 1e-6),
    (Momentum(0.1), (0.896414, 0.088086), 1e-6),
    (AdaGrad(1.5), (-0.120162, 2.5e-17), 1e-6),
    (Adam(0.3), (0.1360, 0.3182), 1e-4),  # the course's form adds eps elsewhere: four digits
]


@pytest.mark.parametrize(("optimizer", "end", "digits"), COURSE, ids=lambda value: repr(value))
def test_ends_where_the_course_does(optimizer, end, digits):
    theta = walk(optimizer, np.array([-7.0, 2.0]), lambda p: np.array([p[0] / 10, 2 * p[1]]), 30)
    np.testing.assert_allclose(theta, end, atol=0.6 * digits)  # half of the last printed digit


def test_sgd_on_a_bowl_is_a_geometric_sequence():
    theta = walk(SGD(0.1), np.array([-3.0, 4.0]), lambda theta: 2 * theta, 20)
    # Twenty products and twenty subtractions, each rounded once.
    np.testing.assert_allclose(theta, np.array([-3.0, 4.0]) * 0.8**20, rtol=40 * 2.3e-16)


def test_momentum_reaches_the_steady_velocity():
    theta = walk(Momentum(0.1, 0.5), np.zeros(1), lambda theta: np.ones(1), 60)
    before = walk(Momentum(0.1, 0.5), np.zeros(1), lambda theta: np.ones(1), 59)
    assert (before - theta)[0] == pytest.approx(0.1 / (1 - 0.5), rel=1e-13)


@pytest.mark.parametrize("optimizer", [AdaGrad(0.1), Adam(0.1), Lion(0.1)], ids=repr)
@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_the_first_step_is_the_learning_rate_whatever_the_scale(optimizer, scale):
    theta = walk(optimizer, np.zeros(2), lambda theta: scale * np.array([1.0, -1.0]), 1)
    np.testing.assert_allclose(theta, [-0.1, 0.1], rtol=2 * 1e-8 / 1e-4)  # eps beside the scale


@pytest.mark.parametrize("rule", [AdamW, Lion])
def test_weight_decay_touches_only_what_decays(rule):
    theta, zero = np.ones(3), np.zeros(3)
    optimizer = rule(0.1, weight_decay=0.5)
    decay_mask = np.array([True, False, True])
    new, _ = optimizer.update(theta, zero, optimizer.init(theta), 0, decay_mask)
    np.testing.assert_allclose(new, [0.95, 1.0, 0.95], rtol=1e-15)
    everywhere, _ = optimizer.update(theta, zero, optimizer.init(theta), 0)
    np.testing.assert_allclose(everywhere, [0.95, 0.95, 0.95], rtol=1e-15)


def test_clipping_passes_on_what_decays():
    theta, zero = np.ones(2), np.zeros(2)
    optimizer = ClipByNorm(1, AdamW(0.1, weight_decay=0.5))
    new, _ = optimizer.update(theta, zero, optimizer.init(theta), 0, np.array([True, False]))
    np.testing.assert_allclose(new, [0.95, 1.0], rtol=1e-15)


def test_settings_are_plain_floats():
    optimizer = Adam(lr=np.float32(0.5), beta1=np.float64(0.25))
    assert type(optimizer.lr) is float
    assert type(optimizer.beta1) is float
    assert type(SGD(1).rate(0)) is float


def test_a_schedule_of_nonsense_is_caught_at_the_step_where_it_happens():
    with pytest.raises(InputError, match=r"`lr\(3\)` must be at least 0, got -1"):
        SGD(lambda step: -1).rate(3)
    with pytest.raises(InputError, match=r"got nan"):
        SGD(lambda step: math.nan).rate(0)


@pytest.mark.parametrize(
    ("optimizer", "text"),
    [
        (Adam(), "Adam(lr=0.001)"),
        (Adam(0.01, beta2=0.9), "Adam(lr=0.01, beta2=0.9)"),
        (SGD(Constant(0.5)), "SGD(lr=Constant(lr=0.5))"),
        (ClipByNorm(5, SGD()), "ClipByNorm(limit=5.0, optimizer=SGD(lr=0.1))"),
    ],
)
def test_prints_as_one_would_type_it(optimizer, text):
    assert repr(optimizer) == text
    assert eval(text) == optimizer


def test_names():
    assert list(OPTIMIZERS) == [
        "sgd",
        "momentum",
        "nesterov",
        "adagrad",
        "rmsprop",
        "adam",
        "adamw",
        "lion",
    ]
    assert by_name("adamw") is AdamW
    with pytest.raises(InputError, match=r"`optimizer` cannot be 'Adam'; did you mean 'adam'\?"):
        by_name("Adam")
