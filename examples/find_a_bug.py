"""Where is the bug in a backward pass? ``python examples/find_a_bug.py``.

A softmax regression by hand, in NumPy alone, with two common mistakes. The checker says whether
the gradient is right, and if not, where and why.
"""

import numpy as np

import tidu as td


def loss(theta, x, t):
    """Return the mean cross-entropy of softmax(x W + b)."""
    scores = x @ theta["W"] + theta["b"]
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(x)), t].mean()


def gradient(theta, x, t, bug=""):
    """Return its gradient with respect to W and b, with a bug if one is named."""
    scores = x @ theta["W"] + theta["b"]
    y = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = y / y.sum(axis=1, keepdims=True)
    dscores[np.arange(len(x)), t] -= 1
    if bug != "no mean over the batch":
        dscores /= len(x)
    db = dscores[0] if bug == "no sum over the batch" else dscores.sum(axis=0)
    return {"W": x.T @ dscores, "b": db}


def main():
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(8, 5)), rng.integers(3, size=8)
    theta = {"W": rng.normal(size=(5, 3)), "b": np.zeros(3)}
    verdicts = []
    for bug in ("", "no mean over the batch", "no sum over the batch"):
        report = td.check_gradient(
            lambda theta: loss(theta, x, t), theta, gradient(theta, x, t, bug)
        )
        verdicts.append(report.verdict)
        print(f"{bug or 'no bug'}: {report.verdict}")
        for sentence in report.why:
            print(f"  {sentence}")
    return verdicts


if __name__ == "__main__":
    main()
