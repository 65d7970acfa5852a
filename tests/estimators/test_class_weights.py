"""The weights of classes, held to scikit-learn's where it has them."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from tidu.estimators.class_weights import weights_by_class

RNG = np.random.default_rng(0)
CLASSES = np.array(["a", "b", "c"])
T = RNG.choice(3, p=[0.6, 0.3, 0.1], size=50)
LABELS = RNG.integers(0, 2, size=(50, 3))


@pytest.mark.parametrize("class_weight", [None, "balanced", {"a": 3}, {"a": 0.5, "b": 2, "c": 0}])
def test_classes(class_weight):
    ours = weights_by_class(class_weight, CLASSES, T, np.ones(50))
    assert np.allclose(ours, compute_sample_weight(class_weight, CLASSES[T]), rtol=1e-12)


@pytest.mark.parametrize("class_weight", ["balanced", [{1: 2}, {0: 3}, {0: 1, 1: 5}]])
def test_labels(class_weight):
    filled = class_weight
    if isinstance(class_weight, list):
        filled = [{0: 1, 1: 1} | one for one in class_weight]  # scikit-learn wants each class
    ours = weights_by_class(class_weight, np.arange(3), LABELS, np.ones(50))
    assert np.allclose(ours, compute_sample_weight(filled, LABELS), rtol=1e-12)


def test_balance_counts_a_weight_of_k_as_k_samples():
    counts = RNG.integers(0, 4, size=50)
    weighted = weights_by_class("balanced", CLASSES, T, counts.astype(float))
    repeated = weights_by_class("balanced", CLASSES, T.repeat(counts), np.ones(counts.sum()))
    assert np.allclose(weighted.repeat(counts), repeated, rtol=1e-12)


def test_a_class_that_is_absent_does_not_count():
    assert (weights_by_class("balanced", CLASSES, np.array([0, 1]), np.ones(2)) == 1).all()
