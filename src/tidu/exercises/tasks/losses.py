"""Losses, targets and mini-batches."""

import numpy as np

from tidu.exercises.exercise import exercise, mistake, numbers


def _probabilities(rng, n, c):
    e = np.exp(numbers(rng, n, c))
    return np.round(e / e.sum(axis=1, keepdims=True), 3)


def _one_hot_batches(rng):
    calls = [
        {"y": _probabilities(rng, n, c), "t": np.eye(c)[rng.integers(c, size=n)]}
        for n, c in ((2, 3), (4, 5), (1, 4))
    ]
    certain = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    return [*calls, {"y": certain, "t": np.eye(3)[[0, 2]]}]


@exercise(
    "The cross-entropy of a batch, with one-hot targets",
    results="E",
    inputs=_one_hot_batches,
    mistakes=[
        mistake("no-eps",
                "log 0 is −∞ where a probability is 0: add 1e-7 to y, inside the logarithm",
                "np.log(y + 1e-7)", "np.log(y)"),
        mistake("no-batch-mean", "the sum over the batch is not divided by the number of samples, "
                "len(y)", " / len(y)", ""),
        mistake("mean-of-all", "np.mean over all entries divides by the number of classes, too",
                " / len(y)", " / y.size"),
        mistake("divided-by-classes", "the sum is divided by the number of classes; divide by that "
                "of samples, len(y)", "len(y)", "y.shape[1]"),
        mistake("sign", "the minus is missing: logarithms of probabilities are negative, and the "
                "loss is positive", "-(t", "(t"),
        mistake("swapped", "t and y are swapped: the logarithm is that of the prediction y",
                "t * np.log(y + 1e-7)", "y * np.log(t + 1e-7)"),
        mistake("no-log", "the logarithm is missing", "np.log(y + 1e-7)", "(y + 1e-7)"),
        mistake("log-10", "the logarithm is the natural one, np.log", "np.log(", "np.log10("),
        mistake("log-2", "the logarithm is the natural one, np.log", "np.log(", "np.log2("),
        mistake("all-classes", "every class is counted: multiply by t, which leaves the right one",
                "(t * np.log(y + 1e-7))", "np.log(y + 1e-7)"),
        mistake("binary", "this is the binary cross-entropy, with a term for 1 − y as well",
                "t * np.log(y + 1e-7)", "t * np.log(y + 1e-7) + (1 - t) * np.log(1 - y + 1e-7)"),
        mistake("squared-error", "this is the squared error",
                "-(t * np.log(y + 1e-7)).sum()", "0.5 * ((y - t) ** 2).sum()"),
        mistake("first-sample", "only the first sample is counted",
                "-(t * np.log(y + 1e-7)).sum() / len(y)", "-(t * np.log(y + 1e-7))[0].sum()"),
        mistake("each-sample", "the loss of each sample is returned: take the mean of them",
                "-(t * np.log(y + 1e-7)).sum() / len(y)", "-(t * np.log(y + 1e-7)).sum(axis=1)"),
    ],
)  # fmt: skip
def cross_entropy(y, t):
    """Return the mean cross-entropy of a batch, E = −(1/N) Σₙ Σₖ tₙₖ log(yₙₖ + 1e-7).

    y has shape (N, C) and holds probabilities, t has the same shape and holds a 1 in each row.
    """
    return -(t * np.log(y + 1e-7)).sum() / len(y)


def _label_batches(rng):
    calls = [
        {"y": _probabilities(rng, n, c), "t": rng.permutation(np.arange(n) % c)}
        for n, c in ((2, 3), (5, 4), (3, 3))
    ]
    return [*calls, {"y": np.array([[0.0, 1.0], [1.0, 0.0]]), "t": np.array([0, 0])}]


@exercise(
    "The cross-entropy of a batch, with class numbers as targets",
    results="E",
    inputs=_label_batches,
    mistakes=[
        mistake("all-columns", "y[:, t] takes the columns t of *every* sample, N × N numbers: pair "
                "each row with its class, y[np.arange(N), t]", "y[np.arange(len(t)), t]",
                "y[:, t]"),
        mistake("no-eps", "log 0 is −∞ where a probability is 0: add 1e-7 first", " + 1e-7", ""),
        mistake("no-batch-mean", "the sum over the batch is not divided by the number of samples",
                " / len(t)", ""),
        mistake("mean-of-all", "the sum is divided by the number of all entries, N·C; divide by "
                "that of samples, N", " / len(t)", " / y.size"),
        mistake("divided-by-classes", "the sum is divided by the number of classes; divide by that "
                "of samples", " / len(t)", " / y.shape[1]"),
        mistake("sign", "the minus is missing", "-np.log", "np.log"),
        mistake("off-by-one", "classes count from 0: t is the column itself, not t − 1",
                ", t]", ", t - 1]"),
        mistake("labels-as-one-hot", "t holds class numbers, not one-hot rows: it cannot be "
                "multiplied with the logarithms",
                "np.log(y[np.arange(len(t)), t] + 1e-7).sum()",
                "(t * np.log(y + 1e-7)).sum()"),
        mistake("labels-as-one-hot", "t holds class numbers, not one-hot rows: it cannot be "
                "multiplied with the logarithms",
                "np.log(y[np.arange(len(t)), t] + 1e-7).sum()",
                "(t[:, None] * np.log(y + 1e-7)).sum()"),
        mistake("rows-not-pairs", "y[t] takes whole *rows*: pair each row with its class",
                "y[np.arange(len(t)), t]", "y[t]"),
        mistake("largest", "the probability of the predicted class is taken; take that of the "
                "right class", "y[np.arange(len(t)), t]", "y.max(axis=1)"),
        mistake("no-log", "the logarithm is missing", "np.log(y[np.arange(len(t)), t] + 1e-7)",
                "(y[np.arange(len(t)), t] + 1e-7)"),
        mistake("log-10", "the logarithm is the natural one, np.log", "np.log(", "np.log10("),
        mistake("log-2", "the logarithm is the natural one, np.log", "np.log(", "np.log2("),
        mistake("log-of-mean", "the logarithm of the mean is taken, not the mean of the logarithms",
                "np.log(y[np.arange(len(t)), t] + 1e-7).sum() / len(t)",
                "np.log(y[np.arange(len(t)), t].mean() + 1e-7)"),
        mistake("each-sample", "the loss of each sample is returned: take the mean of them",
                ".sum() / len(t)", ""),
    ],
)  # fmt: skip
def cross_entropy_labels(y, t):
    """Return the mean cross-entropy of a batch, E = −(1/N) Σₙ log(yₙₖ + 1e-7) with k = tₙ.

    y has shape (N, C) and holds probabilities, t has shape (N,) and holds class numbers from 0.
    """
    return -np.log(y[np.arange(len(t)), t] + 1e-7).sum() / len(t)


def _labels(rng):
    return [
        {"t": rng.permutation(np.arange(3)), "classes": 4},
        {"t": rng.integers(5, size=7), "classes": 5},
        {"t": np.array([1, 1, 0]), "classes": 3},
        {"t": np.array([2]), "classes": 4},
    ]


@exercise(
    "One-hot rows from class numbers",
    results="T",
    inputs=_labels,
    mistakes=[
        mistake("off-by-one", "classes count from 0: class 0 has its 1 in column 0",
                ", t]", ", t - 1]"),
        mistake("rows-not-pairs", "T[t] = 1 fills whole rows: pair each row with its class, "
                "T[np.arange(N), t]", "T[np.arange(len(t)), t]", "T[t]"),
        mistake("all-columns", "T[:, t] = 1 fills the columns t in *every* row: pair each row with "
                "its class, T[np.arange(N), t]", "T[np.arange(len(t)), t]", "T[:, t]"),
        mistake("too-few-columns", "the number of columns is taken from the largest class that "
                "occurs: there are `classes` of them",
                "(len(t), classes)", "(len(t), max(t) + 1)"),
        mistake("too-few-columns", "the number of columns is that of the classes that occur: there "
                "are `classes` of them",
                "    T = ", "    classes = len(set(t.tolist()))\n    T = "),
        mistake("square", "there are as many columns as samples: there are `classes` of them",
                "(len(t), classes)", "(len(t), len(t))"),
        mistake("transposed", "the rows are the samples and the columns the classes: yours are the "
                "other way round", "return T", "return T.T"),
        mistake("order-lost", "the ones are on the diagonal, whatever t is: row n needs its 1 in "
                "column t[n]", ", t]", ", np.arange(len(t)) % classes]"),
        mistake("class-number", "the entry is the class number; it must be 1", "= 1", "= t"),
        mistake("reversed", "zeros and ones are exchanged", "return T", "return 1 - T"),
        mistake("one-row", "one row for all samples: each sample needs a row of its own",
                "return T", "return T.max(axis=0)"),
        mistake("swapped-index", "the two indices are swapped: T[row, column] is T[sample, class]",
                "T[np.arange(len(t)), t]", "T[t, np.arange(len(t))]"),
        mistake("only-zeros", "T is still all zeros", "    T[np.arange(len(t)), t] = 1\n", ""),
    ],
)  # fmt: skip
def one_hot(t, classes):
    """Return an array T of shape (N, classes) with a 1 in column t[n] of row n, and 0 elsewhere.

    t has shape (N,) and holds class numbers from 0 to classes − 1; not every class need occur.
    """
    T = np.zeros((len(t), classes))
    T[np.arange(len(t)), t] = 1
    return T


def _epochs(rng):
    def call(n, size, k):
        x = numbers(rng, n, 2)
        order = np.roll(rng.permutation(n), 1)
        return {"x": x, "t": numbers(rng, n, 2), "order": order, "k": k, "size": size}

    return [call(5, 2, 1), call(7, 3, 0), call(7, 3, 2), call(8, 2, 3)]


@exercise(
    "The k-th mini-batch of an epoch",
    results="x_batch t_batch",
    inputs=_epochs,
    mistakes=[
        mistake("targets-from-inputs", "the targets are taken from the inputs, x[...]; take them "
                "from t: the network would learn to copy its input", "t[chosen]", "x[chosen]"),
        mistake("targets-not-shuffled", "the targets stay in the old order: they no longer belong "
                "to the inputs", "t[chosen]", "t[k * size : (k + 1) * size]"),
        mistake("inputs-not-shuffled", "the inputs stay in the old order: they no longer belong to "
                "the targets", "x[chosen]", "x[k * size : (k + 1) * size]"),
        mistake("not-shuffled", "the order is not used: every epoch sees the same batches",
                "order[k", "np.arange(len(x))[k"),
        mistake("always-the-first", "every batch is the first one: it must start at k · size",
                "k * size : (k + 1) * size", ":size"),
        mistake("overlap", "batches overlap: batch k starts at k · size, not at k",
                "k * size : (k + 1) * size", "k : k + size"),
        mistake("one-too-many", "a batch has one sample too many: a slice ends before its last "
                "number", "(k + 1) * size", "(k + 1) * size + 1"),
        mistake("one-too-few",
                "a batch has one sample too few: a slice ends before its last number",
                "(k + 1) * size", "(k + 1) * size - 1"),
        mistake("next-batch", "this is batch k + 1: batches count from 0",
                "k * size : (k + 1) * size", "(k + 1) * size : (k + 2) * size"),
        mistake("all-to-the-end", "all samples from k · size on are returned, not `size` of them",
                "k * size : (k + 1) * size", "k * size :"),
        mistake("all-from-the-start", "all samples up to the end of batch k are returned",
                "k * size : (k + 1) * size", ": (k + 1) * size"),
        mistake("last-from-the-end", "the last batch is filled up with samples that had their turn",
                "k * size : (k + 1) * size", "min(k * size, len(x) - size) : (k + 1) * size"),
        mistake("drops-the-last", "the last, smaller batch is empty: those samples are never "
                "learned from", "k * size : (k + 1) * size",
                "k * size : (k + 1) * size if (k + 1) * size <= len(x) else k * size"),
        mistake("one-sample", "one sample is returned, not `size` of them",
                "k * size : (k + 1) * size", "k : k + 1"),
        mistake("positions", "these are positions, not samples: index x and t with them",
                "x[chosen], t[chosen]", "chosen, chosen"),
    ],
)  # fmt: skip
def mini_batch(x, t, order, k, size):
    """Return the inputs and the targets of mini-batch k of an epoch, k = 0, 1, ...

    x has shape (N, d_in), t (N, d_out). order is a permutation of 0 ... N − 1: the samples come in
    this order, `size` of them in each batch. The last batch may be smaller.
    """
    chosen = order[k * size : (k + 1) * size]
    return x[chosen], t[chosen]
