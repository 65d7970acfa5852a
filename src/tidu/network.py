"""A network: a chain of layers and a loss over two flat vectors, `theta` and `state`.

Everything a network computes is a pure function of these vectors, the data and the noise;
`Network.evaluate` is that function. Learning is in `tidu.training`, files are in `tidu.formats`,
the methods here are doors to them.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array, described, float_dtype, promoted
from tidu.errors import InputError, NonFiniteError, ShapeError, check_choice, check_integer
from tidu.initializers import Xavier
from tidu.layers.activations import Sigmoid, Softmax
from tidu.layers.base import Layer, Shape, Tree
from tidu.layers.chain import Chain, with_initializer
from tidu.layout import Layout, Named, leaves
from tidu.losses import LOSSES, Loss, as_array
from tidu.numeric import gradient as numeric_gradient
from tidu.penalties import Penalty
from tidu.randomness import stream

if TYPE_CHECKING:
    from pathlib import Path

    from tidu.checking import GradientReport
    from tidu.optimizers import Optimizer
    from tidu.training import Callback, History, Run

CHUNK = 1024
"""How many samples are predicted at a time, so that memory does not grow with the data."""


@dataclass(frozen=True)
class Evaluation:
    """What one pass over a batch gives.

    ``total`` is the loss with the penalty, ``weight`` the Σ wᵢ of the batch, ``state`` the new
    state tree; ``dtheta`` and ``dx`` are there if asked for.
    """

    total: float
    weight: float
    scores: Array
    state: Tree
    dtheta: Array | None = None
    dx: Array | None = None


class Network:
    """Layers, a loss and two vectors.

    Parameters
    ----------
    layers : list of Layer
        In the order in which data passes through them.
    input_shape : int or tuple of int
        The shape of one sample, without the batch: 784, or (28, 28).
    loss : Loss
        What to learn from; the last layer's output are its scores, so no softmax goes before
        `SoftmaxCrossEntropy`.
    penalty : Penalty, optional
        Added to the loss, for trainable weights.
    seed : int
        Initial parameters depend on it and on the layers, and on nothing else.
    dtype : {"float32", "float64"}
        What parameters and computations are in.
    classes : sequence of str, optional
        The names of the classes, saved with the network.

    Attributes
    ----------
    theta, state : 1-D array
        All that is learned, and all that lasts but is not learned.
    layout, state_layout : Layout
        Where each named part is in them: kind, shape, slice, and whether it is trainable.
    run : Run or None
        The run that trained this network, which a further `fit` goes on from.

    Raises
    ------
    ShapeError
        If a layer does not fit the one before it; the message names both.

    Examples
    --------
    >>> import tidu as td
    >>> net = td.Network([td.Affine(50), td.Sigmoid(), td.Affine(10)],
    ...                  input_shape=784, loss=td.SoftmaxCrossEntropy(), seed=0)
    >>> net
    layer         output  parameters
    ----------------------------------------------
    (input)       784
    Affine(50)    50      W1 (784, 50), b1 (50,)
    Sigmoid()     50
    Affine(10)    10      W2 (50, 10), b2 (10,)
    ----------------------------------------------
    39,760 parameters, float32, SoftmaxCrossEntropy()
    >>> net["W1"].shape
    (784, 50)
    """

    theta: np.ndarray
    state: np.ndarray

    def __init__(
        self,
        layers: Sequence[Layer],
        input_shape: int | Shape,
        loss: Loss,
        *,
        penalty: Penalty | None = None,
        seed: int = 0,
        dtype: str | np.dtype = "float32",
        classes: Sequence[str] | None = None,
    ) -> None:
        self.chain = Chain(layers)
        self.input_shape = _checked_input_shape(input_shape)
        self.loss_function = _checked_loss(loss, self.chain)
        if penalty is not None and not isinstance(penalty, Penalty):
            raise TypeError(f"`penalty` must be a penalty such as L2(1e-4), got {penalty!r}")
        self.penalty = penalty
        self.seed = check_integer("seed", seed, minimum=0)
        self.dtype = float_dtype(dtype)
        self.output_shape = self.chain.output_shape(self.input_shape)
        self.classes = _checked_classes(classes, self.output_shape)
        parameters = with_initializer(self.chain.parameters(self.input_shape), Xavier())
        self._parameters, self._statistics = parameters, self.chain.statistics(self.input_shape)
        self.layout, self.state_layout = Layout.of(parameters), Layout.of(self._statistics)
        self.run: Run | None = None
        self.initialize()

    def initialize(self) -> None:
        """Set `theta` and `state` to their initial values, as they follow from the seed."""
        rng = stream(self.seed, "theta")
        draw = {path: parameter.initializer for path, parameter in leaves(self._parameters)}
        start = {path: statistic.initial for path, statistic in leaves(self._statistics)}
        self.theta = np.empty(self.layout.size, self.dtype)
        self.state = np.empty(self.state_layout.size, self.dtype)
        for entry in self.layout.entries:
            self.theta[entry.slice] = draw[entry.path](rng, entry.shape, self.dtype).ravel()
        for entry in self.state_layout.entries:
            self.state[entry.slice] = start[entry.path]

    # -- the parts by name -------------------------------------------------------------------

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, in order."""
        return tuple(self.chain.layers)

    def __getitem__(self, name: str) -> np.ndarray:
        """Return a view of one parameter or statistic: ``net["W1"]``."""
        if name in self.state_layout:
            return Named(self.state_layout, self.state)[name]
        return Named(self.layout, self.theta)[name]

    def __setitem__(self, name: str, value: Array) -> None:
        """Copy an array into one parameter or statistic."""
        part, array = self[name], np.asarray(value)
        if array.shape != part.shape:
            raise ShapeError(f"{name!r} has shape {part.shape}, got an array of {array.shape}")
        part[...] = array

    def freeze(self, *names: str) -> None:
        """Keep the named parameters as they are while the others learn."""
        self.layout = self.layout.with_trainable(names, trainable=False)

    def unfreeze(self, *names: str) -> None:
        """Let the named parameters learn again."""
        self.layout = self.layout.with_trainable(names, trainable=True)

    # -- the function that a network is ------------------------------------------------------

    def evaluate(
        self,
        theta: Array,
        state: Array,
        x: Array,
        t: Array,
        *,
        weights: Array | None = None,
        noise: Tree = None,
        training: bool = True,
        gradient: bool = False,
        need_dx: bool = False,
    ) -> Evaluation:
        """Evaluate loss and gradient on one batch, as a pure function of everything it depends on.

        L(θ) = Σ wᵢ ℓᵢ(θ) / Σ wᵢ + penalty(θ), and dL/dθ by the layers' backward functions.

        Parameters
        ----------
        theta, state : 1-D array
            In place of the network's own.
        x : (N, *input_shape)
        t : targets, encoded by the loss
        weights : (N,), optional
            Sample weights; those of the loss's classes are multiplied in.
        noise : tree
            What `draw_noise` gave.
        gradient, need_dx : bool
            Whether dL/dθ and dL/dx are wanted.
        """
        params = self.layout.tree(theta, self._parameters)
        before = self.state_layout.tree(state, self._statistics)
        scores, saved, after = self.chain.forward(
            x, params=params, state=before, noise=noise, training=training
        )
        w, weight = self._normalized_weights(t, weights)
        total = (w * self.loss_function.values(scores, t)).sum() + self._penalty_value(theta)
        if not gradient:
            return Evaluation(float(total), weight, scores, after)
        dscores = self.loss_function.gradient(scores, t)
        dscores = dscores * w.reshape(-1, *(1,) * (dscores.ndim - 1))
        dx, dparams = self.chain.backward(dscores, saved, need_dx=need_dx)
        dtheta = self.layout.vector(dparams, like=theta) + self._penalty_gradient(theta)
        return Evaluation(float(total), weight, scores, after, dtheta, dx)

    def draw_noise(self, n: int, seed: int, step: int) -> Tree:
        """Return the noise of one step on a batch of ``n`` samples; None if no layer draws any."""
        if not self.chain.noisy:
            return None
        return self.chain.draw_noise(
            stream(seed, "noise", step), (n, *self.input_shape), self.dtype
        )

    def batch(self, x: Array) -> np.ndarray:
        """Return samples as an array of the network's dtype, or refuse them."""
        array = promoted(x) if not isinstance(x, np.ndarray) else x
        if array.dtype.kind not in "biuf":
            raise TypeError(f"`x` must hold real numbers, got {described(x)}")
        if array.shape[1:] != self.input_shape or array.ndim == 0:
            one = ": for a single sample, give x[None]" if array.shape == self.input_shape else ""
            raise ShapeError(
                f"`x` has shape {array.shape}; this network takes "
                f"(N, {', '.join(map(str, self.input_shape))}){one}"
            )
        return array.astype(self.dtype, copy=False)

    def targets(self, t: Array, n: int) -> np.ndarray:
        """Return the targets of ``n`` samples, encoded by the loss, or refuse them."""
        t = as_array(t)
        if t.ndim == 0 or len(t) != n:
            raise ShapeError(
                f"`x` has {n} samples and `t` is {described(t)}; they must go together"
            )
        return self.loss_function.encode(t, (n, *self.output_shape), self.dtype)

    # -- predicting --------------------------------------------------------------------------

    def forward(self, x: Array, *, training: bool = False, seed: int = 0) -> np.ndarray:
        """Return the scores: the last layer's output, ``(N, *output_shape)``.

        With ``training=True`` the layers act as they do while learning (batch statistics, dropout
        drawn from ``seed``); running statistics stay as they are.
        """
        x = self.batch(x)
        noise = self.draw_noise(len(x), seed, 0) if training else None
        return self._forward(x, noise, training)

    def trace(self, x: Array, *, training: bool = False, seed: int = 0) -> dict[str, np.ndarray]:
        """Return every layer's output by name: ``{"x": ..., "Affine1": ..., "Sigmoid1": ...}``."""
        x = self.batch(x)
        noise = self.draw_noise(len(x), seed, 0) if training else None
        steps = self._trace(self.theta, self.state, x, noise, training)
        return {"x": x} | {name: y for name, _, y in steps}

    def predict(self, x: Array) -> np.ndarray:
        """Return the class of each sample as an integer, or its value without classes."""
        return self.loss_function.predict(self._scores(x))

    def predict_proba(self, x: Array) -> np.ndarray:
        """Return the loss's link of the scores: probabilities, or values."""
        return self.loss_function.predict_proba(self._scores(x))

    def loss(
        self,
        x: Array,
        t: Array,
        *,
        sample_weight: Array | None = None,
        training: bool = False,
        seed: int = 0,
    ) -> float:
        """Return the loss, Σ wᵢ ℓᵢ / Σ wᵢ plus the penalty.

        Parameters
        ----------
        x : (N, *input_shape)
        t : (N,) or (N, ...)
            Classes or values, as the loss takes them.
        sample_weight : (N,), optional
        training : bool
            Whether the layers act as they do while learning.
        seed : int
            For the noise, if training.
        """
        if not training:
            return self.measure(x, t, sample_weight=sample_weight)[0]
        x, t, noise, w = self._prepared(x, t, sample_weight, training, seed)
        evaluation = self.evaluate(self.theta, self.state, x, t, weights=w, noise=noise)
        self._refuse_non_finite(evaluation.total, x, noise, training)
        return evaluation.total

    def accuracy(self, x: Array, t: Array, *, sample_weight: Array | None = None) -> float:
        """Return the (weighted) fraction of samples whose class is predicted right."""
        _, accuracy = self.measure(x, t, sample_weight=sample_weight)
        if accuracy is None:
            raise InputError(
                f"{self.loss_function!r} with these targets has no classes, so there is no "
                "accuracy; ask for loss(x, t)"
            )
        return accuracy

    def measure(
        self, x: Array, t: Array, *, sample_weight: Array | None = None
    ) -> tuple[float, float | None]:
        """Return loss and accuracy as when predicting; the latter is None without classes."""
        scores = self._scores(x)
        t = self.targets(t, len(scores))
        w, _ = self._normalized_weights(t, checked_weights(sample_weight, len(scores)))
        values = self.loss_function.values(scores, t)
        hits = self.loss_function.hits(scores, t)
        total = float((w * values).sum() + self._penalty_value(self.theta))
        return total, None if hits is None else float((w * hits).sum())

    # -- gradients ---------------------------------------------------------------------------

    def gradient(
        self,
        x: Array,
        t: Array,
        method: str = "backprop",
        *,
        sample_weight: Array | None = None,
        training: bool = True,
        seed: int = 0,
    ) -> Named:
        """Return the gradient of the loss by every parameter: ``net.gradient(x, t)["W1"]``.

        Parameters
        ----------
        x, t, sample_weight, training, seed
            As in `loss`.
        method : {"backprop", "numeric"}
            By the layers' backward functions, in the network's dtype; or by finite differences of
            the loss, one parameter at a time, in float64. The two share nothing but the loss.

        Returns
        -------
        Named
            A mapping from names to arrays; ``.vector`` is the whole.
        """
        check_choice("method", method, ("backprop", "numeric"))
        if method == "numeric" and self.dtype != np.float64:
            double = self.astype("float64")
            return double.gradient(
                x, t, method, sample_weight=sample_weight, training=training, seed=seed
            )
        x, t, noise, w = self._prepared(x, t, sample_weight, training, seed)

        def evaluation(theta: np.ndarray, gradient: bool) -> Evaluation:
            return self.evaluate(
                theta,
                self.state,
                x,
                t,
                weights=w,
                noise=noise,
                training=training,
                gradient=gradient,
            )

        if method == "numeric":
            vector = numeric_gradient(lambda theta: evaluation(theta, False).total, self.theta)
            return Named(self.layout, vector)
        found = evaluation(self.theta, True)
        self._refuse_non_finite(found.total, x, noise, training)
        return Named(self.layout, found.dtheta)

    def check_gradients(
        self,
        x: Array,
        t: Array,
        *,
        training: bool = True,
        seed: int = 0,
        entries: int | None = 100,
    ) -> GradientReport:
        """Check backprop against differences of the loss, for each parameter and the input.

        It is done in float64, on no more than so many ``entries`` of each (None: all of them).
        """
        from tidu.checking.networks import check_network

        return check_network(self, x, t, training=training, seed=seed, entries=entries)

    # -- learning, files, copies -------------------------------------------------------------

    def fit(
        self,
        x: Array | Iterable[tuple[Array, ...]],
        t: Array | None = None,
        *,
        validation: tuple[Array, Array] | None = None,
        optimizer: Optimizer | None = None,
        epochs: int = 10,
        batch_size: int = 100,
        sample_weight: Array | None = None,
        callbacks: Sequence[Callback] = (),
        engine: str = "numpy",
        seed: int | None = None,
        progress: bool | None = None,
        restart: bool = False,
    ) -> History:
        """Learn from data; see `tidu.training.fit`."""
        from tidu.training import fit

        return fit(
            self,
            x,
            t,
            validation=validation,
            optimizer=optimizer,
            epochs=epochs,
            batch_size=batch_size,
            sample_weight=sample_weight,
            callbacks=callbacks,
            engine=engine,
            seed=seed,
            progress=progress,
            restart=restart,
        )

    def save(self, path: str | Path) -> None:
        """Write the network to a safetensors file; `tidu.load` reads it."""
        from tidu.formats import save

        save(self, path)

    def copy(self) -> Network:
        """Return a network of the same layers and values that shares no array with this one."""
        return self.astype(self.dtype)

    def astype(self, dtype: str | np.dtype) -> Network:
        """Return a copy that computes in another dtype."""
        other = copy.copy(self)
        other.dtype = float_dtype(dtype)
        other.theta, other.state = self.theta.astype(dtype), self.state.astype(dtype)
        other.run = None
        return other

    def __repr__(self) -> str:
        """Return a table of the layers, the shapes they give and what they learn."""
        rows = [("layer", "output", "parameters"), ("(input)", _by(self.input_shape), "")]
        shapes = self.chain.shapes(self.input_shape)[1:]
        for i, (layer, shape) in enumerate(zip(self.layers, shapes, strict=True)):
            learned = ", ".join(
                f"{e.name} {e.shape}" + ("" if e.trainable else " frozen")
                for e in self.layout.entries
                if e.path[0] == i
            )
            rows.append((repr(layer), _by(shape), learned))
        widths = [max(len(row[k]) for row in rows) + 2 for k in range(2)]
        lines = [f"{a:{widths[0]}}{b:{widths[1]}}{c}".rstrip() for a, b, c in rows]
        rule = "-" * max(map(len, lines))
        last = f"{self.layout.size:,} parameters, {self.dtype}, {self.loss_function!r}"
        last += f" + {self.penalty!r}" if self.penalty else ""
        return "\n".join([lines[0], rule, *lines[1:], rule, last])

    # -- within ------------------------------------------------------------------------------

    def _forward(self, x: np.ndarray, noise: Tree, training: bool) -> np.ndarray:
        params = self.layout.tree(self.theta, self._parameters)
        state = self.state_layout.tree(self.state, self._statistics)
        return self.chain.forward(x, params=params, state=state, noise=noise, training=training)[0]

    def _trace(
        self, theta: Array, state: Array, x: Array, noise: Tree, training: bool
    ) -> Iterable[tuple[str, Layer, Array]]:
        return self.chain.trace(
            x,
            params=self.layout.tree(theta, self._parameters),
            state=self.state_layout.tree(state, self._statistics),
            noise=noise,
            training=training,
        )

    def _scores(self, x: Array) -> np.ndarray:
        x = x if isinstance(x, np.ndarray) else promoted(x)
        if not len(x):
            return self._forward(self.batch(x), None, False)
        parts = []
        for start in range(0, len(x), CHUNK):
            part = self.batch(x[start : start + CHUNK])
            parts.append(self._forward(part, None, False))
            if not np.isfinite(parts[-1]).all():
                raise NonFiniteError(self.first_non_finite(part, None, False))
        return np.concatenate(parts)

    def _prepared(
        self, x: Array, t: Array, weights: Array | None, training: bool, seed: int
    ) -> tuple[np.ndarray, np.ndarray, Tree, np.ndarray | None]:
        x = self.batch(x)
        noise = self.draw_noise(len(x), seed, 0) if training else None
        return x, self.targets(t, len(x)), noise, checked_weights(weights, len(x))

    def _normalized_weights(self, t: Array, weights: Array | None) -> tuple[Array, float]:
        w = np.ones(len(t), self.dtype) if weights is None else weights.astype(self.dtype)
        of_class = self.loss_function.weights(t)
        w = w if of_class is None else w * of_class
        weight = float(w.sum())
        if not weight > 0:
            empty = "the batch is empty" if not len(t) else "all of its samples have weight 0"
            raise InputError(f"there is no mean loss: {empty}")
        return w / weight, weight

    def _penalized(self) -> list[slice]:
        entries = self.layout.entries
        return [e.slice for e in entries if e.kind == "weight" and e.trainable]

    def _penalty_value(self, theta: Array) -> Array:
        if self.penalty is None:
            return 0
        return sum(self.penalty.value(theta[part]) for part in self._penalized())

    def _penalty_gradient(self, theta: Array) -> Array:
        if self.penalty is None:
            return 0
        gradient = np.zeros_like(theta)
        for part in self._penalized():
            gradient[part] = self.penalty.gradient(theta[part])
        return gradient

    def first_non_finite(
        self,
        x: Array,
        noise: Tree,
        training: bool,
        theta: Array | None = None,
        state: Array | None = None,
    ) -> str:
        """Return a sentence on where in a forward pass the first NaN or infinity arises."""
        if not np.isfinite(x).all():
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(x))[0])
            return f"the input holds {x[where]} at {where}: drop or mend such samples"
        theta = self.theta if theta is None else theta
        state = self.state if state is None else state
        for entry in self.layout.entries:
            if not np.isfinite(theta[entry.slice]).all():
                return f"the parameter {entry.name} holds NaN or infinite values"
        with np.errstate(all="ignore"):
            for name, layer, y in self._trace(theta, state, x, noise, training):
                if not np.isfinite(y).all():
                    return (
                        f"the output of {name}, {layer!r}, is the first that is not finite: "
                        "its inputs or weights are too large"
                    )
        return "the scores are finite, but the loss of them is not"

    def _refuse_non_finite(self, total: float, x: np.ndarray, noise: Tree, training: bool) -> None:
        if not math.isfinite(total):
            raise NonFiniteError(
                f"the loss is {total}: {self.first_non_finite(x, noise, training)}"
            )


def checked_weights(weights: Array | None, n: int) -> np.ndarray | None:
    """Return sample weights as an array, or refuse them."""
    if weights is None:
        return None
    w = promoted(weights, "sample_weight")
    if w.shape != (n,):
        raise ShapeError(f"`sample_weight` has shape {w.shape}; there are {n} samples, so ({n},)")
    if not (np.isfinite(w).all() and (w >= 0).all()):
        raise InputError("`sample_weight` must be finite and not negative")
    return w


def _checked_input_shape(input_shape: int | Shape) -> Shape:
    sizes = (input_shape,) if np.ndim(input_shape) == 0 else tuple(input_shape)  # type: ignore[arg-type]
    return tuple(check_integer("input_shape", size) for size in sizes)


def _checked_loss(loss: Loss, chain: Chain) -> Loss:
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


def _checked_classes(classes: Sequence[str] | None, output_shape: Shape) -> tuple[str, ...] | None:
    if classes is None:
        return None
    names = tuple(str(name) for name in classes)
    wanted = max(output_shape[-1], 2) if output_shape else 2
    if len(names) != wanted or len(set(names)) != len(names):
        raise InputError(
            f"`classes` must be {wanted} different names, one for each output, got {len(names)}: "
            f"{', '.join(names)}"
        )
    return names


def _by(shape: Shape) -> str:
    return "×".join(map(str, shape))
