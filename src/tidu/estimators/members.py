"""Several networks in place of one: how the members of an ensemble learn, all at once.

They differ in their seeds, which are those that follow the first one's, and with ``bootstrap`` in
their samples: each draws as many as there are, with replacement.
"""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from tidu.errors import InputError, check_integer
from tidu.estimators.gathering import Fit
from tidu.estimators.pausing import running_call
from tidu.estimators.samples import Samples
from tidu.network import Network
from tidu.randomness import stream
from tidu.recipes.building import reseeded
from tidu.training import History
from tidu.training.many import fit_many


def seed_of(random_state: int | np.random.RandomState | None) -> int:
    """Return scikit-learn's `random_state` as a seed: itself, or a number drawn from it."""
    random = check_random_state(random_state)
    if isinstance(random_state, numbers.Integral):
        return int(random_state)
    return int(random.randint(2**31 - 1))


def members(estimator: Any, network: Network, before: list[Network] | None) -> list[Network]:
    """Return the networks of an estimator: those of before, or one and copies that begin elsewhere.

    Raises
    ------
    TypeError, InputError
        If ``n_networks`` or ``bootstrap`` cannot be, alone or with what else is asked for.
    """
    count = check_integer("n_networks", estimator.n_networks)
    if not isinstance(estimator.bootstrap, bool):
        raise TypeError(f"`bootstrap` must be True or False, got {estimator.bootstrap!r}")
    if count > 1 and estimator.scoring != "loss":
        raise InputError(
            f'`scoring` must be "loss" with n_networks={count}: each network stops by its own loss'
        )
    if before is not None:
        if len(before) != count:
            raise InputError(
                f"this goes on with {len(before)} networks, and `n_networks` is now {count}: "
                "fit with warm_start=False to begin anew"
            )
        return before
    return [network, *(reseeded(network, network.seed + i) for i in range(1, count))]


def fit_members(
    networks: Sequence[Network],
    samples: Samples,
    bootstrap: bool,
    alone: bool = False,
    **settings: Any,
) -> list[History]:
    """Let each network learn from the samples, or from a bootstrap sample of them.

    Unless this is to be ``alone``, they learn beside the networks of other estimators where fits
    are gathered.
    """
    task = running_call()
    if task and not bootstrap and not alone:
        (answer,) = task.ask([Fit(networks, samples, **settings)])
        if isinstance(answer, Exception):
            raise answer
        return answer
    if len(networks) == 1 and not bootstrap:
        x, t, weights = samples.x, samples.t, samples.weights
        return [networks[0].fit(x, t, sample_weight=weights, **settings)]
    rows = None
    if bootstrap:
        used = samples.used
        rows = [
            used[stream(network.seed, "sample").integers(0, len(used), len(used))]
            for network in networks
        ]
    return fit_many(
        networks, samples.x, samples.t, rows=rows, sample_weight=samples.weights, **settings
    )
