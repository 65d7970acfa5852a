"""The numerical gradient as a textbook prints it: the specification of every faster one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.errors import check_number
from tidu.numeric.evaluator import real_array


def literal_gradient(f: Callable[[np.ndarray], Any], x: Any, h: float = 1e-4) -> np.ndarray:
    r"""Return the gradient by the plain loop: move one entry, take the difference, put it back.

    :math:`(f(x + h e_i) - f(x - h e_i)) / 2h` for each entry i. It looks at nothing and warns of
    nothing; `tidu.gradient` does the same with care.

    Parameters
    ----------
    f
        A function that takes an array like ``x`` and returns a number; it must not change it.
    x
        Array of any shape, or a list; integers count as float64. It is not changed.
    h
        The step, the same for all entries.

    Returns
    -------
    ndarray
        Shape and dtype of ``x``.

    Raises
    ------
    TypeError, NonFiniteError, InputError
        If ``x`` does not hold real, finite numbers, or ``h`` is not positive.

    References
    ----------
    K. Saito, *Deep Learning from Scratch*, 4.3–4.4.

    Examples
    --------
    >>> literal_gradient(lambda x: x[0] ** 2 + x[1] ** 2, [3.0, 4.0])
    array([6., 8.])
    """
    if not callable(f):
        raise TypeError(f"`f` must be a function of x, got {described(f)}")
    x, h = real_array(x), check_number("h", h, above=0)
    dx = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        below = f(x)
        x[i] = kept
        dx[i] = (above - below) / (2 * h)
    return dx
