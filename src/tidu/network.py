"""A network: an objective function with two vectors of its own, `theta` and `state`.

What it computes is in `tidu.objective`, its parts by name are in `tidu.model`; here is what one
asks of it. Learning is in `tidu.training` and files are in `tidu.formats`: the methods here are
doors to them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.arrays import Array
from tidu.doors import Door
from tidu.errors import InputError, NonFiniteError, check_choice, check_integer
from tidu.layers.base import Layer, Shape, Tree
from tidu.layout import NamedVector
from tidu.losses import Loss
from tidu.model import VectorModel
from tidu.objective import checked_weights
from tidu.penalties import Penalty
from tidu.witnesses import WITNESSES

if TYPE_CHECKING:
    from pathlib import Path

    from tidu.attribution import input_gradient as _input_gradient
    from tidu.checking import GradientReport
    from tidu.doctor import diagnose as _diagnose
    from tidu.doctor import lr_range_test as _lr_range_test
    from tidu.engines import Prepared
    from tidu.schema import Schema
    from tidu.training import Run
    from tidu.training.fit import fit as _fit


class Network(VectorModel):
    """Layers, a loss and two vectors.

    Parameters
    ----------
    layers : list of Layer
        In the order in which data passes through them.
    input_shape : int or tuple of int
        The shape of one sample, without the batch: 784, or (28, 28).
    loss : Loss or str
        What to learn from, or its name, such as "softmax-cross-entropy", for its default settings.
        The last layer's output are its scores, so no softmax goes before `SoftmaxCrossEntropy`.
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
        All that is learned, and all that lasts but is not learned. An assignment,
        ``net.theta = values``, copies the values into the network's own array.
    layout, state_layout : Layout
        Where each named part is in them: kind, shape, slice, and whether it is trainable.
    run : Run or None
        The run that trained this network, which a further `fit` goes on from.
    schema : Schema or None
        What the columns of the table that it learned from are; saved with the network.
    fingerprint : str
        The SHA-256 of the file or folder that it learned from, if it is known; saved, too.
    image_shape : tuple of int or None
        ``(height, width)`` of the pictures that it learned from, or in colour ``(height, width,
        3)``, if their pixels are its inputs; saved, too.

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
    layer       output  multiply-adds  parameters
    ---------------------------------------------------------
    (input)     784
    Affine(50)  50             39,200  W1 (784, 50), b1 (50,)
    Sigmoid()   50
    Affine(10)  10                500  W2 (50, 10), b2 (10,)
    ---------------------------------------------------------
    39,760 parameters, 39,700 multiply-adds a sample, float32, SoftmaxCrossEntropy()
    >>> net["W1"].shape
    (784, 50)
    """

    theta: np.ndarray
    state: np.ndarray

    def __init__(
        self,
        layers: Sequence[Layer],
        input_shape: int | Shape,
        loss: Loss | str,
        *,
        penalty: Penalty | None = None,
        seed: int = 0,
        dtype: str | np.dtype = "float32",
        classes: Sequence[str] | None = None,
    ) -> None:
        super().__init__(layers, input_shape, loss, penalty, dtype)
        self.seed = check_integer("seed", seed, minimum=0)
        self.classes = _checked_classes(classes, self.output_shape)
        self.run: Run | None = None
        self.schema: Schema | None = None
        self.fingerprint = ""
        self.image_shape: tuple[int, ...] | None = None
        self.initialize()

    # -- predicting --------------------------------------------------------------------------

    def forward(self, x: Array, *, training: bool = False, seed: int = 0) -> np.ndarray:
        """Return the scores: the last layer's output, ``(N, *output_shape)``.

        With ``training=True`` the layers act as they do while learning (batch statistics, dropout
        drawn from ``seed``); running statistics stay as they are.
        """
        x = self.batch(x)
        noise = self.draw_noise(len(x), seed, 0) if training else None
        return self.scores(self.theta, self.state, x, noise, training)

    def trace(self, x: Array, *, training: bool = False, seed: int = 0) -> dict[str, np.ndarray]:
        """Return every layer's output by name: ``{"x": ..., "Affine1": ..., "Sigmoid1": ...}``."""
        x = self.batch(x)
        noise = self.draw_noise(len(x), seed, 0) if training else None
        steps = self.outputs(self.theta, self.state, x, noise, training)
        return {"x": x} | {name: y for name, _, y in steps}

    def predict(self, x: Array, *, engine: str = "auto") -> np.ndarray:
        """Return the class of each sample as an integer, or its value without classes.

        Parameters
        ----------
        x : (N, *input_shape)
        engine : {"auto", "compiled", "numpy"}
            What computes the scores; "auto" is the engine that trained the network, and NumPy for
            a network without a run. The two agree to rounding.
        """
        return self.loss_function.predict(self._all_scores(x, engine))

    def predict_proba(self, x: Array, *, engine: str = "auto") -> np.ndarray:
        """Return the loss's link of the scores: probabilities, or values; see `predict`."""
        return self.loss_function.predict_proba(self._all_scores(x, engine))

    def loss(
        self,
        x: Array,
        t: Array,
        *,
        sample_weight: Array | None = None,
        training: bool = False,
        seed: int = 0,
        engine: str = "auto",
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
        engine : {"auto", "compiled", "numpy"}
            As in `predict`; with ``training=True`` the loss is NumPy's.
        """
        check_choice("engine", engine, ("auto", "compiled", "numpy"))
        if training and engine == "compiled":
            raise InputError(
                '`engine` cannot be "compiled" with training=True: this loss is computed by NumPy'
            )
        if not training:
            total = self.measure(x, t, sample_weight=sample_weight, engine=engine)[0]
            if not math.isfinite(total):
                raise NonFiniteError(
                    f"the loss is {total}, though every score is finite: it is too large for "
                    f"{self.dtype}; are the targets or the weights of the network that large?"
                )
            return total
        x, t, noise, w = self._prepared(x, t, sample_weight, training, seed)
        evaluation = self.evaluate(self.theta, self.state, x, t, weights=w, noise=noise)
        self._refuse_non_finite(evaluation.total, x, t, noise, training)
        return float(evaluation.total)

    def accuracy(
        self, x: Array, t: Array, *, sample_weight: Array | None = None, engine: str = "auto"
    ) -> float:
        """Return the (weighted) fraction of samples whose class is predicted right."""
        _, accuracy = self.measure(x, t, sample_weight=sample_weight, engine=engine)
        if accuracy is None:
            raise InputError(
                f"{self.loss_function!r} with these targets has no classes, so there is no "
                "accuracy; ask for loss(x, t)"
            )
        return accuracy

    def measure(
        self, x: Array, t: Array, *, sample_weight: Array | None = None, engine: str = "auto"
    ) -> tuple[float, float | None]:
        """Return loss and accuracy as when predicting; the latter is None without classes."""
        scores = self._all_scores(x, engine)
        t = self.targets(t, len(scores))
        given = checked_weights(sample_weight, len(scores))
        self.check_weights(t, given)
        w, _ = self.normalized_weights(t, given)
        values = self.loss_function.values(scores, t)
        correct = self.loss_function.correct(scores, t)
        total = float((w * values).sum() + self.penalty_value(self.theta))
        return total, None if correct is None else float(
            np.average(correct, weights=w.astype(float))
        )

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
        step: float | None = None,
    ) -> NamedVector:
        """Return the gradient with respect to every parameter: ``net.gradient(x, t)["W1"]``.

        Parameters
        ----------
        x, t, sample_weight, training, seed
            As in `loss`.
        method : {"backprop", "numeric", "autodiff"}
            By the layers' backward functions, in the network's dtype; by central differences of
            the loss, each parameter moved by itself, in float64; or by tracing the loss
            (`tidu.grad`), in the network's dtype. They share nothing but the loss
            (`tidu.witnesses`).
        step : float, optional
            How far the numeric method moves a parameter; that of `tidu.gradient` if not given.

        Returns
        -------
        NamedVector
            A mapping from names to arrays; ``.vector`` is the whole.
        """
        check_choice("method", method, WITNESSES)
        witness = WITNESSES[method]
        if step is not None and not witness.takes_step:
            raise InputError('`step` is that of differences: it goes with method="numeric"')
        net = self.astype("float64") if witness.in_float64 and self.dtype != np.float64 else self
        x, t, noise, w = net._prepared(x, t, sample_weight, training, seed)
        found = witness.evaluate(
            net, net.theta, net.state, x, t, weights=w, noise=noise, training=training, step=step
        )
        net._refuse_non_finite(found.total, x, t, noise, training)
        return NamedVector(self.layout, found.dtheta)

    def check_gradients(
        self,
        x: Array,
        t: Array,
        *,
        training: bool = True,
        seed: int = 0,
        entries: int | None = 100,
        witnesses: Sequence[str] = ("backprop",),
    ) -> GradientReport:
        """Check backprop against differences of the loss, for each parameter and the input.

        It is done in float64, on no more than so many ``entries`` of each (None: all of them).
        With ``witnesses=("backprop", "autodiff")`` the gradients by both are checked.
        """
        from tidu.checking import check_objective

        net = self.astype("float64")
        x, t, noise, _ = net._prepared(x, t, None, training, seed)
        return check_objective(
            net, net.theta, net.state, x, t, noise=noise, training=training, seed=seed,
            entries=entries, witnesses=witnesses,
        )  # fmt: skip

    # -- learning, files ---------------------------------------------------------------------

    if TYPE_CHECKING:
        diagnose, fit, lr_range_test = _diagnose, _fit, _lr_range_test
        input_gradient = _input_gradient
    else:
        diagnose = Door("tidu.doctor", "diagnose")
        fit = Door("tidu.training.fit", "fit")
        lr_range_test = Door("tidu.doctor", "lr_range_test")
        input_gradient = Door("tidu.attribution", "input_gradient")

    def save(self, path: str | Path) -> None:
        """Write the network to a safetensors file; `tidu.load` reads it."""
        from tidu.formats import save

        save(self, path)

    def to_numpy(self, path: str | Path) -> None:
        """Write a Python file that predicts with NumPy alone; see `tidu.formats.to_numpy`."""
        from tidu.formats import to_numpy

        to_numpy(self, path)

    def to_onnx(self, path: str | Path) -> None:
        """Write an ONNX file, for other programs and devices; see `tidu.formats.to_onnx`."""
        from tidu.formats import to_onnx

        to_onnx(self, path)

    def to_torch(self) -> Any:
        """Return the network as a ``torch.nn.Sequential``; see `tidu.formats.to_torch`."""
        from tidu.formats import to_torch

        return to_torch(self)

    def _all_scores(self, x: Array, engine: str, shared: Prepared | None = None) -> np.ndarray:
        from tidu.engines import all_scores

        chosen = self._scoring_engine(engine)
        return all_scores(self, self.theta, self.state, self.samples(x), chosen, shared)

    def _scoring_engine(self, engine: str) -> str:
        from tidu.engines import choose_for_scores

        return choose_for_scores(engine, self, "" if self.run is None else self.run.history.engine)

    def _prepared(
        self, x: Array, t: Array, weights: Array | None, training: bool, seed: int
    ) -> tuple[np.ndarray, np.ndarray, Tree, np.ndarray | None]:
        x = self.batch(x)
        noise = self.draw_noise(len(x), seed, 0) if training else None
        t, w = self.targets(t, len(x)), checked_weights(weights, len(x))
        if len(x):  # layers speak first of a batch without samples
            self.check_weights(t, w)
        return x, t, noise, w

    def _refuse_non_finite(
        self, total: Array, x: np.ndarray, t: np.ndarray, noise: Tree, training: bool
    ) -> None:
        if not len(x):
            self.check_weights(t, None)
        if not math.isfinite(total):
            where = self.first_non_finite(self.theta, self.state, x, noise, training)
            raise NonFiniteError(f"the loss is {total}: {where}")


def _checked_classes(classes: Sequence[str] | None, output_shape: Shape) -> tuple[str, ...] | None:
    if classes is None:
        return None
    if not isinstance(classes, Iterable):
        raise TypeError(
            f"`classes` must be the names of the classes, such as ['cat', 'dog'], got {classes!r}"
        )
    names = tuple(str(name) for name in classes)
    wanted = max(output_shape[-1], 2) if output_shape else 2
    if len(names) != wanted or len(set(names)) != len(names):
        raise InputError(
            f"`classes` must be {wanted} different names, one for each output, got {len(names)}: "
            f"{', '.join(names)}"
        )
    return names
