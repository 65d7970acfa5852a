import numpy as np

from tests.training.problems import network, samples
from tidu.optimizers import Adam


def test_a_run_owns_the_vectors_of_its_network_and_counts_what_is_done():
    x, t = samples()
    net = network(seed=3)
    assert net.run is None
    history = net.fit(x, t, optimizer=Adam(), epochs=2, batch_size=10)
    run = net.run
    assert run.theta is net.theta
    assert run.state is net.state
    assert run.history is history
    assert (run.epoch, run.step, run.position, run.seed) == (2, 10, 0, 3)
    assert np.array_equal(run.sums, np.zeros(3))
    assert set(run.optimizer_state) == {"m", "v"}
