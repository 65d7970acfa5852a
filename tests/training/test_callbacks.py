"""The order of events, and each callback that comes with Tidu."""

import csv

import numpy as np
import pytest

from tests.training.problems import N, network, regression, samples, small_network
from tidu.errors import InputError, TrainingStoppedWarning
from tidu.optimizers import SGD, Adam, ClipByNorm, Cosine, Momentum
from tidu.outcome import Outcome
from tidu.training import Callback, CSVLog, EarlyStopping, Monitor, ReduceOnPlateau


class Recorder(Callback):
    """Notes every event; ends the run where it is told to."""

    def __init__(self, log=None, name="", every_steps=None, end_at=None, raise_at=None):
        self.log = [] if log is None else log
        self.name, self.every_steps = name, every_steps
        self.end_at, self.raise_at = end_at, raise_at

    def note(self, event, number):
        self.log.append((self.name + event, number))
        if (event, number) == self.raise_at:
            raise RuntimeError("on purpose")
        return f"ended at {event} {number}" if (event, number) == self.end_at else None

    def on_start(self, network, run):
        self.note("start", run.step)

    def on_steps(self, network, run, steps):
        return self.note("steps", run.step)

    def on_epoch(self, network, run, row):
        assert run.history[-1] is row
        return self.note("epoch", run.epoch)

    def on_end(self, network, run):
        self.note("end", run.history.status)

    def events(self, *names):
        return [event for event in self.log if event[0] in names]


def fit(*callbacks, net=None, epochs=3, **settings):
    x, t = samples()
    net = net or small_network()
    return net.fit(x, t, callbacks=callbacks, epochs=epochs, batch_size=10, **settings)


def test_events_come_in_their_order():
    recorder = Recorder(every_steps=1)
    fit(recorder, epochs=2)
    steps = [[("steps", 5 * e + i) for i in range(1, 6)] + [("epoch", e + 1)] for e in range(2)]
    assert recorder.log == [("start", 0), *steps[0], *steps[1], ("end", "2 epochs done")]


@pytest.mark.parametrize("every_steps", [1, 2, 3, 7, 100])
def test_training_pauses_exactly_after_each_such_number_of_steps(every_steps):
    recorder = Recorder(every_steps=every_steps)
    fit(recorder, epochs=6)
    paused = {number for _, number in recorder.events("steps")}
    assert set(range(every_steps, 31, every_steps)) <= paused
    assert 30 in paused


def test_two_callbacks_with_different_rhythms_get_both():
    first, second = Recorder(every_steps=2), Recorder(every_steps=3)
    fit(first, second, epochs=6)
    paused = {number for _, number in first.events("steps")}
    assert {*range(2, 31, 2), *range(3, 31, 3)} <= paused
    assert first.log == second.log


def test_callbacks_do_not_change_what_is_learnt():
    plain, watched = network(), network()
    fit(net=plain)
    fit(Recorder(every_steps=1), Monitor(samples()), net=watched)
    assert np.array_equal(plain.theta, watched.theta)


@pytest.mark.parametrize("at", [("steps", 7), ("epoch", 2)])
def test_a_sentence_ends_the_run_and_is_its_status(at):
    recorder, after = Recorder(every_steps=1, end_at=at), Recorder()
    history = fit(recorder, after)
    assert history.status == f"ended at {at[0]} {at[1]}"
    assert not history.failed
    assert history.outcome is Outcome.STOPPED_EARLY
    assert recorder.log[-2:] == [at, ("end", history.status)]
    assert after.log[-1] == recorder.log[-1]


def test_the_first_sentence_counts():
    log = []
    callbacks = [Recorder(log, name, end_at=("epoch", 1)) for name in "ab"]
    assert fit(*callbacks).status == "ended at epoch 1"
    assert [event for event, _ in log if "epoch" in event] == ["aepoch", "bepoch"]


@pytest.mark.parametrize("at", [("start", 0), ("steps", 7), ("epoch", 2)])
def test_whoever_was_started_is_told_of_the_end_also_after_an_exception(at):
    before, breaks, after = Recorder(), Recorder(every_steps=1, raise_at=at), Recorder()
    net = small_network()
    with pytest.raises(RuntimeError, match="on purpose"):
        fit(before, breaks, after, net=net)
    assert before.log[-1] == ("end", "Running")
    assert bool(after.log) == (at[0] != "start")
    assert all(c.log[-1][0] == "end" for c in (breaks, after) if c.log and at[0] != "start")
    assert fit(net=net).status.endswith("epochs done")


def test_monitor_measures_as_when_predicting():
    x, t = samples(seed=9)
    net = network()
    history = fit(Monitor((x, t), every=2, name="held"), net=net, epochs=4)
    assert np.isnan(history["held_loss"][[0, 2]]).all()
    assert np.isfinite(history["held_loss"][[1, 3]]).all()
    assert history[-1]["held_loss"] == net.loss(x, t)
    assert history[-1]["held_accuracy"] == net.accuracy(x, t)


def test_monitor_of_a_regression_has_no_accuracy():
    x, _ = samples()
    history = regression().fit(x, x[:, 0], epochs=1, callbacks=[Monitor((x, x[:, 0]))])
    assert "monitor_loss" in history.columns
    assert not any("accuracy" in name for name in history.columns)


def test_monitor_on_data_that_overflows_ends_the_run_with_a_sentence():
    x, t = samples()
    held = x.copy()
    held[3] = 1e30
    recorder = Recorder()
    with pytest.warns(TrainingStoppedWarning, match="on the monitor data"):
        history = regression().fit(x, x[:, 0], epochs=3, callbacks=[Monitor((held, t)), recorder])
    assert history.failed
    assert history.status.startswith("Stopped after epoch 1: on the monitor data, the loss is inf")
    assert np.isnan(history[-1]["monitor_loss"])
    assert ("epoch", 1) in recorder.log


class Scripted(Callback):
    """Puts given numbers into a column, and keeps the parameters of every epoch."""

    def __init__(self, name, values):
        self.name, self.values, self.kept = name, values, {}

    def on_epoch(self, network, run, row):
        row[self.name] = self.values[run.epoch - 1]
        self.kept[run.epoch] = network.theta.copy(), network.state.copy()


STOPS = [  # column, values, settings, epochs gone through, best epoch
    ("cost", [3, 2, 1, 2, 3, 0], {"patience": 2}, 5, 3),
    ("cost", [3, 2, 1, 2, 0, 1], {"patience": 2}, 6, 5),
    ("cost", [1, 1, 1, 1, 1, 1], {"patience": 3}, 4, 1),
    ("cost", [3, 2.9, 2.8, 2.7, 1, 9], {"patience": 2, "min_delta": 0.5}, 3, 1),
    ("cost", [6, 5, 4, 3, 2, 1], {"patience": 1}, 6, 6),
    ("cost", [2, np.nan, np.nan, 3, 1, 1], {"patience": 3}, 4, 1),
    ("some_accuracy", [0.1, 0.5, 0.4, 0.5, 0.3, 0.9], {"patience": 3}, 5, 2),
    ("some_accuracy", [0.1, 0.5, 0.4, 0.5, 0.3, 0.2], {"patience": 3, "ties": "last"}, 6, 4),
    ("cost", [2, 1, 3, 1, 1, 3], {"patience": 2, "ties": "last"}, 6, 5),
]


@pytest.mark.parametrize(("column", "values", "settings", "epochs", "best"), STOPS)
def test_early_stopping_goes_back_to_the_bits_of_the_best_epoch(
    column, values, settings, epochs, best
):
    net, script = network(), Scripted(column, values)
    history = fit(script, EarlyStopping(column, **settings), net=net, epochs=6)
    assert len(history) == epochs
    theta, state = script.kept[best]
    assert np.array_equal(net.theta, theta)
    assert np.array_equal(net.state, state)
    if epochs < 6:
        assert history.status.startswith(f"Stopped early after epoch {epochs}: {column} was best")
    if best < epochs:
        assert history.status.endswith(f"went back to the network of epoch {best}")


def test_early_stopping_can_leave_the_last_network():
    net, script = network(), Scripted("cost", [1, 2, 3, 4, 5, 6])
    history = fit(script, EarlyStopping("cost", 2, restore_best=False), net=net, epochs=6)
    assert np.array_equal(net.theta, script.kept[3][0])
    assert history.status == "Stopped early after epoch 3: cost was best, 1, after epoch 1"


def test_early_stopping_goes_back_to_the_end_of_the_best_epoch_from_within_the_next():
    net, script = network(), Scripted("cost", [3, 2, 1, 0])
    history = fit(
        script, Recorder(every_steps=1, end_at=("steps", 13)), EarlyStopping("cost"), net=net
    )
    assert np.array_equal(net.theta, script.kept[2][0])
    assert history.status == "ended at steps 13; went back to the network of epoch 2"


def test_early_stopping_serves_a_second_run():
    stopping, script = EarlyStopping("cost", 1), Scripted("cost", [1, 2, 9, 8, 7, 6])
    net = network()
    fit(script, stopping, net=net, epochs=6)
    fit(script, stopping, net=net, epochs=4)
    assert np.array_equal(net.theta, script.kept[6][0])


WATCHED = [
    ("val_loss", "give fit a validation="),
    ("val_acuracy", "give fit a validation="),
    ("los", "did you mean 'loss'?"),
]


@pytest.mark.parametrize(("column", "sentence"), WATCHED)
def test_early_stopping_names_a_column_that_is_not_there(column, sentence):
    with pytest.raises(InputError) as caught:
        fit(EarlyStopping(column))
    assert sentence in str(caught.value)
    assert column in str(caught.value)


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_csv_log_can_be_read_while_running_and_ends_as_the_history(tmp_path):
    path = tmp_path / "log.csv"
    seen = []

    class Reader(Callback):
        def on_epoch(self, network, run, row):
            seen.append(len(rows_of(path)))

    history = fit(CSVLog(path), Reader(), epochs=4)
    assert seen == [1, 2, 3, 4]
    history.to_csv(tmp_path / "history.csv")
    assert path.read_bytes() == (tmp_path / "history.csv").read_bytes()


def test_csv_log_takes_columns_that_come_later_and_the_epochs_before(tmp_path):
    path, net = tmp_path / "log.csv", small_network()
    fit(net=net, epochs=2)
    history = fit(Monitor(samples(), every=3), CSVLog(path), net=net, epochs=4)
    history.to_csv(tmp_path / "history.csv")
    assert path.read_bytes() == (tmp_path / "history.csv").read_bytes()
    assert [row["monitor_loss"] != "" for row in rows_of(path)] == [False, False, True] * 2


def test_csv_log_says_before_the_first_step_that_it_cannot_write(tmp_path):
    net = small_network()
    before = net.theta.copy()
    with pytest.raises(FileNotFoundError):
        fit(CSVLog(tmp_path / "none" / "log.csv"), net=net)
    assert np.array_equal(net.theta, before)


def test_all_callbacks_together(tmp_path):
    x, t = samples()
    callbacks = [Monitor((x, t), name="train"), EarlyStopping(patience=4), CSVLog(tmp_path / "c")]
    history = network().fit(
        x, t, validation=samples(1), optimizer=Adam(0.01), epochs=30, callbacks=callbacks
    )
    assert len(rows_of(tmp_path / "c")) == len(history)
    assert history.columns == ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "lr",
                               "seconds", "train_loss", "train_accuracy")  # fmt: skip


def test_every_stays_exact_over_several_calls():
    net, recorder = small_network(), Recorder(every_steps=4)
    for _ in range(3):
        fit(recorder, net=net, epochs=1, optimizer=SGD(0.1))
    paused = {number for _, number in recorder.events("steps")}
    assert {4, 8, 12} <= paused
    assert N // 10 + 1 == 5


PLATEAUS = [  # column, values, settings, rate of each epoch over the first
    ("cost", [3, 2, 1, 1, 1, 1, 1], {"patience": 2}, [1, 1, 1, 1, 1, 0.5, 0.5]),
    ("cost", [1, 1, 1, 1, 1, 1, 1], {"patience": 1}, [1, 1, 0.5, 0.25, 0.125, 0.0625, 0.03125]),
    ("cost", [1, 1, 1, 0, 0, 0, 0], {"patience": 2}, [1, 1, 1, 0.5, 0.5, 0.5, 0.25]),
    ("cost", [5, 4.9, 4.8, 4.7, 1, 1, 1], {"patience": 2, "min_delta": 1},
     [1, 1, 1, 0.5, 0.5, 0.5, 0.5]),
    ("cost", [1, 1, 1, 1, 1, 1, 1], {"patience": 1, "min_lr": 0.003},
     [1, 1, 0.5, 0.3, 0.3, 0.3, 0.3]),
    ("a_score", [1, 2, 2, 2, 3, 3, 3], {"patience": 2, "factor": 0.1},
     [1, 1, 1, 1, 0.1, 0.1, 0.1]),
]  # fmt: skip


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize(("column", "values", "settings", "rates"), PLATEAUS)
def test_the_rate_falls_on_a_plateau(column, values, settings, rates, engine):
    history = fit(
        Scripted(column, values), ReduceOnPlateau(column, **settings), epochs=7,
        optimizer=SGD(0.01), engine=engine,
    )  # fmt: skip
    np.testing.assert_allclose(history["lr"], 0.01 * np.array(rates))


FALLING = [SGD(0.1), SGD(Cosine(0.1, 50)), Momentum(0.05), Adam(0.02), ClipByNorm(0.5, SGD(0.1))]


@pytest.mark.parametrize("optimizer", FALLING, ids=repr)
def test_a_reduced_rate_is_that_of_an_optimizer_at_that_rate(optimizer):
    """Half the rate from the third epoch on, by a schedule and by the callback."""

    def halved(step):
        return optimizer.rate(step) * (0.5 if step >= 10 else 1)

    by_schedule = small_network()
    wanted = fit(net=by_schedule, optimizer=optimizer.with_rate(halved), epochs=4, engine="numpy")
    for engine in ("numpy", "compiled"):
        net, script = small_network(), Scripted("cost", [1, 1, 0, -1])
        plateau = ReduceOnPlateau("cost", patience=1)
        found = fit(script, plateau, net=net, optimizer=optimizer, epochs=4, engine=engine)
        np.testing.assert_allclose(found["loss"], wanted["loss"], rtol=1e-5)
        np.testing.assert_allclose(net.theta, by_schedule.theta, rtol=1e-4, atol=1e-6)


def test_a_further_call_starts_at_the_optimizers_rate():
    net = network()
    plateau = ReduceOnPlateau("cost", patience=1)
    for epochs in (4, 8):
        script = Scripted("cost", [1] * epochs)
        history = fit(script, plateau, net=net, optimizer=SGD(0.1), epochs=4)
    np.testing.assert_allclose(history["lr"][-4:], [0.1, 0.1, 0.05, 0.025])
