"""Health: the numbers of each layer are Tidu's own, and each disease gets its sentence."""

import base64
import runpy

import numpy as np
import pytest
from numpy.testing import assert_allclose

import tidu as td
from tidu.doctor.observe import observe
from tidu.lab.health import DISEASES, LOOKED_AT, NUMBERS, Health

SENTENCES = {
    "none": "healthy",
    "rate-too-high": "learning rate too high: with SGD(lr=20.0)",
    "zero-weights": "dead ReLUs: 100 % of ReLU1's units",
    "ten-sigmoids": "gradients vanish",
    "unscaled-inputs": "inputs not scaled",
    "shifted-labels": "targets out of step",
}


def built(step=0, **settings):
    part = Health()
    return part, *part.ask("build", {"settings": settings, "step": step})


def examined(part):
    for asked in range(1, 1000):
        found, _ = part.ask("examine", {})
        if found["done"]:
            return found | {"asked": asked}
    raise AssertionError("the doctor does not come to an end")


def test_each_disease_has_a_sentence():
    assert set(SENTENCES) == set(DISEASES)


@pytest.mark.parametrize("disease", DISEASES)
def test_the_doctor_finds_each_disease_and_not_where_it_is_mended(disease):
    part, head, _ = built(disease=disease)
    found = examined(part)
    assert " ".join(found["text"].split()).lstrip("- ").startswith(SENTENCES[disease])
    assert found["healthy"] == (disease == "none")
    run = part.runs[0].run
    own = run.network.diagnose(*part.runs[0].parts[0], optimizer=run.run.optimizer, batch_size=50)
    assert found["text"] == repr(own)
    if disease == "none":
        return
    part, head, _ = built(disease=disease, mended=True)
    assert len(head["runs"]) == 2
    assert examined(part)["healthy"]


def test_the_doctor_gives_way_and_begins_again_at_another_step(monkeypatch):
    monkeypatch.setattr("tidu.lab.health.MOMENT", 0)
    part, _, _ = built(step=40)
    for _ in range(20):
        assert not part.ask("examine", {})[0]["done"]
    part.ask("go", {"step": 45})
    found = examined(part)
    net, run = part.runs[0].run.network, part.runs[0].run
    own = net.diagnose(*part.runs[0].parts[0], optimizer=run.run.optimizer, batch_size=50)
    assert found["step"] == 45
    assert found["asked"] == examined(part)["asked"] > 40  # from its beginning
    assert found["text"] == repr(own)
    for work in (own.case.try_rates(), own.case.try_to_overfit()):
        assert sum(1 for _ in work) == 10  # pieces between which it gives way


@pytest.mark.parametrize("disease", [name for name in DISEASES if name != "none"])
def test_the_mended_network_learns_better(disease):
    part, head, _ = built(disease=disease, mended=True)
    while head["runs"][-1]["step"] < 150:
        head, _ = part.ask("go", {"step": 150})
    (ill, *_), (mended, *_) = (run["measures"] for run in head["runs"])
    assert not mended >= ill


def test_the_numbers_of_a_layer_are_those_of_the_doctor_and_of_the_next_step():
    part, head, arrays = built(20)
    run = part.runs[0].run
    net = run.network
    x, t = (values[:LOOKED_AT] for values in part.runs[0].parts[0])
    seen = {
        layer.name: layer for layer in observe(net, net.batch(x), net.targets(t, len(t))).layers
    }
    first, last = head["blocks"][0], head["blocks"][-1]
    assert (first["name"], last["name"]) == ("Affine1, ReLU1", "Affine4")
    assert first["gradient"] == seen["Affine1"].gradient
    assert_allclose(first["spread"], seen["ReLU1"].std, rtol=1e-5)  # one is taken in float32
    assert first["dead"] == seen["ReLU1"].dead
    before = net["W1"].copy()
    part.ask("go", {"step": 21})
    moved = np.sqrt(((net["W1"] - before) ** 2).mean() / (before**2).mean())
    assert_allclose(first["ratio"], moved, rtol=1e-4)  # a difference of float32
    columns = arrays["curve0"].shape[1]
    assert columns == 5 + len(NUMBERS) * len(head["blocks"])
    assert arrays["working0"].shape == (50,)


def test_a_step_shows_the_same_numbers_whenever_one_comes_to_it():
    part, there, _ = built(30, disease="ten-sigmoids")
    part.ask("go", {"step": 90})
    back, _ = part.ask("go", {"step": 30})
    assert back["blocks"] == there["blocks"]


@pytest.mark.parametrize("mended", [False, True])
@pytest.mark.parametrize("disease", DISEASES)
def test_the_script_and_the_file_are_those_of_the_network_that_is_seen(
    disease, mended, tmp_path, capsys
):
    part, _, _ = built(31, disease=disease, mended=mended, seed=3)
    answer, _ = part.ask("script", {})
    path = tmp_path / "run.py"
    path.write_text(answer["code"], encoding="utf-8")
    made = runpy.run_path(str(path))
    assert capsys.readouterr().out == answer["prints"]
    network = part.runs[-1].run.network
    assert made["net"].theta.tobytes() == network.theta.tobytes()
    assert max(map(len, answer["code"].splitlines())) <= 100
    file, _ = part.ask("model", {})
    saved = tmp_path / file["name"]
    saved.write_bytes(base64.b64decode(file["file"]))
    assert (td.load(saved).theta == network.theta).all()


def test_an_overflow_leaves_no_number_and_goes_on():
    part, _, _ = built(disease="rate-too-high")
    with np.errstate(all="ignore"):
        _, arrays = part.ask("go", {"step": 400})
    assert np.isfinite(arrays["working0"]).all()
    assert not np.isinf(arrays["curve0"]).any()


def test_unknown_diseases_and_early_questions_are_refused():
    with pytest.raises(td.InputError, match="`disease`"):
        built(disease="flu")
    with pytest.raises(td.InputError, match="there is no network yet"):
        Health().ask("examine", {})
