"""Data to learn from: inputs, labels, and what one must know about them.

`load_digits` (in the package), `load_mnist` and `load_fashion_mnist` (looked for on this machine,
else downloaded) and `load_file` (your own files) all give a `Dataset`; `load_dataset` is the one
door to them by name or path. `read_inputs` reads inputs without labels, for predictions.

Data are handed out in the dtype in which they are stored: scaling is the work of a `Rescale`
layer. Augmentation and streaming are left out; `Network.fit` takes any iterator of batches.
"""

from tidu.datasets.catalogue import load_dataset
from tidu.datasets.dataset import Dataset
from tidu.datasets.digits import load_digits
from tidu.datasets.files import load_file, read_inputs
from tidu.datasets.idx import read_idx
from tidu.datasets.mnist import load_fashion_mnist, load_mnist

__all__ = [
    "Dataset",
    "load_dataset",
    "load_digits",
    "load_fashion_mnist",
    "load_file",
    "load_mnist",
    "read_idx",
    "read_inputs",
]
