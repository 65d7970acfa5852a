"""The check of one layer."""

from dataclasses import dataclass

import numpy as np
import pytest

import tidu as td
from tests.checking.corpus import MUTANTS
from tests.tables import LAYERS

every_layer = pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)


@every_layer
@pytest.mark.parametrize("training", [True, False], ids=["training", "predicting"])
def test_every_layer_of_the_table_passes(row, training):
    report = td.check_layer(row.layer, row.input_shape, training=training)
    assert report.ok
    assert {part.x.dtype for part in report.parts} == {np.dtype(np.float64)}


@every_layer
def test_in_float32_no_layer_is_called_wrong(row):
    report = td.check_layer(row.layer, row.input_shape, dtype="float32", batch_size=2)
    assert report.verdict != "wrong"


def test_parts_have_the_layers_own_names():
    assert [p.name for p in td.check_layer(td.Affine(2), 3).parts] == ["W", "b", "x"]
    block = td.Chain([td.Affine(2), td.ReLU(), td.Affine(3)])
    assert [p.name for p in td.check_layer(block, 3).parts] == ["0.W", "0.b", "2.W", "2.b", "x"]


def test_the_same_seed_the_same_point():
    points = [[p.x for p in td.check_layer(td.Affine(2), 3, seed=s).parts] for s in (0, 0, 1)]
    assert all(np.array_equal(a, b) for a, b in zip(points[0], points[1], strict=True))
    assert not np.array_equal(points[0][0], points[2][0])


def test_noise_is_drawn_once():
    assert td.check_layer(td.Dropout(0.5), 20, batch_size=3).ok


def test_a_sample_of_a_large_layer():
    report = td.check_layer(td.Affine(50), 784, entries=5)
    assert report.ok
    assert [len(p.results) for p in report.parts] == [5, 5, 5]


def test_a_parameter_may_not_be_called_as_the_input():
    class Odd(td.Layer):
        def parameters(self, input_shape):
            return {"x": td.Parameter("scale", input_shape)}

        def forward(self, x, *, params):
            return x * params["x"], (x, params["x"])

        def backward(self, dy, saved):
            x, g = saved
            return dy * g, {"x": (dy * x).sum(axis=0)}

    with pytest.raises(td.InputError, match="has a parameter 'x'"):
        td.check_layer(Odd(), 3)


def test_assert_layer_raises_with_the_report():
    assert td.assert_layer(td.Tanh(), 3) is None
    with pytest.raises(td.GradientError, match=r"0\.25 × the numeric one") as caught:
        td.assert_layer(*MUTANTS["Affine: mean in place of sum"])
    assert "gradient check: wrong" in str(caught.value)
    assert caught.value.report.verdict == "wrong"


@dataclass(frozen=True)
class Centred(td.Layer):
    """y = x − mean of the row; it claims to treat each number by itself."""

    scope = "element"

    def forward(self, x):
        return x - x.mean(axis=1, keepdims=True), ()

    def backward(self, dy, saved):
        return dy - dy.mean(axis=1, keepdims=True)


def test_a_scope_that_is_too_narrow_is_named():
    with pytest.raises(
        td.InputError, match=r"Centred\(\), states scope = 'element'.*of its sample"
    ):
        td.check_layer(Centred(), 4)


def test_a_scope_that_is_true_or_wider_passes():
    class Rows(Centred):
        scope = "sample"

    class Silent(Centred):
        scope = "batch"

    assert td.check_layer(Rows(), 4).ok
    assert td.check_layer(Silent(), 4).ok
