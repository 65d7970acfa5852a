"""A function from a text such as ``x**2/20 + y**2``, without running any code.

The text is parsed, never executed: numbers, variables, ``pi``, ``e``, ``+ - * / **``, parentheses
and a few functions are turned into NumPy operations one by one, and all else is refused.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tidu import functions
from tidu.arrays import Array
from tidu.errors import InputError, clause, did_you_mean

LONGEST = 200
"""How many letters a formula may have."""

_VARIABLES = {"x": 0, "x0": 0, "y": 1, "x1": 1}
_CONSTANTS = {"pi": np.float64(np.pi), "e": np.float64(np.e)}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "tanh": np.tanh,
    "relu": functions.relu,
    "sigmoid": functions.sigmoid,
    "softplus": functions.softplus,
}
_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_Term = Callable[[Any], Any]


def formula(text: str, name: str = "function") -> Callable[[Array], Any]:
    """Return the function of an array ``x`` that a text stands for.

    Parameters
    ----------
    text
        A formula in x and y, or x0 and x1.
    name
        What the setting is called, for messages.

    Returns
    -------
    function
        It takes an array whose first axis has the two variables, and returns an array without it;
        NaN where the formula has no value.

    Raises
    ------
    InputError
        If the text is no formula, or holds something else than is allowed.

    Examples
    --------
    >>> bowl = formula("x**2/20 + y**2")
    >>> float(bowl(np.array([2.0, 3.0])))
    9.2
    """
    term = _term(text, name, _VARIABLES)

    def f(x: Array) -> Any:
        with np.errstate(all="ignore"):  # where there is no value, NaN or inf says so
            return np.broadcast_to(term(x), np.shape(x)[1:])  # a constant has a value everywhere

    return f


def variables_of(text: str) -> tuple[str, str]:
    """Return what a formula calls its two variables, for axes: x and y, or x0 and x1.

    Examples
    --------
    >>> variables_of("x**2/20 + y**2"), variables_of("x0**2 + x1**2")
    (('x', 'y'), ('x0', 'x1'))
    """
    names = {node.id for node in ast.walk(ast.parse(text.strip())) if isinstance(node, ast.Name)}
    return ("x0", "x1") if names & {"x0", "x1"} else ("x", "y")


def expression(text: str, variables: Sequence[str], name: str = "function") -> Callable[..., Any]:
    """Return the function of these variables that a text stands for.

    Parameters
    ----------
    text
        A formula.
    variables
        The names of its variables, in the order in which the function takes them.
    name
        What the setting is called, for messages.

    Raises
    ------
    InputError
        If the text is no formula, or holds something else than is allowed.

    Examples
    --------
    >>> float(expression("(a*b + c)*relu(d)", "abcd")(2, -3, 10, 1.0))
    4.0
    """
    term = _term(text, name, {variable: i for i, variable in enumerate(variables)})
    return lambda *values: term(values)


def names_in(text: str, name: str = "function") -> list[str]:
    """Return the variables of a formula in the order in which they appear.

    Examples
    --------
    >>> names_in("(w*x + b)*exp(w)*pi")
    ['w', 'x', 'b']
    """
    found = [node for node in ast.walk(_tree(text, name)) if isinstance(node, ast.Name)]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return list(dict.fromkeys(n.id for n in found if n.id not in {*FUNCTIONS, *_CONSTANTS}))


def _term(text: str, name: str, variables: Mapping[str, int]) -> _Term:
    tree = _tree(text, name)
    return _FormulaReader(text.strip(), name, variables).term(tree.body)


def _tree(text: str, name: str) -> ast.Expression:
    if len(text) > LONGEST:
        raise InputError(f"`{name}` has {len(text)} letters; it may have {LONGEST}")
    try:
        return ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InputError(
            f"`{name}` cannot be read as a formula: {text!r}; write products as 2*x and powers as "
            "x**2"
        ) from error


class _FormulaReader:
    """Turns the parts of a parsed text into functions of x."""

    def __init__(self, text: str, name: str, variables: Mapping[str, int]) -> None:
        self.text, self.name, self.variables = text, name, variables

    def term(self, node: ast.expr) -> _Term:
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return _constant(value)
            case ast.Name(id=name):
                return self.named(name)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
                apply, a = _OPERATORS[type(op)], self.term(operand)
                return lambda x: apply(a(x))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                apply, a, b = _OPERATORS[type(op)], self.term(left), self.term(right)
                return lambda x: apply(a(x), b(x))
            case ast.BinOp(op=ast.BitXor()):
                raise self.refusal(node, clause("a power is written x**2"))
            case ast.Call(func=ast.Name(id=name), args=[operand], keywords=[]):
                if name not in FUNCTIONS:
                    raise self.refusal(node, did_you_mean(name, FUNCTIONS))
                apply, a = FUNCTIONS[name], self.term(operand)
                return lambda x: apply(a(x))
        raise self.refusal(node, self.allowed())

    def named(self, name: str) -> _Term:
        if name in self.variables:
            index = self.variables[name]
            return lambda x: x[index]
        if name in _CONSTANTS:
            return _constant(_CONSTANTS[name])
        hint = did_you_mean(name, [*self.variables, *_CONSTANTS])
        if name in FUNCTIONS:
            hint = clause(f"it is a function, written {name}(x)")
        raise InputError(f"`{self.name}` cannot hold {name!r}; {hint}")

    def allowed(self) -> str:
        return clause(
            f"a formula may hold numbers, {', '.join([*self.variables, *_CONSTANTS])}, + - * / **, "
            f"parentheses and {', '.join(FUNCTIONS)}"
        )

    def refusal(self, node: ast.expr, hint: str) -> InputError:
        part = ast.get_source_segment(self.text, node) or self.text
        return InputError(f"`{self.name}` cannot hold {part!r}; {hint}")


def _constant(value: float) -> _Term:
    number = np.float64(value)  # Python's own would overflow with an error, not to infinity
    return lambda x: number
