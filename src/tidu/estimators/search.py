"""scikit-learn's searches, with all networks of one architecture trained in one call.

Where `GridSearchCV` of scikit-learn fits an estimator for each setting and fold, one after another
or in other processes, these hand the networks of all to `tidu.fit_many`; see `gathering`. What
they find is what scikit-learn finds, in the same attributes. The same holds for anything else that
scikit-learn gives to joblib, within ``joblib.parallel_config(backend="tidu")``.
"""

from __future__ import annotations

from typing import Any, Self

import joblib
import sklearn.model_selection

from tidu.training.cluster import GATHERING_BACKEND

__all__ = ["GridSearchCV", "RandomizedSearchCV"]


class _OneCall:
    """Fit within the backend that gathers the fits of networks."""

    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Try all settings, all folds of them at once, and fit the best anew.

        Parameters
        ----------
        X, y, **params
            As in scikit-learn's search.

        Returns
        -------
        self
        """
        with joblib.parallel_config(backend=GATHERING_BACKEND):
            return super().fit(X, y, **params)  # type: ignore[misc]


class GridSearchCV(_OneCall, sklearn.model_selection.GridSearchCV):
    """scikit-learn's `GridSearchCV`, whose networks learn in one call of `tidu.fit_many`.

    Parameters, attributes and results are those of scikit-learn's, to the bit where the networks
    have ``threads=1``, but for ``n_jobs``, which has no effect: how many threads share the networks
    is a matter of the estimator's ``threads``. Times are those until all networks had learned.

    Any estimator may be given: of a pipeline, the steps before the network are carried out as
    scikit-learn does it, and estimators without a network learn one after another.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from tidu.estimators import NetworkClassifier
    >>> from tidu.estimators.search import GridSearchCV
    >>> X, y = load_wine(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), NetworkClassifier((16,), epochs=20, random_state=0))
    >>> search = GridSearchCV(model, {"networkclassifier__learning_rate": [1e-5, 1e-2]})
    >>> search.fit(X, y).best_params_
    {'networkclassifier__learning_rate': 0.01}
    """


class RandomizedSearchCV(_OneCall, sklearn.model_selection.RandomizedSearchCV):
    """scikit-learn's `RandomizedSearchCV`, whose networks learn in one call of `tidu.fit_many`.

    See `GridSearchCV`.

    Examples
    --------
    >>> from scipy.stats import loguniform
    >>> from tidu.estimators import NetworkRegressor
    >>> from tidu.estimators.search import RandomizedSearchCV
    >>> settings = {"learning_rate": loguniform(1e-4, 1e-1)}
    >>> search = RandomizedSearchCV(NetworkRegressor(), settings, n_iter=20, random_state=0)
    """
