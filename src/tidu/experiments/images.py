"""What the experiments on images share: the images, deep networks, and the loss of every step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidu.datasets import Dataset, load_digits, load_mnist
from tidu.datasets.search_paths import find, search_paths
from tidu.engines import Steps, all_scores
from tidu.initializers import Initializer
from tidu.language import translator
from tidu.layers import Affine, Dropout, Layer, ReLU, Rescale
from tidu.losses import SoftmaxCrossEntropy
from tidu.network import Network
from tidu.penalties import Penalty
from tidu.training import Callback, Run
from tidu.training.history import Row

_ = translator("experiments")


def images() -> tuple[Dataset, Dataset, str]:
    """Return training images, test images, and a sentence if they are not those of MNIST."""
    if find(["train-images-idx3-ubyte", "t10k-images-idx3-ubyte"], "mnist", search_paths()):
        return load_mnist("train"), load_mnist("test"), ""
    note = _(
        "MNIST was not found on this machine (`tidu train mnist` fetches it): these are the "
        "built-in digits, 8×8 scans, and other numbers. "
    )
    return load_digits("train"), load_digits("test"), note


def deep_network(
    data: Dataset,
    hidden: Sequence[int],
    initializer: str | Initializer = "he",
    *,
    activation: Layer | None = None,
    norm: Layer | None = None,
    dropout: float = 0.0,
    penalty: Penalty | None = None,
    seed: int = 0,
) -> Network:
    """Return a classifier: scaling, hidden layers of one kind, and a layer of scores."""
    layers: list[Layer] = [Rescale(1 / float(data.scale or 1))]
    for units in hidden:
        layers.append(Affine(units, initializer=initializer))
        layers += [norm] if norm else []
        layers.append(activation or ReLU())
        layers += [Dropout(dropout)] if dropout else []
    layers.append(Affine(classes(data), initializer=initializer))
    return Network(layers, data.x.shape[1], SoftmaxCrossEntropy(), penalty=penalty, seed=seed)


class LossOfEachStep(Callback):
    """Keep the loss of every step, and end the run after so many steps."""

    def __init__(self, steps: int) -> None:
        self.steps = self.every_steps = steps
        self.losses: list[float] = []

    def on_steps(self, network: Network, run: Run, steps: Steps) -> str | None:
        """Record the losses."""
        self.losses += steps.losses.tolist()
        return f"{run.step} steps done" if run.step >= self.steps else None


class ClassMonitor(Callback):
    """Measure loss and accuracy on some images after every epoch, by the largest output.

    For losses that know no classes, whose targets are `one_hot`. The loss is
    without the penalty.
    """

    def __init__(self, data: Dataset, name: str) -> None:
        self.data, self.targets, self.name = data, one_hot(data), name

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Add the measurements to the row."""
        x, engine = network.samples(self.data.x), run.history.engine
        scores = all_scores(network, network.theta, network.state, x, engine)
        losses = network.loss_function.values(scores, self.targets)
        row[f"{self.name}_loss"] = float(losses.mean())
        row[f"{self.name}_accuracy"] = float((scores.argmax(axis=1) == self.data.t).mean())


def classes(data: Dataset) -> int:
    """Return the number of classes of images."""
    return int(data.n_classes or 1)


def one_hot(data: Dataset) -> np.ndarray:
    """Return the classes as rows of zeros with a one, as float32."""
    return np.eye(classes(data), dtype=np.float32)[data.t]


def smooth(values: Sequence[float], width: int = 50) -> np.ndarray:
    """Return the running mean over the last ``width`` values, and over fewer at the beginning.

    Examples
    --------
    >>> smooth([4.0, 2.0, 3.0, 1.0], width=2)
    array([4. , 3. , 2.5, 2. ])
    """
    sums = np.concatenate([[0.0], np.cumsum(values)])
    stop = np.arange(1, len(sums))
    start = np.maximum(stop - width, 0)
    return (sums[stop] - sums[start]) / (stop - start)
