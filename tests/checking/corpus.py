"""Faults that gradients have: those that any gradient may have, and those of one layer or loss.

`CHANGES` turn a right gradient of one array into a wrong one, or into nothing where the fault does
not apply. `MUTANTS` are layers with one line of their own wrong; `UNSTABLE` are functions that are
right until the scores are large.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

import numpy as np

import tidu as td
from tests.checking.subjects import Arrays, N, Subject, of_layer, of_loss
from tests.tables import LOSSES, OUTPUTS, LayerRow, off_kinks
from tidu.layers.base import backward


def _at(d, index, change):
    d = d.copy()
    d[index] = change(d[index])
    return d


def _largest(d):
    return np.unravel_index(np.argmax(np.abs(d)), d.shape)


Change = Callable[[np.ndarray, np.ndarray], np.ndarray | None]
CHANGES: dict[str, Change] = {
    "sign": lambda d, x: -d,
    "twice": lambda d, x: 2 * d,
    "half": lambda d, x: d / 2,
    "×1.001": lambda d, x: 1.001 * d,
    "batch mean forgotten": lambda d, x: N * d,
    "batch mean taken twice": lambda d, x: d / N,
    "scale 1e-8": lambda d, x: 1e-8 * d,
    "scale 1e8": lambda d, x: 1e8 * d,
    "never filled in": lambda d, x: np.zeros_like(d),
    "absolute value": lambda d, x: np.abs(d),
    "one entry doubled": lambda d, x: _at(d, _largest(d), lambda e: 2 * e),
    "one entry a thousandth off": lambda d, x: _at(d, _largest(d), lambda e: 1.001 * e),
    "one entry forgotten": lambda d, x: _at(d, _largest(d), np.zeros_like),
    "one entry NaN": lambda d, x: _at(d, _largest(d), lambda e: e * np.nan),
    "one entry infinite": lambda d, x: _at(d, _largest(d), lambda e: e + np.inf),
    "zeroed block": lambda d, x: _at(d, 0, np.zeros_like) if d.ndim and len(d) > 1 else None,
    "first sample alone": lambda d, x: (
        _at(d, slice(1, None), np.zeros_like) if d.ndim and len(d) > 1 else None
    ),
    "transposed": lambda d, x: d.T if d.ndim == 2 and d.shape[0] == d.shape[1] else None,
    "column order": lambda d, x: (
        d.T.reshape(d.shape) if d.ndim == 2 and d.shape[0] != d.shape[1] else None
    ),
    "slice off by one": lambda d, x: np.roll(d, 1, axis=-1),
    "reversed": lambda d, x: np.flip(d, axis=0),
    "summed over an axis that stays": lambda d, x: np.full_like(d, d.sum()),
    "averaged over an axis that stays": lambda d, x: np.full_like(d, d.mean()),
    "penalty that f has not": lambda d, x: d + 0.1 * x,
    "the input in place of its gradient": lambda d, x: x.copy(),
}
"""From the gradient of an array and the array itself."""


def differs(right: np.ndarray, wrong: np.ndarray) -> bool:
    """Say whether a change did anything that a user would call wrong: 1e-4 of an entry at least."""
    near = np.abs(wrong - right) <= 1e-4 * np.maximum(np.abs(right), 1e-3 * np.abs(right).max())
    return not near.all()


def faults(subject: Subject) -> Iterator[tuple[str, str, Arrays]]:
    """Yield each fault that applies: its kind, the part it is in, and all gradients with it."""
    right = subject.gradient(subject.point)
    for kind, change in CHANGES.items():
        for part, d in right.items():
            wrong = change(d, subject.point[part])
            if wrong is not None and differs(d, wrong):
                yield kind, part, right | {part: wrong}
    names = list(right)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            if right[a].shape == right[b].shape and differs(right[a], right[b]):
                yield "swapped parameters", f"{a} and {b}", right | {a: right[b], b: right[a]}


# -- is what a sentence claims true? ------------------------------------------------------------


def _close(a, b, rtol=1e-4):
    scale = np.abs(b[np.isfinite(b)]).max(initial=0.0)
    return np.allclose(a, b, rtol=rtol, atol=1e-7 * scale, equal_nan=True)


def _somewhere(right, wrong):
    return ~np.isclose(wrong, right, rtol=1e-4, atol=1e-7 * np.abs(right).max())


def _flat(e, axis, d):
    return np.ptp(e, axis=axis).max() <= 1e-4 * np.abs(d).max()


def _centred(x, axis):
    return x - x.mean(axis=axis, keepdims=True)


def _softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _from_diagonal(w, y, axis):
    dy = w / (y * (1 - y))
    return y * (dy - (dy * y).sum(axis=axis, keepdims=True))


def _spanned(e, shapes, axis, d):
    """Say whether each line of an array along an axis is a sum of multiples of given lines."""
    lines = [np.moveaxis(a, axis, -1).reshape(-1, e.shape[axis]) for a in (e, *shapes)]
    left = [
        line - A @ np.linalg.lstsq(A, line, rcond=None)[0]
        for line, *given in zip(*lines, strict=True)
        for A in [np.stack(given, axis=1)]
    ]
    return np.abs(left).max() <= 1e-4 * np.abs(d).max()


def _additive(e, d):
    left = e - e.mean(axis=0) - e.mean(axis=1, keepdims=True) + e.mean()
    return np.abs(left).max() <= 1e-4 * max(np.abs(d).max(), np.abs(e).max())


def _axis(found):
    return int(found or 0)


CLAIMS: list[tuple[str, Callable[..., bool]]] = [
    (r"holds (?:nan|-?inf) ", lambda d, w, x: not np.isfinite(w).all()),
    (r"is zero everywhere", lambda d, w, x: not w.any()),
    (r"has the opposite sign everywhere", lambda d, w, x: _close(w, -d)),
    (r"is (\S+) × the numeric one", lambda d, w, x, c: _close(w, float(c) * d, 6e-4)),
    (r"is the numeric one transposed", lambda d, w, x: _close(w, d.T)),
    (
        r"has the right numbers in column order",
        lambda d, w, x: (
            _close(w, d.reshape(-1, order="F").reshape(d.shape))
            or _close(w, d.reshape(-1).reshape(d.shape[::-1]).T)
        ),
    ),
    (
        r"is the numeric one in reverse order(?: along axis (\d))?",
        lambda d, w, x, axis: _close(w, np.flip(d, _axis(axis))),
    ),
    (
        r"is the numeric one shifted by one(?: along axis (\d))?",
        lambda d, w, x, axis: any(_close(w, np.roll(d, by, _axis(axis))) for by in (1, -1)),
    ),
    (
        r"is the (sum|mean) of the numeric one",
        lambda d, w, x, how: _close(w, np.full_like(d, getattr(d, how)())),
    ),
    (r"lacks (\S+) ×", lambda d, w, x, c: _close(w, d - float(c) * x, 6e-4)),
    (r"has a surplus of (\S+) ×", lambda d, w, x, c: _close(w, d + float(c) * x, 6e-4)),
    (r"is zero at", lambda d, w, x: not w[_somewhere(d, w)].any()),
    (
        r"is not zero at",
        lambda d, w, x: np.abs(d[_somewhere(d, w)]).max() <= 1e-7 * np.abs(w).max(),
    ),
    (
        r"is off by a factor of (\S+) at",
        lambda d, w, x, c: _close(*(a[_somewhere(d, w)] for a in (w, float(c) * d)), 6e-4),
    ),
    (r"is off at", lambda d, w, x: not _somewhere(d, w).all()),
    (r"is the same along axis (\d)", lambda d, w, x, k: _flat(d - w, int(k), d)),
    (
        r"is a multiple of x̂ .* along axis (\d)",
        lambda d, w, x, k: _spanned(d - w, [_centred(x, int(k))], int(k), d),
    ),
    (
        r"is a constant and a multiple of x̂ .* along axis (\d)",
        lambda d, w, x, k: _spanned(d - w, [np.ones_like(x), _centred(x, int(k))], int(k), d),
    ),
    (
        r"is off by a factor that is the same along axis (\d)",
        lambda d, w, x, k: _spanned(d, [w], int(k), d),
    ),
    (
        r"is a multiple of y = softmax\(x\) along axis (\d)",
        lambda d, w, x, k: _spanned(d - w, [_softmax(x, int(k))], int(k), d),
    ),
    (
        r"has the diagonal of softmax's Jacobian alone, .* along axis (\d)",
        lambda d, w, x, k: _close(_from_diagonal(w, _softmax(x, int(k)), int(k)), d),
    ),
    (
        r"is one term for each row and one for each column: .* Jacobian along axis (\d)",
        lambda d, w, x, k: _additive((d - w) / _softmax(x, int(k)), d),
    ),
    (r"is one term for each row and one for each column", lambda d, w, x: _additive(d - w, d)),
    (r"is right to (\d+) digits", lambda d, w, x, n: _close(w, d, 10.0 ** -int(n))),
]
"""How each sentence begins after "your gradient of P", and what makes it true."""


def is_true(sentence: str, right: Arrays, wrong: Arrays, point: Arrays) -> bool:
    """Say whether a sentence on a gradient holds of it; one that is not known does not."""
    pair = re.match(r"the gradients of (\S+) and (\S+) are swapped", sentence)
    if pair:
        a, b = pair.groups()
        return _close(wrong[a], right[b]) and _close(wrong[b], right[a])
    for name, d in right.items():
        beginning = rf"(?:every entry of |the error of )?your gradient of {re.escape(name)} "
        for claim, holds in CLAIMS:
            found = re.match(beginning + claim, sentence)
            if found:
                return bool(holds(d, wrong[name], point[name], *found.groups()))
    return False


# -- layers with a line of their own wrong ------------------------------------------------------


def disguised(layer: td.Layer, **methods: Callable) -> td.Layer:
    """Return a layer of the same settings and arguments, some of whose methods are others."""
    own = {
        name: functools.wraps(getattr(type(layer), name))(method)
        for name, method in methods.items()
    }
    other = object.__new__(type(type(layer).__name__, (type(layer),), own))
    other.__dict__.update(layer.__dict__)
    return other


def stale(layer: td.Layer) -> td.Layer:
    """Return the layer as it is with a cache on itself: backward takes what was saved last."""
    kept: dict[str, object] = {}

    def forward_and_keep(self, x, **given):
        result = type(layer).forward(layer, x, **given)
        kept["saved"] = result[1]
        return result

    def backward_from_kept(self, dy, saved, **given):
        return type(layer).backward(layer, dy, kept["saved"], **given)

    return disguised(layer, forward=forward_and_keep, backward=backward_from_kept)


def in_float32(layer: td.Layer) -> td.Layer:
    """Return the layer with its gradients worked out in float32."""

    def worked_out(self, dy, saved, **given):
        result = type(layer).backward(layer, dy, saved, **given)
        return _rounded(result)

    return disguised(layer, backward=worked_out)


def _rounded(tree):
    if isinstance(tree, dict):
        return {name: _rounded(item) for name, item in tree.items()}
    if isinstance(tree, tuple):
        return tuple(_rounded(item) for item in tree)
    return None if tree is None else tree.astype(np.float32).astype(tree.dtype)


def _changed(layer, **changes):
    """Return the layer with its dx, or the gradient of a parameter, a function of dy and saved."""

    def backward_changed(self, dy, saved, **given):
        result = type(layer).backward(layer, dy, saved, **given)
        dx, dparams = result if isinstance(result, tuple) else (result, None)
        own = {name: change(dy, saved) for name, change in changes.items()}
        dx = own.pop("dx", dx) if dx is not None else None
        own.pop("dx", None)
        return dx if dparams is None else (dx, dparams | own)

    return disguised(layer, backward=backward_changed)


def _bn(layer, dx):
    """Return batch normalization with a dx of its own, from x_hat, slope and dy."""
    return _changed(layer, dx=lambda dy, saved: dx(dy, saved[0], saved[1]))


def _chain_in_order(layers):
    chain = td.Chain(layers)

    def in_order(self, dy, saved, *, need_dx):
        for layer, (kept, _) in zip(self.layers, saved, strict=True):
            dy, _ = backward(layer, dy, kept, True)
        return (dy if need_dx else None), tuple({} for _ in self.layers)

    return disguised(chain, backward=in_order)


def _without_the_block(residual):
    return disguised(
        residual,
        backward=lambda self, dy, saved: (dy, backward(self.block, dy, saved, True)[1]),
    )


def _without_the_way_around(residual):
    return disguised(
        residual, backward=lambda self, dy, saved: backward(self.block, dy, saved, True)
    )


BN = td.BatchNorm()
MUTANTS: dict[str, tuple[td.Layer, tuple[int, ...]]] = {
    "Sigmoid: 1 − y forgotten": (_changed(td.Sigmoid(), dx=lambda dy, s: dy * s[0]), (3,)),
    "Sigmoid: y forgotten": (_changed(td.Sigmoid(), dx=lambda dy, s: dy * (1 - s[0])), (3,)),
    "Sigmoid: dy forgotten": (_changed(td.Sigmoid(), dx=lambda dy, s: s[0] * (1 - s[0])), (3,)),
    "Tanh: square forgotten": (_changed(td.Tanh(), dx=lambda dy, s: dy * (1 - s[0])), (3,)),
    "ReLU: missing mask": (_changed(td.ReLU(), dx=lambda dy, s: dy), (3,)),
    "ReLU: mask the other way": (_changed(td.ReLU(), dx=lambda dy, s: dy * ~s[0]), (3,)),
    "ReLU: mask from dy": (_changed(td.ReLU(), dx=lambda dy, s: dy * (dy > 0)), (3,)),
    "LeakyReLU: slope forgotten": (_changed(td.LeakyReLU(), dx=lambda dy, s: dy * s[0]), (3,)),
    "ELU: alpha forgotten": (
        _changed(td.ELU(alpha=0.7), dx=lambda dy, s: np.where(s[0], dy, dy * (s[1] + 1))),
        (3,),
    ),
    "GELU: only the gate": (
        _changed(td.GELU(), dx=lambda dy, s: dy * (td.functions.gelu(s[0]) / s[0])),
        (3,),
    ),
    "SiLU: only the gate": (_changed(td.SiLU(), dx=lambda dy, s: dy * s[0]), (3,)),
    "Softplus: its value": (
        _changed(td.Softplus(), dx=lambda dy, s: dy * td.functions.softplus(s[0])),
        (3,),
    ),
    "Softmax: the diagonal alone": (
        _changed(td.Softmax(), dx=lambda dy, s: dy * s[0] * (1 - s[0])),
        (4,),
    ),
    "Softmax: sum over the batch": (
        _changed(td.Softmax(), dx=lambda dy, s: s[0] * (dy - (dy * s[0]).sum(0))),
        (4,),
    ),
    "Affine: transposed weight in dx": (
        _changed(td.Affine(3), dx=lambda dy, s: dy @ s[1]),
        (3,),
    ),
    "Affine: forgotten broadcast sum": (_changed(td.Affine(3), b=lambda dy, s: dy[0]), (3,)),
    "Affine: mean in place of sum": (_changed(td.Affine(3), b=lambda dy, s: dy.mean(0)), (3,)),
    "Affine: dW transposed": (_changed(td.Affine(3), W=lambda dy, s: dy.T @ s[0]), (3,)),
    "Affine: last sample left out": (
        _changed(td.Affine(3), W=lambda dy, s: s[0][:-1].T @ dy[:-1]),
        (3,),
    ),
    "Affine: rows off by one": (
        _changed(td.Affine(3), W=lambda dy, s: np.roll(s[0], 1, axis=0).T @ dy),
        (3,),
    ),
    "Flatten: column order": (
        _changed(td.Flatten(), dx=lambda dy, s: dy.reshape(s[0][::-1]).T),
        (2, 3),
    ),
    "Rescale: scale forgotten": (_changed(td.Rescale(0.3), dx=lambda dy, s: dy), (3,)),
    "Dropout: missing mask": (_changed(td.Dropout(0.4), dx=lambda dy, s: dy), (5,)),
    "Dropout: mask not scaled": (
        _changed(td.Dropout(0.4), dx=lambda dy, s: dy * (s[0] > 0)),
        (5,),
    ),
    "BatchNorm: as if mean and variance were constants": (
        _bn(BN, lambda dy, x_hat, slope: slope * dy),
        (3,),
    ),
    "BatchNorm: missing term of the mean": (
        _bn(BN, lambda dy, x_hat, slope: slope * (dy - x_hat * (dy * x_hat).mean(0))),
        (3,),
    ),
    "BatchNorm: missing term of the variance": (
        _bn(BN, lambda dy, x_hat, slope: slope * (dy - dy.mean(0))),
        (3,),
    ),
    "BatchNorm: sums not divided by m": (
        _bn(BN, lambda dy, x_hat, slope: slope * (dy - dy.sum(0) - x_hat * (dy * x_hat).sum(0))),
        (3,),
    ),
    "BatchNorm: m − 1 in place of m": (
        _bn(
            BN,
            lambda dy, x_hat, slope: (
                slope * (dy - (dy.sum(0) + x_hat * (dy * x_hat).sum(0)) / (len(dy) - 1))
            ),
        ),
        (3,),
    ),
    "BatchNorm: forgotten broadcast sum": (
        _changed(BN, gamma=lambda dy, s: dy[0] * s[0][0]),
        (3,),
    ),
    "BatchNorm: gamma and beta swapped": (
        _changed(BN, gamma=lambda dy, s: dy.sum(0), beta=lambda dy, s: (dy * s[0]).sum(0)),
        (3,),
    ),
    "Residual: block forgotten": (_without_the_block(td.Residual(td.Tanh())), (3,)),
    "Residual: way around forgotten": (_without_the_way_around(td.Residual(td.Tanh())), (3,)),
    "Chain: first to last": (_chain_in_order([td.Softmax(), td.Rescale(0.3), td.Softmax()]), (3,)),
}
"""A layer with one line wrong, and the shape of a sample that suits it."""


# -- losses with a line wrong, and what is right until the scores are large ---------------------


def _loss(loss, **methods):
    own = {name: staticmethod(method) for name, method in methods.items()}
    other = object.__new__(type(type(loss).__name__, (type(loss),), own))
    other.__dict__.update(loss.__dict__)
    return other


ROW = {row.id: row for row in LOSSES}
SOFTMAX, SIGMOID = ROW["SoftmaxCrossEntropy()-labels"], ROW["SigmoidCrossEntropy()-answers"]
SMOOTHED, WEIGHTED = (row for row in LOSSES if "label_smoothing" in row.id or "class_w" in row.id)
SQUARES, MEANS = ROW["SumSquaredError()"], ROW["MeanSquaredError()"]
COUNTS = ROW["Poisson()"]
softmax, sigmoid = td.functions.softmax, td.functions.sigmoid

LOSS_MUTANTS = {
    "t not taken away": of_loss(
        SOFTMAX, loss=_loss(SOFTMAX.loss, gradient=lambda s, t: softmax(s))
    ),
    "softmax forgotten": of_loss(SOFTMAX, loss=_loss(SOFTMAX.loss, gradient=lambda s, t: s - t)),
    "sigmoid in place of softmax": of_loss(
        SOFTMAX, loss=_loss(SOFTMAX.loss, gradient=lambda s, t: sigmoid(s) - t)
    ),
    "smoothing forgotten": of_loss(
        SMOOTHED, loss=_loss(SMOOTHED.loss, gradient=lambda s, t: softmax(s) - t)
    ),
    "sigmoid's own slope left in": of_loss(
        SIGMOID,
        loss=_loss(
            SIGMOID.loss,
            gradient=lambda s, t: (sigmoid(s) - t) * sigmoid(s) * (1 - sigmoid(s)),
        ),
    ),
    "one half forgotten": of_loss(
        SQUARES, loss=_loss(SQUARES.loss, gradient=lambda y, t: 2 * (y - t))
    ),
    "sum in place of mean": of_loss(
        MEANS, loss=_loss(MEANS.loss, gradient=lambda y, t: 2 * (y - t))
    ),
    "link forgotten": of_loss(COUNTS, loss=_loss(COUNTS.loss, gradient=lambda s, t: s - t)),
    "t − y": of_loss(SQUARES, loss=_loss(SQUARES.loss, gradient=lambda y, t: t - y)),
}
"""Losses whose gradient has one line wrong."""

LARGE = 1e3 * np.array([[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [1.0, 1.0, -1.0]])


def _exp_share(s):
    return np.exp(s) / np.exp(s).sum(axis=-1, keepdims=True)


def _unstable_loss(row, **methods):
    return of_loss(row, scores=LARGE + 0.5, loss=_loss(row.loss, **methods))


def _unstable_layer(layer, **methods):
    return of_layer(LayerRow(disguised(layer, **methods), (3,)), x=LARGE + 0.5)


UNSTABLE: dict[str, Callable[[], Subject]] = {
    "softmax without the subtraction, in the loss": lambda: _unstable_loss(
        SOFTMAX, values=lambda s, t: -(t * np.log(_exp_share(s))).sum(-1)
    ),
    "softmax without the subtraction, in its gradient": lambda: _unstable_loss(
        SOFTMAX, gradient=lambda s, t: _exp_share(s) - t
    ),
    "logarithm of a softmax that is 0": lambda: _unstable_loss(
        SOFTMAX, values=lambda s, t: -(t * np.log(softmax(s))).sum(-1)
    ),
    "logarithm guarded by 1e-7": lambda: _unstable_loss(
        SOFTMAX,
        values=lambda s, t: -(t * np.log(softmax(s) + 1e-7)).sum(-1),
        gradient=lambda s, t: 1.5 * (softmax(s) - t),
    ),
    "log(1 − σ)": lambda: _unstable_loss(
        SIGMOID,
        values=lambda s, t: -(t * np.log(sigmoid(s)) + (1 - t) * np.log(1 - sigmoid(s))).sum(-1),
    ),
    "scores rounded to float32": lambda: of_loss(
        SOFTMAX,
        scores=1e3 + off_kinks(np.random.default_rng(0), (N, OUTPUTS)),
        loss=_loss(SOFTMAX.loss, gradient=lambda s, t: softmax(s.astype(np.float32)) - t),
    ),
    "softmax layer without the subtraction": lambda: _unstable_layer(
        td.Softmax(), forward=lambda self, x: (_exp_share(x), (_exp_share(x),))
    ),
    "eˣ / (1 + eˣ)": lambda: _unstable_layer(
        td.Sigmoid(),
        forward=lambda self, x: (np.exp(x) / (1 + np.exp(x)), (np.exp(x) / (1 + np.exp(x)),)),
    ),
    "slope of the sigmoid by e⁻ˣ": lambda: _unstable_layer(
        td.Softplus(),
        backward=lambda self, dy, saved: dy * np.exp(saved[0]) / (1 + np.exp(saved[0])),
    ),
    "log(1 + eˣ)": lambda: _unstable_layer(
        td.Softplus(), forward=lambda self, x: (np.log(1 + np.exp(x)), (x,))
    ),
    "(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)": lambda: _unstable_layer(
        td.Tanh(),
        forward=lambda self, x: (np.sinh(x) / np.cosh(x), (np.sinh(x) / np.cosh(x),)),
    ),
}
"""Right at small scores, and not at ±1e3."""


def changes_with_the_batch(row: LayerRow) -> bool:
    """Say whether another batch has other slopes, so that a stale cache can show."""
    first, second = (of_layer(row, seed=s) for s in range(2))
    again = first.gradient(second.point | {k: v for k, v in first.point.items() if k != "x"})
    right = first.gradient(first.point)
    return any(differs(d, again[name]) for name, d in right.items())
