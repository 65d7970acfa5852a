"""Learning from data: the arguments of `Network.fit`, and the run that it advances."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array
from tidu.engines import MpiEngine, choose
from tidu.errors import (
    InputError,
    TrainingStoppedWarning,
    check_integer,
    check_list,
)
from tidu.optimizers import SGD, Optimizer, as_optimizer
from tidu.threads import thread_limit
from tidu.training.batches import from_batches, from_samples, samples_of
from tidu.training.callbacks import Callback, checked_pair
from tidu.training.history import History
from tidu.training.loop import Loop
from tidu.training.progress import ProgressBar, someone_watches
from tidu.training.ranks import RanksLoop, of_all_ranks
from tidu.training.run import Run
from tidu.training.threaded import fit_alone

if TYPE_CHECKING:
    from tidu.network import Network


def fit(
    network: Network,
    x: Array | Iterable[tuple[Array, ...]],
    t: Array | None = None,
    *,
    validation: tuple[Array, Array] | None = None,
    optimizer: Optimizer | str | None = None,
    epochs: int = 10,
    batch_size: int = 100,
    sample_weight: Array | None = None,
    callbacks: Sequence[Callback] = (),
    engine: str = "auto",
    threads: int | None = None,
    seed: int | None = None,
    progress: bool | None = None,
    restart: bool = False,
) -> History:
    """Learn from data, in steps of one batch each.

    Every epoch goes through all samples once, in an order drawn anew from the seed; the last batch
    takes what is left. One sample that is left over joins the batch before it where a layer, such
    as `BatchNorm`, needs more than one.

    A further call goes on from where the last one ended: epochs and steps are counted on, and an
    optimizer with the same settings goes on where it stood. One with other settings takes over
    with a state of its own, and its schedule and its bias correction begin at its own first step.

    Parameters
    ----------
    network : Network
        Its `theta` and `state` are changed.
    x : (N, *input_shape), or an iterable of batches
        An array, in the dtype in which it is stored (integers are converted a batch at a time), or
        a `numpy.memmap` larger than memory, or a sparse matrix of ``scipy.sparse``, of which only
        the rows of a batch become dense, and not even these where the compiled engine finds an
        affine layer first. Without ``t``: an iterable of batches ``(x, t)`` or
        ``(x, t, sample_weight)``, each one step, gone through once an epoch.
    t : (N,) or (N, ...)
        Classes or values, as the loss takes them.
    validation : (x, t), optional
        Measured after each epoch.
    optimizer : Optimizer or str, optional
        An update rule, or the name of one, such as "adam", for its default settings; ``SGD(0.1)``
        if none is given, or that of the run that goes on.
    epochs, batch_size : int
        How many epochs more, and how many samples a step.
    sample_weight : (N,), optional
        The loss of a batch is Σ wᵢ ℓᵢ / Σ wᵢ.
    callbacks : sequence of Callback
        What watches the run, or ends it.
    engine : {"auto", "compiled", "numpy", "numeric", "mpi"}
        What carries out the steps: compiled kernels, plain NumPy, or differences of the loss alone
        instead of backpropagation. "auto" takes the kernels where every part of the network has a
        compiled form, as all of Tidu's own have, and NumPy elsewhere; ``history.engine`` says
        which it was, and ``history.why_engine`` why. "mpi" shares each batch between the processes
        that ``mpiexec -n 2 python -m mpi4py script.py`` started: each gives its own rows as ``x``
        and ``t``, and rank 0's callbacks and validation act for all.
    threads : int, optional
        How many may work at most; if not given, ``TIDU_THREADS``, or as many as there are
        processors. A small network takes fewer.
    seed : int, optional
        Of orders and noise; that of the network if not given.
    progress : bool, optional
        Whether to show a progress bar and the rows; if not given, in a terminal or a notebook.
    restart : bool
        Begin anew, from the network's initial parameters.

    Returns
    -------
    History
        One row an epoch, of this run from its beginning; ``.outcome`` and ``.status`` say how it
        ended, as a code and as a sentence. After Ctrl-C the network is as far as it got.

    Warns
    -----
    TrainingStoppedWarning
        If the loss or the gradient became NaN or infinite; the network keeps the parameters from
        before that step.

    Examples
    --------
    >>> import numpy as np, tidu as td
    >>> x = np.random.default_rng(0).normal(size=(200, 2))
    >>> t = (x[:, 0] * x[:, 1] > 0).astype(int)
    >>> net = td.Network([td.Affine(16), td.Tanh(), td.Affine(2)], 2, td.SoftmaxCrossEntropy())
    >>> history = net.fit(x, t, optimizer=td.Adam(0.03), epochs=30, batch_size=20)
    >>> history.status
    '30 epochs done'
    >>> bool(history[-1]["accuracy"] > 0.9)
    True
    """
    epochs = check_integer("epochs", epochs)
    batch_size = check_integer("batch_size", batch_size)
    thread_limit(threads)
    callbacks = check_list("callbacks", callbacks, Callback)
    if t is not None:
        samples = samples_of(network, x, t, sample_weight, batch_size)
        data = of_all_ranks(samples) if engine == MpiEngine.name else from_samples(samples)
    elif engine == MpiEngine.name:
        raise InputError('engine="mpi" takes arrays `x` and `t`, each rank its own, and no batches')
    elif sample_weight is not None:
        raise InputError("`sample_weight` goes with arrays; give batches (x, t, sample_weight)")
    else:
        data = from_batches(network, x, epochs)
    if validation is not None:
        validation = checked_pair("validation", validation)
        network.measure(*(part[:1] for part in validation))
    run = run_to_advance(network, optimizer, seed, restart)
    engine, run.history.why_engine = choose(engine, network, run.optimizer)
    if progress if progress is not None else someone_watches():
        callbacks.append(ProgressBar(epochs, data.steps))
    if any(callback.saves for callback in callbacks):
        run.fingerprint = {"engine": engine, "threads": thread_limit(threads), **data.fingerprint()}
    kind = RanksLoop if engine == MpiEngine.name else Loop
    history = fit_alone(kind(network, run, engine, threads, callbacks, validation), data, epochs)
    if history.failed:
        warnings.warn(history.status, TrainingStoppedWarning, stacklevel=2)
    return history


def run_to_advance(
    network: Network, optimizer: Optimizer | str | None, seed: int | None, restart: bool
) -> Run:
    """Return the run to advance: a new one, or the network's own going on."""
    optimizer = None if optimizer is None else as_optimizer(optimizer)
    if seed is not None:
        check_integer("seed", seed, minimum=0)
    if restart:
        network.initialize()
    if restart or network.run is None:
        optimizer = optimizer or SGD(0.1)
        vectors = optimizer.init(network.theta)
        seed = network.seed if seed is None else seed
        network.run = Run(network.theta, network.state, optimizer, vectors, seed)
        return network.run
    run = network.run
    run.adopt(network.theta, network.state)
    if optimizer is not None and optimizer != run.optimizer:
        run.take_over(optimizer)
    run.seed = run.seed if seed is None else seed
    run.position, run.sums = 0, np.zeros(3)
    run.start_epoch, run.stop_reason, run.callback_state = run.epoch, None, {}
    run.last_batch_joins = True
    return run
