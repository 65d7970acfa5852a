"""Objects that are nothing but their settings."""

from dataclasses import dataclass

import numpy as np
import pytest

import tidu as td
from tests.tables import INITIALIZERS, LAYERS, LOSSES, PENALTIES, Shaken, Square
from tidu.config import call_repr, set_fields

OBJECTS = [
    *(row.layer for row in LAYERS),
    *(row.loss for row in LOSSES),
    *PENALTIES[1:],
    *INITIALIZERS,
    td.Affine(3, initializer=td.He("uniform")),
    td.Affine(np.int64(3), bias=False, initializer="orthogonal"),
    td.Dropout(np.float32(0.25)),
    td.BatchNorm(np.float64(0.25), eps=1),
    td.SoftmaxCrossEntropy(np.float64(0.25), class_weights=np.array([1, 2])),
    td.Normal(np.float32(0.5)),
    td.Orthogonal(2),
    td.ElasticNet(np.float64(1), 2),
]
NAMES = {name: getattr(td, name) for name in td.__all__} | {"Square": Square, "Shaken": Shaken}


@pytest.mark.parametrize("settings", OBJECTS, ids=repr)
def test_repr_makes_the_same_object_and_equal_ones_hash_alike(settings):
    again = eval(repr(settings), NAMES)
    assert again == settings
    assert hash(again) == hash(settings)
    assert "np." not in repr(settings)


@dataclass(frozen=True, repr=False)
class Sample:
    first: float
    second: tuple = ()

    __repr__ = call_repr


def test_what_is_at_its_default_is_left_out():
    assert repr(Sample(1.0)) == "Sample(1.0)"
    assert repr(Sample(1.0, (2,))) == "Sample(1.0, second=(2,))"


def test_settle_replaces_a_value_and_no_one_else_can():
    sample = Sample(1.0)
    set_fields(sample, first=2.0, second=(1,))
    assert (sample.first, sample.second) == (2.0, (1,))
    with pytest.raises(AttributeError):
        sample.first = 3.0


def test_a_users_own_loss_needs_no_settings_to_be_shown():
    class Mine(td.Loss):
        pass

    assert repr(Mine()) == "Mine()"
