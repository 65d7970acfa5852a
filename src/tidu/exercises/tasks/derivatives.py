"""Derivatives from values of the function, and going downhill with them."""

import numpy as np

from tidu.exercises.calls import Code
from tidu.exercises.exercise import exercise, mistake, numbers


def _points(rng):
    functions = ("lambda x: 0.01 * x**2 + 0.1 * x", "np.sin", "lambda x: np.exp(x / 4)")
    calls = [
        {"f": Code(f), "x": float(x)} for f, x in zip(functions, numbers(rng, 3) + 4, strict=True)
    ]
    return [*calls, {"f": Code("lambda x: abs(x) + x"), "x": 0.0}]  # a kink tells the sides apart


@exercise(
    "The derivative of a function of one number",
    results="slope",
    inputs=_points,
    rtol=1e-6,
    likeness=0.02,
    mistakes=[
        mistake("forward", "this is the forward difference, (f(x + h) − f(x)) / h: its error falls "
                "with h, that of the central difference with h²",
                "f(x - h)", "f(x)", "2 * h", "h"),
        mistake("backward", "this is the backward difference, (f(x) − f(x − h)) / h: take a step "
                "to each side", "f(x + h)", "f(x)", "2 * h", "h"),
        mistake("not-divided-by-2h", "the two points are 2h apart: divide by 2h, not by h",
                "(2 * h)", "h"),
        mistake("half-step", "the two points are h apart, ½h to each side, and not 2h: divide by "
                "what lies between them", "x + h", "x + h / 2", "x - h", "x - h / 2"),
        mistake("step-vanishes", "h is so small that x + h rounds to x: the difference is 0, and "
                "so is the slope", "1e-4", "1e-50"),
        mistake("step-large",
                "h is so large that the slope is that of a chord, not of the tangent: "
                "take 1e-4 or so", "1e-4", "1.0"),
        mistake("sign", "the slope has the wrong sign: f(x + h) comes first",
                "f(x + h) - f(x - h)", "f(x - h) - f(x + h)"),
        mistake("precedence", "without parentheses only f(x − h) is divided: write "
                "(f(x + h) − f(x − h)) / (2 * h)", "(f(x + h) - f(x - h))", "f(x + h) - f(x - h)"),
        mistake("precedence", "/ 2 * h divides by 2 and multiplies by h: write / (2 * h)",
                "(2 * h)", "2 * h"),
        mistake("not-divided", "the difference is not divided by the step",
                "(f(x + h) - f(x - h)) / (2 * h)", "f(x + h) - f(x - h)"),
        mistake("value", "this is the value f(x), not its slope",
                "(f(x + h) - f(x - h)) / (2 * h)", "f(x)"),
        mistake("inexact", "only a few digits of the slope are right: h is too small, and rounding "
                "spoils the difference, or too large; take 1e-4 or so", "1e-4", "1e-12"),
    ],
)  # fmt: skip
def numerical_diff(f, x):
    """Return the derivative of f at x by the central difference, (f(x + h) − f(x − h)) / 2h.

    Choose h yourself: small enough for the formula, and large enough for the digits of a float.
    """
    h = 1e-4
    return (f(x + h) - f(x - h)) / (2 * h)


def _arrays(rng):
    return [
        {"f": Code("lambda x: (x**2).sum()"), "x": np.array([3.0, 4.0]) + numbers(rng, 2)},
        {"f": Code("lambda x: np.sin(x[0] * x[1]) + x[2] ** 2"), "x": numbers(rng, 3)},
        {"f": Code("lambda x: (x[0] * x[1] ** 2).sum() + x[0, 0]"), "x": numbers(rng, 2, 3)},
        {
            "f": Code("lambda x: abs(x.sum()) + x.sum()"),
            "x": np.zeros(2),
        },  # a kink: its sides differ
    ]


@exercise(
    "The gradient of a function of an array of any shape",
    results="dx",
    inputs=_arrays,
    rtol=1e-5,
    likeness=0.02,
    mistakes=[
        mistake("not-put-back", "each entry must be put back before the next one is moved: your "
                "slopes after the first are taken at another point",
                "        x[index] = before\n", ""),
        mistake("first-axis-alone", "the loop goes over the first axis alone: np.ndindex(x.shape) "
                "reaches every entry of an array of any shape",
                "np.ndindex(x.shape)", "range(len(x))"),
        mistake("all-at-once", "all entries are moved at the same time: that is the slope along "
                "(1, 1, ...), not the gradient",
                "x[index] = before + h", "x = x + h",
                "x[index] = before - h", "x = x - 2 * h",
                "x[index] = before\n", "x = x + h\n"),
        mistake("not-divided-by-2h", "the two points are 2h apart: divide by 2h, not by h",
                "(2 * h)", "h"),
        mistake("forward", "this is a forward difference: take a step to each side",
                "before - h", "before", "(2 * h)", "h"),
        mistake("backward", "this is a backward difference: take a step to each side",
                "before + h", "before", "(2 * h)", "h"),
        mistake("sign", "the slopes have the wrong sign: f at x + h comes first",
                "(upper - lower)", "(lower - upper)"),
        mistake("flat", "the gradient must have the shape of x: yours is flat",
                "return gradient", "return gradient.ravel()"),
        mistake("integers", "the gradient is cut to whole numbers: make it an array of floats",
                "np.zeros(x.shape)", "np.zeros(x.shape, dtype=int)"),
        mistake("last-only", "only the last slope is kept: write it to gradient[index]",
                "gradient[index] = ", "gradient = ", "return gradient",
                "return np.full(x.shape, gradient)"),
        mistake("step-vanishes", "h is so small that x + h rounds to x", "1e-4", "1e-50"),
        mistake("inexact",
                "only a few digits are right: h is too large, or too small",
                "1e-4", "1e-12"),
    ],
)  # fmt: skip
def numerical_gradient(f, x):
    """Return the gradient of f at x by central differences: an array of the shape of x.

    f takes an array of the shape of x and returns one number. Move one entry of x at a time, by h
    to each side, and leave x as it was.
    """
    h, x = 1e-4, x.copy()
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        before = x[index]
        x[index] = before + h
        upper = f(x)
        x[index] = before - h
        lower = f(x)
        gradient[index] = (upper - lower) / (2 * h)
        x[index] = before
    return gradient


def _walks(rng):
    slope, other = "lambda x: 2 * x", "lambda x: np.array([x[0] / 10, 2 * x[1]])"
    walks = (
        (slope, -3, 4, 0.1, 3),
        (other, -7, 2, 0.3, 20),
        (other, 4, 1, 0.2, 1),
        (slope, 2, 1, 0.5, 0),
    )
    return [
        {"gradient": Code(f), "x": np.array([a, b]) + numbers(rng, 2), "lr": lr, "steps": steps}
        for f, a, b, lr, steps in walks
    ]


@exercise(
    "Gradient descent",
    results="x",
    inputs=_walks,
    mistakes=[
        mistake("uphill", "the walk goes uphill: subtract lr times the gradient",
                "x - lr", "x + lr"),
        mistake("one-step-more", "one step too many is made: range(steps) has `steps` steps",
                "range(steps)", "range(steps + 1)"),
        mistake("one-step-less", "one step is missing: range(steps) has `steps` steps",
                "range(steps)", "range(steps - 1)"),
        mistake("returns-inside-the-loop", "the function returns after the first step: is `return` "
                "inside the loop?", "range(steps)", "range(min(steps, 1))"),
        mistake("gradient-of-start", "the gradient is taken at the start every time: take it where "
                "the walk is now", "    for", "    start = x\n    for", "gradient(x)",
                "gradient(start)"),
        mistake("no-rate", "the gradient is not multiplied by the learning rate",
                "lr * gradient(x)", "gradient(x)"),
        mistake("sign-only", "the step has the size of lr whatever the slope: that is its sign "
                "alone", "gradient(x)", "np.sign(gradient(x))"),
        mistake("normalized", "the gradient is divided by its length: then each step is equally "
                "long and the walk never settles",
                "lr * gradient(x)", "lr * gradient(x) / np.linalg.norm(gradient(x))"),
        mistake("x-replaced", "x is replaced by the step, and not moved by it",
                "x = x - lr", "x = -lr"),
        mistake("x-scaled", "the whole difference is multiplied by lr, x too",
                "x - lr * gradient(x)", "lr * (x - gradient(x))"),
        mistake("rate-divides", "the gradient is divided by lr; a learning rate is a factor",
                "lr * gradient(x)", "gradient(x) / lr"),
        mistake("not-moved", "x is returned as it came: does the loop change another variable?",
                "x = x - lr * gradient(x)", "pass"),
        mistake("gradient-returned", "this is the gradient at the end, not the place",
                "return x", "return gradient(x)"),
    ],
)  # fmt: skip
def descent(gradient, x, lr, steps):
    """Return where x is after so many steps of gradient descent, x ← x − lr · gradient(x).

    gradient is a function that takes an array and returns one of the same shape.
    """
    for _ in range(steps):
        x = x - lr * gradient(x)
    return x
