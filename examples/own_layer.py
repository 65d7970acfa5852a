"""A layer of your own, checked and trained: ``python examples/own_layer.py``.

The layer is Swish, y = x σ(βx). A wrong backward pass is caught before it is trained with.
"""

from dataclasses import dataclass

import tidu as td
from tidu import functions


@dataclass(frozen=True, repr=False, eq=False)
class Swish(td.Layer):
    """y = x s with s = σ(βx); dy/dx = s + βy (1 − s)."""

    beta: float = 1.0
    scope = "element"

    def forward(self, x):
        """Return y, and what backward needs."""
        s = functions.sigmoid(self.beta * x)
        y = x * s
        return y, (s, y)

    def backward(self, dy, saved):
        """Return dx."""
        s, y = saved
        return dy * (s + self.beta * y * (1 - s))


class WrongSwish(Swish):
    """The same with a mistake: one factor β is forgotten."""

    def backward(self, dy, saved):
        """Return what is not dx."""
        s, y = saved
        return dy * (s + y * (1 - s))


def main():
    for layer in (Swish(beta=2.0), WrongSwish(beta=2.0)):
        report = td.check_layer(layer, (5,))
        print(f"{layer!r}: the gradient is {report.verdict}")

    data, test = td.datasets.load_digits("train"), td.datasets.load_digits("test")
    network = td.Network(
        [td.Rescale(1 / 16), td.Affine(50), Swish(), td.Affine(10)],
        input_shape=64,
        loss=td.SoftmaxCrossEntropy(),
    )
    network.fit(data.x, data.t, optimizer=td.Adam(0.01), epochs=10, progress=False)
    accuracy = network.accuracy(test.x, test.t)
    print(f"a network with it reads {100 * accuracy:.1f} % of the test digits")
    return accuracy


if __name__ == "__main__":
    main()
