"""NumPy's functions under a trace: NumPy's own values, and gradients held to differences."""

import numpy as np
import pytest

import tidu as td
from tests.autodiff.test_rules import checked
from tidu.autodiff import numpy_functions

# each takes x of shape (3, 4) and gives an array or a list of arrays
FUNCTIONS = {
    "reshape": lambda x: np.reshape(x, (2, -1)),
    "reshape by columns": lambda x: np.reshape(x, (2, 6), order="F"),
    "reshape, a method": lambda x: x.reshape(4, 3) @ x.reshape((3, 4)),
    "ravel": lambda x: np.ravel(x),
    "ravel by columns": lambda x: np.ravel(x, "F"),
    "flatten": lambda x: x.flatten(),
    "transpose": lambda x: np.transpose(x),
    "transpose, axes": lambda x: np.transpose(x[None], (2, 0, 1)),
    "transpose, a method": lambda x: x[None].transpose(1, 2, 0) + x.transpose()[2, 1],
    "T": lambda x: x.T @ x,
    "mT": lambda x: x[None].mT,
    "matrix_transpose": lambda x: np.matrix_transpose(x),
    "swapaxes": lambda x: np.swapaxes(x, 0, -1),
    "moveaxis": lambda x: np.moveaxis(x[None], [0, 1], [-1, 0]),
    "rollaxis": lambda x: np.rollaxis(x, 1),
    "squeeze": lambda x: np.squeeze(x[:, :1]),
    "expand_dims": lambda x: np.expand_dims(x, (0, 2)),
    "atleast_3d": lambda x: np.atleast_3d(x),
    "broadcast_to": lambda x: np.broadcast_to(x, (2, 3, 4)),
    "flip": lambda x: np.flip(x, 0),
    "fliplr": lambda x: np.fliplr(x),
    "roll": lambda x: np.roll(x, 2, axis=1),
    "rot90": lambda x: np.rot90(x),
    "tile": lambda x: np.tile(x, (2, 1)),
    "repeat": lambda x: np.repeat(x, [1, 0, 2], axis=0),
    "take": lambda x: np.take(x, [2, 0, 0], axis=1),
    "take_along_axis": lambda x: np.take_along_axis(x, np.array([[1], [0], [3]]), 1),
    "diagonal": lambda x: np.diagonal(x, 1),
    "diag of a matrix": lambda x: np.diag(x),
    "diag of a vector": lambda x: np.diag(x[0], -1),
    "trace": lambda x: np.trace(x),
    "tril": lambda x: np.tril(x),
    "triu": lambda x: np.triu(x, 1),
    "split": lambda x: np.split(x, [1], axis=1),
    "array_split": lambda x: np.array_split(x, 3, axis=1),
    "pad": lambda x: np.pad(x, 1, constant_values=2.0),
    "pad by reflection": lambda x: np.pad(x, ((1, 0), (0, 2)), "reflect"),
    "sort": lambda x: np.sort(x),
    "sort, axis": lambda x: np.sort(x, axis=0),
    "diff": lambda x: np.diff(x, n=2),
    "diff, axis": lambda x: np.diff(x, axis=0),
    "concatenate": lambda x: np.concatenate([x, np.ones((3, 1)), x[:, :2]], axis=-1),
    "concatenate, flat": lambda x: np.concatenate([x, x[0]], axis=None),
    "concat": lambda x: np.concat([x, x]),
    "append": lambda x: np.append(x, [[1.0] * 4], axis=0),
    "stack": lambda x: np.stack([x, 2 * x], axis=-1),
    "hstack": lambda x: np.hstack([x, x]),
    "hstack of vectors": lambda x: np.hstack([x[0], 1.0, x[1]]),
    "vstack": lambda x: np.vstack([x[0], x]),
    "column_stack": lambda x: np.column_stack([x[:, 0], x]),
    "where": lambda x: np.where(x > 0, x**2, x),
    "clip": lambda x: np.clip(x, -1.0, 1.0),
    "clip above": lambda x: np.clip(x, None, 1.0),
    "clip, by name": lambda x: np.clip(x, min=-0.5),
    "clip, a method": lambda x: x.clip(-1.0, 1.0),
    "sum": lambda x: np.sum(x, axis=(0, 1)),
    "sum, a method": lambda x: x.sum(axis=1, keepdims=True),
    "max": lambda x: np.max(x, axis=1),
    "amax": lambda x: np.amax(x),
    "min": lambda x: x.min(axis=0),
    "ptp": lambda x: np.ptp(x, axis=1),
    "prod": lambda x: np.prod(x),
    "prod, kept": lambda x: np.prod(x, keepdims=True),
    "prod, axes": lambda x: np.prod(x[None], axis=(0, -1), keepdims=True),
    "prod, two axes": lambda x: np.prod(x[None], axis=(-1, 0)),
    "cumsum": lambda x: np.cumsum(x),
    "cumsum, axis": lambda x: np.cumsum(x, axis=-1),
    "cumprod": lambda x: np.cumprod(x),
    "cumprod, a method": lambda x: x.cumprod(axis=0),
    "mean": lambda x: np.mean(x),
    "mean, axis": lambda x: x.mean(axis=0),
    "var": lambda x: np.var(x, axis=1, keepdims=True),
    "var, ddof": lambda x: np.var(x, axis=0, ddof=1),
    "std": lambda x: np.std(x, axis=-1),
    "std, correction": lambda x: np.std(x, correction=1),
    "norm": lambda x: np.linalg.norm(x),
    "norm of rows": lambda x: np.linalg.norm(x, axis=1),
    "norm 1": lambda x: np.linalg.norm(x, 1, axis=1),
    "dot": lambda x: np.dot(x, x.T),
    "dot, a method": lambda x: x.dot(x[0]),
    "dot of many axes": lambda x: np.dot(x, x.T[None]),
    "dot with a number": lambda x: np.dot(x, 2.0),
    "inner": lambda x: np.inner(x, x),
    "outer": lambda x: np.outer(x[0], x),
    "vdot": lambda x: np.vdot(x, x),
    "vecdot": lambda x: np.vecdot(x, x[0]),
    "tensordot": lambda x: np.tensordot(x[None], x, axes=([1, 2], [0, 1])),
    "tensordot, a number": lambda x: np.tensordot(x, x.T, 1),
    "tensordot, outer": lambda x: np.tensordot(x[0], x[1], 0),
    "copy": lambda x: np.copy(x),
    "deg2rad": lambda x: np.deg2rad(x),
    "floor is constant": lambda x: np.floor(x) * x,
    "sign is constant": lambda x: np.sign(x) * x,
    "as integers, constant": lambda x: x.astype(int) * x,
    "argmax": lambda x: x[np.arange(3), np.argmax(x, axis=1)],
    "zeros_like": lambda x: np.zeros_like(x) + x * np.ones_like(x) * np.full_like(x, 2.0),
    "softmax": lambda x: np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x))),
    "log-sum-exp": lambda x: np.log(np.sum(np.exp(x), axis=1)),
    "comprehension": lambda x: np.stack([row * i for i, row in enumerate(x)]),
    "builtin sum": lambda x: sum(x[0]) + max(x[1]),
    "plain array on the left": lambda x: np.ones((3, 4)) * x - np.float64(2.0) * x[0, 0],
    "list on the left": lambda x: [1.0, 2.0, 3.0, 4.0] * x,
    "list as a factor": lambda x: (x @ [1.0, 2.0, 3.0, 4.0]) * ([1.0, 2.0, 3.0] @ x)[:3],
    "lists in where": lambda x: np.where([[True] * 4, [False] * 4, [True] * 4], x, [1, 2, 3, 4]),
    "operators from the right": lambda x: (1 - x) * (2 / x) + 2.0**x + np.ones(3) @ x,
    "branches of the values": lambda x: x * 2 if x[0, 0] > 0 else x * 3,
}


def point() -> np.ndarray:
    """Numbers of size 0.3 to 1.7, no two alike and none within a step of a kink of the table."""
    rng = np.random.default_rng(5)
    return (rng.permutation(np.linspace(0.31, 1.67, 12)) * rng.choice([-1, 1], 12)).reshape(3, 4)


def joined(y) -> np.ndarray:
    parts = y if isinstance(y, (list, tuple)) else [y]
    weighted = [np.sum(np.cos(np.arange(np.size(part))) * np.ravel(part)) for part in parts]
    return sum(weighted)


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_value_and_gradient(f):
    x = point()
    value, _ = td.vjp(f, x)
    expected = f(x)
    for y, z in zip(*([a] if isinstance(a, np.ndarray | np.generic) else a
                      for a in (value, expected)), strict=True):  # fmt: skip
        assert y.shape == z.shape
        np.testing.assert_allclose(y, z, rtol=1e-14, atol=1e-15)
    checked(lambda x: joined(f(x)), x)


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_gradient_can_be_differentiated(f):
    x, v = point(), np.random.default_rng(1).normal(size=(3, 4))
    of_f = lambda x: joined(f(x))  # noqa: E731
    expected = td.directional_derivative(
        lambda x: np.sum(v * td.grad(of_f)(x)), x, v, method="richardson"
    )
    np.testing.assert_allclose(np.sum(v * td.hvp(of_f, x, v)), expected, rtol=1e-7, atol=1e-7)


def test_each_entry_of_the_tables_is_a_function_of_numpy():
    tables = (
        numpy_functions.UNTRACED,
        numpy_functions.PERMUTATIONS,
        numpy_functions.RESHAPES,
        numpy_functions.MOVES,
        set(numpy_functions.FUNCTIONS),
    )
    for i, table in enumerate(tables):
        for other in tables[i + 1 :]:
            assert not table & other
    assert all(callable(f) for table in tables for f in table)


@pytest.mark.parametrize("function", sorted(numpy_functions.UNTRACED, key=lambda f: f.__name__))
def test_constant_functions_give_plain_values(function):
    two = {"searchsorted", "digitize", "can_cast", "array_equal", "allclose", "isclose"}

    def f(x):
        name = function.__name__
        if name == "can_cast":
            y = function(x.dtype, np.float64)
        elif name == "full_like":
            y = function(x, 1.0)
        elif name in two or getattr(function, "nin", 1) == 2:
            y = function(np.sort(x), np.sort(x))
        else:
            y = function(x)
        assert not isinstance(y, td.autodiff.TracedArray)
        return np.sum(x)

    np.testing.assert_array_equal(td.grad(f)(np.array([0.5, 1.5])), [1, 1])
