"""Digits: what is drawn, what the network sees of it, and its answers."""

import runpy

import numpy as np
import pytest
from numpy.testing import assert_allclose

import tidu as td
from tidu.datasets import read_inputs
from tidu.datasets.mnist import MNIST, is_here
from tidu.lab import digits
from tidu.lab.digits import Digits
from tidu.lab.strokes import MOST, SIDE, drawn

Image = pytest.importorskip("PIL.Image", reason="needs Pillow")

THREE = [28, 18, 50, 10, 70, 22, 66, 40, 48, 48, 68, 55, 74, 72, 55, 90, 28, 82]
FOUR = [55, 10, 25, 60, 78, 60, -1, 62, 35, 62, 92]


def built(step=0, drawing=(), sample=None, **settings):
    part = Digits()
    head, arrays = part.ask("build", {"settings": settings, "drawing": drawing, "sample": sample})
    while head["runs"][0]["step"] < step:
        head, arrays = part.ask("go", {"step": step})
    return part, head, arrays


@pytest.mark.parametrize("hidden", [(), (32,), (20, 10, 10)])
def test_it_learns_and_shows_all_of_its_layers(hidden):
    _, head, arrays = built(500, hidden=hidden, sample=0, batch_norm=bool(hidden))
    assert head["runs"][0]["measures"][3] > 0.9
    assert arrays["weights"].shape == (hidden[0] if hidden else 10, 8, 8)
    layers = [arrays[f"layer{i}"].shape for i in range(1, len(hidden) + 1)]
    assert layers == [(n,) for n in hidden]
    assert len(arrays["wrong"]) == len(head["mistakes"]) <= digits.MISTAKES
    assert head["best"][0][0] == head["label"]


@pytest.mark.parametrize(("drawing", "digit"), [(THREE, 3), (FOUR, 4)])
def test_a_drawing_is_read(drawing, digit):
    _, head, arrays = built(700, drawing)
    assert head["best"][0][0] == digit
    assert head["label"] is None
    assert_allclose(arrays["shares"].sum(), 1, atol=1e-6)
    assert [share for _, share in head["best"]] == sorted(arrays["shares"])[:-4:-1]


def test_what_the_network_sees_is_what_predict_makes_of_the_picture(tmp_path):
    part, _, arrays = built(3, THREE)
    Image.fromarray(drawn(THREE).astype(np.uint8)).save(tmp_path / "3.png")
    found = read_inputs(tmp_path / "3.png", 64, scale=16, drawings=True)
    assert_allclose(arrays["seen"].ravel() * 16, found[0], atol=1e-5)
    part.ask("show", {"drawing": []})
    assert part.ask("show", {"drawing": []}) == ({"best": [], "label": None}, {})


def test_a_mistake_is_a_picture_of_the_test():
    part, head, arrays = built(100)
    for i, (sample, label, answer) in enumerate(head["mistakes"]):
        shown, seen = part.ask("show", {"sample": sample})
        assert shown["label"] == label != answer == shown["best"][0][0]
        assert (seen["seen"] == arrays["wrong"][i]).all()


@pytest.mark.parametrize("settings", [{}, {"dropout": 0.3, "hidden": (20, 10), "l2": 0.001}])
def test_the_script_makes_the_same_run_to_the_bit(settings, tmp_path, capsys):
    part, _, _ = built(50, **settings)
    answer, _ = part.ask("script", {})
    path = tmp_path / "run.py"
    path.write_text(answer["code"], encoding="utf-8")
    made = runpy.run_path(str(path))
    assert capsys.readouterr().out == answer["prints"]
    assert made["net"].theta.tobytes() == part.runs[0].run.network.theta.tobytes()
    assert max(map(len, answer["code"].splitlines())) <= 100


def test_mnist_is_learned_where_it_is_and_else_refused(monkeypatch, tmp_path):
    if not is_here(MNIST):
        with pytest.raises(td.TiduError, match="MNIST is not on this machine"):
            built(data="mnist")
        pytest.skip("needs MNIST for the rest")
    _, head, arrays = built(60, THREE, data="mnist")
    assert arrays["seen"].shape == (28, 28)
    assert head["tests"] == digits.TESTED
    assert head["runs"][0]["measures"][3] > 0.6
    monkeypatch.setattr("tidu.datasets.mnist.search_paths", lambda: [tmp_path])
    with pytest.raises(td.TiduError, match="tidu train mnist"):
        built(data="mnist")


REFUSED = [
    ({"drawing": [1, 2, 3]}, "x and y of each of its points"),
    ({"drawing": [1, 200]}, "0 to 100"),
    ({"drawing": [float("nan"), 1]}, "0 to 100"),
    ({"drawing": [1] * (MOST + 2)}, f"{MOST} numbers"),
    ({"sample": 360}, "`sample` must be less than 360"),
    ({"sample": -1}, "`sample`"),
]


@pytest.mark.parametrize(("given", "sentence"), REFUSED)
def test_what_is_no_drawing_is_refused(given, sentence):
    part, _, _ = built()
    with pytest.raises(td.TiduError) as caught:
        part.ask("show", given)
    assert sentence in str(caught.value)


def test_settings_out_of_bounds_are_refused():
    for settings in ({"hidden": (10,) * 4}, {"hidden": (101,)}, {"data": "fashion-mnist"}):
        with pytest.raises(td.TiduError):
            built(**settings)


def test_a_pen_draws_a_round_line():
    picture = drawn([20, 50, 80, 50])
    assert picture.shape == (SIDE, SIDE)
    assert_allclose(picture, picture[::-1], atol=1e-9)
    inked = (255 - picture).sum() / 255
    pen, length = 0.13 * SIDE, 0.6 * SIDE
    assert_allclose(inked, pen * length + np.pi * pen**2 / 4, rtol=0.01)
    dot = (255 - drawn([50, 50])).sum() / 255
    assert_allclose(dot, np.pi * pen**2 / 4, rtol=0.02)
    both = [20, 50, 80, 50, -1, 50, 20, 50, 80]
    parts = np.minimum(picture, drawn([50, 20, 50, 80]))
    assert_allclose(drawn(both), parts)
