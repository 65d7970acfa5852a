"""Find the bug: networks in which something is wrong."""

import numpy as np

from tidu.exercises.exercise import exercise, mistake, numbers


def _predictions(rng):
    def call(n, c, *wrong):
        y = numbers(rng, n, c)
        classes = y.argmax(axis=1)
        classes[list(wrong)] = (classes[list(wrong)] + 1) % c
        return {"y": y, "t": np.eye(c)[classes]}

    return [call(4, 3, 0), call(5, 3, 2, 3), call(9, 4, 1, 5, 6, 8)]


@exercise(
    "Find the bug: an accuracy that is always 100 %",
    results="accuracy",
    inputs=_predictions,
    broken="targets-overwritten",
    mistakes=[
        mistake("targets-overwritten", "the accuracy is still 1 for any targets: which variable "
                "holds the targets when the two are compared?", "t.argmax(axis=1)", "y"),
        mistake("wrong-axis", "the largest score is looked for along the samples: look along the "
                "classes, axis 1", "axis=1", "axis=0"),
        mistake("count", "this is how many are right: divide by how many there are",
                ".sum() / len(t)", ".sum()"),
        mistake("percent", "this is in per cent: return the share, from 0 to 1",
                ".sum() / len(t)", ".sum() / len(t) * 100"),
        mistake("error-rate", "this is the share of mistakes", "y == t", "y != t"),
        mistake("entries", "all entries are compared, zeros too: compare one class for each sample",
                "    y = y.argmax(axis=1)\n    t = t.argmax(axis=1)\n",
                "    y = y == y.max(axis=1, keepdims=True)\n", "(y == t).sum() / len(t)",
                "(y == t).mean()"),
        mistake("no-argmax-of-t", "y holds class numbers and t one-hot rows: both need argmax",
                "    t = t.argmax(axis=1)\n", "    t = t.astype(int)\n",
                "(y == t).sum() / len(t)", "(y[:, None] == t).sum() / len(t)"),
        mistake("divided-by-classes", "divide by the number of samples, not of classes",
                "    y = y.argmax", "    c = y.shape[1]\n    y = y.argmax", "/ len(t)", "/ c"),
        mistake("smallest", "the smallest score is taken for the prediction",
                "y.argmax", "y.argmin"),
        mistake("first-sample", "only the first sample is looked at",
                "(y == t).sum() / len(t)", "float(y[0] == t[0])"),
        mistake("all-or-nothing", "it is 1 only if every sample is right: take the share of them",
                "(y == t).sum() / len(t)", "float((y == t).all())"),
    ],
)  # fmt: skip
def bug_accuracy(y, t):
    """Return the share of samples whose largest score is that of the right class.

    y has shape (N, C), the scores; t has the same shape, one-hot. Something here is wrong.
    """
    y = y.argmax(axis=1)
    t = t.argmax(axis=1)
    return (y == t).sum() / len(t)


def _line(rng):
    def call(n, d, size):
        return {
            "x": numbers(rng, n, d), "t": numbers(rng, n), "w": numbers(rng, d), "b": 0.5,
            "lr": 0.1, "order": np.roll(rng.permutation(n), 1), "size": size,
        }  # fmt: skip

    return [call(4, 2, 2), call(7, 3, 3), call(6, 2, 2)]


@exercise(
    "Find the bug: an epoch that learns nothing",
    results="w b",
    inputs=_line,
    broken="targets-not-shuffled",
    mistakes=[
        mistake("targets-not-shuffled", "it still learns nothing: does each target belong to its "
                "sample?", "t[chosen]", "t[k : k + size]"),
        mistake("inputs-not-shuffled",
                "now the inputs are in the old order, and the targets in the "
                "new one", "x[chosen]", "x[k : k + size]"),
        mistake("not-shuffled", "the order is not used any more: samples must come in this order",
                "order[k : k + size]", "np.arange(len(x))[k : k + size]"),
        mistake("targets-from-inputs", "the targets are taken from x",
                "t[chosen]", "x[chosen][:, 0]"),
        mistake("one-batch", "only the first batch is learned from",
                "range(0, len(x), size)", "range(0, size, size)"),
        mistake("overlap", "the batches overlap: they start at 0, size, 2 · size, ...",
                "range(0, len(x), size)", "range(len(x))"),
        mistake("drops-the-last", "the last, smaller batch is left out",
                "range(0, len(x), size)", "range(0, len(x) - size + 1, size)"),
        mistake("uphill", "the steps go uphill", "w - lr", "w + lr", "b - lr", "b + lr"),
        mistake("old-error", "the error is that before the epoch: take it anew in each batch",
                "    for k", "    w0, b0 = w, b\n    for k", "@ w + b -", "@ w0 + b0 -"),
        mistake("sum-not-mean", "the gradients are sums: the loss is a mean over the batch",
                "error @ x[chosen] / len(error)", "error @ x[chosen]",
                "error.mean()", "error.sum()"),
        mistake("divided-by-all", "the gradients are divided by the number of all samples: divide "
                "by that of the batch", "error @ x[chosen] / len(error)",
                "error @ x[chosen] / len(x)", "error.mean()", "error.sum() / len(x)"),
        mistake("b-not-learned", "b stays as it is", "        b = b - lr * error.mean()\n", ""),
        mistake("w-not-learned", "w stays as it is",
                "        w = w - lr * error @ x[chosen] / len(error)\n", ""),
        mistake("full-batch", "this is one step on all samples, and no epoch of mini-batches",
                "range(0, len(x), size)", "[0]", "order[k : k + size]", "order"),
    ],
)  # fmt: skip
def bug_epoch(x, t, w, b, lr, order, size):
    """Return w and b after an epoch of mini-batches that fit t ≈ x w + b.

    The loss is ½ mean (x w + b − t)². The samples come in `order`, `size` of them at a time; x has
    shape (N, d), t (N,), w (d,). Something here is wrong.
    """
    for k in range(0, len(x), size):
        chosen = order[k : k + size]
        error = x[chosen] @ w + b - t[chosen]
        w = w - lr * error @ x[chosen] / len(error)
        b = b - lr * error.mean()
    return w, b


def _relu_nets(rng):
    def call(n, d, h, c):
        return {
            "x": numbers(rng, n, d), "t": np.eye(c)[rng.integers(c, size=n)],
            "W1": numbers(rng, d, h), "W2": numbers(rng, h, c), "lr": 0.5,
        }  # fmt: skip

    return [call(3, 2, 3, 2), call(5, 3, 4, 3), call(4, 2, 2, 4)]


@exercise(
    "Find the bug: a step that goes astray",
    results="W1 W2",
    inputs=_relu_nets,
    broken="new-W2",
    mistakes=[
        mistake("new-W2", "W1 still moves the wrong way: which W2 does the error go back through, "
                "that of the forward pass or the new one?",
                "    ds = dscores @ W2.T * (s > 0)\n", "", "    W2 = W2 - lr * h.T @ dscores\n",
                "    W2 = W2 - lr * h.T @ dscores\n    ds = dscores @ W2.T * (s > 0)\n",
                "    W1 = W1 - lr * x.T @ ds\n    return", "    return", "return W1, W2",
                "return W1 - lr * x.T @ ds, W2"),
        mistake("only-W2", "W1 does not move any more", "    W1 = W1 - lr * x.T @ ds\n", ""),
        mistake("only-W1", "W2 does not move any more", "    W2 = W2 - lr * h.T @ dscores\n", ""),
        mistake("no-mask", "the mask of ReLU is gone: where s ≤ 0 no gradient comes back",
                " * (s > 0)", ""),
        mistake("mask-of-error", "the mask is that of the error: it is that of s",
                "(s > 0)", "(dscores @ W2.T > 0)"),
        mistake("uphill", "the steps go uphill", "W1 - lr", "W1 + lr", "W2 - lr", "W2 + lr"),
        mistake("no-batch-mean", "the loss is a mean over the batch: divide by the number of "
                "samples", "(y - t) / len(x)", "(y - t)"),
        mistake("wrong-axis", "the softmax runs along the wrong axis",
                "e.sum(axis=1, keepdims=True)", "e.sum(axis=0, keepdims=True)"),
        mistake("s-for-h", "dW2 needs the output of ReLU, h", "h.T @ dscores", "s.T @ dscores"),
        mistake("no-rate", "the learning rate is gone", "lr * ", ""),
        mistake("W1-twice", "W1 moves twice", "x.T @ ds", "2 * x.T @ ds"),
        mistake("gradients", "these are the gradients, not the new weights",
                "return W1, W2", "return x.T @ ds, h.T @ dscores"),
        mistake("times-h", "ReLU's slope is 0 or 1, not h", "(s > 0)", "h"),
    ],
)  # fmt: skip
def bug_step(x, t, W1, W2, lr):
    """Return W1 and W2 after a step of SGD on a network with ReLU and softmax, without biases.

    h = max(0, x W1), y = softmax(h W2), and the loss is the mean cross-entropy of y and the one-hot
    targets t. Something here is wrong.
    """
    s = x @ W1
    h = np.maximum(s, 0)
    e = np.exp(h @ W2)
    y = e / e.sum(axis=1, keepdims=True)
    dscores = (y - t) / len(x)
    ds = dscores @ W2.T * (s > 0)
    W2 = W2 - lr * h.T @ dscores
    W1 = W1 - lr * x.T @ ds
    return W1, W2


def _sigmoid_nets(rng):
    def call(n, d, h, c):
        return {
            "x": numbers(rng, n, d), "t": np.round(rng.uniform(0, 1, (n, c)), 1),
            "W1": numbers(rng, d, h), "W2": numbers(rng, h, c),
        }  # fmt: skip

    return [call(2, 3, 2, 2), call(4, 2, 3, 1), call(5, 2, 3, 4)]


@exercise(
    "Find the bug: a gradient that the check rejects",
    results="dW1 dW2",
    inputs=_sigmoid_nets,
    broken="slope-of-sums",
    mistakes=[
        mistake("slope-of-sums", "the check still says no: is it the sum or the output of a hidden "
                "unit whose slope is h(1 − h)?", "* h * (1 - h)", "* s * (1 - s)"),
        mistake("sigmoid-of-h", "h is an output of the sigmoid already: do not apply it once more",
                "* h * (1 - h)", "* sigmoid(h) * (1 - sigmoid(h))"),
        mistake("no-hidden-slope", "the slope of the hidden sigmoid is gone", " * h * (1 - h)", ""),
        mistake("half-slope", "the slope of the sigmoid is h(1 − h): one factor is missing",
                " * h * (1 - h)", " * h"),
        mistake("half-slope", "the slope of the sigmoid is h(1 − h): one factor is missing",
                " * h * (1 - h)", " * (1 - h)"),
        mistake("output-slope", "the outputs have a sigmoid, too: the factor y(1 − y) is missing",
                "(y - t) * y * (1 - y)", "(y - t)"),
        mistake("tanh-slope", "1 − h² is the slope of tanh", "* h * (1 - h)", "* (1 - h**2)"),
        mistake("no-W2", "the error must pass through W2",
                "dz @ W2.T *", "dz.sum(axis=1, keepdims=True) *"),
        mistake("sign", "the error is y − t", "(y - t) * y", "(t - y) * y"),
        mistake("doubled", "the loss has a ½: no factor 2 is left", "(y - t) * y",
                "2 * (y - t) * y"),
        mistake("batch-mean", "the loss is a sum over the batch: do not divide",
                "(y - t) * y", "(y - t) / len(x) * y"),
        mistake("s-in-dW2", "dW2 needs what goes into the second layer, h", "h.T @ dz", "s.T @ dz"),
        mistake("transposed", "a gradient has the shape of its matrix: yours are transposed",
                "x.T @ ds, h.T @ dz", "ds.T @ x, dz.T @ h"),
        mistake("slope-of-error", "the slope is that of h, not of the error",
                " * h * (1 - h)", " * (dz @ W2.T) * (1 - dz @ W2.T)"),
    ],
)  # fmt: skip
def bug_gradient(x, t, W1, W2):
    """Return dW1 and dW2 of a network of two sigmoid layers, without biases.

    h = σ(x W1), y = σ(h W2), and the loss is ½ Σ (y − t)², a sum over the batch as well. Something
    here is wrong.
    """

    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    s = x @ W1
    h = sigmoid(s)
    y = sigmoid(h @ W2)
    dz = (y - t) * y * (1 - y)
    ds = dz @ W2.T * h * (1 - h)
    return x.T @ ds, h.T @ dz


def _regularized(rng):
    return [
        {"x": numbers(rng, n, d), "t": numbers(rng, n), "w": numbers(rng, d), "b": b,
         "strength": lam}
        for n, d, b, lam in ((3, 2, 1.5, 0.5), (5, 3, -0.7, 2.0), (4, 4, 2.0, 0.3))
    ]  # fmt: skip


@exercise(
    "Find the bug: a penalty that does not act",
    results="loss dw db",
    inputs=_regularized,
    broken="not-in-gradient",
    mistakes=[
        mistake("not-in-gradient", "the penalty still does not act: it is in the loss, but is it "
                "in what moves the weights?", " + strength * w\n", "\n"),
        mistake("not-in-loss", "now the penalty is missing in the loss",
                " + 0.5 * strength * (w**2).sum()", ""),
        mistake("nowhere", "the penalty is gone altogether",
                " + 0.5 * strength * (w**2).sum()", "", " + strength * w\n", "\n"),
        mistake("doubled", "the slope of ½λw² is λw, without a 2", " + strength * w\n",
                " + 2 * strength * w\n"),
        mistake("halved", "the slope of ½λw² is λw, without a ½", " + strength * w\n",
                " + 0.5 * strength * w\n"),
        mistake("value-in-gradient",
                "the penalty itself is added to the gradient: add its slope, λw",
                " + strength * w\n", " + 0.5 * strength * (w**2).sum()\n"),
        mistake("squares-in-gradient", "the slope of ½λw² is λw, not ½λw²",
                " + strength * w\n", " + 0.5 * strength * w**2\n"),
        mistake("minus", "the penalty must make the weights smaller: its slope is added",
                " + strength * w\n", " - strength * w\n"),
        mistake("bias-penalized", "the bias is not penalized: the loss has no term in b",
                "db = error.mean()", "db = error.mean() + strength * b"),
        mistake("l1-slope", "this is the slope of an L1 penalty", " + strength * w\n",
                " + strength * np.sign(w)\n"),
        mistake("sum-of-w", "each weight has its own slope: do not add up over w",
                " + strength * w\n", " + strength * w.sum()\n"),
        mistake("strength-alone", "the slope of ½λw² is λw: the factor w is missing",
                " + strength * w\n", " + strength\n"),
        mistake("divided-by-n", "the penalty is not a mean over the samples: do not divide it",
                " + strength * w\n", " + strength * w / len(x)\n"),
        mistake("instead", "the gradient of the error itself is gone",
                "error @ x / len(x) + strength * w", "strength * w"),
    ],
)  # fmt: skip
def bug_penalty(x, t, w, b, strength):
    """Return the loss ½ mean (x w + b − t)² + ½λ Σw², and its gradients dw and db.

    λ is `strength`; x has shape (N, d), t (N,), w (d,). Something here is wrong.
    """
    error = x @ w + b - t
    loss = 0.5 * (error**2).mean() + 0.5 * strength * (w**2).sum()
    dw = error @ x / len(x) + strength * w
    db = error.mean()
    return loss, dw, db
