"""Experiments in Chinese: titles, sentences, tables and figures are, and numbers are the same."""

from __future__ import annotations

import functools
import re

import pytest

from tests.experiments.test_every_experiment import (
    check_that_text_is_inside,
    every_experiment,
    quick,
)
from tidu.experiments import EXPERIMENTS
from tidu.language import language, speaking
from tidu.plain import plain

CHINESE = re.compile(r"[\u4e00-\u9fff]")
STAYS = re.compile(
    r"(?i)adagrad|adam|central|complex-step|dropout|epoch|dtype|float\d+|five-point|forward|identity"
    r"|leaky_relu|momentum|relu|richardson|rosenbrock|sigmoid|softmax|softplus|tanh|xavier|gelu|silu"
    r"|lecun|\$[^$]*\$"
)
"""What stays as it is: names of functions, methods, settings and people, and powers of ten."""


@functools.cache
def chinese(name):
    with speaking("zh"):
        return EXPERIMENTS[name].run(EXPERIMENTS[name].quick)


def english_words(text):
    return re.findall(r"[A-Za-z]{4,}", STAYS.sub("", text))


def numbers(text):
    return sorted(re.findall(r"\d[\d,.]*\d|\d", text))


def figures(value):
    """Return plain values with the numbers of each text in its place."""
    if isinstance(value, dict):
        return [figures(item) for item in value.values()]
    if isinstance(value, list):
        return [figures(item) for item in value]
    return numbers(value) if isinstance(value, str) else value


@every_experiment
def test_numbers_are_those_of_the_english_run(name):
    found, same = chinese(name), quick(name)
    timed = {"numeric-vs-backprop": {"seconds"}}.get(name, set())
    for key in same.numbers.keys() - timed:
        assert figures(plain(found.numbers[key])) == figures(plain(same.numbers[key])), key
    for table, other in zip(found.tables, same.tables, strict=True):
        assert numbers(table.title) == numbers(other.title)
        if "seconds" not in other.header:
            assert numbers(str(table.cells)) == numbers(str(other.cells))
    assert numbers(found.see) == numbers(same.see)


@every_experiment
def test_titles_sentences_and_tables_are_chinese(name):
    found = chinese(name)
    assert CHINESE.search(found.title)
    assert CHINESE.search(found.see)
    for table in found.tables:
        for text in (table.title, *table.header):
            assert not english_words(text.replace(str(found.settings.get("function")), "")), text


@every_experiment
def test_figures_are_chinese_where_a_font_has_it(name):
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    from matplotlib.text import Text

    with speaking("zh"):
        figure = chinese(name).figure()
        check_that_text_is_inside(figure)
    texts = [text.get_text() for text in figure.findobj(Text)]
    if name == "activations":
        texts.remove("step")  # the name of a function
    from tidu.plots.style import styled

    with speaking("zh"), styled("light"):
        drawn_in = language()
    if drawn_in == "zh":
        assert not {word for text in texts for word in english_words(text)}
    else:
        assert not any(map(CHINESE.search, texts))


def test_figures_are_english_where_no_font_has_chinese(monkeypatch):
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    from matplotlib.text import Text

    monkeypatch.setattr("tidu.plots.style._CHINESE", ())
    with speaking("zh"):
        figure = chinese("slope").figure()
    assert "slope 0.2 at x = 5" in [text.get_text() for text in figure.findobj(Text)]
