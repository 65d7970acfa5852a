"""One sample that is left over joins the batch before it, where a layer needs batches."""

import numpy as np
import pytest

import tidu as td
from tests.training.problems import same_bits, samples
from tidu.formats import Checkpoint
from tidu.training import Callback, Run
from tidu.training.batches import from_samples, samples_of

ENGINES = ["numpy", "compiled"]


def normalized(**settings):
    layers = [td.Affine(6, bias=False), td.BatchNorm(), td.ReLU(), td.Affine(2)]
    return td.Network(layers, 3, td.SoftmaxCrossEntropy(), **settings)


def plain(**settings):
    return td.Network([td.Affine(6), td.ReLU(), td.Affine(2)], 3, td.SoftmaxCrossEntropy())


SIZES = [  # network, samples, batch size, sizes of the batches
    (normalized, 21, 10, [10, 11]),
    (normalized, 31, 10, [10, 10, 11]),
    (normalized, 22, 10, [10, 10, 2]),
    (normalized, 20, 10, [10, 10]),
    (normalized, 11, 10, [11]),
    (normalized, 3, 2, [3]),
    (normalized, 4, 1, [1, 1, 1, 1]),
    (normalized, 1, 10, [1]),
    (plain, 21, 10, [10, 10, 1]),
]


def batches(make, n, batch_size, position=0, joins=True):
    x, t = samples(n=n)
    net = make()
    data = from_samples(samples_of(net, x, t, None, batch_size))
    run = Run(net.theta, net.state, td.SGD(), {}, 0, position=position, last_batch_joins=joins)
    taken = [
        chunk.order[i : i + chunk.batch_size]
        for chunk in data.chunks(run)
        for i in range(0, len(chunk.order), chunk.batch_size)
    ]
    return data.steps, taken


@pytest.mark.parametrize(("make", "n", "batch_size", "sizes"), SIZES)
def test_sizes_of_batches(make, n, batch_size, sizes):
    steps, taken = batches(make, n, batch_size)
    assert steps == len(sizes)
    assert [len(rows) for rows in taken] == sizes
    assert sorted(np.concatenate(taken)) == list(range(n))
    for position in range(len(sizes) + 1):
        _, rest = batches(make, n, batch_size, position)
        assert [rows.tolist() for rows in rest] == [rows.tolist() for rows in taken[position:]]


def test_samples_that_do_not_count_are_no_batch():
    x, t = samples(n=25)
    weights = np.ones(25)
    weights[:4] = 0
    net = normalized()
    net.fit(x, t, sample_weight=weights, epochs=1, batch_size=10)
    assert net.run.step == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_no_batch_of_one_reaches_the_running_variance(engine):
    x, t = samples(n=21)
    net = td.Network([td.BatchNorm(momentum=0.5), td.Affine(2)], 3, td.SoftmaxCrossEntropy())
    net.fit(x, t, epochs=30, batch_size=10, engine=engine)
    # The variance of ten of these samples, where a last batch of one would have halved it.
    ratio = net["running_var1"] / x.var(axis=0)
    assert ratio.min() > 0.6
    assert ratio.max() < 1.5


@pytest.mark.parametrize("engine", ENGINES)
def test_it_goes_on_from_any_step_to_the_same_bits(engine, tmp_path):
    x, t = samples(n=21)

    class StopAt(Callback):
        every_steps = 1

        def __init__(self, step):
            self.step = step

        def on_steps(self, network, run, steps):
            if run.step == self.step:
                raise KeyboardInterrupt

    def fit(*callbacks):
        net = normalized()
        net.fit(x, t, epochs=3, batch_size=10, engine=engine, callbacks=callbacks)
        return net

    whole = fit()
    for step in range(1, 6):
        saver = {"path": tmp_path / str(step), "every": 1, "unit": "steps"}
        with pytest.raises(KeyboardInterrupt):
            fit(Checkpoint(**saver), StopAt(step))
        assert same_bits(fit(Checkpoint(**saver, resume=True)), whole)


def test_both_engines_agree():
    x, t = samples(n=41)
    nets = [normalized(dtype="float64") for _ in ENGINES]
    for net, engine in zip(nets, ENGINES, strict=True):
        net.fit(x, t, epochs=5, batch_size=10, engine=engine, optimizer=td.Adam(0.01))
    np.testing.assert_allclose(nets[0].theta, nets[1].theta, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(nets[0].state, nets[1].state, rtol=1e-9, atol=1e-11)


def test_runs_of_an_older_form_keep_their_batches():
    assert [len(rows) for rows in batches(normalized, 21, 10, joins=False)[1]] == [10, 10, 1]
