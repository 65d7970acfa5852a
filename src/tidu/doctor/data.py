"""Diseases of the data: data that no network can learn from, or only badly.

Each is a function from a case to a sentence, or None.
"""

from __future__ import annotations

import numpy as np

from tidu.doctor.case import Case
from tidu.language import translator
from tidu.layers import BatchNorm, Rescale, Standardize

_ = translator("doctor")

LARGE, SMALL = 5.0, 0.01
"""Inputs should be of size 1; beyond these bounds they count as not scaled."""
TARGETS_LARGE, TARGETS_SMALL = 10.0, 0.01
ALIKE, UNLIKE = 0.5, 0.8
"""How unlike the targets of neighbours are: 0 if equal, 1 if unrelated. Below the first they are
alike, above the second they are not."""


def inputs_not_finite(case: Case) -> str | None:
    """Find NaN and infinities among the inputs."""
    bad = ~np.isfinite(case.x)
    if not bad.any():
        return None
    place = tuple(np.argwhere(bad)[0].tolist())
    samples = int(bad.reshape(len(bad), -1).any(axis=1).sum())
    return _(
        "the inputs hold NaN or infinities in {samples} of {n} samples, the first at "
        "x[{place}]: drop or correct those samples"
    ).format(samples=samples, n=len(bad), place=", ".join(map(str, place)))


def labels_from_one(case: Case) -> str | None:
    """Find classes counted from 1 where the first output is class 0."""
    if case.network.loss_function.link != "softmax" or case.t.ndim != 1:
        return None
    found = np.unique(case.t)
    last = case.network.output_shape[-1]
    runs_out = found[0] >= 1 and found[-1] == last
    if not runs_out and not (found[0] == 1 and len(found) == found[-1] == last - 1 > 1):
        return None
    sentence = _(
        "labels go from {first:g} to {greatest:g}, and the {outputs} outputs are classes 0 to "
        "{last}: the labels are shifted by one; give t - {first:g}"
    ).format(first=found[0], greatest=found[-1], outputs=last, last=last - 1)
    if runs_out:
        return sentence
    return sentence + _(", and let the network end in {n} outputs").format(n=last - 1)


def inputs_not_scaled(case: Case) -> str | None:
    """Find inputs that are far from size 1 at the first layer with weights."""
    layers = case.seen.layers
    i = next((i for i, seen in enumerate(layers) if seen.weights), None)
    if i is None:
        return None
    sizes, name = layers[i].column_size, layers[i].name
    every = float(np.sqrt((sizes**2).mean()))
    if sizes.max() > LARGE:
        worst = int(sizes.argmax())
        what = _("number {worst} of each sample is of size {size:.3g} (root mean square)").format(
            worst=worst, size=sizes[worst]
        )
        one_unit = np.median(sizes[sizes > 0]) > every / 10
        layer = f"Rescale({1 / every:.2g})" if one_unit else "Standardize.of(x)"
    elif every < SMALL:
        what = _("the inputs are of size {size:.3g} (root mean square)").format(size=every)
        layer = f"Rescale({1 / every:.2g})" if every else _("other data: they are all 0")
    else:
        return None
    return _(
        "at the input of {name}, {what}; initial weights suit numbers of about 1: "
        "standardize the columns, or put {layer} first"
    ).format(name=name, what=what, layer=layer)


def inputs_all_alike(case: Case) -> str | None:
    """Find samples that do not differ."""
    if len(case.x) < 2 or not (case.x == case.x[:1]).all():
        return None
    return _(
        "all {n} samples are equal, so there is nothing to tell them apart by: "
        "look at how they were read"
    ).format(n=len(case.x))


def one_class_only(case: Case) -> str | None:
    """Find labels of one class, or a target that never changes."""
    t = case.targets
    if len(t) < 2 or not (t == t[:1]).all():
        return None
    if case.network.loss_function.link == "softmax":
        return _(
            "all {n} samples are of class {label}: a network would learn to "
            "predict that for every input; look at how labels were read, or whether data were cut "
            "while sorted"
        ).format(n=len(t), label=int(t[0].argmax()))
    return _(
        "the target is {target} for all {n} samples: a bias alone would learn it; "
        "look at how targets were read"
    ).format(target=_listed(t[0]), n=len(t))


def targets_not_scaled(case: Case) -> str | None:
    """Find values to predict that are far from the size of an untrained network's outputs."""
    if case.network.loss_function.link != "identity" or case.seen.loss < case.baseline_loss / 2:
        return None
    t, last = case.targets.astype(float), case.network.layers[-1]
    if isinstance(last, Rescale):
        t = (t - last.offset) / last.scale
    elif isinstance(last, Standardize) and last.inverse:
        t = Standardize(last.mean, last.spread).forward(t)[0]
    size, spread = float(np.sqrt((t**2).mean())), float(t.std())
    if not spread or (spread >= TARGETS_SMALL and size <= TARGETS_LARGE):
        return None
    return _(
        "the targets are of size {size:.3g} and spread by {spread:.3g}, and a network starts out "
        "with outputs of about 1: standardize them, or end the network in "
        "Rescale({scale:.3g}, {offset:.3g})"
    ).format(size=size, spread=spread, scale=case.targets.std(), offset=case.targets.mean())


def counts_not_scaled(case: Case) -> str | None:
    """Find counts far from those that an untrained network expects."""
    if case.network.loss_function.link != "exp" or case.seen.loss < case.baseline_loss / 2:
        return None
    predicted = case.network.predict(case.x[case.rows]).astype(float)
    mean, expected = float(case.targets.astype(float).mean()), float(predicted.mean())
    if not mean or 1 / TARGETS_LARGE <= expected / mean <= TARGETS_LARGE:
        return None
    return _(
        "the counts are {mean:.3g} on average, and the network expects {expected:.3g}: end it in "
        "Rescale(1, {offset:.3g}), which adds the logarithm of their mean"
    ).format(mean=mean, expected=expected, offset=np.log(mean))


def targets_out_of_step(case: Case) -> str | None:
    """Find targets that fit the sample before or after: a row that was lost.

    A sample's target is compared with that of its nearest neighbour: |t − t'|² divided by twice
    the variance is 1 for unrelated targets.
    """
    n, rows = len(case.t), case.rows
    if n < 50:
        return None
    x = case.network.batch(case.x[rows]).reshape(len(rows), -1).astype(float)
    x = (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1)
    squares = (x**2).sum(axis=1)
    apart = squares[:, None] + squares - 2 * x @ x.T
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argmin(axis=1)
    t = case.targets.reshape(n, -1).astype(float)
    unlike = {}
    for by in (0, 1, -1):
        mine = t[(rows + by) % n]
        mean_square = ((mine - mine[nearest]) ** 2).sum(axis=1).mean()
        unlike[by] = float(mean_square / (2 * mine.var(axis=0).sum() or 1))
    by = min(unlike, key=lambda k: unlike[k])
    if unlike[0] < UNLIKE or unlike[by] > ALIKE:
        return None
    return _(
        "targets of neighbouring samples are as unlike as any two ({unlike:.2f} of it), but "
        "those of the rows {side} them are alike ({beside:.2f}): "
        "x and t are one row out of step; look for a header or a first row read once only"
    ).format(unlike=unlike[0], side=_("after") if by > 0 else _("before"), beside=unlike[by])


def labels_shifted(case: Case) -> str | None:
    """Find predictions that are mostly the label plus or minus one."""
    c = case.network.output_shape[-1] if case.network.output_shape else 1
    if case.network.loss_function.link != "softmax" or c < 3:
        return None
    predicted = case.network.predict(case.x[case.rows])
    label = case.targets[case.rows].argmax(axis=-1)
    shares = {by: float((predicted == (label + by) % c).mean()) for by in (1, -1)}
    by = max(shares, key=lambda k: shares[k])
    if shares[by] < 0.7:
        return None
    return _(
        "for {percent:.0f} % of the samples the network predicts the label "
        "{sign} one: labels are shifted against those it learned from"
    ).format(percent=100 * shares[by], sign=_("plus") if by > 0 else _("minus"))


def batch_norm_with_batch_1(case: Case) -> str | None:
    """Find a batch of one sample where each feature is normalized over the batch."""
    n, b = len(case.x), case.batch_size
    rows = any(
        len(inner.input_shape) == 1 and isinstance(inner.layer, BatchNorm)
        for at in case.network.chain.walk(case.network.input_shape)
        for inner in at.with_inner()
    )
    if not rows or min(n, b) > 1:
        return None
    sentence = _(
        "each batch is of 1 sample, which BatchNorm turns into 0 whatever it holds: take a batch "
        "size of 16 or more"
    )
    return sentence + ("" if n > 1 else _(", and more samples"))


def _listed(values: np.ndarray) -> str:
    return ", ".join(f"{v:.4g}" for v in values.ravel()[:3]) + (", ..." if values.size > 3 else "")
