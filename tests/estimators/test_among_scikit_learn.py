"""The estimators in the hands of scikit-learn: searches, pipelines, calibration, files, routing."""

import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import tidu as td
from tests.estimators.problems import features, three_classes, two_values
from tidu.estimators import NetworkClassifier, NetworkRegressor

X = features()
Y, VALUES = three_classes(X), two_values(X)
QUICK = {"hidden_layers": (10,), "learning_rate": 0.05, "epochs": 30, "random_state": 0}
BOTH = pytest.mark.parametrize(
    ("model", "y"),
    [(NetworkClassifier(**QUICK), Y), (NetworkRegressor(**QUICK), VALUES)],
    ids=["classifier", "regressor"],
)


@BOTH
def test_pipeline_and_search(model, y):
    step = type(model).__name__.lower()
    grid = {
        f"{step}__hidden_layers": [(5,), [td.Affine(5), td.Tanh()]],
        f"{step}__optimizer": ["sgd", td.Adam()],
    }
    search = GridSearchCV(make_pipeline(StandardScaler(), model), grid, cv=2).fit(X, y)
    assert search.best_score_ > 0.7
    assert search.best_estimator_[-1].network_.run.epoch == 30


def test_cross_validation_on_two_processes():
    both = [cross_val_score(NetworkClassifier(**QUICK), X, Y, cv=3, n_jobs=n) for n in (1, 2)]
    assert (both[0] == both[1]).all()


def test_calibration():
    model = CalibratedClassifierCV(NetworkClassifier(**QUICK), cv=2).fit(X, Y)
    assert model.score(X, Y) > 0.8


def test_permutation_importance():
    model = NetworkClassifier(**QUICK).fit(X, Y)
    found = permutation_importance(model, X, Y, n_repeats=3, random_state=0).importances_mean
    assert found[:2].min() > 10 * np.abs(found[2:]).max()  # Y depends on the first two alone


def test_targets_that_are_scaled_there_and_back():
    y = 1000 + 300 * VALUES
    plain = NetworkRegressor(**QUICK)
    scaled = TransformedTargetRegressor(plain, transformer=StandardScaler())
    assert scaled.fit(X, y).score(X, y) > 0.9
    assert scaled.predict(X).shape == y.shape


@BOTH
def test_clone_has_the_settings_and_nothing_learned(model, y):
    fitted = clone(model).fit(X, y)
    again = clone(fitted)
    assert again.get_params() == fitted.get_params()
    assert not hasattr(again, "network_")
    assert (again.fit(X, y).network_.theta == fitted.network_.theta).all()


def by_pickle(model, path):
    return pickle.loads(pickle.dumps(model))


def by_joblib(model, path):
    joblib.dump(model, path)
    return joblib.load(path)


def by_memory_map(model, path):
    joblib.dump(model, path)
    return joblib.load(path, mmap_mode="r")


@pytest.mark.filterwarnings("ignore::tidu.estimators.fitting.NotConvergedWarning")
@BOTH
@pytest.mark.parametrize("there_and_back", [by_pickle, by_joblib, by_memory_map])
def test_files(model, y, there_and_back, tmp_path):
    fitted = clone(model).set_params(early_stopping=True, callbacks=[td.EarlyStopping("loss")])
    fitted.fit(X, y)
    again = there_and_back(fitted, tmp_path / "model.joblib")
    assert (again.predict(X) == fitted.predict(X)).all()
    assert again.history_.rows == fitted.history_.rows


@BOTH
def test_a_model_from_a_file_learns_on(model, y, tmp_path):
    straight = clone(model).partial_fit(X, y, **_classes(model)).partial_fit(X, y)
    first = clone(model).partial_fit(X, y, **_classes(model))
    resumed = by_pickle(first, tmp_path).partial_fit(X, y)
    assert (resumed.network_.theta == straight.network_.theta).all()


def _classes(model):
    return {"classes": np.unique(Y)} if isinstance(model, NetworkClassifier) else {}


@BOTH
def test_the_network_is_one_of_tidus_own(model, y, tmp_path):
    fitted = clone(model).fit(X, y)
    fitted.network_.save(tmp_path / "model.safetensors")
    again = td.load(tmp_path / "model.safetensors")
    # Kernels that are compiled add in another order than NumPy, by which a loaded network predicts.
    assert np.allclose(again.predict_proba(X), fitted.network_.predict_proba(X), rtol=1e-10)


def test_weights_are_routed():
    w = np.random.default_rng(0).random(len(X))
    with sklearn.config_context(enable_metadata_routing=True):
        model = NetworkClassifier(**QUICK)
        model.set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        model.set_partial_fit_request(classes=True, sample_weight=True)
        weighted = cross_validate(model, X, Y, cv=2, params={"sample_weight": w},
                                  return_estimator=True)  # fmt: skip
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, model).fit(X, Y, sample_weight=w)
    plain = cross_validate(NetworkClassifier(**QUICK), X, Y, cv=2, return_estimator=True)
    thetas = [run["estimator"][0].network_.theta for run in (weighted, plain)]
    assert (thetas[0] != thetas[1]).any()
    direct = NetworkClassifier(**QUICK).fit(StandardScaler().fit_transform(X), Y, sample_weight=w)
    assert (pipeline[-1].network_.theta == direct.network_.theta).all()


@BOTH
def test_page_shows_settings_and_whether_it_is_fitted(model, y):
    page = clone(model)._repr_html_()
    assert type(model).__name__ in page
    assert "hidden_layers" in page
    assert "Not fitted" in page
    assert "Not fitted" not in clone(model).fit(X, y)._repr_html_()


@pytest.mark.parametrize("library", ["pandas", "polars"])
@BOTH
def test_data_frames(library, model, y):
    frames = pytest.importorskip(library, reason=f"{library} is not installed")
    names = list("abcd")
    X_frame = frames.DataFrame({name: X[:, i] for i, name in enumerate(names)})
    if y.ndim == 1:
        y_frame = frames.Series(y)
    else:
        y_frame = frames.DataFrame({"u": y[:, 0], "v": y[:, 1]})
    fitted = clone(model).set_params(validation=(X_frame, y_frame)).fit(X_frame, y_frame)
    plain = clone(model).fit(X, y)
    assert fitted.feature_names_in_.tolist() == names
    assert (fitted.predict(X_frame) == plain.predict(X)).all()
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(X_frame[["b", "a", "c", "d"]])


class Table:
    """The least of a data frame: columns by name, and an array of them all."""

    def __init__(self, columns):
        self.columns = columns
        self.shape = (len(next(iter(columns.values()))), len(columns))

    def __len__(self):
        return self.shape[0]

    def __array__(self, dtype=None, copy=None):
        return np.stack(list(self.columns.values()), axis=1).astype(dtype or float)


@BOTH
def test_what_gives_an_array_is_taken_as_one(model, y):
    table = Table({name: X[:, i] for i, name in enumerate("abcd")})
    fitted = clone(model).fit(table, y)
    assert (fitted.predict(table) == clone(model).fit(X, y).predict(X)).all()


def test_scikit_learn_is_needed_for_this_room_alone():
    code = """
import sys
sys.modules["sklearn"] = None  # as if it were not installed
import tidu
try:
    import tidu.estimators
except tidu.MissingExtraError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'tidu[sklearn]'" in done.stdout
