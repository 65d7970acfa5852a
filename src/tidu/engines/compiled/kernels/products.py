"""Matrix products of a layer: tiles where it is narrow, BLAS by its address where it is wide.

Where a product is tiny, plain loops do it. A factor α other than 1 is left to BLAS. Matrices lie
row after row; BLAS counts columns first, so it is asked for the transposed product: (AB)ᵀ = BᵀAᵀ.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from tidu.engines.compiled.kernels.operations import NARROW, VECTOR
from tidu.engines.compiled.kernels.tiles import tiled_product
from tidu.engines.compiled.kernels.views import add_multiple, put_multiple, view
from tidu.native.jit import kernel

FEW = 4
"""Samples below which a tile would be half empty."""
SMALL = 600
"""Multiplications below which a product is done in loops."""


@intrinsic
def gemm(
    typingctx: Any, function: Any, transpose_a: Any, transpose_b: Any, m: Any, n: Any, k: Any,
    one: Any, a: Any, lda: Any, b: Any, ldb: Any, zero: Any, c: Any, ldc: Any,
) -> Any:  # fmt: skip
    """Call the gemm at an address: C ← one·AB + zero·C, of m×k by k×n, columns first.

    Integers are handed over in 64 bits, of which a BLAS with 32 reads the lower half.
    """
    signature = types.void(*(types.int64,) * 6, one, *(types.int64,) * 4, one, *(types.int64,) * 2)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = ir.IntType(8).as_pointer()
        handed = []
        for i, (value, kind) in enumerate(zip(args, signature.args, strict=True)):
            if i in (7, 9, 12):
                handed.append(builder.inttoptr(value, pointer))
            elif i in (1, 2):
                letter = builder.select(
                    builder.icmp_signed("!=", value, value.type(0)),
                    ir.IntType(8)(ord("T")),
                    ir.IntType(8)(ord("N")),
                )
                cell = cgutils.alloca_once(builder, ir.IntType(8))
                builder.store(letter, cell)
                handed.append(builder.bitcast(cell, pointer))
            elif i > 0:
                cell = cgutils.alloca_once(builder, context.get_value_type(kind))
                builder.store(value, cell)
                handed.append(builder.bitcast(cell, pointer))
        kind = ir.FunctionType(ir.VoidType(), [pointer] * 13)
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), handed)
        return context.get_dummy_value()

    return signature, generate


@kernel
def forward_product(function, x, W, y, n, d_in, width, first, d_out, alpha):
    """y = α xW for n rows, and the columns of W and y from ``first`` on, d_out of ``width``."""
    if alpha == 1 and n * d_in * d_out <= SMALL:
        for r in range(n):
            row = view(y, r * width + first, r * width + first + d_out)
            put_multiple(x[r * d_in], view(W, first, first + d_out), row)
            for i in range(1, d_in):
                at = i * width + first
                add_multiple(x[r * d_in + i], view(W, at, at + d_out), row)
    elif n >= FEW and width < NARROW and d_out * x.itemsize >= VECTOR:
        size = x.itemsize
        tiled_product(
            x.ctypes.data, d_in * size, size, W.ctypes.data + first * size, width * size,
            y.ctypes.data + first * size, width * size, n, d_out, d_in, size, alpha,
        )  # fmt: skip
    elif n > 0 and d_out > 0:
        size = x.itemsize
        gemm(
            function, 0, 0, d_out, n, d_in, alpha, W.ctypes.data + first * size, width,
            x.ctypes.data, d_in, alpha - alpha, y.ctypes.data + first * size, width,
        )  # fmt: skip


@kernel
def share_of_product(x, W, y, n, d_in, first, last, d_out, one):
    """y = xW for n rows, summed over the inputs from ``first`` to ``last`` alone."""
    size = x.itemsize
    tiled_product(
        x.ctypes.data + first * size, d_in * size, size, W.ctypes.data + first * d_out * size,
        d_out * size, y.ctypes.data, d_out * size, n, d_out, last - first, size, one,
    )  # fmt: skip


@kernel
def weight_product(function, x, dy, dW, n, d_in, first, rows, d_out, alpha):
    """dW = α xᵀ dy, its rows from ``first`` on."""
    if alpha == 1 and n * rows * d_out <= SMALL:
        for i in range(first, first + rows):
            row = view(dW, i * d_out, i * d_out + d_out)
            put_multiple(x[i], view(dy, 0, d_out), row)
            for r in range(1, n):
                add_multiple(x[r * d_in + i], view(dy, r * d_out, r * d_out + d_out), row)
    elif rows > 0 and d_out < NARROW and d_out * x.itemsize >= VECTOR:
        size = x.itemsize
        tiled_product(
            x.ctypes.data + first * size, size, d_in * size, dy.ctypes.data, d_out * size,
            dW.ctypes.data + first * d_out * size, d_out * size, rows, d_out, n, size, alpha,
        )  # fmt: skip
    elif rows > 0:
        size = x.itemsize
        gemm(
            function, 0, 1, d_out, rows, n, alpha, dy.ctypes.data, d_out,
            x.ctypes.data + first * size, d_in, alpha - alpha,
            dW.ctypes.data + first * d_out * size, d_out,
        )  # fmt: skip


@kernel
def input_product(function, dy, W, transposed, dx, n, d_in, first, columns, d_out, alpha):
    """dx = α dy Wᵀ for n rows, its columns from ``first`` on; ``transposed`` has room for Wᵀ."""
    if alpha == 1 and n * columns * d_out <= SMALL:
        for r in range(n):
            slope = view(dy, r * d_out, r * d_out + d_out)
            for i in range(first, first + columns):
                weight = view(W, i * d_out, i * d_out + d_out)
                total = alpha - alpha
                for j in range(len(weight)):
                    total += slope[j] * weight[j]
                dx[r * d_in + i] = total
    elif n >= FEW and len(transposed) and columns * W.itemsize >= VECTOR:
        size = W.itemsize
        for i in range(columns):
            weight = view(W, (first + i) * d_out, (first + i + 1) * d_out)
            for j in range(d_out):
                transposed[j * columns + i] = weight[j]
        tiled_product(
            dy.ctypes.data, d_out * size, size, transposed.ctypes.data, columns * size,
            dx.ctypes.data + first * size, d_in * size, n, columns, d_out, size, alpha,
        )  # fmt: skip
    elif n > 0 and columns > 0:
        size = W.itemsize
        gemm(
            function, 1, 0, columns, n, d_out, alpha, W.ctypes.data + first * d_out * size, d_out,
            dy.ctypes.data, d_out, alpha - alpha, dx.ctypes.data + first * size, d_in,
        )  # fmt: skip
