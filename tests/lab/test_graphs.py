"""Graph: what an expression's graph shows agrees with differences of it."""

import pytest
from numpy.testing import assert_allclose

import tidu as td
from tests.lab.serving import text_after
from tidu.lab.graphs import ExpressionGraph


def built(function, *values):
    settings = {"function": function, "values": values}
    return ExpressionGraph().ask("build", {"settings": settings})[0]


@pytest.mark.parametrize(("function", "values", "value"), [
    ("(a*b + c)*relu(d)", (2, -3, 10, 1), 4),
    ("x**2/20 + y**2", (2, 3), 9.2),
    ("sigmoid(w*x + b)", (0, 5, 0), 0.5),
])  # fmt: skip
def test_gradients_of_inputs_are_those_that_are_measured(function, values, value):
    head = built(function, *values)
    assert_allclose(head["nodes"][-1]["value"], value)
    by_name = {node["name"]: node["gradient"] for node in head["nodes"]}
    assert_allclose([by_name[name] for name in head["names"]], head["numeric"], rtol=1e-6)
    assert len(head["ways"]) == sum(len(node["edges"]) for node in head["nodes"])


def test_a_new_variable_begins_at_one():
    assert built("a + b*c", 5)["values"] == [5, 1, 1]
    assert built("a", 5, 6, 7)["values"] == [5]


@pytest.mark.parametrize(("function", "sentence"), [
    ("__import__('os')", "cannot hold"),
    ("a.b", "cannot hold"),
    ("a +", "cannot be read as a formula"),
    ("3", "must depend on its arguments"),
    ("a+b+c+d+f+g+h+i+j", "8 variables"),
    ("a" * 300, "300 letters"),
])  # fmt: skip
def test_what_is_no_expression_is_refused(function, sentence):
    with pytest.raises(td.TiduError) as caught:
        built(function)
    assert sentence in str(caught.value)


@pytest.mark.exhaustive
def test_a_person_types_an_expression_and_drags_an_input(page):
    page.evaluate("location.hash = '#part=graph'")
    text_after(page, ".sentences", lambda text: "−6" in text)
    page.fill(".expression", "p*q + p")
    page.wait_for_selector("[data-node=q]")
    page.locator("input[name=q]").focus()
    page.keyboard.press("End")
    text_after(page, "[data-numeric=p]", lambda text: "11" in text)
    assert "part=graph" in page.url
    assert "p*q" in page.url.replace("%2B", "+")
