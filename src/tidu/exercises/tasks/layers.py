"""Batch normalization and dropout."""

import numpy as np

from tidu.exercises.exercise import exercise, mistake, numbers


def _batches(rng):
    return [
        {"dy": numbers(rng, n, d), "x": numbers(rng, n, d) * 2 + 1, "gamma": numbers(rng, d)}
        for n, d in ((4, 2), (5, 3), (7, 2))
    ]


_DX = "gamma / s * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))"


@exercise(
    "Backward through batch normalization",
    results="dx dgamma dbeta",
    inputs=_batches,
    mistakes=[
        mistake("mean-constant", "x reaches the loss through the mean, too: the term of the mean "
                "of dy is missing", " - dy.mean(axis=0)", ""),
        mistake("variance-constant", "x reaches the loss through the variance, too: the term x̂ · "
                "mean(dy x̂) is missing", " - x_hat * (dy * x_hat).mean(axis=0)", ""),
        mistake("both-constant", "mean and variance are treated as constants: x moves them, and "
                "they move every sample", _DX, "gamma / s * dy"),
        mistake("sums-not-means", "the two terms are means over the batch, not sums",
                "dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)",
                "dy.sum(axis=0) - x_hat * (dy * x_hat).sum(axis=0)"),
        mistake("no-gamma", "dx passes through γ: the factor γ is missing", "gamma / s", "1 / s"),
        mistake("not-divided-by-s", "dx passes through the division by √(σ² + eps): divide by it",
                "gamma / s *", "gamma *"),
        mistake("divided-by-variance", "dx is divided by the variance: divide by its square root",
                "gamma / s *", "gamma / s**2 *"),
        mistake("x-in-place-of-x-hat", "the term of the variance needs x̂, the normalized x",
                "x_hat * (dy * x_hat).mean", "x * (dy * x).mean"),
        mistake("dgamma-of-x", "dγ = Σ dy x̂: the normalized x, and not x",
                "(dy * x_hat).sum(axis=0)", "(dy * x).sum(axis=0)"),
        mistake("dgamma-no-sum",
                "your dγ forgets the sum over the batch: γ is used for each sample",
                "(dy * x_hat).sum(axis=0)", "dy * x_hat"),
        mistake("dbeta-no-sum", "your dβ forgets the sum over the batch: β is used for each sample",
                "dy.sum(axis=0)", "dy"),
        mistake("dgamma-mean", "dγ is the mean over the batch: it is the sum",
                "(dy * x_hat).sum(axis=0)", "(dy * x_hat).mean(axis=0)"),
        mistake("dbeta-mean", "dβ is the mean over the batch: it is the sum",
                "dy.sum(axis=0)", "dy.mean(axis=0)"),
        mistake("dgamma-is-dbeta", "dγ is that of β, Σ dy: the factor x̂ is missing",
                "(dy * x_hat).sum(axis=0)", "dy.sum(axis=0) * 1.0"),
        mistake("dbeta-gamma", "dβ does not contain γ", "dy.sum(axis=0)",
                "(gamma * dy).sum(axis=0)"),
        mistake("dgamma-gamma", "dγ does not contain γ",
                "(dy * x_hat).sum(axis=0)", "(gamma * dy * x_hat).sum(axis=0)"),
        mistake("sample-variance", "the variance is divided by N − 1; batch normalization divides "
                "by N, as np.var does", "x.var(axis=0)", "x.var(axis=0, ddof=1)"),
        mistake("wrong-axis", "mean and variance run over the features: they run over the samples, "
                "axis 0", "x.mean(axis=0)", "x.mean(axis=1, keepdims=True)",
                "x.var(axis=0)", "x.var(axis=1, keepdims=True)"),
    ],
)  # fmt: skip
def batch_norm_backward(dy, x, gamma):
    """Return dx, dgamma and dbeta of y = γ x̂ + β with x̂ = (x − μ) / √(σ² + 1e-5).

    μ and σ² are the mean and the variance of each column of x, over the samples of the batch, and
    depend on x. dy and x have shape (N, d), gamma (d,).
    """
    s = np.sqrt(x.var(axis=0) + 1e-5)
    x_hat = (x - x.mean(axis=0)) / s
    dx = gamma / s * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
    return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


def _dropped(rng):
    def call(shape, share, training):
        u = np.round(rng.uniform(0, 1, shape), 2)
        return {"x": numbers(rng, *shape), "u": u, "share": share, "training": training}

    return [call((2, 3), 0.3, True), call((3, 4), 0.2, True), call((5,), 0.8, True),
            call((2, 3), 0.4, False)]  # fmt: skip


@exercise(
    "Dropout, scaled while training",
    results="y",
    inputs=_dropped,
    mistakes=[
        mistake("not-scaled", "what is kept must be divided by 1 − share: else the sums are "
                "smaller in training than they are later", " / (1 - share)", ""),
        mistake("scaled-at-test",
                "the scaling happens after training, in the older form: divide by "
                "1 − share in training, so that a trained network needs no factor",
                " / (1 - share)", "", "    return x\n", "    return x * (1 - share)\n"),
        mistake("multiplied", "what is kept is multiplied by 1 − share: divide by it",
                "/ (1 - share)", "* (1 - share)"),
        mistake("divided-by-share", "what is kept is divided by the share that is dropped: divide "
                "by 1 − share, the share that is kept", "/ (1 - share)", "/ share"),
        mistake("keeps-the-share", "the share is what is *dropped*: yours keeps it; keep where "
                "u ≥ share", "u >= share", "u < share"),
        mistake("keeps-the-share", "the share is what is *dropped*: yours keeps it, and drops the "
                "rest", "u >= share", "u < share", "(1 - share)", "share"),
        mistake("drops-at-test", "nothing is dropped after training: return x as it is",
                "if training:", "if True:"),
        mistake("only-at-test", "training and testing are swapped", "if training:",
                "if not training:"),
        mistake("mask-returned", "this is the mask: multiply x by it", "x * (u", "1.0 * (u"),
        mistake("noise-multiplied", "x is multiplied by u: u only decides what is dropped, by "
                "u ≥ share", "x * (u >= share)", "x * u"),
        mistake("other-mask", "keep where u ≥ share: your mask keeps as many, but others",
                "u >= share", "u <= 1 - share"),
        mistake("same-for-all-features",
                "one number decides for a whole sample: each entry has its "
                "own u", "x * (u >= share)", "x * (u[..., :1] >= share)"),
        mistake("half", "half is dropped, whatever the share is", "u >= share", "u >= 0.5"),
        mistake("mean-kept", "the scale is the share that happens to be kept in this batch: divide "
                "by 1 − share", "/ (1 - share)", "/ (u >= share).mean()"),
        mistake("never-drops", "nothing is dropped in training", "x * (u >= share) / (1 - share)",
                "x"),
        mistake("adds", "the mask is added to x: multiply by it", "x * (u >= share)",
                "(x + (u >= share))"),
    ],
)  # fmt: skip
def dropout(x, u, share, training):
    """Return x with a share of its entries dropped, set to 0, while training; later x as it is.

    u has the shape of x and holds random numbers from 0 to 1: an entry is kept where u ≥ share.
    What is kept is divided by 1 − share, so that the expected value stays that of x.
    """
    if training:
        return x * (u >= share) / (1 - share)
    return x
