"""Runs that are saved and go on: the same bits, or a sentence, and never a loss."""

import errno
import os
import pathlib
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import tidu as td
from tests.formats.runs import OF_ONE_PROCESS, bits, train
from tests.training.problems import network, regression, samples, small_network
from tidu.engines import ENGINES
from tidu.errors import FileFormatError, InputError, TiduWarning
from tidu.formats import Checkpoint, load, load_run
from tidu.formats.run_file import states
from tidu.training import Callback

ROOT = Path(__file__).parents[2]


class StopAt(Callback):
    """End the run as a crash would: by an error, at a step or after an epoch."""

    def __init__(self, step=None, epoch=None):
        self.step, self.epoch, self.every_steps = step, epoch, 1

    def on_steps(self, network, run, steps):
        if run.step == self.step:
            raise RuntimeError("crash")

    def on_epoch(self, network, run, row):
        if run.epoch == self.epoch:
            raise RuntimeError("crash")


class CtrlC(StopAt):
    def on_steps(self, network, run, steps):
        if run.step == self.step:
            import signal

            signal.raise_signal(signal.SIGINT)


def crashed(folder, stop, **given):
    with pytest.raises(RuntimeError, match="crash"):
        train(Checkpoint(folder, **given.pop("saving", {})), stop, **given)


@pytest.fixture(scope="module")
def whole():
    """What is left by a run that was never stopped, by its arguments."""
    known = {}

    def of(**given):
        key = repr(sorted(given.items()))
        if key not in known:
            known[key] = bits(train(**given))
        return known[key]

    return of


SAVING = [{}, {"every": 4}, {"every": 1, "unit": "steps"}, {"every": 7, "unit": "steps"}]
STOPS = {
    "first step": StopAt(step=1),
    "within": StopAt(step=42),
    "last step": StopAt(step=45),
    "epoch": StopAt(epoch=9),
}


@pytest.mark.parametrize("engine", OF_ONE_PROCESS)
@pytest.mark.parametrize("saving", SAVING, ids=str)
@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
def test_a_resumed_run_ends_in_the_same_bits(tmp_path, whole, engine, saving, stop):
    given = {"engine": engine, "epochs": 12}
    crashed(tmp_path, stop, saving=saving, **given)
    net = train(Checkpoint(tmp_path, resume=True, **saving), **given)
    assert bits(net) == whole(**given)


def test_saving_changes_no_bit(tmp_path, whole):
    assert bits(train(Checkpoint(tmp_path, every=2, unit="steps"), epochs=4)) == whole(epochs=4)


def test_a_run_may_be_cut_off_again_and_again(tmp_path, whole):
    for step in (3, 4, 11, 12, 30):
        crashed(tmp_path, StopAt(step=step), epochs=8, saving={"every": 2, "unit": "steps",
                                                              "resume": True})  # fmt: skip
    assert bits(train(Checkpoint(tmp_path, resume=True), epochs=8)) == whole(epochs=8)


def test_a_finished_run_is_left_as_it_is_and_goes_on_with_more_epochs(tmp_path, whole):
    train(Checkpoint(tmp_path), epochs=5)
    again = train(Checkpoint(tmp_path, resume=True), epochs=5)
    assert bits(again) == whole(epochs=5)
    assert bits(train(Checkpoint(tmp_path, resume=True), epochs=9)) == whole(epochs=9)


def test_early_stopping_ends_a_resumed_run_where_it_would_have_ended(tmp_path, whole):
    given = {"patience": 4, "epochs": 100}
    end = whole(**given)
    epoch = end["numbers"][1]
    assert 4 < epoch < 100
    for stop in (StopAt(epoch=epoch - 1), StopAt(step=5 * epoch - 2)):
        folder = tmp_path / str(stop.epoch)
        crashed(folder, stop, **given)
        assert bits(train(Checkpoint(folder, resume=True), **given)) == end
    ended = train(Checkpoint(folder, resume=True), **given)
    assert bits(ended) == end
    assert "Stopped early" in ended.run.history.status


def test_ctrl_c_saves_the_step_that_it_fell_in(tmp_path, whole):
    net = train(Checkpoint(tmp_path, every=50), CtrlC(step=23), epochs=8)
    assert "Interrupted in epoch 5, 3 steps into it" in net.run.history.status
    assert load_run(tmp_path).run.position == 3
    assert bits(train(Checkpoint(tmp_path, resume=True), epochs=8)) == whole(epochs=8)


def test_a_run_that_broke_down_breaks_down_again(tmp_path):
    x, _ = samples()

    def fit():
        net = regression()
        with pytest.warns(td.TrainingStoppedWarning), np.errstate(all="ignore"):
            net.fit(x, 1e3 * x[:, 0], optimizer=td.SGD(1e6), batch_size=10,
                    callbacks=[Checkpoint(tmp_path, resume=True)])  # fmt: skip
        return net

    first, second = fit(), fit()
    assert first.run.history.failed
    assert second.run.history.failed
    assert bits(first) == bits(second)


def test_a_run_that_went_on_from_another_counts_its_own_epochs(tmp_path):
    x, t = samples()

    def fit(crash=None, resume=False):
        net = small_network()
        net.fit(x, t, epochs=3, batch_size=10)
        saver = Checkpoint(tmp_path / str(bool(crash) or resume), resume=resume)
        net.fit(x, t, epochs=4, batch_size=10, callbacks=[saver, *([crash] if crash else [])])
        return net

    with pytest.raises(RuntimeError):
        fit(StopAt(epoch=5))
    resumed, whole = fit(resume=True), fit()
    assert bits(resumed) == bits(whole)
    assert resumed.run.epoch == 7


def test_batches_from_an_iterable_go_on_where_they_were(tmp_path):
    x, t = samples()
    batches = [(x[i : i + 7], t[i : i + 7]) for i in range(0, 42, 7)]

    def fit(*callbacks):
        net = network()
        net.fit(batches, epochs=4, callbacks=callbacks)
        return net

    with pytest.raises(RuntimeError):
        fit(Checkpoint(tmp_path, every=1, unit="steps"), StopAt(step=15))
    assert bits(fit(Checkpoint(tmp_path, resume=True))) == bits(fit())


@dataclass(frozen=True)
class Halving:
    """A schedule of the user's own."""

    lr: float = 0.1

    def __call__(self, step):
        return self.lr * 0.5 ** (step // 10)


def test_a_schedule_of_ones_own_is_saved_if_it_is_a_dataclass(tmp_path, whole):
    given = {"optimizer": td.Adam(Halving(0.02)), "epochs": 3}
    crashed(tmp_path, StopAt(epoch=2), **given)
    assert bits(train(Checkpoint(tmp_path, resume=True), **given)) == whole(**given)
    with pytest.raises(InputError, match="lr=<function"):
        train(Checkpoint(tmp_path / "f"), optimizer=td.SGD(lambda step: 0.1))
    assert not list((tmp_path / "f").glob("*.safetensors"))


# -- what is kept, and what can be read ------------------------------------------------------------


@pytest.mark.parametrize("keep", [1, 2, 100])
def test_the_last_so_many_are_kept(tmp_path, keep):
    train(Checkpoint(tmp_path, keep=keep), epochs=6)
    assert [path.name for path in states(tmp_path)] == [
        f"step-{5 * epoch:09d}.safetensors" for epoch in range(7)
    ][-keep:]
    assert [load_run(path).run.epoch for path in states(tmp_path)] == list(range(7))[-keep:]


def test_a_saved_run_can_be_looked_at_and_its_network_used(tmp_path):
    net = train(Checkpoint(tmp_path), epochs=3, patience=3)
    x, _ = samples(seed=2)
    again = load_run(tmp_path)
    assert again.run.optimizer == net.run.optimizer
    assert again.run.history.rows == net.run.history.rows
    assert np.shares_memory(again.run.theta, again.theta)
    assert load(states(tmp_path)[-1]).predict(x).tobytes() == again.predict(x).tobytes()
    again.fit(*samples(), epochs=2, batch_size=10)
    assert again.run.epoch == 5
    net.save(tmp_path / "net")
    with pytest.raises(FileFormatError, match="a network and no run"):
        load_run(tmp_path / "net")
    with pytest.raises(FileNotFoundError, match="no saved run"):
        load_run(ROOT / "docs")


def test_what_a_killed_process_left_half_written_is_cleared_away(tmp_path):
    (tmp_path / ".step-000000010.safetensors.77.part").write_bytes(b"half")
    train(Checkpoint(tmp_path, resume=True), epochs=1)
    assert not list(tmp_path.glob(".*.part"))


def test_a_damaged_file_is_passed_over_for_the_one_before(tmp_path, whole):
    train(Checkpoint(tmp_path, keep=9), epochs=4)
    newest = states(tmp_path)[-1]
    newest.write_bytes(newest.read_bytes()[:-1])
    with pytest.warns(
        TiduWarning, match=r"step-000000020.* or is damaged.*going on from step-000000015"
    ):
        net = train(Checkpoint(tmp_path, keep=9, resume=True), epochs=6)
    assert bits(net) == whole(epochs=6)
    for path in states(tmp_path):
        path.write_bytes(b"")
    with pytest.raises(FileFormatError, match=r"no file in .* can be read"):
        train(Checkpoint(tmp_path, keep=9, resume=True), epochs=6)


# -- what is refused ------------------------------------------------------------------------------


def test_a_folder_with_a_run_is_not_written_over(tmp_path):
    train(Checkpoint(tmp_path), epochs=2)
    before = {path.name: path.read_bytes() for path in states(tmp_path)}
    with pytest.raises(InputError, match=r"holds a run already, .*: resume it"):
        train(Checkpoint(tmp_path), epochs=2)
    assert {path.name: path.read_bytes() for path in states(tmp_path)} == before


def layers(units=8, bias=True):
    return [td.Affine(units, bias=bias), td.BatchNorm(), td.ReLU(), td.Dropout(0.25), td.Affine(2)]


def built(kinds=None, loss=None, frozen=(), **settings):
    net = td.Network(kinds or layers(), 3, loss or td.SoftmaxCrossEntropy(), **settings)
    net.freeze(*frozen)
    return net


def fewer():
    x, t = samples()
    return x[:40], t[:40], {"sample_weight": None}


def others():
    x, t = samples(seed=5)
    return x, t, {}


SAVED = {"seed": 3}
DIFFERENT = {
    "batch_size": ({"batch_size": 11}, "`batch_size` was 10 and is 11"),
    "optimizer": ({"optimizer": td.Adam()}, "`optimizer` was ClipByNorm(limit=5.0, optimizer=Ad"),
    "rate": ({"optimizer": td.ClipByNorm(5.0, td.AdamW(0.02))}, "and is ClipByNorm(limit=5.0"),
    "threads": ({"threads": 77}, "and is 77"),
    "seed": ({"seed": 4}, "`seed` was 3 and is 4"),
    "weights": ({"sample_weight": None}, "the samples are as many as they were, but not the same"),
    "more layers": ({"net": built([*layers(), td.Affine(2)], **SAVED)}, "had 5 layers and has 6"),
    "units": ({"net": built(layers(9), **SAVED)}, "layer 1 was Affine(units=8, bias=True, "
              "initializer='auto', "
              "bias_initializer=None) and is Affine(units=9"),
    "bias": ({"net": built(layers(bias=False), **SAVED)}, "bias=False"),
    "loss": ({"net": built(loss=td.SoftmaxCrossEntropy(0.1), **SAVED)}, "`loss` was"),
    "penalty": ({"net": built(penalty=td.L2(0.1), **SAVED)}, "`penalty` was None and is L2"),
    "dtype": ({"net": built(dtype="float64", **SAVED)}, "`dtype` was 'float32' and is 'float64'"),
    "frozen": ({"net": built(frozen=["W1"], **SAVED)}, "`frozen` was [] and is ['W1']"),
    "two": ({"seed": 4, "batch_size": 11}, "`seed` was 3 and is 4; `batch_size` was 10 and is 11"),
}  # fmt: skip


@pytest.fixture(scope="module", name="saved")
def saved_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    train(Checkpoint(folder), epochs=2)
    return folder


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_differs_is_named(saved, name):
    given, sentence = DIFFERENT[name]
    net = given.get("net") or network(seed=3)
    theta = net.theta.copy()
    with pytest.raises(InputError) as caught:
        train(Checkpoint(saved, resume=True), **{"net": net, **given})
    message = str(caught.value)
    assert message.startswith(f"cannot go on with the run in {saved}: ")
    assert sentence in message
    assert "\n" not in message
    assert net.theta.tobytes() == theta.tobytes()  # nothing of the file was taken


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(fewer, "`samples` was 47 and is 40"), (others, "as many as they were, but not the same")],
)
def test_other_data_are_refused(saved, data, sentence):
    x, t, more = data()
    net = network(seed=3)
    saver = Checkpoint(saved, resume=True)
    given = {
        "optimizer": load_run(saved).run.optimizer,
        "sample_weight": np.linspace(0.5, 1.5, 47),
        "engine": "numpy",
    }
    with pytest.raises(InputError) as caught:
        net.fit(x, t, batch_size=10, callbacks=[saver], **{**given, **more})
    assert sentence in str(caught.value)
    assert str(caught.value).count(";") == 0  # and no more than this


def test_another_engine_is_refused(saved, monkeypatch):
    class Other(ENGINES["numpy"]):
        name = "other"

    monkeypatch.setitem(ENGINES, "other", Other)
    with pytest.raises(InputError, match="`engine` was 'numpy' and is 'other'"):
        train(Checkpoint(saved, resume=True), engine="other")


# -- two at a time, full disks, folders that cannot be written to ---------------------------------


def test_two_runs_cannot_share_a_folder(tmp_path):
    folder = tmp_path / "run"
    code = f"""
import sys, time
from tests.formats.runs import train
from tidu.formats import Checkpoint
from tidu.training import Callback
class Wait(Callback):
    def on_start(self, network, run):
        print("running", flush=True)
        sys.stdin.read()
train(Checkpoint({str(folder)!r}), Wait(), epochs=1)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"running\n"
        before = os.listdir(folder)
        for resume in (False, True):
            with pytest.raises(InputError, match=rf"is in use by process {other.pid}: two runs"):
                train(Checkpoint(folder, resume=resume), epochs=1)
        assert os.listdir(folder) == before
        other.kill()
    train(Checkpoint(folder, resume=True), epochs=1)  # what a killed process held is free again


def test_nor_within_one_process(tmp_path):
    with pytest.raises(InputError, match=f"in use by process {os.getpid()}"):
        train(Checkpoint(tmp_path), Checkpoint(tmp_path, resume=True))
    train(Checkpoint(tmp_path, resume=True), epochs=1)


class FullAt(Callback):
    """The disk is full from one step to another."""

    every_steps = 1

    def __init__(self, monkeypatch, start, end=10**9):
        self.patch, self.start, self.end = monkeypatch, start, end
        self.write = os.fsync

    def on_steps(self, network, run, steps):
        full = self.start <= run.step < self.end
        self.patch.setattr(os, "fsync", self.no_space if full else self.write)

    def no_space(self, number):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_on_the_way_costs_a_warning_and_nothing_else(tmp_path, monkeypatch, whole):
    with pytest.warns(TiduWarning) as caught:
        net = train(Checkpoint(tmp_path, keep=9), FullAt(monkeypatch, 12), epochs=4)
    monkeypatch.undo()
    assert str(caught[0].message) == (
        f"the run could not be saved at step 15 in {tmp_path}: No space left on device; training "
        "goes on, and the newest file is step-000000010.safetensors"
    )
    assert bits(net) == whole(epochs=4)
    assert not list(tmp_path.glob(".*.part"))
    assert bits(train(Checkpoint(tmp_path, resume=True), epochs=4)) == whole(epochs=4)


def test_when_the_disk_has_room_again_saving_goes_on(tmp_path, monkeypatch):
    with pytest.warns(TiduWarning):
        train(Checkpoint(tmp_path, keep=9), FullAt(monkeypatch, 8, 12), epochs=4)
    assert [load_run(path).run.step for path in states(tmp_path)] == [0, 5, 15, 20]


def test_a_limit_of_the_system_on_a_files_size(tmp_path):
    code = f"""
import resource, signal, warnings
from tests.formats.runs import train
from tidu.formats import Checkpoint
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    train(Checkpoint({str(tmp_path)!r}))
except OSError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.stdout == f"cannot save a run in {tmp_path}: File too large\n", done.stderr
    assert os.listdir(tmp_path) == [".lock"]


READ_ONLY = [
    (pathlib.Path, "mkdir", errno.EROFS, OSError),
    (os, "open", errno.EACCES, PermissionError),
    (os, "fsync", errno.ENOSPC, OSError),
]


@pytest.mark.parametrize(("owner", "name", "number", "kind"), READ_ONLY)
def test_a_folder_that_cannot_be_written_to_is_refused_before_training(
    tmp_path, monkeypatch, owner, name, number, kind
):
    def fails(*arguments, **settings):
        raise OSError(number, os.strerror(number))

    net = network(seed=3)
    theta = net.theta.copy()
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, fails)
        with pytest.raises(kind) as caught:
            train(Checkpoint(tmp_path / "run"), net=net)
    assert str(caught.value) == f"cannot save a run in {tmp_path / 'run'}: {os.strerror(number)}"
    assert net.theta.tobytes() == theta.tobytes()
    train(Checkpoint(tmp_path / "run"), epochs=1)  # nothing is held or left behind


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0,
                    reason="whoever may do everything is not kept from writing")  # fmt: skip
def test_a_read_only_folder_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match=r"cannot save a run in .*: Permission denied"):
        train(Checkpoint(tmp_path))


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(OSError, match=r"cannot save a run in .*: File exists"):
        train(Checkpoint(tmp_path / "run"))
    assert (tmp_path / "run").read_text() == "mine"


def test_from_another_thread(tmp_path, whole):
    ends = []
    thread = threading.Thread(
        target=lambda: ends.append(bits(train(Checkpoint(tmp_path, every=2), epochs=3)))
    )
    thread.start()
    thread.join()
    assert ends == [whole(epochs=3)]
