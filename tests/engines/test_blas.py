"""The BLAS that kernels multiply with, and that its threads are held while they do."""

from __future__ import annotations

import pytest

from tidu.engines.compiled import blas as module
from tidu.engines.compiled.blas import Blas, blas, can_hold, held_to

threadpoolctl = pytest.importorskip("threadpoolctl")


def threads():
    """Return the threads of each BLAS in the process."""
    pools = threadpoolctl.threadpool_info()
    return [pool["num_threads"] for pool in pools if pool["user_api"] == "blas"]


@pytest.fixture(name="other")
def another_blas(monkeypatch):
    """Have a BLAS that cannot be asked for threads itself, as MKL and BLIS cannot."""
    silent = Blas(blas().single, blas().double, None, None)
    monkeypatch.setattr(module, "blas", lambda: silent)


@pytest.fixture(name="two", autouse=True)
def two_threads():
    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        yield


def test_openblas_is_held_by_its_own_functions():
    before = threads()
    with held_to(1):
        assert 1 in threads()
    assert threads() == before


def test_another_blas_is_held_by_threadpoolctl(other):
    assert can_hold()
    before = threads()
    with held_to(1):
        assert set(threads()) == {1}
    assert threads() == before


def test_threads_are_given_back_after_an_exception(other):
    before = threads()
    with pytest.raises(ValueError, match="within"), held_to(1):
        raise ValueError("within")
    assert threads() == before


def test_what_nothing_can_hold_is_left_alone(other, monkeypatch):
    monkeypatch.setattr(module, "_controller", lambda: None)
    assert not can_hold()
    before = threads()
    with held_to(1):
        assert threads() == before
