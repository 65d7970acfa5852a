"""Backward passes of single operations and layers."""

import numpy as np

from tidu.exercises.exercise import exercise, mistake, numbers


def _shop(rng):
    return [{"dy": 1.0, "a": 2.0, "b": 100.0, "c": 3.0}] + [
        {name: float(value) for name, value in zip(("dy", "a", "b", "c"), row, strict=True)}
        for row in numbers(rng, 3, 4) * 3
    ]


@exercise(
    "Backward through a product and a sum, y = a·b + c",
    results="da db dc",
    inputs=_shop,
    mistakes=[
        mistake("not-swapped", "a product passes to each factor the gradient times the *other* "
                "factor", "da = dy * b", "da = dy * a", "db = dy * a", "db = dy * b"),
        mistake("forgets-dy", "the gradient that comes from behind, dy, is left out: the chain "
                "rule multiplies by it", "dy * b", "b", "dy * a", "a", "dc = dy", "dc = 1.0"),
        mistake("product-as-sum", "the product is treated like a sum: its factors receive dy times "
                "the other factor", "dy * b", "dy", "dy * a", "dy"),
        mistake("sum-as-product", "the sum is treated like a product: it passes dy on as it is",
                "dc = dy", "dc = dy * a * b"),
        mistake("sum-times-c", "the sum does not multiply: it passes dy on as it is",
                "dc = dy", "dc = dy * c"),
        mistake("sum-stops", "no gradient reaches c: a sum passes dy on as it is",
                "dc = dy", "dc = 0.0"),
        mistake("adds", "the gradient is multiplied by the other factor, and not added to it",
                "dy * b", "dy + b", "dy * a", "dy + a"),
        mistake("includes-c", "c is in the sum, not in the product: it does not reach the slope "
                "with respect to a factor", "dy * b", "dy * (b + c)", "dy * a", "dy * (a + c)"),
        mistake("divides", "the gradient is divided by the other factor in place of multiplied",
                "dy * b", "dy / b", "dy * a", "dy / a"),
        mistake("forward", "this is the value y, not a gradient", "dy * b", "a * b + c"),
        mistake("both-factors", "the gradient is multiplied by both factors: only the other one "
                "belongs to it", "dy * b", "dy * b * a", "dy * a\n", "dy * b * a\n"),
        mistake("half", "the gradient is halved: each input receives all of dy times its slope",
                "dc = dy", "dc = dy / 2"),
    ],
)  # fmt: skip
def multiply_add(dy, a, b, c):
    """Return da, db and dc: the gradients of L with respect to a, b and c, where y = a·b + c.

    dy is the gradient of L with respect to y. All are single numbers.
    """
    da = dy * b
    db = dy * a
    dc = dy
    return da, db, dc


def _masks(rng):
    return [
        {"dy": numbers(rng, 2, 3), "x": numbers(rng, 2, 3)},
        {"dy": numbers(rng, 4), "x": np.array([0.0, 2.0, -1.0, 0.5])},
        {"dy": numbers(rng, 3, 2, 2), "x": numbers(rng, 3, 2, 2) * 2},
    ]


@exercise(
    "Backward through ReLU",
    results="dx",
    inputs=_masks,
    mistakes=[
        mistake("no-mask", "the mask is missing: where x ≤ 0 no gradient comes back",
                "dy * (x > 0)", "dy * 1.0"),
        mistake("mask-of-dy", "the mask is taken from dy: what counts is where *x* was positive in "
                "the forward pass", "x > 0", "dy > 0"),
        mistake("mask-reversed", "the mask is the wrong way round: the gradient passes where x > 0",
                "x > 0", "x <= 0"),
        mistake("mask-reversed", "the mask is the wrong way round: the gradient passes where x > 0",
                "x > 0", "x < 0"),
        mistake("at-0", "at x = 0 exactly, let no gradient through (x > 0, not x ≥ 0)",
                "x > 0", "x >= 0"),
        mistake("forgets-dy", "this is the slope of ReLU alone: multiply it by dy",
                "dy * (x > 0)", "(x > 0) * 1.0"),
        mistake("times-x", "dy is multiplied by ReLU's value in place of its slope, 0 or 1",
                "(x > 0)", "np.maximum(x, 0)"),
        mistake("times-x", "dy is multiplied by x in place of ReLU's slope, 0 or 1",
                "(x > 0)", "x"),
        mistake("forward", "this is the forward pass, max(0, x)", "dy * (x > 0)",
                "np.maximum(x, 0)"),
        mistake("sign-of-x", "dy is multiplied by the sign of x: below 0 the slope of ReLU is 0, "
                "not −1", "(x > 0)", "np.sign(x)"),
        mistake("leaky", "a small gradient leaks through where x < 0: that is the leaky ReLU",
                "(x > 0)", "np.where(x > 0, 1, 0.01)"),
        mistake("above-1", "the mask is x > 1; it is x > 0", "x > 0", "x > 1"),
    ],
)  # fmt: skip
def relu_backward(dy, x):
    """Return dx, the gradient with respect to x of y = max(0, x), entry by entry.

    dy is the gradient with respect to y; both have the shape of x.
    """
    return dy * (x > 0)


def _sigmoids(rng):
    return [
        {"dy": numbers(rng, 3), "y": np.abs(np.round(np.tanh(numbers(rng, 3)), 2)) * 0.9},
        {"dy": numbers(rng, 2, 3), "y": np.round(rng.uniform(0.05, 0.95, (2, 3)), 2)},
        {"dy": numbers(rng, 4, 1), "y": np.round(rng.uniform(0.05, 0.95, (4, 1)), 2)},
    ]


@exercise(
    "Backward through the sigmoid",
    results="dx",
    inputs=_sigmoids,
    mistakes=[
        mistake("no-one-minus", "the factor (1 − y) is missing: the slope is y(1 − y)",
                "y * (1 - y)", "y"),
        mistake("no-y", "the factor y is missing: the slope is y(1 − y)", "y * (1 - y)", "(1 - y)"),
        mistake("forgets-dy", "this is the slope alone: multiply it by dy", "dy * ", ""),
        mistake("precedence", "without parentheses, y * 1 − y is 0: write y * (1 − y)",
                "dy * y * (1 - y)", "dy * y * 1 - y"),
        mistake("of-sigmoid-again", "y is the *output* of the sigmoid: do not apply the sigmoid to "
                "it once more", "    return", "    y = 1 / (1 + np.exp(-y))\n    return"),
        mistake("tanh", "1 − y² is the slope of tanh; that of the sigmoid is y(1 − y)",
                "y * (1 - y)", "(1 - y**2)"),
        mistake("sign", "the sign is wrong: y − 1 in place of 1 − y", "(1 - y)", "(y - 1)"),
        mistake("plus", "1 + y in place of 1 − y", "(1 - y)", "(1 + y)"),
        mistake("squared", "y(1 − y) is taken twice", "y * (1 - y)", "(y * (1 - y)) ** 2"),
        mistake("dy-not-y", "the slope is that of y, not of dy: y(1 − y)",
                "dy * y * (1 - y)", "y * dy * (1 - dy)"),
        mistake("divides", "dy is divided by the slope in place of multiplied by it",
                "dy * y * (1 - y)", "dy / (y * (1 - y))"),
        mistake("forward", "this is the sigmoid of y, not a gradient",
                "dy * y * (1 - y)", "1 / (1 + np.exp(-y))"),
        mistake("summed", "the gradients are added up: each entry keeps its own",
                "return dy * y * (1 - y)", "return (dy * y * (1 - y)).sum()"),
    ],
)  # fmt: skip
def sigmoid_backward(dy, y):
    """Return dx, the gradient with respect to x, where y = sigmoid(x) is the layer's output.

    dy is the gradient with respect to y; all have one shape. With y at hand, x is not needed.
    """
    return dy * y * (1 - y)


def _affine(rng):
    sizes = ((2, 3, 2), (4, 2, 3), (5, 3, 3), (3, 3, 3))
    return [
        {"dy": numbers(rng, n, k), "x": numbers(rng, n, d), "W": numbers(rng, d, k)}
        for n, d, k in sizes
    ]


@exercise(
    "Backward through an affine layer, y = xW + b",
    results="dx dW db",
    inputs=_affine,
    mistakes=[
        mistake("no-batch-sum", "your backward of Affine forgets the sum over the batch in db: b "
                "is used once for each sample", "dy.sum(axis=0)", "dy"),
        mistake("first-sample", "db is taken from one sample alone: add up all of the batch",
                "dy.sum(axis=0)", "dy[0]"),
        mistake("batch-mean", "db is the mean over the batch, and dW the sum: both are sums (the "
                "loss has divided by N already)", "dy.sum(axis=0)", "dy.mean(axis=0)"),
        mistake("sum-of-all", "db is one number: add up over the samples (axis 0) and keep the "
                "outputs apart", "dy.sum(axis=0)", "dy.sum()"),
        mistake("wrong-axis", "db is summed over the outputs: add up over the samples, axis 0",
                "dy.sum(axis=0)", "dy.sum(axis=1)"),
        mistake("keeps-axis", "db must have the shape of b, (d_out,): leave out keepdims",
                "dy.sum(axis=0)", "dy.sum(axis=0, keepdims=True)"),
        mistake("db-ones", "db is not 1: it is dy, added up over the batch",
                "dy.sum(axis=0)", "np.ones(W.shape[1])"),
        mistake("W-not-transposed", "dx needs the transpose of W: dx = dy Wᵀ", "dy @ W.T",
                "dy @ W"),
        mistake("dx-order", "dx = dy Wᵀ: the factors are the wrong way round", "dy @ W.T",
                "W @ dy.T"),
        mistake("dW-transposed", "dW is transposed: it is xᵀ dy, of the shape of W",
                "x.T @ dy", "dy.T @ x"),
        mistake("x-not-transposed", "dW needs the transpose of x: dW = xᵀ dy", "x.T @ dy",
                "x @ dy"),
        mistake("dW-mean", "dW is divided by the number of samples: the loss has done so already",
                "x.T @ dy", "x.T @ dy / len(x)"),
        mistake("dW-from-W", "dW is made of x and dy; W does not appear in it",
                "x.T @ dy", "W * dy.sum(axis=0)"),
        mistake("dx-forgets-W", "dx passes through W: dx = dy Wᵀ", "dy @ W.T", "dy"),
        mistake("dW-forgets-x", "dW must contain x: dW = xᵀ dy",
                "x.T @ dy", "np.ones(x.shape).T @ dy"),
    ],
)  # fmt: skip
def affine_backward(dy, x, W):
    """Return dx, dW and db, the gradients with respect to x, W and b of y = x W + b.

    dy has shape (N, d_out), x (N, d_in), W (d_in, d_out), b (d_out,).
    """
    dx = dy @ W.T
    dW = x.T @ dy
    db = dy.sum(axis=0)
    return dx, dW, db
