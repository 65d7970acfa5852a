"""A network for each group of samples: each shop, patient or sensor learns by itself, all at once.

A column of X says to which group a sample belongs. Beside the groups' networks one is pooled: it
learns from all samples, without that column, and answers for groups that are new or too small.
"""

from __future__ import annotations

import math
from abc import ABC
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from tidu.arrays import Array, dense, described
from tidu.errors import InputError, check_integer, did_you_mean
from tidu.estimators.base import NetworkEstimator
from tidu.estimators.classifier import NetworkClassifier
from tidu.estimators.regressor import NetworkRegressor
from tidu.estimators.samples import Samples
from tidu.network import Network
from tidu.training.many import fit_many


@dataclass(repr=False, eq=False, kw_only=True)
class GroupedEstimator(NetworkEstimator, ABC):
    """What both grouped estimators share: see `GroupedNetworkRegressor`."""

    group: str | int | None = None
    min_samples: int = 20

    def fit(self, X: Any, y: Any, sample_weight: Array | None = None, **held_out: Any) -> Self:
        """Learn from data: the pooled network first, then one network for each group.

        Parameters
        ----------
        X : (N, d) array or data frame
            With the column that names the groups, as numbers or words.
        y, sample_weight
            As in `NetworkRegressor` and `NetworkClassifier`.
        **held_out
            ``X_val``, ``y_val``, ``sample_weight_val``, for the pooled network.

        Returns
        -------
        self
        """
        least = check_integer("min_samples", self.min_samples)
        if self.group is not None and (self.warm_start or self.n_networks != 1):
            raise InputError("with `group`, networks begin anew: leave warm_start and n_networks")
        keys, rest = self._apart(X)
        if held_out.get("X_val") is not None:
            held_out["X_val"] = self._apart(held_out["X_val"])[1]
        super().fit(rest, y, sample_weight, **held_out)
        self.group_networks_: dict[Any, Network] = {}
        self.group_histories_: dict[Any, Any] = {}
        if keys is None:
            return self
        X, y = self._checked(rest, y, reset=False)
        whole = self._samples(X, y, sample_weight)
        names, number = np.unique(keys, return_inverse=True)
        groups = {}
        for i, name in enumerate(names.tolist()):
            part = whole[np.flatnonzero(number == i)]
            if len(part.used) >= least:
                groups[name] = part
        if groups:
            self._learn_groups(X, groups)
        return self

    def partial_fit(self, X: Any, y: Any, *arguments: Any, **settings: Any) -> Self:
        """Go through these samples once, without groups; see `NetworkClassifier.partial_fit`."""
        if self.group is not None:
            raise InputError("partial_fit goes on with one network: it does without `group`")
        return super().partial_fit(X, y, *arguments, **settings)

    def _learn_groups(self, X: Any, groups: dict[Any, Samples]) -> None:
        """Train a network for each group, in one call."""
        stops = bool(self.early_stopping)
        split = {name: self._split(part, None, self.network_.seed) for name, part in groups.items()}
        learn = [parts[0] for parts in split.values()]
        b = max(self._batch_size(len(part)) for part in learn)
        epochs = int(self.epochs)
        steps = [epochs * math.ceil(len(part.used) / b) for part in learn]
        networks = [
            self._network(X, part, self.network_.seed, k)
            for part, k in zip(learn, steps, strict=True)
        ]
        histories = fit_many(
            networks,
            [part.x for part in learn],
            [part.t for part in learn],
            sample_weight=[part.weights for part in learn],
            validation=[(parts[1].x, parts[1].t) for parts in split.values()] if stops else None,
            optimizer=[self._optimizer(k) for k in steps],
            epochs=epochs,
            batch_size=b,
            callbacks=[self._callbacks(part, epochs) for part in learn] if stops else (),
            engine=self.engine,
            threads=self.threads,
            progress=self.progress,
        )
        self.group_networks_ = dict(zip(groups, networks, strict=True))
        self.group_histories_ = dict(zip(groups, histories, strict=True))

    def _outputs(self, X: Any) -> np.ndarray:
        """Return what each sample's group says, or the pooled network for a group without one."""
        keys, rest = self._apart(X)
        outputs = super()._outputs(rest)
        if keys is None:
            return outputs
        rest = validate_data(self, rest, accept_sparse="csr", reset=False)
        names, number = np.unique(keys, return_inverse=True)
        for i, name in enumerate(names.tolist()):
            if name in self.group_networks_:
                rows = np.flatnonzero(number == i)
                outputs[rows] = self.group_networks_[name].predict_proba(rest[rows])
        return outputs

    def _apart(self, X: Any) -> tuple[np.ndarray | None, Any]:
        """Return the column of groups, and X without it."""
        group: Any = self.group
        if group is None:
            return None, X
        if hasattr(X, "columns"):
            names = list(X.columns)
            name = names[group] if _is_position(group, len(names)) else group
            if name not in names:
                raise InputError(f"`group` cannot be {name!r}; {did_you_mean(str(name), names)}")
            return np.asarray(X[name]), X[[other for other in names if other != name]]
        X = dense(X) if hasattr(X, "shape") else np.asarray(X)
        if X.ndim != 2 or not _is_position(group, X.shape[1]):
            raise InputError(
                f"`group` must be the number of a column where X is an array, got {group!r} "
                f"for {described(X)}"
            )
        return X[:, group], np.delete(X, group, axis=1)

    def predict_std(self, X: Any) -> np.ndarray:
        """Return 0 for each output: each group has one network."""
        check_is_fitted(self)
        return super().predict_std(self._apart(X)[1])


def _is_position(group: Any, columns: int) -> bool:
    is_number = isinstance(group, (int, np.integer)) and not isinstance(group, bool)
    return is_number and -columns <= group < columns


@dataclass(repr=False, eq=False, kw_only=True)
class GroupedNetworkRegressor(GroupedEstimator, NetworkRegressor):
    """A network for each group of samples that learns values, for scikit-learn.

    All networks learn in one call of `tidu.fit_many`, so that thousands of small groups take
    seconds. A group that was not there in `fit`, or has few samples, gets the answers of a network
    that learned from all.

    Parameters
    ----------
    group : str or int, optional
        The column of X that names the group of each sample: a name, of a data frame, or a number.
        Without one this is a `NetworkRegressor`.
    min_samples : int
        Samples below which a group gets no network of its own.
    hidden_layers, activation, initializer, dropout, batch_norm
    optimizer, learning_rate, schedule, l1, l2, batch_size, epochs
    validation, early_stopping, scoring, callbacks, progress, warm_start, random_state
    n_networks, bootstrap, engine, threads
        As in `NetworkClassifier`. Early stopping holds out a tenth of each group; callbacks and
        validation are the pooled network's.

    Attributes
    ----------
    group_networks_, group_histories_ : dict
        The network of each group that has one, and what it went through.
    network_, history_
        The pooled network, and what it went through.
    n_features_in_, feature_names_in_
        Of the columns without that of the groups.

    Examples
    --------
    >>> import numpy as np
    >>> from tidu.estimators import GroupedNetworkRegressor
    >>> rng = np.random.default_rng(0)
    >>> shop, x = rng.integers(0, 3, 300), rng.normal(size=300)
    >>> y = x * (shop - 1)  # rises in one shop, falls in another
    >>> model = GroupedNetworkRegressor((8,), group=0, epochs=60, learning_rate=0.02,
    ...                                 random_state=0).fit(np.stack([shop, x], axis=1), y)
    >>> (model.predict([[0, 1.0], [1, 1.0], [2, 1.0]]).round() + 0.0).tolist()
    [-1.0, 0.0, 1.0]
    >>> bool(abs(model.predict([[7, 1.0]])[0]) < 0.5)  # a shop that is new
    True
    """


@dataclass(repr=False, eq=False, kw_only=True)
class GroupedNetworkClassifier(GroupedEstimator, NetworkClassifier):
    """A network for each group of samples that learns classes, for scikit-learn.

    Parameters and attributes are those of `NetworkClassifier`, with ``group``, ``min_samples`` and
    what comes of them as in `GroupedNetworkRegressor`. All networks know all classes, also those
    that their own group lacks.

    Examples
    --------
    >>> from tidu.estimators import GroupedNetworkClassifier
    >>> GroupedNetworkClassifier((8,), group="patient")
    GroupedNetworkClassifier(group='patient', hidden_layers=(8,))
    """
