"""A layer that does not keep its contract is told so, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import tidu as td
from tests.tables import Shaken, Square
from tidu.errors import InputError, ShapeError


@dataclass(frozen=True)
class Scale(td.Layer):
    """y = g x: a layer to be spoilt."""

    def parameters(self, input_shape):
        return {"g": td.Parameter("scale", input_shape)}

    def forward(self, x, *, params):
        return x * params["g"], (x, params["g"])

    def backward(self, dy, saved, *, need_dx):
        x, g = saved
        return (dy * g if need_dx else None), {"g": (dy * x).sum(axis=0)}


def spoilt(base, **methods):
    return type(base.__name__, (base,), methods)()


def _kept_on_the_class(self, x):
    type(self).last = x
    return x**2, ()


def _first_kept(self, x):
    if not hasattr(type(self), "first"):
        type(self).first = x
    return x**2, ()


def _in_place(self, x):
    x *= 2
    return x, (x,)


def _changes_g(self, x, *, params):
    params["g"] += 1
    return x * params["g"], (x, params["g"])


def _changes_dy(self, dy, saved):
    dy *= 2 * saved[0]
    return dy


def _changes_saved(self, dy, saved):
    saved[0][...] *= 2
    return saved[0] * dy


def _without_g(self, dy, saved, *, need_dx):
    return (dy * saved[1] if need_dx else None), {}


def _g_of_samples(self, dy, saved, *, need_dx):
    return (dy * saved[1] if need_dx else None), {"g": dy * saved[0]}


def _g_none(self, dy, saved, *, need_dx):
    return (dy * saved[1] if need_dx else None), {"g": None}


def _always_dx(self, dy, saved, *, need_dx):
    return dy * saved[1], {"g": (dy * saved[0]).sum(axis=0)}


def _no_g_without_dx(self, dy, saved, *, need_dx):
    dg = (dy * saved[0]).sum(axis=0)
    return (dy * saved[1], {"g": dg}) if need_dx else (None, {"g": 0 * dg})


MISTAKES = {
    "forward gives y alone": (
        spoilt(Square, forward=lambda self, x: x**2),
        InputError,
        "forward must return y, saved, got a float32 array of shape (4, 3)",
    ),
    "no new state": (
        spoilt(Shaken, forward=lambda self, x, *, params, state, noise, training: (x, ())),
        InputError,
        "forward must return y, saved, state, got 2 things; it asks for `state`",
    ),
    "state of other names": (
        spoilt(Shaken, forward=lambda self, x, *, params, state, noise, training: (x, (), {})),
        InputError,
        "forward must return state with the names ['m'], got []",
    ),
    "output_shape": (
        spoilt(Square, output_shape=lambda self, shape: (7,)),
        ShapeError,
        "the output has shape (4, 3), where output_shape says (4, 7)",
    ),
    "float64 out of float32": (
        spoilt(Square, forward=lambda self, x: (x.astype(np.float64) ** 2, (x,))),
        InputError,
        "the output is float64 where the input is float32: keep the dtype of x",
    ),
    "float32 within": (
        spoilt(
            Square,
            backward=lambda self, dy, s: (2 * s[0] * dy).astype(np.float32).astype(dy.dtype),
        ),
        InputError,
        "dx is float64 but holds the digits of float32 alone",
    ),
    "x changed": (spoilt(Square, forward=_in_place), InputError, "forward changes `x` in place"),
    "parameters changed": (
        spoilt(Scale, forward=_changes_g),
        InputError,
        "forward changes `params.g` in place",
    ),
    "dy changed": (spoilt(Square, backward=_changes_dy), InputError, "changes `dy` in place"),
    "saved changed": (
        spoilt(Square, backward=_changes_saved),
        InputError,
        "backward gives two gradients for the same `saved`",
    ),
    "last call kept": (
        spoilt(
            Square,
            forward=_kept_on_the_class,
            backward=lambda self, dy, saved: 2 * type(self).last * dy,
        ),
        InputError,
        "backward gives another gradient after forward was called on another batch",
    ),
    "randomness of its own": (
        spoilt(Square, forward=lambda self, x: (x + np.random.default_rng().random(), (x,))),
        InputError,
        "forward gives two outputs for the same input",
    ),
    "dx is None": (
        spoilt(Square, backward=lambda self, dy, saved: None),
        InputError,
        "dx is None",
    ),
    "dx of another shape": (
        spoilt(Square, backward=lambda self, dy, saved: dy.sum(axis=0)),
        ShapeError,
        "dx has shape (3,), where x has (4, 3)",
    ),
    "dparams forgotten": (
        spoilt(Scale, backward=lambda self, dy, saved: dy),
        InputError,
        "backward must return dx, dparams, got a float32 array",
    ),
    "dparams nobody asked for": (
        spoilt(Square, backward=lambda self, dy, saved: (dy, {})),
        InputError,
        "backward must return dx alone, since forward takes no `params`",
    ),
    "dparams without g": (
        spoilt(Scale, backward=_without_g),
        InputError,
        "backward must return dparams with the names ['g'], got []",
    ),
    "a sample's dg": (
        spoilt(Scale, backward=_g_of_samples),
        ShapeError,
        "dg has shape (4, 3), where g has (3,)",
    ),
    "dg is None": (spoilt(Scale, backward=_g_none), InputError, "names ['g'], got []"),
    "need_dx not heeded": (
        spoilt(Scale, backward=_always_dx),
        InputError,
        "asks for `need_dx` and computes dx all the same",
    ),
    "need_dx changes dg": (
        spoilt(Scale, backward=_no_g_without_dx),
        InputError,
        "with need_dx=False backward gives other gradients of the parameters",
    ),
    "an argument that is not to be had": (
        spoilt(Square, forward=lambda self, x, param: (x, ())),
        InputError,
        "forward asks for `param`, which is not to be had; did you mean 'params'?",
    ),
    "parameters not asked for": (
        spoilt(Scale, forward=lambda self, x: (x, ())),
        InputError,
        "it has params, but forward does not ask for `params`",
    ),
    "noise without draws_noise": (
        spoilt(Square, forward=lambda self, x, *, noise: (x, ())),
        InputError,
        "needs `draws_noise = True`",
    ),
    "noise never drawn": (
        spoilt(Square, draws_noise=True, forward=lambda self, x, *, noise: (x, ())),
        InputError,
        "draw_noise returned None",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_has_its_sentence(mistake):
    layer, error, sentence = MISTAKES[mistake]
    with pytest.raises(error) as caught:
        td.check_layer(layer, 2 if isinstance(layer, Shaken) else 3)
    assert sentence.replace("(4, 3)", "(4, 2)" if isinstance(layer, Shaken) else "(4, 3)") in str(
        caught.value
    )


def test_a_cache_filled_by_the_first_call_alone_is_found():
    layer = spoilt(
        Square, forward=_first_kept, backward=lambda self, dy, saved: 2 * type(self).first * dy
    )
    assert td.check_layer(layer, 3).verdict == "wrong"
