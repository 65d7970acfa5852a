import inspect

import pytest

from tidu.engines import ENGINES, Engine


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_has_its_name_and_the_interface(name):
    kind = ENGINES[name]
    assert kind.name == name
    for method in ("__init__", "run"):
        wanted = inspect.signature(getattr(Engine, method)).parameters
        assert list(inspect.signature(getattr(kind, method)).parameters) == list(wanted)
