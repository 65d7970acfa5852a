"""Many networks on the compiled engine: each thread takes steps of one network after another.

`Member` is a network with its data as the kernels find it, `Worker` is one thread's work memory.
`Worker.advance` makes as many steps of a member as are wanted, over any number of epochs, in one
call of the kernel in `kernels.epochs`; they are those of `CompiledEngine` on one thread, to the
bit. Memory is that of the threads: what belongs to a member alone is its run.
"""

from __future__ import annotations

import ctypes
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tidu.arrays import Array
from tidu.engines.base import Steps
from tidu.engines.compiled import stored
from tidu.engines.compiled.engine import COPIED_AT_ONCE, put_run
from tidu.engines.compiled.kernels.arguments import ARRAYS, PIECE, ROOM
from tidu.engines.compiled.kernels.rules import RULES
from tidu.engines.compiled.machine import Machine, allocate
from tidu.engines.compiled.program import Program, parameter_ranges, training_program
from tidu.engines.compiled.step_scalars import StepScalars
from tidu.engines.compiled.supported import CLIPS
from tidu.engines.numpy_engine import NumpyEngine
from tidu.native import address_of, kernel_function
from tidu.objective import Objective
from tidu.randomness import seed_words, stream

if TYPE_CHECKING:
    from tidu.optimizers import Optimizer
    from tidu.training.run import Run

PIECE_STEPS = 4096
"""The most steps of a call: the numbers of a step, in and out, stay in the cache."""


@dataclass(frozen=True)
class TrainingSet:
    """What a network learns from: the chosen rows of x, t and weights, in batches.

    With ``needs_batches`` a last batch of one sample joins the batch before it.
    """

    x: Any
    t: np.ndarray
    weights: np.ndarray | None
    rows: np.ndarray
    batch_size: int
    needs_batches: bool

    @cached_property
    def joins(self) -> bool:
        """Whether a last batch of one sample joins the batch before it."""
        n, b = len(self.rows), self.batch_size
        return self.needs_batches and n > b and n % b == 1

    @cached_property
    def steps(self) -> int:
        """The steps of an epoch."""
        return -(-len(self.rows) // self.batch_size) - self.joins

    def of_rows(self, rows: np.ndarray) -> TrainingSet:
        """Return the same samples, of which other rows are chosen; those without weight are not."""
        if self.weights is not None:
            rows = rows[self.weights[rows] != 0]
        return replace(self, rows=rows)

    def alone(self) -> TrainingSet:
        """Return copies of the chosen rows, without the others."""
        rows = self.rows
        weights = None if self.weights is None else self.weights[rows]
        return replace(
            self, x=self.x[rows], t=self.t[rows], weights=weights, rows=np.arange(len(rows))
        )

    def order(self, seed: int, epoch: int) -> np.ndarray:
        """Return the rows in the order of an epoch."""
        return stream(seed, "order", epoch).permutation(self.rows)

    def rows_of_step(self, seed: int, epoch: int, position: int) -> np.ndarray:
        """Return the rows of one step."""
        order = self.order(seed, epoch)
        start = position * self.batch_size
        whole = self.joins and position == self.steps - 1
        return order[start:] if whole else order[start : start + self.batch_size]


class Shared:
    """What members have in common, made once: programs, and data in a form for kernels."""

    def __init__(self) -> None:
        self._programs: dict[Hashable, Program] = {}
        self._inputs: dict[Hashable, stored.Stored] = {}
        self._held: list[Any] = []

    def program(
        self, network: Objective, optimizer: Optimizer, batch_size: int, source: int
    ) -> Program:
        """Return the program of a training step."""
        key = (source, batch_size, *program_key(network, optimizer))
        if key not in self._programs:
            made = training_program(network, optimizer, batch_size, source, 1)
            made.tables  # noqa: B018 (the threads share them)
            self._programs[key] = made
        return self._programs[key]

    def inputs(self, network: Objective, x: Array) -> stored.Stored:
        """Return samples that several members learn from."""
        key = (id(x), network.dtype.name, stored.standardize(network))
        if key not in self._inputs:
            self._inputs[key] = _inputs(network, x)
            self._held.append(x)  # so that no other has its id
        return self._inputs[key]


class Member:
    """A network among many, with its optimizer and what it learns from."""

    def __init__(
        self, network: Objective, optimizer: Optimizer, samples: TrainingSet, shared: Shared | None
    ) -> None:
        self.network, self.optimizer, self.samples = network, optimizer, samples
        self.shared = shared

    @cached_property
    def specification(self) -> NumpyEngine:
        """What makes the steps that kernels cannot make, or says what is wrong."""
        return NumpyEngine(self.network, self.optimizer, self.samples.batch_size + 1)


@dataclass
class _Prepared:
    """A member as kernels see it, while a thread works on it."""

    member: Member
    program: Program
    inputs: stored.Stored
    targets: stored.Stored
    step_scalars: StepScalars
    ranges: np.ndarray
    seed: np.ndarray
    interpreter: int


class Worker:
    """The work memory of one thread."""

    def __init__(self, programs: Shared) -> None:
        self.programs = programs
        self.machines: dict[str, Machine] = {}
        self.now: _Prepared | None = None
        self.order, self.streams = np.empty(0, np.int64), np.empty(0, np.uint64)
        self.room = np.zeros(ROOM, np.uint64)
        self.vectors: dict[tuple[str, str], np.ndarray] = {}

    def advance(self, member: Member, run: Run, k: int) -> Steps:
        """Carry out k steps of a member from where its run stands; see `tidu.engines.Engine`."""
        samples, done = member.samples, 0
        parts: list[np.ndarray] = []
        while done < k:
            epoch, position = divmod(run.position + done, samples.steps)
            parts.append(self._piece(member, run, run.epoch + epoch, position, k - done))
            made = len(parts[-1])
            if made < k - done:
                epoch, position = divmod(run.position + done + made, samples.steps)
                rows = samples.rows_of_step(run.seed, run.epoch + epoch, position)
                step = member.specification.run(run, samples.x, samples.t, rows, 1, samples.weights)
                parts.append(np.stack([step.losses, step.correct, step.weights], axis=1))
                if step.bad is not None:
                    losses, correct, sums = np.concatenate(parts).T
                    return Steps(losses, correct, sums, done + made, step.why)
                made += 1
            done += made
        losses, correct, sums = np.concatenate(parts).T
        return Steps(losses, correct, sums)

    def _piece(self, member: Member, run: Run, epoch: int, position: int, k: int) -> np.ndarray:
        """Make up to k steps; return what they gave."""
        network, samples = member.network, member.samples
        now = self.now if self.now and self.now.member is member else self._prepare(member, run)
        machine, size = self.machines[network.dtype.name], network.layout.size
        block = machine.arguments(now.program, training=True, steps=k)
        put_run(block, network, run)
        scalars, safe_below = now.step_scalars.of(run, k)
        metrics = np.empty((k, ARRAYS["metrics"].columns))
        block.put("dtheta", self._vector("dtheta", network, size), size)
        new_state = self._vector("new_state", network, network.state_layout.size)
        block.put("new_state", new_state, network.state_layout.size)
        block.put("inputs", now.inputs.descriptor, ARRAYS["inputs"].columns)
        block.put("targets", now.targets.descriptor, ARRAYS["targets"].columns)
        n = len(samples.rows)
        if len(self.order) < n:
            self.order = np.empty(n, np.int64)
        block.put("scalars", scalars, scalars.size)
        block.number("scalar_rows", now.step_scalars.rows)
        block.put("ranges", now.ranges, now.ranges.size)
        block.put("metrics", metrics, metrics.size)
        if network.chain.draws_noise:
            words = samples.steps * ARRAYS["streams"].columns
            if len(self.streams) < words:
                self.streams = np.empty(words, np.uint64)
            block.put("streams", self.streams[:words], words)
        piece = _piece(
            now.seed, samples.rows, self.order[:n], self.room,
            function=now.interpreter, block=block.address, batch_size=samples.batch_size,
            joins=samples.joins, epoch=epoch, position=position, steps=k, step=run.step,
            scalar_bytes=scalars.strides[0],
        )  # fmt: skip
        made = _advance()(address_of("piece", piece, "int64", len(PIECE)), safe_below)
        run.step += made
        return metrics[:made]

    def _prepare(self, member: Member, run: Run) -> _Prepared:
        network, samples = member.network, member.samples
        dtype = network.dtype.name
        if dtype not in self.machines:
            self.machines[dtype] = Machine(network, samples.batch_size, 1)
        inputs = (member.shared.inputs if member.shared else _inputs)(network, samples.x)
        step_scalars = StepScalars(network, member.optimizer)
        self.now = _Prepared(
            member,
            self.programs.program(
                network, member.optimizer, samples.batch_size + samples.joins,
                inputs.source(network.dtype),
            ),
            inputs,
            _targets(network, samples.t, samples.weights),
            step_scalars,
            parameter_ranges(network, step_scalars, 1),
            np.array(seed_words(run.seed), np.int64),
            _address(self.machines[dtype].interpret),
        )  # fmt: skip
        return self.now

    def _vector(self, name: str, network: Objective, size: int) -> np.ndarray:
        """Return room for a vector, the same for all members of its size."""
        key = name, network.dtype.name
        if key not in self.vectors or len(self.vectors[key]) < size:
            self.vectors[key] = allocate(size, network.dtype)
        return self.vectors[key][:size]


def works_in_place(network: Objective, x: Array) -> bool:
    """Return whether samples can be read where they are, or are few enough to be converted."""
    return stored.as_stored(network, x) is not None or x.nbytes <= COPIED_AT_ONCE


def program_key(network: Objective, optimizer: Optimizer) -> tuple[Any, ...]:
    """Return all that the program of a training step depends on, the batch size left out."""
    limits: list[tuple[type, float]] = []
    outer: Any = optimizer
    while type(outer) in CLIPS:
        limits.append((type(outer), outer.limit))
        outer = outer.optimizer
    form = RULES.get(type(outer))
    return (
        network.chain, network.input_shape, network.dtype.name, network.loss_function,
        network.penalty, tuple(limits), type(outer), form and form.constants(outer),
    )  # fmt: skip


def _inputs(network: Objective, x: Array) -> stored.Stored:
    """Return samples as they are stored, or brought into the network's dtype."""
    return stored.as_stored(network, x) or stored.converted(network, x)


def _targets(network: Objective, t: np.ndarray, weights: np.ndarray | None) -> stored.Stored:
    found = stored.targets(network, t, weights)
    if found is None:
        found = stored.targets(network, stored.readable(network.targets(t, len(t))), weights)
    assert found is not None
    return found


def _piece(
    seed: np.ndarray, rows: np.ndarray, order: np.ndarray, room: np.ndarray, **numbers: int
) -> np.ndarray:
    """Return a piece of work as the kernel takes it, every address through the gate."""
    n = len(rows)
    words = numbers | {
        "seed": address_of("seed", seed, "int64", len(seed)), "seed_size": len(seed),
        "rows": address_of("rows", rows, "int64", n), "samples": n,
        "order": address_of("order", order, "int64", n, written=True),
        "room": address_of("room", room, "uint64", ROOM, written=True),
    }  # fmt: skip
    return np.array([words.get(name.lower(), 0) for name in PIECE._fields], np.int64)


def draw_order(seed: int, epoch: int, rows: np.ndarray) -> np.ndarray:
    """Return the order of an epoch as the kernels draw it.

    Examples
    --------
    >>> draw_order(0, 3, np.arange(6)), stream(0, "order", 3).permutation(6)
    (array([2, 0, 1, 3, 5, 4]), array([2, 0, 1, 3, 5, 4]))
    """
    order, words = np.empty(len(rows), np.int64), np.array(seed_words(seed), np.int64)
    piece = _piece(words, rows, order, np.zeros(ROOM, np.uint64))
    draw = kernel_function("tidu_order", ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
    draw(address_of("piece", piece, "int64", len(PIECE)), epoch)
    return order


@cache
def why_no_pieces() -> str:
    """Return why kernels cannot draw this NumPy's random orders; empty if they can."""
    seed, rows = 2**40 + 5, np.arange(1000)
    same = (draw_order(seed, 3, rows) == stream(seed, "order", 3).permutation(rows)).all()
    return "" if same else f"NumPy {np.__version__} draws random orders in a way of its own"


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


@cache
def _advance() -> Any:
    return kernel_function("tidu_advance", ctypes.c_int64, ctypes.c_int64, ctypes.c_double)
