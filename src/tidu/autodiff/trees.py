"""Arguments that hold several arrays: dicts, lists and tuples of arrays, in any nesting.

A list or tuple of plain numbers is one array, as it is for NumPy; one that holds an array or a dict
is a container.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tidu.arrays import described
from tidu.errors import ShapeError


def leaves(tree: Any, form: Any = None, name: str = "x") -> Iterator[Any]:
    """Yield the arrays in a container, or the only one.

    Parameters
    ----------
    tree
        The container.
    form
        Another one, which says what is a container and what an array; of other parts than these,
        ``tree`` must not be made.
    name
        What ``tree`` is called in messages.

    Examples
    --------
    >>> list(leaves({"W": np.zeros(2), "b": [1.0, 2.0]}))
    [array([0., 0.]), [1.0, 2.0]]
    """
    form = tree if form is None else form
    if not _is_container(form):
        yield tree
        return
    keys = form.keys() if isinstance(form, dict) else range(len(form))
    if not _is_alike(tree, form):
        raise ShapeError(
            f"`{name}` must have the form of a {type(form).__name__} of {len(form)} parts, "
            f"got {described(tree)}"
        )
    for key in keys:
        yield from leaves(tree[key], form[key], name)


def named_leaves(tree: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the arrays in a container, each with a name: of its own, if it has a key or a field.

    Examples
    --------
    >>> [name for name, _ in named_leaves({"W": [np.zeros(2), 1.0]}, "params")]
    ['W[0]', 'W[1]']
    """
    if not _is_container(tree):
        yield name, tree
        return
    fields = tree.keys() if isinstance(tree, dict) else getattr(tree, "_fields", None)
    names = fields or [f"{name}[{i}]" for i in range(len(tree))]
    for part_name, part in zip(
        names, tree.values() if isinstance(tree, dict) else tree, strict=True
    ):
        yield from named_leaves(part, str(part_name))


def rebuilt(tree: Any, replacement: Callable[[], Any]) -> Any:
    """Return a container of the same form, each of its arrays replaced, in the order of `leaves`.

    Examples
    --------
    >>> numbers = iter([1, 2])
    >>> rebuilt([np.zeros(2), {"b": 3.0}], lambda: next(numbers))
    [1, {'b': 2}]
    """
    if not _is_container(tree):
        return replacement()
    if isinstance(tree, dict):
        return {key: rebuilt(item, replacement) for key, item in tree.items()}
    items = [rebuilt(item, replacement) for item in tree]
    return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)


def _is_container(x: Any) -> bool:
    return isinstance(x, dict) or (
        isinstance(x, (list, tuple)) and (not x or any(map(_is_array_or_container, x)))
    )


def _is_alike(tree: Any, form: Any) -> bool:
    if isinstance(form, dict):
        return isinstance(tree, dict) and tree.keys() == form.keys()
    return isinstance(tree, (list, tuple)) and len(tree) == len(form)


def _is_array_or_container(x: Any) -> bool:
    is_array = hasattr(x, "dtype") and not isinstance(x, np.generic)
    return is_array or _is_container(x)
