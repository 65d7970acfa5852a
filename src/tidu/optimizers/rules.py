"""The update rules, each as its paper prints it.

In the formulas θ is what is learned, g its gradient, η the learning rate ``lr`` and t the number
of the step, counted from 1. Products and roots of vectors are taken entry by entry.
"""

from __future__ import annotations

from dataclasses import dataclass

from tidu.arrays import Array, namespace
from tidu.optimizers.base import Rule, State, setting
from tidu.optimizers.schedules import Rate, rate_at


@dataclass(frozen=True, repr=False, eq=False)
class SGD(Rule):
    """Stochastic gradient descent: a step against the gradient.

    ::

        θ ← θ − η g

    Parameters
    ----------
    lr
        The learning rate, or a schedule.

    References
    ----------
    Robbins and Monro, "A stochastic approximation method", 1951.

    Examples
    --------
    >>> import numpy as np
    >>> SGD(lr=0.1).update(np.array([1.0, 2.0]), np.array([5.0, -5.0]), {}, step=0)
    (array([0.5, 2.5]), {})
    """

    lr: Rate = 0.1

    def update(
        self, theta: Array, dtheta: Array, state: State, step: int, decay_mask: Array | None = None
    ) -> tuple[Array, State]:
        """Take one step, by the formula above."""
        return theta - self.rate(step) * dtheta, state


@dataclass(frozen=True, repr=False, eq=False)
class Momentum(Rule):
    """The heavy-ball method: steps add up where gradients agree and cancel where they alternate.

    ::

        v ← μ v + g
        θ ← θ − η v

    This is PyTorch's form. The form ``v ← μv − ηg, θ ← θ + v`` takes the same steps as long as η
    stays the same; when η changes, here the whole step changes at once, not only new gradients.

    Parameters
    ----------
    lr
        The learning rate, or a schedule. Steps grow to ``lr / (1 − momentum)`` times a steady
        gradient.
    momentum
        μ, the share of the velocity that is kept at each step, from 0 to below 1.

    References
    ----------
    Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.

    Examples
    --------
    >>> import numpy as np
    >>> ball, theta = Momentum(lr=0.1), np.zeros(1)
    >>> state = ball.init(theta)
    >>> for step in range(3):
    ...     theta, state = ball.update(theta, np.ones(1), state, step)
    >>> state["v"]  # 1, then 1 + 0.9, then 1 + 0.9·1.9
    array([2.71])
    """

    vectors = ("v",)

    lr: Rate = 0.01
    momentum: float = setting(0.9, minimum=0, below=1)

    def update(
        self, theta: Array, dtheta: Array, state: State, step: int, decay_mask: Array | None = None
    ) -> tuple[Array, State]:
        """Take one step, by the formula above."""
        v = self.momentum * state["v"] + dtheta
        return theta - self.rate(step) * v, {"v": v}


@dataclass(frozen=True, repr=False, eq=False)
class Nesterov(Rule):
    """Momentum that looks ahead: the gradient counts as if the step had already been made.

    ::

        v ← μ v + g
        θ ← θ − η (g + μ v)

    PyTorch's ``SGD(nesterov=True)``, written at the point looked ahead to, as Bengio et al. do.

    Parameters
    ----------
    lr
        The learning rate, or a schedule.
    momentum
        μ, the share of the velocity that is kept at each step, from 0 to below 1.

    References
    ----------
    Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k²)",
    1983; Bengio, Boulanger-Lewandowski and Pascanu, "Advances in optimizing recurrent networks",
    2013.

    Examples
    --------
    >>> import numpy as np
    >>> ball, theta = Nesterov(lr=0.1), np.zeros(1)
    >>> ball.update(theta, np.ones(1), ball.init(theta), step=0)
    (array([-0.19]), {'v': array([1.])})
    """

    vectors = ("v",)

    lr: Rate = 0.01
    momentum: float = setting(0.9, minimum=0, below=1)

    def update(
        self, theta: Array, dtheta: Array, state: State, step: int, decay_mask: Array | None = None
    ) -> tuple[Array, State]:
        """Take one step, by the formula above."""
        v = self.momentum * state["v"] + dtheta
        return theta - self.rate(step) * (dtheta + self.momentum * v), {"v": v}


@dataclass(frozen=True, repr=False, eq=False)
class AdaGrad(Rule):
    """Smaller steps for entries that have moved much: divide by all past gradients.

    ::

        h ← h + g²
        θ ← θ − η g / (√h + ε)

    Parameters
    ----------
    lr
        The learning rate, or a schedule; the first step of each entry is about ±lr.
    eps
        ε, keeps the division safe; above 0.

    References
    ----------
    Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic
    optimization", 2011.

    Examples
    --------
    >>> import numpy as np
    >>> rule, theta = AdaGrad(lr=0.1), np.zeros(2)
    >>> rule.update(theta, np.array([50.0, -0.5]), rule.init(theta), step=0)[0]
    array([-0.1,  0.1])
    """

    vectors = ("h",)

    lr: Rate = 0.01
    eps: float = setting(1e-10, above=0)

    def update(
        self, theta: Array, dtheta: Array, state: State, step: int, decay_mask: Array | None = None
    ) -> tuple[Array, State]:
        """Take one step, by the formula above."""
        xp = namespace(theta)
        h = state["h"] + dtheta * dtheta
        return theta - self.rate(step) * dtheta / (xp.sqrt(h) + self.eps), {"h": h}


@dataclass(frozen=True, repr=False, eq=False)
class RMSprop(Rule):
    """AdaGrad that forgets: divide by a running mean of past squared gradients.

    ::

        h ← ρ h + (1 − ρ) g²
        θ ← θ − η g / (√h + ε)

    Parameters
    ----------
    lr
        The learning rate, or a schedule; the first steps are about lr/√(1 − ρ), ten times lr.
    decay
        ρ, the share of the mean that is kept, from 0 to below 1; PyTorch's ``alpha``.
    eps
        ε, keeps the division safe; above 0.

    References
    ----------
    Tieleman and Hinton, "Lecture 6.5: RMSProp", Neural Networks for Machine Learning, 2012.

    Examples
    --------
    >>> import numpy as np
    >>> rule, theta = RMSprop(lr=0.1, decay=0.75), np.zeros(2)
    >>> rule.update(theta, np.array([50.0, -0.5]), rule.init(theta), step=0)[0].round(6)
    array([-0.2,  0.2])
    """

    vectors = ("h",)

    lr: Rate = 0.01
    decay: float = setting(0.99, minimum=0, below=1)
    eps: float = setting(1e-8, above=0)

    def update(
        self, theta: Array, dtheta: Array, state: State, step: int, decay_mask: Array | None = None
    ) -> tuple[Array, State]:
        """Take one step, by the formula above."""
        xp = namespace(theta)
        h = self.decay * state["h"] + (1 - self.decay) * dtheta * dtheta
        return theta - self.rate(step) * dtheta / (xp.sqrt(h) + self.eps), {"h": h}


@dataclass(frozen=True, repr=False, eq=False)
class Adam(Rule):
    """Momentum over RMSprop, both corrected for starting at zero.

    ::

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        m̂ = m / (1 − β₁ᵗ)
        v̂ = v / (1 − β₂ᵗ)
        θ ← θ − η m̂ / (√v̂ + ε)

    Some textbooks add ε to the uncorrected √v instead: their first steps differ from these in
    about the sixth digit.

    Parameters
    ----------
    lr
        The learning rate, or a schedule; the first step of each entry is about ±lr.
    beta1, beta2
        β₁ and β₂, the shares of the running means of g and g² that are kept, from 0 to below 1.
    eps
        ε, keeps the division safe; above 0.

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> rule, theta = Adam(lr=0.1), np.zeros(2)
    >>> rule.update(theta, np.array([50.0, -0.5]), rule.init(theta), step=0)[0].round(6)
    array([-0.1,  0.1])
    """

    vectors = ("m", "v")

    lr: Rate = 0.001
    beta1: float = setting(0.9, minimum=0, below=1)
    beta2: float = setting(0.999, minimum=0, below=1)
    eps: float = setting(1e-8, above=0)

    def update(
        self, theta: Array, dtheta: Array, state: State, step: int, decay_mask: Array | None = None
    ) -> tuple[Array, State]:
        """Take one step, by the formula above."""
        xp = namespace(theta)
        t = step + 1
        m = self.beta1 * state["m"] + (1 - self.beta1) * dtheta
        v = self.beta2 * state["v"] + (1 - self.beta2) * dtheta * dtheta
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        return theta - self.rate(step) * m_hat / (xp.sqrt(v_hat) + self.eps), {"m": m, "v": v}


@dataclass(frozen=True, repr=False, eq=False)
class AdamW(Adam):
    """Adam with weight decay apart from the gradient, so that Adam's division does not affect it.

    ::

        θ ← (1 − η λ) θ    where decay applies, then the step of Adam

    An L2 penalty inside the gradient is divided by √v with the rest of it, so that weights with
    large gradients hardly decay; this shrinks all alike.

    Parameters
    ----------
    lr, beta1, beta2, eps
        As in `Adam`.
    weight_decay
        λ, zero or positive, or a schedule of it: a function of the step.

    References
    ----------
    Loshchilov and Hutter, "Decoupled weight decay regularization", 2019; λ here is multiplied by
    η, as PyTorch does and the paper does not.

    Examples
    --------
    >>> import numpy as np
    >>> rule, theta = AdamW(lr=0.1, weight_decay=0.5), np.ones(2)
    >>> decay_mask = np.array([True, False])  # a weight and a bias
    >>> rule.update(theta, np.zeros(2), rule.init(theta), step=0, decay_mask=decay_mask)[0]
    array([0.95, 1.  ])
    """

    scheduled = ("lr", "weight_decay")

    weight_decay: Rate = 0.01

    def update(
        self, theta: Array, dtheta: Array, state: State, step: int, decay_mask: Array | None = None
    ) -> tuple[Array, State]:
        """Take one step, by the formula above."""
        xp = namespace(theta)
        shrunk = (1 - self.rate(step) * rate_at("weight_decay", self.weight_decay, step)) * theta
        theta = shrunk if decay_mask is None else xp.where(decay_mask, shrunk, theta)
        return super().update(theta, dtheta, state, step)


@dataclass(frozen=True, repr=False, eq=False)
class Lion(Rule):
    """Steps of one size for all entries: the sign of a mean of the gradients.

    ::

        u ← β₁ m + (1 − β₁) g
        θ ← (1 − η λ) θ    where decay applies
        θ ← θ − η sign(u)
        m ← β₂ m + (1 − β₂) g

    One vector of state where Adam has two. Every entry moves by ±η, so η is to be 3 to 10 times
    smaller than for Adam, and λ as many times larger.

    Parameters
    ----------
    lr
        The learning rate, or a schedule; the size of each entry's step.
    beta1
        β₁, how much the mean counts beside the gradient in a step, from 0 to below 1.
    beta2
        β₂, the share of the mean that is kept at each step, from 0 to below 1.
    weight_decay
        λ, zero or positive, or a schedule of it: a function of the step.

    References
    ----------
    Chen et al., "Symbolic discovery of optimization algorithms", 2023, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> rule, theta = Lion(lr=0.1), np.zeros(3)
    >>> rule.update(theta, np.array([50.0, -0.5, 0.0]), rule.init(theta), step=0)[0]
    array([-0.1,  0.1,  0. ])
    """

    vectors = ("m",)
    scheduled = ("lr", "weight_decay")

    lr: Rate = 0.0001
    beta1: float = setting(0.9, minimum=0, below=1)
    beta2: float = setting(0.99, minimum=0, below=1)
    weight_decay: Rate = 0.0

    def update(
        self, theta: Array, dtheta: Array, state: State, step: int, decay_mask: Array | None = None
    ) -> tuple[Array, State]:
        """Take one step, by the formula above."""
        xp = namespace(theta)
        rate = self.rate(step)
        u = self.beta1 * state["m"] + (1 - self.beta1) * dtheta
        m = self.beta2 * state["m"] + (1 - self.beta2) * dtheta
        shrunk = (1 - rate * rate_at("weight_decay", self.weight_decay, step)) * theta
        theta = shrunk if decay_mask is None else xp.where(decay_mask, shrunk, theta)
        return theta - rate * xp.sign(u), {"m": m}
