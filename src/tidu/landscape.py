"""The loss of a network on a plane through its parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.arrays import Array, described
from tidu.engines.compiled.parallel import run_parallel
from tidu.errors import InputError, NonFiniteError, ShapeError, check_integer, check_number
from tidu.layers.affine import Affine
from tidu.layers.base import Tree, forward
from tidu.layers.chain import Chain
from tidu.layout import Layout
from tidu.network import Network
from tidu.randomness import stream
from tidu.threads import thread_limit

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Landscape:
    """A loss on the plane θ = θ⁰ + a·u + b·v.

    Attributes
    ----------
    a, b : (points,)
        The coordinates of the grid.
    losses : (points, points)
        ``losses[i, j]`` is the loss at ``a[j]``, ``b[i]``; NaN where it is not finite.
    centre : 1-D array
        θ⁰, where a = b = 0.
    directions : (2, len(theta))
        u and v, at right angles.
    path : (m, 2)
        The points of a path, projected on the plane; empty without a path.
    explained : float
        How much of the path lies in the plane, from 0 to 1; NaN without a path.

    Examples
    --------
    >>> import numpy as np
    >>> import tidu as td
    >>> net = td.Network([td.Affine(2)], 2, td.SoftmaxCrossEntropy(), seed=0)
    >>> td.loss_landscape(net, np.eye(2), [0, 1], points=5).losses.shape
    (5, 5)
    """

    a: np.ndarray
    b: np.ndarray
    losses: np.ndarray
    centre: np.ndarray
    directions: np.ndarray
    path: np.ndarray
    explained: float

    def plot(self, **settings: Any) -> Figure:
        """Return a figure of the contours and the path; see `tidu.plots.loss_landscape`."""
        from tidu.plots import loss_landscape

        return loss_landscape(self, **settings)


def loss_landscape(
    network: Network,
    x: Array,
    t: Array,
    *,
    path: Sequence[Array] | None = None,
    points: int = 51,
    span: float = 1.0,
    seed: int = 0,
) -> Landscape:
    """Return the loss on a plane through the parameters of a network.

    Without a path, the plane is spanned by two random directions, each scaled so that its weights
    into a unit have the norm of the network's (filter normalization: only then does a step of the
    same length mean the same in every layer). With a path, it is the plane that lies nearest to the
    path: the first two principal components of its points, seen from the last one.

    Parameters
    ----------
    network : Network
        Its ``theta`` is the centre. It predicts, so that dropout is off and running statistics
        stay as they are.
    x, t : (N, *input_shape), (N,) or (N, ...)
        What the loss is measured on.
    path : sequence of 1-D array, optional
        Parameters to project on the plane, as ``Trajectory().points``; at least three.
    points : int
        The grid is ``points × points``.
    span : float
        How far the grid goes to each side: of the random directions, in units of the network's
        own norm; with a path, in units of its extent.
    seed : int
        Of the random directions.

    Returns
    -------
    Landscape

    Raises
    ------
    ShapeError, InputError, TypeError
        If an argument does not fit the network.
    NonFiniteError
        If the loss is not finite on all of the grid.

    References
    ----------
    Li, Xu, Taylor, Studer and Goldstein, "Visualizing the loss landscape of neural nets", 2018.

    Examples
    --------
    >>> import tidu as td
    >>> data = td.datasets.load_digits("test")
    >>> net = td.Network([td.Rescale(1 / 16), td.Affine(10)], 64, td.SoftmaxCrossEntropy())
    >>> found = td.loss_landscape(net, data.x, data.t, points=5)
    >>> found.losses.shape, bool(np.isclose(found.losses[2, 2], net.loss(data.x, data.t)))
    ((5, 5), True)
    """
    if not isinstance(network, Network):
        raise TypeError(f"`network` must be a Network, got {described(network)}")
    points = check_integer("points", points, minimum=2)
    span = check_number("span", span, above=0)
    seed = check_integer("seed", seed, minimum=0)
    centre = network.theta.astype(float)
    if path is None:
        directions = _random_directions(network.layout, centre, seed)
        projected, explained = np.zeros((0, 2)), np.nan
        a = b = np.linspace(-span, span, points)
    else:
        moved = _checked_path(path, len(centre)) - centre
        directions, explained = _principal_directions(moved)
        projected = moved @ directions.T
        a, b = (_around(projected[:, k], span, points) for k in range(2))
    losses = _losses(network, x, t, centre, directions, a, b)
    return Landscape(a, b, losses, centre, directions, projected, float(explained))


def _losses(
    network: Network,
    x: Array,
    t: Array,
    centre: np.ndarray,
    directions: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
) -> np.ndarray:
    x = network.samples(x)
    t = network.targets(t, x.shape[0])
    network.check_weights(t, None)
    weights, _ = network.normalized_weights(t, None)
    scores = _scores_on_plane(network, x, centre, directions)
    losses = np.full((len(b), len(a)), np.nan)
    threads, abandoned = min(thread_limit(), len(b)), Event()

    def some_rows(first: int) -> None:
        with np.errstate(all="ignore"):
            for i in range(first, len(b), threads):
                row = centre + b[i] * directions[1]
                for j in range(len(a)):
                    if abandoned.is_set():
                        return
                    theta = (row + a[j] * directions[0]).astype(network.dtype)
                    y = scores(theta, float(a[j]), float(b[i]))
                    mean = (weights * network.loss_function.values(y, t)).sum()
                    losses[i, j] = mean + network.penalty_value(theta)

    run_parallel(some_rows, threads, abandoned.set)
    losses[~np.isfinite(losses)] = np.nan
    if np.isnan(losses).all():
        raise NonFiniteError("the loss is finite nowhere on the plane: take a smaller `span`")
    return losses


def _scores_on_plane(
    network: Network, x: Array, centre: np.ndarray, directions: np.ndarray
) -> Callable[[np.ndarray, float, float], np.ndarray]:
    """Return a function of θ, a and b that gives the scores.

    An affine layer is linear in its parameters: where it is the first that learns, its output on
    the plane is y(θ⁰) + a·y(u) + b·y(v), and these three products, the largest of many networks,
    are taken once.
    """
    layers = network.layers
    first = min((int(entry.path[0]) for entry in network.layout.entries), default=len(layers))
    if first == len(layers) or type(layers[first]).forward is not Affine.forward:
        samples = network.batch(x)
        return lambda theta, a, b: network.scores(theta, network.state, samples, None, False)
    state = network.state_layout.tree(network.state, network.buffers)

    def params(theta: np.ndarray) -> Tree:
        return network.layout.tree(theta.astype(network.dtype), network.parameters)

    before, after = Chain(layers[:first]), Chain(layers[first + 1 :])
    y = forward(before, network.batch(x), params(centre)[:first], state[:first], None, False)[0]
    y0, yu, yv = (
        forward(layers[first], y, params(theta)[first], None, None, False)[0]
        for theta in (centre, *directions)
    )
    dtype = network.dtype.type

    def scores(theta: np.ndarray, a: float, b: float) -> np.ndarray:
        tree = params(theta)[first + 1 :]
        y = y0 + dtype(a) * yu + dtype(b) * yv
        return forward(after, y, tree, state[first + 1 :], None, False)[0]

    return scores


def _random_directions(layout: Layout, centre: np.ndarray, seed: int) -> np.ndarray:
    """Return two random directions at right angles, scaled filter by filter; biases stay."""
    directions = np.zeros((2, len(centre)))
    for k in range(2):
        rng = stream(seed, "direction", k)
        for entry in layout.entries:
            if entry.kind != "weight":
                continue
            drawn = rng.normal(size=entry.shape).reshape(-1, entry.shape[-1])
            own = centre[entry.slice].reshape(drawn.shape)
            for earlier in directions[:k]:
                other = earlier[entry.slice].reshape(drawn.shape)
                norm = (other**2).sum(axis=0)
                drawn -= other * ((drawn * other).sum(axis=0) / np.where(norm > 0, norm, 1.0))
            length = np.linalg.norm(drawn, axis=0)
            drawn *= np.linalg.norm(own, axis=0) / np.where(length > 0, length, 1.0)
            directions[k, entry.slice] = drawn.ravel()
    if not directions.any():
        raise InputError("all weights of the network are 0, so directions have no scale")
    return directions


def _principal_directions(moved: np.ndarray) -> tuple[np.ndarray, float]:
    """Return two unit vectors that the path follows, and how much of it lies in their plane."""
    _, lengths, rows = np.linalg.svd(moved, full_matrices=False)
    if not lengths[0] > 0:
        raise InputError("`path` does not move: all of its points are the network's own parameters")
    share = (lengths[:2] ** 2).sum() / (lengths**2).sum()
    return rows[:2], float(share)


def _checked_path(path: Sequence[Array], size: int) -> np.ndarray:
    try:
        stacked = np.stack([np.asarray(point, float) for point in path])
    except (TypeError, ValueError):
        stacked = np.zeros(0)
    if stacked.ndim != 2 or stacked.shape[1] != size or len(stacked) < 3:
        raise ShapeError(
            f"`path` must be at least three vectors of {size} parameters, such as the points of "
            f"Trajectory(), got {described(path)}"
        )
    if not np.isfinite(stacked).all():
        raise InputError("`path` holds NaN or infinite values")
    return stacked


def _around(values: np.ndarray, span: float, points: int) -> np.ndarray:
    """Return coordinates around the path, with room on both sides."""
    low, high = float(values.min()), float(values.max())
    half = (high - low) / 2 or 1.0
    middle = (low + high) / 2
    return np.linspace(middle - 1.25 * span * half, middle + 1.25 * span * half, points)
