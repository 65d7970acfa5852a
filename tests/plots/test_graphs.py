"""The drawing of a graph: all numbers are on it, and nothing lies upon another."""

import itertools
import shutil

import numpy as np
import pytest

import tidu as td
from tests.autodiff.test_graph import micrograd
from tidu import functions, plots
from tidu.plots import graphviz

pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")


def bill(price_of_an_apple, apples, price_of_an_orange, oranges, tax):
    return (price_of_an_apple * apples + price_of_an_orange * oranges) * tax


def loss(W1, b1, W2, b2):
    h = functions.sigmoid(np.ones((5, 3)) @ W1 + b1)
    return functions.cross_entropy(functions.softmax(h @ W2 + b2), [0, 1, 1, 0, 1])


GRAPHS = {
    "bill": td.graph(bill, 100.0, 2.0, 150.0, 3.0, 1.1),
    "expression": td.graph(
        lambda a, b, c, d: (a * b + c) * functions.relu(d), 2.0, -3.0, 10.0, 1.0
    ),
    "network": td.graph(loss, np.ones((3, 4)), np.ones(4), np.eye(4)[:, :2], np.ones(2)),
    "input alone": td.graph(lambda x: x, 3.0),
    "micrograd": td.graph(micrograd, -4.0, 2.0),
}


@pytest.fixture(params=["by Graphviz", "in columns of our own"], autouse=True)
def layout(request, monkeypatch):
    if request.param != "by Graphviz":
        monkeypatch.setattr(shutil, "which", lambda program: None)
    elif shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")


def texts(figure):
    return [text for text in figure.axes[0].texts if text.get_text()]


@pytest.mark.parametrize("g", GRAPHS.values(), ids=GRAPHS)
def test_everything_lies_within_the_paper(g):
    figure = g.draw()
    figure.canvas.draw()
    paper = figure.bbox
    for text in texts(figure):
        box = text.get_window_extent()
        assert paper.x0 <= box.x0 <= box.x1 <= paper.x1, text
        assert paper.y0 <= box.y0 <= box.y1 <= paper.y1, text


@pytest.mark.parametrize("name", [name for name in GRAPHS if name != "micrograd"])
def test_no_text_lies_upon_another(name):
    figure = GRAPHS[name].draw()
    figure.canvas.draw()
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(figure)]
    for (a, one), (b, other) in itertools.combinations(boxes, 2):
        width = min(one.x1, other.x1) - max(one.x0, other.x0)
        height = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert min(width, height) <= 4, (a, b)  # corners of the boxes of slanted texts may meet


def test_values_and_gradients_stand_on_the_edges():
    written = [text.get_text() for text in texts(GRAPHS["bill"].draw())]
    for number in ("100", "2.2", "2", "110", "150", "3.3", "3", "165", "1.1", "650", "715", "200"):
        assert number in written
    assert "price of an apple" in written


def test_what_is_used_several_times_shows_the_sum():
    written = [text.get_text() for text in texts(GRAPHS["micrograd"].draw())]
    assert {"a = −4", "Σ 138.8", "b = 2", "Σ 645.6", "24.7"} <= set(written)


def test_arrays_are_shown_by_shape_and_norm():
    written = [text.get_text() for text in texts(GRAPHS["network"].draw())]
    assert "(3, 4)" in written
    norm = np.linalg.norm(GRAPHS["network"]["W2"].gradient)
    assert f"‖{norm:.4g}‖" in written


def test_svg_is_the_same_each_time_and_shows_in_a_notebook():
    g = GRAPHS["expression"]
    assert g.svg().startswith("<?xml")
    assert g.svg() == g._repr_html_()
    assert g.svg(theme="dark") != g.svg()


def test_more_nodes_than_one_can_read_are_refused():
    g = td.graph(lambda x: sum(x * k for k in range(1, 90)), 1.0)
    with pytest.raises(td.InputError, match="more than the 150 that one can read"):
        plots.graph(g)


def test_without_an_answer_from_graphviz_the_columns_are_ours(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    ours = GRAPHS["expression"].svg()
    for answer in ("exit 1", "sleep 60"):
        broken = tmp_path / "dot"
        broken.write_text(f"#!/bin/sh\n{answer}\n")
        broken.chmod(0o755)
        monkeypatch.setattr(shutil, "which", lambda program, broken=broken: str(broken))
        monkeypatch.setattr(graphviz, "_SECONDS", 0.1)
        assert GRAPHS["expression"].svg() == ours
