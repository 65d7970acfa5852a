"""Operations on columns of a batch: selection and scaling, and waves (`tidu.layers.Periodic`)."""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

import math

from tidu.engines.compiled.kernels.access import real
from tidu.engines.compiled.kernels.arguments import ARRAY, NUMBER
from tidu.engines.compiled.kernels.barrier import share
from tidu.engines.compiled.kernels.operations import COLUMNS, PERIODIC, PERIODIC_BACKWARD
from tidu.engines.compiled.kernels.rowwise import dot
from tidu.engines.compiled.kernels.scalar import cos, select, sin
from tidu.engines.compiled.kernels.views import fill, view
from tidu.native.jit import kernel


@kernel
def columns(o, f, args, n):
    """Copy columns of a buffer to another, changed, of this thread's share of the samples."""
    count, shift, scale, offset = (
        o[COLUMNS.COUNT],
        f[COLUMNS.SHIFT],
        f[COLUMNS.SCALE],
        f[COLUMNS.OFFSET],
    )
    least, most = f[COLUMNS.LOW], f[COLUMNS.HIGH]
    low, high = share(n, args.thread, args.threads, 1)
    for r in range(low, high):
        at = o[COLUMNS.SOURCE] + r * o[COLUMNS.SOURCE_WIDTH] + o[COLUMNS.SOURCE_AT]
        to = o[COLUMNS.TARGET] + r * o[COLUMNS.TARGET_WIDTH] + o[COLUMNS.TARGET_AT]
        x, y = view(args.work, at, at + count), view(args.work, to, to + count)
        for j in range(count):
            v = scale * (x[j] - shift) + offset
            y[j] = select(v < least, least, select(v > most, most, v))


@kernel
def periodic(o, args, n):
    """w = cos(2π f x + φ) and e = w Aᵀ + c, of this thread's share of the samples."""
    theta, turn = real(args, ARRAY.THETA), args.work.dtype.type(2 * math.pi)
    k, m, outputs = o[PERIODIC.COUNT], o[PERIODIC.FREQUENCIES], o[PERIODIC.OUTPUTS]
    low, high = share(n, args.thread, args.threads, 1)
    for r in range(low, high):
        x_at = o[PERIODIC.X] + r * o[PERIODIC.D] + o[PERIODIC.FIRST]
        y_at = o[PERIODIC.Y] + r * o[PERIODIC.WIDTH] + o[PERIODIC.AT]
        for c in range(k):
            x = turn * args.work[x_at + c]
            w_at = o[PERIODIC.WAVES] + (r * k + c) * 2 * m
            w, sines = view(args.work, w_at, w_at + m), view(args.work, w_at + m, w_at + 2 * m)
            f_at, p_at = o[PERIODIC.FREQUENCY] + c * m, o[PERIODIC.PHASE] + c * m
            f, phase = view(theta, f_at, f_at + m), view(theta, p_at, p_at + m)
            for j in range(m):
                w[j] = cos(f[j] * x + phase[j])
            if args.block[NUMBER.TRAINING] != 0:
                for j in range(m):
                    sines[j] = sin(f[j] * x + phase[j])
            a_at, c_at = o[PERIODIC.AMPLITUDE] + c * outputs * m, o[PERIODIC.OFFSET] + c * outputs
            for q in range(outputs):
                A = view(theta, a_at + q * m, a_at + q * m + m)
                args.work[y_at + c * outputs + q] = theta[c_at + q] + dot(w, A)


@kernel
def periodic_backward(o, args, n):
    """dA = Σ deᵀ w, dc = Σ de, du = −(de A) sin u, dφ = Σ du, df = 2π Σ du x; dx += 2π du f.

    Of this thread's share of the columns.
    """
    theta, dtheta = real(args, ARRAY.THETA), real(args, ARRAY.DTHETA)
    k, m, outputs = (
        o[PERIODIC_BACKWARD.COUNT], o[PERIODIC_BACKWARD.FREQUENCIES], o[PERIODIC_BACKWARD.OUTPUTS],
    )  # fmt: skip
    turn = args.work.dtype.type(2 * math.pi)
    room = o[PERIODIC_BACKWARD.ROOM] + args.thread * m
    du = view(args.work, room, room + m)
    low, high = share(k, args.thread, args.threads, 1)
    for c in range(low, high):
        f_at, p_at = o[PERIODIC_BACKWARD.FREQUENCY] + c * m, o[PERIODIC_BACKWARD.PHASE] + c * m
        a_at = o[PERIODIC_BACKWARD.AMPLITUDE] + c * outputs * m
        c_at = o[PERIODIC_BACKWARD.OFFSET] + c * outputs
        f = view(theta, f_at, f_at + m)
        df, dphase = view(dtheta, f_at, f_at + m), view(dtheta, p_at, p_at + m)
        fill(df, 0)
        fill(dphase, 0)
        fill(view(dtheta, a_at, a_at + outputs * m), 0)
        fill(view(dtheta, c_at, c_at + outputs), 0)
        for r in range(n):
            row = r * o[PERIODIC_BACKWARD.D] + o[PERIODIC_BACKWARD.FIRST] + c
            x = turn * args.work[o[PERIODIC_BACKWARD.X] + row]
            w_at = o[PERIODIC_BACKWARD.WAVES] + (r * k + c) * 2 * m
            e_at = o[PERIODIC_BACKWARD.DY] + r * o[PERIODIC_BACKWARD.WIDTH]
            e_at += o[PERIODIC_BACKWARD.AT] + c * outputs
            w, sines = view(args.work, w_at, w_at + m), view(args.work, w_at + m, w_at + 2 * m)
            fill(du, 0)
            for q in range(outputs):
                at, de = a_at + q * m, args.work[e_at + q]
                A, dA = view(theta, at, at + m), view(dtheta, at, at + m)
                dtheta[c_at + q] += de
                for j in range(m):
                    dA[j] += de * w[j]
                    du[j] -= de * A[j]
            for j in range(m):
                du[j] *= sines[j]
                dphase[j] += du[j]
                df[j] += du[j] * x
            if o[PERIODIC_BACKWARD.DX] >= 0:
                args.work[o[PERIODIC_BACKWARD.DX] + row] += turn * dot(du, f)
