"""Data to learn from: inputs, labels, and what one must know about them.

`load_digits` (in the package), `load_mnist` and `load_fashion_mnist` (looked for on this machine,
else downloaded), `load_file` (your own files) and `load_frame` (data frames) all give a `Dataset`;
`load_dataset` is the one door to them by name or path, `load_parts` the same for training and test
part at once. `read_inputs` reads inputs without labels, for predictions.

A table is read (`dialect`, `delimited`), its columns are understood (`inference`, `targets`), and
become numbers (`encoding`); what was understood is a `tidu.schema.Schema`.

Data are handed out in the dtype in which they are stored: scaling is the work of a `Rescale`
layer. Augmentation and streaming are left out; `Network.fit` takes any iterator of batches.
"""

from tidu.datasets.catalogue import load_dataset, load_parts
from tidu.datasets.dataset import Dataset
from tidu.datasets.digits import load_digits
from tidu.datasets.files import load_file, load_frame
from tidu.datasets.idx import read_idx
from tidu.datasets.inputs import read_inputs
from tidu.datasets.mnist import load_fashion_mnist, load_mnist

__all__ = [
    "Dataset",
    "load_dataset",
    "load_digits",
    "load_fashion_mnist",
    "load_file",
    "load_frame",
    "load_mnist",
    "load_parts",
    "read_idx",
    "read_inputs",
]
