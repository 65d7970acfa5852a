"""Every call of the table of bad inputs is refused with its sentence; no argument is left out."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import tests.bad_inputs
import tidu as td

ROWS = [
    row
    for module in pkgutil.iter_modules(tests.bad_inputs.__path__)
    for row in importlib.import_module(f"tests.bad_inputs.{module.name}").ROWS
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.argument)
def test_refused_with_a_sentence(row):
    with pytest.raises(row.error) as caught:
        row.call()
    assert row.sentence in str(caught.value)


ANYTHING_GOES = {
    "full_output",  # read as true or false
    "training",
    "need_dx",
    "gradient",
    "restart",
    "progress",
    "bias",
    "inverse",
    "restore_best",
    "name",  # turned into a string
    "self",
}

VALUES = {  # made by the library and handed to the user
    "Attribution", "Descent", "GradientReport", "Graph", "History", "Landscape", "Outcome", "Run",
}  # fmt: skip


def arguments_of(name: str) -> list[str]:
    value = getattr(td, name)
    if inspect.isclass(value) and issubclass(value, (Exception, Warning)):
        return []
    if not callable(value) or name in VALUES:
        return []
    try:
        signature = inspect.signature(value)
    except ValueError:
        return []
    return [
        f"{name}.{p.name}"
        for p in signature.parameters.values()
        if p.name not in ANYTHING_GOES and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]


@pytest.mark.parametrize("name", td.__all__)
def test_every_public_argument_has_a_row(name):
    covered = {row.argument for row in ROWS}
    aliases = {"Glorot": "Xavier"}
    missing = [
        a for a in arguments_of(name) if a.replace(name, aliases.get(name, name), 1) not in covered
    ]
    assert not missing, f"no row for {', '.join(missing)}"
