"""What both estimators do with their settings."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.exceptions import NotFittedError

import tidu as td
from tests.bad_inputs.estimators import ROWS
from tests.estimators.problems import features, three_classes, two_values
from tidu.estimators import NetworkClassifier, NetworkRegressor

X = features()
Y, VALUES = three_classes(X), two_values(X)[:, 0]
BOTH = pytest.mark.parametrize(
    ("Estimator", "y"), [(NetworkClassifier, Y), (NetworkRegressor, VALUES)], ids=["class", "value"]
)
QUICK = {"hidden_layers": (10,), "epochs": 4, "batch_size": 50}


def test_it_learns_as_the_network_does_that_one_would_write():
    layers = [td.Affine(10), td.BatchNorm(), td.Tanh(), td.Dropout(0.2), td.Affine(3)]
    layers[0] = td.Affine(10, bias=False)
    net = td.Network(layers, 4, td.SoftmaxCrossEntropy(), penalty=td.L2(0.01), seed=5,
                     dtype="float64")  # fmt: skip
    t = np.unique(Y, return_inverse=True)[1]
    history = net.fit(X, t, optimizer=td.RMSprop(0.02), epochs=4, batch_size=50)
    model = NetworkClassifier(
        **QUICK, activation="tanh", batch_norm=True, dropout=0.2, l2=0.01, optimizer="rmsprop",
        learning_rate=0.02, random_state=5,
    ).fit(X, Y)  # fmt: skip
    assert (model.network_.theta == net.theta).all()
    assert model.loss_curve_ == history["loss"].tolist()
    assert model.n_iter_ == 4


@BOTH
def test_the_same_seed_gives_the_same_bits(Estimator, y):
    def theta(random_state):
        return Estimator(**QUICK, random_state=random_state).fit(X, y).network_.theta

    assert (theta(3) == theta(3)).all()
    assert (theta(3) != theta(4)).any()
    assert (theta(np.random.RandomState(3)) == theta(np.random.RandomState(3))).all()
    assert (theta(None) != theta(None)).any()


@pytest.mark.parametrize(
    ("dtype", "computed"),
    [("float32", "float32"), ("uint8", "float32"), ("float64", "float64"), ("int64", "float64")],
)
def test_it_computes_in_a_dtype_that_holds_the_samples(dtype, computed):
    x = (20 * np.abs(X)).astype(dtype)
    assert NetworkRegressor(**QUICK).fit(x, VALUES).network_.dtype == computed


@pytest.mark.parametrize(("n", "size", "steps"), [(120, "auto", 1), (450, "auto", 3), (120, 50, 3)])
def test_batch_size(n, size, steps):
    model = NetworkRegressor((5,), epochs=2, batch_size=size)
    model.fit(np.resize(X, (n, 4)), np.resize(VALUES, n))
    assert model.network_.run.step == 2 * steps


@BOTH
def test_validation_of_ones_own(Estimator, y):
    model = Estimator(**QUICK, validation=(X[:30], y[:30])).fit(X[30:], y[30:])
    t = np.unique(y, return_inverse=True)[1] if Estimator is NetworkClassifier else y
    loss = model.network_.loss(X[:30], t[:30])
    assert model.history_[-1]["val_loss"] == pytest.approx(loss, rel=1e-12)


@BOTH
def test_a_share_is_held_out(Estimator, y):
    model = Estimator(**QUICK, validation=0.25, random_state=0).fit(X, y)
    assert model.network_.run.step == 4 * 2  # 90 samples in batches of 50
    assert "val_loss" in model.history_.columns


@BOTH
@pytest.mark.parametrize("patience", [True, 3])
def test_early_stopping_goes_back_to_the_best(Estimator, y, patience):
    rng = np.random.default_rng(0)
    noise = rng.permutation(y)
    settings = {"hidden_layers": (50,), "learning_rate": 0.05, "random_state": 0, "batch_size": 20}
    held = X[:40], noise[:40]
    model = Estimator(**settings, validation=held, early_stopping=patience)
    model.fit(X[40:], noise[40:])
    losses = model.history_["val_loss"]
    best = int(losses.argmin())
    assert model.n_iter_ == best + 1 + (10 if patience is True else patience)
    assert "went back to the network of epoch" in model.history_.status
    t = np.unique(noise, return_inverse=True)[1] if Estimator is NetworkClassifier else noise
    assert model.network_.loss(X[:40], t[:40]) == pytest.approx(losses[best], rel=1e-12)


@pytest.mark.filterwarnings("ignore::tidu.estimators.fitting.NotConvergedWarning")
def test_early_stopping_holds_out_a_tenth_by_itself():
    model = NetworkRegressor(**QUICK, early_stopping=True).fit(X, VALUES)
    assert "val_loss" in model.history_.columns


def test_callbacks_hear_of_each_epoch_with_its_validation():
    heard = []

    class Listen(td.Callback):
        def on_epoch(self, network, run, row):
            heard.append(row["val_loss"])

    model = NetworkRegressor(**QUICK, validation=0.1, callbacks=[Listen()]).fit(X, VALUES)
    assert heard == model.history_["val_loss"].tolist()


def test_progress_is_shown_when_asked_for(capsys):
    NetworkRegressor(**QUICK).fit(X, VALUES)
    assert capsys.readouterr().err == ""
    NetworkRegressor(**QUICK, progress=True).fit(X, VALUES)
    assert len(capsys.readouterr().err.splitlines()) == 5  # a header and four epochs


@BOTH
def test_a_warm_start_goes_on(Estimator, y):
    once = Estimator(**QUICK | {"epochs": 8}, random_state=0).fit(X, y)
    twice = Estimator(**QUICK, random_state=0, warm_start=True).fit(X, y).fit(X, y)
    assert (twice.network_.theta == once.network_.theta).all()
    assert twice.n_iter_ == 8
    cold = Estimator(**QUICK, random_state=0).fit(X, y).fit(X, y)
    assert cold.n_iter_ == 4


def test_a_warm_start_takes_up_new_settings():
    model = NetworkRegressor(**QUICK, warm_start=True).fit(X, VALUES)
    model.set_params(l2=0.5, learning_rate=0.01, epochs=1).fit(X, VALUES)
    assert model.network_.penalty == td.L2(0.5)
    assert model.network_.run.optimizer == td.Adam(0.01)
    assert model.n_iter_ == 5


def test_cosine_ends_at_zero():
    model = NetworkRegressor(**QUICK, schedule="cosine", learning_rate=0.1).fit(X, VALUES)
    rates = model.history_["lr"]
    assert (np.diff(rates) < 0).all()
    assert rates[-1] < 0.01


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_engine(engine):
    model = NetworkRegressor(**QUICK, engine=engine, threads=1).fit(X, VALUES)
    assert model.history_.engine in ("numpy", "compiled")
    assert engine == "auto" or model.history_.engine == engine


def test_numbers_that_are_not_finite_end_the_run_before_its_first_epoch():
    model = NetworkRegressor(**QUICK)
    with pytest.raises(td.NonFiniteError, match="Stopped before step 1 "):
        model.fit(X * 1e200, VALUES)
    with pytest.raises(NotFittedError):
        model.predict(X)


@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_no_argument_is_changed(kind):
    x, y, w = kind(X), VALUES.copy(), np.ones(len(X))
    NetworkRegressor(**QUICK).fit(x, y, sample_weight=w).predict(x)
    assert (abs(x - kind(X))).max() == 0
    assert (y == VALUES).all()
    assert (w == 1).all()


@pytest.mark.parametrize("Estimator", [NetworkClassifier, NetworkRegressor])
def test_every_setting_has_a_row_of_bad_inputs(Estimator):
    covered = {row.argument for row in ROWS}
    free = {"progress", "threads"}  # read as true or false; judged by `fit` of the network
    missing = [
        name
        for name in Estimator().get_params()
        if name not in free and f"{Estimator.__name__}.{name}" not in covered
    ]
    assert not missing
