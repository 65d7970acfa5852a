"""The traced array: what an array can do, and what it refuses since the gradient would be lost."""

import copy

import numpy as np
import pytest

import tidu as td
from tidu.arrays import namespace


def traced(f, x=(1.0, 2.0, 3.0)):
    """Call f with a traced array; whatever f returns is no part of the test."""
    seen = []
    td.grad(lambda x: (seen.append(f(x)), np.sum(x))[1])(np.array(x))
    return seen[0]


def test_it_has_the_attributes_of_an_array():
    facts = traced(lambda x: (x.shape, x.ndim, x.size, x.dtype, len(x), [float(v.size) for v in x]))
    assert facts == ((3,), 1, 3, np.float64, 3, [1.0, 1.0, 1.0])


def test_it_shows_its_value():
    assert traced(repr) == "TracedArray([1. 2. 3.])"
    assert traced(lambda x: f"{x[1]:.3f}") == "2.000"
    assert traced(lambda x: repr(np.shape(x))) == "(3,)"


def test_its_namespace_is_numpy():
    assert traced(namespace) is np


def test_comparisons_are_plain():
    compared = traced(lambda x: (x > 1.5, x == 2.0, x >= 2.0))
    for result, expected in zip(compared, ([0, 1, 1], [0, 1, 0], [0, 1, 1]), strict=True):
        assert type(result) is np.ndarray
        np.testing.assert_array_equal(result, np.array(expected, bool))


def test_a_number_can_be_added_up_in_place():
    def f(x):
        total = 0.0
        for value in x:
            total += value**2
        total -= 1.0
        return total

    np.testing.assert_array_equal(td.grad(f)([1.0, 2.0]), [2, 4])


def test_a_number_of_numpy_can_be_added_up_in_place():
    def f(x):
        total = np.float64(0)
        for value in x:
            total += value**2
        return total

    np.testing.assert_array_equal(td.grad(f)([1.0, 2.0]), [2, 4])


def test_it_is_no_sequence_if_it_is_a_number():
    with pytest.raises(TypeError, match="len"):
        td.grad(lambda x: sum(x))(1.0)
    with pytest.raises(TypeError):
        td.grad(lambda x: len(x))(1.0)


def test_an_index_that_is_out_of_range_is_said_as_by_numpy():
    with pytest.raises(IndexError, match="out of bounds"):
        td.grad(lambda x: x[3])([1.0, 2.0])


def test_an_unknown_attribute_is_said_as_such():
    with pytest.raises(AttributeError, match="arrays have no attribute 'relu'"):
        td.grad(lambda x: x.relu())([1.0])
    assert traced(lambda x: hasattr(x, "relu")) is False


def test_it_can_be_copied():
    np.testing.assert_array_equal(td.grad(lambda x: np.sum(copy.copy(x) * x))([1.0, 2.0]), [2, 4])


LOST = {
    "float(x)": lambda x: float(x[0]),
    "int(x)": lambda x: int(x[0]),
    "complex(x)": lambda x: complex(x[0]),
    "x.item()": lambda x: x[0].item(),
    "x.tolist()": lambda x: x.tolist(),
    "math.exp": lambda x: __import__("math").exp(x[0]),
    "np.array": lambda x: np.array([x[0], x[1]]),
    "np.asarray": lambda x: np.asarray(x),
    "an entry of a plain array": lambda x: np.zeros(3).__setitem__(0, x[0]),
    "part of a plain array": lambda x: np.zeros(3).__setitem__(slice(None), x),
    "range": lambda x: range(x[0]),
    "an index": lambda x: np.arange(9)[x],
}


@pytest.mark.parametrize("f", LOST.values(), ids=LOST)
def test_it_does_not_become_plain(f):
    with pytest.raises((TypeError, ValueError, IndexError)) as caught:
        td.grad(lambda x: (f(x), np.sum(x))[1])([1.0, 2.0, 3.0])
    chain = str(caught.value) + str(caught.value.__cause__)
    assert "its gradient would be lost" in chain


IN_PLACE = {
    "x[i] = y": lambda x: x.__setitem__(0, 1.0),
    "x += y": lambda x: x.__iadd__(1.0),
    "x *= y": lambda x: x.__imul__(x),
    "x @= y": lambda x: x.__imatmul__(np.eye(3)),
    "plain += x": lambda x: np.zeros(3).__iadd__(x),
    "out= of a ufunc": lambda x: np.exp(x, out=np.zeros(3)),
    "out= of a function": lambda x: np.sum(x, out=np.zeros(())),
    "out= of a method": lambda x: x.cumsum(out=np.zeros(3)),
}


@pytest.mark.parametrize("f", IN_PLACE.values(), ids=IN_PLACE)
def test_nothing_is_changed_in_place(f):
    with pytest.raises(td.InputError, match=r"in place.*write x = x \+ y for x \+= y"):
        td.grad(lambda x: (f(x), np.sum(x))[1])([1.0, 2.0, 3.0])


NO_RULE = {
    "inverse": (lambda x: np.linalg.inv(x[None] * np.eye(3)), "np.linalg.inv has no rule"),
    "median": (np.median, "np.median has no rule for its gradient: sort with np.sort"),
    "einsum": (lambda x: np.einsum("i,i", x, x), "use @, np.tensordot"),
    "reduce": (lambda x: np.add.reduce(x), "np.add.reduce has no rule"),
    "accumulate": (lambda x: np.multiply.accumulate(x), "np.multiply.accumulate has no rule"),
    "add.at": (lambda x: np.add.at(x, 0, 1.0), "np.add.at has no rule .* use indexing and sums"),
    "a ufunc": (lambda x: np.spacing(x), "np.spacing has no rule"),
    "a method": (lambda x: x.searchsorted(1.0), r"the method searchsorted\(\)"),
    "an option": (
        lambda x: np.sum(x, where=[True, False, True]),
        "np.sum has no rule with `where`",
    ),
    "an option of a ufunc": (lambda x: np.exp(x, where=x > 0), "np.exp has no rule with `where`"),
    "dtype": (lambda x: np.mean(x, dtype="f4"), "np.mean has no rule with `dtype`"),
    "ord": (lambda x: np.linalg.norm(x, 3), "no rule with ord=3"),
}


@pytest.mark.parametrize(("f", "sentence"), NO_RULE.values(), ids=NO_RULE)
def test_an_operation_without_a_rule_is_named(f, sentence):
    with pytest.raises(td.MissingRuleError, match=sentence):
        td.grad(lambda x: np.sum(f(x)))([1.0, 2.0, 3.0])


def test_a_ufunc_of_another_library_is_named():
    special = pytest.importorskip("scipy.special", reason="SciPy is not installed")
    with pytest.raises(td.MissingRuleError, match=r"expit has no rule .* tidu.functions.sigmoid"):
        td.grad(lambda x: np.sum(special.expit(x)))([1.0])


@pytest.mark.parametrize("f", [lambda x: x * 1j, lambda x: x * np.array([1j]), lambda x: x + 0j])
def test_complex_numbers_are_refused(f):
    with pytest.raises(td.InputError, match="gives complex128 numbers; autodiff takes real"):
        td.grad(lambda x: np.sum(f(x)))([1.0])


def test_objects_are_refused():
    with pytest.raises(td.InputError, match="gives object numbers"):
        td.grad(lambda x: np.sum(x * np.array([1.0, 2.0], object)))([1.0, 2.0])
