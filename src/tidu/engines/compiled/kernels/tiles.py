"""Products of small matrices, by tiles that stay in registers.

BLAS copies both matrices into blocks of its own before it multiplies, which for the few columns of
a small layer costs as much as it gains. Here nothing is copied, except a B that is used many times
over: a tile of C, some rows by up to three vectors, is summed up in registers while one column of A
and one row of B go by.

The tile is written in the compiler's own language, vectors of 32 bytes whatever the processor has:
the loop that it stands for is ``C[i, j] += A[i, p] * B[p, j]``, and tests hold it to that.

References
----------
Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", ACM Trans. Math.
Software 34 (2008).
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from tidu.engines.compiled.kernels.operations import VECTOR
from tidu.engines.compiled.kernels.rowwise import dot
from tidu.engines.compiled.kernels.views import copy, view
from tidu.native.jit import kernel

DEPTH = 104
"""Rows of B that are taken at a time, so that they stay in the first cache."""
PACKED_DEPTH = 392
"""Rows of a strip of a packed B, which takes less room."""
ALONE = 2
"""Columns of a packed B that are summed up one by one, rather than in a strip of their own."""
ROWS = {1: 8, 2: 6, 3: 4}
"""Rows of a tile by its vectors: the sums, one row of B and an entry of A fill 16 registers."""

_WORD, _SHORT = ir.IntType(64), ir.IntType(32)


def _tile(vectors: int) -> Any:
    """Return a function that adds AB to a tile of C, or puts it there.

    It is given the addresses of A, B and C, the bytes from one row and one column of A to the next,
    from one row of B and of C to the next, the columns of A, how many rows of the tile there are,
    and whether to add. Rows that are not there are done as the last one once more.
    """

    @intrinsic
    def tile(
        typingctx: Any, a: Any, row_of_a: Any, column_of_a: Any, b: Any, row_of_b: Any, c: Any,
        row_of_c: Any, depth: Any, rows: Any, adds: Any, like: Any,
    ) -> Any:  # fmt: skip
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            real = context.get_value_type(like)
            name = f"tidu_tile_{vectors}_{real.intrinsic_name}"
            function = builder.module.globals.get(name)
            if function is None:
                kind = ir.FunctionType(ir.VoidType(), [_WORD] * 10)
                function = ir.Function(builder.module, kind, name)
                function.linkage = "linkonce_odr"
                function.attributes.add("noinline")
                _write_tile(function, real, vectors)
            builder.call(function, args[:-1])
            return context.get_dummy_value()

        return types.void(*(types.int64,) * 10, like), generate

    return tile


def _write_tile(function: ir.Function, real: ir.Type, vectors: int) -> None:
    a, row_of_a, column_of_a, b, row_of_b, c, row_of_c, depth, rows, adds = function.args
    size = 4 if isinstance(real, ir.FloatType) else 8
    lanes, height = VECTOR // size, ROWS[vectors]
    vector = ir.VectorType(real, lanes)
    entry, loading, start, loop, end = (
        function.append_basic_block(part) for part in ("entry", "loading", "start", "loop", "end")
    )
    build = ir.IRBuilder(entry)

    def row(base: ir.Value, stride: ir.Value, i: int) -> ir.Value:
        last = build.sub(rows, _WORD(1))
        there = build.select(build.icmp_signed("<", _WORD(i), last), _WORD(i), last)
        return build.add(base, build.mul(there, stride))

    def vector_at(address: ir.Value, v: int) -> ir.Value:
        return build.inttoptr(build.add(address, _WORD(v * VECTOR)), vector.as_pointer())

    rows_of_a = [row(a, row_of_a, i) for i in range(height)]
    rows_of_c = [row(c, row_of_c, i) for i in range(height)]
    cells = [(i, v) for i in range(height) for v in range(vectors)]
    build.cbranch(build.icmp_signed("!=", adds, _WORD(0)), loading, start)

    build.position_at_end(loading)
    before = {(i, v): build.load(vector_at(rows_of_c[i], v), align=size) for i, v in cells}
    build.branch(start)

    build.position_at_end(start)
    zero = ir.Constant(vector, [0.0] * lanes)
    starts = {}
    for cell in cells:
        starts[cell] = build.phi(vector)
        starts[cell].add_incoming(zero, entry)
        starts[cell].add_incoming(before[cell], loading)
    build.branch(loop)

    build.position_at_end(loop)
    sums = {cell: build.phi(vector) for cell in cells}
    left, offset, at_b = build.phi(_WORD), build.phi(_WORD), build.phi(_WORD)
    row_b = [build.load(vector_at(at_b, v), align=size) for v in range(vectors)]
    kind = ir.FunctionType(vector, [vector] * 3)
    name = f"llvm.fmuladd.v{lanes}{real.intrinsic_name}"
    multiply_add = function.module.globals.get(name) or ir.Function(function.module, kind, name)
    added = {}
    for i in range(height):
        cell = build.inttoptr(build.add(rows_of_a[i], offset), real.as_pointer())
        one = build.insert_element(
            ir.Constant(vector, ir.Undefined), build.load(cell, align=size), _SHORT(0)
        )
        all_lanes = ir.Constant(ir.VectorType(_SHORT, lanes), [0] * lanes)
        entry_of_a = build.shuffle_vector(one, ir.Constant(vector, ir.Undefined), all_lanes)
        for v in range(vectors):
            added[i, v] = build.call(multiply_add, [entry_of_a, row_b[v], sums[i, v]])
    following = {
        left: (depth, build.sub(left, _WORD(1))),
        offset: (_WORD(0), build.add(offset, column_of_a)),
        at_b: (b, build.add(at_b, row_of_b)),
    } | {sums[cell]: (starts[cell], added[cell]) for cell in cells}
    for phi, (first, then) in following.items():
        phi.add_incoming(first, start)
        phi.add_incoming(then, loop)
    build.cbranch(build.icmp_signed(">", following[left][1], _WORD(0)), loop, end)

    build.position_at_end(end)
    for i, v in cells:
        build.store(added[i, v], vector_at(rows_of_c[i], v), align=size)
    build.ret_void()


_tile_1, _tile_2, _tile_3 = _tile(1), _tile(2), _tile(3)
ROWS_1, ROWS_2, ROWS_3 = ROWS[1], ROWS[2], ROWS[3]


@kernel
def _strip(a, row_of_a, column_of_a, b, row_of_b, c, row_of_c, m, k, vectors, most, like):
    """C = AB for as many columns as there are in so many vectors, so many rows of B at a time."""
    rows = ROWS_3 if vectors == 3 else ROWS_2 if vectors == 2 else ROWS_1
    parts = (k + most - 1) // most
    for q in range(parts):
        p, adds = k * q // parts, int(q > 0)
        depth = k * (q + 1) // parts - p
        from_a, from_b = a + p * column_of_a, b + p * row_of_b
        for i in range(0, m, rows):
            at_a, at_c, there = from_a + i * row_of_a, c + i * row_of_c, min(rows, m - i)
            if vectors == 3:
                _tile_3(at_a, row_of_a, column_of_a, from_b, row_of_b, at_c, row_of_c, depth,
                        there, adds, like)  # fmt: skip
            elif vectors == 2:
                _tile_2(at_a, row_of_a, column_of_a, from_b, row_of_b, at_c, row_of_c, depth,
                        there, adds, like)  # fmt: skip
            else:
                _tile_1(at_a, row_of_a, column_of_a, from_b, row_of_b, at_c, row_of_c, depth,
                        there, adds, like)  # fmt: skip


@kernel
def _vectors(j, n, lanes):
    """Return how many vectors wide the strip is that begins at column j of n."""
    left = (n - j + lanes - 1) // lanes
    return min(2 if left == 4 else min(left, 3), n // lanes)


@kernel
def tiled_product(a, row_of_a, column_of_a, b, row_of_b, c, row_of_c, m, n, k, size, like):
    """C = AB of m×k by k×n, by addresses and the bytes from row to row and column to column.

    Strips of columns are up to three vectors wide, and n fills one vector at least. The last strip
    ends with the last column, and does some columns once more rather than look beyond it.
    """
    lanes = VECTOR // size
    j = 0
    while j < n:
        vectors = _vectors(j, n, lanes)
        at = size * min(j, n - vectors * lanes)
        _strip(
            a, row_of_a, column_of_a, b + at, row_of_b, c + at, row_of_c, m, k, vectors, DEPTH, like
        )  # fmt: skip
        j += vectors * lanes


@kernel
def _in_strips(n, lanes):
    """Return how many of n columns are packed in strips; the rest would leave one nearly empty."""
    rest = n % lanes
    return n - rest if n > lanes and rest <= ALONE else n


@kernel
def pack(B, into, k, n):
    """Put k×n numbers strip by strip, each row after row, and then column by column."""
    lanes = VECTOR // B.itemsize
    strips = _in_strips(n, lanes)
    j = 0
    while j < strips:
        width = _vectors(j, strips, lanes) * lanes
        first = min(j, strips - width)
        for p in range(k):
            row = view(B, p * n + first, p * n + first + width)
            copy(row, view(into, k * j + p * width, k * j + (p + 1) * width))
        j += width
    for c in range(strips, n):
        for p in range(k):
            into[k * c + p] = B[p * n + c]


@kernel
def packed_product(A, packed, C, m, k, n, like):
    """C = AB of m×k by k×n, of a B that has been packed."""
    size = A.itemsize
    lanes = VECTOR // size
    strips = _in_strips(n, lanes)
    j = 0
    while j < strips:
        vectors = _vectors(j, strips, lanes)
        c = C.ctypes.data + size * min(j, strips - vectors * lanes)
        _strip(
            A.ctypes.data, k * size, size, packed.ctypes.data + size * k * j, vectors * VECTOR, c,
            n * size, m, k, vectors, PACKED_DEPTH, like,
        )  # fmt: skip
        j += vectors * lanes
    for i in range(m):
        row = view(A, i * k, (i + 1) * k)
        for j in range(strips, n):
            C[i * n + j] = dot(row, view(packed, k * j, k * (j + 1)))
