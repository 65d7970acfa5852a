"""The generator of `tidu.randomness`, NumPy's PCG64, within a kernel: the same masks to the bit.

The state is 128 bits in two halves, and it can be moved ahead any number of draws in a few steps,
so each thread draws its own share of a mask.

References
----------
O'Neill, "PCG: a family of simple fast space-efficient statistically good algorithms for random
number generation", 2014; Brown, "Random number generation with arbitrary stride", 1994.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from tidu.engines.compiled.kernels.scalar import select
from tidu.native.jit import kernel

_HIGH, _LOW = np.uint64(0x2360ED051FC65DA4), np.uint64(0x4385DF649FCCF645)
_ZERO, _ONE = np.uint64(0), np.uint64(1)
_EIGHT, _ROTATION, _MASK32 = np.uint64(8), np.uint64(58), np.uint64(0xFFFFFFFF)
_UPPER = np.uint64(40)
_BITS, _63 = np.uint64(64), np.uint64(63)
PAIR = types.UniTuple(types.uint64, 2)


@intrinsic
def _times_plus(typingctx: Any, ah: Any, al: Any, bh: Any, bl: Any, ch: Any, cl: Any) -> Any:
    """Return a·b + c of 128-bit integers given in halves, modulo 2¹²⁸."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        wide = ir.IntType(128)

        def joined(high: Any, low: Any) -> Any:
            high = builder.shl(builder.zext(high, wide), wide(64))
            return builder.or_(high, builder.zext(low, wide))

        a, b, c = (joined(args[i], args[i + 1]) for i in (0, 2, 4))
        result = builder.add(builder.mul(a, b), c)
        high = builder.trunc(builder.lshr(result, wide(64)), ir.IntType(64))
        low = builder.trunc(result, ir.IntType(64))
        return context.make_tuple(builder, signature.return_type, [high, low])

    return PAIR(*(types.uint64,) * 6), generate


@kernel
def next_state(high, low, inc_high, inc_low):
    """Return the state after one draw."""
    return _times_plus(_HIGH, _LOW, high, low, inc_high, inc_low)


@kernel
def _ahead(high, low, inc_high, inc_low, draws):
    """Return the state after so many draws: each is s ← a s + c, and two of a kind are one."""
    a_high, a_low = _HIGH, _LOW
    c_high, c_low = inc_high, inc_low
    while draws > 0:
        if draws & 1:
            high, low = _times_plus(a_high, a_low, high, low, c_high, c_low)
        c_high, c_low = _times_plus(a_high, a_low, c_high, c_low, c_high, c_low)
        a_high, a_low = _times_plus(a_high, a_low, a_high, a_low, _ZERO, _ZERO)
        draws >>= 1
    return high, low


@kernel
def _word(high, low):
    """Return the 64 bits that a state gives."""
    x, turn = high ^ low, high >> _ROTATION
    return (x >> turn) | (x << ((_BITS - turn) & _63))


@kernel
def draw_mask(stream, start, rate, mask):
    """Draw a dropout mask from a stream: 0 or 1 / (1 − rate), as from its number ``start`` on.

    Each draw of 64 bits gives two numbers of 32, the lower first, of which the highest 24 bits are
    u · 2²⁴. Four draws go side by side, each four steps of the generator at a time, for none of
    them has to wait for another.
    """
    inc_high, inc_low = stream[2], stream[3]
    high, low = _ahead(stream[0], stream[1], inc_high, inc_low, start >> 1)
    kept, dropped = mask.dtype.type(1) / mask.dtype.type(1 - rate), mask.dtype.type(0)
    limit = np.float64(np.float32(rate)) * 16777216.0
    least = np.uint64(limit)
    if np.float64(least) < limit:
        least += _ONE
    high, low = next_state(high, low, inc_high, inc_low)
    j = start & 1
    if j and len(mask):
        mask[0] = kept if _word(high, low) >> _UPPER >= least else dropped
        high, low = next_state(high, low, inc_high, inc_low)
    a_high, a_low = _times_plus(_HIGH, _LOW, _HIGH, _LOW, _ZERO, _ZERO)
    c_high, c_low = _times_plus(_HIGH, _LOW, inc_high, inc_low, inc_high, inc_low)
    c_high, c_low = _times_plus(a_high, a_low, c_high, c_low, c_high, c_low)
    a_high, a_low = _times_plus(a_high, a_low, a_high, a_low, _ZERO, _ZERO)
    high1, low1 = next_state(high, low, inc_high, inc_low)
    high2, low2 = next_state(high1, low1, inc_high, inc_low)
    high3, low3 = next_state(high2, low2, inc_high, inc_low)
    while j + 8 <= len(mask):
        word, word1, word2, word3 = (
            _word(high, low), _word(high1, low1), _word(high2, low2), _word(high3, low3),
        )  # fmt: skip
        high, low = _times_plus(a_high, a_low, high, low, c_high, c_low)
        high1, low1 = _times_plus(a_high, a_low, high1, low1, c_high, c_low)
        high2, low2 = _times_plus(a_high, a_low, high2, low2, c_high, c_low)
        high3, low3 = _times_plus(a_high, a_low, high3, low3, c_high, c_low)
        mask[j] = select((word & _MASK32) >> _EIGHT < least, dropped, kept)
        mask[j + 1] = select(word >> _UPPER < least, dropped, kept)
        mask[j + 2] = select((word1 & _MASK32) >> _EIGHT < least, dropped, kept)
        mask[j + 3] = select(word1 >> _UPPER < least, dropped, kept)
        mask[j + 4] = select((word2 & _MASK32) >> _EIGHT < least, dropped, kept)
        mask[j + 5] = select(word2 >> _UPPER < least, dropped, kept)
        mask[j + 6] = select((word3 & _MASK32) >> _EIGHT < least, dropped, kept)
        mask[j + 7] = select(word3 >> _UPPER < least, dropped, kept)
        j += 8
    while j < len(mask):
        word = _word(high, low)
        mask[j] = select((word & _MASK32) >> _EIGHT < least, dropped, kept)
        if j + 1 < len(mask):
            mask[j + 1] = select(word >> _UPPER < least, dropped, kept)
        high, low = next_state(high, low, inc_high, inc_low)
        j += 2
