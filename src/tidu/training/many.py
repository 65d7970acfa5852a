"""Many networks at once: each learns as if it were alone, and threads take whole networks."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array
from tidu.engines import MpiEngine, choose
from tidu.engines.compiled.pieces import program_key
from tidu.errors import InputError, TrainingStoppedWarning, check_integer
from tidu.language import translator
from tidu.optimizers import Optimizer
from tidu.threads import thread_limit
from tidu.training.batches import from_samples
from tidu.training.callbacks import Callback, checked_pair
from tidu.training.elsewhere import fit_all
from tidu.training.fit import run_to_advance
from tidu.training.history import History
from tidu.training.loop import Loop
from tidu.training.many_arguments import (
    callbacks_of_each,
    checked_networks,
    each,
    training_sets,
)
from tidu.training.progress import ManyProgress, someone_watches

if TYPE_CHECKING:
    from tidu.network import Network

_ = translator("library")

Pair = tuple[Array, Array]


def fit_many(
    networks: Sequence[Network],
    x: Array | Sequence[Array],
    t: Array | Sequence[Array],
    *,
    rows: Sequence[Array] | None = None,
    validation: Pair | Sequence[Pair] | None = None,
    optimizer: Optimizer | str | Sequence[Optimizer | str] | None = None,
    epochs: int | Sequence[int] = 10,
    batch_size: int | Sequence[int] = 100,
    sample_weight: Array | Sequence[Array] | None = None,
    callbacks: Sequence[Callback] | Sequence[Sequence[Callback]] = (),
    engine: str = "auto",
    threads: int | None = None,
    seed: int | Sequence[int] | None = None,
    progress: bool | None = None,
    restart: bool = False,
) -> list[History]:
    """Learn with many networks, each as `Network.fit` would with it alone on one thread.

    Parameters, history and run of each network are those of `fit`, to the bit (but for the column
    ``seconds``). Threads take whole networks, so none waits for another; small networks cost little
    more than their arithmetic. One that meets NaN, or is stopped early, ends alone.

    Parameters
    ----------
    networks : list of Network
        Seeds, values, penalties and sizes may differ.
    x, t : arrays, or lists of arrays
        Samples and targets, as `fit` takes them: those that all networks share, or a list with
        those of each network, of any lengths.
    rows : list of arrays of int, optional
        The rows of shared samples that each network learns from: folds, bootstrap samples, groups.
        A row may come more than once.
    validation : (x, t), or a list of such pairs
        Measured after each epoch; a tuple is for all networks, a list holds one of each.
    optimizer : Optimizer or str, or a list of such
        For all networks, or one for each.
    epochs, batch_size : int, or a list of int
        For all networks, or one for each.
    sample_weight : (N,), or a list of such
        Weights of the samples of x (before `rows` are taken), the same for all networks or one
        array for each.
    callbacks : sequence of Callback, or a list of such sequences
        Each network gets copies of its own. `CSVLog("log.csv")` writes ``log-0.csv``, ..., and
        `Checkpoint("runs", resume=True)` saves and resumes each in a folder within ``runs``.
        A list of sequences has those of each network, which are taken as they are.
    engine : {"auto", "compiled", "numpy", "numeric"}
        As for `fit`. Networks without a compiled form learn one after another, or in processes
        where joblib is installed.
    threads : int, optional
        How many networks learn at a time on this machine. Within
        ``joblib.parallel_config(backend="dask")`` the networks go to that cluster in chunks, one
        for each of its threads at a time.
    seed : int, or a list of int
        Of orders and noise; that of each network if not given.
    progress : bool, optional
        Whether to show a progress bar; if not given, where someone watches.
    restart : bool
        Begin anew, from the networks' initial parameters.

    Returns
    -------
    list of History
        One for each network. After Ctrl-C each network is as far as it got.

    Warns
    -----
    TrainingStoppedWarning
        If numbers of some networks were no longer finite; it says which.

    Examples
    --------
    >>> import numpy as np, tidu as td
    >>> x = np.random.default_rng(0).normal(size=(200, 2))
    >>> t = (x[:, 0] * x[:, 1] > 0).astype(int)
    >>> nets = [td.Network([td.Affine(8), td.Tanh(), td.Affine(2)], 2,
    ...                    td.SoftmaxCrossEntropy(), seed=seed) for seed in range(5)]
    >>> histories = td.fit_many(nets, x, t, optimizer=td.Adam(0.03), epochs=30, batch_size=20)
    >>> len(histories), histories[0].status
    (5, '30 epochs done')
    >>> bool(min(history[-1]["accuracy"] for history in histories) > 0.9)
    True
    """
    networks = checked_networks(networks)
    count = len(networks)
    of_each = (list, tuple, np.ndarray)
    epochs_of = [check_integer("epochs", n) for n in each("epochs", epochs, count, of_each)]
    sizes = [check_integer("batch_size", b) for b in each("batch_size", batch_size, count, of_each)]
    optimizers = each("optimizer", optimizer, count, (list, tuple))
    seeds = each("seed", seed, count, of_each)
    pairs = each("validation", validation, count, (list,))
    own = callbacks_of_each(callbacks, count)
    if engine == MpiEngine.name:
        raise InputError(
            '`engine` cannot be "mpi", which shares one network between processes; to share many, '
            'call fit_many within joblib.parallel_config(backend="dask")'
        )
    thread_limit(threads)
    data = training_sets(networks, x, t, rows, sample_weight, sizes)
    for network, pair in zip(networks, pairs, strict=True):
        if pair is not None:
            network.measure(*(part[:1] for part in checked_pair("validation", pair)))
    runs = [
        run_to_advance(network, optimizers[i], seeds[i], restart)
        for i, network in enumerate(networks)
    ]
    chosen: dict[Hashable, tuple[str, str]] = {}
    loops = []
    for i, (network, run) in enumerate(zip(networks, runs, strict=True)):
        kind = program_key(network, run.optimizer)
        if kind not in chosen:
            chosen[kind] = choose(engine, network, run.optimizer)
        name, run.history.why_engine = chosen[kind]
        loops.append(Loop(network, run, name, 1, own[i], pairs[i]))
    for loop, of_loop in zip(loops, data, strict=True):
        if loop.savers:
            marks = from_samples(of_loop[0].alone()).fingerprint()
            loop.run.fingerprint = {"engine": loop.engine_name, "threads": 1, **marks}
    bar = ManyProgress(count, sum(epochs_of)) if _shows(progress) else None
    try:
        fit_all(loops, data, epochs_of, threads, bar)
    finally:
        if bar:
            bar.end()
    histories = [run.history for run in runs]
    failed = [i for i, history in enumerate(histories) if history.failed]
    if failed:
        warnings.warn(
            _(
                "{stopped} of {count} networks stopped, the first of them number {first}: {why}"
            ).format(
                stopped=len(failed), count=count, first=failed[0], why=histories[failed[0]].status
            ),
            TrainingStoppedWarning,
            stacklevel=2,
        )
    return histories


def _shows(progress: bool | None) -> bool:
    return someone_watches() if progress is None else progress
