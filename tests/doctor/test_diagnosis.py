"""Each disease, given to a healthy network, is named and no other; the healthy get a clean bill."""

from dataclasses import dataclass

import numpy as np
import pytest

import tidu as td
from tests.doctor.patients import HEALTHY, Patient, T, X, mlp, plane
from tidu.doctor.diagnosis import STAGES, disease_name


def diseases(diagnosis):
    return [finding.disease for finding in diagnosis.findings]


@pytest.mark.parametrize("patient", HEALTHY.values(), ids=HEALTHY.keys())
def test_healthy_networks_get_a_clean_bill_before_and_after_training(patient):
    patient = patient()
    before = patient.diagnose()
    assert before.healthy, before
    settings = {"optimizer": patient.optimizer, "epochs": patient.epochs, "engine": "numpy"}
    patient.network.fit(patient.x, patient.t, progress=False, **settings)
    after = patient.diagnose()
    assert after.healthy, after
    half = len(patient.x) // 2
    held_out = patient.x[:half], patient.t[:half]
    assert patient.diagnose(validation=held_out, optimizer=None).healthy


@dataclass(frozen=True)
class Log(td.Layer):
    """y = log x: NaN below 0."""

    def forward(self, x):
        return np.log(x), (x,)

    def backward(self, dy, saved):
        return dy / saved[0]


@dataclass(frozen=True)
class Root(td.Layer):
    """y = √x: finite at 0, where its slope is not."""

    def forward(self, x):
        return np.sqrt(x), (x,)

    def backward(self, dy, saved):
        return dy / (2 * np.sqrt(saved[0]))


@dataclass(frozen=True, repr=False)
class Thrown(td.SGD):
    """A rule whose steps are infinite."""

    def update(self, theta, dtheta, state, step, decay_mask=None):
        return theta + np.inf, state


def digits(*layers, x=X, t=T, optimizer=None, **settings):
    return Patient(mlp(*layers, **settings), x, t, optimizer)


def relu(**settings):
    return digits(td.Affine(50), td.ReLU(), td.Affine(10), **settings)


def nan_in_x():
    x = X.copy()
    x[7, 3] = np.nan
    return relu(x=x)


def dead():
    patient = relu()
    patient.network["b1"] = np.full(50, -20.0)
    return patient


def deep(initializer):
    stack = [[td.Affine(50, initializer=initializer), td.ReLU()] for _ in range(6)]
    return digits(*[layer for pair in stack for layer in pair], td.Affine(10))


def regression(change):
    x = plane()
    t = np.sin(x[:, :1])
    net = mlp(td.Affine(32), td.Tanh(), td.Affine(1), inputs=2, loss=td.MeanSquaredError())
    return Patient(net, x, change(t), td.Adam(0.01))


def counts(mean):
    x = plane()
    t = np.random.default_rng(1).poisson(mean * np.exp(0.3 * x[:, 0]))
    net = mlp(td.Affine(16), td.Tanh(), td.Affine(1), inputs=2, loss=td.Poisson())
    return Patient(net, x, t, td.Adam(0.01))


def rare(loss, outputs, share=0.05):
    """A network that has learned to answer the frequent one of two classes, and no other."""
    rng = np.random.default_rng(0)
    t = (rng.random(1000) < share).astype(int)
    x = rng.normal(size=(1000, 2)) + t[:, None]
    net = mlp(td.Affine(8), td.ReLU(), td.Affine(outputs), inputs=2, loss=loss)
    net.fit(x, t, optimizer=td.Adam(0.01), epochs=5, progress=False)
    return Patient(net, x, t, td.Adam(0.01))


def frozen():
    patient = relu()
    patient.network.freeze("W1", "b1", "W2", "b2")
    return patient


def contradicting():
    rng = np.random.default_rng(0)
    net = mlp(td.Affine(20), td.Tanh(), td.Affine(2), inputs=2)
    return Patient(net, np.eye(2)[rng.integers(2, size=200)], rng.integers(2, size=200))


def learned(by=0):
    patient = relu()
    patient.network.fit(X, T, epochs=20, progress=False)
    return Patient(patient.network, X, (T - by) % 10)


def overfitted():
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(60, 20)), rng.integers(2, size=60)
    net = mlp(td.Affine(50), td.ReLU(), td.Affine(2), inputs=20)
    net.fit(x, t, optimizer=td.Adam(0.01), epochs=50, batch_size=20, progress=False)
    return Patient(net, x, t)


def normalized(scale):
    """A network that learned from these data, and sees them in another unit."""
    patient = digits(td.BatchNorm(), td.Affine(50), td.ReLU(), td.Affine(10))
    patient.network.fit(X, T, optimizer=td.Adam(0.01), epochs=3, progress=False)
    return Patient(patient.network, scale * X, T)


def batch_norm():
    return digits(td.Affine(50), td.BatchNorm(), td.ReLU(), td.Affine(10))


def against_noise(seed=0):
    rng = np.random.default_rng(seed)
    return {"validation": (rng.normal(size=(200, 20)), rng.integers(2, size=200))}


SICK = {
    "inputs not finite": [(nan_in_x, "1 of 1437 samples, the first at x[7, 3]")],
    "labels from one": [
        (lambda: relu(t=T + 1), "from 1 to 10, and the 10 outputs are classes 0 to 9"),
        (
            lambda: digits(td.Affine(50), td.ReLU(), td.Affine(11), t=T + 1),
            "let the network end in 10 outputs",
        ),
    ],
    "not finite": [
        (
            lambda: digits(td.Affine(50), Log(), td.Affine(10)),
            "step 1, in the forward pass of Log1",
        ),
        (
            lambda: digits(td.Affine(50), td.ReLU(), Root(), td.Affine(10)),
            "step 1, in the backward pass of Root1",
        ),
    ],
    "inputs all alike": [(lambda: relu(x=np.ones_like(X)), "all 1437 samples are equal")],
    "inputs not scaled": [
        (lambda: relu(x=X * 255), "put Rescale("),
        (lambda: relu(x=X * 1e-4), "are of size"),
        (lambda: relu(x=np.hstack([X[:, 1:], 1000 + X[:, :1]])), "number 63 of each sample"),
    ],
    "one class only": [
        (lambda: relu(t=np.full_like(T, 3)), "are of class 3"),
        (lambda: regression(lambda t: 0 * t + 0.5), "the target is 0.5 for all 400 samples"),
    ],
    "targets not scaled": [
        (lambda: regression(lambda t: 1000 + 200 * t), "end the network in Rescale("),
        (lambda: regression(lambda t: 1e-4 * t), "spread by"),
    ],
    "counts not scaled": [
        (lambda: counts(300), "on average, and the network expects"),
        (lambda: counts(0.02), "end it in Rescale(1, -"),
    ],
    "targets out of step": [
        (lambda: relu(t=np.roll(T, 1)), "the rows after them"),
        (lambda: relu(t=np.roll(T, -1)), "the rows before them"),
    ],
    "labels shifted": [
        (lambda: learned(1), "the label plus one"),
        (lambda: learned(-1), "the label minus one"),
    ],
    "BatchNorm with batch 1": [
        (batch_norm, "each batch is of 1 sample", {"batch_size": 1}),
    ],
    "dead ReLUs": [(dead, "100 % of ReLU1's units")],
    "saturated units": [
        (
            lambda: digits(td.Affine(50, initializer=td.Normal(20)), td.Tanh(), td.Affine(10)),
            "of Tanh1's outputs",
        ),
        (
            lambda: digits(td.Affine(50, initializer=td.Normal(20)), td.Sigmoid(), td.Affine(10)),
            "of Sigmoid1's outputs",
        ),
    ],
    "running averages off": [
        (lambda: normalized(2.0), "the running averages of BatchNorm1 do not fit"),
        (lambda: normalized(0.2), "spreads from where the mean and the variance of 500 samples"),
    ],
    "gradients vanish": [
        (lambda: deep(td.Normal(0.02)), "at Affine1"),
        (
            lambda: digits(
                *[layer for _ in range(8) for layer in (td.Affine(30), td.Sigmoid())], td.Affine(10)
            ),
            "on the way back they vanish",
        ),
    ],
    "gradients explode": [(lambda: deep(td.Normal(2.0)), "on the way back they explode")],
    "loss at the start": [
        (
            lambda: digits(td.Affine(50), td.ReLU(), td.Affine(10, initializer=td.Normal(5))),
            "where guessing gives ln 10 = 2.3",
        ),
    ],
    "learning rate too high": [
        (lambda: relu(optimizer=td.SGD(100.0)), "with SGD(lr=100.0) the loss goes from"),
        (lambda: relu(optimizer=td.Adam(3.0)), "with Adam(lr=3.0) the loss goes from"),
        (lambda: relu(optimizer=Thrown(0.1)), "at every learning rate that was tried, down to"),
    ],
    "learning rate too low": [
        (lambda: relu(optimizer=td.SGD(1e-4)), "with SGD(lr=0.0001) the loss goes from"),
        (lambda: relu(optimizer=td.Adam(1e-6)), "with Adam(lr=1e-06) the loss goes from"),
    ],
    "updates off": [
        (
            lambda: digits(
                td.Affine(50, initializer=td.Normal(300)), td.BatchNorm(), td.ReLU(), td.Affine(10)
            ),
            "W1 changes by",
        ),
    ],
    "cannot overfit ten samples": [
        (frozen, "W1, b1, W2, b2 are frozen"),
        (contradicting, "equal inputs with different targets"),
    ],
    "rare classes missed": [
        (lambda: rare(td.SoftmaxCrossEntropy(), 2), "--balanced of tidu train, class_weight="),
        (lambda: rare(td.SigmoidCrossEntropy(), 1), "always answering '0' has 9"),
    ],
    "train test gap": [(overfitted, "it overfits", against_noise())],
}
CASES = [(name, *case) for name, cases in SICK.items() for case in cases]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {case[2]}")
def test_this_disease_and_no_other_is_named(case):
    name, patient, part, *settings = case
    diagnosis = patient().diagnose(**(settings[0] if settings else {}))
    assert diseases(diagnosis) == [name], diagnosis
    assert part in diagnosis.findings[0].sentence, diagnosis
    assert not diagnosis.healthy


def test_the_network_stays_as_it_is_and_the_same_is_found_again():
    patient = HEALTHY["batch norm and dropout"]()
    net = patient.network
    net.fit(X, T, optimizer=td.Adam(), epochs=1, progress=False)
    before = [
        net.theta.copy(),
        net.state.copy(),
        *(v.copy() for v in net.run.optimizer_state.values()),
    ]
    step, x = net.run.step, X.copy()
    first = patient.diagnose()
    after = [net.theta, net.state, *net.run.optimizer_state.values()]
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a, b)
    assert net.run.step == step
    np.testing.assert_array_equal(x, X)
    assert patient.diagnose().to_dict() == first.to_dict()


def test_the_rate_of_a_schedule_and_within_clipping_is_the_one_in_use():
    optimizer = td.ClipByNorm(1.0, td.SGD(td.StepDecay(0.1, 10, 0.5)))
    patient = relu(optimizer=optimizer)
    patient.network.fit(X, T, optimizer=optimizer, batch_size=72, epochs=1, progress=False)
    assert patient.diagnose(optimizer=None).case.rate_trials[0].rate == pytest.approx(0.1 * 0.5**2)


def test_later_stages_are_named_as_not_looked_for():
    told = repr(nan_in_x().diagnose())
    assert told.startswith("- inputs not finite: ")
    assert (
        "Correct that and diagnose again; not looked for yet: not finite, inputs all alike" in told
    )


def test_every_disease_is_given_to_someone():
    assert set(SICK) == {disease_name(disease) for stage in STAGES for disease in stage}
