"""What the data sets refuse; files that are damaged are in the tests of their readers."""

import tempfile
from pathlib import Path

import numpy as np

from tests.bad_inputs import Bad
from tidu.datasets import (
    Dataset,
    load_dataset,
    load_digits,
    load_fashion_mnist,
    load_file,
    load_frame,
    load_mnist,
    load_parts,
    read_idx,
    read_inputs,
)
from tidu.errors import DataNotFoundError, InputError, ShapeError


def _of(x=((1.0, 2.0), (3.0, 4.0)), t=(0, 1), **known):
    return Dataset(x=x, t=t, **known)


def _here(call):
    """Call with the path of a file that is surely there: this one, a kind that cannot be read."""
    return lambda: call(__file__)


def _table(read=load_file, **options):
    """Read a small table with these options."""

    def call():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "table.csv")
            path.write_text("a,b\n1,x\n2,y\n")
            return read(path, **options)

    return call


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
        "`label` names columns of a table, not of 'digits'",
    ),
    Bad(
        "load_dataset.color",
        lambda: load_dataset("digits", color=True),
        InputError,
        "`color` is about folders of pictures, not of 'digits'",
    ),
    Bad("load_file.color", _table(color=True), InputError, "`color` keeps the colours of a folder"),
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
    Bad("load_file.path", _here(load_file), InputError, "known are .csv, .tsv, .csv.gz"),
    Bad(
        "load_file.split", _here(lambda p: load_file(p, split="half")), InputError, "`split` cannot"
    ),
    Bad(
        "load_file.label",
        lambda: load_file(".", label=0),
        InputError,
        "`label` names a column of a table",
    ),
    Bad("load_file.task", lambda: load_file(".", task="class"), InputError, "mean 'classes'?"),
    Bad("load_file.keep", lambda: load_file(".", keep=["a"]), InputError, "`keep` names a column"),
    Bad("load_file.keep", _table(keep=["c"]), InputError, "`keep` names 'c', which is no column"),
    Bad("load_file.keep", _table(keep="a"), TypeError, "must be a list such as ['a', 'b']"),
    Bad("load_file.categories", _table(categories=["c"]), InputError, "`categories` names 'c'"),
    Bad("load_file.categories", _table(categories=[1]), TypeError, "must be a list such as"),
    Bad("load_file.schema", _table(schema=3), TypeError, "`schema` must be that of a network"),
    Bad("load_file.label", _table(label="c"), InputError, "`label` cannot be 'c'"),
    Bad("load_file.label", _table(label=2.5), TypeError, "`label` must be an integer"),
    Bad("load_frame.frame", lambda: load_frame([1, 2]), TypeError, "`frame` must be a data frame"),
    Bad("load_frame.task", lambda: load_frame(None, task=1), InputError, "`task` cannot be 1"),
    Bad("load_frame.split", lambda: load_frame(None, split="t"), InputError, "`split` cannot be"),
    Bad("load_parts.name_or_path", lambda: load_parts("mnits"), InputError, "mean 'mnist'?"),
    Bad("load_parts.task", lambda: load_parts("digits", task="values"), InputError, "of 'digits'"),
    Bad(
        "read_inputs.schema",
        _table(read=lambda p, **k: read_inputs(p, 1, **k), schema=3),
        TypeError,
        "`schema` must be that of a network",
    ),
    Bad("Dataset.schema", lambda: _of(schema=3), TypeError, "`schema` must be a Schema"),
    Bad("Dataset.notes", lambda: _of(notes="odd"), TypeError, "`notes` must be a tuple"),
    Bad("read_idx.path", lambda: read_idx("no-idx"), DataNotFoundError, "no file or folder no-idx"),
    Bad("read_idx.path", lambda: read_idx(3), TypeError, "`path` must be the path"),
    Bad("read_inputs.path", lambda: read_inputs("no.npy", 4), DataNotFoundError, "no.npy"),
    Bad("read_inputs.path", _here(lambda p: read_inputs(p, 4)), InputError, "known are .csv"),
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
