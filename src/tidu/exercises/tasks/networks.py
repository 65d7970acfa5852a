"""Networks: the gradient of the loss, layer by layer, and the network of 2-3-2 units."""

import numpy as np

from tidu.exercises.exercise import exercise, mistake, numbers


def _scores(rng):
    calls = [
        {"x": numbers(rng, n, c), "t": np.eye(c)[rng.integers(c, size=n)]}
        for n, c in ((2, 3), (4, 3), (3, 5))
    ]
    return [*calls, {"x": np.array([[1000.0, 0.0], [-1000.0, 0.0]]), "t": np.eye(2)}]


@exercise(
    "Backward through softmax and cross-entropy together",
    results="dx",
    inputs=_scores,
    mistakes=[
        mistake("overflow", "exp overflows for large scores: subtract the largest of each row",
                "x - x.max(axis=1, keepdims=True)", "x"),
        mistake("no-batch-mean", "the loss is the mean over the batch: divide by the number of "
                "samples", " / len(x)", ""),
        mistake("divided-by-classes", "the gradient is divided by the number of classes; divide by "
                "that of samples", " / len(x)", " / x.shape[1]"),
        mistake("divided-by-all",
                "the gradient is divided by the number of entries; divide by that "
                "of samples", " / len(x)", " / x.size"),
        mistake("sign", "the sign is wrong: prediction minus target, y − t", "(y - t)", "(t - y)"),
        mistake("no-softmax", "the scores must go through the softmax first: y − t, not x − t",
                "(y - t)", "(x - t)"),
        mistake("no-target", "the target is missing: y − t", "(y - t)", "y"),
        mistake("only-the-right-class", "only the right class receives a gradient: the others do, "
                "too, for they are in the sum below the line", "(y - t)", "(y - t) * t"),
        mistake("times-slope", "y − t is all: the slope y(1 − y) has cancelled",
                "(y - t)", "(y - t) * y * (1 - y)"),
        mistake("minus-t-over-y", "this is the gradient with respect to y, −t/y: it must still go "
                "back through the softmax", "(y - t)", "(-t / y)"),
        mistake("wrong-axis", "the softmax runs over the samples: it runs over the classes, axis 1",
                "axis=1", "axis=0"),
        mistake("sum-of-all", "the softmax is that of the whole batch: each row must add up to 1",
                "e.sum(axis=1, keepdims=True)", "e.sum()"),
        mistake("squared-target", "the softmax is taken twice", "    return",
                "    y = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)\n    return"),
        mistake("probabilities", "these are the probabilities y, not a gradient",
                "(y - t) / len(x)", "y"),
        mistake("log", "the logarithm does not appear in the gradient: y − t",
                "(y - t)", "(np.log(y + 1e-7) - t)"),
    ],
)  # fmt: skip
def softmax_loss_backward(x, t):
    """Return dx, the gradient of the mean cross-entropy of y = softmax(x) with respect to x.

    x has shape (N, C), the scores of a batch; t has the same shape, one-hot. Scores may be large.
    """
    e = np.exp(x - x.max(axis=1, keepdims=True))
    y = e / e.sum(axis=1, keepdims=True)
    return (y - t) / len(x)


def _two_layers(rng):
    def call(n, d, h, c):
        return {
            "x": numbers(rng, n, d), "t": np.eye(c)[rng.integers(c, size=n)],
            "W1": numbers(rng, d, h), "b1": numbers(rng, h),
            "W2": numbers(rng, h, c), "b2": numbers(rng, c),
        }  # fmt: skip

    return [call(2, 3, 2, 2), call(5, 2, 4, 3), call(3, 3, 3, 3)]


@exercise(
    "The gradient of a network of two layers",
    results="dW1 db1 dW2 db2",
    inputs=_two_layers,
    mistakes=[
        mistake("no-batch-mean", "the loss is the mean over the batch: divide y − t by the number "
                "of samples", "(y - t) / len(x)", "y - t"),
        mistake("sign", "the sign is wrong: prediction minus target, y − t",
                "(y - t) / len(x)", "(t - y) / len(x)"),
        mistake("no-sigmoid-slope", "the way back through the sigmoid is missing: multiply by "
                "h(1 − h)", " * h * (1 - h)", ""),
        mistake("half-sigmoid-slope", "the slope of the sigmoid is h(1 − h): one factor is missing",
                " * h * (1 - h)", " * h"),
        mistake("half-sigmoid-slope", "the slope of the sigmoid is h(1 − h): one factor is missing",
                " * h * (1 - h)", " * (1 - h)"),
        mistake("sigmoid-of-h", "h is the *output* of the sigmoid: its slope is h(1 − h), not "
                "σ(h)(1 − σ(h))", " * h * (1 - h)",
                " * (1 / (1 + np.exp(-h))) * (1 - 1 / (1 + np.exp(-h)))"),
        mistake("no-W2", "the gradient must pass through W2 before it reaches the first layer",
                "dscores @ W2.T * h * (1 - h)", "dscores.sum(axis=1, keepdims=True) * h * (1 - h)"),
        mistake("x-in-second-layer", "dW2 needs what went *into* the second layer: h",
                "h.T @ dscores", "(x @ W1 + b1).T @ dscores"),
        mistake("h-transposed", "dW2 is transposed", "h.T @ dscores", "dscores.T @ h"),
        mistake("dW1-transposed", "dW1 is transposed", "x.T @ ds", "ds.T @ x"),
        mistake("db1-no-sum", "your db1 forgets the sum over the batch", "ds.sum(axis=0)", "ds"),
        mistake("db2-no-sum", "your db2 forgets the sum over the batch",
                "dscores.sum(axis=0)", "dscores"),
        mistake("db-no-sum", "your biases' gradients forget the sum over the batch",
                "ds.sum(axis=0)", "ds", "dscores.sum(axis=0)", "dscores"),
        mistake("no-biases", "the forward pass forgets the biases",
                "x @ W1 + b1", "x @ W1", "h @ W2 + b2", "h @ W2"),
        mistake("no-softmax", "the scores must go through the softmax before y − t",
                "e / e.sum(axis=1, keepdims=True)", "h @ W2 + b2"),
        mistake("db1-is-mean", "db1 is the mean over the batch: it is the sum",
                "ds.sum(axis=0)", "ds.mean(axis=0)"),
    ],
)  # fmt: skip
def two_layer_network(x, t, W1, b1, W2, b2):
    """Return dW1, db1, dW2 and db2: the gradients of the loss of a network of two layers.

    h = σ(x W1 + b1), y = softmax(h W2 + b2), and the loss is the mean cross-entropy of y and the
    one-hot targets t. x has shape (N, d_in), t (N, C).
    """
    h = 1 / (1 + np.exp(-(x @ W1 + b1)))
    e = np.exp(h @ W2 + b2)
    y = e / e.sum(axis=1, keepdims=True)
    dscores = (y - t) / len(x)
    ds = dscores @ W2.T * h * (1 - h)
    return x.T @ ds, ds.sum(axis=0), h.T @ dscores, dscores.sum(axis=0)


def _sums(rng):
    return [
        {"z": numbers(rng, *shape), "t": np.round(rng.uniform(0, 1, shape), 1)}
        for shape in ((3,), (2, 3), (4, 2))
    ]


@exercise(
    "The error δ of the output layer, for two costs",
    results="quadratic crossentropy",
    inputs=_sums,
    mistakes=[
        mistake("swapped", "the two costs are swapped: in cross-entropy the slope of the sigmoid "
                "has cancelled", "(a - t) * a * (1 - a), a - t", "a - t, (a - t) * a * (1 - a)"),
        mistake("quadratic-no-slope", "the quadratic cost keeps the factor σ′(z) = a(1 − a)",
                "(a - t) * a * (1 - a)", "(a - t)"),
        mistake("crossentropy-slope", "with cross-entropy the factor σ′(z) cancels: δ = a − t",
                ", a - t", ", (a - t) * a * (1 - a)"),
        mistake("sign", "the sign is wrong: a − t, output minus target", "a - t", "t - a"),
        mistake("z-not-a", "δ needs the output a = σ(z), not the sum z",
                "1 / (1 + np.exp(-z))", "z"),
        mistake("slope-of-a", "σ′ is taken at a: take it at z; with a at hand it is a(1 − a)",
                "* a * (1 - a)", "* (s := 1 / (1 + np.exp(-a))) * (1 - s)"),
        mistake("slope-half", "σ′(z) = a(1 − a): one factor is missing", " * a * (1 - a)", " * a"),
        mistake("slope-half", "σ′(z) = a(1 − a): one factor is missing",
                " * a * (1 - a)", " * (1 - a)"),
        mistake("tanh-slope", "1 − a² is the slope of tanh", "* a * (1 - a)", "* (1 - a**2)"),
        mistake("doubled", "the ½ in the quadratic cost cancels the 2: no factor is left",
                "(a - t) * a", "2 * (a - t) * a"),
        mistake("z-slope", "the slope is a(1 − a): z itself is not in it",
                "* a * (1 - a)", "* z * (1 - z)"),
        mistake("divides", "the slope is a factor: δ is not divided by it",
                "(a - t) * a * (1 - a)", "(a - t) / (a * (1 - a))"),
        mistake("cost", "this is the quadratic cost itself, not its slope",
                "(a - t) * a * (1 - a)", "0.5 * (a - t) ** 2"),
        mistake("precedence", "without parentheses only t is multiplied: (a − t) · a(1 − a)",
                "(a - t) * a * (1 - a)", "a - t * a * (1 - a)"),
        mistake("gradient-of-a", "this is the slope with respect to a: δ is that with respect to z",
                ", a - t", ", (a - t) / (a * (1 - a))"),
    ],
)  # fmt: skip
def output_delta(z, t):
    """Return δ = ∂C/∂z of a sigmoid output a = σ(z): for the quadratic cost, and cross-entropy.

    The quadratic cost is ½ Σ (a − t)², the cross-entropy −Σ [t ln a + (1 − t) ln(1 − a)].
    """
    a = 1 / (1 + np.exp(-z))
    return (a - t) * a * (1 - a), a - t


def _examples(rng):
    W1 = np.array([[0.1, 0.15], [0.2, 0.25], [0.3, 0.35]])
    W2 = np.array([[0.4, 0.45, 0.5], [0.55, 0.6, 0.65]])
    course = {
        "x": np.array([5.0, 10.0]),
        "t": np.array([0.01, 0.99]),
        "W1": W1,
        "W2": W2,
        "lr": 0.5,
    }
    others = [
        {"x": numbers(rng, 2), "t": np.round(rng.uniform(0, 1, 2), 2), "W1": numbers(rng, 3, 2),
         "W2": numbers(rng, 2, 3), "lr": lr}
        for lr in (0.3, 2.0)
    ]  # fmt: skip
    return [
        {**course, "x": np.array([5.0, 10.0]) + np.round(rng.integers(0, 9, 2) / 10, 1)},
        *others,
    ]


@exercise(
    "The 2-3-2 network in matrices: one step",
    results="o W1 W2",
    inputs=_examples,
    mistakes=[
        mistake("new-W2", "the error goes back through the *old* W2: change the weights after all "
                "gradients are known", "    d1 = ", "    W2 = W2 - lr * np.outer(d2, h)\n    d1 = ",
                "W2 - lr * np.outer(d2, h)\n    return", "W2\n    return"),
        mistake("uphill",
                "the steps go uphill: subtract them; the first factor is o − t, not t − o",
                "W1 - lr", "W1 + lr",
                "W2 - lr", "W2 + lr"),
        mistake("factor-2", "the error is ½ Σ (o − t)²: its slope is o − t, without a 2",
                "(o - t) * o", "2 * (o - t) * o"),
        mistake("no-output-slope", "the slope of the output sigmoid, o(1 − o), is missing",
                "(o - t) * o * (1 - o)", "(o - t)"),
        mistake("no-hidden-slope", "the slope of the hidden sigmoid, h(1 − h), is missing",
                "d2 @ W2 * h * (1 - h)", "d2 @ W2"),
        mistake("no-bias",
                "the biases are missing: 0.35 for the hidden units, 0.65 for the outputs",
                " + 0.35", "", " + 0.65", ""),
        mistake("biases-swapped", "the biases are swapped: 0.35 is for the hidden units, 0.65 for "
                "the outputs", "0.35", "#", "0.65", "0.35", "#", "0.65"),
        mistake("no-hidden-sigmoid", "the hidden units have a sigmoid, too",
                "1 / (1 + np.exp(-(W1 @ x + 0.35)))", "W1 @ x + 0.35"),
        mistake("no-output-sigmoid", "the outputs have a sigmoid, too",
                "1 / (1 + np.exp(-(W2 @ h + 0.65)))", "W2 @ h + 0.65"),
        mistake("no-rate", "the learning rate is left out", "lr * np", "np"),
        mistake("x-for-h", "the gradient of W2 is δ times what goes into it, h: rows are outputs, "
                "columns hidden units", "np.outer(d2, h)", "np.outer(d2, W1 @ x + 0.35)"),
        mistake("only-W2", "W1 is not changed", "W1 - lr * np.outer(d1, x)", "W1"),
        mistake("only-W1", "W2 is not changed", "W2 - lr * np.outer(d2, h)", "W2"),
        mistake("gradients", "these are the gradients: subtract lr times them from the weights",
                "W1 - lr * np.outer(d1, x)", "np.outer(d1, x)",
                "W2 - lr * np.outer(d2, h)", "np.outer(d2, h)"),
        mistake("biases-learned", "the outputs are those after the step: return those of the "
                "forward pass", "return o,",
                "h = 1 / (1 + np.exp(-(W1 @ x + 0.35)))\n"
                "    o = 1 / (1 + np.exp(-(W2 @ h + 0.65)))\n    return o,"),
        mistake("errors-mixed", "each hidden unit receives the errors of both outputs, each times "
                "its own weight: d2 @ W2", "d2 @ W2 * h", "d2.sum() * h"),
    ],
)  # fmt: skip
def two_three_two(x, t, W1, W2, lr):
    """Return the outputs o, and W1 and W2 after one step of SGD on ½ Σ (o − t)².

    h = σ(W1 x + 0.35) and o = σ(W2 h + 0.65): two inputs, three hidden units, two outputs. The rows
    of a matrix are the units it leads to: W1 has shape (3, 2), W2 (2, 3). Biases stay as they are.
    """
    h = 1 / (1 + np.exp(-(W1 @ x + 0.35)))
    o = 1 / (1 + np.exp(-(W2 @ h + 0.65)))
    d2 = (o - t) * o * (1 - o)
    d1 = d2 @ W2 * h * (1 - h)
    W1 = W1 - lr * np.outer(d1, x)
    W2 = W2 - lr * np.outer(d2, h)
    return o, W1, W2
