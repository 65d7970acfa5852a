"""Epochs of many small networks without a word of Python between them.

What `tidu.training.fit` does from batch to batch, for as many steps as a piece of work holds: the
order of each epoch and the noise of each step are drawn as `tidu.randomness` draws them, to the
bit, and the interpreter is called, by its address, for the steps of the epoch. NumPy promises to
keep the numbers of its generators only within a version: `tidu.engines.compiled.pieces` compares
once before anything relies on them.

References
----------
O'Neill, "Developing a seed_seq alternative", 2015: what NumPy's SeedSequence does.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import carray, float64, int64, types
from numba.extending import intrinsic

from tidu.engines.compiled.kernels.arguments import ARRAY, ARRAYS, NUMBER, PIECE, SIZE
from tidu.engines.compiled.kernels.noise import next_state
from tidu.engines.compiled.kernels.views import copy
from tidu.native.jit import kernel, pointer

_LOW32, _16, _32 = np.uint64(0xFFFFFFFF), np.uint64(16), np.uint64(32)
_0, _1, _8, _58, _63, _64 = (np.uint64(n) for n in (0, 1, 8, 58, 63, 64))
_FIRST_A, _TIMES_A = np.uint64(0x43B0D7E5), np.uint64(0x931E8875)
_FIRST_B, _TIMES_B = np.uint64(0x8B51F9DD), np.uint64(0x58F38DED)
_MIX_LEFT, _MIX_RIGHT = np.uint64(0xCA01F9DD), np.uint64(0x4973F715)
ORDER, NOISE = 1, 2
"""The numbers of purposes in `tidu.randomness`."""
POOL = 4
STREAM, METRICS = ARRAYS["streams"].columns, ARRAYS["metrics"].columns


@intrinsic
def call_interpreter(typingctx: Any, function: Any, block: Any, safe_below: Any) -> Any:
    """Call the interpreter at an address; return the steps made."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word, real = ir.IntType(64), ir.DoubleType()
        kind = ir.FunctionType(word, [word, real, word])
        address = builder.inttoptr(args[0], kind.as_pointer())
        return builder.call(address, [args[1], args[2], word(0)])

    return types.int64(types.int64, types.int64, types.float64), generate


@kernel
def _hashed(value, factor, times):
    """Return a hashed word of 32 bits, and the factor for the next."""
    value = value ^ factor
    factor = (factor * times) & _LOW32
    value = (value * factor) & _LOW32
    return value ^ (value >> _16), factor


@kernel
def _mixed(x, y):
    value = (_MIX_LEFT * x - _MIX_RIGHT * y) & _LOW32
    return value ^ (value >> _16)


@kernel
def _word(seed, i, purpose, index):
    """Return word i of the entropy: those of the seed, then the purpose, then the index."""
    if i < len(seed):
        return np.uint64(seed[i])
    if i == len(seed):
        return np.uint64(purpose)
    return np.uint64(index) if i == len(seed) + 1 else _0


@kernel
def seed_stream(seed, purpose, index, stream, pool):
    """Write state and increment of the generator of a purpose at an index.

    ``seed`` are the words of 32 bits of the user's seed, the lowest first; ``pool`` is room.
    """
    factor = _FIRST_A
    words = len(seed) + 2
    for i in range(POOL):
        pool[i], factor = _hashed(_word(seed, i, purpose, index), factor, _TIMES_A)
    for i in range(POOL):
        for j in range(POOL):
            if i != j:
                value, factor = _hashed(pool[i], factor, _TIMES_A)
                pool[j] = _mixed(pool[j], value)
    for i in range(POOL, words):
        for j in range(POOL):
            value, factor = _hashed(_word(seed, i, purpose, index), factor, _TIMES_A)
            pool[j] = _mixed(pool[j], value)
    factor = _FIRST_B
    for i in range(STREAM):
        low, factor = _hashed(pool[2 * i % POOL], factor, _TIMES_B)
        high, factor = _hashed(pool[(2 * i + 1) % POOL], factor, _TIMES_B)
        stream[i] = low | (high << _32)
    inc_high = (stream[2] << _1) | (stream[3] >> _63)
    inc_low = (stream[3] << _1) | _1
    high, low = next_state(_0, _0, inc_high, inc_low)
    summed = low + stream[1]
    high = high + stream[0] + (_1 if summed < low else _0)
    stream[0], stream[1] = next_state(high, summed, inc_high, inc_low)
    stream[2], stream[3] = inc_high, inc_low


@kernel
def shuffle(stream, order):
    """Put integers in the order of ``Generator.permutation``.

    Fisher and Yates; a number up to i is the lowest bits of a draw, the first that is no larger.
    """
    high, low = stream[0], stream[1]
    word, half, mask, j = _0, False, _LOW32, np.int64(0)
    for i in range(len(order) - 1, 0, -1):
        while (mask >> _1) >= np.uint64(i):
            mask >>= _1
        j = i + 1
        while j > i:
            if half:
                number = word >> _32
            else:
                high, low = next_state(high, low, stream[2], stream[3])
                x, turn = high ^ low, high >> _58
                word = (x >> turn) | (x << ((_64 - turn) & _63))
                number = word
            half = not half
            j = np.int64(number & mask)
        order[i], order[j] = order[j], order[i]


@kernel
def draw_order(piece_address, epoch):
    """Write the order of an epoch; return its length."""
    piece = carray(pointer(piece_address), len(PIECE), np.int64)
    seed = carray(pointer(piece[PIECE.SEED]), piece[PIECE.SEED_SIZE], np.int64)
    rows = carray(pointer(piece[PIECE.ROWS]), piece[PIECE.SAMPLES], np.int64)
    order = carray(pointer(piece[PIECE.ORDER]), piece[PIECE.SAMPLES], np.int64)
    stream = carray(pointer(piece[PIECE.ROOM]), STREAM, np.uint64)
    pool = carray(pointer(piece[PIECE.ROOM] + 8 * STREAM), POOL, np.uint64)
    copy(rows, order)
    seed_stream(seed, ORDER, epoch, stream, pool)
    shuffle(stream, order)
    return len(order)


@kernel
def _draw_streams(piece, seed, block, step, k):
    """Write the streams of the noise of k steps."""
    streams = carray(pointer(block[2 * ARRAY.STREAMS]), (k, STREAM), np.uint64)
    pool = carray(pointer(piece[PIECE.ROOM] + 8 * STREAM), POOL, np.uint64)
    for i in range(k):
        seed_stream(seed, NOISE, step + i, streams[i], pool)


@kernel
def advance(piece_address, safe_below):
    """Carry out the steps of a piece of work; return how many were made.

    Within an epoch, the interpreter is called for all steps of one batch size at once.
    """
    piece = carray(pointer(piece_address), len(PIECE), np.int64)
    block = carray(pointer(piece[PIECE.BLOCK]), SIZE, np.int64)
    seed = carray(pointer(piece[PIECE.SEED]), piece[PIECE.SEED_SIZE], np.int64)
    n, b, joins = piece[PIECE.SAMPLES], piece[PIECE.BATCH_SIZE], piece[PIECE.JOINS]
    at_scalars, at_metrics = block[2 * ARRAY.SCALARS], block[2 * ARRAY.METRICS]
    last = (n + b - 1) // b - joins
    epoch, position, made = piece[PIECE.EPOCH], piece[PIECE.POSITION], 0
    while made < piece[PIECE.STEPS]:
        if position == last:
            epoch, position = epoch + 1, 0
        if position == 0 or made == 0:
            draw_order(piece_address, epoch)
        size = b
        k = min(last - joins - position, piece[PIECE.STEPS] - made)
        if joins and position == last - 1:
            size, k = b + 1, 1
        start = position * b
        block[2 * ARRAY.ORDER] = piece[PIECE.ORDER] + 8 * start
        block[2 * ARRAY.ORDER + 1] = min(k * size, n - start)
        block[2 * ARRAY.SCALARS] = at_scalars + made * piece[PIECE.SCALAR_BYTES]
        block[2 * ARRAY.METRICS] = at_metrics + made * 8 * METRICS
        block[2 * ARRAY.METRICS + 1] = k * METRICS
        block[NUMBER.BATCH_SIZE], block[NUMBER.STEPS] = size, k
        if block[2 * ARRAY.STREAMS]:
            _draw_streams(piece, seed, block, piece[PIECE.STEP] + made, k)
        done = call_interpreter(piece[PIECE.FUNCTION], piece[PIECE.BLOCK], safe_below)
        made += done
        position += done
        if done < k:
            break
    return made


def exports() -> list[tuple[str, Any, Any]]:
    """Return what is exported: names, functions and signatures."""
    return [
        ("tidu_advance", advance, int64(int64, float64)),
        ("tidu_order", draw_order, int64(int64, int64)),
    ]
