"""Step through: each sentence, chain rule and quotient agrees with the network."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

import tidu as td
from tests.lab.serving import text_after
from tidu.experiments.worked_example import T, X, example
from tidu.lab.stepping import StepThrough, network_of
from tidu.layers.blocks import ACTIVATIONS

SETTINGS = [
    {},
    {"hidden": [], "output": "identity", "loss": "mean-squared-error", "t": [0.5]},
    {"hidden": [4, 2], "activation": "tanh", "loss": "softmax-cross-entropy", "t": [0, 1, 0]},
    {"hidden": [3], "loss": "sigmoid-cross-entropy", "x": [0.5, -1, 2], "seed": 3},
    *({"activation": name, "output": name, "x": [0.5, -0.3]} for name in ACTIVATIONS),
]


def built(**settings):
    part = StepThrough()
    head, _ = part.ask("build", {"settings": settings})
    net = network_of(head["settings"])
    x, t = (np.array([head["settings"][name]]) for name in "xt")
    return part, head, net, x, t


def at(edge):
    name, *index = re.findall(r"\w+", edge)
    return name, tuple(map(int, index))


def number(text):
    return float(text.replace("−", "-"))


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_chain_rule_of_each_edge_is_the_gradient_and_the_quotient_is_close(settings):
    part, head, net, x, t = built(**settings)
    gradient = net.gradient(x, t)
    assert len(head["edges"]) == net.layout.size
    for edge in head["edges"]:
        found, _ = part.ask("edge", {"edge": edge["name"]})
        name, index = at(edge["name"])
        assert_allclose(found["value"], gradient[name][index], rtol=1e-12, atol=1e-15)
        assert edge["gradient"] == gradient[name][index]
        assert found["weight"] == edge["value"] == net[name][index]
        assert_allclose(found["quotient"], found["value"], rtol=1e-5, atol=1e-8)
        assert_allclose(number(found["lines"][0].split(" = ")[-1]), found["value"], rtol=1e-5)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_steps_lead_from_the_sample_to_all_gradients(settings):
    _, head, net, x, t = built(**settings)
    values, gradients = ({
        n: number(line.split(" = ")[-1])
        for step in head["steps"] if step["phase"] == phase
        for n, line in zip(step["shows"], step["lines"], strict=False)
    } for phase in ("forward", "backward"))  # fmt: skip
    units = {unit["name"]: unit for column in head["units"][1:] for row in column for unit in row}
    assert_allclose(values.pop("L"), net.loss(x, t), rtol=1e-5)
    assert set(values) == set(units)
    for name, unit in units.items():
        assert_allclose(values[name], unit["value"], rtol=1e-5)
        assert_allclose(gradients[name], unit["gradient"], rtol=1e-5, atol=1e-300)
    for edge in head["edges"]:
        assert_allclose(gradients[edge["name"]], edge["gradient"], rtol=1e-5, atol=1e-300)
    last = list(net.trace(x).values())[-1][0]
    assert [row[-1]["value"] for row in head["units"][-1]] == list(last)
    assert_allclose([row[0]["gradient"] for row in head["units"][0]], _input_gradient(net, x, t))


def _input_gradient(net, x, t):
    found = net.evaluate(net.theta, net.state, x, net.targets(t, 1), gradient=True, need_dx=True)
    return found.dx[0]


def test_the_numbers_of_a_sentence_give_its_value():
    _, head, *_ = built()
    for step in head["steps"]:
        for line in step["lines"]:
            *_, numbers, value = line.split(" = ")
            code = re.sub(r"[a-z]+\(", "td.functions.sigmoid(", numbers)
            for sign, written in (("−", "-"), ("·", "*"), ("²", "**2"), ("½", "0.5")):
                code = code.replace(sign, written)
            assert_allclose(eval(code), number(value), rtol=1e-4), line


def test_it_begins_with_the_example_of_the_course():
    _, _, net, x, t = built()
    assert (net.theta == example().theta).all()
    assert (x == X).all()
    assert (t == T).all()


def test_weights_of_ones_own_are_taken():
    _, head, net, *_ = built(hidden=[], weights=[1, 2, 3, 4, 5, 6])
    assert net["W1"].tolist() == [[1, 2], [3, 4]]
    assert head["theta"] == [1, 2, 3, 4, 5, 6]


def test_a_small_h_shows_the_limit_of_arithmetic():
    part, *_ = built()
    errors = []
    for power in (1, 5, 12):
        found, _ = part.ask("edge", {"edge": "W1[0,0]", "power": power})
        errors.append(abs(found["quotient"] - found["value"]))
    assert errors[1] < min(errors[0], errors[2]) / 100


REFUSED = [
    ("build", {"settings": {"hidden": [3, 3, 3]}}, "`hidden` may have 2"),
    ("build", {"settings": {"x": [1] * 5}}, "`x` may have 4"),
    ("build", {"settings": {"weights": [1, 2]}}, "17 numbers"),
    ("edge", {"edge": "W3[0,0]"}, "`edge`"),
    ("edge", {"edge": "W1[0,0]", "power": 13}, "`power`"),
]


@pytest.mark.parametrize(("do", "given", "sentence"), REFUSED)
def test_what_cannot_be_stepped_through_is_refused(do, given, sentence):
    part, *_ = built()
    with pytest.raises(td.TiduError) as caught:
        part.ask(do, given)
    assert sentence in str(caught.value)
    with pytest.raises(td.TiduError, match="`build` first"):
        StepThrough().ask("edge", {"edge": "W1[0,0]"})


@pytest.mark.exhaustive
def test_a_person_steps_through_and_compares_an_edge_with_the_gradient(page):
    page.evaluate("location.hash = '#part=step'")
    text_after(page, ".readout", lambda text: "0 / 26" in text)
    page.keyboard.press("ArrowRight")
    text_after(page, ".arithmetic", lambda text: "2.35" in text)
    page.keyboard.press("End")
    gradient = example().gradient(X, T)
    for edge in ("W1[1,0]", "W2[2,1]", "b2[0]"):
        page.locator(f"[data-edge='{edge}']").dispatch_event("click")
        text_after(page, ".chain .which", lambda text, edge=edge: edge in text)
        name, index = at(edge)
        shown, measured = (number(page.inner_text(f".{name}")) for name in ("product", "measured"))
        assert_allclose(shown, gradient[name][index], rtol=1e-5)
        assert_allclose(measured, gradient[name][index], rtol=1e-4)
    link = page.url
    page.goto("about:blank")
    page.goto(link)  # a shared link shows the same step and the same edge
    text_after(page, ".readout", lambda text: "26 / 26" in text)
    text_after(page, ".chain .which", lambda text: "b2[0]" in text)
