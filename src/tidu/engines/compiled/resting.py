"""Things that are dear to make and that only one caller at a time may have, kept between uses."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Resting(Generic[T]):
    """Things that nobody has, by what they are for; whoever finds none has one made.

    Examples
    --------
    >>> lists = Resting()
    >>> with lists.one("a", list) as first, lists.one("a", list) as second:
    ...     first is second
    False
    >>> with lists.one("a", list) as again:
    ...     again is first or again is second
    True
    """

    def __init__(self) -> None:
        self._things: dict[Hashable, list[T]] = {}

    @contextmanager
    def one(self, kind: Hashable, make: Callable[[], T]) -> Iterator[T]:
        """Hand one out, made if need be, and take it back at the end."""
        things = self._things.setdefault(kind, [])
        try:
            thing = things.pop()
        except IndexError:
            thing = make()
        try:
            yield thing
        finally:
            things.append(thing)

    def forget(self) -> None:
        """Keep none of those at rest."""
        self._things.clear()
