import pytest
from numpy.testing import assert_allclose

from tests.cli.running import tidu
from tidu.experiments import graph


def test_numbers_of_the_lecture():
    numbers = graph().numbers
    assert numbers["value"] == 4
    assert numbers["gradients"] == {"a": -3, "b": 2, "c": 1, "d": 4}
    assert_allclose(list(numbers["numeric"].values()), [-3, 2, 1, 4], rtol=1e-8)


def test_the_readme_graph_of_micrograd():
    c = "(2*(2*(a + b) + 1) + 1 - a)"
    d = "(4*((a*b + b**3)*3 + relu(b + a)) + relu(b - a))"
    f = f"({c} - {d})"
    numbers = graph(function=f"{f}**2/2 + 10/{f}**2", at=("a=-4", "b=2")).numbers
    assert round(numbers["value"], 4) == 24.7041
    assert round(numbers["gradients"]["a"], 4) == 138.8338
    assert round(numbers["gradients"]["b"], 4) == 645.5773


def test_the_chain_rule_stands_in_a_table():
    assert "∂L/∂a = ∂L/∂v1 · ∂v1/∂a = 1 · (−3) = −3" in graph().table()


def test_lines_are_no_wider_than_a_terminal():
    function = "+".join(["a*b"] * 12)
    text = graph(function=function, at=("a=0.123456789", "b=-7.654321")).table()
    assert max(map(len, text.splitlines())) <= 110


def test_by_the_command_line(tmp_path):
    ended = tidu("show", "graph", "--function", "a*b", "--at", "a=2,b=-3", "--out", str(tmp_path))
    assert "L     a · b    −6" in ended.out
    assert (tmp_path / "graph.svg").is_file()


@pytest.mark.parametrize("at", [("a=1",), ("b=3", "a=0")])
def test_a_variable_that_is_not_used_has_gradient_zero(at):
    assert graph(function="2*a", at=at).numbers["gradients"] == {
        name: {"a": 2, "b": 0}[name] for name in (text[0] for text in at)
    }
