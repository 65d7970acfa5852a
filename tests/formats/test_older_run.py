"""Runs saved before their parts had the names of today: read as they were, and resumed.

The files stand in ``older/``: the run of `tests.formats.runs`, saved after step 33 of 40 by each
engine, its names "begun", "ended", "memory" and "conditions".
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from safetensors import safe_open

from tests.formats.runs import bits, train
from tidu.formats import Checkpoint, load_run
from tidu.formats.model_file import KEY
from tidu.formats.older_run import OLDER_NAMES, in_todays_form
from tidu.formats.run_file import save_run
from tidu.optimizers import AdamW, ClipByNorm, Cosine
from tidu.outcome import Outcome

OLDER = Path(__file__).parent / "older"
ENGINES = ["numpy", "compiled"]


def described(path):
    with safe_open(path, framework="numpy") as file:
        return json.loads(file.metadata()[KEY])["run"]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_part_has_its_name_of_today(engine):
    path = OLDER / f"run-{engine}.safetensors"
    assert set(OLDER_NAMES.values()) <= set(described(path))
    run, tensors = load_run(path).run, safetensors.numpy.load_file(path)
    assert (run.seed, run.epoch, run.step, run.position) == (3, 6, 33, 3)
    assert (run.start_epoch, run.optimizer_start, run.last_batch_joins) == (0, 0, False)
    assert run.optimizer == ClipByNorm(5.0, AdamW(Cosine(0.02, steps=400)))
    assert run.stop_reason is None
    assert run.fingerprint["engine"] == engine
    assert (run.history.outcome, len(run.history)) == (Outcome.RUNNING, 6)
    for i, array in enumerate(run.callback_state["best val_loss"]):
        np.testing.assert_array_equal(array, tensors[f"memory.best val_loss.{i}"])
    for name in "mv":
        np.testing.assert_array_equal(run.optimizer_state[name], tensors[f"optimizer.{name}"])


def resumed(engine, path, folder):
    folder.mkdir()
    shutil.copy(path, folder / "step-000000033.safetensors")
    saver = Checkpoint(folder, resume=True)
    return train(saver, engine=engine, epochs=8, patience=8, threads=1, plateau=False)


@pytest.mark.parametrize("engine", ENGINES)
def test_it_resumes_to_the_same_bits_as_in_the_form_of_today(engine, tmp_path):
    older, today = OLDER / f"run-{engine}.safetensors", tmp_path / "today.safetensors"
    net = load_run(older)
    save_run(net, net.run, today)
    assert "stop_reason" in described(today)
    found = [bits(resumed(engine, path, tmp_path / path.stem)) for path in (older, today)]
    assert found[0] == found[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_it_resumes_to_the_run_that_was_never_stopped(engine, tmp_path):
    net = resumed(engine, OLDER / f"run-{engine}.safetensors", tmp_path / "run")
    whole = train(engine=engine, epochs=8, patience=8, threads=1, plateau=False)
    # The file was written on another machine: products may round otherwise, for 40 steps. Batch
    # normalization takes b1 away, so its gradient is such roundings, which Adam makes steps of.
    close = {"rtol": 1e-4, "atol": 1e-5}
    for name in set(net.layout) - {"b1"}:
        np.testing.assert_allclose(net[name], whole[name], **close)
    # Its running averages go on as they did: with a part of the variance of 1 they started from.
    w = whole["running_weight1"]
    np.testing.assert_array_equal(net["running_weight1"], 1)
    np.testing.assert_allclose(net["running_var1"], w * whole["running_var1"] + 1 - w, **close)


STATUSES = [
    ("under way", False, Outcome.RUNNING),
    ("8 epochs done", False, Outcome.DONE),
    ("8 epochs done; the doctor found: dead ReLUs", False, Outcome.DONE),
    ("interrupted in epoch 5, 3 steps into it", False, Outcome.INTERRUPTED),
    ("stopped early after epoch 5: val_loss was best, 1, after epoch 2", False,
     Outcome.STOPPED_EARLY),
    ("stopped before step 3 (epoch 1), whose loss is not finite", True, Outcome.NOT_FINITE),
    ("good enough", False, Outcome.STOPPED_EARLY),
]  # fmt: skip


@pytest.mark.parametrize(("status", "failed", "outcome"), STATUSES)
def test_the_code_is_read_from_the_sentence(status, failed, outcome):
    ended = status if outcome in (Outcome.STOPPED_EARLY, Outcome.NOT_FINITE) else ""
    saved = described(OLDER / "run-numpy.safetensors") | {"ended": ended}
    saved["history"] |= {"status": status, "failed": failed}
    run, _ = in_todays_form(saved, {})
    assert run["history"]["outcome"] == outcome.value
    assert run["stop_reason"] == ([outcome.value, status] if ended else None)
