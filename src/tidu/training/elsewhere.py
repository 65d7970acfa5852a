"""Whole runs carried out in other processes, or on other machines, by joblib.

Where `joblib.parallel_config` names a cluster, chunks of the networks go there, whatever their
engine. Networks without a compiled form go to processes of this machine, for plain NumPy holds
Python's lock, so threads would gain nothing; where joblib is not installed they learn here, one
after another. What comes back is put into the networks and runs of the caller, so it makes no
difference where they learned.

A chunk is a task of its own: what it needs travels with it, so a worker that dies costs the chunks
that it had, which others do again. Arrays that several chunks need are sent once to each worker of
a dask cluster, and mapped from one file by the processes of a machine.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tidu.engines import TrainingSet
from tidu.language import language, speaking
from tidu.threads import thread_limit
from tidu.training.cluster import active_cluster, held_by_workers
from tidu.training.interrupt import raises_interrupts
from tidu.training.loop import Loop, interrupted
from tidu.training.progress import ManyProgress
from tidu.training.run import Run, take_back
from tidu.training.threaded import are_compiled, fit_here

if TYPE_CHECKING:
    from tidu.network import Network

CHUNKS_A_WORKER = 4
"""So many for each worker: the more, the less it costs to wait for the last, or to lose one."""

Samples = tuple[TrainingSet, bool]


def fit_all(
    loops: Sequence[Loop],
    data: Sequence[Samples],
    epochs: Sequence[int],
    threads: int | None,
    bar: ManyProgress | None,
) -> None:
    """Carry out each run where it is done best: here, in processes, or on a cluster."""
    cluster, workers = active_cluster(), min(thread_limit(threads), len(loops))
    if cluster is None and (are_compiled(loops) or workers == 1 or not _has_joblib()):
        fit_here(loops, data, epochs, threads, bar)
        return
    import joblib

    if cluster is not None:
        workers = joblib.effective_n_jobs(None)
    chunks, common = chunks_of(loops, data, epochs, CHUNKS_A_WORKER * workers)
    with held_by_workers(cluster, common):
        parallel = joblib.Parallel(
            n_jobs=workers if cluster is None else None,
            batch_size=1,
            return_as=_order_of_return(cluster),
        )
        spoken = language()  # the calls are made on a thread of joblib's
        calls = (joblib.delayed(_fit)(i, spoken, chunk, *common) for i, chunk in enumerate(chunks))
        _take_all(loops, len(chunks), lambda: parallel(calls), bar)


@dataclass(frozen=True)
class _Common:
    """The place of an array that travels beside the chunks."""

    number: int


@dataclass(frozen=True)
class _Work:
    """One run as it travels."""

    network: Network
    run: Run
    settings: tuple[Any, ...]
    samples: TrainingSet
    is_shared: bool
    epochs: int


def chunks_of(
    loops: Sequence[Loop], data: Sequence[Samples], epochs: Sequence[int], count: int
) -> tuple[list[list[_Work]], list[Any]]:
    """Return the runs in at most so many chunks, and the arrays that more than one of them needs.

    Each chunk takes one run of so many, so that all are about as long where neighbours are alike.
    """
    count = min(count, len(loops))
    all_of_them = list(zip(loops, data, epochs, strict=True))
    chunks = [all_of_them[i::count] for i in range(count)]
    needed = [{id(a): a for loop, (s, _), _ in chunk for a in _arrays(loop, s)} for chunk in chunks]
    uses = Counter(key for arrays in needed for key in arrays)
    common = {key: a for arrays in needed for key, a in arrays.items() if uses[key] > 1}
    numbers = {key: _Common(i) for i, key in enumerate(common)}

    def number(array: Any) -> Any:
        return numbers.get(id(array), array)

    def work(loop: Loop, of_it: Samples, epochs: int) -> _Work:
        samples, is_shared = of_it
        settings, samples = _with_arrays(number, loop.settings, samples)
        return _Work(loop.network, loop.run, settings, samples, is_shared, epochs)

    works = [[work(*one) for one in chunk] for chunk in chunks]
    return works, list(common.values())


def _with_arrays(
    change: Callable[[Any], Any], settings: tuple[Any, ...], s: TrainingSet
) -> tuple[tuple[Any, ...], TrainingSet]:
    """Return settings and samples with their arrays changed."""
    *others, pair = settings
    samples = replace(s, x=change(s.x), t=change(s.t), weights=change(s.weights))
    return (*others, pair and tuple(map(change, pair))), samples


def _arrays(loop: Loop, samples: TrainingSet) -> Iterable[Any]:
    """Return the arrays of a run that others may have too."""
    *_, pair = loop.settings
    return [a for a in (samples.x, samples.t, samples.weights, *(pair or ())) if a is not None]


def _fit(i: int, spoken: str, chunk: list[_Work], *common: Any) -> tuple[int, list[Run]]:
    """Carry out the runs of a chunk on one thread; return its number and the runs.

    What they say of themselves is in the language of the caller, which the worker may not have.
    """

    def here(value: Any) -> Any:
        return common[value.number] if isinstance(value, _Common) else value

    loops, data = [], []
    for work in chunk:
        network, run = copy.deepcopy((work.network, work.run))  # what came may be read-only
        run.adopt(network.theta, network.state)
        settings, samples = _with_arrays(here, work.settings, work.samples)
        loops.append(Loop(network, run, *settings))
        data.append((samples, work.is_shared))
    with speaking(spoken):
        fit_here(loops, data, [work.epochs for work in chunk], threads=1)
    return i, [loop.run for loop in loops]


def _take_all(
    loops: Sequence[Loop],
    count: int,
    results: Callable[[], Iterable[tuple[int, list[Run]]]],
    bar: ManyProgress | None,
) -> None:
    """Take runs back as they come; after Ctrl-C, the others stay where they were."""
    waiting, done = set(range(len(loops))), 0

    def state() -> tuple[int, int]:
        return len(loops) - len(waiting), done

    try:
        for i, runs in results():
            for number, run in zip(range(i, len(loops), count), runs, strict=True):
                take_back(loops[number].network, loops[number].run, run)
                waiting.remove(number)
                done += run.epoch - run.start_epoch
            if bar:
                bar.show(state)
    except KeyboardInterrupt:
        if raises_interrupts():
            raise
        for number in sorted(waiting):
            loops[number].finish(interrupted(loops[number].run))


def _has_joblib() -> bool:
    try:
        import joblib  # noqa: F401
    except ImportError:
        return False
    return True


def _order_of_return(cluster: Any) -> str:
    """Return how results come back: as they are done, where the backend can do that."""
    unordered = cluster is None or cluster.supports_return_generator
    return "generator_unordered" if unordered else "list"
