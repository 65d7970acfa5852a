import numpy as np
import pytest
from numpy.testing import assert_allclose

from tidu.datasets import load_digits
from tidu.experiments import images
from tidu.experiments.images import ClassMonitor, LossOfEachStep, deep_network, one_hot, smooth
from tidu.layers import Affine, Rescale, Sigmoid
from tidu.losses import SigmoidCrossEntropy
from tidu.network import Network

DIGITS = load_digits("test")


def test_without_mnist_they_are_the_digits_and_say_so(monkeypatch):
    monkeypatch.setattr(images, "find", lambda *arguments: None)
    train, test, note = images.images()
    assert train.x.shape[1] == test.x.shape[1] == 64
    assert "MNIST was not found" in note
    assert "tidu train mnist" in note


def test_every_step_s_loss_is_kept_and_the_last_step_is_the_last():
    record = LossOfEachStep(7)
    net = deep_network(DIGITS, [8])
    history = net.fit(DIGITS.x, DIGITS.t, epochs=5, batch_size=100, callbacks=[record])
    assert len(record.losses) == net.run.step == 7
    assert history.status == "7 steps done"
    assert np.all(np.isfinite(record.losses))


def test_a_monitor_of_classes_measures_what_the_definitions_say():
    net = Network(
        [Rescale(1 / 16), Affine(5), Sigmoid(), Affine(10)], 64, SigmoidCrossEntropy()
    )  # fmt: skip
    history = net.fit(
        DIGITS.x, one_hot(DIGITS), epochs=2, callbacks=[ClassMonitor(DIGITS, "test")]
    )  # fmt: skip
    p = net.predict_proba(DIGITS.x).astype(float)
    t = one_hot(DIGITS)
    loss = -(t * np.log(p) + (1 - t) * np.log(1 - p)).sum(axis=1).mean()
    assert_allclose(history[-1]["test_loss"], loss, rtol=1e-5)  # float32
    assert history[-1]["test_accuracy"] == np.mean(p.argmax(axis=1) == DIGITS.t)


@pytest.mark.parametrize("width", [1, 3, 100])
def test_smooth_is_the_mean_of_the_last_few(width):
    values = np.random.default_rng(0).normal(size=20)
    expected = [values[max(0, k + 1 - width) : k + 1].mean() for k in range(20)]
    assert_allclose(smooth(values, width), expected, atol=1e-12)  # differences of sums round
