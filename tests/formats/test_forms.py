"""Each layer has the forms that its row names; without them it is named, and does all else."""

from __future__ import annotations

import numpy as np
import pytest

import tidu as td
from tests.tables import LAYERS, Shaken, Square

NEEDS = {"numpy": "numpy", "onnx": "onnx", "torch": "torch"}


def exported(net, form, folder):
    pytest.importorskip(NEEDS[form])
    return net.to_torch() if form == "torch" else getattr(net, f"to_{form}")(folder / "net")


@pytest.mark.parametrize("form", NEEDS)
@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_a_layer_has_the_forms_that_its_row_names(row, form, tmp_path):
    net = td.Network([row.layer], row.input_shape, td.SumSquaredError())
    if form in row.forms:
        exported(net, form, tmp_path)
    else:
        with pytest.raises(td.InputError, match="there is no row for its class") as caught:
            exported(net, form, tmp_path)
        assert str(caught.value).startswith(f"{row.layer!r} cannot be written as a")
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_every_layer_trains_checks_saves_and_loads(row, tmp_path):
    layers = [row.layer, td.Flatten(), td.Affine(2)]
    net = td.Network(layers, row.input_shape, td.MeanSquaredError(), seed=1)
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(20, *row.input_shape)), rng.normal(size=(20, 2))
    before = net.loss(x, t)
    net.fit(x, t, optimizer=td.Adam(0.01), epochs=3, batch_size=5, progress=False)
    assert net.loss(x, t) < before
    assert net.check_gradients(x[:4], t[:4]).ok
    net.save(tmp_path / "net.safetensors")
    again = td.load(tmp_path / "net.safetensors", layers={"Square": Square, "Shaken": Shaken})
    np.testing.assert_array_equal(again.forward(x), net.forward(x))
