"""What some experiments' numbers need, to be asserted."""

import pytest

from tidu.datasets.search_paths import find, search_paths

MNIST = find(["train-images-idx3-ubyte", "t10k-images-idx3-ubyte"], "mnist", search_paths())

needs_mnist = pytest.mark.skipif(
    MNIST is None, reason="MNIST is not on this machine: set TIDU_DATA to the folder of its files"
)
