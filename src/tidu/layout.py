"""Where everything is in a flat vector: the map between named arrays and `theta` (or `state`).

A network owns two vectors. Code that goes through all parameters (an optimizer, a numeric gradient,
a sum over processes) goes through one vector; code that needs one of them gets a view by its name.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tidu.arrays import Array, namespace
from tidu.errors import InputError, did_you_mean
from tidu.layers.base import Buffer, Parameter, Path, Shape, Tree, subtree


@dataclass(frozen=True)
class Entry:
    """One named part of a flat vector: W1, say, at ``path`` in the tree of layers.

    ``rate_factor`` is what the learning rate is multiplied by for it, and ``decays`` says whether
    weight decay shrinks it.
    """

    name: str
    path: Path
    kind: str
    shape: Shape
    slice: slice
    trainable: bool = True
    rate_factor: float = 1.0
    decays: bool = False

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return self.slice.stop - self.slice.start


@dataclass(frozen=True)
class Layout(Mapping[str, Entry]):
    """The entries of a flat vector, in the order of the layers, by name.

    The n-th layer that has a parameter of some name gets the number n: W1, b1, W2, b2, gamma1, ...
    """

    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, tree: Tree) -> Layout:
        """Lay out a tree of `Parameter` or `Buffer`, as layers give it."""
        seen: Counter[str] = Counter()
        entries: list[Entry] = []
        start = 0
        for path, leaf in with_paths(tree):
            local = str(path[-1])
            seen[local] += 1
            size = math.prod(leaf.shape)
            kind = leaf.kind if isinstance(leaf, Parameter) else "buffer"
            part = slice(start, start + size)
            name, shape = f"{local}{seen[local]}", tuple(leaf.shape)
            entries.append(Entry(name, path, kind, shape, part, decays=kind == "weight"))
            start += size
        return cls(tuple(entries))

    @property
    def size(self) -> int:
        """The length of the vector."""
        return self.entries[-1].slice.stop if self.entries else 0

    def __getitem__(self, name: str) -> Entry:
        """Return the entry of that name."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        names = [entry.name for entry in self.entries]
        raise UnknownNameError(f"there is no parameter {name!r}; {did_you_mean(name, names)}")

    def __iter__(self) -> Iterator[str]:
        return (entry.name for entry in self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def tree(self, vector: Array, like: Tree) -> Tree:
        """Return views of a vector's parts, in a tree of the shape of ``like``."""
        parts = {entry.path: self.view(vector, entry) for entry in self.entries}
        return _rebuilt(like, parts, ())

    def view(self, vector: Array, entry: Entry) -> Array:
        """Return one entry of a vector, in its own shape."""
        return namespace(vector).reshape(vector[entry.slice], entry.shape)

    def vector(self, tree: Tree, like: Array) -> Array:
        """Return a tree's parts as one new vector of the dtype of ``like``."""
        xp = namespace(like)
        parts = [xp.reshape(subtree(tree, entry.path), (-1,)) for entry in self.entries]
        return xp.astype(xp.concat(parts), like.dtype, copy=False) if parts else xp.zeros_like(like)

    def with_trainable(self, names: tuple[str, ...], trainable: bool) -> Layout:
        """Return a layout in which the named entries are trainable or not."""
        chosen = {self[name].name for name in names}
        return Layout(
            tuple(
                replace(entry, trainable=trainable) if entry.name in chosen else entry
                for entry in self.entries
            )
        )

    def with_rate_factors(self, factors: Mapping[str, float]) -> Layout:
        """Return a layout in which the learning rate of the named entries has these factors."""
        chosen = {self[name].name: factor for name, factor in factors.items()}
        return Layout(
            tuple(
                replace(entry, rate_factor=chosen.get(entry.name, entry.rate_factor))
                for entry in self.entries
            )
        )

    def with_decay(self, chosen: Mapping[str, bool]) -> Layout:
        """Return a layout in which weight decay shrinks the named entries, or does not."""
        decays = {self[name].name: decays for name, decays in chosen.items()}
        return Layout(
            tuple(
                replace(entry, decays=decays.get(entry.name, entry.decays))
                for entry in self.entries
            )
        )

    def rates(self, dtype: np.dtype) -> np.ndarray:
        """Return a vector of the factor that each number's learning rate has."""
        rates = np.ones(self.size, dtype)
        for entry in self.entries:
            rates[entry.slice] = entry.rate_factor
        return rates

    def mask(self, *, trainable: bool = True, decays: bool = False) -> np.ndarray:
        """Return a boolean vector: True where an entry is trainable (and decays, if asked)."""
        mask = np.zeros(self.size, bool)
        for entry in self.entries:
            if entry.trainable == trainable and (entry.decays or not decays):
                mask[entry.slice] = True
        return mask


class UnknownNameError(InputError, KeyError):
    """A name that no entry has."""

    __str__ = Exception.__str__


class NamedVector(Mapping[str, Array]):
    """A flat vector whose parts can be had by name: ``gradient["W1"]``.

    Attributes
    ----------
    vector
        The whole, flat.
    """

    def __init__(self, layout: Layout, vector: Array) -> None:
        self.layout = layout
        self.vector = vector

    def __getitem__(self, name: str) -> Array:
        """Return a view of one part."""
        return self.layout.view(self.vector, self.layout[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.layout)

    def __len__(self) -> int:
        return len(self.layout)

    def __repr__(self) -> str:
        """Return the names and shapes."""
        parts = ", ".join(f"{entry.name} {entry.shape}" for entry in self.layout.entries)
        return f"<{len(self.vector)} numbers: {parts}>"


def with_paths(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each `Parameter` or `Buffer` of a tree with its path, in the layers' order."""
    if isinstance(tree, (Parameter, Buffer)):
        yield path, tree
    else:
        for key, item in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from with_paths(item, (*path, key))


def _rebuilt(like: Tree, parts: dict[Path, Array], path: Path) -> Tree:
    if isinstance(like, (Parameter, Buffer)):
        return parts[path]
    if isinstance(like, dict):
        return {key: _rebuilt(item, parts, (*path, key)) for key, item in like.items()}
    return tuple(_rebuilt(item, parts, (*path, i)) for i, item in enumerate(like))
