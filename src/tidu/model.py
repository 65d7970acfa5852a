"""An objective with two vectors of its own: its parts by name, initial values, copies, a table.

`Network` is such a model, and what one asks of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

import numpy as np

from tidu import html
from tidu.arrays import Array, VectorOwner, described, promoted
from tidu.errors import ShapeError, check_number
from tidu.language import aligned, translator, width_of
from tidu.layers.base import Layer, Shape
from tidu.layout import NamedVector, with_paths
from tidu.objective import Objective
from tidu.randomness import stream

if TYPE_CHECKING:
    from tidu.training import Run

_ = translator("library")

_LETTERS = 72
"""What a layer may take of a line in the table of a network."""


class VectorModel(VectorOwner, Objective):
    """An objective, ``theta`` and ``state``; initial values follow from ``seed``."""

    theta: np.ndarray
    state: np.ndarray
    seed: int
    run: Run | None = None

    def initialize(self) -> None:
        """Set `theta` and `state` to their initial values, as they follow from the seed."""
        rng = stream(self.seed, "theta")
        draw = {path: parameter.initializer for path, parameter in with_paths(self.parameters)}
        start = {path: buffer.initial for path, buffer in with_paths(self.buffers)}
        theta = np.empty(self.layout.size, self.dtype)
        state = np.empty(self.state_layout.size, self.dtype)
        for entry in self.layout.entries:
            theta[entry.slice] = draw[entry.path](rng, entry.shape, self.dtype).ravel()
        for entry in self.state_layout.entries:
            state[entry.slice] = start[entry.path]
        self.theta, self.state = theta, state

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, in order."""
        return tuple(self.chain.layers)

    def __getitem__(self, name: str) -> np.ndarray:
        """Return a view of one parameter or buffer: ``net["W1"]``."""
        if name in self.state_layout:
            return NamedVector(self.state_layout, self.state)[name]
        return NamedVector(self.layout, self.theta)[name]

    def __setitem__(self, name: str, value: Array) -> None:
        """Copy an array into one parameter or buffer."""
        part, array = self[name], np.asarray(promoted(value, name))
        if array.shape != part.shape:
            raise ShapeError(f"`{name}` has shape {part.shape}, got {described(value)}")
        part[...] = array

    def freeze(self, *names: str) -> None:
        """Keep the named parameters as they are while the others learn."""
        self.layout = self.layout.with_trainable(names, trainable=False)

    def unfreeze(self, *names: str) -> None:
        """Let the named parameters learn again."""
        self.layout = self.layout.with_trainable(names, trainable=True)

    def set_rate_factors(self, factors: Mapping[str, float]) -> None:
        """Multiply the learning rate of the named parameters, as long as they learn.

        A step of such a parameter is the factor times the optimizer's, weight decay included.
        PyTorch has parameter groups for it.

        Examples
        --------
        >>> from tidu import Affine, Network
        >>> net = Network([Affine(2)], 3, "mean-squared-error")
        >>> net.set_rate_factors({"b1": 0.1})
        >>> net.layout["b1"].rate_factor
        0.1
        """
        if not isinstance(factors, Mapping):
            raise TypeError(
                f"`factors` must be numbers by parameter, such as {{'b1': 0.1}}, "
                f"got {described(factors)}"
            )
        checked = {k: check_number(f"factors[{k!r}]", v, above=0) for k, v in factors.items()}
        self.layout = self.layout.with_rate_factors(checked)

    def set_decay(self, decays: Mapping[str, bool]) -> None:
        """Say of the named parameters whether weight decay shrinks them; else it does weights.

        Penalties such as `L2` are for weights alone.

        Examples
        --------
        >>> from tidu import Affine, Network, Scale
        >>> net = Network([Scale(), Affine(2)], 3, "mean-squared-error")
        >>> net.set_decay({"scale1": True})
        >>> [name for name, entry in net.layout.items() if entry.decays]
        ['scale1', 'W1']
        """
        if not isinstance(decays, Mapping):
            raise TypeError(
                f"`decays` must be True or False by parameter, such as {{'scale1': True}}, "
                f"got {described(decays)}"
            )
        for name, value in decays.items():
            if not isinstance(value, bool):
                raise TypeError(f"`decays[{name!r}]` must be True or False, got {value!r}")
        self.layout = self.layout.with_decay(decays)

    def copy(self) -> Self:
        """Return a network of the same layers and values that shares no array with this one."""
        return self.astype(self.dtype)

    def astype(self, dtype: str | np.dtype) -> Self:
        """Return a copy that computes in another dtype."""
        other = super().astype(dtype)
        other.adopt(self.theta.astype(dtype), self.state.astype(dtype))
        other.run = None
        return other

    def __repr__(self) -> str:
        """Return a table of the layers: the shapes they give, what they learn, what they cost."""
        rows, last = self._table()
        widths = [max(width_of(row[k]) for row in rows) for k in range(3)]
        lines = [
            "  ".join(
                [*(aligned(row[k], widths[k], right=k == 2) for k in range(3)), row[3]]
            ).rstrip()
            for row in rows
        ]
        rule = "-" * max(map(width_of, lines))
        return "\n".join([lines[0], rule, *lines[1:], rule, last])

    def _repr_html_(self) -> str:
        rows, last = self._table()
        return html.table(rows[0], rows[1:], last)

    def _table(self) -> tuple[list[tuple[str, str, str, str]], str]:
        """Return the rows of the table of layers, and what stands below it."""
        rows = [
            (_("layer"), _("output"), _("multiply-adds"), _("parameters")),
            (_("(input)"), _by(self.input_shape), "", ""),
        ]
        shapes = self.chain.shapes(self.input_shape)[1:]
        before = self.input_shape
        for i, (layer, shape) in enumerate(zip(self.layers, shapes, strict=True)):
            count = layer.multiply_adds(before)
            learned = ", ".join(
                f"{e.name} {e.shape}" + ("" if e.trainable else _(" frozen"))
                for e in self.layout.entries
                if e.path[0] == i
            )
            rows.append((_shown(layer), _by(shape), f"{count:,}" if count else "", learned))
            before = shape
        total = self.chain.multiply_adds(self.input_shape)
        last = _("{size:,} parameters, {total:,} multiply-adds a sample, {dtype}, {loss!r}").format(
            size=self.layout.size, total=total, dtype=self.dtype, loss=self.loss_function
        )
        last += f" + {self.penalty!r}" if self.penalty else ""
        return rows, last


def _shown(layer: Layer) -> str:
    """Return a layer as the table shows it: one of many numbers, such as Standardize, by name."""
    text = repr(layer)
    return text if len(text) <= _LETTERS else f"{type(layer).__name__}(…)"


def _by(shape: Shape) -> str:
    return "×".join(map(str, shape))
