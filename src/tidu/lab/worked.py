"""A network's forward and backward pass on one sample, as sentences with all of their numbers.

Values are those of the layers, gradients those of their backward functions; ``z`` is a weighted
sum, ``h`` the output of a hidden unit, ``y`` of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidu import functions
from tidu.autodiff.graph import enclosed, number
from tidu.layers.base import backward, forward
from tidu.losses import by_name
from tidu.network import Network

Step = dict[str, Any]


@dataclass(frozen=True)
class LossText:
    """A loss and its derivative as a person writes them, of the outputs y and the targets t."""

    total: Callable[[Sequence[str], Sequence[str]], str]
    slope: Callable[[str, str, int], str]
    link: Callable[[np.ndarray], np.ndarray] = lambda y: y
    """What stands for y in the numbers of both."""
    linked: str = "{}"


def _squares(y: Sequence[str], t: Sequence[str]) -> str:
    return " + ".join(f"({a} − {enclosed(b)})²" for a, b in zip(y, t, strict=True))


def _logarithms(y: Sequence[str], t: Sequence[str]) -> str:
    return " + ".join(f"{b} · log {a}" for a, b in zip(y, t, strict=True))


def _both_logarithms(y: Sequence[str], t: Sequence[str]) -> str:
    return " + ".join(
        f"{b} · log {a} + (1 − {b}) · log(1 − {a})" for a, b in zip(y, t, strict=True)
    )


def _difference(y: str, t: str, n: int) -> str:
    return f"{y} − {enclosed(t)}"


LOSSES: dict[str, LossText] = {
    "sum-squared-error": LossText(lambda y, t: f"½ · ({_squares(y, t)})", _difference),
    "mean-squared-error": LossText(
        lambda y, t: f"({_squares(y, t)}) / {len(y)}",
        lambda y, t, n: f"2 · ({_difference(y, t, n)}) / {n}",
    ),
    "softmax-cross-entropy": LossText(
        lambda y, t: f"−({_logarithms(y, t)})", _difference, functions.softmax, "softmax(y){}"
    ),
    "sigmoid-cross-entropy": LossText(
        lambda y, t: f"−({_both_logarithms(y, t)})", _difference, functions.sigmoid, "sigmoid(y{})"
    ),
}
"""The losses that can be stepped through, by their names."""


SLOPES = {"sigmoid": "{0} · (1 − {0})", "tanh": "1 − {0}²"}
"""The derivatives of activations that are written by their own value."""


@dataclass
class UnitValues:
    """One array of the network, an entry a unit: its names, values and gradients.

    ``slopes`` are the derivatives of a unit by its own weighted sum, for activations.
    """

    letter: str
    values: np.ndarray
    gradients: np.ndarray
    slopes: np.ndarray | None = None

    def name(self, j: int) -> str:
        """Return what unit j is called."""
        return f"{self.letter}[{j}]"

    @property
    def names(self) -> list[str]:
        """What all units are called."""
        return [self.name(j) for j in range(len(self.values))]


class Worked:
    """All numbers of one sample.

    Attributes
    ----------
    net, x, t
        The network in float64, made of `Affine` layers with or without an activation after each,
        and the sample, ``(1, d)`` and ``(1, k)``.
    columns
        The input, then for each layer its sums and, with an activation, its outputs.
    total
        The loss.
    """

    def __init__(self, net: Network, x: np.ndarray, t: np.ndarray) -> None:
        self.net, self.x, self.t = net, x, t
        self.loss = LOSSES[_name_of(net)]
        params = net.layout.tree(net.theta, net.parameters)
        letters = _letters(net)
        y, kept = x, []
        self.columns = [UnitValues("x", x[0], np.zeros_like(x[0]))]
        for layer, letter, own in zip(net.layers, letters, params, strict=True):
            y, saved, _ = forward(layer, y, own, {}, None, False)
            kept.append((layer, saved))
            slopes = None
            if layer.scope == "element":
                slopes = backward(layer, np.ones_like(y), saved, True)[0][0]  # type: ignore[index]
            self.columns.append(UnitValues(letter, y[0], np.zeros_like(y[0]), slopes))
        encoded = net.targets(t, 1)
        self.total = net.loss(x, t)
        dy = net.loss_function.gradient(y, encoded)
        for (layer, saved), column in zip(reversed(kept), reversed(self.columns), strict=False):
            column.gradients = dy[0]
            dy = backward(layer, dy, saved, True)[0]
        self.columns[0].gradients = dy[0]
        self.gradient = net.gradient(x, t)

    def units(self) -> list[list[list[dict[str, Any]]]]:
        """Return for each column of the drawing its units, each a list of a sum and an output."""
        found = [[[_shown(self.columns[0], j)] for j in range(len(self.columns[0].values))]]
        for column in self.columns[1:]:
            if column.slopes is None:
                found.append([[] for _ in column.values])
            for j, unit in enumerate(found[-1]):
                unit.append(_shown(column, j))
        return found

    def edges(self) -> list[dict[str, Any]]:
        """Return each weight and bias: its name, value, gradient, and the units that it joins.

        A bias begins at no unit, which is −1.
        """
        found = []
        for k in range(len(self._sums)):
            W, b = f"W{k + 1}", f"b{k + 1}"
            for i, j in np.ndindex(self.net[W].shape):
                found.append(self._edge(W, (i, j), k, i, j))
            found += [self._edge(b, (j,), k, -1, j) for j in range(len(self.net[b]))]
        return found

    def places(self) -> list[str]:
        """Return the name of each entry of ``theta``."""
        return [
            _entry(entry.name, index)
            for entry in self.net.layout.entries
            for index in np.ndindex(entry.shape)
        ]

    def steps(self) -> list[Step]:
        """Return the operations in order: forward unit by unit, then backward.

        ``lines`` are sentences ``a = b = c``; ``shows`` are the names of what is known after it;
        ``group`` is the same for the units of one operation.
        """
        found: list[Step] = []

        def add(phase: str, group: str, lines: list[str], shows: list[str]) -> None:
            found.append({"phase": phase, "group": group, "lines": lines, "shows": shows})

        for k, column in enumerate(self.columns[1:], 1):
            for j, name in enumerate(column.names):
                add("forward", column.letter, [self._forward(k, j)], [name])
        add("forward", "L", [self._loss()], ["L"])
        for k in range(len(self.columns) - 1, 0, -1):
            column = self.columns[k]
            for j, name in enumerate(column.names):
                add("backward", column.letter, self._back_to(k, j), [name])
            if column.slopes is None:
                layer = self._sums.index(k) + 1
                for j in range(len(column.values)):
                    names = [e["name"] for e in self.edges()
                             if e["layer"] == layer - 1 and e["to"] == j]  # fmt: skip
                    lines = [self._of_weight(*_parsed(n))[0] for n in names]
                    add("backward", f"W{layer}", lines, names)
        return found

    def chain_rule(self, name: str, index: tuple[int, ...]) -> dict[str, Any]:
        """Return the chain rule of one weight in sentences, and the product of its factors."""
        k, j = self._sums[int(name[1:]) - 1], index[-1]
        lines, value = self._of_weight(name, index, whole=True)
        before = (
            self._back_to(k, j)
            if self._plain(k)
            else [*self._slope(k + 1, j), self._back_to(k + 1, j)[0]]
        )
        return {"lines": [lines, *before], "value": value}

    # -- sentences ---------------------------------------------------------------------------

    @property
    def _sums(self) -> list[int]:
        """Where the weighted sums stand among the columns."""
        return [k for k, c in enumerate(self.columns) if k and c.slopes is None]

    def _plain(self, k: int) -> bool:
        """Say whether no activation follows the sums of column k."""
        return k + 1 == len(self.columns) or self.columns[k + 1].slopes is None

    def _edge(self, name: str, index: tuple[int, ...], k: int, i: int, j: int) -> dict[str, Any]:
        return {
            "name": _entry(name, index), "value": float(self.net[name][index]), "layer": k,
            "gradient": float(self.gradient[name][index]), "from": i, "to": j,
        }  # fmt: skip

    def _forward(self, k: int, j: int) -> str:
        column, before = self.columns[k], self.columns[k - 1]
        name, value = column.name(j), number(column.values[j])
        if column.slopes is not None:
            function = type(self.net.layers[k - 1]).__name__.lower()
            argument = number(before.values[j])
            return f"{name} = {function}({before.name(j)}) = {function}({argument}) = {value}"
        layer = self._sums.index(k) + 1
        W, b = self.net[f"W{layer}"][:, j], self.net[f"b{layer}"][j]
        symbols = [f"{a} · W{layer}[{i},{j}]" for i, a in enumerate(before.names)]
        numbers = [_product(a, w) for a, w in zip(before.values, W, strict=True)]
        return (
            f"{name} = {' + '.join(symbols)} + b{layer}[{j}] = {' + '.join(numbers)} + "
            f"{enclosed(number(b))} = {value}"
        )

    def _linked(self) -> tuple[list[str], list[str]]:
        """Return names and numbers of the outputs, after the loss's link."""
        y = self.columns[-1]
        names = [self.loss.linked.format(f"[{j}]") if self.loss.linked != "{}" else name
                 for j, name in enumerate(y.names)]  # fmt: skip
        return names, [number(v) for v in self.loss.link(y.values)]

    def _loss(self) -> str:
        names, numbers = self._linked()
        targets = [f"t[{j}]" for j in range(len(names))]
        values = [number(v) for v in self.t[0]]
        symbols, with_numbers = self.loss.total(names, targets), self.loss.total(numbers, values)
        return f"L = {symbols} = {with_numbers} = {number(self.total)}"

    def _back_to(self, k: int, j: int) -> list[str]:
        """Return how the gradient of unit j of column k comes about."""
        column = self.columns[k]
        left, value = f"∂L/∂{column.name(j)}", number(column.gradients[j])
        if k + 1 == len(self.columns):
            names, numbers = self._linked()
            n = len(names)
            symbols = self.loss.slope(names[j], f"t[{j}]", n)
            with_numbers = self.loss.slope(numbers[j], number(self.t[0, j]), n)
            return [f"{left} = {symbols} = {with_numbers} = {value}"]
        after = self.columns[k + 1]
        if after.slopes is not None:
            to = after.name(j)
            symbols = f"∂L/∂{to} · ∂{to}/∂{column.name(j)}"
            factors = _product(after.gradients[j], after.slopes[j])
            return [f"{left} = {symbols} = {factors} = {value}", *self._slope(k + 1, j)]
        W = self.net[f"W{self._sums.index(k + 1) + 1}"][j]
        symbols = " + ".join(f"∂L/∂{to} · ∂{to}/∂{column.name(j)}" for to in after.names)
        terms = [_product(g, w) for g, w in zip(after.gradients, W, strict=True)]
        return [f"{left} = {symbols} = {' + '.join(terms)} = {value}"]

    def _slope(self, k: int, j: int) -> list[str]:
        """Return the derivative of an activation, where it is written by its own value."""
        column, layer = self.columns[k], self.net.layers[k - 1]
        assert column.slopes is not None
        formula = SLOPES.get(type(layer).__name__.lower())
        if formula is None:
            return []
        name, value, slope = column.name(j), number(column.values[j]), number(column.slopes[j])
        left = f"∂{name}/∂{self.columns[k - 1].name(j)}"
        return [f"{left} = {formula.format(name)} = {formula.format(enclosed(value))} = {slope}"]

    def _of_weight(
        self, name: str, index: tuple[int, ...], whole: bool = False
    ) -> tuple[str, float]:
        """Return how the gradient of a weight comes about, from its sum or, whole, its unit's."""
        k, j = self._sums[int(name[1:]) - 1], index[-1]
        column = self.columns[k]
        z, by = column.name(j), _entry(name, index)
        source = 1.0 if name[0] == "b" else float(self.columns[k - 1].values[index[0]])
        if whole and not self._plain(k):
            after = self.columns[k + 1]
            assert after.slopes is not None
            h = after.name(j)
            symbols = [f"∂L/∂{h}", f"∂{h}/∂{z}"]
            factors = [after.gradients[j], after.slopes[j], source]
        else:
            symbols, factors = [f"∂L/∂{z}"], [column.gradients[j], source]
        value = float(np.prod(factors))
        symbols.append(f"∂{z}/∂{by}")
        line = f"∂L/∂{by} = {' · '.join(symbols)} = {_product(*factors)} = {number(value)}"
        return line, value


def _product(*factors: float) -> str:
    first, *others = [number(f) for f in factors]
    return " · ".join([enclosed(first), *map(enclosed, others)])


def _entry(name: str, index: tuple[int, ...]) -> str:
    return f"{name}[{','.join(map(str, index))}]"


def _parsed(entry: str) -> tuple[str, tuple[int, ...]]:
    name, _, inside = entry.rstrip("]").partition("[")
    return name, tuple(map(int, inside.split(",")))


def _shown(column: UnitValues, j: int) -> dict[str, Any]:
    return {
        "name": column.name(j),
        "value": float(column.values[j]),
        "gradient": float(column.gradients[j]),
    }


def _name_of(net: Network) -> str:
    return next(name for name in LOSSES if by_name(name) == net.loss_function)


def _letters(net: Network) -> list[str]:
    """Return a letter for each layer's output: z1, h1, z2, y."""
    letters, block = [], 0
    for layer in net.layers:
        block += layer.scope != "element"
        letters.append(f"{'h' if layer.scope == 'element' else 'z'}{block}")
    return [*letters[:-1], "y"]
