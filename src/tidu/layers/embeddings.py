"""Embeddings of the columns of a table: waves of numbers, and learned vectors of categories."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tidu.arrays import Array, described, namespace
from tidu.config import set_fields
from tidu.errors import InputError, ShapeError, check_integer, check_number
from tidu.initializers import Normal, Uniform
from tidu.layers.base import Layer, Parameter, Shape

__all__ = ["Embedding", "Periodic"]


@dataclass(frozen=True, repr=False, eq=False)
class Periodic(Layer):
    """Append to each sample learned waves of its columns, so that small differences show.

    For each of the chosen columns x there are m waves and o numbers made of them::

        w = cos(2π f x + φ)        m numbers
        e = w Aᵀ + c               o numbers

    and y = (all columns as they are, e of the first, e of the second, ...). A network of smooth
    activations learns slowly what changes fast with one column; of waves it is a weighted sum.

    Parameters
    ----------
    frequencies : int
        m, how many waves a column has.
    outputs : int
        o, how many numbers are made of them.
    std : float
        How widely the frequencies f are spread at first; above 0.
    columns : sequence of int, optional
        The columns that have waves, in increasing order; all if not given.

    Notes
    -----
    Shapes: x ``(N, d)``, y ``(N, d + k·o)`` for k columns; ``frequency`` f and ``phase`` φ are
    ``(k, m)``, ``amplitude`` A is ``(k, o, m)``, ``offset`` c is ``(k, o)``.

    References
    ----------
    Gorishniy, Rubachev and Babenko, "On embeddings for numerical features in tabular deep
    learning", 2022; in this form, called PBLD, Holzmüller, Grinsztajn and Steinwart, "Better by
    default: strong pre-tuned MLPs and boosted trees on tabular data", 2024.

    Examples
    --------
    >>> Periodic(columns=(0, 2)).output_shape((5,))
    (11,)
    """

    frequencies: int = 16
    outputs: int = 3
    std: float = 0.1
    columns: Sequence[int] | None = None
    scope = "sample"

    def __post_init__(self) -> None:
        for name in ("frequencies", "outputs"):
            set_fields(self, **{name: check_integer(name, getattr(self, name))})
        set_fields(self, std=check_number("std", self.std, above=0))
        if self.columns is not None:
            given = _sequence(self, "columns")
            chosen = tuple(check_integer("columns", i, minimum=0) for i in given)
            if not chosen or any(a >= b for a, b in pairwise(chosen)):
                raise InputError(f"`columns` must be numbers in increasing order, got {given}")
            set_fields(self, columns=chosen)

    def chosen(self, d: int) -> tuple[int, ...]:
        """Return the columns that have waves, of d columns."""
        return tuple(range(d)) if self.columns is None else tuple(self.columns)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(d + k·o,)``."""
        (d,) = _row(input_shape, self.chosen(1)[-1])
        return (d + len(self.chosen(d)) * self.outputs,)

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        """Return f, φ, A and c."""
        k, m, o = len(self.chosen(input_shape[0])), self.frequencies, self.outputs
        small = Uniform(1 / math.sqrt(m))
        return {
            "frequency": Parameter("weight", (k, m), Normal(self.std)),
            "phase": Parameter("bias", (k, m), Uniform(math.pi)),
            "amplitude": Parameter("weight", (k, o, m), small),
            "offset": Parameter("bias", (k, o), small),
        }

    def forward(self, x: Array, *, params: dict[str, Array]) -> tuple[Array, tuple]:
        """w = cos(2π f x + φ), e = w Aᵀ + c, y = (x, e)."""
        xp = namespace(x)
        f, phi, A, c = (params[n] for n in ("frequency", "phase", "amplitude", "offset"))
        z = xp.take(x, xp.asarray(self.chosen(x.shape[1])), axis=1)[:, :, None]
        u = 2 * math.pi * f * z + phi
        w = xp.cos(u)
        e = xp.sum(w[:, :, None, :] * A, axis=3) + c
        y = xp.concat([x, xp.reshape(e, (x.shape[0], e.shape[1] * e.shape[2]))], axis=1)
        return y, (z, u, w, f, A)

    def backward(self, dy: Array, saved: tuple) -> tuple[Array, dict[str, Array]]:
        """dA = Σₙ deᵀ w, dc = Σₙ de, du = −(de A) sin u, dφ = Σₙ du, df = 2π Σₙ du x."""
        xp = namespace(dy)
        z, u, w, f, A = saved
        k, o, _ = A.shape
        d = dy.shape[1] - k * o
        de = xp.reshape(dy[:, d:], (dy.shape[0], k, o, 1))
        du = -xp.sum(de * A, axis=2) * xp.sin(u)
        dparams = {
            "frequency": 2 * math.pi * xp.sum(du * z, axis=0),
            "phase": xp.sum(du, axis=0),
            "amplitude": xp.sum(w[:, :, None, :] * de, axis=0),
            "offset": xp.sum(de[:, :, :, 0], axis=0),
        }
        dz = 2 * math.pi * xp.sum(du * f, axis=2)
        return dy[:, :d] + self._spread(dz, d), dparams

    def _spread(self, dz: Array, d: int) -> Array:
        """Return dz in its columns among d, with zeros in the others."""
        xp, chosen = namespace(dz), self.chosen(d)
        own = {column: i for i, column in enumerate(chosen)}
        padded = xp.concat([dz, xp.zeros_like(dz[:, :1])], axis=1)
        return xp.take(padded, xp.asarray([own.get(j, len(chosen)) for j in range(d)]), axis=1)


@dataclass(frozen=True, repr=False, eq=False)
class Embedding(Layer):
    """Replace groups of columns of 0 and 1, one column a category, by a learned vector a category.

    y = (the other columns, x[:, a:b] E of the first group, of the second, ...), E a part of the
    rows of ``vectors``. Many categories need few inputs then, and similar ones can become alike.
    ``torch.nn.Embedding`` in PyTorch, which takes the numbers of categories instead.

    Parameters
    ----------
    groups : sequence of (int, int)
        From which column to before which each group goes; in order, and apart.
    size : int
        How many numbers a vector has.

    Notes
    -----
    Shapes: x ``(N, d)``, y ``(N, d − Σ(b − a) + size · groups)``, ``vectors`` ``(Σ(b − a), size)``.

    References
    ----------
    Guo and Berkhahn, "Entity embeddings of categorical variables", 2016.

    Examples
    --------
    >>> Embedding([(1, 30)], size=4).output_shape((32,))
    (7,)
    """

    groups: Sequence[tuple[int, int]]
    size: int = 8
    scope = "sample"

    def __post_init__(self) -> None:
        set_fields(self, size=check_integer("size", self.size))
        groups, end = [], 0
        for pair in _sequence(self, "groups"):
            if not isinstance(pair, (tuple, list)) or len(pair) != 2:
                raise TypeError(f"`groups` must be pairs such as (0, 12), got {described(pair)}")
            start, stop = (check_integer("groups", i, minimum=0) for i in pair)
            if not end <= start < stop:
                raise InputError(
                    f"`groups` must be in order and apart, and none empty; got {self.groups}"
                )
            groups.append((start, stop))
            end = stop
        if not groups:
            raise InputError("`groups` must hold a pair such as (0, 12), got none")
        set_fields(self, groups=tuple(groups))

    def others(self, d: int) -> list[int]:
        """Return the columns, of d, that are in no group."""
        inside = {j for start, stop in self.groups for j in range(start, stop)}
        return [j for j in range(d) if j not in inside]

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(d − Σ(b − a) + size · groups,)``."""
        (d,) = _row(input_shape, self.groups[-1][1] - 1)
        return (len(self.others(d)) + self.size * len(self.groups),)

    def parameters(self, input_shape: Shape) -> dict[str, Parameter]:
        """Return the vectors of all categories."""
        count = sum(stop - start for start, stop in self.groups)
        return {"vectors": Parameter("weight", (count, self.size), Normal(1.0))}

    def forward(self, x: Array, *, params: dict[str, Array]) -> tuple[Array, tuple]:
        """y = (the other columns, x[:, a:b] E of each group)."""
        xp, E = namespace(x), params["vectors"]
        others = xp.take(x, xp.asarray(self.others(x.shape[1]), dtype=xp.int64), axis=1)
        parts = [x[:, group] @ E[own, :] for group, own in self.slices()]
        return xp.concat([others, *parts], axis=1), (x, E)

    def backward(
        self, dy: Array, saved: tuple, *, need_dx: bool
    ) -> tuple[Array | None, dict[str, Array]]:
        """dE = x[:, a:b]ᵀ de, dx[:, a:b] = de Eᵀ."""
        x, E = saved
        xp, d = namespace(dy), x.shape[1]
        others, slices = self.others(d), self.slices()
        n = len(others)
        of_groups = [dy[:, n + i * self.size : n + (i + 1) * self.size] for i in range(len(slices))]
        dE = [x[:, group].T @ de for (group, _), de in zip(slices, of_groups, strict=True)]
        dparams = {"vectors": xp.concat(dE, axis=0)}
        if not need_dx:
            return None, dparams
        parts = [de @ E[own, :].T for (_, own), de in zip(slices, of_groups, strict=True)]
        order = [*others, *(j for start, stop in self.groups for j in range(start, stop))]
        back = xp.asarray(np.argsort(order).tolist())
        return xp.take(xp.concat([dy[:, :n], *parts], axis=1), back, axis=1), dparams

    def slices(self) -> list[tuple[slice, slice]]:
        """Return for each group its columns of x, and its rows of E."""
        ends = np.cumsum([0, *(stop - start for start, stop in self.groups)]).tolist()
        own = [slice(a, b) for a, b in pairwise(ends)]
        return [(slice(*group), rows) for group, rows in zip(self.groups, own, strict=True)]


def _sequence(layer: Any, name: str) -> Sequence[Any]:
    """Return a setting that holds several things, or refuse it."""
    given = getattr(layer, name)
    if isinstance(given, str) or not isinstance(given, (Sequence, np.ndarray)):
        raise TypeError(f"`{name}` must be a sequence, got {described(given)}")
    return given  # type: ignore[return-value]


def _row(input_shape: Shape, last: int) -> Shape:
    """Return the shape of a sample, if it is a row that has a column of this number."""
    if len(input_shape) != 1 or input_shape[0] <= last:
        raise ShapeError(
            f"takes rows of more than {last} columns, got samples of shape {input_shape}"
        )
    return input_shape
