"""Networks that learn on a cluster end in the bits of those that learn here."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time

import numpy as np
import pytest

import tidu as td
from tests.clusters import on, two_workers
from tests.neighbours import neighbour
from tests.tables import Square
from tests.training.problems import D, network, samples, small_network
from tests.training.test_many import assert_same, rows_of
from tidu.language import speaking
from tidu.outcome import Outcome
from tidu.training.cluster import active_cluster, held_by_workers, on_dask
from tidu.training.elsewhere import chunks_of
from tidu.training.loop import Loop
from tidu.training.many_arguments import training_sets

pytestmark = pytest.mark.neighbours


@pytest.fixture(scope="module")
def client():
    with two_workers() as client:
        yield client


def plain(**settings):
    """A network without a compiled form."""
    return td.Network(
        [td.Affine(4), Square(), td.Affine(2)], D, "softmax-cross-entropy", **settings
    )


X, T = samples(n=60)
CASES = {
    "shared": (network, X, T, {}),
    "rows": (network, X, T, {"rows": [np.arange(i, 50) for i in range(9)]}),
    "weights": (network, X, T, {"sample_weight": [np.arange(60) % (2.0 + i) for i in range(9)]}),
    "their own": (network, *zip(*(samples(s, 20 + s) for s in range(9)), strict=True), {}),
    "stopped": (small_network, X, T, {"validation": samples(1), "epochs": 20,
                                      "callbacks": [td.EarlyStopping(patience=1, min_delta=0.02)],
                                      "optimizer": [td.Adam(0.1)] * 8 + ["sgd"]}),
    "float64": (lambda **s: small_network(dtype="float64", **s), X.astype(float), T, {}),
    "not compiled": (plain, X, T, {}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_results_are_those_of_here(client, case):
    make, x, t, given = CASES[case]
    settings = {"epochs": 4, "batch_size": 7, "optimizer": "adam"} | given
    nets = [make(seed=s) for s in range(9)]
    alone = [net.copy() for net in nets]
    td.fit_many(alone, x, t, threads=1, **settings)
    with on(client):
        histories = td.fit_many(nets, x, t, **settings)
    for found, wanted in zip(nets, alone, strict=True):
        assert_same(found, wanted)
    assert histories == [net.run.history for net in nets]


def test_workers_say_how_runs_ended_in_the_language_of_the_caller(client):
    nets = [small_network(seed=s) for s in range(9)]
    with on(client), speaking("zh"):
        histories = td.fit_many(nets, X, T, epochs=2)
    assert {history.status for history in histories} == {"完成 2 轮"}


def test_work_is_done_by_both_workers(client, tmp_path):
    nets = [small_network(seed=s) for s in range(12)]
    with on(client):
        td.fit_many(nets, X, T, epochs=2, callbacks=[Slow(tmp_path)])
    pids = {path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert pids == {str(pid) for pid in client.run(os.getpid).values()}


def test_a_further_call_goes_on_wherever_it_is_made(client):
    nets = [network(seed=s) for s in range(4)]
    alone = [net.copy() for net in nets]
    td.fit_many(nets, X, T, epochs=2, batch_size=8)
    with on(client):
        td.fit_many(nets, X, T, epochs=2, batch_size=8)
    for _ in range(2):
        td.fit_many(alone, X, T, epochs=2, batch_size=8)
    for found, wanted in zip(nets, alone, strict=True):
        assert_same(found, wanted)


class Slow(td.Callback):
    """Write who carries out each network, once for each time that it begins; take some time."""

    def __init__(self, folder):
        self.folder, self.number = folder, 0

    def for_network(self, i):
        found = super().for_network(i)
        found.number = i
        return found

    def on_start(self, network, run):
        with (self.folder / f"{self.number}-{time.monotonic_ns()}").open("w") as file:
            file.write(str(os.getpid()))

    def on_epoch(self, network, run, row):
        time.sleep(0.05)


def test_a_killed_worker_costs_its_chunk_alone(client, tmp_path):
    nets = [small_network(seed=s) for s in range(16)]
    alone = [net.copy() for net in nets]
    victim = next(iter(client.run(os.getpid).values()))

    def kill_when_it_works():
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if sum(path.read_text("utf-8") == str(victim) for path in tmp_path.iterdir()) >= 3:
                os.kill(victim, signal.SIGKILL)
                return
            time.sleep(0.01)

    killer = threading.Thread(target=kill_when_it_works)
    killer.start()
    with on(client):
        histories = td.fit_many(nets, X, T, epochs=5, batch_size=8, callbacks=[Slow(tmp_path)])
    killer.join()
    client.wait_for_workers(2, timeout=60)  # the next test wants both again
    assert {history.outcome for history in histories} == {Outcome.DONE}
    td.fit_many(alone, X, T, epochs=5, batch_size=8)
    for found, wanted in zip(nets, alone, strict=True):
        np.testing.assert_array_equal(found.theta, wanted.theta)
        assert rows_of(found.run.history) == rows_of(wanted.run.history)
    begun = [path.name.split("-")[0] for path in tmp_path.iterdir()]
    again = len(begun) - len(nets)
    assert set(begun) == {str(i) for i in range(16)}
    assert 1 <= again <= 4, sorted(begun)  # a chunk of two, and one that was about to be fetched


def test_data_that_chunks_share_travel_beside_them():
    nets = [small_network(seed=s) for s in range(8)]
    x, t = samples(n=5000)
    pair = samples(1, n=5000)
    data = training_sets(nets, x, t, None, None, [100] * 8)
    for net in nets:
        net.fit(x, t, epochs=1)
    loops = [Loop(net, net.run, "compiled", 1, [], pair) for net in nets]
    chunks, common = chunks_of(loops, data, [1] * 8, 4)
    assert [len(chunk) for chunk in chunks] == [2] * 4
    assert {id(array) for array in common} == {id(array) for array in (x, t, *pair)}
    assert max(len(pickle.dumps(chunk)) for chunk in chunks) < x.nbytes  # rows, and no sample
    assert chunks_of(loops, data, [1] * 8, 1)[1] == []  # one chunk has all


def test_each_call_sends_its_arrays_under_names_of_their_own(client):
    """So that none is lost where an earlier call is just letting go of equal arrays."""
    names = []
    for _ in range(2):
        with on(client), held_by_workers(active_cluster(), [X]):
            future = active_cluster().data_futures[id(X)]
            assert len(client.who_has(future)[future.key]) == 2
            names.append(future.key)
    assert names[0] != names[1]


class Interrupting(td.Callback):
    """Let Ctrl-C arrive at the process that waits, once the first network has begun."""

    def __init__(self, pid, first=True):
        self.pid, self.first = pid, first

    def for_network(self, i):
        return Interrupting(self.pid, i == 0)

    def on_epoch(self, network, run, row):
        if self.first and run.epoch == 2:
            os.kill(self.pid, signal.SIGINT)
        time.sleep(0.05)


def test_ctrl_c_leaves_all_usable(client):
    nets = [small_network(seed=s) for s in range(8)]
    before = [net.theta.copy() for net in nets]
    with on(client):
        histories = td.fit_many(nets, X, T, epochs=40, callbacks=[Interrupting(os.getpid())])
    assert Outcome.INTERRUPTED in {history.outcome for history in histories}
    for net, theta in zip(nets, before, strict=True):
        assert net.run.epoch == 40 or (net.theta == theta).all()
    td.fit_many(nets, X, T, epochs=1)


class Broken(td.Callback):
    def on_epoch(self, network, run, row):
        raise ArithmeticError("broken")


def test_an_error_in_a_callback_is_raised(client):
    with on(client), pytest.raises(ArithmeticError, match="broken"):
        td.fit_many([small_network(seed=s) for s in range(3)], X, T, callbacks=[Broken()])


def test_a_scheduler_is_found_by_its_address(client):
    nets = [small_network(seed=s) for s in range(4)]
    alone = [net.copy() for net in nets]
    td.fit_many(alone, X, T)
    with on_dask(client.scheduler.address):
        td.fit_many(nets, X, T)
    for found, wanted in zip(nets, alone, strict=True):
        assert_same(found, wanted)


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:9", "tcp://127.0.0.1:x"])
def test_an_address_where_none_answers_gets_a_sentence(address):
    neighbour("distributed")
    said = f"no dask scheduler answers at '{address}'"
    with pytest.raises(td.InputError, match=said), on_dask(address):
        pass
