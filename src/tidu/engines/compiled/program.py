"""The programs of a network: a training step, a prediction.

What has a compiled form is said in `supported`, how layers become operations in `layer_forms`.
"""

from __future__ import annotations

import math

import numpy as np

from tidu.engines.compiled import stored
from tidu.engines.compiled.builder import Program, ProgramBuilder, WayBack
from tidu.engines.compiled.kernels import operations as op
from tidu.engines.compiled.kernels.arguments import ARRAYS
from tidu.engines.compiled.kernels.rules import RULES
from tidu.engines.compiled.layer_forms import IN_BLOCKS, LAYERS
from tidu.engines.compiled.step_scalars import StepScalars
from tidu.engines.compiled.supported import CLIPS, LOSSES, PENALTIES, rule_beneath
from tidu.layers import Affine, Rescale
from tidu.layers.chain import NamedLayer
from tidu.losses import Poisson
from tidu.objective import Objective
from tidu.optimizers import Optimizer

FEWEST_IN_BLOCKS = 16
"""Batches of at least so many samples are gone through block by block, if the layers are narrow."""
LARGE, WIDEST_IN_BLOCKS = 512, (32, 64)
"""The most inputs and outputs of a narrow layer, in batches below this size and from it on: to sum
a gradient over the lanes costs as much for few samples as for many."""
VECTORS = 3
"""Parameters and at most two vectors of an optimizer, which an update with rollback saves."""
NO_PARTIAL = -1.0
"""In place of an offset, where a gradient is not summed over lanes."""
CONSTANTS = ("c0", "c1", "c2", "c3", "c4")
"""The columns for the constants of an update rule."""


def training_program(
    network: Objective, optimizer: Optimizer, batch_size: int, source: int, threads: int
) -> Program:
    """Lay out a training step for so many threads."""
    builder = ProgramBuilder(network, batch_size, True, source, threads)
    _update(builder, optimizer, *_gradient(builder, source))
    return builder.program


def gradient_program(network: Objective, batch_size: int, source: int, threads: int) -> Program:
    """Lay out the first half of a training step: the gradient without the penalty's."""
    builder = ProgramBuilder(network, batch_size, True, source, threads)
    partial, size = _gradient(builder, source)
    builder.add(op.FINISH_GRADIENT, partial=partial, size=size, l1=0.0, l2=0.0)
    return builder.program


def update_program(network: Objective, optimizer: Optimizer, threads: int) -> Program:
    """Lay out the second half: penalty, clipping and the update, by a gradient that is there."""
    builder = ProgramBuilder(network, 1, True, op.IN_WORK, threads)
    _update(builder, optimizer, NO_PARTIAL, 0.0)
    return builder.program


def _gradient(builder: ProgramBuilder, source: int) -> tuple[float, float]:
    """Lay out everything to the gradient; return where its sums over lanes are, and their size."""
    network = builder.network
    if not goes_in_blocks(network, builder.batch_size, source):
        _forward_and_back(builder)
        return NO_PARTIAL, 0.0
    with builder.blocks(math.prod(network.output_shape)) as blocks:
        _forward_and_back(builder)
    return blocks["partial"], blocks["size"]


def _update(builder: ProgramBuilder, optimizer: Optimizer, partial: float, size: float) -> None:
    """Lay out everything from the gradient on."""
    network = builder.network
    l1, l2 = PENALTIES[type(network.penalty)](network.penalty)
    builder.add(op.FINISH_GRADIENT, partial=partial, size=size, l1=l1, l2=l2)
    outer = optimizer
    while type(outer) in CLIPS:
        for pass_ in CLIPS[type(outer)]:
            has_limit = "limit" in op.OPERATIONS[pass_.CODE].constants
            builder.add(pass_, **({"limit": outer.limit} if has_limit else {}))  # type: ignore[attr-defined]
        outer = outer.optimizer  # type: ignore[attr-defined]
    rule = rule_beneath(optimizer)
    constants = RULES[type(rule)].constants(rule)
    backup = builder.offset(VECTORS * network.layout.size, rows=1)
    builder.add(
        op.UPDATE,
        rule=list(RULES).index(type(rule)),
        backup=backup,
        **dict.fromkeys(CONSTANTS, 0.0) | dict(zip(CONSTANTS, constants, strict=False)),
    )
    builder.add(op.FINISH_STEP, backup=backup)


def goes_in_blocks(network: Objective, batch_size: int, source: int) -> bool:
    """Return whether a step is made block by block: it is narrow, and its parts have that form."""
    everything = [at for outer in _layers(network) for at in outer.with_inner()]
    loss = network.loss_function
    shapes = [network.output_shape, *(at.input_shape for at in everything)]
    return (
        source == op.IN_WORK
        and not isinstance(loss, Poisson)
        and getattr(loss, "spread", None) is None
        and batch_size >= FEWEST_IN_BLOCKS
        and max(map(math.prod, shapes)) <= WIDEST_IN_BLOCKS[batch_size >= LARGE]
        and all(type(at.layer) in IN_BLOCKS for at in everything)
    )


def _layers(network: Objective) -> list[NamedLayer]:
    """Return the layers that are left to kernels: all but one that standardizes the inputs."""
    layers = list(network.chain.walk(network.input_shape))
    return layers[1:] if stored.standardize(network) else layers


def _forward_and_back(builder: ProgramBuilder) -> None:
    """Lay out everything from the samples to the gradient."""
    network = builder.network
    scores, ways_back = _forward(builder)
    width, loss = math.prod(network.output_shape), network.loss_function
    dscores = builder.offset(width)
    builder.add(
        op.LOSS, scores=scores, dscores=dscores, width=width, loss=LOSSES[type(loss)],
        classes=len(network.output_shape) == 1 and width > 1,
        lanes=builder.offset(width + op.LANES) if builder.in_blocks else -1,
        label_smoothing=getattr(loss, "label_smoothing", 0.0),
    )  # fmt: skip
    builder.backward(ways_back, dscores, False)


def scoring_program(network: Objective, batch_size: int, source: int, packs: bool) -> Program:
    """Lay out a prediction, which packs weights first if they are used often enough for that."""
    builder = ProgramBuilder(network, batch_size, False, source, packs=packs)
    scores, _ = _forward(builder)
    builder.add(op.SCORES, scores=scores, width=math.prod(network.output_shape))
    return builder.program


def _forward(builder: ProgramBuilder) -> tuple[int, list[WayBack]]:
    """Lay out everything up to the scores; return their offset, and the ways back.

    A `Rescale` at the beginning is done while inputs are gathered. A dense layer that comes first
    reads sparse inputs, or inputs in order, where they are.
    """
    layers = [at for at in _layers(builder.network) if LAYERS[type(at.layer)] is not None]
    scale, offset = 1.0, 0.0
    if layers and isinstance(layers[0].layer, Rescale):
        scale, offset = layers[0].layer.scale, layers[0].layer.offset
        layers = layers[1:]
    width, split = math.prod(builder.network.input_shape), op.BY_ROWS
    if layers and isinstance(layers[0].layer, Affine):
        scaled = scale == 1 or builder.source == op.SPARSE_INPUTS
        if builder.source != op.IN_WORK and scaled and not offset:
            builder.input_scale = scale
            return builder.layers(layers, -1)
        split = builder.split(width, layers[0].layer.units)
    x = builder.offset(width)
    builder.add(op.GATHER, out=x, width=width, split=split, scale=scale, offset=offset)
    return builder.layers(layers, x)


def parameter_ranges(network: Objective, scalars: StepScalars, threads: int) -> np.ndarray:
    """Return the trainable ranges of theta: start, stop, whether penalized, the row of scalars.

    Neighbours are one range if all is the same to them, and to one thread. Several threads split
    each parameter by itself, so that each updates the weights that it multiplies by.
    """
    found: list[list[int]] = []
    for entry in network.layout.entries:
        if not entry.trainable:
            continue
        start, stop = entry.slice.start, entry.slice.stop
        kind = [int(network.is_penalized(entry)), scalars.row_of(entry)]
        if threads == 1 and found and found[-1][1:] == [start, *kind]:
            found[-1][1] = stop
        else:
            found.append([start, stop, *kind])
    return np.array(found, np.int64).reshape(-1, ARRAYS["ranges"].columns)


def multiplications(network: Objective) -> int:
    """Return the multiplications of one sample on its way forward."""
    return sum(math.prod(e.shape) for e in network.layout.entries if e.kind == "weight")
