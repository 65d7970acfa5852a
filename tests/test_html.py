"""What a notebook shows of a network, a history, a check and a diagnosis."""

from html.parser import HTMLParser

import numpy as np
import pytest

import tidu as td
from tidu import html


class Reader(HTMLParser):
    """Reads the words of a page, and refuses tags that do not close in turn."""

    def __init__(self, page):
        super().__init__()
        self.open, self.words, self.tags = [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def network():
    return td.Network([td.Affine(3), td.ReLU(), td.Affine(2)], 4, td.SoftmaxCrossEntropy())


def data(n=60):
    x = np.random.default_rng(0).normal(size=(n, 4))
    return x, (x[:, 0] > 0).astype(int)


def wrong():
    return td.check_gradient(lambda x: (x**2).sum(), [1.0, 2.0, 3.0], lambda x: x)


SHOWN = {
    "network": (network, ["Affine(3)", "W1 (4, 3), b1 (3,)", "23 parameters, 18 multiply-adds"]),
    "history": (lambda: network().fit(*data(), epochs=30, progress=False),
                ["epoch", "30", "10 earlier epochs are not shown"]),
    "no history": (td.History, ["Not started"]),
    "right": (lambda: td.check_gradient(lambda x: (x**2).sum(), [1.0], lambda x: 2 * x),
              ["gradient check: right"]),
    "wrong": (wrong, ["gradient check: wrong", "the slopes in question", "0.5 × the numeric one"]),
    "diagnosis": (lambda: network().diagnose(data()[0] * 1e4, data()[1]), ["scale"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_a_notebook_shows_what_a_terminal_does(name):
    make, words = SHOWN[name]
    read = Reader(make()._repr_html_())
    text = "\n".join(read.words)
    for word in words:
        assert word in text


def test_letters_are_escaped():
    page = html.table(("<b>", "n"), [("a & b", "<script>")], "x < y")
    assert "<script>" not in page
    assert Reader(page).words == ["<b>", "n", "a & b", "<script>", "x < y"]
    assert Reader(html.listed(["<i>"])).words == ["<i>"]


def test_a_long_history_is_cut():
    history = td.History([{"epoch": k, "loss": 1.0} for k in range(1, 1001)])
    assert Reader(history._repr_html_()).tags.count("tr") == 21
