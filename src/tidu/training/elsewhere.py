"""Whole runs carried out in other processes, or on other machines, by joblib.

For networks without a compiled form: plain NumPy holds Python's lock, so threads would gain
nothing. Where joblib is not installed they learn here, one after another. What comes back is put
into the networks and runs of the caller, so it makes no difference where they learned.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tidu.engines import TrainingSet
from tidu.errors import TrainingStoppedWarning
from tidu.threads import thread_limit
from tidu.training.batches import from_samples
from tidu.training.fit import Loop
from tidu.training.run import Run

if TYPE_CHECKING:
    from tidu.network import Network


def fit_elsewhere(
    loops: Sequence[Loop], data: Sequence[TrainingSet], epochs: int, threads: int | None
) -> None:
    """Carry out each run, as `fit` does it."""
    workers = min(thread_limit(threads), len(loops))
    try:
        import joblib
    except ImportError:
        workers = 1
    if workers == 1:
        for loop, samples in zip(loops, data, strict=True):
            loop.fit(from_samples(samples), epochs)
        return
    calls = (
        joblib.delayed(_fit)(loop.network, loop.run, loop.settings, samples.alone(), epochs)
        for loop, samples in zip(loops, data, strict=True)
    )
    for loop, run in zip(loops, joblib.Parallel(n_jobs=workers)(calls), strict=True):
        take_back(loop.network, loop.run, run)


def _fit(network: Network, run: Run, settings: Any, samples: TrainingSet, epochs: int) -> Run:
    """Carry out one run, and return it: where it is called, the network is a copy."""
    run.adopt(network.theta, network.state)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingStoppedWarning)
        Loop(network, run, *settings).fit(from_samples(samples), epochs)
    return run


def take_back(network: Network, run: Run, found: Run) -> None:
    """Bring a network and its run to where a run stands that was carried out elsewhere."""
    theta, state, history = run.theta, run.state, run.history
    theta[...], state[...] = found.theta, found.state
    vars(history).update(vars(found.history))
    vars(run).update(vars(found) | {"history": history})
    run.adopt(theta, state)
    network.run = run
