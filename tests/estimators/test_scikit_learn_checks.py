"""Every check that scikit-learn has for estimators, none excused."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from tidu.estimators import NetworkClassifier, NetworkRegressor

QUICK = {"hidden_layers": (30,), "learning_rate": 0.02, "epochs": 40}
"""Fewer epochs than by default, at a rate that makes up for it: the checks fit hundreds of times.
"""


@parametrize_with_checks([NetworkClassifier(**QUICK), NetworkRegressor(**QUICK)])
def test_check(estimator, check):
    check(estimator)
