"""Where the matrix products come from: the BLAS that NumPy itself uses, else SciPy's.

Kernels are given the addresses of its two functions, so there is one pool of threads and not two,
and SciPy need not be imported. While kernels run, that pool is held to one thread a caller: the
kernels share the work out among threads of their own. OpenBLAS has functions for that; other
libraries are held by threadpoolctl, where it is installed. Where nothing can hold the BLAS, the
kernels run on one thread and leave the others to it.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

PREFIXES_AND_ENDINGS = (("scipy_", "_64_"), ("", "_64_"), ("", "_"))
THREADS = ("scipy_openblas_{}_num_threads64_", "openblas_{}_num_threads64_",
           "openblas_{}_num_threads")  # fmt: skip


@dataclass(frozen=True)
class Blas:
    """Addresses of sgemm and dgemm as Fortran calls them, and how to ask for threads, if known."""

    single: int
    double: int
    get_threads: Callable[[], int] | None
    set_threads: Callable[[int], None] | None


@cache
def blas() -> Blas:
    """Return the BLAS of NumPy, or that of SciPy where NumPy's cannot be reached."""
    try:
        library = ctypes.CDLL(sys.modules["numpy._core._multiarray_umath"].__file__)
        for prefix, ending in PREFIXES_AND_ENDINGS:
            single, double = (_address(library, f"{prefix}{kind}gemm{ending}") for kind in "sd")
            if single and double:
                get, put = _thread_functions(library)
                return Blas(single, double, get, put)
    except (OSError, AttributeError, KeyError):
        pass
    from scipy.linalg import cython_blas

    single, double = (_capsule(cython_blas.__pyx_capi__[f"{kind}gemm"]) for kind in "sd")
    return Blas(single, double, None, None)


def can_hold() -> bool:
    """Return whether the threads of the BLAS can be held to a number."""
    return blas().set_threads is not None or _controller() is not None


@contextmanager
def held_to(threads: int) -> Iterator[None]:
    """Hold the BLAS to so many threads a call, and give it back its own number afterwards."""
    library = blas()
    if library.get_threads is None or library.set_threads is None:
        controller = _controller()
        with controller.limit(limits=threads) if controller else nullcontext():
            yield
        return
    before = library.get_threads()
    try:
        if before != threads:
            library.set_threads(threads)
        yield
    finally:
        if before != threads:
            library.set_threads(before)


@cache
def _controller() -> Any:
    """Return what holds a BLAS other than OpenBLAS (MKL, BLIS); None if nothing does."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    controller = ThreadpoolController().select(user_api="blas")
    return controller if len(controller) else None


def _address(library: ctypes.CDLL, name: str) -> int:
    function = getattr(library, name, None)
    return (ctypes.cast(function, ctypes.c_void_p).value or 0) if function else 0


def _thread_functions(
    library: ctypes.CDLL,
) -> tuple[Callable[[], int] | None, Callable[[int], None] | None]:
    for name in THREADS:
        get, put = (getattr(library, name.format(verb), None) for verb in ("get", "set"))
        if get and put:
            return get, put
    return None, None


def _capsule(capsule: object) -> int:
    name, pointer = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
    name.restype, name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return pointer(capsule, name(capsule))


@cache
def yield_address() -> int:
    """Return the address of the system's function by which a thread lets others go first."""
    if sys.platform == "win32":
        function = ctypes.windll.kernel32.SwitchToThread  # type: ignore[attr-defined]
    else:
        function = ctypes.CDLL(None).sched_yield
    return ctypes.cast(function, ctypes.c_void_p).value or 0
