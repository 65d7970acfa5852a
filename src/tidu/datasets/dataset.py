"""A data set: inputs and targets, and what is known about them.

The inputs are flat, one row a sample; `Dataset.images` shows rows that are pictures as pictures.
Nothing is scaled or converted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np

from tidu.arrays import Array, described
from tidu.errors import InputError, ShapeError, check_choice, check_integer, check_number
from tidu.language import translator
from tidu.randomness import stream
from tidu.schema import Schema

_ = translator("data")

SPLITS = ("train", "test", "all")


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Inputs and targets of one kind, with their names.

    Parameters
    ----------
    x
        Inputs, shape (N, d), numbers of any dtype. An image of shape (h, w) is a row of d = h·w.
    t
        Targets: class labels, integers 0, 1, ... of shape (N,); or numbers of shape (N, k).
    name
        What to call it.
    class_names
        The name of each class, in the order of the labels, if the classes have names.
    image_shape
        (height, width) of the image that a row is, if it is one; (height, width, 3) in colour.
    scale
        The largest value that a pixel can take, for ``Rescale(1 / scale)``; None where the
        columns are not pixels.
    source
        One sentence: where the data are from, and under which licence.
    schema
        What the columns of a table are, and what became of them; None where it is no table.
    notes
        What was odd about the file that it was read from, a sentence each.
    fingerprint
        The SHA-256 of what is in the file or folder that it was read from.

    Raises
    ------
    ShapeError
        If ``x`` is not (N, d) with at least one row, or the parts do not fit together.
    InputError
        If ``x`` or ``t`` holds NaN or inf, or a label is negative or has no name.
    TypeError
        If ``x`` or ``t`` does not hold numbers.

    Examples
    --------
    >>> data = Dataset(x=[[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]], t=[1, 0, 1], name="xor")
    >>> data
    <Dataset xor: 3 rows of 2 numbers (float64), 2 classes>
    >>> data[:2].x.shape
    (2, 2)
    """

    x: Array
    t: Array
    name: str = "data"
    class_names: tuple[str, ...] | None = None
    image_shape: tuple[int, ...] | None = None
    scale: float | None = None
    source: str = ""
    schema: Schema | None = None
    notes: tuple[str, ...] = ()
    fingerprint: str = ""

    def __post_init__(self) -> None:
        for name in ("x", "t"):
            object.__setattr__(self, name, _numbers(name, getattr(self, name)))
        if self.x.ndim != 2 or not self.x.size:
            raise ShapeError(
                f"`x` must have the shape (N, d), one row a sample, got {described(self.x)}; "
                "flatten images with x.reshape(len(x), -1) and name their image_shape"
            )
        if self.t.ndim == 0 or len(self.t) != len(self.x):
            raise ShapeError(
                f"`t` must have one target for each of the {len(self.x)} rows of `x`, "
                f"got {described(self.t)}"
            )
        if self.scale is not None:
            check_number("scale", self.scale, above=0)
        self._check_image_shape()
        self._check_names()
        self._check_labels()

    def _check_image_shape(self) -> None:
        if self.image_shape is None:
            return
        sizes, axes = self.image_shape, np.shape(self.image_shape)
        known = axes == (2,) or (axes == (3,) and sizes[-1] == 3)
        if not known or np.prod(sizes) != self.x.shape[1]:
            raise ShapeError(
                f"`image_shape` must be (height, width) with {self.x.shape[1]} pixels, as `x` has "
                f"columns, or in colour (height, width, 3), got {self.image_shape}"
            )

    def _check_names(self) -> None:
        for argument in ("name", "source", "fingerprint"):
            if not isinstance(getattr(self, argument), str):
                raise TypeError(f"`{argument}` must be a string, got {getattr(self, argument)!r}")
        if not isinstance(self.schema, Schema | None):
            raise TypeError(f"`schema` must be a Schema or None, got {described(self.schema)}")
        if isinstance(self.notes, str) or not all(isinstance(note, str) for note in self.notes):
            raise TypeError(f"`notes` must be a tuple of strings, got {described(self.notes)}")
        names = self.class_names
        if names is None:
            return
        if not isinstance(names, (tuple, list)) or not all(isinstance(k, str) for k in names):
            raise TypeError(f"`class_names` must be a tuple of strings, got {described(names)}")
        object.__setattr__(self, "class_names", tuple(names))

    def _check_labels(self) -> None:
        if not self.has_labels:
            if self.class_names is not None:
                raise InputError(
                    f"`class_names` go with integer labels of shape (N,), and `t` is "
                    f"{described(self.t)}"
                )
            return
        if self.t.min() < 0:
            raise InputError(f"`t` must hold class labels 0, 1, ..., got {self.t.min()}")
        if self.class_names is not None and self.t.max() >= len(self.class_names):
            raise InputError(
                f"`class_names` has {len(self.class_names)} names, and the labels in `t` "
                f"go up to {self.t.max()}, which needs {self.t.max() + 1}"
            )

    @property
    def has_labels(self) -> bool:
        """Whether the targets are class labels (and not numbers to predict)."""
        return self.t.ndim == 1 and self.t.dtype.kind in "iu"

    @property
    def n_classes(self) -> int | None:
        """The number of classes, or None where the targets are no class labels."""
        if not self.has_labels:
            return None
        return len(self.class_names) if self.class_names else int(self.t.max()) + 1

    @property
    def images(self) -> Array:
        """The inputs as images, (N, height, width) or (N, height, width, 3); a view of ``x``."""
        if self.image_shape is None:
            raise InputError(f"the rows of {self.name!r} are not images: it has no image_shape")
        return self.x.reshape(-1, *self.image_shape)

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, rows: slice | Sequence[int] | Array) -> Dataset:
        """Return the data set of some rows: a slice, a list of row numbers, or a mask."""
        if isinstance(rows, Integral):
            raise TypeError(f"rows are chosen by a slice or a list: data[{rows}:{rows + 1}]")
        return replace(self, x=self.x[rows], t=self.t[rows])

    def __repr__(self) -> str:
        n, d = self.x.shape
        kind = str(self.x.dtype)
        if self.scale is not None:
            kind = _("{dtype}, 0 to {scale:g}").format(dtype=kind, scale=self.scale)
        row = _("{d} numbers").format(d=d)
        if self.image_shape is not None:
            in_colour = len(self.image_shape) == 3
            row = _("{h}×{w} pixels in colour") if in_colour else _("{h}×{w} pixels")
            row = row.format(h=self.image_shape[0], w=self.image_shape[1])
        return _("<Dataset {name}: {n} rows of {row} ({kind}), {targets}>").format(
            name=self.name, n=n, row=row, kind=kind, targets=self._targets()
        )

    def _targets(self) -> str:
        if not self.has_labels:
            return _("targets of shape {t.shape} ({t.dtype})").format(t=self.t)
        names = self.class_names or ()
        shown = ", ".join(names if len(names) <= 5 else (*names[:2], "...", names[-1]))
        said = _("{n} classes: {shown}") if names else _("{n} classes")
        return said.format(n=self.n_classes, shown=shown)

    def split(self, *sizes: float, seed: int = 0) -> tuple[Dataset, ...]:
        """Cut the rows into disjoint parts, each with every class in the same proportion.

        The rows are shuffled, and so lined up that every stretch from the start holds each class
        in proportion, to within one row; then they are cut.

        Parameters
        ----------
        *sizes
            The size of each part but the last: a number of rows, or a fraction of all of them.
            The last part gets the rest.
        seed
            The same seed gives the same parts.

        Returns
        -------
        tuple of Dataset
            One more than the sizes given.

        Raises
        ------
        InputError
            If a part would be empty.

        Examples
        --------
        >>> from tidu.datasets import load_digits
        >>> train, validation, test = load_digits().split(0.8, 100)
        >>> len(train), len(validation), len(test)
        (1438, 100, 259)
        """
        if not sizes:
            raise InputError("`sizes` must name at least one part, as in data.split(0.8)")
        counts = [_count(size, len(self)) for size in sizes]
        if min(counts) == 0 or sum(counts) >= len(self):
            raise InputError(
                f"`sizes` must leave at least one of the {len(self)} rows to each part and to the "
                f"last one, got {', '.join(map(str, sizes))}, which is "
                f"{' + '.join(map(str, counts))} rows"
            )
        classes = self.t if self.has_labels else np.zeros(len(self), np.intp)
        order = in_proportion(classes, seed)
        return tuple(self[rows] for rows in np.split(order, np.cumsum(counts)))

    def part(self, split: str) -> Dataset:
        """Return the training part (four fifths), the test part (one fifth), or all of it.

        The parts are those of ``split`` with seed 0: always the same rows.

        Examples
        --------
        >>> data = Dataset(x=np.eye(10), t=np.arange(10) % 2)
        >>> len(data.part("train")), len(data.part("test")), len(data.part("all"))
        (8, 2, 10)
        """
        check_choice("split", split, SPLITS)
        if split == "all":
            return self
        if len(self) < 2:
            raise InputError(f"`split` must be 'all': {self.name!r} has one row alone")
        train, test = self.split(_n_train(len(self)))
        return train if split == "train" else test

    def with_classes(self, class_names: Sequence[str]) -> Dataset:
        """Return the same rows with the labels numbered in the order of these names.

        Two files of one kind may name their classes in another order, or lack one; a network
        must see them numbered as when it learnt. Labels without names keep their numbers.

        Raises
        ------
        InputError
            If a row is of a class that is not among the names.

        Examples
        --------
        >>> pets = Dataset(x=np.eye(2), t=[0, 1], class_names=("cat", "dog"))
        >>> pets.with_classes(["dog", "cat"]).t
        array([1, 0])
        """
        names = tuple(class_names)
        if self.class_names is None:
            return replace(self, class_names=names)
        unknown = {self.class_names[k] for k in np.unique(self.t)} - set(names)
        if unknown:
            raise InputError(
                f"`class_names` lacks {', '.join(map(repr, sorted(unknown)))}, which {self.name!r} "
                f"holds; they are {', '.join(map(repr, names))}"
            )
        position = {name: k for k, name in enumerate(names)}
        number = np.array([position.get(name, 0) for name in self.class_names])
        return replace(self, t=number[self.t], class_names=names)


def train_rows(t: Array) -> Array:
    """Return the rows of the training part of a data set with these targets: those of `part`."""
    classes = t if t.ndim == 1 and t.dtype.kind in "iu" else np.zeros(len(t), np.intp)
    return in_proportion(classes, 0)[: _n_train(len(t))]


def _n_train(n: int) -> int:
    return max(1, n * 4 // 5)


def in_proportion(classes: Array, seed: int) -> Array:
    """Return the rows, shuffled, so that every stretch from the start holds each class alike."""
    order = stream(seed, "split").permutation(len(classes))
    shuffled = classes[order]
    place = np.empty(len(classes))
    for k in np.unique(shuffled):
        members = np.flatnonzero(shuffled == k)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return order[np.argsort(place, kind="stable")]


def _numbers(name: str, values: Array) -> Array:
    """Return an array of finite numbers, without a copy where it is one."""
    try:
        array = np.asanyarray(values)
    except ValueError as error:
        raise ShapeError(f"`{name}` is a list of rows that differ in length") from error
    if array.dtype.kind not in "iufb":
        raise TypeError(f"`{name}` must hold numbers, got {described(values)}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        row = np.argwhere(~np.isfinite(array))[0][0]
        raise InputError(f"`{name}` holds a NaN or an infinity, first in row {row}")
    return array.astype(np.intp) if array.dtype.kind == "b" else array


def _count(size: float, n: int) -> int:
    if isinstance(size, Integral):
        return check_integer("sizes", size)
    return round(check_number("sizes", size, above=0, below=1) * n)
