"""Update rules: one step of SGD, Momentum, AdaGrad and Adam."""

import numpy as np

from tidu.exercises.exercise import exercise, mistake, numbers


def _sgd(rng):
    return [
        {"w": numbers(rng, 3), "g": numbers(rng, 3), "lr": 0.1},
        {"w": numbers(rng, 2, 3), "g": numbers(rng, 2, 3), "lr": 0.5},
        {"w": numbers(rng, 4), "g": np.array([0.0, 20.0, -3.0, 1.0]), "lr": 2.0},
    ]


@exercise(
    "A step of stochastic gradient descent",
    results="w",
    inputs=_sgd,
    mistakes=[
        mistake("uphill", "the step goes uphill: subtract the gradient", "w - lr", "w + lr"),
        mistake("no-rate", "the learning rate is left out", "lr * g", "g"),
        mistake("step-only", "this is the step alone: subtract it from w", "w - lr * g", "lr * g"),
        mistake("step-only", "this is the step alone: add it to w", "w - lr * g", "-lr * g"),
        mistake("w-scaled", "w is multiplied by the learning rate, too", "w - lr * g",
                "lr * (w - g)"),
        mistake("w-times-g", "the step is lr · g: w is no factor of it", "lr * g", "lr * g * w"),
        mistake("rate-divides", "the gradient is divided by lr; a learning rate is a factor",
                "lr * g", "g / lr"),
        mistake("sign-only", "only the sign of the gradient is used", "lr * g", "lr * np.sign(g)"),
        mistake("normalized", "the gradient is divided by its length",
                "lr * g", "lr * g / np.linalg.norm(g)"),
        mistake("mean-gradient", "every entry moves by the same: keep the gradients apart",
                "lr * g", "lr * g.mean()"),
        mistake("reversed", "the difference is the wrong way round: lr · g − w",
                "w - lr * g", "lr * g - w"),
        mistake("shrinks", "w shrinks by lr, whatever the gradient is", "lr * g", "lr * w"),
        mistake("rate-alone", "the gradient is left out of the step", "lr * g", "lr"),
        mistake("squared", "the gradient is squared: its sign is lost", "lr * g", "lr * g**2"),
    ],
)  # fmt: skip
def sgd(w, g, lr):
    """Return w after a step of gradient descent, w ← w − lr · g.

    g is the gradient of the loss with respect to w, of the shape of w.
    """
    return w - lr * g


def _momentum(rng):
    return [
        {"w": numbers(rng, d), "v": numbers(rng, d), "g": numbers(rng, d), "lr": lr, "mu": mu}
        for d, lr, mu in ((2, 0.1, 0.9), (3, 0.3, 0.5), (4, 0.05, 0.8))
    ] + [{"w": numbers(rng, 2), "v": np.zeros(2), "g": numbers(rng, 2), "lr": 0.4, "mu": 0.9}]


@exercise(
    "A step of Momentum",
    results="w v",
    inputs=_momentum,
    mistakes=[
        mistake("uphill", "the velocity points uphill: subtract lr · g",
                "mu * v - lr * g", "mu * v + lr * g"),
        mistake("no-memory", "the old velocity is forgotten: this is plain SGD",
                "mu * v - lr * g", "-lr * g"),
        mistake("no-friction", "the old velocity is not multiplied by μ: it never dies away",
                "mu * v - lr * g", "v - lr * g"),
        mistake("old-velocity", "w moves with the old velocity: update v first",
                "return w + v, v", "return w + old, v", "    v = ", "    old, v = v, "),
        mistake("subtracts-v", "v holds the minus already: add it to w", "w + v", "w - v"),
        mistake("no-rate", "the learning rate is left out", "lr * g", "g"),
        mistake("rate-twice", "the learning rate is applied to the velocity once more",
                "w + v", "w + lr * v"),
        mistake("sgd-step", "w moves by −lr · g, as in SGD: it must move by v",
                "w + v", "w - lr * g"),
        mistake("averaged", "the gradient is weighted with 1 − μ: here it is not",
                "lr * g", "(1 - mu) * lr * g"),
        mistake("weights-swapped", "μ and 1 − μ are swapped",
                "mu * v", "(1 - mu) * v"),
        mistake("rate-on-both", "the learning rate multiplies the old velocity, too",
                "mu * v - lr * g", "lr * (mu * v - g)"),
        mistake("v-is-g", "the velocity is replaced by the gradient", "mu * v - lr * g", "g"),
        mistake("not-moved", "w is returned as it came", "return w + v, v", "return w, v"),
        mistake("nesterov", "this is Nesterov's step: plain Momentum adds v alone",
                "w + v", "w + mu * v - lr * g"),
        mistake("friction-on-w", "μ multiplies w; it belongs to the velocity",
                "w + v", "mu * w + v"),
    ],
)  # fmt: skip
def momentum(w, v, g, lr, mu):
    """Return w and v after a step of Momentum: v ← μ v − lr · g, then w ← w + v.

    v is the velocity, g the gradient, both of the shape of w; μ is `mu`.
    """
    v = mu * v - lr * g
    return w + v, v


def _adagrad(rng):
    return [
        {
            "w": numbers(rng, d),
            "h": np.abs(numbers(rng, d)) + 0.2,
            "g": numbers(rng, d) * 2,
            "lr": lr,
        }
        for d, lr in ((2, 0.1), (3, 1.5), (4, 0.3))
    ] + [{"w": numbers(rng, 2), "h": np.zeros(2), "g": np.array([0.0, 3.0]), "lr": 1.5}]


@exercise(
    "A step of AdaGrad",
    results="w h",
    inputs=_adagrad,
    mistakes=[
        mistake("uphill", "the step goes uphill: subtract it", "w - lr", "w + lr"),
        mistake("not-squared", "h adds up the *squares* of the gradients", "h + g**2", "h + g"),
        mistake("not-squared", "h adds up the *squares* of the gradients, not their sizes",
                "h + g**2", "h + np.abs(g)"),
        mistake("forgets", "h forgets the past: add g² to it", "h + g**2", "g**2"),
        mistake("no-root", "the step is divided by h: divide by its square root", "np.sqrt(h)",
                "h"),
        mistake("old-h", "the step uses the old h: update h first", "    h = h + g**2\n", "",
                "/ (np.sqrt(h) + 1e-7), h", "/ (np.sqrt(h) + 1e-7), h + g**2"),
        mistake("multiplies", "the gradient is multiplied by √h: steps must shrink where "
                "gradients were large", " / (np.sqrt(h) + 1e-7)", " * (np.sqrt(h) + 1e-7)"),
        mistake("no-eps", "where all gradients were 0 the step is 0 / 0: add 1e-7 to √h",
                "(np.sqrt(h) + 1e-7)", "np.sqrt(h)"),
        mistake("no-rate", "the learning rate is left out", "lr * g", "g"),
        mistake("sgd-step", "this is the step of SGD: divide it by √h",
                " / (np.sqrt(h) + 1e-7)", ""),
        mistake("shared-scale", "one scale for all entries: keep the squares apart",
                "h + g**2", "h + (g**2).sum()"),
        mistake("decays", "h decays, as in RMSprop: AdaGrad adds up and forgets nothing",
                "h + g**2", "0.9 * h + 0.1 * g**2"),
        mistake("decays", "h decays, as in RMSprop: AdaGrad adds up and forgets nothing",
                "h + g**2", "0.99 * h + 0.01 * g**2"),
        mistake("g-dropped", "the gradient itself is missing in the step",
                "lr * g / ", "lr / "),
        mistake("h-not-updated", "h is returned as it came, so the steps never shrink",
                "    h = h + g**2\n", ""),
        mistake("subtracts", "h becomes smaller: add g² to it", "h + g**2", "h - g**2"),
    ],
)  # fmt: skip
def adagrad(w, h, g, lr):
    """Return w and h after a step of AdaGrad: h ← h + g², then w ← w − lr · g / (√h + 1e-7).

    h is the sum of the squares of past gradients, g the gradient; all have the shape of w.
    """
    h = h + g**2
    return w - lr * g / (np.sqrt(h) + 1e-7), h


def _adam(rng):
    def call(d, k, lr):
        return {
            "w": numbers(rng, d), "m": numbers(rng, d) * 0.1, "v": np.abs(numbers(rng, d)) * 0.1,
            "g": numbers(rng, d), "k": k, "lr": lr,
        }  # fmt: skip

    first = {"w": numbers(rng, 2), "m": np.zeros(2), "v": np.zeros(2), "g": numbers(rng, 2), "k": 1}
    return [{**first, "lr": 0.1}, call(3, 2, 0.3), call(2, 7, 0.01), call(4, 50, 0.1)]


@exercise(
    "A step of Adam",
    results="w m v",
    inputs=_adam,
    mistakes=[
        mistake("no-correction", "the bias correction is missing: m and v start at 0 and are too "
                "small at first; divide by 1 − βᵏ",
                "m / (1 - 0.9**k)", "m", "v / (1 - 0.999**k)", "v"),
        mistake("correction-of-m", "m is not divided by 1 − 0.9ᵏ", "m / (1 - 0.9**k)", "m"),
        mistake("correction-of-v", "v is not divided by 1 − 0.999ᵏ", "v / (1 - 0.999**k)", "v"),
        mistake("k-not-power", "the bias correction needs the k-th power, 1 − βᵏ",
                "0.9**k", "0.9", "0.999**k", "0.999"),
        mistake("k-times", "β is multiplied by k: it is raised to the k-th power",
                "0.9**k", "0.9 * k", "0.999**k", "0.999 * k"),
        mistake("k-off-by-one", "k counts from 1: the power is βᵏ, not β to the k + 1",
                "**k", "** (k + 1)"),
        mistake("k-off-by-one", "k counts from 1: the power is βᵏ, not β to the k − 1",
                "**k", "** (k - 1)"),
        mistake("betas-swapped", "β₁ and β₂ are swapped: 0.9 is for m, 0.999 for v",
                "0.9 * m + 0.1 * g", "0.999 * m + 0.001 * g",
                "0.999 * v + 0.001 * g**2", "0.9 * v + 0.1 * g**2"),
        mistake("weights-swapped", "the old value has the weight β, the new one 1 − β; yours are "
                "swapped", "0.9 * m + 0.1 * g", "0.1 * m + 0.9 * g",
                "0.999 * v + 0.001 * g**2", "0.001 * v + 0.999 * g**2"),
        mistake("v-not-squared", "v is the mean of the *squares* of the gradients",
                "0.001 * g**2", "0.001 * g"),
        mistake("no-root", "the step is divided by v̂: divide by its square root",
                "np.sqrt(v / (1 - 0.999**k))", "(v / (1 - 0.999**k))"),
        mistake("uphill", "the step goes uphill: subtract it", "w - lr", "w + lr"),
        mistake("g-in-step", "the step uses g: it must use the mean m̂", "m_hat / ", "g / "),
        mistake("sums", "m and v are sums: the new gradient has the weight 1 − β",
                "0.1 * g", "g", "0.001 * g**2", "g**2"),
        mistake("no-rate", "the learning rate is left out", "lr * m_hat", "m_hat"),
        mistake("keeps-corrected",
                "the corrected m̂ and v̂ are returned: keep m and v as they are, "
                "or they are corrected twice", "1e-8), m, v", "1e-8), m_hat, v / (1 - 0.999**k)"),
    ],
)  # fmt: skip
def adam(w, m, v, g, k, lr):
    """Return w, m and v after step k = 1, 2, ... of Adam, with β₁ = 0.9 and β₂ = 0.999.

    m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g². Both start at 0, so they are corrected,
    m̂ = m / (1 − β₁ᵏ) and v̂ = v / (1 − β₂ᵏ). Then w ← w − lr · m̂ / (√v̂ + 1e-8).
    """
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    m_hat = m / (1 - 0.9**k)
    return w - lr * m_hat / (np.sqrt(v / (1 - 0.999**k)) + 1e-8), m, v
