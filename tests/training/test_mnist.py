"""What the networks of the course reach on MNIST; skipped where MNIST is not to be found."""

import numpy as np
import pytest

from tidu.datasets import load_mnist
from tidu.datasets.search_paths import find, search_paths
from tidu.layers import Affine, ReLU, Rescale, Sigmoid
from tidu.losses import SoftmaxCrossEntropy
from tidu.network import Network
from tidu.optimizers import SGD
from tidu.recipes import plan

HERE = find(["train-images-idx3-ubyte", "t10k-images-idx3-ubyte"], "mnist", search_paths())

pytestmark = pytest.mark.skipif(
    HERE is None, reason="MNIST is not on this machine: set TIDU_DATA to the folder of its files"
)

# The share of test images found after 20 epochs with batches of 100; each network reaches it with
# half a point to spare, and seeds differ by two tenths of a point.
ROWS = [(Sigmoid(), 0.1, 0.948), (Sigmoid(), 0.5, 0.968), (ReLU(), 0.1, 0.969)]


@pytest.fixture(scope="module")
def mnist():
    return load_mnist("train"), load_mnist("test")


@pytest.mark.parametrize(("activation", "lr", "at_least"), ROWS, ids=repr)
def test_784_50_10(mnist, activation, lr, at_least):
    train, test = mnist
    layers = [Rescale(1 / 255), Affine(50), activation, Affine(10)]
    net = Network(layers, 784, SoftmaxCrossEntropy(), seed=0)
    history = net.fit(train.x, train.t, optimizer=SGD(lr), epochs=20, batch_size=100)
    assert net.accuracy(test.x, test.t) >= at_least
    assert np.all(np.diff(history["loss"]) < 0)


def test_the_default_network_of_the_command_line():
    assert plan("mnist", directory=HERE[0].parent).run(progress=False).accuracy >= 0.98
