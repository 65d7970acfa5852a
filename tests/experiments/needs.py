"""What some experiments' numbers need, to be asserted."""

import pytest

from tidu.datasets.places import find, places

MNIST = find(["train-images-idx3-ubyte", "t10k-images-idx3-ubyte"], "mnist", places())

needs_mnist = pytest.mark.skipif(
    MNIST is None, reason="MNIST is not on this machine: set TIDU_DATA to the folder of its files"
)
