import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidu.errors import InputError
from tidu.experiments.formula import LONGEST, expression, formula

X, Y = 0.7, 2.5
GOOD = {
    "x**2/20 + y**2": X**2 / 20 + Y**2,
    "x0**2 + x1**2": X**2 + Y**2,
    "-x - -y": Y - X,
    "+x": X,
    "2**-1 * (x + y) / 4": (X + Y) / 8,
    "sin(x) + cos(y) * tan(x)": np.sin(X) + np.cos(Y) * np.tan(X),
    "exp(-abs(x)) + log(y) + sqrt(y)": np.exp(-X) + np.log(Y) + np.sqrt(Y),
    " pi * e - 1e-3 ": np.pi * np.e - 1e-3,
    "10**400": np.inf,
    "log(-x)": np.nan,
    "x/0": np.inf,
}


@pytest.mark.parametrize("text", GOOD)
def test_is_what_python_makes_of_it(text):
    np.testing.assert_allclose(formula(text)(np.array([X, Y])), GOOD[text], rtol=1e-15)


def test_works_on_a_grid_and_a_constant_is_one_everywhere():
    grid = np.ones((2, 4, 3))
    assert formula("x + y")(grid).shape == (4, 3)
    assert formula("3")(grid).shape == (4, 3)


BAD = {
    "__import__('os').system('true')": "a formula may hold",
    "x.real": "cannot hold 'x.real'; a formula may hold numbers, x, x0, y, x1, pi, e, + - * / **",
    "().__class__": "a formula may hold",
    "(lambda: 1)()": "a formula may hold",
    "[x for x in y]": "a formula may hold",
    "x if y else 1": "a formula may hold",
    "x == y": "a formula may hold",
    "x and y": "a formula may hold",
    "(x := 1)": "a formula may hold",
    "f'{x}'": "a formula may hold",
    "'x'": "a formula may hold",
    "x[0]": "a formula may hold",
    "x, y": "a formula may hold",
    "1j * x": "cannot hold '1j'",
    "True": "cannot hold 'True'",
    "x % 2": "a formula may hold",
    "x @ y": "a formula may hold",
    "~x": "a formula may hold",
    "sin(x, y)": "cannot hold 'sin(x, y)'",
    "sin(*x)": "a formula may hold",
    "sin(x=1)": "a formula may hold",
    "sinh(x)": "did you mean 'sin'?",
    "eval(x)": "it is one of 'sin'",
    "sin + 1": "it is a function, written sin(x)",
    "z": "cannot hold 'z'; it is one of 'x', 'x0', 'y', 'x1', 'pi', 'e'",
    "x^2": "a power is written x**2",
    "2x": "write products as 2*x",
    "": "cannot be read as a formula",
    "x; y": "cannot be read as a formula",
    "\0": "cannot be read as a formula",
    "(" * 100 + "x" + ")" * 99: "cannot be read as a formula",
    "x" * (LONGEST + 1): f"it may have {LONGEST}",
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:20])
def test_all_else_is_refused_in_a_sentence(text):
    with pytest.raises(InputError) as caught:
        formula(text)
    assert BAD[text] in str(caught.value)
    assert "`function`" in str(caught.value)


@given(st.text(alphabet="xy01e.+-*/() sinlog^_'[],:", max_size=40))
def test_any_text_is_a_formula_or_refused(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of some oddities as it parses
        try:
            f = formula(text)
        except InputError:
            return
    assert np.shape(f(np.array([X, Y]))) == ()


def test_an_expression_has_the_variables_that_it_is_given():
    f = expression("(a*b + c)*relu(d) + sigmoid(rate) + tanh(c) + softplus(-c)", [*"abcd", "rate"])
    expected = (2 * -3 + 10) * 1 + 0.5 + np.tanh(10) + np.log1p(np.exp(-10))
    np.testing.assert_allclose(f(2.0, -3.0, 10.0, 1.0, 0.0), expected, rtol=1e-15)


def test_a_variable_hides_a_constant_of_its_name():
    assert expression("e + pi", ["e"])(1.0) == 1 + np.pi


def test_an_expression_refuses_other_variables():
    with pytest.raises(InputError, match="cannot hold 'x'; it is one of 'a', 'b', 'pi', 'e'"):
        expression("a + x", "ab")
