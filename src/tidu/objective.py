"""What a network computes: scores, loss and gradient as pure functions of all they depend on.

An objective function owns nothing that changes. Parameters, buffers, data, weights and noise are
handed to it, and what comes of them is returned: so the same function serves learning, a numeric
gradient, which asks for the loss at other parameters, and a check of the one against the other.
`Objective.evaluate` runs on the arrays of any library that follows the array-API standard, traced
ones too; what a user hands in is checked before, by `batch`, `targets` and `check_weights`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from tidu.arrays import (
    Array,
    check_sparse,
    dense,
    described,
    float_dtype,
    is_sparse,
    namespace,
    promoted,
)
from tidu.errors import InputError, ShapeError, check_integer, clause
from tidu.initializers import Xavier
from tidu.language import translator
from tidu.layers.activations import Sigmoid, Softmax
from tidu.layers.base import Layer, Shape, Tree
from tidu.layers.chain import Chain, with_initializer
from tidu.layout import Entry, Layout
from tidu.losses import LOSSES, Loss, as_array, by_name
from tidu.penalties import Penalty
from tidu.randomness import stream

_ = translator("library")


@dataclass(frozen=True)
class Evaluation:
    """What one pass over a batch gives.

    ``total`` is the loss with the penalty and ``weight`` the Σ wᵢ of the batch, each an array of no
    axes; ``state`` is the new state tree; ``dtheta`` and ``dx`` are there if asked for.
    """

    total: Array
    weight: Array
    scores: Array
    state: Tree
    dtheta: Array | None = None
    dx: Array | None = None


class Objective:
    """A chain of layers and a loss over the places in two flat vectors.

    Attributes
    ----------
    chain, loss_function, penalty
        What is computed.
    input_shape, output_shape, dtype
        Of one sample, and of everything computed.
    layout, state_layout : Layout
        Where each named part is in ``theta`` and in ``state``.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        input_shape: int | Shape,
        loss: Loss | str,
        penalty: Penalty | None,
        dtype: str | np.dtype,
    ) -> None:
        self.chain = Chain(layers)
        self.input_shape = _checked_input_shape(input_shape)
        self.loss_function = _checked_loss(loss, self.chain)
        if penalty is not None and not isinstance(penalty, Penalty):
            raise TypeError(f"`penalty` must be a penalty such as L2(1e-4), got {penalty!r}")
        self.penalty = penalty
        self.dtype = float_dtype(dtype)
        self.output_shape = self.chain.output_shape(self.input_shape)
        self.parameters = with_initializer(self.chain.parameters(self.input_shape), Xavier())
        self.buffers = self.chain.buffers(self.input_shape)
        self.layout, self.state_layout = Layout.of(self.parameters), Layout.of(self.buffers)
        both = set(self.layout) & set(self.state_layout)
        if both:
            raise InputError(f"a parameter and a buffer are both named {', '.join(sorted(both))}")

    def evaluate(
        self,
        theta: Array,
        state: Array,
        x: Array,
        t: Array,
        *,
        weights: Array | None = None,
        denominator: Array | float | None = None,
        noise: Tree = None,
        training: bool = True,
        gradient: bool = False,
        need_dx: bool = False,
    ) -> Evaluation:
        """Evaluate loss and gradient on one batch, as a pure function of everything it depends on.

        L(θ) = Σ wᵢ ℓᵢ(θ) / Σ wᵢ + penalty(θ), and dL/dθ by the layers' backward functions. No
        value is looked at: where all weights are 0, the loss is NaN (see `check_weights`).

        Parameters
        ----------
        theta, state : 1-D array
            In place of the network's own.
        x : (N, *input_shape)
        t : targets, encoded by the loss
        weights : (N,), optional
            Sample weights; those of the loss's classes are multiplied in.
        denominator : number, optional
            In place of Σ wᵢ of this batch, where it is a part of a larger one.
        noise : tree
            What `draw_noise` gave.
        gradient, need_dx : bool
            Whether dL/dθ and dL/dx are wanted.
        """
        scores, saved, after = self.chain.forward(
            x, **self._trees(theta, state), noise=noise, training=training
        )
        xp = namespace(theta)
        w, weight = self.normalized_weights(t, weights, denominator)
        total = xp.sum(w * self.loss_function.values(scores, t)) + self.penalty_value(theta)
        if not gradient:
            return Evaluation(total, weight, scores, after)
        dscores = self.loss_function.gradient(scores, t)
        dscores = dscores * xp.reshape(w, (-1, *(1,) * (dscores.ndim - 1)))
        dx, dparams = self.chain.backward(dscores, saved, need_dx=need_dx)
        dtheta = self.layout.vector(dparams, like=theta)
        if self.penalty is not None and self.layout.entries:
            dtheta = dtheta + self.penalty_gradient(theta)
        return Evaluation(total, weight, scores, after, dtheta, dx)

    def astype(self, dtype: str | np.dtype) -> Self:
        """Return the same function, computed in another dtype."""
        other = copy.copy(self)
        other.dtype = float_dtype(dtype)
        return other

    def draw_noise(self, n: int, seed: int, step: int) -> Tree:
        """Return the noise of one step on a batch of ``n`` samples; None if no layer draws any."""
        check_integer("seed", seed, minimum=0)
        if not self.chain.draws_noise:
            return None
        return self.chain.draw_noise(
            stream(seed, "noise", step), (n, *self.input_shape), self.dtype, step=step
        )

    def batch(self, x: Array) -> np.ndarray:
        """Return samples as an array of the network's dtype, or refuse them."""
        return dense(self.samples(x)).astype(self.dtype, copy=False)

    def samples(self, x: Array) -> Array:
        """Return samples as they are stored, sparse ones too, or refuse them."""
        if is_sparse(x):
            check_sparse(x)
            array = x.tocsr()
        else:
            array = x if isinstance(x, np.ndarray) else promoted(x)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"`x` must hold real numbers, got {described(x)}")
        if array.shape[1:] != self.input_shape or array.ndim == 0:
            single = array.shape == self.input_shape
            one = clause(": for a single sample, give x[None]") if single else ""
            raise ShapeError(
                f"`x` has shape {array.shape}; this network takes "
                f"(N, {', '.join(map(str, self.input_shape))}){one}"
            )
        return array

    def targets(self, t: Array, n: int) -> np.ndarray:
        """Return the targets of ``n`` samples, encoded by the loss, or refuse them."""
        t = as_array(t)
        if t.ndim == 0 or len(t) != n:
            raise ShapeError(
                f"`x` has {n} samples and `t` is {described(t)}; they must go together"
            )
        return self.loss_function.encode(t, (n, *self.output_shape), self.dtype)

    def scores(self, theta: Array, state: Array, x: Array, noise: Tree, training: bool) -> Array:
        """Return the last layer's output."""
        given = self._trees(theta, state)
        return self.chain.forward(x, **given, noise=noise, training=training)[0]

    def input_pullback(self, theta: Array, state: Array, x: Array, dscores: Array) -> Array:
        """Return dx for given dscores, the layers acting as when predicting: dx = dscores ∂s/∂x."""
        given = self._trees(theta, state)
        _, saved, _ = self.chain.forward(x, **given, noise=None, training=False)
        return self.chain.backward(dscores, saved, need_dx=True)[0]

    def outputs(
        self, theta: Array, state: Array, x: Array, noise: Tree, training: bool
    ) -> Iterable[tuple[str, Layer, Array]]:
        """Yield each layer's name, the layer, and its output."""
        return self.chain.trace(x, **self._trees(theta, state), noise=noise, training=training)

    def normalized_weights(
        self, t: Array, weights: Array | None, denominator: Array | float | None = None
    ) -> tuple[Array, Array]:
        """Return wᵢ / Σ wᵢ and Σ wᵢ, the classes' weights multiplied in.

        ``denominator`` takes the place of Σ wᵢ in the first.
        """
        xp = namespace(t)
        dtype = getattr(xp, self.dtype.name)
        w = xp.ones(t.shape[:1], dtype=dtype) if weights is None else xp.astype(weights, dtype)
        of_class = self.loss_function.weights(t)
        w = w if of_class is None else w * of_class
        weight = xp.sum(w)
        return w / (weight if denominator is None else denominator), weight

    def check_weights(self, t: Array, weights: Array | None) -> None:
        """Refuse a batch whose weights sum to 0: it has no mean loss."""
        if not self.normalized_weights(t, weights, 1.0)[1] > 0:
            if not len(t):
                raise InputError("there is no mean loss: the batch is empty")
            raise InputError("there is no mean loss: all of its samples have weight 0")

    def is_penalized(self, entry: Entry) -> bool:
        """Say whether the penalty takes in an entry: the trainable weights."""
        return self.penalty is not None and entry.kind == "weight" and entry.trainable

    def penalty_value(self, theta: Array) -> Array:
        """Return the penalty of the trainable weights."""
        if self.penalty is None:
            return 0
        chosen = filter(self.is_penalized, self.layout.entries)
        return sum(self.penalty.value(theta[entry.slice]) for entry in chosen)

    def penalty_gradient(self, theta: Array) -> Array:
        """Return the gradient of `penalty_value`."""
        xp = namespace(theta)
        return xp.concat(
            [
                self.penalty.gradient(theta[entry.slice])
                if self.penalty is not None and self.is_penalized(entry)
                else xp.zeros_like(theta[entry.slice])
                for entry in self.layout.entries
            ]
        )

    def first_non_finite(
        self,
        theta: Array,
        state: Array,
        x: Array,
        noise: Tree,
        training: bool,
        start: int = 0,
    ) -> str:
        """Return a sentence on where in a forward pass the first NaN or infinity arises.

        ``start`` is the number of the first sample of ``x`` among the user's.
        """
        if not np.isfinite(x).all():
            i, *rest = (int(i) for i in np.argwhere(~np.isfinite(x))[0])
            bad = x[(i, *rest)]
            return _("the input holds {value} at {place}: drop or correct such samples").format(
                value=bad, place=(start + i, *rest)
            )
        for entry in self.layout.entries:
            if not np.isfinite(theta[entry.slice]).all():
                return _("the parameter {name} holds NaN or infinite values").format(
                    name=entry.name
                )
        with np.errstate(all="ignore"):
            for name, layer, y in self.outputs(theta, state, x, noise, training):
                if not np.isfinite(y).all():
                    return _(
                        "the output of {name}, {layer!r}, is the first that is not finite: "
                        "its inputs or weights are too large"
                    ).format(name=name, layer=layer)
        return _("the scores are finite, but the loss of them is not")

    def _trees(self, theta: Array, state: Array) -> dict[str, Tree]:
        return {
            "params": self.layout.tree(theta, self.parameters),
            "state": self.state_layout.tree(state, self.buffers),
        }


def checked_weights(weights: Array | None, n: int) -> np.ndarray | None:
    """Return sample weights as an array, or refuse them."""
    if weights is None:
        return None
    w = promoted(weights, "sample_weight")
    if w.dtype.kind != "f":
        raise TypeError(f"`sample_weight` must hold real numbers, got {described(weights)}")
    if w.shape != (n,):
        raise ShapeError(
            f"`sample_weight` has shape {w.shape}; there are {n} samples, so it must be ({n},)"
        )
    if not (np.isfinite(w).all() and (w >= 0).all()):
        raise InputError("`sample_weight` must be finite and not negative")
    return w


def _checked_input_shape(input_shape: int | Shape) -> Shape:
    sizes = (input_shape,) if np.ndim(input_shape) == 0 else tuple(input_shape)  # type: ignore[arg-type]
    return tuple(check_integer("input_shape", size) for size in sizes)


def _checked_loss(loss: Loss | str, chain: Chain) -> Loss:
    if isinstance(loss, str):
        loss = by_name(loss)
    if isinstance(loss, type) and issubclass(loss, Loss):
        raise TypeError(f"`loss` is the class {loss.__name__}: write {loss.__name__}()")
    if not isinstance(loss, Loss):
        raise TypeError(f"`loss` must be a loss such as {', '.join(LOSSES)}; got {loss!r}")
    last: Layer = chain
    while isinstance(last, Chain) and last.layers:
        last = last.layers[-1]
    for layer, link in ((Softmax, "softmax"), (Sigmoid, "sigmoid")):
        if isinstance(last, layer) and loss.link == link:
            raise InputError(
                f"the last layer is {last!r}, but {type(loss).__name__} takes scores and applies "
                f"the {link} itself: leave the last layer out (predict_proba still gives "
                "probabilities)"
            )
    return loss
