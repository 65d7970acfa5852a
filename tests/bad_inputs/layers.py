"""Settings of layers that cannot work, and layers that do not fit together."""

import math
from dataclasses import dataclass

import numpy as np

import tidu as td
from tests.bad_inputs import Bad
from tidu.errors import InputError, ShapeError


class _Plain(td.Layer):
    pass


@dataclass(frozen=True)
class _Half(td.Layer):
    def forward(self, x):
        return x, ()


ROWS = [
    Bad("Affine.units", lambda: td.Affine(0), InputError, "`units` must be a positive integer"),
    Bad("Affine.units", lambda: td.Affine("50"), TypeError, "`units` must be an integer, got '50'"),
    Bad("Affine.units", lambda: td.Affine(True), TypeError, "`units` must be an integer, got True"),
    Bad(
        "Affine.bias",
        lambda: td.Affine(784, 50),
        TypeError,
        "`bias` must be True or False, got 50; a layer is given its outputs alone",
    ),
    Bad(
        "Affine.initializer",
        lambda: td.Affine(50, initializer="xaver"),
        InputError,
        "`initializer` cannot be 'xaver'; did you mean 'xavier'?",
    ),
    Bad(
        "Affine.initializer",
        lambda: td.Affine(50, initializer=0.01),
        InputError,
        "`initializer` must be a name or an initializer such as He(), got 0.01",
    ),
    Bad(
        "Affine.bias_initializer",
        lambda: td.Affine(50, bias_initializer="zero"),
        InputError,
        "did you mean 'zeros'?",
    ),
    Bad("SmoothClip.limit", lambda: td.SmoothClip(0), InputError, "`limit` must be above 0, got 0"),
    Bad("SmoothClip.limit", lambda: td.SmoothClip("3"), TypeError, "`limit` must be a number, got"),
    Bad("Clamp.low", lambda: td.Clamp(0, (1,)), TypeError, "`low` must be numbers, one a column"),
    Bad("Clamp.low", lambda: td.Clamp((2,), (1,)), InputError, "`low` must not be above `high`, g"),
    Bad("Clamp.low", lambda: td.Clamp((), ()), InputError, "must have one number for each column"),
    Bad("Clamp.high", lambda: td.Clamp((0,), ("a",)), TypeError, "`high` must be a number, got"),
    Bad("Clamp.high", lambda: td.Clamp((0,), (1, 2)), InputError, "for each column, got 1 and 2"),
    Bad(
        "Clamp.low",
        lambda: td.Network([td.Clamp((0,), (1,))], 2, "mean-squared-error"),
        ShapeError,
        "takes rows of 1 columns, got (2,)",
    ),
    Bad("Parametric.activation", lambda: td.Parametric("selu"), TypeError, "such as SELU(), got"),
    Bad(
        "Parametric.activation",
        lambda: td.Parametric(td.Dropout()),
        InputError,
        "`activation` must treat each number by itself, and learn and draw nothing",
    ),
    Bad("Parametric.activation", lambda: td.Parametric(td.Softmax()), InputError, "got Softmax()"),
    Bad("Periodic.frequencies", lambda: td.Periodic(0), InputError, "must be a positive integer"),
    Bad("Periodic.outputs", lambda: td.Periodic(4, 1.5), TypeError, "`outputs` must be an integer"),
    Bad("Periodic.std", lambda: td.Periodic(std=0), InputError, "`std` must be above 0, got 0"),
    Bad(
        "Periodic.columns", lambda: td.Periodic(columns=3), TypeError, "`columns` must be a sequen"
    ),
    Bad(
        "Periodic.columns", lambda: td.Periodic(columns=[]), InputError, "in increasing order, got"
    ),
    Bad(
        "Periodic.columns",
        lambda: td.Periodic(columns=[2, 1]),
        InputError,
        "`columns` must be numbers in increasing order, got [2, 1]",
    ),
    Bad(
        "Periodic.columns",
        lambda: td.Network([td.Periodic(columns=[0, 3])], 3, "mean-squared-error"),
        ShapeError,
        "takes rows of more than 3 columns, got samples of shape (3,)",
    ),
    Bad("Embedding.groups", lambda: td.Embedding("ab"), TypeError, "`groups` must be a sequence"),
    Bad(
        "Embedding.groups", lambda: td.Embedding([]), InputError, "must hold a pair such as (0, 12)"
    ),
    Bad("Embedding.groups", lambda: td.Embedding([3]), TypeError, "must be pairs such as (0, 12)"),
    Bad(
        "Embedding.groups",
        lambda: td.Embedding([(0, 3), (2, 4)]),
        InputError,
        "`groups` must be in order and apart, and none empty",
    ),
    Bad(
        "Embedding.groups",
        lambda: td.Network([td.Embedding([(0, 4)])], 3, "mean-squared-error"),
        ShapeError,
        "takes rows of more than 3 columns, got samples of shape (3,)",
    ),
    Bad(
        "Embedding.size", lambda: td.Embedding([(0, 2)], 0), InputError, "must be a positive integ"
    ),
    Bad("LeakyReLU.slope", lambda: td.LeakyReLU("a"), TypeError, "`slope` must be a number, got"),
    Bad("LeakyReLU.slope", lambda: td.LeakyReLU(math.nan), InputError, "must be a finite number"),
    Bad("ELU.alpha", lambda: td.ELU(math.inf), InputError, "`alpha` must be a finite number"),
    Bad("Dropout.rate", lambda: td.Dropout(1), InputError, "must be at least 0 and below 1, got 1"),
    Bad("Dropout.rate", lambda: td.Dropout(50), InputError, "`rate` must be at least 0 and below"),
    Bad(
        "Dropout.rate",
        lambda: td.Network([td.Dropout(lambda step: 1.0)], 2, "mean-squared-error").gradient(
            np.ones((3, 2)), np.ones((3, 2))
        ),
        InputError,
        "`rate(0)` must be at least 0 and below 1, got 1.0",
    ),
    Bad("Dropout.rate", lambda: td.Dropout("half"), TypeError, "`rate` must be a number, got"),
    Bad(
        "BatchNorm.momentum",
        lambda: td.BatchNorm(1.5),
        InputError,
        "`momentum` must be at least 0 and at most 1, got 1.5",
    ),
    Bad("BatchNorm.eps", lambda: td.BatchNorm(eps=0), InputError, "`eps` must be above 0, got 0"),
    Bad("Standardize.mean", lambda: td.Standardize("12", (1, 1)), TypeError, "`mean` must be num"),
    Bad("Standardize.mean", lambda: td.Standardize(1.0, (1,)), TypeError, "one a column"),
    Bad("Standardize.mean", lambda: td.Standardize((math.nan,), (1,)), InputError, "a finite num"),
    Bad("Standardize.spread", lambda: td.Standardize((0,), (-1,)), InputError, "must be at least"),
    Bad("Standardize.spread", lambda: td.Standardize((0,), (1, 2)), InputError, "got 1 and 2"),
    Bad("Standardize.of.x", lambda: td.Standardize.of([1, 2]), ShapeError, "the shape (N, d)"),
    Bad("Rescale.scale", lambda: td.Rescale("1/255"), TypeError, "`scale` must be a number, got"),
    Bad("Rescale.scale", lambda: td.Rescale(math.inf), InputError, "`scale` must be a finite"),
    Bad("Rescale.offset", lambda: td.Rescale(1, None), TypeError, "`offset` must be a number, got"),
    Bad("Chain.layers", lambda: td.Chain(td.Affine(3)), TypeError, "`layers` must be a list of"),
    Bad(
        "Chain.layers",
        lambda: td.Chain([td.Affine(3), td.ReLU]),
        TypeError,
        "`layers[1]` is the class ReLU: write ReLU(...), with parentheses",
    ),
    Bad(
        "Chain.layers",
        lambda: td.Chain(["relu"]),
        TypeError,
        "`layers[0]` must be a layer such as Affine(10), got 'relu'",
    ),
    Bad(
        "Chain.layers",
        lambda: td.Chain([_Plain()]),
        TypeError,
        "`layers[0]`: write @dataclass(frozen=True) above class _Plain",
    ),
    Bad(
        "Chain.layers",
        lambda: td.Chain([_Half()]),
        TypeError,
        "`layers[0]`: class _Half has no method backward",
    ),
    Bad(
        "Chain.layers",
        lambda: td.Chain([td.Residual(td.Affine(3))]).output_shape((4,)),
        ShapeError,
        "its block turns shape (4,) into (3,); they must agree",
    ),
    Bad("Residual.block", lambda: td.Residual(td.ReLU), TypeError, "`block` must be a layer such"),
    Bad(
        "Parameter.kind",
        lambda: td.Parameter("weights", (2,)),
        InputError,
        "`kind` must be one of weight, bias, scale, shift, got 'weights'",
    ),
    Bad(
        "Parameter.shape",
        lambda: td.Parameter("weight", 2),
        TypeError,
        "`shape` must be a tuple of integers such as (3,), got 2",
    ),
    Bad(
        "Parameter.shape",
        lambda: td.Parameter("weight", (2.5,)),
        TypeError,
        "`shape` must be an integer, got 2.5",
    ),
    Bad(
        "Parameter.initializer",
        lambda: td.Parameter("weight", (2,), np.ones(2)),
        TypeError,
        "`initializer` must be an initializer such as He(), or None, got array",
    ),
    Bad("Buffer.shape", lambda: td.Buffer("2"), TypeError, "`shape` must be a tuple of"),
    Bad("Buffer.shape", lambda: td.Buffer((-1,)), InputError, "`shape` must be zero or a"),
    Bad(
        "Buffer.initial",
        lambda: td.Buffer((2,), None),
        TypeError,
        "`initial` must be a number, got None",
    ),
]
