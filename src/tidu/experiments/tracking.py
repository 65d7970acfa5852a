"""How far a long experiment has come: a bar where someone watches, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from tidu.training.progress import someone_watches

T = TypeVar("T")


class Progress(Protocol):
    """What an experiment that names ``progress`` is handed: it goes through items, and is seen.

    Examples
    --------
    >>> def counted(items, what):
    ...     return (print(what, item) or item for item in items)
    >>> list(counted([1, 2], "step"))
    step 1
    step 2
    [1, 2]
    """

    def __call__(self, items: Iterable[T], what: str) -> Iterable[T]:
        """Return the same items, with a bar named ``what`` that moves on at each of them."""


def silent(items: Iterable[T], what: str) -> Iterable[T]:
    """Go through items and show nothing.

    Examples
    --------
    >>> list(silent([1, 2, 3], "steps"))
    [1, 2, 3]
    """
    return items


@contextmanager
def bars() -> Iterator[Progress]:
    """Give bars on stderr while something runs, one below the other; none if nobody watches."""
    if not someone_watches():
        yield silent
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as shown:

        def track(items: Iterable[T], what: str) -> Iterable[T]:
            return shown.track(items, description=what)

        yield track
