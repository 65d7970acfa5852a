"""Settings as JSON and back."""

import json
from dataclasses import dataclass

import numpy as np
import pytest

import tidu as td
from tests.tables import INITIALIZERS, LAYERS, LOSSES, PENALTIES, Shaken, Square
from tidu.errors import FileFormatError, InputError
from tidu.formats.architecture import KNOWN, decoded, encoded

OWN = {"Square": Square, "Shaken": Shaken}
OBJECTS = [
    *(row.layer for row in LAYERS),
    *(row.loss for row in LOSSES),
    *PENALTIES,
    *INITIALIZERS,
    *(td.Affine(3, initializer=rule) for rule in INITIALIZERS),
    td.Affine(3, bias=False, initializer="he"),
    td.Rescale(1 / 3, 1e-300),
    td.SoftmaxCrossEntropy(0.1, [1 / 3, 2.0]),
]


@pytest.mark.parametrize("value", OBJECTS, ids=repr)
def test_through_json_and_back_is_the_same(value):
    text = json.dumps(encoded(value), allow_nan=False)
    found = decoded(json.loads(text), OWN)
    assert found == value
    assert repr(found) == repr(value)


def test_everything_public_that_a_network_is_made_of_is_known():
    bases = (td.Layer, td.Loss, td.Penalty, td.Initializer)
    public = {getattr(td, name) for name in td.__all__}
    kinds = {k for k in public if isinstance(k, type) and issubclass(k, bases)} - set(bases)
    assert kinds <= set(KNOWN.values())
    assert all(KNOWN[kind.__name__] is kind for kind in kinds)


@dataclass(frozen=True)
class Holding(Square):
    what: object = None


@pytest.mark.parametrize("number", [np.int64(5), np.float32(0.1), np.float64(1 / 3), np.True_])
def test_numbers_of_numpy_are_saved_as_pythons(number):
    text = json.dumps(encoded(Holding(number)))
    assert decoded(json.loads(text), {"Holding": Holding}).what == number


@pytest.mark.parametrize("what", [lambda x: x, {"a": 1}, np.zeros(3), {1, 2}, 1j, object()])
def test_settings_that_json_cannot_hold_are_refused_when_saving(what):
    with pytest.raises(InputError, match="cannot save"):
        encoded(Holding(what))


def test_a_layer_that_is_no_dataclass_is_refused_when_saving():
    class Plain(td.Layer):
        pass

    with pytest.raises(InputError, match="a layer to be saved must be a dataclass"):
        encoded(Plain())


REFUSED = [
    ({"type": "Afine", "units": 3}, "did you mean 'Affine'?"),
    ({"type": "os.system"}, "there is no class 'os.system' here"),
    ({"type": "Square"}, "layers={'Square': ...}"),
    ({"type": None}, "there is no class None"),
    ({"units": 3}, "there is no class None"),
    ({"type": "Layer"}, "there is no class 'Layer'"),
    ({"type": "Parameter", "kind": "weight", "shape": [3]}, "there is no class 'Parameter'"),
    ({"type": "Affine"}, "Affine cannot be made of these settings"),
    ({"type": "Affine", "units": 0}, "`units` must be a positive integer"),
    ({"type": "Affine", "units": "3"}, "`units` must be an integer"),
    ({"type": "Affine", "units": 2.5}, "`units` must be an integer"),
    ({"type": "Affine", "units": 3, "colour": 1}, "unexpected keyword argument 'colour'"),
    ({"type": "Affine", "units": 3, "initializer": "hee"}, "did you mean 'he'?"),
    ({"type": "Affine", "units": 3, "initializer": {"type": "ReLU"}}, "`initializer` must be"),
    ({"type": "Dropout", "rate": 1.5}, "`rate` must be"),
    ({"type": "Dropout", "rate": float("nan")}, "`rate` must be"),
    ({"type": "Rescale", "scale": float("inf")}, "`scale` must be a finite number"),
    ({"type": "Rescale", "scale": 10**400}, "Rescale cannot be made"),
    ({"type": "Chain", "layers": [{"type": "L2", "strength": 1}]}, "must be a layer"),
    ({"type": "Chain", "layers": 5}, "`layers` must be a list of layers"),
    ({"type": "Residual", "block": None}, "`block` must be a layer"),
    ({"type": "SoftmaxCrossEntropy", "class_weights": "abc"}, "`class_weights` must be"),
]


@pytest.mark.parametrize(("value", "sentence"), REFUSED, ids=str)
def test_settings_that_make_nothing_are_refused(value, sentence):
    with pytest.raises(FileFormatError) as caught:
        decoded(value, {})
    assert sentence in str(caught.value)


def test_a_class_of_the_readers_own_comes_before_tidus():
    class ReLU(Square):
        pass

    assert type(decoded({"type": "ReLU"}, {"ReLU": ReLU})) is ReLU
