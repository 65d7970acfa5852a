"""Your own files to learn from: inputs with their labels.

The kind of a file is seen from its name: a table (``.csv``, ``.tsv``, ``.data``, ...),
``.npz``, ``.npy``, ``.png``, a folder of pictures, or IDX (``train-images-idx3-ubyte``,
``digits.idx``, each with or without ``.gz``). No file can run code: pickled objects are refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from tidu.arrays import Array, described
from tidu.datasets.dataset import SPLITS, Dataset
from tidu.datasets.emnist import emnist_classes, is_emnist, read_images
from tidu.datasets.fingerprint import fingerprint
from tidu.datasets.idx import read_idx
from tidu.datasets.images import read_classes
from tidu.datasets.kinds import kind_of, read_npz
from tidu.datasets.reading import existing, reading
from tidu.datasets.table import Cells, from_frame, texts_of
from tidu.datasets.tables import (
    SUFFIXES,
    apply_schema,
    checked_schema,
    learn_table,
    read_table,
)
from tidu.datasets.targets import TASKS, decide
from tidu.errors import FileFormatError, InputError, check_choice, clause
from tidu.schema import Schema


def load_file(
    path: str | PathLike[str],
    *,
    split: str = "all",
    label: str | int | None = None,
    task: str = "auto",
    keep: Collection[str] = (),
    categories: Collection[str] = (),
    schema: Schema | None = None,
    color: bool = False,
) -> Dataset:
    r"""Load a labelled file.

    ========================  ==================================================================
    ``.csv``, ``.tsv``,       a table, a row a sample and one column the label (see `label`); with
    ``.data``, ``.dat``,      ``.gz`` behind it too, Parquet through polars or pandas
    ``.parquet``
    ``.npz``                  inputs ``x`` and targets ``t`` (or ``y``); or both parts:
                              ``x_train``, ``t_train``, ``x_test``, ``t_test``
    IDX                       the images; the labels in the file beside it whose name says
                              ``labels-idx1`` where this one says ``images-idx3``; those of
                              EMNIST (``emnist-letters-...``) are turned upright, and named
    folder of pictures        a sub-folder for each class; turned to grey, and fitted into the size
                              that is there most often
    ========================  ==================================================================

    Of a table, columns of numbers stay (a missing one is the median, and a further column says
    so), texts become columns of 0 and 1, and columns that tell no more than which row it is are
    left out: `Dataset.schema` says what was taken for what, `Dataset.notes` what was odd.

    Parameters
    ----------
    path
        The file or folder.
    split
        ``"train"``, ``"test"`` or ``"all"``. A file that does not state its parts is cut: four
        fifths to learn from, with every class in proportion, always the same rows.
    label
        The label column of a table, by name or by number (0 is the first). By default one named
        label, class, target, species, outcome, diagnosis, survived, response or y, else the last.
    task
        ``"classes"``, ``"values"``, or ``"auto"``: texts are classes, numbers with fractions
        values, and of whole numbers few that come again are classes (`tidu.datasets.targets`).
    keep
        Columns of a table to use although they look like dates or like numbers of rows.
    categories
        Columns of a table whose numbers are names of categories, such as a postcode.
    schema
        That of a network (``network.schema``): columns are then found by their names, and become
        what they were when it learned.
    color
        Whether pictures of a folder keep their colours, three numbers a pixel.

    Returns
    -------
    Dataset
        ``x`` is (N, d) in the dtype stored (of a table float64); ``t`` (N,) class numbers, or
        (N, k) values. Rows without a target are left out.

    Raises
    ------
    DataNotFoundError
        If the file is not there.
    FileFormatError
        If it is damaged, or lacks something; the message says what.
    InputError
        If the kind of file is unknown, an argument does not go with it, a column is not there, or
        all labels are equal.

    Examples
    --------
    >>> from pathlib import Path
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "flowers.csv")
    ...     _ = path.write_text("width,height,kind\n1.0,2.5,rose\n3.0,0.5,lily\n")
    ...     load_file(path)
    <Dataset flowers: 2 rows of 2 numbers (float64), 2 classes: lily, rose>
    """
    check_choice("split", split, SPLITS)
    options: dict[str, Any] = {"label": label, "task": task, "keep": keep, "categories": categories,
                               "color": color}  # fmt: skip
    whole, n_train = load_whole(path, from_part=split != "all", schema=schema, **options)
    return part(whole, n_train, split)


def load_frame(
    frame: Any,
    *,
    split: str = "all",
    label: str | int | None = None,
    task: str = "auto",
    keep: Collection[str] = (),
    categories: Collection[str] = (),
    schema: Schema | None = None,
) -> Dataset:
    """Return a data frame of pandas or polars as a data set: `load_file` of a table in memory.

    Parameters
    ----------
    frame
        The data frame; its index is left aside.
    split, label, task, keep, categories, schema
        As for `load_file`.

    Raises
    ------
    TypeError
        If it is no data frame.
    InputError
        As `load_file` does.

    Examples
    --------
    >>> import pandas as pd  # doctest: +SKIP
    >>> load_frame(pd.DataFrame({"age": [3, 40], "grown": ["no", "yes"]})).t  # doctest: +SKIP
    """
    check_choice("split", split, SPLITS)
    check_choice("task", task, TASKS)
    table, what = from_frame(frame), {"name": "frame", "source": "a data frame"}
    if schema is not None:
        return apply_schema(table, "the frame", checked_schema(schema), label=label, **what).part(
            split
        )
    return learn_table(
        table, "the frame", from_part=split != "all", label=label, task=task, keep=keep,
        categories=categories, **what,
    ).part(split)  # fmt: skip


def load_whole(
    path: str | PathLike[str],
    *,
    label: str | int | None = None,
    task: str = "auto",
    keep: Collection[str] = (),
    categories: Collection[str] = (),
    schema: Schema | None = None,
    color: bool = False,
    from_part: bool = True,
) -> tuple[Dataset, int | None]:
    """Return all of a file, and how many rows are for training if it says so itself.

    ``from_part`` says that the schema of a table is that of its training part. Other arguments and
    errors are those of `load_file`.
    """
    check_choice("task", task, TASKS)
    file = existing(path)
    kind = kind_of(file)
    for name, value in (
        ("label", label),
        ("keep", keep or None),
        ("categories", categories or None),
    ):
        if value is not None and kind != "table":
            raise InputError(f"`{name}` names a column of a table such as .csv, and {file} is none")
    if color and kind != "folder":
        raise InputError(f"`color` keeps the colours of a folder of pictures, and {file} is none")
    if kind in (".npy", "picture"):
        raise InputError(
            f"{file} holds inputs alone, and labels are needed: save arrays with "
            "np.savez('data.npz', x=x, t=t), and put pictures into one sub-folder for each class"
        )
    whole, n_train = _read(
        file, kind, label, task, keep, categories, schema, from_part, bool(color)
    )
    return replace(whole, fingerprint=fingerprint_of(file)), n_train


def fingerprint_of(file: Path) -> str:
    """Return the text by which the data in a file or folder are known again, labels included."""
    return fingerprint(file, *([_labels_beside(file)] if kind_of(file) == "idx" else []))


def _read(
    file: Path,
    kind: str,
    label: str | int | None,
    task: str,
    keep: Collection[str],
    categories: Collection[str],
    schema: Schema | None,
    from_part: bool,
    color: bool,
) -> tuple[Dataset, int | None]:
    """Return what `load_whole` does, from a file of this kind."""
    if kind == "table":
        table, what = read_table(file), {"name": _stem(file), "source": f"the file {file.name}"}
        if schema is not None:
            return apply_schema(table, str(file), checked_schema(schema), label=label, **what), None
        return learn_table(
            table, str(file), from_part=from_part, label=label, task=task, keep=keep,
            categories=categories, **what,
        ), None  # fmt: skip
    if kind == ".npz":
        return _load_npz(file, task)
    if kind == "folder":
        return _dataset(file, *read_classes(file, color=color)), None
    x, t, names = read_images(file), read_idx(_labels_beside(file)), None
    if is_emnist(file):
        t, names = emnist_classes(file, t)
    return _dataset(file, x, t, names, "classes" if task == "auto" else task), None


def part(whole: Dataset, n_train: int | None, split: str) -> Dataset:
    """Return a part of what `load_whole` returned."""
    if n_train is None:
        return whole.part(split)
    return {"train": whole[:n_train], "test": whole[n_train:], "all": whole}[split]


def _stem(file: Path) -> str:
    """Return the name of a table without what says that it is one: a.csv.gz is a."""
    name = file.name
    for suffix in (".gz", *SUFFIXES):
        name = name[: -len(suffix)] if name.lower().endswith(suffix) else name
    return name or file.name


def _dataset(
    file: Path, x: Array, t: Array, class_names: tuple[str, ...] | None, task: str = "auto"
) -> Dataset:
    """Return the data set of the arrays in a file, with what their form says about them."""
    if x.ndim == 0 or len(x) == 0:
        raise FileFormatError(f"{file} holds no rows of inputs, but {described(x)}")
    if t.ndim == 1 and class_names is None and t.dtype.kind in "iufbU":
        cells: Cells = texts_of(t.astype(str).tolist()) if t.dtype.kind in "bU" else t.astype(float)
        found = decide("t", cells, task, str(file))
        x, class_names = x[found.rows], found.class_names
        whole = t.dtype.kind in "iu" and class_names is None  # in the dtype in which they came
        t = t[found.rows] if whole else found.t
        if found.target.task == "values":
            t = found.t.astype(t.dtype) if t.dtype.kind == "f" else found.t
    elif task == "classes" and t.ndim > 1:
        raise InputError(f"`task` cannot be 'classes': the targets in {file} are {described(t)}")
    try:
        return Dataset(
            x=x.reshape(len(x), -1),
            t=t,
            name=file.stem,
            class_names=class_names,
            image_shape=x.shape[1:] if x.ndim == 3 or (x.ndim == 4 and x.shape[3] == 3) else None,
            scale=255 if x.dtype == np.uint8 else None,
            source=f"the file {file.name}",
        )
    except (InputError, TypeError) as error:
        raise FileFormatError(f"{file}: {error}") from error


def _load_npz(file: Path, task: str) -> tuple[Dataset, int | None]:
    arrays = read_npz(file)
    if "x_train" not in arrays:
        return _dataset(file, *_pair(file, arrays, ""), None, task), None
    train, test = (_pair(file, arrays, f"_{part}") for part in ("train", "test"))
    with reading(file, clause("a file of two parts that fit together")):
        x, t = (np.concatenate(both) for both in zip(train, test, strict=True))
    return _dataset(file, x, t, None, task), len(train[0])


def _pair(file: Path, arrays: Mapping[str, Array], suffix: str) -> tuple[Array, Array]:
    x_name, t_name, y_name = f"x{suffix}", f"t{suffix}", f"y{suffix}"
    if x_name not in arrays or not {t_name, y_name} & set(arrays):
        raise FileFormatError(
            f"{file} needs the arrays {x_name} and {t_name} (or {y_name}), and has "
            f"{', '.join(arrays) or clause('none')}: np.savez('data.npz', {x_name}=x, {t_name}=t)"
        )
    x, t = arrays[x_name], arrays[t_name if t_name in arrays else y_name]
    if x.ndim == 0 or x.shape[:1] != t.shape[:1]:
        raise FileFormatError(
            f"{file}: {x_name} and its targets must have one row for each sample, got "
            f"{described(x)} and {described(t)}"
        )
    return x, t


def _labels_beside(file: Path) -> Path:
    stem = file.name.removesuffix(".gz").replace("images", "labels").replace("idx3", "idx1")
    for name in (stem, f"{stem}.gz"):
        if name != file.name and (labels := file.with_name(name)).exists():
            return labels
    raise FileFormatError(
        f"{file} has no labels beside it: looked for {stem}, plain or .gz (the images of an IDX "
        "pair are the file to name, as in train-images-idx3-ubyte)"
    )
