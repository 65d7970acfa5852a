"""Gradients of other libraries: the right ones pass, and wrong rules of their users are found."""

import importlib.util

import numpy as np
import pytest

from tests.neighbours import neighbour
from tidu.checking import check_autograd, check_jax, check_torch
from tidu.errors import InputError, MissingExtraError

pytestmark = pytest.mark.neighbours

CHECKS = {"torch": check_torch, "jax": check_jax, "autograd": check_autograd}
X = np.random.default_rng(0).normal(size=(4, 3))
W = np.random.default_rng(1).normal(size=(3, 2))


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_missing_is_named_with_the_line_that_installs_it(name):
    if importlib.util.find_spec(name):
        pytest.skip(f"{name} is installed")
    with pytest.raises(MissingExtraError, match=f"pip install {name}"):
        CHECKS[name](np.tanh, X)


def torch_square(slope):
    torch = neighbour("torch")

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(ctx, dy):
            (x,) = ctx.saved_tensors
            return slope * x * dy

    return Square.apply


def jax_square(slope):
    jax = neighbour("jax")
    square = jax.custom_vjp(lambda x: x**2)
    square.defvjp(lambda x: (x**2, x), lambda x, dy: (slope * x * dy,))
    return square


def autograd_square(slope):
    extend = neighbour("autograd.extend")
    square = extend.primitive(lambda x: x**2)
    extend.defvjp(square, lambda y, x: lambda dy: slope * x * dy)
    return square


@pytest.mark.parametrize(
    ("check", "square"),
    [(check_torch, torch_square), (check_jax, jax_square), (check_autograd, autograd_square)],
    ids=CHECKS,
)
def test_a_rule_that_its_user_wrote(check, square):
    report = check(square(2.0), X)
    assert report.ok
    assert [part.name for part in report.parts] == ["x0"]
    report = check(square(3.0), X)
    assert report.verdict == "wrong"
    assert "1.5 × the numeric one everywhere" in report.why[0]
    assert check(square(2.002), X).verdict == "wrong"


@pytest.mark.parametrize("name", CHECKS)
def test_a_function_of_several_arrays_and_of_integers(name):
    numpy = {"torch": "torch", "jax": "jax.numpy", "autograd": "autograd.numpy"}[name]
    xp = neighbour(numpy)
    f = lambda x, w, k: xp.tanh(x @ w) * k  # noqa: E731
    report = CHECKS[name](f, X, W, np.array([1, 2]), entries=None)
    assert report.ok
    assert [part.x.shape for part in report.parts] == [(4, 3), (3, 2)]


@pytest.mark.parametrize("name", CHECKS)
def test_integers_alone_have_no_slope(name):
    neighbour(name)
    with pytest.raises(InputError, match="hold no floating-point numbers"):
        CHECKS[name](lambda x: x, np.arange(3))


@pytest.mark.parametrize("name", CHECKS)
def test_one_number_in_and_out(name):
    neighbour(name)
    assert CHECKS[name](lambda x: x * x, 3.0).ok


def test_a_module_with_its_parameters_in_float64_on_a_copy():
    torch = neighbour("torch")
    net = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Dropout(0.5), torch.nn.Linear(4, 2)
    )
    before = {name: p.clone() for name, p in net.state_dict().items()}
    state = torch.random.get_rng_state()
    report = check_torch(net, torch.as_tensor(X, dtype=torch.float32))
    assert report.ok
    assert [part.name for part in report.parts][:3] == ["x0", "0.weight", "0.bias"]
    assert all(torch.equal(before[name], p) for name, p in net.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)
