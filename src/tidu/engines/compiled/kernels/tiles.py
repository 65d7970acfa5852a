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


def _tile(vectors: int, lanewise: bool = False) -> Any:
    """Return a function that adds AB to a tile of C, or puts it there.

    It is given the addresses of A, B and C, the bytes from one row and one column of A to the next,
    from one row of B and of C to the next, the columns of A, how many rows of the tile there are,
    and whether to add. Rows that are not there are done as the last one once more.

    With ``lanewise``, it is A Bᵀ that is added, without the sum over lanes: each entry of C is a
    vector, and so is that of A and of B, whose columns follow each other. Also given are the bytes
    from one column of C to the next, and how many columns of the tile there are.
    """
    count = 12 if lanewise else 10

    @intrinsic
    def tile(typingctx: Any, like: Any, given: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            real = context.get_value_type(like)
            name = f"tidu_tile_{vectors}_{lanewise:d}_{real.intrinsic_name}"
            function = builder.module.globals.get(name)
            if function is None:
                kind = ir.FunctionType(ir.VoidType(), [_WORD] * count)
                function = ir.Function(builder.module, kind, name)
                function.linkage = "linkonce_odr"
                function.attributes.add("noinline")
                _write_tile(function, real, vectors, lanewise)
            builder.call(function, [builder.extract_value(args[1], i) for i in range(count)])
            return context.get_dummy_value()

        return types.void(like, types.UniTuple(types.int64, count)), generate

    return tile


def _write_tile(function: ir.Function, real: ir.Type, vectors: int, lanewise: bool) -> None:
    a, row_of_a, column_of_a, b, row_of_b, c, row_of_c, depth, rows, adds, *more = function.args
    size = 4 if isinstance(real, ir.FloatType) else 8
    lanes, height = VECTOR // size, ROWS[vectors]
    vector = ir.VectorType(real, lanes)
    entry, loading, start, loop, end = (
        function.append_basic_block(part) for part in ("entry", "loading", "start", "loop", "end")
    )
    build = ir.IRBuilder(entry)

    def line(base: ir.Value, stride: ir.Value, i: int, there: ir.Value) -> ir.Value:
        last = build.sub(there, _WORD(1))
        nearest = build.select(build.icmp_signed("<", _WORD(i), last), _WORD(i), last)
        return build.add(base, build.mul(nearest, stride))

    def vector_at(address: ir.Value, v: int = 0) -> ir.Value:
        return build.inttoptr(build.add(address, _WORD(v * VECTOR)), vector.as_pointer())

    rows_of_a = [line(a, row_of_a, i, rows) for i in range(height)]
    rows_of_c = [line(c, row_of_c, i, rows) for i in range(height)]
    cells = [(i, v) for i in range(height) for v in range(vectors)]
    if lanewise:
        column_of_c, columns = more
        rows_of_b = [line(b, row_of_b, v, columns) for v in range(vectors)]
        place = {(i, v): vector_at(line(rows_of_c[i], column_of_c, v, columns)) for i, v in cells}
    else:
        place = {(i, v): vector_at(rows_of_c[i], v) for i, v in cells}
    build.cbranch(build.icmp_signed("!=", adds, _WORD(0)), loading, start)

    build.position_at_end(loading)
    before = {cell: build.load(place[cell], align=size) for cell in cells}
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
    if lanewise:
        of_b = [vector_at(build.add(row, offset)) for row in rows_of_b]
    else:
        of_b = [vector_at(at_b, v) for v in range(vectors)]
    row_b = [build.load(cell, align=size) for cell in of_b]
    kind = ir.FunctionType(vector, [vector] * 3)
    name = f"llvm.fmuladd.v{lanes}{real.intrinsic_name}"
    multiply_add = function.module.globals.get(name) or ir.Function(function.module, kind, name)
    added = {}
    for i in range(height):
        at_a = build.add(rows_of_a[i], offset)
        if lanewise:
            entry_of_a = build.load(vector_at(at_a), align=size)
        else:
            cell = build.load(build.inttoptr(at_a, real.as_pointer()), align=size)
            one = build.insert_element(ir.Constant(vector, ir.Undefined), cell, _SHORT(0))
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
    for cell in cells:
        build.store(added[cell], place[cell], align=size)
    build.ret_void()


_tile_1, _tile_2, _tile_3 = _tile(1), _tile(2), _tile(3)
_lanewise_tile = _tile(3, lanewise=True)
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
            given = (
                at_a, row_of_a, column_of_a, from_b, row_of_b, at_c, row_of_c, depth, there, adds,
            )  # fmt: skip
            if vectors == 3:
                _tile_3(like, given)
            elif vectors == 2:
                _tile_2(like, given)
            else:
                _tile_1(like, given)


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


@kernel
def lanewise_product(A, B, C, m, n, k, row_of_c, column_of_c, adds, like):
    """Add A Bᵀ of m×k by n×k to C, lane by lane: the sum of each entry is a vector in C.

    ``row_of_c`` and ``column_of_c`` count vectors; without ``adds``, C is overwritten.
    """
    size = A.itemsize
    for i in range(0, m, ROWS_3):
        for j in range(0, n, 3):
            _lanewise_tile(
                like,
                (
                    A.ctypes.data + size * k * i, size * k, VECTOR,
                    B.ctypes.data + size * k * j, size * k,
                    C.ctypes.data + VECTOR * (i * row_of_c + j * column_of_c), VECTOR * row_of_c,
                    size * k // VECTOR, min(ROWS_3, m - i), adds, VECTOR * column_of_c,
                    min(3, n - j),
                ),
            )  # fmt: skip
