"""Objects that are expensive to make and used by one caller at a time, kept between uses."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Pool(Generic[T]):
    """Idle objects by a key; if there is none, one is made.

    Examples
    --------
    >>> lists = Pool()
    >>> with lists.borrow("a", list) as first, lists.borrow("a", list) as second:
    ...     first is second
    False
    >>> with lists.borrow("a", list) as again:
    ...     again is first or again is second
    True
    """

    def __init__(self) -> None:
        self._idle: dict[Hashable, list[T]] = {}

    @contextmanager
    def borrow(self, key: Hashable, make: Callable[[], T]) -> Iterator[T]:
        """Lend an object, made if need be; it comes back unless an exception ends its use."""
        idle = self._idle.setdefault(key, [])
        try:
            thing = idle.pop()
        except IndexError:
            thing = make()
        yield thing
        idle.append(thing)

    def clear(self) -> None:
        """Keep no idle object."""
        self._idle.clear()
