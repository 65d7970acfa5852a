"""The check of a Jacobian, or of its products with vectors, for a function of plain arrays.

The derivative of a gradient is one: ``check_jacobian(grad, x, hess)`` checks second derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidu.arrays import described, promoted
from tidu.checking.arguments import Arguments, Arrays
from tidu.checking.modes import Differentiable, check_modes
from tidu.checking.report import GradientReport
from tidu.checking.sampling import SamplingPlan
from tidu.errors import InputError, ShapeError


def check_jacobian(
    f: Callable[[Any], Any],
    x: Any,
    jacobian: Any = None,
    *,
    vjp: Callable[[Any, Any], Any] | None = None,
    jvp: Callable[[Any, Any], Any] | None = None,
    batched: bool = False,
    entries: int | None = None,
    seed: int = 0,
) -> GradientReport:
    r"""Check a Jacobian, or its products with vectors, against differences of f.

    With random weights c, the gradient of :math:`L = \sum_k c_k f_k(x)` must be
    :math:`\sum_k c_k\, ∂f_k/∂x_i`, and its derivative along v must be
    :math:`\sum_k c_k \sum_i ∂f_k/∂x_i\, v_i`.

    Parameters
    ----------
    f
        A function that returns an array. That may be a gradient: its Jacobian is the Hessian.
    x
        The point, an array of any shape.
    jacobian
        The Jacobian under test, an array of shape ``(*f(x).shape, *x.shape)`` or a function of x
        that returns it; at complex x its complex derivative, for an analytic f.
    vjp
        The product of a vector with the Jacobian, ``vjp(x, dy) → dx``: a backward pass. At z =
        a + ib it is ∂L/∂a + i ∂L/∂b of L = Re Σ c̄ f, with c for dy.
    jvp
        The product of the Jacobian with a vector, ``jvp(x, dx) → dy``: a forward pass.
    batched
        Whether ``vjp`` also takes several dy at once, along a first axis, and gives as many dx; it
        is then checked in both ways.
    entries
        Check no more than so many entries of x, chosen by ``seed``. None checks all.
    seed
        Of the entries, and of the weights and directions.

    Returns
    -------
    GradientReport
        With the part ``x`` for the Jacobian or ``vjp``, ``x (batched)`` for ``vjp`` of several dy,
        and ``direction`` for ``jvp``.

    Raises
    ------
    ShapeError
        If a Jacobian or a product does not have the shape that f and x ask for.
    TypeError, InputError, NonFiniteError
        If an argument cannot be used.

    Examples
    --------
    >>> x = np.array([1.0, 2.0])
    >>> check_jacobian(lambda x: x**2, x, lambda x: np.diag(2 * x)).ok
    True
    >>> check_jacobian(lambda x: 3 * x**2, x, np.diag(6 * x)).ok  # the Hessian of Σ x³
    True
    >>> check_jacobian(lambda x: x**2, x, jvp=lambda x, dx: 3 * x * dx).verdict
    'wrong'
    """
    if not callable(f):
        raise TypeError(f"`f` must be a function of x, got {described(f)}")
    for name, product in (("vjp", vjp), ("jvp", jvp)):
        if product is not None and not callable(product):
            raise TypeError(
                f"`{name}` must be a function of x and a vector, got {described(product)}"
            )
    products = vjp is not None or jvp is not None
    if (jacobian is not None) == products:
        raise InputError("give `jacobian`, or one or both of `vjp` and `jvp`")
    if not isinstance(batched, bool):
        raise TypeError(f"`batched` must be True or False, got {batched!r}")
    if batched and vjp is None:
        raise InputError("`batched` needs `vjp`, which it asks for several products at once")
    plan = SamplingPlan.of(entries, None, seed)
    arguments = Arguments.of({"x": x})

    def outputs(arrays: Arrays) -> list[np.ndarray]:
        return [np.asarray(promoted(f(arrays["x"].copy()), "f(x)"))]

    def by_vjp(arrays: Arrays, c: list[np.ndarray]) -> Arrays:
        if vjp is not None:
            return {"x": vjp(arrays["x"].copy(), c[0])}
        J = np.asarray(jacobian(arrays["x"].copy()) if callable(jacobian) else jacobian)
        shape = (*c[0].shape, *arrays["x"].shape)
        if J.shape != shape:
            raise ShapeError(
                f"`jacobian` has shape {J.shape}; for f(x) of shape {c[0].shape} and x of shape "
                f"{arrays['x'].shape} it must be {shape}"
            )
        dx = np.tensordot(c[0], np.conj(J), axes=c[0].ndim)
        return {"x": dx if np.iscomplexobj(arrays["x"]) else dx.real}

    def by_jvp(arrays: Arrays, v: Arrays) -> list[np.ndarray]:
        y = np.asarray(jvp(arrays["x"].copy(), v["x"]))  # type: ignore[misc]
        wanted = np.shape(f(arrays["x"].copy()))
        if y.shape != wanted:
            raise ShapeError(f"`jvp` gives shape {y.shape}, where f(x) has shape {wanted}")
        return [y]

    def by_batched_vjp(arrays: Arrays, c: list[np.ndarray]) -> Arrays:
        dx = np.asarray(vjp(arrays["x"].copy(), c[0]))  # type: ignore[misc]
        wanted = (len(c[0]), *arrays["x"].shape)
        if dx.shape != wanted:
            raise ShapeError(
                f"`vjp` gives shape {dx.shape} for {len(c[0])} dy at once, "
                f"where it must be {wanted}"
            )
        return {"x": dx}

    chosen = {"reverse": jvp is None or vjp is not None, "batched": batched, "forward": bool(jvp)}
    modes = [mode for mode, wanted in chosen.items() if wanted]
    function = Differentiable(outputs, by_vjp, by_jvp, by_batched_vjp)
    return check_modes(function, arguments, plan, modes=modes)
