"""What a run's file holds, and what is said where two runs differ."""

import json

import numpy as np
import pytest
import safetensors.numpy
from safetensors import safe_open

import tidu as td
from tests.formats.runs import bits, train
from tests.tables import Square
from tests.training.problems import small_network
from tidu.errors import FileFormatError
from tidu.formats import load, load_run
from tidu.formats.model_file import KEY, _checksum, _covered
from tidu.formats.run_file import differences, restore, save_run, states
from tidu.optimizers import OPTIMIZERS

RULES = [
    *(rule() for rule in OPTIMIZERS.values()),
    td.ClipByValue(1, td.ClipByNorm(2, td.Adam(td.WarmUp(5, td.Cosine(0.1, steps=20))))),
    *(td.SGD(rate) for rate in (td.Constant(0.1), td.Exponential(0.1, 0.9), td.StepDecay(0.1, 3))),
]


@pytest.mark.parametrize("optimizer", RULES, ids=repr)
def test_every_optimizer_is_saved_with_its_vectors_and_settings(optimizer, tmp_path):
    net = train(optimizer=optimizer, epochs=2)
    save_run(net, net.run, tmp_path / "run")
    again = load_run(tmp_path / "run")
    assert again.run.optimizer == optimizer
    assert bits(again) == bits(net)


def test_the_file_is_a_network_with_more_in_it(tmp_path):
    net = train(epochs=2)
    save_run(net, net.run, tmp_path / "run")
    tensors = safetensors.numpy.load_file(tmp_path / "run")
    assert set(tensors) == {
        *net.layout, *net.state_layout, "run.sums", "optimizer.m", "optimizer.v",
        *(f"callback_state.best val_loss.{i}" for i in range(3)),
        "callback_state.plateau of val_loss.0", "callback_state.rate scale.0",
    }  # fmt: skip
    plain = load(tmp_path / "run")
    assert plain.theta.tobytes() == net.theta.tobytes()
    assert plain.run is None


def test_equal_runs_make_equal_files(tmp_path):
    net = train(epochs=2)
    save_run(net, net.run, tmp_path / "a")
    again = load_run(tmp_path / "a")
    save_run(again, again.run, tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_numpys_numbers_and_nan_in_a_history(tmp_path):
    net = train(epochs=1)
    net.run.history.rows[0] |= {"mine": np.float32(0.1), "n": np.int64(3), "nan": float("nan")}
    save_run(net, net.run, tmp_path / "run")
    row = load_run(tmp_path / "run").run.history[0]
    assert (row["mine"], row["n"]) == (float(np.float32(0.1)), 3)
    assert np.isnan(row["nan"])


def test_layers_of_ones_own_are_handed_over(tmp_path):
    net = td.Network([td.Affine(2), Square()], 3, td.SumSquaredError())
    net.fit(np.ones((4, 3)), np.ones((4, 2)), epochs=1)
    save_run(net, net.run, tmp_path / "run")
    with pytest.raises(FileFormatError, match="there is no class 'Square'"):
        load_run(tmp_path / "run")
    assert bits(load_run(tmp_path / "run", layers={"Square": Square})) == bits(net)
    fresh = td.Network([td.Affine(2), Square()], 3, td.SumSquaredError())
    fresh.fit(np.ones((4, 3)), np.ones((4, 2)), epochs=1, optimizer=td.SGD(0.0))
    fresh.run.optimizer = net.run.optimizer
    restore(fresh, fresh.run, tmp_path / "run")  # needs no names: it compares
    assert bits(fresh) == bits(net)


def test_states_are_in_the_order_of_their_steps(tmp_path):
    for name in ("step-000000010", "step-9999999999", "step-000000002", "other"):
        (tmp_path / f"{name}.safetensors").touch()
    names = ["step-000000002", "step-000000010", "step-9999999999"]
    assert [path.stem for path in states(tmp_path)] == names


DIFFERENCES = [
    ({"a": 1}, {"a": 1}, []),
    ({"a": 1}, {}, ["`a` was 1 and is None"]),
    ({"samples": 5, "data": "x"}, {"samples": 6, "data": "y"}, ["`samples` was 5 and is 6"]),
    ({"data": "x"}, {"data": "y"}, ["the samples are as many as they were, but not the same"]),
    ({"layers": [{"type": "ReLU"}]}, {"layers": []}, ["the network had 1 layers and has 0"]),
    ({"layers": [{"type": "Chain", "layers": [{"type": "ReLU"}]}]},
     {"layers": [{"type": "Affine", "units": 3}]},
     ["layer 1 was Chain(layers=[ReLU()]) and is Affine(units=3)"]),
]  # fmt: skip


@pytest.mark.parametrize(("was", "given", "words"), DIFFERENCES)
def test_differences_in_words(was, given, words):
    assert differences(was, given) == words


def forged(path, change):
    """Change what a file says of its run, and make its checksum right again."""
    with safe_open(path, framework="numpy") as file:
        saved = json.loads(file.metadata()[KEY])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    change(saved["run"], tensors)
    saved["sha256"] = _checksum(tensors, _covered(saved))
    path.write_bytes(safetensors.numpy.save(tensors, {KEY: json.dumps(saved)}))


def setting(name, value):
    return lambda run, tensors: run.update({name: value})


FORGED = [
    (setting("epoch", -1), "`epoch` must be"),
    (setting("step", "7"), "`step` must be an integer"),
    (setting("seed", None), "`seed` must be an integer"),
    (setting("stop_reason", 5), "non-iterable"),
    (setting("stop_reason", ["weary", "so it ended"]), "'weary' is not a valid Outcome"),
    (setting("fingerprint", []), "not described as it must be"),
    (setting("last_batch_joins", 1), "not described as it must be"),
    (setting("callback_state", {"best": 10**12}), "it lacks 'callback_state.best.0'"),
    (setting("callback_state", 3), "no attribute"),
    (setting("optimizer", {"type": "Affine", "units": 2}), "must be an optimizer"),
    (setting("optimizer", {"type": "Adam"}), "it lacks 'optimizer.m'"),
    (setting("optimizer", {"type": "SGD", "lr": -1}), "SGD cannot be made of these settings"),
    (setting("history", {"rows": [{"loss": "low"}]}), "history holds what is no number"),
    (setting("history", {"rows": 5}), "not iterable"),
    (lambda run, tensors: run.pop("history"), "it lacks 'history'"),
    (lambda run, tensors: tensors.pop("run.sums"), "it lacks 'run.sums'"),
    (lambda run, tensors: tensors.update({"run.sums": np.zeros(2)}), "not of the shape"),
    (lambda run, tensors: tensors.update({"optimizer.v": np.zeros(2, np.float32)}),
     "not of the shape"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), FORGED)
def test_a_run_that_cannot_be_is_refused(tmp_path, change, sentence):
    net = small_network()
    net.fit(np.ones((4, 3)), [0, 1, 0, 1], optimizer=td.Momentum(), epochs=1)
    path = tmp_path / "run"
    save_run(net, net.run, path)
    forged(path, change)
    with pytest.raises(FileFormatError) as caught:
        load_run(path)
    assert str(caught.value).startswith(f"{path} is damaged")
    assert sentence in str(caught.value)
