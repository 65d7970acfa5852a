"""Networks from PyTorch and to it: the same values give the same outputs."""

import numpy as np
import pytest

import tidu as td
from tests.formats.travellers import DEEP, Traveller, travellers
from tests.neighbours import neighbour
from tests.tables import Square
from tidu.errors import InputError
from tidu.schema import Column, Schema, Target

pytestmark = pytest.mark.neighbours
torch = neighbour("torch")
nn = torch.nn


def module_outputs(module, x):
    with torch.no_grad():
        return module.eval()(torch.tensor(x)).numpy()


def close(dtype):
    """Return what the same formulas in sums of another order may differ by."""
    return {"rtol": 1e-12, "atol": 1e-13} if dtype == "float64" else {"rtol": 2e-6, "atol": 1e-6}


@pytest.mark.parametrize("row", travellers("torch"), ids=lambda row: row.id)
def test_there_and_back_gives_the_same_outputs_and_the_same_bits(row):
    net, x = row.network(), row.samples()
    module = net.to_torch()
    found = module_outputs(module, x)
    assert not module.training
    assert found.dtype == net.dtype
    np.testing.assert_allclose(found, net.forward(x), **close(row.dtype))
    if row.dtype == "float64" and not net.layout.size:
        return  # nothing in the module says so
    again = td.from_torch(module, row.loss, input_shape=row.input_shape)
    assert again.theta.tobytes() == net.theta.tobytes()
    for entry in net.state_layout.entries:
        if entry.path[-1] == "running_weight":
            net[entry.name] = np.ones(entry.shape)  # PyTorch's averages have no weight
    assert again.state.tobytes() == net.state.tobytes()
    np.testing.assert_allclose(again.forward(x), net.forward(x), **close(row.dtype))


def test_a_module_names_the_columns_of_a_table():
    net = td.Network([td.Affine(1)], 2, td.MeanSquaredError())
    net.schema = Schema((Column("age"), Column("pay")), Target("y", "values"))
    assert net.to_torch().inputs == ("age", "pay")


def test_values_are_copies():
    net = Traveller(DEEP, (2, 3)).network()
    module, theta = net.to_torch(), net.theta.copy()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
    assert net.theta.tobytes() == theta.tobytes()
    again = td.from_torch(module, input_shape=(2, 3))
    again.theta += 1
    assert not any(parameter.any() for parameter in module.parameters())


def trained(module, inputs):
    """Take some steps, so that nothing is where it started."""
    torch.manual_seed(0)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        module.train()(torch.randn(16, inputs)).square().mean().backward()
        optimizer.step()
    return module


SEQUENTIALS = [
    lambda: nn.Sequential(nn.Linear(4, 3)),
    lambda: nn.Sequential(nn.Linear(4, 8, bias=False), nn.BatchNorm1d(8, eps=1e-3, momentum=0.3),
                          nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 2)),
    lambda: nn.Sequential(nn.BatchNorm1d(4), nn.Sequential(nn.Linear(4, 5), nn.ELU(0.7)),
                          nn.LeakyReLU(0.2), nn.Linear(5, 5), nn.GELU(approximate="tanh"),
                          nn.SiLU(), nn.SELU(), nn.Mish(), nn.Softplus(), nn.Tanh(),
                          nn.Sigmoid(), nn.Identity()),
    lambda: nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1)),
    lambda: nn.Sequential(nn.Linear(4, 3), nn.Flatten()).double(),
]  # fmt: skip


@pytest.mark.parametrize("make", SEQUENTIALS, ids=range(len(SEQUENTIALS)))
def test_a_sequential_becomes_a_network_that_predicts_the_same(make):
    torch.manual_seed(1)
    module = make()
    dtype = next(module.parameters()).dtype
    module = trained(module, 4) if dtype == torch.float32 else module
    net = td.from_torch(module)
    x = np.random.default_rng(0).normal(size=(20, 4)).astype(net.dtype)
    np.testing.assert_allclose(net.predict(x), module_outputs(module, x), **close(str(net.dtype)))


def test_with_a_loss_it_has_classes_and_learns_further():
    torch.manual_seed(1)
    net = td.from_torch(nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2)),
                        td.SoftmaxCrossEntropy())  # fmt: skip
    x = np.random.default_rng(0).normal(size=(100, 3))
    t = (x[:, 0] > 0).astype(int)
    net.fit(x, t, optimizer=td.Adam(0.05), epochs=10, batch_size=20)
    assert net.accuracy(x, t) > 0.9


class Linear(nn.Linear):
    """Another class of the same name, which may compute anything."""


class Residual(nn.Module):
    """Another class of the same name, with a block."""

    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(nn.Linear(2, 2))


REFUSED = [
    (nn.Sequential(Linear(2, 2)), InputError, "has no counterpart in Tidu"),
    (nn.Sequential(nn.Linear(2, 2), Residual()), InputError, "has no counterpart in Tidu"),
    (nn.Linear(2, 2), TypeError, "must be a torch.nn.Sequential, got Linear"),
    (nn.Sequential(nn.Conv2d(1, 1, 3)), InputError, "Conv2d(1, 1, kernel_size=(3, 3), stride=(1"),
    (nn.Sequential(nn.Linear(2, 2), nn.GELU()), InputError, "write GELU(approximate='tanh')"),
    (nn.Sequential(nn.Linear(2, 2), nn.Softmax(dim=0)), InputError, "dim=-1"),
    (nn.Sequential(nn.Linear(2, 2), nn.Softplus(beta=2.0)), InputError, "beta=1"),
    (nn.Sequential(nn.Flatten(0), nn.Linear(2, 2)), InputError, "Flatten gives rows"),
    (nn.Sequential(nn.BatchNorm1d(2, affine=False)), InputError, "running averages"),
    (nn.Sequential(nn.BatchNorm1d(2, momentum=None)), InputError, "running averages"),
    (nn.Sequential(nn.Flatten(), nn.Linear(6, 2)), InputError, "`input_shape` is needed"),
    (nn.Sequential(nn.ReLU()), InputError, "`input_shape` is needed"),
    (nn.Sequential(nn.Linear(2, 2).half()), InputError, "holds numbers of float16"),
    (nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2).double()), InputError, "float32, float64"),
]


@pytest.mark.parametrize(("module", "error", "sentence"), REFUSED)
def test_what_has_no_counterpart_is_named(module, error, sentence):
    with pytest.raises(error) as caught:
        td.from_torch(module)
    assert sentence in str(caught.value)


def test_a_layer_of_ones_own_is_refused_by_name():
    net = td.Network([td.Affine(2), Square()], 3, td.MeanSquaredError())
    with pytest.raises(InputError, match=r"Square\(\) cannot be written as a module of PyTorch"):
        net.to_torch()
