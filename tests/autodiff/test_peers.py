"""The same gradients as HIPS autograd and JAX give, for the same code."""

import numpy as np
import pytest

import tidu as td

RNG = np.random.default_rng(0)
W1, b1 = RNG.normal(size=(5, 4)), RNG.normal(size=4)
W2, b2 = RNG.normal(size=(4, 3)), RNG.normal(size=3)
X, T = RNG.normal(size=(6, 5)), np.eye(3)[RNG.integers(0, 3, 6)]


def network(np):
    def loss(W1, b1, W2, b2):
        h = np.tanh(X @ W1 + b1)
        scores = h @ W2 + b2
        m = np.max(scores, axis=1, keepdims=True)
        log_sum = m + np.log(np.sum(np.exp(scores - m), axis=1, keepdims=True))
        return np.mean(np.sum(T * (log_sum - scores), axis=1))

    return loss, (W1, b1, W2, b2)


def statistics(np):
    def f(x):
        y = (x - np.mean(x, axis=0)) / np.sqrt(np.var(x, axis=0) + 1e-3)
        return np.sum(np.cumsum(y, axis=0)[::2] ** 2) + np.std(x) + np.prod(x[0])

    return f, (X,)


def pieces(np):
    def f(x, y):
        z = np.concatenate([x[:, ::-1], np.where(x > 0, x, 0.1 * x)], axis=1)
        w = np.reshape(np.transpose(z), (-1, 2)) @ y
        return np.sum(np.logaddexp(w, 1.0)) + np.max(np.abs(x)) + np.sum(np.arctan2(w, 2.0))

    return f, (X, RNG.normal(size=2))


def gathered(np):
    def f(x):
        rows = x[[0, 2, 2], [1, 1, 1]]
        return np.sum(rows**3) + np.sum(np.sort(x, axis=1)[:, -1]) + np.sum(x[x > 0.5])

    return f, (X,)


def powers(np):
    def f(x, p):
        return np.sum(np.abs(x) ** p) + np.sum(np.exp2(p) * np.hypot(x, p)) + np.linalg.norm(x)

    return f, (X, np.linspace(0.5, 2.5, 5))


PROGRAMS = (network, statistics, pieces, gathered, powers)


@pytest.mark.parametrize("program", PROGRAMS)
def test_autograd(program):
    autograd = pytest.importorskip("autograd", reason="autograd is not installed")
    import autograd.numpy as anp

    program = WITHOUT_WHAT_AUTOGRAD_LACKS.get(program, program)
    f, args = program(np)
    g, _ = program(anp)
    positions = tuple(range(len(args)))
    expected = autograd.grad(g, positions)(*args)
    for dx, dz in zip(td.grad(f, positions)(*args), expected, strict=True):
        np.testing.assert_allclose(dx, dz, rtol=1e-12, atol=1e-12)


def powers_alone(np):
    def f(x, p):
        return np.sum(np.abs(x) ** p) + np.sum(np.exp2(p)) + np.linalg.norm(x)

    return f, (X, np.linspace(0.5, 2.5, 5))


def gathered_unsorted(np):
    def f(x):
        return np.sum(x[[0, 2, 2], [1, 1, 1]] ** 3) + np.sum(x[x > 0.5])

    return f, (X,)


WITHOUT_WHAT_AUTOGRAD_LACKS = {powers: powers_alone, gathered: gathered_unsorted}
"""It has no hypot, no sorting along an axis and no cumprod."""


@pytest.mark.parametrize("program", PROGRAMS)
def test_jax(program):
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    import jax.numpy as jnp

    f, args = program(np)
    g, _ = program(jnp)
    positions = tuple(range(len(args)))
    v = [np.random.default_rng(1).normal(size=x.shape) for x in args]
    with jax.enable_x64(True):
        boxed = [jnp.asarray(x) for x in args]
        if program is gathered:
            g = gathered_without_masks(jnp)
        expected = jax.grad(g, positions)(*boxed)
        _, expected_jvp = jax.jvp(g, tuple(boxed), tuple(jnp.asarray(x) for x in v))
        gradient = jax.grad(g)
        _, expected_hvp = jax.jvp(
            lambda x: gradient(x, *boxed[1:]), (boxed[0],), (jnp.asarray(v[0]),)
        )
    for dx, dz in zip(td.grad(f, positions)(*args), expected, strict=True):
        np.testing.assert_allclose(dx, dz, rtol=1e-11, atol=1e-11)
    _, along_v = td.jvp(lambda args: f(*args), list(args), v)
    np.testing.assert_allclose(along_v, expected_jvp, rtol=1e-11)
    hv = td.hvp(lambda x: f(x, *args[1:]), args[0], v[0])
    np.testing.assert_allclose(hv, expected_hvp, rtol=1e-10, atol=1e-10)


def gathered_without_masks(jnp):
    def f(x):
        rows = x[jnp.array([0, 2, 2]), jnp.array([1, 1, 1])]
        masked = jnp.where(x > 0.5, x, 0)
        return jnp.sum(rows**3) + jnp.sum(jnp.sort(x, axis=1)[:, -1]) + jnp.sum(masked)

    return f


def test_cumulative_products_which_autograd_has_not():
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    import jax.numpy as jnp

    x = np.array([1.5, -2.0, 0.5, 3.0])
    with jax.enable_x64(True):
        expected = jax.grad(lambda x: jnp.sum(jnp.cumprod(x) ** 2))(jnp.asarray(x))
    np.testing.assert_allclose(td.grad(lambda x: np.sum(np.cumprod(x) ** 2))(x), expected)
