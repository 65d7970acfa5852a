"""The processes that MPI started together, of which this one is a rank."""

from __future__ import annotations

from functools import cache
from typing import Any

from tidu.errors import MissingExtraError, need
from tidu.threads import thread_limit


def world() -> Any:
    """Return the communicator of all ranks; a process that was started alone is the only one.

    Raises
    ------
    MissingExtraError
        If mpi4py or the MPI library that it needs is not installed.
    """
    return _mpi().COMM_WORLD


@cache
def _mpi() -> Any:
    try:
        return need("mpi4py.MPI", "mpi")
    except RuntimeError as error:  # mpi4py found no library
        raise MissingExtraError(
            f"mpi4py finds no MPI library ({error}): pip install 'tidu[mpi]' brings one"
        ) from error


def leads() -> bool:
    """Return whether this is rank 0, which decides, writes and prints."""
    return world().rank == 0


def in_place() -> Any:
    """Return what stands for a buffer that is both sent and received."""
    return _mpi().IN_PLACE


def any_rank(flag: bool) -> bool:
    """Return whether the flag is set on any rank."""
    return bool(world().allreduce(flag, _mpi().LOR))


@cache
def threads_of_rank() -> int:
    """Return how many threads each rank has, where those on one machine share its processors."""
    here = world().Split_type(_mpi().COMM_TYPE_SHARED).size
    return max(1, thread_limit() // here)


def rows_of_rank(n: int) -> slice:
    """Return which of n rows, that all ranks see, this one takes."""
    rank, size = world().rank, world().size
    return slice(n * rank // size, n * (rank + 1) // size)
