"""The contract of a layer, looked at from outside: what it is given, and what it must give back.

A layer is called here as a network calls it, with what it asks for by name. What comes back is
checked before anything is computed from it, against the contract in `tidu.layers.base`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import numpy as np

from tidu.arrays import described
from tidu.errors import InputError, ShapeError, did_you_mean
from tidu.layers.base import ALWAYS_GIVEN, OFFERED, Layer, Shape, Tree, asks, called, draw_noise
from tidu.randomness import stream


def map_leaves(function: Callable[[str, Any], Any], tree: Tree, path: tuple[str, ...] = ()) -> Tree:
    """Return a tree with a function of name and leaf applied to each leaf; W, or 1.W in a block."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {key: map_leaves(function, item, (*path, str(key))) for key, item in tree.items()}
    if isinstance(tree, (tuple, list)):
        return tuple(map_leaves(function, item, (*path, str(i))) for i, item in enumerate(tree))
    return function(".".join(path), tree)


def leaves_by_name(tree: Tree) -> dict[str, Any]:
    """Return a tree's leaves by name."""
    found: dict[str, Any] = {}
    map_leaves(found.setdefault, tree)
    return found


@dataclass(frozen=True)
class Call:
    """A layer, and all that one call of it takes."""

    layer: Layer
    x: np.ndarray
    params: Tree
    state: Tree
    noise: Tree
    training: bool
    output_shape: Shape
    seed: int

    @classmethod
    def drawn(
        cls,
        layer: Layer,
        shape: Shape,
        n: int,
        training: bool,
        dtype: np.dtype,
        seed: int,
        k: int = 0,
    ) -> Call:
        """Draw the k-th call at random."""
        rng = stream(seed, "sample", k)
        params = map_leaves(
            lambda _, p: rng.normal(size=p.shape).astype(dtype), layer.parameters(shape)
        )
        state = map_leaves(
            lambda _, s: (s.initial + rng.random(s.shape)).astype(dtype), layer.buffers(shape)
        )
        x = rng.normal(size=(n, *shape)).astype(dtype)
        noise = None
        if training and layer.draws_noise:
            noise = draw_noise(layer, stream(seed, "noise", k), x.shape, dtype, 0)
            if noise is None:
                refuse(
                    layer,
                    "it has `draws_noise = True`, but draw_noise returned None: return the noise",
                )
        output_shape = (n, *layer.output_shape(shape))
        return cls(layer, x, params, state, noise, training, output_shape, seed)

    def replaced(self, **changes: Any) -> Call:
        """Return a call that differs in what is given."""
        return replace(self, **changes)

    def random_dy(self) -> np.ndarray:
        """Return a random gradient with respect to the output."""
        dy = stream(self.seed, "sample", 2).normal(size=self.output_shape)
        return dy.astype(self.x.dtype)

    def forward(self) -> tuple[np.ndarray, Tree, Tree]:
        """Return ``y, saved, state``."""
        offered = {name: getattr(self, name) for name in OFFERED["forward"]}
        result = called(self.layer, "forward", self.x, **offered)
        hands_on_state = asks(self.layer, "state")
        wanted = ("y", "saved", "state") if hands_on_state else ("y", "saved")
        if not isinstance(result, tuple) or len(result) != len(wanted):
            got = f"{len(result)} things" if isinstance(result, tuple) else described(result)
            refuse(
                self.layer,
                f"forward must return {', '.join(wanted)}, got {got}"
                + ("; it asks for `state`, so it hands on the new one" * hands_on_state),
            )
        y, saved, *rest = result
        return y, saved, rest[0] if rest else self.state

    def backward(
        self, dy: np.ndarray, saved: Tree, need_dx: bool = True
    ) -> tuple[np.ndarray | None, Tree]:
        """Return ``dx, dparams``."""
        result = called(self.layer, "backward", dy, saved, need_dx=need_dx)
        if not asks(self.layer, "params"):
            if isinstance(result, tuple):
                refuse(self.layer, "backward must return dx alone, since forward takes no `params`")
            return result, {}
        if not isinstance(result, tuple) or len(result) != 2:
            refuse(self.layer, f"backward must return dx, dparams, got {described(result)}")
        return result


def refuse(layer: Layer, sentence: str, kind: type[InputError] = InputError) -> NoReturn:
    """Raise with a sentence on what the layer does."""
    raise kind(f"`layer` {layer!r}: {sentence}")


def check_contract(
    layer: Layer, shape: Shape, n: int, training: bool, dtype: np.dtype, seed: int
) -> None:
    """Call a layer on two batches and compare what it does with what a layer promises."""
    _asks_for_what_there_is(layer)
    call, other = (Call.drawn(layer, shape, n, training, dtype, seed, k) for k in range(2))
    _is_used(call)
    other.forward()  # so that what is kept from the first call ever is not from this one
    given = leaves_by_name(
        {"x": call.x, "params": call.params, "state": call.state, "noise": call.noise}
    )
    before = map_leaves(lambda _, a: np.copy(a), given)
    y, saved, state = call.forward()
    _unchanged("forward", layer, before, given)
    _fits(layer, "the output", y, call.output_shape, dtype, "output_shape says")
    _same_names(layer, "forward", "state", state, call.state, dtype)
    if not np.array_equal(y, call.forward()[0], equal_nan=True):
        refuse(
            layer,
            "forward gives two outputs for the same input: what is random must come from "
            "draw_noise, and nothing may be kept on the layer",
        )

    dy = call.random_dy()
    dy_before = dy.copy()
    dx, dparams = call.backward(dy, saved)
    _unchanged("backward", layer, {"dy": dy_before}, {"dy": dy})
    _fits(layer, "dx", dx, call.x.shape, dtype, "x has")
    _same_names(layer, "backward", "dparams", dparams, call.params, dtype)
    first = _copied(dx, dparams)
    _not_in_float32(layer, first)
    if not _equal(first, _copied(*call.backward(dy, saved))):
        refuse(layer, "backward gives two gradients for the same `saved`: does it change it?")
    other.forward()
    if not _equal(first, _copied(*call.backward(dy, saved))):
        refuse(
            layer,
            "backward gives another gradient after forward was called on another batch: "
            "it uses something that was kept between calls; let it take all it needs from `saved`",
        )
    if asks(layer, "need_dx", "backward"):
        _check_need_dx(call, dy, saved, dparams)


def _asks_for_what_there_is(layer: Layer) -> None:
    for method, offered in OFFERED.items():
        arguments = list(inspect.signature(getattr(type(layer), method)).parameters.values())
        for argument in arguments[1 + ALWAYS_GIVEN[method] :]:  # after self
            if argument.name not in offered and argument.default is argument.empty:
                refuse(
                    layer,
                    f"{method} asks for `{argument.name}`, which is not to be had; "
                    f"{did_you_mean(argument.name, offered)}",
                )


def _is_used(call: Call) -> None:
    """See that what a layer declares, it asks for."""
    for name, tree in (("params", call.params), ("state", call.state), ("noise", call.noise)):
        if leaves_by_name(tree) and not asks(call.layer, name):
            refuse(call.layer, f"it has {name}, but forward does not ask for `{name}`")
    if asks(call.layer, "noise") and getattr(type(call.layer), "draws_noise", False) is False:
        refuse(
            call.layer, "forward asks for `noise`, which needs `draws_noise = True` on the class"
        )


def _unchanged(method: str, layer: Layer, before: dict[str, Any], after: dict[str, Any]) -> None:
    for name, array in after.items():
        if not np.array_equal(before[name], array, equal_nan=True):
            refuse(layer, f"{method} changes `{name}` in place: make a new array instead")


def _fits(layer: Layer, name: str, array: Any, shape: Shape, dtype: np.dtype, source: str) -> None:
    if array is None:
        refuse(layer, f"{name} is None; does a `return` lack it?")
    if not hasattr(array, "dtype") or tuple(np.shape(array)) != tuple(shape):
        found = tuple(np.shape(array)) if hasattr(array, "dtype") else described(array)
        refuse(layer, f"{name} has shape {found}, where {source} {tuple(shape)}", ShapeError)
    if array.dtype != dtype:
        refuse(layer, f"{name} is {array.dtype} where the input is {dtype}: keep the dtype of x")


def _same_names(
    layer: Layer, method: str, what: str, tree: Tree, like: Tree, dtype: np.dtype
) -> None:
    wanted = leaves_by_name(like)
    if not isinstance(tree, (dict, tuple)) or set(leaves_by_name(tree)) != set(wanted):
        found = sorted(leaves_by_name(tree)) if isinstance(tree, (dict, tuple)) else described(tree)
        refuse(
            layer,
            f"{method} must return {what} with the names {sorted(wanted)}, got {found}",
        )
    for name, array in leaves_by_name(tree).items():
        kept = f"d{name}" if what == "dparams" else name
        _fits(layer, kept, array, np.shape(wanted[name]), dtype, f"{name} has")


def _copied(dx: Any, dparams: Tree) -> dict[str, np.ndarray]:
    return {name: np.copy(a) for name, a in leaves_by_name({"dx": dx, "dparams": dparams}).items()}


def _equal(first: dict[str, np.ndarray], again: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(a, again[name], equal_nan=True) for name, a in first.items())


def _not_in_float32(layer: Layer, gradients: dict[str, np.ndarray]) -> None:
    """Refuse float64 gradients of random numbers that hold no more digits than float32 does."""
    for name, array in gradients.items():
        values = array[np.isfinite(array) & (array != 0)]
        with np.errstate(over="ignore", under="ignore"):
            few = values.astype(np.float32).astype(np.float64) == values
        if array.dtype == np.float64 and values.size > 1 and few.all():
            refuse(
                layer,
                f"{name.removeprefix('dparams.')} is float64 but holds the digits of float32 "
                "alone: somewhere in backward it is worked out in float32",
            )


def _check_need_dx(call: Call, dy: np.ndarray, saved: Tree, dparams: Tree) -> None:
    dx, alone = call.backward(dy, saved, need_dx=False)
    if dx is not None:
        refuse(
            call.layer,
            "backward asks for `need_dx` and computes dx all the same: where it is False, return "
            "None for dx and spare the work (or do not ask)",
        )
    _same_names(call.layer, "with need_dx=False backward", "dparams", alone, call.params, dy.dtype)
    if not _equal(_copied(None, dparams), _copied(None, alone)):
        refuse(call.layer, "with need_dx=False backward gives other gradients of the parameters")
