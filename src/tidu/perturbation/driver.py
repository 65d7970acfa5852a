"""The driver: every entry of theta, and of the input, moved in turn.

The work is cut into tasks, each of which fills entries of the gradient that no other task touches.
How they are cut depends on the shapes alone, so the same bits come out of any number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from tidu.layers.base import Tree, subtree
from tidu.layout import Entry
from tidu.objective import Objective
from tidu.penalties import L1, L2, ElasticNet, Penalty
from tidu.perturbation.perturbed_forward import THREADS, PerturbedForward
from tidu.perturbation.softmax_shortcut import with_shortcut
from tidu.perturbation.stages import bind
from tidu.perturbation.step_sizes import StepSizes
from tidu.threads import thread_limit

Task = Callable[[], None]

_COLUMNS = 64  # columns moved in one task: as many as make long inner loops


def numeric_gradient(
    objective: Objective,
    theta: np.ndarray,
    state: np.ndarray,
    x: np.ndarray,
    t: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    noise: Tree = None,
    training: bool = True,
    step: float | None = None,
    times: float = 1.0,
    need_dx: bool = False,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return dL/dθ, and dL/dx if asked for, by central differences of the loss.

    (L(θ + h eᵢ) − L(θ − h eᵢ)) / 2h for each i: `tidu.checking.literal_gradient` of the loss, to
    the rounding of that loop. Beside one pass over the batch and the result it takes no more
    memory than `BYTES` of `tidu.perturbation.perturbed_forward`, unless one whole batch takes more
    and a layer must see whole batches.

    Parameters
    ----------
    objective, theta, state, x, t, weights, noise, training
        As for `tidu.objective.Objective.evaluate`, in float64.
    step, times
        The step h of all entries; None takes ``times`` that which `tidu.gradient` takes.
    need_dx
        Whether dL/dx is wanted, too.

    Returns
    -------
    dtheta, dx
        In the shapes of ``theta`` and ``x``; ``dx`` is None unless asked for. An entry is NaN or
        infinite where the loss is, one step away.

    Examples
    --------
    >>> import tidu as td
    >>> net = td.Network([td.Affine(2)], 2, td.SumSquaredError(), dtype="float64")
    >>> x, t = np.array([[0.0, 3.0]]), np.zeros((1, 2))
    >>> dtheta, _ = numeric_gradient(net, np.arange(6.0), net.state, x, t)
    >>> dtheta.round(6)  # W, by columns of x that are 0 and 3, then b
    array([ 0.,  0., 30., 42., 10., 14.])
    """
    with np.errstate(all="ignore"):  # the caller checks what is not finite
        params = objective.layout.tree(theta, objective.parameters)
        running = objective.state_layout.tree(state, objective.buffers)
        stages, activations = bind(objective.chain, x, params, running, noise, training)
        w, _ = objective.normalized_weights(t, weights)
        network = with_shortcut(
            PerturbedForward(stages, activations, t, w, objective.loss_function)
        )
        steps, dtheta = StepSizes.of(theta, step, times), np.zeros_like(theta)
        dx = np.zeros_like(x) if need_dx else None
    tasks = list(_parameter_tasks(network, objective, theta, steps, dtheta))
    if dx is not None:
        tasks += _input_tasks(network, StepSizes.of(x, step, times), dx)
    _execute(tasks, thread_limit() if network.may_run_in_threads else 1)
    if objective.penalty is not None:
        for entry in filter(objective.is_penalized, objective.layout.entries):
            part = entry.slice
            moved = steps.view(part, (-1,))
            dtheta[part] += _penalty_slopes(objective.penalty, theta[part], moved)
    return dtheta, dx


def _execute(tasks: list[Task], threads: int) -> None:
    def execute(task: Task) -> None:
        with np.errstate(all="ignore"):  # a thread begins with NumPy's own setting
            task()

    if threads == 1 or len(tasks) == 1:
        for task in tasks:
            execute(task)
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(threads, THREADS)) as pool:
            list(pool.map(execute, tasks))


def _parameter_tasks(
    network: PerturbedForward,
    objective: Objective,
    theta: np.ndarray,
    steps: StepSizes,
    dtheta: np.ndarray,
) -> Iterator[Task]:
    for position, stage in enumerate(network.stages):
        depth = len(stage.at.path)
        entries = [e for e in objective.layout.entries if e.path[:depth] == stage.at.path]
        if network.is_affine(position):
            # b follows W in theta: one more row of it, for an input that is always 1
            part = slice(entries[0].slice.start, entries[-1].slice.stop)
            shape = (-1, *network.activations[position + 1].shape[1:])
            ones = np.ones((len(network.x), len(entries) - 1))
            inputs = np.hstack([network.activations[position], ones])
            out = dtheta[part].reshape(shape)
            yield from _affine_tasks(network, position, inputs, steps.view(part, shape), out)
        else:
            for entry in entries:
                yield from _other_tasks(network, position, objective, theta, entry, steps, dtheta)


# -- affine layers: one weight changes one column, of the samples whose input is not zero --------


def _affine_tasks(
    network: PerturbedForward, position: int, inputs: np.ndarray, steps: StepSizes, out: np.ndarray
) -> Iterator[Task]:
    room, n = network.room_for_columns(position + 1), len(inputs)
    if network.takes_samples(position + 1):
        samples, counts = max(1, min(n, room)), np.count_nonzero(inputs, axis=0)
    else:
        samples, counts = n, np.full(inputs.shape[1], n)
    width = max(1, min(_COLUMNS, room // max(samples, 1)))
    limit = max(1, room // width)
    for ii in _spans(np.minimum(counts, samples), limit):
        for js in _evenly(out.shape[1], width):
            yield partial(_affine, network, position, inputs, steps, out, ii, js, samples)


def _affine(
    network: PerturbedForward, position: int, inputs: np.ndarray, steps: StepSizes, out: np.ndarray,
    ii: slice, js: slice, samples: int,
) -> None:  # fmt: skip
    """Fill ``out[ii, js]``: the slopes of weights from some inputs to some outputs."""
    h_plus, h_minus, width = (part[ii, js] for part in steps)
    total = np.zeros_like(h_plus)
    whole = not network.takes_samples(position + 1)
    for start in range(0, len(inputs), samples):
        given = inputs[start : start + samples, ii].T
        changed = given != 0
        if whole:
            changed[changed.any(axis=1)] = True
        i, n = np.nonzero(changed)
        if not len(i):
            continue
        x = given[i, n][:, None]
        changes = network.column_differences(
            position + 1, start + n, js, h_plus[i] * x, h_minus[i] * x
        )
        live, first = np.unique(i, return_index=True)
        total[live] += np.add.reduceat(changes, first, axis=0)
    out[ii, js] = total / width


def _spans(counts: np.ndarray, limit: int) -> Iterator[slice]:
    """Yield neighbours whose counts are no more than ``limit`` together, if not one alone is."""
    ends, start = np.cumsum(counts), 0
    while start < len(counts):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + limit, side="right")))
        yield slice(start, stop)
        start = stop


def _evenly(size: int, width: int) -> Iterator[slice]:
    for start in range(0, size, width):
        yield slice(start, min(start + width, size))


# -- other layers with parameters: run anew with each parameter moved ----------------------------


def _other_tasks(
    network: PerturbedForward, position: int, objective: Objective, theta: np.ndarray, entry: Entry,
    steps: StepSizes, dtheta: np.ndarray,
) -> Iterator[Task]:  # fmt: skip
    stage, n = network.stages[position], len(network.x)
    x, y = network.activations[position : position + 2]
    at_once = max(1, network.room(position) // max(n, 1))

    def outputs(ks: range, offsets: np.ndarray) -> np.ndarray:
        moved = theta.copy()
        params = subtree(objective.layout.tree(moved, objective.parameters), stage.at.path)
        stack = np.empty((len(ks), *y.shape))
        for output, k in zip(stack, ks, strict=True):
            moved[k] = theta[k] + offsets[k]
            output[...] = stage.forward(x, params)
            moved[k] = theta[k]
        return stack

    def losses(ks: range, offsets: np.ndarray) -> np.ndarray:
        stack = outputs(ks, offsets)
        flat = stack.reshape(-1, *stack.shape[2:])
        rows = np.tile(np.arange(n), len(ks))
        return network.losses(position + 1, flat, rows).reshape(len(ks), n)

    def fill(ks: range) -> None:
        changes = losses(ks, steps.h_plus) - losses(ks, -steps.h_minus)
        part = slice(ks.start, ks.stop)
        dtheta[part] = changes.sum(axis=1) / steps.width[part]

    for part in _evenly(entry.size, at_once):
        first = entry.slice.start
        yield partial(fill, range(first + part.start, first + part.stop))


# -- the input -----------------------------------------------------------------------------------


def _input_tasks(network: PerturbedForward, steps: StepSizes, dx: np.ndarray) -> Iterator[Task]:
    if dx.ndim == 2 and network.takes_samples(0):
        room = network.room_for_columns(0)
        width = min(_COLUMNS, room)
        for rows in _evenly(len(dx), max(1, room // width)):
            for js in _evenly(dx.shape[1], width):
                yield partial(_input_columns, network, steps, dx, rows, js)
    else:
        copies = 1 if network.takes_samples(0) else len(dx)
        for n in range(len(dx)):
            size = dx[n].size
            for entries in _evenly(size, max(1, network.room(0) // copies)):
                yield partial(_input_entries, network, steps, dx, n, entries)


def _input_columns(
    network: PerturbedForward, steps: StepSizes, dx: np.ndarray, rows: slice, js: slice
) -> None:
    h_plus, h_minus, width = (part[rows, js] for part in steps)
    samples = np.arange(rows.start, rows.stop)
    dx[rows, js] = network.column_differences(0, samples, js, h_plus, h_minus) / width


def _input_entries(
    network: PerturbedForward, steps: StepSizes, dx: np.ndarray, n: int, entries: slice
) -> None:
    """Fill some of one sample's slopes; each is moved in a copy of all that must be seen."""
    alone = network.takes_samples(0)
    rows = np.array([n]) if alone else np.arange(len(dx))
    h_plus, h_minus, width = (part[n].reshape(-1)[entries] for part in steps)
    k = np.arange(len(width))

    def losses(offsets: np.ndarray) -> np.ndarray:
        stack = np.repeat(network.x[None, rows], len(k), axis=0)
        flat = stack.reshape(len(k), len(rows), -1)
        flat[k, 0 if alone else n, entries.start + k] += offsets
        stack = stack.reshape(-1, *network.x.shape[1:])
        return network.losses(0, stack, np.tile(rows, len(k))).reshape(len(k), -1)

    dx[n].reshape(-1)[entries] = (losses(h_plus) - losses(-h_minus)).sum(axis=1) / width


# -- the penalty ---------------------------------------------------------------------------------


def _penalty_slopes(penalty: Penalty, w: np.ndarray, steps: StepSizes) -> np.ndarray:
    """Return the differences of the penalty alone, for each weight."""
    if type(penalty) in _OF_EACH:
        of_each = _OF_EACH[type(penalty)]
        return (
            of_each(penalty, w + steps.h_plus) - of_each(penalty, w - steps.h_minus)
        ) / steps.width
    slopes, moved = np.empty_like(w), w.copy()
    for i in range(len(w)):
        moved[i] = w[i] + steps.h_plus[i]
        above = penalty.value(moved)
        moved[i] = w[i] - steps.h_minus[i]
        slopes[i] = (above - penalty.value(moved)) / steps.width[i]
        moved[i] = w[i]
    return slopes


_OF_EACH: dict[type[Penalty], Callable] = {
    L1: lambda penalty, w: penalty.strength * np.abs(w),
    L2: lambda penalty, w: 0.5 * penalty.strength * w**2,
    ElasticNet: lambda penalty, w: penalty.l1 * np.abs(w) + 0.5 * penalty.l2 * w**2,
}
"""Penalties that are sums over the weights: the term of each."""
