"""Operations entry by entry, of which each thread does its share of the numbers.

Whoever works alone, as a thread does on a block of its own, has the whole for its share.
"""

# mypy: allow-untyped-defs (Numba finds the types of kernels)

from __future__ import annotations

from tidu.engines.compiled.kernels.barrier import share
from tidu.engines.compiled.kernels.elementwise import activate, activate_backward
from tidu.engines.compiled.kernels.operations import ACTIVATE, ACTIVATE_BACKWARD, ADD, COPY
from tidu.engines.compiled.kernels.views import add, copy, view
from tidu.native.jit import kernel


@kernel
def share_of(args, at, n, width):
    """Return this thread's share of the numbers of a buffer."""
    low, high = share(n * width, args.thread, args.threads, 16)
    return view(args.work, at + low, at + high)


@kernel
def activate_share(o, f, args, n):
    """y = f(x)."""
    width, slope_at = o[ACTIVATE.WIDTH], o[ACTIVATE.SLOPE]
    y = share_of(args, o[ACTIVATE.Y], n, width)
    copy(share_of(args, o[ACTIVATE.X], n, width), y)
    slope = share_of(args, slope_at, n, width) if slope_at >= 0 else y
    activate(o[ACTIVATE.ACTIVATION], view(f, ACTIVATE.ALPHA, ACTIVATE.BETA + 1), y, slope)


@kernel
def activate_share_backward(o, f, args, n):
    """dx = dy f'(x), in place of dy."""
    width, slope_at = o[ACTIVATE_BACKWARD.WIDTH], o[ACTIVATE_BACKWARD.SLOPE]
    y = share_of(args, o[ACTIVATE_BACKWARD.Y], n, width)
    slope = share_of(args, slope_at, n, width) if slope_at >= 0 else y
    dy = share_of(args, o[ACTIVATE_BACKWARD.DY], n, width)
    settings = view(f, ACTIVATE_BACKWARD.ALPHA, ACTIVATE_BACKWARD.BETA + 1)
    activate_backward(o[ACTIVATE_BACKWARD.ACTIVATION], settings, dy, y, slope)


@kernel
def copy_share(o, args, n):
    """Copy a buffer to another."""
    target = share_of(args, o[COPY.TARGET], n, o[COPY.WIDTH])
    copy(share_of(args, o[COPY.SOURCE], n, o[COPY.WIDTH]), target)


@kernel
def add_share(o, args, n):
    """Add a buffer to another."""
    target = share_of(args, o[ADD.TARGET], n, o[ADD.WIDTH])
    add(share_of(args, o[ADD.SOURCE], n, o[ADD.WIDTH]), target)
