"""``tidu check``, as a user types it."""

import numpy as np
import pytest

import tidu as td
from tests.cli.running import tidu
from tidu.layers import Tanh

MODEL = "tidu-out/digits/model.safetensors"


@pytest.mark.parametrize("data", [(), ("digits",)])
def test_right_gradients_end_with_status_0(digits, data):
    folder, _ = digits
    ended = tidu("check", MODEL, *data, "--entries", 20, cwd=folder)
    assert ended.status == 0
    assert "gradient check: right" in ended.out
    assert all(name in ended.out for name in ("W1", "b1", "W2", "b2"))


def test_json(digits):
    folder, _ = digits
    result = tidu("check", MODEL, "--entries", 5, "--samples", 2, "--json", cwd=folder).json
    assert result["model"] == MODEL
    assert result["verdict"] == "right"
    assert [part["name"] for part in result["parts"]] == ["W1", "b1", "W2", "b2", "x"]


def test_wrong_gradients_end_with_status_1(tmp_path, monkeypatch):
    td.Network([td.Affine(4), td.Tanh(), td.Affine(2)], 3, td.MeanSquaredError()).save(
        tmp_path / "net"
    )
    assert tidu("check", "net", cwd=tmp_path).status == 0
    monkeypatch.setattr(Tanh, "backward", lambda self, dy, saved: dy * (1 - saved[0]))
    ended = tidu("check", "net", "--json", cwd=tmp_path)
    assert ended.status == 1
    assert ended.json["verdict"] == "wrong"


@pytest.mark.parametrize(
    ("loss", "last"),
    [
        (td.SigmoidCrossEntropy(), 2),
        (td.SumSquaredError(), 1),
        (td.SoftmaxCrossEntropy(), 3),
        (td.Poisson(), 2),
    ],
    ids=repr,
)
def test_every_loss_has_random_targets(tmp_path, loss, last):
    td.Network([td.Rescale(0.1), td.Affine(last)], 3, loss).save(tmp_path / "net")
    assert tidu("check", "net", cwd=tmp_path).status == 0


def test_data_of_a_regression(tmp_path):
    x = np.random.default_rng(0).normal(size=(5, 3))
    np.savez(tmp_path / "a.npz", x=x, t=x[:, :1])
    td.Network([td.Affine(1)], 3, td.MeanSquaredError()).save(tmp_path / "net")
    assert tidu("check", "net", "a.npz", cwd=tmp_path).status == 0
