"""What the data sets refuse; files that are damaged are in the tests of their readers."""

import numpy as np

from tests.bad_inputs import Bad
from tidu.datasets import (
    Dataset,
    load_dataset,
    load_digits,
    load_fashion_mnist,
    load_file,
    load_mnist,
    read_idx,
    read_inputs,
)
from tidu.errors import DataNotFoundError, InputError, ShapeError


def _of(x=((1.0, 2.0), (3.0, 4.0)), t=(0, 1), **known):
    return Dataset(x=x, t=t, **known)


def _here(call):
    """Call with the path of a file that is surely there: this one, a kind that cannot be read."""
    return lambda: call(__file__)


ROWS = [
    Bad("Dataset.x", lambda: _of(x=[1.0, 2.0]), ShapeError, "`x` must have the shape (N, d)"),
    Bad("Dataset.x", lambda: _of(x=np.ones((2, 3, 3))), ShapeError, "x.reshape(len(x), -1)"),
    Bad("Dataset.x", lambda: _of(x=np.ones((0, 3))), ShapeError, "one row a sample"),
    Bad("Dataset.x", lambda: _of(x=[[1.0], [2.0, 3.0]]), ShapeError, "rows that differ in length"),
    Bad("Dataset.x", lambda: _of(x=[["a"], ["b"]]), TypeError, "`x` must hold numbers"),
    Bad(
        "Dataset.x", lambda: _of(x=[[1.0], [np.nan]]), InputError, "a NaN or an infinity, first in"
    ),
    Bad("Dataset.t", lambda: _of(t=[0]), ShapeError, "one target for each of the 2 rows"),
    Bad("Dataset.t", lambda: _of(t=0), ShapeError, "one target for each of the 2 rows"),
    Bad("Dataset.t", lambda: _of(t=[0, -1]), InputError, "class labels 0, 1, ..., got -1"),
    Bad("Dataset.t", lambda: _of(t=["a", "b"]), TypeError, "`t` must hold numbers"),
    Bad("Dataset.name", lambda: _of(name=3), TypeError, "`name` must be a string, got 3"),
    Bad("Dataset.source", lambda: _of(source=3), TypeError, "`source` must be a string, got 3"),
    Bad("Dataset.class_names", lambda: _of(class_names=("a",)), InputError, "has 1 names"),
    Bad("Dataset.class_names", lambda: _of(class_names="ab"), TypeError, "a tuple of strings"),
    Bad("Dataset.class_names", lambda: _of(class_names=(1, 2)), TypeError, "a tuple of strings"),
    Bad(
        "Dataset.class_names",
        lambda: _of(t=[0.5, 1.0], class_names=("a", "b")),
        InputError,
        "`class_names` go with integer labels",
    ),
    Bad("Dataset.image_shape", lambda: _of(image_shape=(2, 2)), ShapeError, "with 2 pixels"),
    Bad("Dataset.image_shape", lambda: _of(image_shape=2), ShapeError, "(height, width)"),
    Bad("Dataset.scale", lambda: _of(scale=0), InputError, "`scale` must be above 0, got 0"),
    Bad("Dataset.scale", lambda: _of(scale="255"), TypeError, "`scale` must be a number"),
    Bad("Dataset.split.sizes", lambda: _of().split(), InputError, "name at least one part"),
    Bad("Dataset.split.sizes", lambda: _of().split(2), InputError, "at least one of the 2 rows"),
    Bad("Dataset.split.sizes", lambda: _of().split(0.01), InputError, "which is 0 rows"),
    Bad("Dataset.split.sizes", lambda: _of().split(0), InputError, "a positive integer, got 0"),
    Bad("Dataset.split.sizes", lambda: _of().split(1.5), InputError, "above 0 and below 1"),
    Bad("Dataset.split.sizes", lambda: _of().split("half"), TypeError, "must be a number"),
    Bad("Dataset.split.seed", lambda: _of().split(1, seed=-1), InputError, "`seed` must be"),
    Bad("Dataset.part.split", lambda: _of().part("tests"), InputError, "did you mean 'test'?"),
    Bad("Dataset.part.split", lambda: _of()[:1].part("test"), InputError, "has one row alone"),
    Bad(
        "Dataset.with_classes.class_names",
        lambda: _of(class_names=("cat", "dog")).with_classes(("cat", "cow")),
        InputError,
        "`class_names` lacks 'dog', which 'data' holds",
    ),
    Bad("Dataset.__getitem__.rows", lambda: _of()[1], TypeError, "data[1:2]"),
    Bad("load_dataset.name_or_path", lambda: load_dataset("mnits"), InputError, "mean 'mnist'?"),
    Bad("load_dataset.name_or_path", lambda: load_dataset("a.csv"), DataNotFoundError, "a.csv"),
    Bad("load_dataset.name_or_path", lambda: load_dataset(3), TypeError, "`name_or_path` must be"),
    Bad("load_dataset.split", lambda: load_dataset("digits", "dev"), InputError, "`split` cannot"),
    Bad(
        "load_dataset.directory",
        lambda: load_dataset("digits", directory="."),
        InputError,
        "a folder to look for files in goes with 'mnist' and 'fashion-mnist'",
    ),
    Bad(
        "load_dataset.label",
        lambda: load_dataset("digits", label="t"),
        InputError,
        "`label` names a column of a CSV file, not of 'digits'",
    ),
    Bad("load_digits.split", lambda: load_digits("tset"), InputError, "did you mean 'test'?"),
    *(
        row
        for name, load in {
            "load_mnist": load_mnist,
            "load_fashion_mnist": load_fashion_mnist,
        }.items()
        for row in (
            Bad(f"{name}.split", lambda load=load: load("valid"), InputError, "`split` cannot be"),
            Bad(
                f"{name}.directory",
                lambda load=load: load(directory="no/such/folder"),
                DataNotFoundError,
                "in no/such/folder; put them there",
            ),
            Bad(
                f"{name}.directory",
                lambda load=load: load(directory=3),
                TypeError,
                "`directory` must be the path of a file or folder, got 3 (int)",
            ),
        )
    ),
    Bad(
        "load_file.path", lambda: load_file("no.csv"), DataNotFoundError, "no file or folder no.csv"
    ),
    Bad("load_file.path", lambda: load_file(None), TypeError, "`path` must be the path"),
    Bad("load_file.path", _here(load_file), InputError, "known are .npz, .npy, .csv"),
    Bad(
        "load_file.split", _here(lambda p: load_file(p, split="half")), InputError, "`split` cannot"
    ),
    Bad(
        "load_file.label",
        lambda: load_file(".", label=0),
        InputError,
        "`label` names a column of a CSV file",
    ),
    Bad("read_idx.path", lambda: read_idx("no-idx"), DataNotFoundError, "no file or folder no-idx"),
    Bad("read_idx.path", lambda: read_idx(3), TypeError, "`path` must be the path"),
    Bad("read_inputs.path", lambda: read_inputs("no.npy", 4), DataNotFoundError, "no.npy"),
    Bad("read_inputs.path", _here(lambda p: read_inputs(p, 4)), InputError, "known are .npz"),
    Bad("read_inputs.input_shape", _here(lambda p: read_inputs(p, 0)), InputError, "got 0"),
    Bad("read_inputs.input_shape", _here(lambda p: read_inputs(p, "4")), TypeError, "got '4'"),
    Bad(
        "read_inputs.image_shape",
        _here(lambda p: read_inputs(p, 64, image_shape=(8, 9))),
        ShapeError,
        "it is (8, 9)",
    ),
    Bad("read_inputs.scale", _here(lambda p: read_inputs(p, 4, scale=0)), InputError, "above 0"),
]
