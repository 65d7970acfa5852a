"""The check of a Jacobian, and of its products with vectors."""

import numpy as np
import pytest

from tidu.checking import check_jacobian

A = np.random.default_rng(0).normal(size=(3, 2, 4))
X = np.random.default_rng(1).normal(size=4)


def f(x):
    return np.tanh(A @ x)


def jacobian(x):
    return (1 - f(x) ** 2)[..., None] * A


def vjp(x, dy):
    return np.tensordot(dy, jacobian(x), axes=2)


def jvp(x, dx):
    return jacobian(x) @ dx


@pytest.mark.parametrize(
    "given",
    [
        {"jacobian": jacobian},
        {"jacobian": jacobian(X)},
        {"vjp": vjp},
        {"jvp": jvp},
        {"vjp": vjp, "jvp": jvp},
    ],
    ids=["function", "array", "vjp", "jvp", "both"],
)
def test_right_ones_pass(given):
    assert check_jacobian(f, X, **given).ok


@pytest.mark.parametrize("name", ["jacobian", "vjp", "jvp"])
@pytest.mark.parametrize("factor", [-1.0, 0.0, 0.5, 1.001])
def test_wrong_ones_do_not(name, factor):
    right = {"jacobian": jacobian, "vjp": vjp, "jvp": jvp}[name]
    report = check_jacobian(f, X, **{name: lambda *given: factor * right(*given)})
    assert report.verdict == "wrong"


def test_a_single_wrong_entry_is_found_with_its_column():
    wrong = jacobian(X)
    wrong[1, 0, 2] *= 1.01
    report = check_jacobian(f, X, wrong)
    assert [row.index for row in report.entries if row.verdict == "wrong"] == [(2,)]
    report = check_jacobian(f, X, jvp=lambda x, dx: wrong @ dx)
    assert [row.verdict for row in report.entries] == ["wrong"] * 5


def test_the_derivative_of_a_gradient():
    gradient = lambda x: 3 * x**2 + x.sum()  # noqa: E731
    hessian = lambda x: np.diag(6 * x) + 1  # noqa: E731
    assert check_jacobian(gradient, X, hessian).ok
    assert check_jacobian(gradient, X, lambda x: np.diag(6 * x)).verdict == "wrong"


def test_a_complex_function():
    z = X[:2] + 1j * X[2:]
    f = lambda z: z**2  # noqa: E731
    assert check_jacobian(f, z, jvp=lambda z, dz: 2 * z * dz).ok
    assert check_jacobian(f, z, vjp=lambda z, dy: np.conj(2 * z) * dy).ok
    assert check_jacobian(f, z, vjp=lambda z, dy: 2 * z * dy).verdict == "wrong"


def test_a_complex_jacobian_is_the_derivative_of_an_analytic_function():
    B = A[:, 0] + 1j * A[:, 1]
    z = X + 1j * X[::-1]
    f = lambda z: B @ z**2  # noqa: E731
    assert check_jacobian(f, z, lambda z: B * (2 * z)).ok
    assert check_jacobian(f, z, np.conj(B * (2 * z))).verdict == "wrong"
    wave = lambda x: np.exp(1j * x)  # noqa: E731  # of real numbers
    assert check_jacobian(wave, X, lambda x: np.diag(1j * wave(x))).ok
    assert check_jacobian(wave, X, lambda x: np.diag(wave(x))).verdict == "wrong"


def test_a_backward_pass_for_several_vectors_at_once():
    def of_several(x, dy):
        return np.einsum("...ij,ijk->...k", dy, jacobian(x))

    report = check_jacobian(f, X, vjp=of_several, jvp=jvp, batched=True)
    assert report.ok
    assert [part.name for part in report.parts] == ["x", "x (batched)", "direction"]

    def of_the_first(x, dy):  # right for one, and wrong for several
        return np.broadcast_to(of_several(x, dy.reshape(-1, 3, 2)[0]), (*dy.shape[:-2], 4))

    report = check_jacobian(f, X, vjp=of_the_first, batched=True)
    assert [part.verdict for part in report.parts] == ["right", "wrong"]
