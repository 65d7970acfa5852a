"""Networks with every layer and every loss, which other formats must give the same outputs for."""

from dataclasses import dataclass

import numpy as np

import tidu as td
from tests.tables import LOSSES, with_form


@dataclass(frozen=True)
class Traveller:
    layers: list
    input_shape: tuple = (3,)
    loss: td.Loss = td.SumSquaredError()  # noqa: RUF009 (a frozen value)
    dtype: str = "float32"

    @property
    def id(self):
        return f"{self.layers}-{self.loss}-{self.dtype}"

    def network(self):
        """Return it with all that is learnt and remembered away from where it started."""
        net = td.Network(self.layers, self.input_shape, self.loss, dtype=self.dtype)
        rng = np.random.default_rng(0)
        net.theta += rng.normal(0, 0.3, net.theta.shape).astype(net.dtype)
        net.state += rng.uniform(0, 0.5, net.state.shape).astype(net.dtype)
        return net

    def samples(self, n=6):
        x = np.random.default_rng(1).normal(size=(n, *self.input_shape))
        return np.concatenate([x, 40 * x]).astype(self.dtype)


DEEP = [
    td.Rescale(0.5, 0.1), td.Flatten(), td.Affine(5), td.BatchNorm(), td.ReLU(), td.Dropout(0.5),
    td.Residual(td.Chain([td.Affine(4), td.GELU(), td.Residual(td.SiLU()), td.Affine(5)])),
    td.Chain([td.Affine(4), td.Chain([td.Tanh(), td.Chain([])])]), td.Affine(3),
]  # fmt: skip

OF_EVERY_KIND = [
    *(Traveller([td.Affine(4), td.Tanh(), td.Affine(3)], loss=row.loss) for row in LOSSES),
    Traveller([td.Affine(1)], loss=td.SigmoidCrossEntropy()),
    Traveller(DEEP, (2, 3), td.SoftmaxCrossEntropy()),
    Traveller(DEEP, (2, 3), td.SoftmaxCrossEntropy(), "float64"),
    Traveller([]),
]


def travellers(form: str) -> list[Traveller]:
    """Return networks that have a form."""
    return [
        *(Traveller([row.layer], row.input_shape) for row in with_form(form)),
        *OF_EVERY_KIND,
    ]
