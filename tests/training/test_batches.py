"""Where steps get their samples from."""

import numpy as np
import pytest

from tests.training.problems import N, network, samples, small_network
from tidu.errors import InputError, ShapeError
from tidu.optimizers import SGD
from tidu.training import Run
from tidu.training.batches import from_batches, from_samples, samples_of


def run_at(epoch=0, seed=0, position=0):
    net = small_network()
    return Run(net.theta, net.state, SGD(), {}, seed, epoch=epoch, position=position)


def order(epoch, seed=0, batch_size=10, weights=None, position=0):
    x, t = samples()
    data = from_samples(samples_of(small_network(), x, t, weights, batch_size))
    (chunk,) = data.chunks(run_at(epoch, seed, position))
    return chunk.order


def test_every_epoch_takes_every_sample_once_in_an_order_of_its_own():
    orders = [order(epoch, seed) for epoch in range(4) for seed in range(2)]
    for found in orders:
        assert sorted(found) == list(range(N))
    assert len({tuple(found) for found in orders}) == len(orders)
    assert np.array_equal(order(2), order(2))


def test_the_order_does_not_depend_on_the_batch_size():
    assert np.array_equal(order(1, batch_size=3), order(1, batch_size=100))


def test_an_epoch_can_be_entered_in_its_middle():
    assert np.array_equal(order(1, position=2), order(1)[20:])


def test_samples_of_weight_0_are_left_out():
    weights = np.zeros(N)
    weights[[3, 5, 41]] = [0.5, 2, 1]
    assert sorted(order(0, weights=weights)) == [3, 5, 41]


@pytest.mark.parametrize(("batch_size", "steps"), [(1, 47), (10, 5), (46, 2), (47, 1), (100, 1)])
def test_the_number_of_steps_is_known(batch_size, steps):
    x, t = samples()
    assert from_samples(samples_of(small_network(), x, t, None, batch_size)).steps == steps


def test_arrays_are_not_copied():
    x, t = samples()
    (chunk,) = from_samples(samples_of(small_network(), x, t, None, 10)).chunks(run_at())
    assert chunk.x is x
    assert chunk.t is t


def test_batches_come_in_their_own_order_and_sizes():
    x, t = samples()
    batches = [
        (x[:10], t[:10]),
        (x[10:13].tolist(), t[10:13].tolist()),
        [x[13:], t[13:], t[13:] + 1],
    ]
    data = from_batches(small_network(), batches, epochs=2)
    assert data.steps == 3
    found = list(data.chunks(run_at()))
    assert [s.batch_size for s in found] == [10, 3, 34]
    assert [s.weights is None for s in found] == [True, True, False]
    assert all(np.array_equal(s.order, np.arange(len(s.x))) for s in found)
    np.testing.assert_array_equal(np.concatenate([s.x for s in found]).astype(np.float32), x)


def test_a_generator_serves_one_epoch():
    x, t = samples()
    net, again = network(), network()
    history = net.fit(((x[i : i + 10], t[i : i + 10]) for i in range(0, N, 10)), epochs=1)
    again.fit([(x[i : i + 10], t[i : i + 10]) for i in range(0, N, 10)], epochs=1)
    assert history.status == "1 epoch done"
    assert np.array_equal(net.theta, again.theta)
    assert net.run.step == 5
    with pytest.raises(InputError, match="an iterator, which can be gone through only once"):
        net.fit(iter([(x, t)]), epochs=2)


def test_an_iterable_class_serves_many_epochs():
    x, t = samples()

    class Batches:
        def __iter__(self):
            yield x, t
            yield x[:5], t[:5]

    net = network()
    history = net.fit(Batches(), epochs=3)
    assert net.run.step == 6
    assert len(history) == 3


def test_weights_of_batches_are_those_of_arrays():
    x, t = samples()
    weights = np.random.default_rng(1).uniform(0.5, 2, N)
    net, again = small_network(), small_network()
    history = net.fit([(x, t, weights)], optimizer=SGD(0.5), epochs=1)
    other = again.fit(x, t, sample_weight=weights, batch_size=N, optimizer=SGD(0.5), epochs=1)
    # the order of the samples in the sums; float32
    np.testing.assert_allclose(net.theta, again.theta, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(history["loss"], other["loss"], rtol=1e-6)
    np.testing.assert_allclose(history["accuracy"], other["accuracy"], rtol=1e-6)


X, T = samples()
BAD_BATCHES = [
    ([], InputError, "`x` gave no batches"),
    ([5], InputError, "a batch must be (x, t) or (x, t, sample_weight), got 5 (int)"),
    ([(X,)], InputError, "a batch must be (x, t)"),
    ([(X, T, T, T)], InputError, "a batch must be (x, t)"),
    ([(X, T[:5])], ShapeError, "`x` has 47 samples and `t` is an int64 array of shape (5,)"),
    ([(X[:, :2], T)], ShapeError, "this network takes (N, 3)"),
    ([(np.float32(1.0), T)], ShapeError, "this network takes (N, 3)"),
    ([(X, T, T[:4])], ShapeError, "`sample_weight` has shape (4,)"),
    ([(X, T, 0 * T)], InputError, "all of its samples have weight 0"),
    ([(X, T + 1)], InputError, "class 2"),
    ([(X[:0], T[:0])], InputError, "a batch must hold at least one sample"),
    ("abc", InputError, "a batch must be (x, t)"),
    (7, InputError, "`t` is missing"),
    (X, InputError, "`t` is missing"),
]


@pytest.mark.parametrize(("batches", "error", "sentence"), BAD_BATCHES)
def test_batches_that_cannot_be_used_are_named(batches, error, sentence):
    net = small_network()
    before = net.theta.copy()
    with pytest.raises(error) as caught:
        net.fit(batches, epochs=1)
    assert sentence in str(caught.value)
    assert np.array_equal(net.theta, before)
