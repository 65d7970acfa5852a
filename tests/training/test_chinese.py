"""What a run says of itself in Chinese: the same numbers and names as in English."""

import warnings

import numpy as np
import pytest

import tidu as td
from tests.doctor.test_diagnosis import Root, Thrown
from tests.languages import check_says_the_same, in_both
from tidu.engines import choose
from tidu.training.progress import ManyProgress, ProgressBar

X = np.random.default_rng(0).normal(size=(40, 3))
T = np.arange(40) % 2


def network(*layers, **settings):
    return td.Network([*layers, td.Affine(2)], 3, td.SoftmaxCrossEntropy(), **settings)


def run(net=None, *, x=X, epochs=2, **settings):
    net = net or network()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", td.TrainingStoppedWarning)
        return net.fit(x, T, epochs=epochs, batch_size=20, progress=False, **settings)


def stopped(*arguments, **settings):
    return run(*arguments, **settings).status


def with_nan(x):
    x = x.copy()
    x[7, 1] = np.nan
    return x


def of_nan_parameter():
    net = network()
    net["b1"] = [np.nan, 0]
    return net


def many():
    nets = [network(seed=seed) for seed in range(6)]
    with pytest.warns(td.TrainingStoppedWarning) as caught:
        td.fit_many(
            nets, with_nan(X), T, epochs=1, batch_size=20, threads=3, engine="compiled"
        )  # fmt: skip
    return str(caught[0].message)


def in_processes():
    nets = [network(seed=seed) for seed in range(8)]
    (status,) = {
        h.status
        for h in td.fit_many(nets, X, T, epochs=2, threads=2, engine="numpy", progress=False)
    }
    return status


def rows_not_shown():
    return td.History([{"epoch": i} for i in range(2000)])._repr_html_().partition("<p>")[2]


class Ask(td.Callback):
    """Keep the status of a run while it lasts."""

    def on_epoch(self, network, run, row):
        self.status = run.history.status


def of_validation_loss():
    net = td.Network([td.Affine(1)], 3, td.MeanSquaredError())
    return run(net, validation=(X, np.where(np.arange(40) == 7, 1e30, T))).status


def the_bar():
    bar = ProgressBar(1, 2)
    run(callbacks=[bar], epochs=1)
    task = bar._bar.tasks[0]
    return f"{task.description} {task.fields['loss']}"


def many_bar():
    bar = ManyProgress(4, 2)
    bar.show(lambda: (3, 6))
    bar.end()
    return bar._bar.tasks[0].description


def under_way():
    ask = Ask()
    run(callbacks=[ask])
    return ask.status


SAID = {
    "Not started": lambda: td.History().status,
    "Running": under_way,
    "2 epochs done": lambda: stopped(),
    "x[7, 1] is nan": lambda: stopped(x=with_nan(X)),
    "the parameter b1 holds NaN": lambda: stopped(of_nan_parameter()),
    "the output of Affine1, Affine(2), is the first": lambda: stopped(
        network(dtype="float32"), x=1e38 * X
    ),
    "the gradient of b1 is the first": lambda: stopped(
        network(td.Affine(4, initializer="zeros"), Root())
    ),
    "the update overflows": lambda: stopped(optimizer=Thrown(0.1)),
    "epoch 1/1 loss 0.": the_bar,
    "3/4 networks": many_bar,
    "on the validation data, the loss is inf": of_validation_loss,
    "on the validation data, the input holds nan at (7, 1)": lambda: stopped(
        validation=(with_nan(X), T)
    ),
    "6 of 6 networks stopped": many,
    " epochs done": in_processes,
    "1,980 earlier epochs": rows_not_shown,
    "as asked": lambda: choose("numpy", network(), td.SGD())[1],
    "every part has a compiled form": lambda: choose("auto", network(), td.SGD())[1],
    "the layer Root() has no": lambda: choose("auto", network(Root()), td.SGD())[1],
    "the optimizer Thrown(lr=0.1) has no": lambda: choose("auto", network(), Thrown(0.1))[1],
}


@pytest.mark.parametrize("part", SAID)
def test_a_run_says_the_same_in_chinese(part):
    english, chinese = in_both(SAID[part])
    assert part in english
    check_says_the_same(english, chinese)
