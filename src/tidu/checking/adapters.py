"""Checks of gradients that other libraries give: PyTorch, JAX and HIPS/autograd.

What the library's own machinery makes of a function (with the backward passes that its user wrote)
is compared with differences of its values, in float64. An output that is not one number is turned
into one by a random weighted sum. A library is imported when a check of it is called.

Left out: complex numbers, second derivatives, sparse arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.checking.check import check_parts
from tidu.checking.report import GradientReport
from tidu.checking.sampling import SamplingPlan
from tidu.errors import InputError, need
from tidu.numeric.evaluator import real_array
from tidu.randomness import stream

Arrays = dict[str, np.ndarray]
Pull = Callable[[np.ndarray], Arrays]
"""From the gradient by the output to the gradients by the parts."""


def check_torch(
    f: Callable[..., Any], *inputs: Any, entries: int | None = 100, seed: int = 0
) -> GradientReport:
    """Check what PyTorch's autograd gives for a function, a module, or an ``autograd.Function``.

    Parameters
    ----------
    f
        A function of tensors that returns one; an ``nn.Module``, whose parameters are checked too
        (on a copy, in float64, as it stands: training or not); or the ``apply`` of a custom
        ``autograd.Function``.
    *inputs
        Tensors or arrays. Those of floating-point numbers are checked, others handed on.
    entries
        Check no more than so many entries of each; None looks at all.
    seed
        Of the entries, of the weights of the sum, and of PyTorch's generator at each call, so that
        dropout draws the same mask.

    Returns
    -------
    GradientReport
        With parts ``x0``, ``x1``, ... for the inputs, and the parameters by their names.

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
    plan = _plan(f, entries, seed)
    torch: Any = need("torch")
    tensors = [torch.as_tensor(value) for value in inputs]
    fixed = {f"x{i}": t for i, t in enumerate(tensors) if not t.is_floating_point()}
    point = {
        f"x{i}": real_array(t.detach().double().cpu().numpy(), f"x{i}")
        for i, t in enumerate(tensors)
        if t.is_floating_point()
    }
    if isinstance(f, torch.nn.Module):
        import copy

        module: Any = copy.deepcopy(f).double().cpu()
        f, learns = module, [name for name, _ in module.named_parameters()]
        point |= {n: p.detach().numpy().copy() for n, p in module.named_parameters()}

    def call(parts: dict[str, Any]) -> Any:
        arguments = [{**fixed, **parts}[f"x{i}"] for i in range(len(tensors))]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(plan.seed)
            if not isinstance(f, torch.nn.Module):
                return f(*arguments)
            learned = {name: parts[name] for name in learns}
            return torch.func.functional_call(f, learned, tuple(arguments))

    def run(parts: Arrays) -> tuple[np.ndarray, Pull]:
        moved = {name: torch.tensor(a, requires_grad=True) for name, a in parts.items()}
        y = call(moved)

        def pull(c: np.ndarray) -> Arrays:
            found = torch.autograd.grad(
                y, list(moved.values()), torch.as_tensor(c).to(y.dtype), allow_unused=True
            )
            pairs = zip(moved.items(), found, strict=True)
            return {n: np.zeros(t.shape) if g is None else g.numpy() for (n, t), g in pairs}

        return y.detach().numpy(), pull

    return _check(run, point, plan)


def check_jax(
    f: Callable[..., Any], *inputs: Any, entries: int | None = 100, seed: int = 0
) -> GradientReport:
    """Check what JAX gives for a function, with its ``custom_vjp`` if it has one.

    Parameters
    ----------
    f
        A function of arrays that returns one.
    *inputs
        Arrays; those of integers are handed on and not checked.
    entries
        Check no more than so many entries of each; None looks at all.
    seed
        Of the entries, and of the weights of the sum.

    Returns
    -------
    GradientReport
        With parts ``x0``, ``x1``, ... for the inputs.

    Raises
    ------
    MissingExtraError
        If JAX is not installed.
    TypeError, InputError
        If an argument cannot be used.

    Examples
    --------
    >>> import jax.numpy as jnp  # doctest: +SKIP
    >>> check_jax(lambda x: jnp.tanh(x), np.ones((4, 3))).ok  # doctest: +SKIP
    True
    """
    plan = _plan(f, entries, seed)
    point, of_parts = _by_name(f, inputs)
    jax = need("jax")

    def run(parts: Arrays) -> tuple[np.ndarray, Pull]:
        with jax.enable_x64(True):
            y, back = jax.vjp(of_parts, {n: jax.numpy.asarray(a) for n, a in parts.items()})

        def pull(c: np.ndarray) -> Arrays:
            with jax.enable_x64(True):
                found = back(jax.numpy.asarray(c, dtype=y.dtype))[0]
            return {name: np.asarray(d) for name, d in found.items()}

        return np.asarray(y), pull

    return _check(run, point, plan)


def check_autograd(
    f: Callable[..., Any], *inputs: Any, entries: int | None = 100, seed: int = 0
) -> GradientReport:
    """Check what HIPS/autograd gives for a function, with the rules that its user defined.

    Parameters
    ----------
    f
        A function of arrays, written with ``autograd.numpy``, that returns one.
    *inputs
        Arrays; those of integers are handed on and not checked.
    entries
        Check no more than so many entries of each; None looks at all.
    seed
        Of the entries, and of the weights of the sum.

    Returns
    -------
    GradientReport
        With parts ``x0``, ``x1``, ... for the inputs.

    Raises
    ------
    MissingExtraError
        If autograd is not installed.
    TypeError, InputError
        If an argument cannot be used.

    Examples
    --------
    >>> import autograd.numpy as anp  # doctest: +SKIP
    >>> check_autograd(lambda x: anp.tanh(x), np.ones(3)).ok  # doctest: +SKIP
    True
    """
    plan = _plan(f, entries, seed)
    point, of_parts = _by_name(f, inputs)
    make_vjp = need("autograd").make_vjp

    def run(parts: Arrays) -> tuple[np.ndarray, Pull]:
        back, y = make_vjp(of_parts)(parts)
        return np.asarray(y), lambda c: back(c if np.ndim(y) else float(c))

    return _check(run, point, plan)


def _plan(f: Any, entries: int | None, seed: int) -> SamplingPlan:
    if not callable(f):
        raise TypeError(f"`f` must be a function of arrays, got {described(f)}")
    return SamplingPlan.of(entries, None, seed)


def _by_name(f: Callable[..., Any], inputs: tuple[Any, ...]) -> tuple[Arrays, Callable[[Any], Any]]:
    """Return the inputs that are checked, by name in float64, and ``f`` of others in their place.

    Those of integers are handed on to ``f`` as they are.
    """
    names = [f"x{i}" for i in range(len(inputs))]
    given = dict(zip(names, inputs, strict=True))
    point = {
        name: real_array(np.asarray(a), name).astype(np.float64)
        for name, a in given.items()
        if np.asarray(a).dtype.kind not in "biu"
    }
    return point, lambda parts: f(*(parts[n] if n in point else given[n] for n in names))


def _check(
    run: Callable[[Arrays], tuple[np.ndarray, Pull]], point: Arrays, plan: SamplingPlan
) -> GradientReport:
    """Check the pull-back of ``run``, which returns a value and a pull-back at named arrays."""
    if not point:
        raise InputError("`inputs` hold no floating-point numbers, so there is no slope to check")
    c = np.asarray(stream(plan.seed, "sample", 0).normal(size=np.shape(run(point)[0])))

    def value(parts: Arrays) -> float:
        return np.sum(c * run(parts)[0])

    def gradient(parts: Arrays) -> Arrays:
        return run(parts)[1](c)

    return check_parts(value, point, gradient, plan, "between")
