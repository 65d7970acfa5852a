"""``tidu doctor``, as a user types it."""

import tidu as td
from tests.cli.running import tidu

MODEL = "tidu-out/digits/model.safetensors"


def test_a_trained_network_is_healthy(digits):
    folder, _ = digits
    ended = tidu("doctor", MODEL, "digits", cwd=folder)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("healthy")


def test_a_disease_is_named_and_ends_with_status_1(tmp_path):
    td.Network([td.Affine(10)], 64, td.SoftmaxCrossEntropy()).save(tmp_path / "net")
    ended = tidu("doctor", "net", "digits", cwd=tmp_path)
    assert ended.status == 1
    assert ended.out.startswith("- inputs not scaled: ")


def test_json(digits):
    folder, _ = digits
    ended = tidu("doctor", MODEL, "digits", "--lr", 30, "--json", cwd=folder)
    result = ended.json
    assert (ended.status, result["model"], result["healthy"]) == (1, MODEL, False)
    assert [found["disease"] for found in result["findings"]] == ["learning rate too high"]
    assert [layer["name"] for layer in result["layers"]][:2] == ["Rescale1", "Affine1"]
    assert list(result["updates"]) == ["W1", "W2"]
    rates = [trial["rate"] for trial in result["rates"]]
    assert rates == sorted(rates)
    assert 30 in rates
