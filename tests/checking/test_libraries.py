"""Gradients of other libraries: the right ones pass, and wrong rules of their users are found."""

import importlib.util

import numpy as np
import pytest

from tests.neighbours import neighbour
from tidu.checking import check_autodiff, check_autograd, check_jax, check_torch
from tidu.errors import InputError, MissingExtraError

pytestmark = [
    pytest.mark.neighbours,
    # PyTorch says so of itself when its forward mode is first used
    pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning"),
]

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


EVERY = CHECKS | {"autodiff": check_autodiff}
NUMPY = {"torch": "torch", "jax": "jax.numpy", "autograd": "autograd.numpy", "autodiff": "numpy"}
MODES = {
    "torch": ["reverse", "forward", "batched"],
    "jax": ["reverse", "forward", "batched"],
    "autograd": ["reverse", "forward"],
    "autodiff": ["reverse", "forward"],
}
X2, W2 = X[:2, :2], W[:2]
Z = X2 + 1j * np.random.default_rng(2).normal(size=X2.shape)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("name", EVERY)
def test_every_mode_at_both_orders(name, order):
    xp = neighbour(NUMPY[name])
    f = lambda x, w: xp.tanh(x @ w)  # noqa: E731
    report = EVERY[name](f, X2, W2, order=order, modes=MODES[name])
    assert report.ok, report
    shown = [part.name for part in report.parts]
    batched = ["x0 (batched)", "x1 (batched)"] if "batched" in MODES[name] else []
    assert shown == ["x0", "x1", "direction", *batched]


@pytest.mark.parametrize("name", EVERY)
def test_several_outputs(name):
    xp = neighbour(NUMPY[name])
    f = lambda x: (xp.tanh(x), (xp.sum(x * x), x[0]))  # noqa: E731
    assert EVERY[name](f, X2, modes=MODES[name], order=2).ok


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("name", CHECKS)
def test_complex_numbers(name, order):
    xp = neighbour(NUMPY[name])
    for f in (
        lambda z: xp.exp(z) * xp.conj(z),
        lambda z: xp.abs(z) ** 2 * xp.real(z),
    ):
        report = CHECKS[name](f, Z, modes=MODES[name], order=order)
        assert report.ok, report
        assert [part.name for part in report.parts][:2] == ["x0.real", "x0.imag"]


def test_a_second_derivative_that_its_user_got_wrong_in_torch():
    torch = neighbour("torch")

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, dy):
            (x,) = ctx.saved_tensors
            return 3 * x.detach() ** 2 * dy  # the second derivative forgets x

    assert check_torch(Cube.apply, X2).ok
    report = check_torch(Cube.apply, X2, order=2)
    assert report.verdict == "wrong"
    assert "zero everywhere" in report.why[0]


def test_a_second_derivative_that_its_user_got_wrong_in_jax():
    jax = neighbour("jax")
    cube = jax.custom_vjp(lambda x: x**3)
    cube.defvjp(lambda x: (x**3, x), lambda x, dy: (3 * jax.lax.stop_gradient(x) ** 2 * dy,))
    assert check_jax(cube, X2).ok
    assert check_jax(cube, X2, order=2).verdict == "wrong"


def test_a_second_derivative_that_its_user_got_wrong_in_autograd():
    extend = neighbour("autograd.extend")
    square = extend.primitive(lambda x: 3 * x**2)
    extend.defvjp(square, lambda y, x: lambda dy: 5 * x * dy)
    cube = extend.primitive(lambda x: x**3)
    extend.defvjp(cube, lambda y, x: lambda dy: square(x) * dy)
    assert check_autograd(cube, X2).ok
    assert check_autograd(cube, X2, order=2).verdict == "wrong"


def test_a_forward_rule_that_its_user_got_wrong_in_jax():
    jax = neighbour("jax")
    sine = jax.custom_jvp(jax.numpy.sin)
    sine.defjvp(lambda x, dx: (jax.numpy.sin(x[0]), 2 * jax.numpy.cos(x[0]) * dx[0]))
    report = check_jax(sine, X2, modes=["forward"])
    assert report.verdict == "wrong"
    assert "your gradient of direction is 2 × the numeric one" in report.why[0]


def test_a_batching_rule_that_its_user_got_wrong_in_jax():
    neighbour("jax")
    from jax import custom_vjp
    from jax.custom_batching import custom_vmap

    twice = custom_vmap(lambda x: 2 * x)
    twice.def_vmap(lambda axis_size, in_batched, x: (3 * x, in_batched[0]))
    f = custom_vjp(lambda x: 2 * x)
    f.defvjp(lambda x: (2 * x, None), lambda _, dy: (twice(dy),))
    report = check_jax(f, X2, modes=["reverse", "batched"])
    assert [part.verdict for part in report.parts] == ["right", "wrong"]


def test_a_module_that_returns_tuples():
    torch = neighbour("torch")
    report = check_torch(torch.nn.LSTM(2, 2), torch.as_tensor(X2))
    assert report.ok
    assert report.parts[1].name == "weight_ih_l0"


def test_a_library_without_vmap_says_so():
    neighbour("autograd")
    with pytest.raises(InputError, match="has no vmap"):
        check_autograd(lambda x: x * x, X2, modes=["batched"])
