"""What many networks predict: each as if it were alone, and threads take whole networks."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Hashable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array
from tidu.engines import Prepared
from tidu.engines.compiled.blas import can_hold, held_to
from tidu.engines.compiled.engine import CompiledEngine
from tidu.engines.compiled.machine import WORTH_A_THREAD
from tidu.engines.compiled.parallel import run_parallel
from tidu.engines.compiled.pool import Pool
from tidu.engines.compiled.program import multiplications
from tidu.threads import thread_limit
from tidu.training.many_arguments import checked_networks, each, is_own

if TYPE_CHECKING:
    from tidu.network import Network


def predict_many(
    networks: Sequence[Network],
    x: Array | Sequence[Array],
    *,
    proba: bool = False,
    engine: str = "auto",
    threads: int | None = None,
) -> np.ndarray | list[np.ndarray]:
    """Return what each network predicts, as `Network.predict` does, to the bit.

    Threads take whole networks where kernels predict and there is enough to do. Networks of equal
    layers share the work memory.

    Parameters
    ----------
    networks : list of Network
    x : (N, *input_shape), or a list of such arrays
        Samples that all networks share, or those of each network.
    proba : bool
        Give what `Network.predict_proba` gives: probabilities, or values.
    engine : {"auto", "compiled", "numpy"}
        As for `Network.predict`.
    threads : int, optional
        How many networks predict at a time, at most.

    Returns
    -------
    (M, N, ...) array for shared samples, or a list of arrays, one for each network

    Examples
    --------
    >>> import numpy as np, tidu as td
    >>> nets = [td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy(), seed=s) for s in range(4)]
    >>> td.predict_many(nets, np.ones((5, 3)), proba=True).shape
    (4, 5, 2)
    """
    networks = checked_networks(networks)
    if not isinstance(proba, bool):
        raise TypeError(f"`proba` must be True or False, got {proba!r}")
    common = not is_own(networks, x)
    parts = [x] * len(networks) if common else each("x", x, len(networks), (list, tuple))
    todo = deque(enumerate(zip(networks, parts, strict=True)))
    pools: defaultdict[Hashable, Prepared] = defaultdict(Pool)
    found: dict[int, np.ndarray] = {}
    abandoned = threading.Event()
    few = len(networks) < thread_limit(threads)  # then threads share the samples of each

    def work(worker: int) -> None:
        while todo and not abandoned.is_set():
            try:
                i, (network, x) = todo.popleft()
            except IndexError:  # another thread was faster
                return
            pool = None if few else pools[network.chain, network.input_shape, network.dtype.name]
            scores, loss = network._all_scores(x, engine, pool), network.loss_function
            found[i] = loss.predict_proba(scores) if proba else loss.predict(scores)

    workers = 1 if few or not _worth_threads(networks, parts, engine) else thread_limit(threads)
    with held_to(1) if workers > 1 else nullcontext():
        run_parallel(work, workers, abandoned.set)
    predictions = [found[i] for i in range(len(networks))]
    return np.stack(predictions) if common else predictions


def _worth_threads(networks: Sequence[Network], parts: Sequence[Array], engine: str) -> bool:
    """Return whether kernels predict, and take longer than Python does, which threads share."""
    if not can_hold() or any(n._scoring_engine(engine) != CompiledEngine.name for n in networks):
        return False
    samples = (n.samples(x).shape[0] for n, x in zip(networks, parts, strict=True))
    work = sum(multiplications(n) * m for n, m in zip(networks, samples, strict=True))
    return work >= WORTH_A_THREAD * len(networks)
