"""Checks of gradients that libraries give: PyTorch, JAX, HIPS/autograd, and Tidu's own autodiff.

The derivatives that a library computes (with the backward passes that its user wrote) are compared
with differences of function values, in float64. A library is imported when a check of it is
called.

Left out: sparse arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.checking.arguments import Arguments, Arrays
from tidu.checking.library_derivatives import (
    Parts,
    autodiff_derivatives,
    autograd_derivatives,
    jax_derivatives,
    torch_derivatives,
)
from tidu.checking.modes import check_modes, refuse_modes
from tidu.checking.report import GradientReport
from tidu.checking.sampling import SamplingPlan
from tidu.errors import need


def check_torch(
    f: Callable[..., Any],
    *inputs: Any,
    order: int = 1,
    modes: Sequence[str] = ("reverse",),
    entries: int | None = 100,
    seed: int = 0,
) -> GradientReport:
    """Check what PyTorch's autograd gives for a function, a module, or an ``autograd.Function``.

    Parameters
    ----------
    f
        A function of tensors that returns one, or a tuple or dict of them; an ``nn.Module``, whose
        parameters are checked too (on a copy, in float64, as it stands: training or not); or the
        ``apply`` of a custom ``autograd.Function``.
    *inputs
        Tensors or arrays. Those of floating-point or complex numbers are checked, others passed on.
    order
        1 checks the gradient; 2 the gradient's own derivative, by backpropagating twice.
    modes
        Some of ``"reverse"``; ``"forward"``, products of the Jacobian with a vector, by dual
        numbers; ``"batched"``, the backward pass under ``vmap``.
    entries
        Check no more than so many entries of each; None checks all.
    seed
        Of the choice of entries and of the weights of the sum. PyTorch's generator starts from it
        at each call, so that dropout draws the same mask.

    Returns
    -------
    GradientReport
        With parts ``x0``, ``x1``, ... for the inputs, and the parameters by their names; a complex
        z is in two, ``z.real`` and ``z.imag``.

    Raises
    ------
    MissingExtraError
        If PyTorch is not installed.
    TypeError, InputError
        If an argument cannot be used.

    Examples
    --------
    >>> import torch  # doctest: +SKIP
    >>> check_torch(torch.nn.Linear(3, 2), torch.ones(4, 3)).ok  # doctest: +SKIP
    True
    """
    plan = _plan(f, entries, seed, order, modes)
    torch: Any = need("torch")
    tensors = [torch.as_tensor(value) for value in inputs]
    floating = [t.is_floating_point() or t.is_complex() for t in tensors]
    names = [f"x{i}" for i in range(len(tensors))]
    given = dict(zip(names, tensors, strict=True))
    point = {
        n: _in_double(t) for n, t, moves in zip(names, tensors, floating, strict=True) if moves
    }
    learned: list[str] = []
    module: Any = f
    if isinstance(f, torch.nn.Module):
        import copy

        module = copy.deepcopy(f).double().cpu()
        learned = [name for name, _ in module.named_parameters()]
        point |= {n: p.detach().numpy().copy() for n, p in module.named_parameters()}

    def call(parts: Parts) -> list[Any]:
        arguments = [parts.get(name, given[name]) for name in names]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(plan.seed)
            if learned:
                values = {name: parts[name] for name in learned}
                y = torch.func.functional_call(module, values, tuple(arguments))
            else:
                y = module(*arguments)
        return [t for t in _leaves(y) if t.is_floating_point() or t.is_complex()]

    function = torch_derivatives(torch, call)
    return check_modes(function, Arguments.of(point), plan, order=order, modes=modes)


def _in_double(tensor: Any) -> np.ndarray:
    array = tensor.detach().cpu().resolve_conj().numpy()
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def check_jax(
    f: Callable[..., Any],
    *inputs: Any,
    order: int = 1,
    modes: Sequence[str] = ("reverse",),
    entries: int | None = 100,
    seed: int = 0,
) -> GradientReport:
    """Check what JAX gives for a function, with its ``custom_vjp`` or ``custom_jvp`` if it has one.

    Parameters
    ----------
    f
        A function of arrays that returns one, or a tuple or dict of them.
    *inputs
        Arrays; those of integers are passed on and not checked.
    order, modes, entries, seed
        As for `check_torch`.

    Returns
    -------
    GradientReport
        With parts ``x0``, ``x1``, ... for the inputs.

    Raises
    ------
    MissingExtraError, TypeError, InputError
        As for `check_torch`.

    Examples
    --------
    >>> import jax.numpy as jnp  # doctest: +SKIP
    >>> check_jax(lambda x: jnp.tanh(x), np.ones((4, 3))).ok  # doctest: +SKIP
    True
    """
    plan = _plan(f, entries, seed, order, modes)
    point, of_parts = _moving(f, inputs)
    arguments = Arguments.of(point)
    function = jax_derivatives(need("jax"), lambda parts: _leaves(of_parts(parts)))
    return check_modes(function, arguments, plan, order=order, modes=modes)


def check_autograd(
    f: Callable[..., Any],
    *inputs: Any,
    order: int = 1,
    modes: Sequence[str] = ("reverse",),
    entries: int | None = 100,
    seed: int = 0,
) -> GradientReport:
    """Check what HIPS/autograd gives for a function, with the rules that its user defined.

    Parameters
    ----------
    f
        A function of arrays, written with ``autograd.numpy``, that returns one, or a tuple of them.
    *inputs
        Arrays; those of integers are passed on and not checked.
    order, modes, entries, seed
        As for `check_torch`; there is no mode ``"batched"``.

    Returns
    -------
    GradientReport
        With parts ``x0``, ``x1``, ... for the inputs.

    Raises
    ------
    MissingExtraError, TypeError, InputError
        As for `check_torch`.

    Examples
    --------
    >>> import autograd.numpy as anp  # doctest: +SKIP
    >>> check_autograd(lambda x: anp.tanh(x), np.ones(3)).ok  # doctest: +SKIP
    True
    """
    plan = _plan(f, entries, seed, order, modes)
    point, of_parts = _moving(f, inputs)
    autograd, anp = need("autograd"), need("autograd.numpy")

    def joined(parts: Parts) -> Any:
        return anp.concatenate([anp.ravel(y) for y in _leaves(of_parts(parts))])

    function = autograd_derivatives(autograd, joined)
    return check_modes(function, Arguments.of(point), plan, order=order, modes=modes)


def check_autodiff(
    f: Callable[..., Any],
    *inputs: Any,
    order: int = 1,
    modes: Sequence[str] = ("reverse",),
    entries: int | None = 100,
    seed: int = 0,
) -> GradientReport:
    """Check what Tidu's own autodiff gives for a function of NumPy arrays.

    Parameters
    ----------
    f
        A function of arrays that returns one, or a tuple or dict of them.
    *inputs
        Arrays; those of integers are passed on and not checked.
    order, modes, entries, seed
        As for `check_torch`; there is no mode ``"batched"``.

    Returns
    -------
    GradientReport
        With parts ``x0``, ``x1``, ... for the inputs.

    Raises
    ------
    TypeError, InputError, MissingRuleError
        If an argument cannot be used, or an operation of ``f`` has no rule.

    Examples
    --------
    >>> check_autodiff(lambda x: np.tanh(x), np.ones((4, 3)), order=2).ok
    True
    """
    plan = _plan(f, entries, seed, order, modes)
    point, of_parts = _moving(f, inputs)
    function = autodiff_derivatives(lambda parts: _leaves(of_parts(parts)))
    return check_modes(function, Arguments.of(point), plan, order=order, modes=modes)


def _plan(f: Any, entries: int | None, seed: int, order: int, modes: Sequence[str]) -> SamplingPlan:
    if not callable(f):
        raise TypeError(f"`f` must be a function of arrays, got {described(f)}")
    refuse_modes(order, modes)
    return SamplingPlan.of(entries, None, seed)


def _moving(f: Callable[..., Any], inputs: tuple[Any, ...]) -> tuple[Arrays, Callable[[Any], Any]]:
    """Return the inputs that are checked, by name in float64, and ``f`` of others in their place.

    Those of integers are handed on to ``f`` as they are.
    """
    names = [f"x{i}" for i in range(len(inputs))]
    given = dict(zip(names, inputs, strict=True))
    arrays = {name: np.asarray(a) for name, a in given.items()}
    point = {
        name: a.astype(np.complex128 if a.dtype.kind == "c" else np.float64)
        if a.dtype.kind in "fc"
        else a
        for name, a in arrays.items()
        if a.dtype.kind not in "biu"
    }
    return point, lambda parts: f(*(parts[n] if n in point else given[n] for n in names))


def _leaves(y: Any) -> list[Any]:
    """Return the arrays of a tree of tuples, lists and dicts, such as a module returns."""
    if isinstance(y, Mapping):
        return [leaf for item in y.values() for leaf in _leaves(item)]
    if isinstance(y, (tuple, list)):
        return [leaf for item in y for leaf in _leaves(item)]
    return [] if y is None else [y]
