"""Right gradients of every layer, loss and penalty at random settings: none is called wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from tests.checking.subjects import Subject, of_layer, of_loss, of_penalty
from tests.tables import LAYERS, LOSSES, OUTPUTS, PENALTIES
from tidu.checking import check_gradient


def _spread(rng: np.random.Generator, shape: tuple[int, ...], scale: float) -> np.ndarray:
    """Return numbers of a scale, some of them at 0 or near it, where kinks are."""
    x = scale * rng.normal(size=shape)
    near = rng.random(shape) < 0.1
    return np.where(near, x * rng.choice([0.0, 1e-12, 1e-9, 1e-6, 1e-3], shape), x)


def right_gradients(count: int) -> Iterator[tuple[Subject, np.dtype]]:
    """Yield so many subjects at settings drawn at random: shape, scale, dtype, points at kinks."""
    makers = [
        *(("layer", row) for row in LAYERS),
        *(("loss", row) for row in LOSSES),
        *(("penalty", penalty) for penalty in PENALTIES if penalty),
    ]
    for k in range(count):
        rng = np.random.default_rng([11, k])
        kind, row = makers[k % len(makers)]
        dtype = np.dtype(rng.choice(["float64", "float32"]))
        x_scale, size = (10.0 ** rng.uniform(-6, 6) for _ in range(2))
        n, seed = int(rng.integers(1, 5)), int(rng.integers(1000))
        if kind == "layer":
            x = _spread(rng, (max(n, row.least), *row.input_shape), x_scale)
            training = bool(rng.integers(2))
            subject = of_layer(row, n=n, seed=seed, training=training, dtype=dtype, x=x, size=size)
        elif kind == "loss":
            x_scale = min(x_scale, 10) if row.loss.link == "exp" else x_scale  # e^89 is infinite
            scores = _spread(rng, (n, OUTPUTS), x_scale)
            subject = of_loss(row, n=n, seed=seed, dtype=dtype, scores=scores)
        else:
            subject = of_penalty(row, seed=seed, dtype=dtype, w=_spread(rng, (n, 3), x_scale))
        yield subject, dtype


@pytest.mark.parametrize(
    "count", [300, pytest.param(10_000, marks=pytest.mark.exhaustive)], ids="{:,}".format
)
def test_no_right_gradient_is_called_wrong(count, capsys):
    verdicts: Counter[tuple[str, str]] = Counter()
    for subject, dtype in right_gradients(count):
        report = check_gradient(subject.f, subject.point, subject.gradient)
        verdicts[dtype.name, report.verdict] += 1
        assert report.verdict != "wrong", f"{subject.name} in {dtype}\n{report}\n{subject.point}"
        if report.verdict == "cannot tell":
            assert report.why
    told = ", ".join(f"{dtype} {verdict}: {n:,}" for (dtype, verdict), n in verdicts.items())
    with capsys.disabled():
        print(f"\n{count:,} right gradients: {told}")
