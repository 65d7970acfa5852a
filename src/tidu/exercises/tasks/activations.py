"""Activations and the softmax, over the whole range of numbers."""

import numpy as np

from tidu.exercises.exercise import exercise, mistake, numbers


def _inputs(rng):
    return [
        {"x": np.append(numbers(rng, 3), 0.0)},
        {"x": numbers(rng, 2, 3) * 3},
        {"x": np.array([-1000.0, -30.0, 0.0, 30.0, 1000.0])},
    ]


@exercise(
    "Step, sigmoid and ReLU",
    results="step sigmoid relu",
    inputs=_inputs,
    mistakes=[
        mistake("step-at-0", "the step is 1 where x > 0, and 0 at 0 itself", "x > 0", "x >= 0"),
        mistake("step-signs", "the step is 0 or 1: np.sign gives −1 below 0",
                "np.where(x > 0, 1.0, 0.0)", "np.sign(x)"),
        mistake("step-reversed", "the step is the wrong way round: 1 where x > 0",
                "np.where(x > 0, 1.0, 0.0)", "np.where(x > 0, 0.0, 1.0)"),
        mistake("sigmoid-sign", "the sigmoid falls in place of rising: it is 1 / (1 + e⁻ˣ)",
                "x >= 0, 1.0, e", "x < 0, 1.0, e"),
        mistake("sigmoid-overflow", "e⁻ˣ overflows for large negative x and gives NaN: use e^−|x|, "
                "which never does", "np.exp(-np.abs(x))", "np.exp(x)",
                "np.where(x >= 0, 1.0, e)", "e"),
        mistake("sigmoid-is-tanh", "this is tanh, which goes from −1 to 1; the sigmoid goes from 0 "
                "to 1", "np.where(x >= 0, 1.0, e) / (1 + e)", "np.tanh(x)"),
        mistake("sigmoid-derivative", "this is the derivative of the sigmoid, σ(1 − σ)",
                "np.where(x >= 0, 1.0, e) / (1 + e)", "e / (1 + e) ** 2"),
        mistake("sigmoid-no-one", "the 1 in the denominator 1 + e⁻ˣ is missing",
                "np.where(x >= 0, 1.0, e) / (1 + e)", "1 / np.exp(-x)"),
        mistake("relu-negative", "ReLU lets the negative numbers through: it is max(0, x)",
                "np.maximum(x, 0)", "np.minimum(x, 0)"),
        mistake("relu-abs", "ReLU makes negative numbers positive; they become 0",
                "np.maximum(x, 0)", "np.abs(x)"),
        mistake("relu-leaky", "this ReLU leaks: below 0 it must be 0",
                "np.maximum(x, 0)", "np.where(x > 0, x, 0.01 * x)"),
        mistake("relu-is-step", "this is the step; ReLU keeps the size of x above 0",
                "np.maximum(x, 0)", "np.where(x > 0, 1.0, 0.0)"),
        mistake("relu-largest", "np.max gives the largest entry of the whole array: np.maximum "
                "compares entry by entry", "np.maximum(x, 0)",
                "np.full(x.shape, max(np.max(x), 0))"),
        mistake("relu-largest", "np.max gives the largest entry of the whole array: np.maximum "
                "compares entry by entry", "np.maximum(x, 0)", "np.max(x)"),
        mistake("relu-capped", "ReLU has no upper bound", "np.maximum(x, 0)", "np.clip(x, 0, 1)"),
    ],
)  # fmt: skip
def activations(x):
    """Return step(x), sigmoid(x) and relu(x) of an array of any shape, as three arrays.

    step(x) is 1 where x > 0, else 0. sigmoid(x) = 1 / (1 + e⁻ˣ), right for x = −1000 and 1000, too.
    relu(x) = max(0, x).
    """
    step = np.where(x > 0, 1.0, 0.0)
    e = np.exp(-np.abs(x))
    sigmoid = np.where(x >= 0, 1.0, e) / (1 + e)
    relu = np.maximum(x, 0)
    return step, sigmoid, relu


def _scores(rng):
    return [
        {"x": np.array([0.3, 2.9, 4.0]) + numbers(rng, 3)},
        {"x": numbers(rng, 3, 3) * 2},
        {"x": numbers(rng, 2, 4) + np.array([[1000.0], [-1000.0]])},
        {"x": numbers(rng, 4) * 2 + 1000},
    ]


@exercise(
    "Softmax that does not overflow",
    results="y",
    inputs=_scores,
    mistakes=[
        mistake("overflow", "exp overflows for large scores and gives NaN: subtract the largest "
                "score of each row first; the quotient stays the same",
                " - x.max(axis=-1, keepdims=True)", ""),
        mistake("max-of-all", "the largest score of the whole batch is subtracted: rows far below "
                "it vanish, 0 / 0; subtract that of each row",
                "x.max(axis=-1, keepdims=True)", "x.max()"),
        mistake("sum-of-all", "the sum is that of the whole batch: each row must add up to 1",
                "e.sum(axis=-1, keepdims=True)", "e.sum()"),
        mistake("both-of-all", "the maximum and the sum are those of the whole batch: each row "
                "must add up to 1", "axis=-1, keepdims=True", ""),
        mistake("overflow", "exp overflows for large scores and gives NaN, and the sum is that of "
                "the whole batch", " - x.max(axis=-1, keepdims=True)", "",
                "e.sum(axis=-1, keepdims=True)", "e.sum()"),
        mistake("wrong-axis", "the columns add up to 1, and not the rows: the classes are along "
                "the last axis, −1", "axis=-1", "axis=0"),
        mistake("wrong-axis", "the columns add up to 1, and not the rows: the classes are along "
                "the last axis, −1", "e.sum(axis=-1", "e.sum(axis=0"),
        mistake("overflow", "exp overflows for large scores and gives NaN; and the columns add up "
                "to 1, not the rows", " - x.max(axis=-1, keepdims=True)", "",
                "e.sum(axis=-1, keepdims=True)", "e.sum(axis=0)"),
        mistake("no-keepdims", "keepdims=True is missing: the sums of the rows do not line up with "
                "the rows", "e.sum(axis=-1, keepdims=True)", "e.sum(axis=-1)"),
        mistake("no-keepdims", "keepdims=True is missing: the largest scores do not line up with "
                "the rows", "x.max(axis=-1, keepdims=True)", "x.max(axis=-1)"),
        mistake("no-keepdims", "keepdims=True is missing, in the maximum and in the sum",
                ", keepdims=True", ""),
        mistake("axis-1", "axis=1 does not exist for a single sample: the last axis is −1",
                "axis=-1", "axis=1"),
        mistake("not-normalized", "the powers are not divided by their sum",
                "e / e.sum(axis=-1, keepdims=True)", "e"),
        mistake("no-exp", "the scores are divided by their sum without exp",
                "np.exp(x - x.max(axis=-1, keepdims=True))", "x"),
        mistake("sign", "the smallest score has the largest probability: exp of minus x?",
                "np.exp(x - x.max(axis=-1, keepdims=True))",
                "np.exp(x.min(axis=-1, keepdims=True) - x)"),
        mistake("log", "this is the logarithm of the softmax",
                "return e / e.sum(axis=-1, keepdims=True)",
                "return x - x.max(axis=-1, keepdims=True) - np.log(e.sum(axis=-1, keepdims=True))"),
        mistake("sigmoid", "this is the sigmoid of each score; the softmax sees all of them",
                "return e / e.sum(axis=-1, keepdims=True)",
                "return np.where(x > 0, 1, np.exp(-np.abs(x))) / (1 + np.exp(-np.abs(x)))"),
        mistake("clipped",
                "the scores are cut off, not shifted: large ones all become equal",
                "x - x.max(axis=-1, keepdims=True)", "np.clip(x, -500, 500)"),
    ],
)  # fmt: skip
def softmax(x):
    """Return the softmax along the last axis, yᵢ = e^xᵢ / Σⱼ e^xⱼ.

    x has shape (C,), the scores of one sample, or (N, C), those of a batch; y has the same shape.
    It must be right for scores of ±1000, too.
    """
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
