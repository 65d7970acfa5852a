"""The tape: broadcasting undone, traces within traces, and long chains."""

import re
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import mutually_broadcastable_shapes

import tidu as td
from tidu.autodiff.tape import unbroadcast


@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3, min_side=0))
def test_broadcasting_is_undone_for_any_shapes(shapes):
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=shape) for shape in shapes.input_shapes)
    dy = rng.normal(size=shapes.result_shape)
    _, pullback = td.vjp(lambda a, b: a * b, a, b)
    da, db = pullback(dy)
    repeated = lambda x: np.broadcast_to(x, shapes.result_shape)  # noqa: E731
    for dx, x, other in ((da, a, b), (db, b, a)):
        assert dx.shape == x.shape
        # each entry of x is named by its number: its gradient is the sum over where that number is
        numbers = repeated(np.arange(x.size).reshape(x.shape)).ravel()
        sums = np.bincount(numbers, (dy * repeated(other)).ravel(), minlength=x.size)
        np.testing.assert_allclose(dx.ravel(), sums[: x.size], rtol=1e-12, atol=1e-12)


def test_unbroadcast_returns_to_the_dtype():
    assert unbroadcast(np.ones((2, 3)), np.ones(3, np.float32)).dtype == np.float32


def test_an_inner_trace_does_not_confuse_its_variable_with_the_outer_one():
    # d/dx [x · d/dy (x + y)] is 1, and not 2
    assert td.grad(lambda x: x * td.grad(lambda y: x + y)(1.0))(2.0) == 1
    # d/dx [x · d/dy (x y²)] at y = x is d/dx 2x³
    f = lambda x: x * td.grad(lambda y: x * y**2)(x)  # noqa: E731
    assert td.grad(f)(3.0) == 6 * 3.0**2


def test_derivatives_of_any_order():
    f = lambda x: x**5  # noqa: E731
    expected, x = [5 * 2.0**4, 20 * 2.0**3, 60 * 2.0**2, 120 * 2.0, 120.0, 0.0], 2.0
    for value in expected:
        f = td.grad(f)
        np.testing.assert_allclose(f(x), value, rtol=1e-13)


def test_a_value_that_is_used_many_times_adds_up():
    def f(x):
        for _ in range(60):
            x = x + x  # 2^60 paths through the graph
        return x

    assert td.grad(f)(1.0) == 2.0**60


def chain(x, n):
    for _ in range(n):
        x = x * 0.999 + 0.001
    return x


def test_a_chain_of_100_000_steps():
    np.testing.assert_allclose(td.grad(chain)(1.0, 50_000), 0.999**50_000, rtol=1e-9)


A_MILLION_STEPS = """
import resource
import tidu as td

def chain(x):
    for _ in range(1_000_000):
        x = x * 0.999999 + 1e-6
    return x

td.grad(lambda x: x * 2.0)(1.0)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
slope = td.grad(chain)(1.0)
print(float(slope), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.exhaustive
def test_a_loop_of_a_million_steps_takes_the_memory_that_the_page_says():
    ended = subprocess.run(
        [sys.executable, "-c", A_MILLION_STEPS], capture_output=True, text=True, check=True
    )
    slope, kilobytes = map(float, ended.stdout.split())
    np.testing.assert_allclose(slope, 0.999999**1_000_000, rtol=1e-9)
    page = (Path(__file__).parents[2] / "docs" / "autodiff.md").read_text("utf-8")
    gigabytes = float(re.search(r"a million steps[^.]*?(\d\.\d+)\s+GB", page)[1])
    assert 0.8 * gigabytes < kilobytes / 1e6 < 1.1 * gigabytes


def test_the_tape_is_freed_with_its_last_user():
    tracemalloc.start()
    try:
        td.grad(chain)(1.0, 100)
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(10):
            td.grad(chain)(1.0, 200)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 20_000


def test_threads_do_not_disturb_each_other():
    f = lambda x: td.grad(lambda y: np.sin(x) * y**2)(x)  # noqa: E731
    found = {}

    def work(x):
        found[x] = [td.grad(f)(x) for _ in range(50)]

    threads = [threading.Thread(target=work, args=(float(x),)) for x in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for x, slopes in found.items():
        np.testing.assert_allclose(slopes, 2 * np.sin(x) + 2 * x * np.cos(x), rtol=1e-12)
