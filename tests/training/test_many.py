"""Networks trained at once end in the bits of networks trained alone."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import warnings

import numpy as np
import pytest
import scipy.sparse

import tidu as td
from tests.engines.test_compiled import BUILT_IN, DTYPES, OPTIMIZERS, hidden
from tests.tables import LAYERS, LOSSES, OUTPUTS, PENALTIES, Square, paired
from tests.training.problems import (
    D,
    network,
    regression,
    samples,
    small_network,
    step_by_step,
)
from tidu.engines.compiled.pieces import draw_order, why_no_pieces
from tidu.errors import TrainingStoppedWarning
from tidu.native import why_no_kernels
from tidu.outcome import Outcome
from tidu.randomness import stream
from tidu.training import threaded

needs_kernels = pytest.mark.skipif(bool(why_no_kernels()), reason=why_no_kernels() or "-")


def rows_of(history):
    """Return the rows without the column that no two runs share."""
    return [{name: v for name, v in row.items() if name != "seconds"} for row in history]


def assert_same(found, wanted):
    """Two networks went through the same, to the bit."""
    assert found.run.optimizer_state.keys() == wanted.run.optimizer_state.keys()
    pairs = [(found.theta, wanted.theta), (found.state, wanted.state)]
    pairs += [(v, wanted.run.optimizer_state[k]) for k, v in found.run.optimizer_state.items()]
    for a, b in pairs:
        np.testing.assert_array_equal(a, b)
    for name in ("epoch", "step", "position", "start_epoch", "optimizer_start", "stop_reason"):
        assert getattr(found.run, name) == getattr(wanted.run, name)
    np.testing.assert_array_equal(found.run.sums, wanted.run.sums)
    assert rows_of(found.run.history) == rows_of(wanted.run.history)
    assert vars(found.run.history) | {"rows": 0} == vars(wanted.run.history) | {"rows": 0}


def both(networks, x, t, threads=2, **settings):
    """Train copies of networks one by one, and all of them at once; hold the one to the other.

    Each learns in calls of whole epochs, and a second copy step by step.
    """
    alone = [(net.copy(), net.copy()) for net in networks]
    histories = td.fit_many(networks, x, t, threads=threads, **settings)
    for i, (net, other) in enumerate(alone):
        own = {name: v[i] if isinstance(v, list) and not isinstance(v[0], td.Callback) else v
               for name, v in settings.items()}  # fmt: skip
        a, b, w = (
            v[i] if isinstance(v, list) else v for v in (x, t, own.pop("sample_weight", None))
        )
        rows = own.pop("rows", slice(None))
        w = None if w is None else w[rows]
        net.fit(a[rows], b[rows], sample_weight=w, threads=1, **own)
        with step_by_step():
            other.fit(a[rows], b[rows], sample_weight=w, threads=1, **own)
        assert_same(networks[i], net)
        assert_same(net, other)
    assert histories == [net.run.history for net in networks]
    return networks


COMBINATIONS = [
    (*rest, penalty, optimizer)
    for rest, penalty, optimizer in paired(
        itertools.product(BUILT_IN, LOSSES, DTYPES), PENALTIES, OPTIMIZERS
    )
]


@pytest.mark.parametrize("part", range(8))
def test_is_fit_for_every_layer_loss_penalty_and_optimizer(part):
    for row, loss, dtype, penalty, optimizer in COMBINATIONS[part::8]:
        layers, shape = hidden(row)
        rng = np.random.default_rng(4)
        x = rng.normal(size=(23, *shape)).astype(dtype)
        t = loss.targets(rng, 23, OUTPUTS)
        nets = [
            td.Network([*layers, td.Flatten(), td.Affine(OUTPUTS)], shape, loss.loss,
                       penalty=penalty, dtype=dtype, seed=seed)
            for seed in (0, 2**40 + 1)
        ]  # fmt: skip
        both(nets, x, t, optimizer=optimizer, epochs=3, batch_size=5)


@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_layers_without_a_compiled_form_learn_too(row):
    layers, shape = hidden(row)
    if "compiled" in row.forms:
        return
    nets = [td.Network([*layers, td.Flatten(), td.Affine(1)], shape, "mean-squared-error", seed=s)
            for s in range(2)]  # fmt: skip
    x = np.random.default_rng(0).normal(size=(11, *shape)).astype(np.float32)
    threads = 2 if type(row.layer) is Square else 1  # once in other processes, which take a second
    both(nets, x, x.reshape(11, -1)[:, :1], threads, epochs=2, batch_size=4)
    assert nets[0].run.history.engine == "numpy"


def test_each_may_have_its_own_of_all():
    x, t = samples()
    nets = [network(seed=0), small_network(seed=1), network(seed=2, dtype="float64")]
    nets[2].penalty = td.L1(0.1)
    rng = np.random.default_rng(0)
    optimizers = [td.Adam(0.01), "sgd", td.ClipByNorm(0.1, td.Momentum(td.Cosine(0.1, 9)))]
    rows = [np.arange(20), rng.integers(0, len(x), 33), np.arange(31)]  # 31: one joins
    weights = [np.arange(len(x)) % 3.0, np.ones(len(x)), rng.random(len(x))]
    stopping = [[], [td.EarlyStopping("loss", patience=1)], (td.WeightAverage(),)]
    both(nets, x, t, optimizer=optimizers, rows=rows, sample_weight=weights, seed=[5, 6, 2**33],
         epochs=[4, 6, 2], batch_size=[10, 33, 6], callbacks=stopping)  # fmt: skip


@pytest.mark.parametrize("stored", [np.uint8, np.int16, np.float64, scipy.sparse.csr_matrix])
def test_data_of_their_own_in_any_form(stored):
    made = [samples(seed, n) for seed, n in enumerate((1, 7, 64, 65))]
    make = stored if stored is scipy.sparse.csr_matrix else lambda x: (3 * x).astype(stored)
    x = [make(abs(x)) for x, _ in made]
    both([small_network(seed=s) for s in range(4)], x, [t for _, t in made], epochs=3, batch_size=8)


def test_data_that_kernels_cannot_read_in_place():
    x, t = samples()
    at_odd_addresses = []
    for array in (x, t, np.arange(len(x)) % 3.0):
        moved = np.empty(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
        moved[...] = array
        assert not moved.flags.aligned
        at_odd_addresses.append(moved)
    x, t, weights = at_odd_addresses
    both([small_network(seed=s) for s in range(2)], x, t, sample_weight=weights, batch_size=16)


def test_columns_are_standardized_by_each():
    x, t = samples()
    nets = [
        td.Network([td.Standardize((s, 0.0, 1.0), (1.0, 2.0, 1.5)), td.Affine(2)], D,
                   "softmax-cross-entropy")
        for s in (0.0, 1.0, 0.0)
    ]  # fmt: skip
    both(nets, x, t, batch_size=16)


@pytest.mark.parametrize("piece", [1, 3, 7, 4096])
def test_the_size_of_the_pieces_changes_nothing(piece, monkeypatch):
    monkeypatch.setattr(threaded, "PIECE_STEPS", piece)
    x, t = samples(n=41)
    both([network(seed=s) for s in range(3)], x, t, optimizer=td.Adam(0.01), epochs=5, batch_size=8)


def test_callbacks_watch_each_by_itself():
    x, t = samples()
    nets = [small_network(seed=s) for s in range(4)]
    watching = [
        td.Monitor((x, t)),
        td.EarlyStopping(patience=1, min_delta=0.02),
        td.WeightAverage(),
        td.ReduceOnPlateau(patience=1, min_delta=0.05),
    ]
    both(nets, x, t, optimizer=td.Adam(0.1), epochs=20, batch_size=8, callbacks=watching,
         validation=samples(1))  # fmt: skip
    assert len({net.run.epoch for net in nets}) > 1


def test_a_further_call_goes_on():
    x, t = samples()
    alone = [small_network(seed=s) for s in range(2)]
    nets = [net.copy() for net in alone]
    for epochs in (2, 3):
        td.fit_many(nets, x, t, epochs=epochs, batch_size=8, optimizer="adam")
        for net in alone:
            net.fit(x, t, epochs=epochs, batch_size=8, optimizer="adam", threads=1)
    for a, b in zip(nets, alone, strict=True):
        assert_same(a, b)


def test_one_that_meets_nan_ends_alone():
    x, t = samples()
    x = [x, x.copy(), x]
    x[1][5, 2] = np.nan
    nets = [small_network(seed=s) for s in range(3)]
    alone = [net.copy() for net in nets]
    with pytest.warns(TrainingStoppedWarning, match="1 of 3 networks stopped.*number 1") as caught:
        histories = td.fit_many(nets, x, [t] * 3, epochs=3, batch_size=8)
    assert len(caught) == 1
    assert [h.outcome for h in histories] == [Outcome.DONE, Outcome.NOT_FINITE, Outcome.DONE]
    assert "x[5, 2] is nan" in histories[1].status
    with pytest.warns(TrainingStoppedWarning):
        alone[1].fit(x[1], t, epochs=3, batch_size=8, threads=1)
    assert_same(nets[1], alone[1])


def test_rates_too_large_end_each_where_fit_ends():
    x, t = regression_data()
    nets = [regression(seed=s) for s in range(3)]
    alone = [net.copy() for net in nets]
    rates = [td.SGD(0.01), td.SGD(1e18), td.SGD(3.0)]
    with pytest.warns(TrainingStoppedWarning, match="of 3 networks stopped"):
        td.fit_many(nets, x, t, optimizer=rates, epochs=30, batch_size=8)
    for net, rate in zip(alone, rates, strict=True):
        with warnings.catch_warnings(category=TrainingStoppedWarning, action="ignore"):
            net.fit(x, t, optimizer=rate, epochs=30, batch_size=8, threads=1)
    for a, b in zip(nets, alone, strict=True):
        assert_same(a, b)


def regression_data():
    x, t = samples()
    return x, t[:, None].astype(np.float32)


class Interrupt(td.Callback):
    """Send Ctrl-C after some epochs of whichever network comes there first."""

    def on_epoch(self, network, run, row):
        if run.epoch == 3:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals are sent to oneself on Unix only")
def test_ctrl_c_leaves_all_usable():
    assert threading.current_thread() is threading.main_thread()
    x, t = samples()
    nets = [small_network(seed=s) for s in range(5)]
    alone = [net.copy() for net in nets]
    histories = td.fit_many(
        nets, x, t, epochs=500, batch_size=8, callbacks=[Interrupt()], threads=1
    )
    assert {h.outcome for h in histories} == {Outcome.INTERRUPTED}
    assert histories[4].status == "Interrupted in epoch 1, 0 steps into it"
    td.fit_many(nets, x, t, epochs=4, batch_size=8)
    for net, reference in zip(nets, alone, strict=True):
        reference.fit(x, t, epochs=net.run.epoch, batch_size=8, threads=1)
        np.testing.assert_array_equal(net.theta, reference.theta)


class Killed(td.Callback):
    """End the process's work, as a crash would, in the second network."""

    def for_network(self, i):
        self.of_second = i == 1
        return super().for_network(i)

    def on_epoch(self, network, run, row):
        if self.of_second and run.epoch == 3:
            raise KeyboardInterrupt


@pytest.mark.parametrize("settings", [{"every": 2}, {"every": 3, "unit": "steps"}])
def test_what_was_killed_is_resumed_to_the_same_bits(settings, tmp_path):
    x, t = samples()
    data = {"epochs": 5, "batch_size": 8, "rows": [np.arange(n) for n in (30, 47, 20)]}
    nets = [network(seed=s) for s in range(3)]
    with pytest.raises(KeyboardInterrupt):
        td.fit_many(nets, x, t, threads=1,
                    callbacks=[td.Checkpoint(tmp_path, **settings), Killed()], **data)  # fmt: skip
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["000000", "000001"]
    resumed, alone = ([network(seed=s) for s in range(3)] for _ in range(2))
    td.fit_many(resumed, x, t, callbacks=[td.Checkpoint(tmp_path, resume=True)], **data)
    td.fit_many(alone, x, t, **data)
    for a, b in zip(resumed, alone, strict=True):
        np.testing.assert_array_equal(a.theta, b.theta)
        assert rows_of(a.run.history) == rows_of(b.run.history)
    with pytest.raises(td.InputError, match="holds a run already"):
        td.fit_many(alone, x, t, callbacks=[td.Checkpoint(tmp_path)], **data)


def test_each_log_is_a_file(tmp_path):
    x, t = samples()
    td.fit_many([small_network(seed=s) for s in range(2)], x, t, epochs=3,
                callbacks=[td.CSVLog(tmp_path / "log.csv")])  # fmt: skip
    assert len((tmp_path / "log-1.csv").read_text("utf-8").splitlines()) == 4


class Broken(td.Callback):
    def on_epoch(self, network, run, row):
        raise ArithmeticError("broken")


def test_an_error_in_a_callback_is_raised():
    x, t = samples()
    with pytest.raises(ArithmeticError, match="broken"):
        td.fit_many(
            [small_network(seed=s) for s in range(3)], x, t, callbacks=[Broken()], threads=2
        )


@needs_kernels
@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**32, 2**64 + 3, 2**150 + 11])
@pytest.mark.parametrize("epoch", [0, 7, 2**31])
def test_orders_are_numpys(seed, epoch):
    for n in (1, 2, 3, 17, 4097):
        rows = np.arange(n) ** 2
        wanted = stream(seed, "order", epoch).permutation(rows)
        np.testing.assert_array_equal(draw_order(seed, epoch, rows), wanted)


def test_where_orders_are_others_each_is_fitted_by_itself(monkeypatch):
    monkeypatch.setattr(threaded, "why_no_pieces", lambda: "another NumPy")
    x, t = samples()
    both([network(seed=s) for s in range(2)], x, t, threads=1, epochs=2, batch_size=8)


def test_memory_is_that_of_the_parameters():
    import tracemalloc

    x, t = samples(n=200)
    peaks = []
    for count in (20, 120):
        nets = [small_network(seed=s) for s in range(count)]
        tracemalloc.start()
        td.fit_many(nets, x, t, epochs=2, batch_size=8)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (peaks[1] - peaks[0]) / 100 < 12_000  # bytes a network: its run, history and objects


def test_many_learn_without_kernels(monkeypatch):
    def none(*arguments):
        raise td.MissingExtraError("no kernels for this")

    monkeypatch.setattr("tidu.engines.choice.why_no_kernels", lambda: "no kernels for this")
    monkeypatch.setattr("tidu.engines.compiled.pieces.kernel_function", none)
    why_no_pieces.cache_clear()
    nets = [network(seed=seed) for seed in range(2)]
    x, t = samples(n=20)
    histories = td.fit_many(nets, x, t, epochs=2, progress=False)
    assert {history.engine for history in histories} == {"numpy"}
