"""Initial weights, and penalties that keep weights small."""

import numpy as np

from tidu.exercises.exercise import exercise, mistake, numbers


def _normals(rng):
    return [{"z": numbers(rng, *shape)} for shape in ((3, 2), (4, 6), (5, 3))]


@exercise(
    "Initial weights: Xavier and He",
    results="xavier he",
    inputs=_normals,
    mistakes=[
        mistake("variance", "1/n and 2/n are variances: the spread is their square root",
                "np.sqrt(1 / n)", "(1 / n)", "np.sqrt(2 / n)", "(2 / n)"),
        mistake("n-out", "n is the number of outputs: take that of inputs, the rows of z",
                "len(z)", "z.shape[1]"),
        mistake("n-of-all", "n is the number of all weights: take that of inputs, the rows of z",
                "len(z)", "z.size"),
        mistake("swapped", "the two are swapped: √(1/n) is Xavier's, √(2/n) He's",
                "z * np.sqrt(1 / n), z * np.sqrt(2 / n)", "z * np.sqrt(2 / n), z * np.sqrt(1 / n)"),
        mistake("divides", "the numbers are divided by √(1/n): multiply them by it",
                "z * np.sqrt(1 / n)", "z / np.sqrt(1 / n)", "z * np.sqrt(2 / n)",
                "z / np.sqrt(2 / n)"),
        mistake("glorot", "this is Glorot's own form, √(2 / (inputs + outputs)); the course takes "
                "√(1 / inputs)", "np.sqrt(1 / n)", "np.sqrt(2 / (n + z.shape[1]))"),
        mistake("fixed", "a fixed spread of 0.01 does not depend on n", "np.sqrt(1 / n)", "0.01",
                "np.sqrt(2 / n)", "0.01"),
        mistake("root-of-2-missing", "He's weights have the factor √2 more than Xavier's",
                "np.sqrt(2 / n)", "np.sqrt(1 / n)"),
        mistake("two-not-root", "He's factor is √2, not 2: the 2 stands under the root",
                "z * np.sqrt(2 / n)", "z * 2 * np.sqrt(1 / n)"),
        mistake("half", "He's spread is √(2/n), not √(1/2n): ReLU shuts half of the units, so the "
                "others need more", "np.sqrt(2 / n)", "np.sqrt(1 / (2 * n))"),
        mistake("unscaled", "the numbers are not scaled", "z * np.sqrt(1 / n), z * np.sqrt(2 / n)",
                "z, z"),
        mistake("positive", "all weights are positive: keep their signs",
                "z * np.sqrt(1 / n), z * np.sqrt(2 / n)",
                "np.abs(z) * np.sqrt(1 / n), np.abs(z) * np.sqrt(2 / n)"),
        mistake("adds", "the spread is a factor, and no summand",
                "z * np.sqrt(1 / n), z * np.sqrt(2 / n)", "z + np.sqrt(1 / n), z + np.sqrt(2 / n)"),
        mistake("zeros", "all weights are 0: then all units of a layer stay equal for ever",
                "z * np.sqrt(1 / n), z * np.sqrt(2 / n)", "0 * z, 0 * z"),
        mistake("transposed", "the weights must have the shape of z: yours are transposed",
                "z * np.sqrt(1 / n), z * np.sqrt(2 / n)",
                "z.T * np.sqrt(1 / n), z.T * np.sqrt(2 / n)"),
    ],
)  # fmt: skip
def initial_weights(z):
    """Return the initial weights of a layer of n inputs: Xavier's for a sigmoid, He's for ReLU.

    z has shape (n, outputs) and holds random numbers with mean 0 and spread 1. Xavier's weights
    have the spread √(1/n), as the course has it, and He's √(2/n).
    """
    n = len(z)
    return z * np.sqrt(1 / n), z * np.sqrt(2 / n)


def _penalized(rng):
    return [
        {"w": numbers(rng, *shape), "g": numbers(rng, *shape), "lr": lr, "strength": lam}
        for shape, lr, lam in (((3,), 0.1, 0.5), ((2, 3), 0.5, 0.2), ((4,), 0.3, 2.0))
    ] + [{"w": np.array([0.0, 1.5]), "g": numbers(rng, 2), "lr": 0.2, "strength": 0.3}]


_BOTH = "w - lr * (g + strength * np.sign(w)), w - lr * (g + strength * w)"


@exercise(
    "A step of SGD under an L1 and under an L2 penalty",
    results="l1 l2",
    inputs=_penalized,
    mistakes=[
        mistake("l1-scales", "L1 moves each weight towards 0 by the same amount, lr · λ · sign(w): "
                "yours is that times w, or |w|",
                "w - lr * (g + strength * np.sign(w)),",
                "w - lr * g - lr * strength * np.sign(w) * w,"),
        mistake("l1-is-l2", "this is the step of L2: the slope of λ|w| is λ sign(w)",
                "strength * np.sign(w)", "strength * w"),
        mistake("l1-one", "the slope of |w| is −1 where w is negative: use np.sign",
                "np.sign(w)", "1"),
        mistake("l1-sign-of-g", "the sign is that of w, not of the gradient",
                "np.sign(w)", "np.sign(g)"),
        mistake("l2-doubled", "the slope of ½λw² is λw: the 2 and the ½ cancel",
                "strength * w)", "2 * strength * w)"),
        mistake("l2-halved", "the slope of ½λw² is λw: the ½ is gone",
                "strength * w)", "strength * w / 2)"),
        mistake("l2-value", "this adds the penalty itself, ½λw²; the step needs its slope, λw",
                "strength * w)", "0.5 * strength * w**2)"),
        mistake("l2-is-l1", "this is the step of L1: the slope of ½λw² is λw",
                "strength * w)", "strength * np.sign(w))"),
        mistake("grows", "the penalty makes the weights larger: its slope is added to g, and the "
                "whole is subtracted", "g + strength", "g - strength"),
        mistake("no-penalty", "there is no penalty in the step", _BOTH, "w - lr * g, w - lr * g"),
        mistake("without-rate", "the slope of the penalty is not multiplied by lr",
                _BOTH, "w - lr * g - strength * np.sign(w), w - lr * g - strength * w"),
        mistake("only-penalty", "the gradient of the loss is missing", "g + strength", "strength"),
        mistake("sum-of-penalty",
                "the slope of a sum is taken entry by entry: do not add up over w",
                _BOTH, "w - lr * (g + strength * np.sign(w).sum()), "
                "w - lr * (g + strength * w.sum())"),
        mistake("after-the-step",
                "the penalty is taken at the new weights: take it at the old ones",
                "    return " + _BOTH,
                "    new = w - lr * g\n"
                "    return new - lr * strength * np.sign(new), new - lr * strength * new"),
    ],
)  # fmt: skip
def penalized_step(w, g, lr, strength):
    """Return w after a step of SGD on loss + λΣ|w| (L1), and on loss + ½λΣw² (L2).

    g is the gradient of the loss alone, λ is `strength`. Take 0 as the slope of |w| at 0.
    """
    return w - lr * (g + strength * np.sign(w)), w - lr * (g + strength * w)
