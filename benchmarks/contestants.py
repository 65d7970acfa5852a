"""The same networks in other libraries, as an expert of each would write them.

Every function takes a `Work` and returns what does all of its steps once, or None where the library
is not installed, or where a step is of one sample and costs it half a millisecond (scikit-learn and
PyTorch). Each contestant shuffles, gathers its batches from the same array in memory, and makes the
same update.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, partial

import numpy as np

import tidu as td
from tidu.native import why_no_kernels

Steps = Callable[[], object]
THREADS = int(os.environ.get("TIDU_THREADS", 0)) or len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Work:
    """Sizes of the layers, an activation, a rule, the samples of a batch, and how many batches.

    With one batch that is all of the data, it is gone through ``epochs`` times, and nothing is
    shuffled. Targets are classes, or values with a mean squared error.
    """

    sizes: tuple[int, ...]
    activation: str
    rule: str
    batch: int
    steps: int
    epochs: int = 1
    values: bool = False

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The inputs and outputs of each affine layer."""
        return list(zip(self.sizes, self.sizes[1:], strict=False))

    @cached_property
    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Samples and their classes, made in the process that asks for them."""
        n, images = self.batch * self.steps, None
        if (self.sizes[0], self.sizes[-1]) == (784, 10):
            images = mnist()
        if images is None:
            rng = np.random.default_rng(0)
            x = rng.random((n, self.sizes[0]), np.float32)
            if self.values:
                return x, rng.random((n, self.sizes[-1]), np.float32)
            return x, rng.integers(self.sizes[-1], size=n)
        rows = np.arange(n) % len(images[0])
        return images[0][rows], images[1][rows]

    @property
    def x(self) -> np.ndarray:
        """The samples."""
        return self.samples[0]

    @property
    def t(self) -> np.ndarray:
        """Their classes or values."""
        return self.samples[1]


@cache
def mnist() -> tuple[np.ndarray, np.ndarray] | None:
    """Return MNIST as floats, shuffled; None where it is not at hand."""
    from tidu.datasets import load_mnist
    from tidu.errors import DataNotFoundError

    try:
        train = load_mnist("train")
    except DataNotFoundError:
        return None
    order = np.random.default_rng(0).permutation(len(train.x))
    x = train.x[order].reshape(len(order), -1) / np.float32(255)
    return x, train.t[order].astype(np.int64)


Maker = Callable[[Work], Steps | None]
RATES = {"sgd": 0.1, "adam": 0.001}


def products(work: Work) -> Steps:
    """Return the matrix products of the steps alone, into buffers that are there already."""
    rng = np.random.default_rng(0)
    jobs = []
    for i, (d_in, d_out) in enumerate(work.pairs):
        x, W = (rng.random(s, np.float32) for s in ((work.batch, d_in), (d_in, d_out)))
        y = np.empty((work.batch, d_out), np.float32)
        jobs += [(x, W, y), (x.T, y, np.empty_like(W))]
        if i:
            jobs.append((y, W.T, np.empty_like(x)))

    def run() -> None:
        for _ in range(work.steps * work.epochs):
            for a, b, out in jobs:
                np.dot(a, b, out=out)

    return run


def network(work: Work) -> td.Network:
    kind = {"sigmoid": td.Sigmoid, "relu": td.ReLU, "tanh": td.Tanh}[work.activation]
    loss = td.MeanSquaredError() if work.values else td.SoftmaxCrossEntropy()
    layers: list[td.Layer] = []
    for units in work.sizes[1:-1]:
        layers += [td.Affine(units), kind()]
    return td.Network([*layers, td.Affine(work.sizes[-1])], work.sizes[0], loss)


def with_tidu(work: Work, engine: str = "compiled") -> Steps | None:
    if engine == "compiled" and why_no_kernels():
        return None
    net = network(work)
    rule = {"sgd": td.SGD, "adam": td.Adam}[work.rule](RATES[work.rule])
    return lambda: net.fit(
        work.x, work.t, optimizer=rule, epochs=work.epochs, batch_size=work.batch, engine=engine,
        threads=THREADS, progress=False,
    )  # fmt: skip


def with_scikit_learn(work: Work) -> Steps | None:
    if not importlib.util.find_spec("sklearn") or work.batch == 1:
        return None
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPRegressor if work.values else MLPClassifier
    net = kind(
        hidden_layer_sizes=work.sizes[1:-1],
        activation={"sigmoid": "logistic"}.get(work.activation, work.activation),
        solver=work.rule, batch_size=work.batch, learning_rate_init=RATES[work.rule], momentum=0,
        alpha=0, max_iter=1,
    )  # fmt: skip
    classes = {} if work.values else {"classes": np.arange(work.sizes[-1])}
    return lambda: [net.partial_fit(work.x, work.t, **classes) for _ in range(work.epochs)]


def with_torch(work: Work, compiled: bool = False) -> Steps | None:
    if not importlib.util.find_spec("torch") or work.batch == 1:
        return None
    import torch

    torch.set_num_threads(THREADS)
    kinds = {"sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}
    kind = kinds[work.activation]
    layers: list[torch.nn.Module] = []
    for d_in, d_out in work.pairs:
        layers += [torch.nn.Linear(d_in, d_out), kind()]
    net = torch.nn.Sequential(*layers[:-1])
    scores = torch.compile(net) if compiled else net
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[work.rule]
    optimizer = rule(net.parameters(), lr=RATES[work.rule], fused=True)
    x, t = torch.from_numpy(work.x), torch.from_numpy(work.t)
    functional = torch.nn.functional
    loss = functional.mse_loss if work.values else functional.cross_entropy

    def learn(x: torch.Tensor, t: torch.Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        loss(scores(x), t).backward()
        optimizer.step()

    def run() -> None:
        if work.steps == 1:
            for _ in range(work.epochs):
                learn(x, t)
            return
        for rows in torch.randperm(len(x)).split(work.batch):
            learn(x[rows], t[rows])

    if compiled:
        try:
            learn(x[: work.batch], t[: work.batch])
        except Exception as error:  # it needs a C++ compiler that it knows, among other things
            print(f"torch.compile does not work here: {type(error).__name__}: {error}"[:200])
            return None
    return run


def with_jax(work: Work, whole_epoch: bool = False) -> Steps | None:
    if not importlib.util.find_spec("jax"):
        return None
    import jax
    import jax.numpy as jnp

    f = {"sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu, "tanh": jnp.tanh}[work.activation]
    rng = np.random.default_rng(0)
    theta = [
        (jnp.asarray(rng.normal(0, d_in**-0.5, (d_in, d_out)), jnp.float32), jnp.zeros(d_out))
        for d_in, d_out in work.pairs
    ]
    x, t = jnp.asarray(work.x), jnp.asarray(work.t)
    zeros = jax.tree.map(jnp.zeros_like, theta)
    lr, b1, b2, eps = RATES[work.rule], 0.9, 0.999, 1e-8

    def loss(theta, rows):
        h, wanted = (x, t) if work.steps == 1 else (x[rows], t[rows])
        for W, b in theta[:-1]:
            h = f(h @ W + b)
        scores = h @ theta[-1][0] + theta[-1][1]
        if work.values:
            return jnp.square(scores - wanted).mean()
        scores = jax.nn.log_softmax(scores)
        return -jnp.take_along_axis(scores, wanted[:, None], axis=1).mean()

    def step(state, rows):
        theta, m, v, k = state
        value, g = jax.value_and_grad(loss)(theta, rows)
        if work.rule == "sgd":
            return (jax.tree.map(lambda p, d: p - lr * d, theta, g), m, v, k), value
        k = k + 1
        m = jax.tree.map(lambda a, d: b1 * a + (1 - b1) * d, m, g)
        v = jax.tree.map(lambda a, d: b2 * a + (1 - b2) * d * d, v, g)
        c1, c2 = 1 - b1**k, 1 - b2**k
        theta = jax.tree.map(
            lambda p, a, c: p - lr * (a / c1) / (jnp.sqrt(c / c2) + eps), theta, m, v
        )
        return (theta, m, v, k), value

    one = jax.jit(step, donate_argnums=0)
    epoch = jax.jit(lambda state, order: jax.lax.scan(step, state, order), donate_argnums=0)
    shuffle = np.random.default_rng(0)
    state = [(theta, zeros, jax.tree.map(jnp.copy, zeros), jnp.float32(0))]

    def run() -> None:
        if work.steps == 1:
            order = np.zeros((work.epochs, 1), int)  # all samples: nothing to pick
        else:
            order = shuffle.permutation(len(x))[: len(x) // work.batch * work.batch]
            order = order.reshape(-1, work.batch)
        if whole_epoch:
            state[0], _ = epoch(state[0], order)
        else:
            for rows in order:
                state[0], _ = one(state[0], rows)
        jax.block_until_ready(state[0])

    return run


CONTESTANTS: dict[str, Maker] = {
    "products alone": products,
    "tidu": with_tidu,
    "tidu, NumPy": partial(with_tidu, engine="numpy"),
    "scikit-learn": with_scikit_learn,
    "PyTorch": with_torch,
    "PyTorch, compiled": partial(with_torch, compiled=True),
    "JAX": with_jax,
    "JAX, epoch jitted": partial(with_jax, whole_epoch=True),
}


PREDICTIONS = 10


def predicted_by_tidu(work: Work) -> Steps:
    net = network(work)
    net.fit(work.x, work.t, epochs=1, progress=False)
    return lambda: [net.predict(work.x) for _ in range(PREDICTIONS)]


def predicted_by_scikit_learn(work: Work) -> Steps | None:
    if not importlib.util.find_spec("sklearn"):
        return None
    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier(hidden_layer_sizes=work.sizes[1:-1], activation="logistic")
    net.partial_fit(work.x, work.t, classes=np.arange(work.sizes[-1]))
    return lambda: [net.predict(work.x) for _ in range(PREDICTIONS)]


def predicted_by_torch(work: Work) -> Steps | None:
    if not importlib.util.find_spec("torch"):
        return None
    import torch

    torch.set_num_threads(THREADS)
    (a, b), (c, d) = work.pairs
    module = torch.nn.Sequential(torch.nn.Linear(a, b), torch.nn.Sigmoid(), torch.nn.Linear(c, d))
    x = torch.from_numpy(work.x)

    def run() -> list[torch.Tensor]:
        with torch.inference_mode():
            return [module(x).argmax(1) for _ in range(PREDICTIONS)]

    return run


PREDICTORS: dict[str, Maker] = {
    "tidu": predicted_by_tidu,
    "scikit-learn": predicted_by_scikit_learn,
    "PyTorch": predicted_by_torch,
}
