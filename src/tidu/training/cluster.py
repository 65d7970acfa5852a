"""Machines besides this one, as joblib knows them: the backend of `joblib.parallel_config`."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from tidu.errors import InputError, need

GATHERING_BACKEND = "tidu"
"""That of `tidu.estimators.gathering`, which calls `tidu.fit_many` itself."""
LOCAL_BACKENDS = ("loky", "multiprocessing", "threading", "sequential", GATHERING_BACKEND)
"""The backends of joblib that stay on this machine."""
ANSWERS_WITHIN = 10
"""Seconds in which a scheduler has to answer."""


@contextmanager
def on_dask(address: str) -> Iterator[None]:
    """Let `tidu.fit_many` send its networks to the dask scheduler at an address.

    Raises
    ------
    MissingExtraError
        If dask.distributed or joblib is not installed.
    InputError
        If no scheduler answers there.
    """
    distributed, joblib = need("distributed", "cluster"), need("joblib", "cluster")
    try:
        place = distributed.comm.get_address_host_port(address)
        socket.create_connection(place, timeout=ANSWERS_WITHIN).close()
    except (OSError, ValueError) as error:
        raise InputError(
            f"no dask scheduler answers at {address!r} ({error}): start one by `dask scheduler`, "
            "which prints its address, such as tcp://10.0.0.1:8786"
        ) from error
    with (
        distributed.Client(address, set_as_default=False) as client,
        joblib.parallel_config("dask", client=client),
    ):
        yield


def active_cluster() -> Any:
    """Return the backend that `joblib.parallel_config` names, or None if it is on this machine."""
    parallel = sys.modules.get("joblib.parallel")
    if parallel is None:
        return None
    backend, _ = parallel.get_active_backend()
    local = [parallel.BACKENDS.get(name) for name in LOCAL_BACKENDS]
    return None if type(backend) in local else backend


def held_by_workers(cluster: Any, arrays: list[Any]) -> AbstractContextManager[Any]:
    """Let each worker of a dask cluster hold these arrays, so that none is lost with a worker.

    They get names of their own: under those that joblib takes, which dask makes of what arrays
    hold, a call would lose its arrays where an earlier one is just letting go of equal ones. Other
    backends send them with each call.
    """
    held = getattr(cluster, "data_futures", None)
    if held is None or not (missing := [array for array in arrays if id(array) not in held]):
        return nullcontext()
    backend = type(cluster)(client=cluster.client, **cluster.submit_kwargs)
    futures = cluster.client.scatter(missing, broadcast=True, hash=False)
    sent = {id(array): future for array, future in zip(missing, futures, strict=True)}
    backend.data_futures = held | sent
    return need("joblib").parallel_config(backend)
