"""The operations of a program: one specification each, with named columns.

A program is a table of integers with one operation a row, and a table of constants (floats) beside
it. The first integer of a row is the operation's code. What the other columns are called, and so
where they are, is said once, here: a builder adds ``program.add(op.AFFINE, x=0, y=512, ...)``,
which is checked by name, and a kernel reads ``o[AFFINE.X]`` and ``f[AFFINE.SCALE]``.

Offsets are into ``work`` (activations and their gradients) or, for parameters and buffers, into
``theta`` and ``state``; −1 is "none". Widths are those of one sample: a buffer of width d holds n
rows of d numbers.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Operation:
    """The names of an operation's integers and constants, in the order of their columns."""

    name: str
    integers: tuple[str, ...]
    constants: tuple[str, ...]


OPERATIONS: list[Operation] = []
"""The specifications, in the order of their codes."""


def _operation(name: str, integers: str = "", constants: str = "") -> Any:
    """Specify an operation; return its code and the positions of its columns, by name."""
    specification = Operation(name, tuple(integers.split()), tuple(constants.split()))
    columns = {"CODE": len(OPERATIONS)}
    columns |= {column.upper(): i for i, column in enumerate(specification.integers, 1)}
    columns |= {column.upper(): i for i, column in enumerate(specification.constants)}
    assert len(columns) == 1 + len(specification.integers) + len(specification.constants)
    OPERATIONS.append(specification)
    return namedtuple(name, columns)(*columns.values())  # type: ignore[misc]


PACK = _operation("PACK", "W packed d_in d_out")
"""Copy W strip by strip, for products that use it many times."""
BLOCKS = _operation("BLOCKS", "count block size width partial")
"""Go through the following ``count`` operations for one block of samples after the other: see
`blockwise`. A block has ``block`` samples at most, a thread's buffers take ``size`` numbers,
``width`` is that of the targets, ``partial`` has room for partial sums of the gradient."""
GATHER = _operation("GATHER", "out width split", "scale offset")
"""Out = scale·x + offset of the batch's samples."""
AFFINE = _operation(
    "AFFINE", "x y d_in d_out W b activation slope split source sums packed", "alpha beta scale"
)
"""y = f(xW + b): alpha and beta are settings of f, ``scale`` multiplies x. Split by
inputs, it is xW alone: ``sums`` has room for the sums of other threads, which AFFINE_SUM adds."""
AFFINE_SUM = _operation("AFFINE_SUM", "y d_out b activation slope sums", "alpha beta")
"""y = f(y + the sums of other threads + b)."""
AFFINE_BACKWARD = _operation("AFFINE_BACKWARD", "dy x dx d_in d_out W b source transposed", "scale")
"""dW = xᵀ dy, db = Σ dy, dx = dy Wᵀ; ``transposed`` has room for Wᵀ."""
ACTIVATE = _operation("ACTIVATE", "x y width activation slope", "alpha beta")
"""y = f(x)."""
ACTIVATE_BACKWARD = _operation("ACTIVATE_BACKWARD", "dy y width activation slope", "alpha beta")
"""dx = dy ∘ f′, in place of dy."""
SOFTMAX = _operation("SOFTMAX", "x y width")
SOFTMAX_BACKWARD = _operation("SOFTMAX_BACKWARD", "dy y width")
BATCH_NORM = _operation(
    "BATCH_NORM", "x y x_hat features size gamma beta mean var weight statistics", "momentum eps"
)
"""y = γ x̂ + β; ``size`` numbers a feature, ``statistics`` has three rows of ``features``."""
BATCH_NORM_BACKWARD = _operation(
    "BATCH_NORM_BACKWARD", "dy x_hat features size gamma beta statistics"
)
SCALE = _operation("SCALE", "x y width s")
"""y = s x, with a factor in theta for each number of a sample."""
SCALE_BACKWARD = _operation("SCALE_BACKWARD", "dy x width s")
"""ds = Σ dy x, dx = s dy in place of dy."""
PARAMETRIC = _operation("PARAMETRIC", "x f y width activation slope alpha", "a b")
"""y = x + α (f(x) − x), f(x) kept in ``f``; a and b are settings of f."""
PARAMETRIC_BACKWARD = _operation(
    "PARAMETRIC_BACKWARD", "dy x f width activation slope alpha row", "a b"
)
"""dα = Σ dy (f − x), dx = dy + α (dy f′ − dy) in place of dy; ``row`` has room for one sample."""
PERIODIC = _operation(
    "PERIODIC", "x y waves d width first at count frequencies outputs frequency"
    " phase amplitude offset"
)  # fmt: skip
"""w = cos(2π f x + φ), e = w Aᵀ + c, for ``count`` columns of x from the ``first`` on; e goes to y,
whose samples have ``width`` numbers, from column ``at`` on."""
PERIODIC_BACKWARD = _operation(
    "PERIODIC_BACKWARD", "dy x dx waves d width first at count frequencies outputs frequency"
    " phase amplitude offset room"
)  # fmt: skip
"""dA = Σ deᵀ w, dc = Σ de, du = −(de A) sin u, dφ = Σ du, df = 2π Σ du x; dx += 2π du f; ``waves``
has cos u and sin u, ``room`` has room for du of each thread."""
COLUMNS = _operation(
    "COLUMNS", "source source_width source_at target target_width target_at count",
    "shift scale offset low high",
)  # fmt: skip
"""Some columns of a buffer to some of another: scale (x − shift) + offset, between low and high."""
DROPOUT = _operation("DROPOUT", "x y mask width drawn row", "rate")
"""y = x · mask; ``drawn`` numbers were drawn before for one sample; ``row`` is that of the step
scalars which has the rate, or −1 where it does not change."""
DROPOUT_BACKWARD = _operation("DROPOUT_BACKWARD", "dy mask width")
COPY = _operation("COPY", "source target width")
ADD = _operation("ADD", "source target width")
LOSS = _operation("LOSS", "scores dscores width loss classes lanes", "label_smoothing")
"""Loss, share of correct classes, dscores; ``classes`` says whether targets may be classes,
``lanes`` has room for what is known of each sample of a block."""
SCORES = _operation("SCORES", "scores width")
"""Hand the scores to the caller."""
FINISH_GRADIENT = _operation("FINISH_GRADIENT", "partial size", "l1 l2")
"""Add the penalty, and find out whether the gradient is finite and how large it is; first add up
the partial sums of threads, ``size`` numbers apart, if there are any."""
CLIP_BY_VALUE = _operation("CLIP_BY_VALUE", "", "limit")
FIND_LARGEST = _operation("FIND_LARGEST")
SUM_SQUARES = _operation("SUM_SQUARES", "", "limit")
CLIP_BY_NORM = _operation("CLIP_BY_NORM", "", "limit")
"""Shorten the gradient to the limit, in three passes: largest entry, squares, scaling."""
UPDATE = _operation("UPDATE", "rule backup", "c0 c1 c2 c3 c4")
"""The step of an update rule with its constants; ``backup`` has room for what it changes."""
FINISH_STEP = _operation("FINISH_STEP", "backup")
"""Record what the step gave, or take it back if what it made is not finite."""

INTEGERS = 1 + max(len(operation.integers) for operation in OPERATIONS)
CONSTANTS = max(len(operation.constants) for operation in OPERATIONS)
"""The widths of the two tables."""

IN_WORK, SPARSE_INPUTS, IN_PLACE = range(3)
"""The source of a product's x: ``work``, or the inputs themselves, sparse or row after row."""

BY_ROWS, BY_COLUMNS, BY_INPUTS = range(3)
"""How threads split a product xW: rows of x, columns of W, or the inputs that are summed over.

By inputs, each reads and updates rows of W that no other thread ever has in its cache; the sums of
all are added up afterwards.
"""

VECTOR = 32
"""Bytes of a vector: narrower outputs are not worth a tile (see the kernels' `tiles`)."""
NARROW = 256
"""Outputs of a layer below which its products are done in tiles, and from which by BLAS."""

BLOCK, LANES = 96, 6
"""Samples of a block, where a step is made block by block, and rows that its loss needs besides its
targets."""

NO_ACTIVATION = -1
"""The code of no activation; the others are positions in the table of `activations`."""

SUM_SQUARED, MEAN_SQUARED, SOFTMAX_CROSS_ENTROPY, SIGMOID_CROSS_ENTROPY, POISSON = range(5)
"""The codes of losses."""

BYTES, SINGLES, DOUBLES, SPARSE = range(4)
"""How inputs are stored."""
