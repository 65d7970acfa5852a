"""Random networks on guarded memory: no access beyond a buffer, and the textbook's steps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba")
pytest.importorskip("scipy")
if sys.platform == "win32":
    pytest.skip("guard pages are made with mprotect", allow_module_level=True)

from tests.engines.guarded import guarded


def python(*arguments):
    """Run Python on its own, since what is tested here may end the process."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2], timeout=900,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (0, 50),
        (50, 100),
        *(pytest.param(i, i + 190, marks=pytest.mark.exhaustive) for i in range(100, 2000, 190)),
    ],
)
def test_random_networks_on_guarded_memory(first, last):
    done = python("-m", "tests.engines.fuzz", str(first), str(last))
    assert done.stdout.endswith("done\n"), f"case {done.stdout.split()[-1:]}: {done.stderr[-3000:]}"


@pytest.mark.parametrize("before", [False, True])
def test_a_guarded_array_holds_what_it_is_a_copy_of(before):
    array = np.arange(1000.0).reshape(10, 100)
    assert np.array_equal(guarded(array, before), array)


@pytest.mark.parametrize(("before", "position"), [(False, 7), (True, -1)])
@pytest.mark.parametrize("writes", [False, True])
def test_an_access_beyond_a_guarded_array_ends_the_process(before, position, writes):
    code = f"""
import ctypes, numpy as np
from tests.engines.guarded import guarded
array = guarded(np.zeros(7, np.float32), {before})
place = ctypes.c_float.from_address(array.ctypes.data + 4 * {position})
print("alive", flush=True)
{"place.value = 1.0" if writes else "place.value"}
print("still alive")
"""
    done = python("-c", code)
    assert done.stdout == "alive\n"
    assert done.returncode < 0
