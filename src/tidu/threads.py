"""How many threads may work at a time."""

from __future__ import annotations

import os

from tidu.errors import InputError, check_integer


def thread_limit(threads: int | None = None) -> int:
    """Return the number given, that in ``TIDU_THREADS``, or the processors this process may use.

    Raises
    ------
    InputError
        If either number is not a positive integer.

    Examples
    --------
    >>> thread_limit(2)
    2
    """
    if threads is not None:
        return check_integer("threads", threads)
    given = os.environ.get("TIDU_THREADS", "")
    if given:
        if not given.isdigit() or int(given) < 1:
            raise InputError(f"TIDU_THREADS must be a positive integer, got {given!r}")
        return int(given)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
