"""What PyTorch, JAX, autograd and Tidu's own autodiff give, each as a `Differentiable`.

``call`` takes arrays of the library by name and returns a list of outputs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidu.checking.arguments import Arrays
from tidu.checking.modes import Differentiable
from tidu.errors import need

Parts = dict[str, Any]
"""Arrays of some library, by name."""


def torch_derivatives(torch: Any, call: Callable[[Parts], list[Any]]) -> Differentiable:
    """Return what ``torch.autograd`` gives: backward, by dual numbers, and under vmap."""
    forward_ad = torch.autograd.forward_ad

    def tensors(arrays: Arrays) -> Parts:
        return {n: torch.tensor(a, requires_grad=True) for n, a in arrays.items()}

    def plain(tensor: Any) -> np.ndarray:
        return tensor.detach().resolve_conj().numpy()

    def outputs(arrays: Arrays) -> list[np.ndarray]:
        return [plain(y) for y in call(tensors(arrays))]

    def gradients(moved: Parts, c: list[Any], **options: Any) -> list[Any]:
        ys = call(moved)
        pairs = [(y, w) for y, w in zip(ys, c, strict=True) if y.requires_grad]
        if not pairs:
            return [None] * len(moved)
        y, weights = zip(*((y, w.to(y.dtype)) for y, w in pairs), strict=True)
        return torch.autograd.grad(y, list(moved.values()), weights, allow_unused=True, **options)

    def pullback(arrays: Arrays, c: list[np.ndarray], batched: bool = False) -> Arrays:
        moved, weights = tensors(arrays), [torch.as_tensor(w) for w in c]
        found = gradients(moved, weights, is_grads_batched=batched)
        before = c[0].shape[:1] if batched else ()
        return {
            n: np.zeros((*before, *t.shape), arrays[n].dtype) if g is None else plain(g)
            for (n, t), g in zip(moved.items(), found, strict=True)
        }

    def pushforward(arrays: Arrays, v: Arrays) -> list[np.ndarray]:
        with forward_ad.dual_level():
            duals = {
                n: forward_ad.make_dual(t, torch.tensor(v[n])) for n, t in tensors(arrays).items()
            }
            found = [forward_ad.unpack_dual(y) for y in call(duals)]
            return [
                np.zeros(y.primal.shape) if y.tangent is None else plain(y.tangent) for y in found
            ]

    def of_gradient(c: list[np.ndarray]) -> Differentiable:
        weights = [torch.as_tensor(w) for w in c]

        def gradient(parts: Parts) -> list[Any]:
            found = gradients(parts, weights, create_graph=True)
            pairs = zip(parts.values(), found, strict=True)
            return [torch.zeros_like(t) if g is None else g for t, g in pairs]

        return torch_derivatives(torch, gradient)

    return Differentiable(
        outputs, pullback, pushforward, lambda x, c: pullback(x, c, batched=True), of_gradient
    )


def jax_derivatives(jax: Any, call: Callable[[Parts], list[Any]]) -> Differentiable:
    """Return what ``jax.vjp``, ``jax.jvp`` and ``jax.vmap`` give.

    JAX's gradients are ∂L/∂a − i ∂L/∂b: the conjugates of those of a `Differentiable`.
    """
    xp = jax.numpy

    def arrays_of(arrays: Arrays) -> Parts:
        return {n: xp.asarray(a) for n, a in arrays.items()}

    def pulled(parts: Parts, c: list[Any]) -> Parts:
        y, back = jax.vjp(call, parts)
        found = back([xp.conj(xp.asarray(w, dtype=t.dtype)) for w, t in zip(c, y, strict=True)])[0]
        return {n: xp.conj(d) for n, d in found.items()}

    def outputs(arrays: Arrays) -> list[np.ndarray]:
        with jax.enable_x64(True):
            return [np.asarray(y) for y in call(arrays_of(arrays))]

    def pullback(arrays: Arrays, c: list[np.ndarray]) -> Arrays:
        with jax.enable_x64(True):
            return {n: np.asarray(d) for n, d in pulled(arrays_of(arrays), c).items()}

    def batched_pullback(arrays: Arrays, c: list[np.ndarray]) -> Arrays:
        with jax.enable_x64(True):
            parts = arrays_of(arrays)
            stacks = [xp.asarray(w) for w in c]
            found = jax.vmap(lambda *rows: pulled(parts, list(rows)))(*stacks)
            return {n: np.asarray(d) for n, d in found.items()}

    def pushforward(arrays: Arrays, v: Arrays) -> list[np.ndarray]:
        with jax.enable_x64(True):
            return [np.asarray(d) for d in jax.jvp(call, (arrays_of(arrays),), (arrays_of(v),))[1]]

    def of_gradient(c: list[np.ndarray]) -> Differentiable:
        return jax_derivatives(jax, lambda parts: list(pulled(parts, c).values()))

    return Differentiable(outputs, pullback, pushforward, batched_pullback, of_gradient)


def autograd_derivatives(autograd: Any, call: Callable[[Parts], Any]) -> Differentiable:
    """Return what ``autograd.make_vjp`` and ``make_jvp`` give for a function with one output.

    Its gradients are conjugates, as JAX's are.
    """
    anp = need("autograd.numpy")

    def pulled(parts: Parts, c: list[np.ndarray]) -> Parts:
        back, _ = autograd.make_vjp(call)(parts)
        found = back(np.conj(c[0]))
        return {n: anp.conj(found[n]) if np.iscomplexobj(parts[n]) else found[n] for n in parts}

    def pushforward(arrays: Arrays, v: Arrays) -> list[np.ndarray]:
        # along s v at s = 0: one number, and so no containers
        def along(s: Any) -> Any:
            return call({n: a + s * v[n] for n, a in arrays.items()})

        return [np.asarray(autograd.make_jvp(along)(0.0)(1.0)[1])]

    def of_gradient(c: list[np.ndarray]) -> Differentiable:
        def gradient(parts: Parts) -> Any:
            return anp.concatenate([anp.ravel(d) for d in pulled(parts, c).values()])

        return autograd_derivatives(autograd, gradient)

    return Differentiable(
        lambda arrays: [np.asarray(call(arrays))], pulled, pushforward, None, of_gradient
    )


def autodiff_derivatives(call: Callable[[Parts], list[Any]]) -> Differentiable:
    """Return what `tidu.autodiff` gives, backward and forward."""
    from tidu.autodiff import jvp, vjp

    def pullback(arrays: Parts, c: list[np.ndarray]) -> Parts:
        return vjp(call, arrays)[1](c)

    def pushforward(arrays: Arrays, v: Arrays) -> list[np.ndarray]:
        return jvp(call, arrays, v)[1]

    def of_gradient(c: list[np.ndarray]) -> Differentiable:
        return autodiff_derivatives(lambda parts: list(pullback(parts, c).values()))

    return Differentiable(call, pullback, pushforward, None, of_gradient)
