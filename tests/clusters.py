"""A dask cluster of two worker processes on this machine, for the tests that need one."""

import contextlib

import joblib

from tests.neighbours import neighbour


@contextlib.contextmanager
def two_workers():
    """Start a scheduler and two workers; give a client of theirs."""
    distributed = neighbour("distributed")
    local = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0"
    )
    with local, distributed.Client(local, set_as_default=False) as client:
        yield client


def on(client):
    """Let joblib send its work to the workers of a client."""
    return joblib.parallel_config("dask", client=client)
