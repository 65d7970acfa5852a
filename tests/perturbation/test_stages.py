"""Stacks pass through a stage as their batches would one by one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.tables import LAYERS, Call, off_kinks
from tidu.layers import Chain
from tidu.layers.base import forward
from tidu.perturbation.stages import bind


def bound(row, call):
    """Return the stages of a chain of this one layer, and what the batch is between them."""
    noise = None if call.noise is None else (call.noise,)
    params, state = (call.params(call.theta),), (call.running(),)
    return bind(Chain([row.layer]), call.x, params, state, noise, call.training)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_a_stack_is_so_many_batches(row, training):
    n, k = 3, 4
    call = Call.of(row, n, 0, training)
    batches = off_kinks(np.random.default_rng(1), (k, *call.x.shape))

    stack, rows = batches.reshape(-1, *call.x.shape[1:]), np.tile(np.arange(n), k)
    for stage in bound(row, call)[0]:
        stack = stage.forward_stack(stack, rows)

    given = call.params(call.theta), call.running(), call.noise
    expected = np.concatenate([forward(row.layer, b, *given, training)[0] for b in batches])
    # The same operations; sums over a batch may be taken in another order.
    assert_allclose(stack, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_columns_and_samples_alone_where_a_stage_says_so(row, training):
    call = Call.of(row, 4, 2, training)
    stages, activations = bound(row, call)
    for stage, x, y in zip(stages, activations, activations[1:], strict=False):
        if stage.is_samplewise:
            rows = np.array([2, 0])
            assert_allclose(stage.forward_stack(x[rows], rows), y[rows], rtol=1e-12)
        if stage.is_columnwise:
            js = slice(1, 2)
            cut = stage.columns(js).forward_stack(x[:, js], np.arange(4))
            assert_allclose(cut, y[:, js], rtol=1e-12)
