"""The check of one layer, for its author: its contract, then its gradients.

The layer is called here as a network calls it, with what it asks for by name. Its results are
checked first: for one of a wrong shape or kind, that is a plainer answer than its gradient. The
loss is a random weighted sum of the outputs, Σ c y, so that dy is c.
"""

from __future__ import annotations

import numpy as np

from tidu.arrays import described, float_dtype
from tidu.checking.check import check_parts
from tidu.checking.contract import Call, check_contract, leaves_by_name, map_leaves
from tidu.checking.report import GradientError, GradientReport
from tidu.checking.sampling import SamplingPlan
from tidu.errors import InputError, check_integer
from tidu.layers.base import Layer, Shape
from tidu.layers.chain import NamedLayer
from tidu.perturbation.scope_check import checked_scope
from tidu.perturbation.stages import Stage

Arrays = dict[str, np.ndarray]


def check_layer(
    layer: Layer,
    input_shape: int | Shape,
    *,
    batch_size: int = 4,
    training: bool = True,
    dtype: str | np.dtype = "float64",
    entries: int | None = 100,
    seed: int = 0,
) -> GradientReport:
    """Check a layer that one writes: that it keeps the contract, then dx and every parameter's.

    Input, parameters and statistics are random; noise is drawn once, so that every evaluation sees
    the same function. With :math:`L = Σ c y` for random c, ``backward(c, saved)`` must give dL/dx
    and dL/dparams. Before that the layer is called on two batches, and what it returns is compared
    with what `tidu.Layer` promises: names, shapes, dtypes, nothing changed in place, nothing kept
    between calls, and no output that depends on more than the layer's `scope` says.

    Parameters
    ----------
    layer : Layer
        The layer under test.
    input_shape : int or tuple of int
        The shape of one sample, without the batch.
    batch_size : int
        How many samples.
    training : bool
        Whether it acts as while learning; check both if it makes a difference.
    dtype : {"float64", "float32"}
        In which the gradient is checked; float32 resolves little. The contract is looked at in
        both.
    entries : int, optional
        Check no more than so many entries of x and of each parameter; None looks at all.
    seed : int
        Of all that is random.

    Returns
    -------
    GradientReport
        With a part ``x`` and one for each parameter, named as the layer names it.

    Raises
    ------
    InputError, ShapeError, TypeError
        If the layer does not keep the contract; the sentence says where, and what to do.

    Examples
    --------
    >>> import tidu as td
    >>> td.check_layer(td.Affine(3), 5).ok
    True
    >>> class Forgetful(td.Affine):
    ...     def backward(self, dy, saved, *, need_dx):
    ...         dx, dparams = super().backward(dy, saved, need_dx=need_dx)
    ...         return dx, dparams | {"b": dy.mean(axis=0)}
    >>> print(td.check_layer(Forgetful(3), 5).why[0])
    your gradient of b is 0.25 × the numeric one everywhere:
    divided by 4 (the batch size?) once too often?
    """
    methods = ("output_shape", "parameters", "buffers", "draw_noise", "forward", "backward")
    lacking = [name for name in methods if not callable(getattr(layer, name, None))]
    if isinstance(layer, type) or lacking:
        hint = f"; it has no {lacking[0]}" if lacking else ", with parentheses"
        raise TypeError(f"`layer` must be a layer such as Affine(10), got {described(layer)}{hint}")
    sizes = (input_shape,) if np.ndim(input_shape) == 0 else tuple(input_shape)  # type: ignore[arg-type]
    shape = tuple(check_integer("input_shape", size) for size in sizes)
    n = check_integer("batch_size", batch_size)
    plan = SamplingPlan.of(entries, None, seed)
    wanted = float_dtype(dtype)
    for kind in ("float32", "float64"):
        check_contract(layer, shape, n, training, np.dtype(kind), plan.seed)
    _check_scope(Call.drawn(layer, shape, n, training, np.dtype("float64"), plan.seed))
    call = Call.drawn(layer, shape, n, training, wanted, plan.seed)
    if "x" in leaves_by_name(call.params):
        raise InputError(f"`layer` {layer!r} has a parameter 'x', the name of its input")
    dy = call.random_dy()

    def at(parts: Arrays) -> Call:
        params = map_leaves(lambda name, _: parts[name], call.params)
        return call.replaced(x=parts["x"], params=params)

    def loss(parts: Arrays) -> float:
        return np.sum(dy * at(parts).forward()[0])

    def gradients(parts: Arrays) -> Arrays:
        there = at(parts)
        dx, dparams = there.backward(dy, there.forward()[1])
        return leaves_by_name(dparams) | {"x": dx}

    values = leaves_by_name(call.params) | {"x": call.x}
    terms = {"x": {"dy": dy}} if dy.shape == call.x.shape else {}
    return check_parts(loss, values, gradients, plan, "between", terms=terms)


def _check_scope(call: Call) -> None:
    """Refuse a layer that depends on more than the `scope` that it states."""
    if isinstance(call.layer, Layer):
        at = NamedLayer(type(call.layer).__name__, (), call.layer, call.x.shape[1:])
        given = call.params, call.state, call.noise, call.training
        stage = Stage.of(at, *given, len(call.x))
        with np.errstate(all="ignore"):
            checked_scope(stage, call.x, stage.forward(call.x, call.params))


def assert_layer(
    layer: Layer,
    input_shape: int | Shape,
    *,
    batch_size: int = 4,
    training: bool = True,
    dtype: str | np.dtype = "float64",
    entries: int | None = 100,
    seed: int = 0,
) -> None:
    """Raise unless a layer was shown to be right: one line in a test.

    Parameters
    ----------
    layer, input_shape, batch_size, training, dtype, entries, seed
        As for `check_layer`.

    Raises
    ------
    GradientError
        An ``AssertionError`` whose message is the report, and ``.report`` the report itself.
    InputError, ShapeError, TypeError
        If the layer does not keep the contract.

    Examples
    --------
    >>> import tidu as td
    >>> td.assert_layer(td.Affine(3), 5)
    """
    report = check_layer(
        layer, input_shape, batch_size=batch_size, training=training, dtype=dtype,
        entries=entries, seed=seed,
    )  # fmt: skip
    if not report.ok:
        raise GradientError(report)
