"""Every check that scikit-learn has for estimators, none excused but those with a reason."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from tidu.estimators import (
    NetworkClassifier,
    NetworkRegressor,
    TabularClassifier,
    TabularRegressor,
)

QUICK = {"hidden_layers": (30,), "learning_rate": 0.02, "epochs": 40}
"""Fewer epochs than by default, at a rate that makes up for it: the checks fit hundreds of times.
"""


ESTIMATORS = [
    NetworkClassifier(**QUICK),
    NetworkRegressor(**QUICK),
    TabularClassifier(epochs=40),
    TabularRegressor(epochs=40),
    TabularClassifier(variant="td", epochs=40),
    TabularRegressor(variant="td", epochs=40),
]


def expected_failures(estimator):
    if not isinstance(estimator, TabularClassifier | TabularRegressor):
        return {}
    reason = "a share is held out, and medians are those of the rows, however much each weighs"
    return {
        "check_sample_weight_equivalence_on_dense_data": reason,
        "check_sample_weight_equivalence_on_sparse_data": reason,
    }


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
def test_check(estimator, check):
    check(estimator)
