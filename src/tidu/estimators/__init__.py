"""The scikit-learn face: networks as a classifier and a regressor that scikit-learn can drive.

They work wherever scikit-learn takes an estimator: pipelines, searches, cross-validation,
calibration. `tabular` takes tables as they are, `groups` has a network for each group of samples,
`members` are the networks of an ensemble, `search` has searches that train all their networks in
one call, which `gathering` and `pausing` carry out. `base` holds what all share, `samples` holds
samples with their weights and measures those held out, `class_weights` gives samples the weights of
their classes, `fitting` keeps an estimator's state true while it learns and calls scikit-learn's
callbacks. Needs scikit-learn (``pip install 'tidu[sklearn]'``), so ``import tidu`` does not load
this room: import it by name.
Left out: a loss of your own and inputs that are not tables, for which there is `tidu.Network`.
"""

from tidu.errors import need

need("sklearn", extra="sklearn")

from tidu.estimators.classifier import NetworkClassifier  # noqa: E402 (first the sentence above)
from tidu.estimators.groups import (  # noqa: E402
    GroupedNetworkClassifier,
    GroupedNetworkRegressor,
)
from tidu.estimators.regressor import NetworkRegressor  # noqa: E402
from tidu.estimators.tabular import TabularClassifier, TabularRegressor  # noqa: E402

__all__ = [
    "GroupedNetworkClassifier",
    "GroupedNetworkRegressor",
    "NetworkClassifier",
    "NetworkRegressor",
    "TabularClassifier",
    "TabularRegressor",
]
