"""Activations whose strength is learned: see `tidu.layers.Parametric`."""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from tidu.engines.compiled.kernels.access import real
from tidu.engines.compiled.kernels.arguments import ARRAY
from tidu.engines.compiled.kernels.barrier import share
from tidu.engines.compiled.kernels.elementwise import activate, activate_backward
from tidu.engines.compiled.kernels.operations import PARAMETRIC, PARAMETRIC_BACKWARD
from tidu.engines.compiled.kernels.views import copy, fill, view
from tidu.native.jit import kernel


@kernel
def parametric(o, f, args, n):
    """y = x + α (f(x) − x), of this thread's share of the samples."""
    width, slope_at = o[PARAMETRIC.WIDTH], o[PARAMETRIC.SLOPE]
    alpha = view(real(args, ARRAY.THETA), o[PARAMETRIC.ALPHA], o[PARAMETRIC.ALPHA] + width)
    settings = view(f, PARAMETRIC.A, PARAMETRIC.B + 1)
    low, high = share(n, args.thread, args.threads, 1)
    for at in range(low * width, high * width, width):
        x, y, of_x = (
            view(args.work, o[PARAMETRIC.X] + at, o[PARAMETRIC.X] + at + width),
            view(args.work, o[PARAMETRIC.Y] + at, o[PARAMETRIC.Y] + at + width),
            view(args.work, o[PARAMETRIC.F] + at, o[PARAMETRIC.F] + at + width),
        )
        slope = view(args.work, slope_at + at, slope_at + at + width) if slope_at >= 0 else of_x
        copy(x, of_x)
        activate(o[PARAMETRIC.ACTIVATION], settings, of_x, slope)
        for j in range(width):
            y[j] = x[j] + alpha[j] * (of_x[j] - x[j])


@kernel
def parametric_backward(o, f, args, n):
    """dα = Σ dy (f − x), dx = dy + α (dy f′ − dy), of this thread's share of the columns."""
    width, slope_at = o[PARAMETRIC_BACKWARD.WIDTH], o[PARAMETRIC_BACKWARD.SLOPE]
    low, high = share(width, args.thread, args.threads, 16)
    at = o[PARAMETRIC_BACKWARD.ALPHA]
    alpha = view(real(args, ARRAY.THETA), at + low, at + high)
    dalpha = view(real(args, ARRAY.DTHETA), at + low, at + high)
    settings = view(f, PARAMETRIC_BACKWARD.A, PARAMETRIC_BACKWARD.B + 1)
    row = o[PARAMETRIC_BACKWARD.ROW]
    through = view(args.work, row + low, row + high)
    fill(dalpha, 0)
    for start in range(0, n * width, width):
        a, b = start + low, start + high
        dy, x, of_x = (
            view(args.work, o[PARAMETRIC_BACKWARD.DY] + a, o[PARAMETRIC_BACKWARD.DY] + b),
            view(args.work, o[PARAMETRIC_BACKWARD.X] + a, o[PARAMETRIC_BACKWARD.X] + b),
            view(args.work, o[PARAMETRIC_BACKWARD.F] + a, o[PARAMETRIC_BACKWARD.F] + b),
        )
        slope = view(args.work, slope_at + a, slope_at + b) if slope_at >= 0 else of_x
        copy(dy, through)
        activate_backward(o[PARAMETRIC_BACKWARD.ACTIVATION], settings, through, of_x, slope)
        for j in range(len(dy)):
            dalpha[j] += dy[j] * (of_x[j] - x[j])
            dy[j] += alpha[j] * (through[j] - dy[j])
