"""Stacks pass through a layer as their batches would one by one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.tables import LAYERS, Call, off_kinks
from tidu.layers import Chain
from tidu.layers.base import forward
from tidu.perturbation.links import links_of


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_a_stack_is_so_many_batches(row, training):
    n, k = 3, 4
    call = Call.of(row, n, 0, training)
    given = call.params(call.theta), call.running(), call.noise
    tuples = tuple((part,) for part in given[:2]), (call.noise,) if call.noise is not None else None
    links = list(links_of(Chain([row.layer]), call.x, *tuples[0], tuples[1], training))
    batches = off_kinks(np.random.default_rng(1), (k, *call.x.shape))

    stack, rows = batches.reshape(-1, *call.x.shape[1:]), np.tile(np.arange(n), k)
    for link in links:
        stack = link.passed(stack, rows)

    expected = np.concatenate([forward(row.layer, b, *given, training)[0] for b in batches])
    # The same operations; sums over a batch may be taken in another order.
    assert_allclose(stack, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_columns_and_samples_alone_where_a_link_says_so(row, training):
    call = Call.of(row, 4, 2, training)
    state, noise = call.running(), None if call.noise is None else (call.noise,)
    given = (call.params(call.theta),), (state,), noise, training
    for link in links_of(Chain([row.layer]), call.x, *given):
        if link.is_samplewise:
            rows = np.array([2, 0])
            assert_allclose(link.passed(link.x[rows], rows), link.y[rows], rtol=1e-12)
        if link.is_columnwise:
            js = slice(1, 2)
            cut = link.columns(js).passed(link.x[:, js], np.arange(4))
            assert_allclose(cut, link.y[:, js], rtol=1e-12)
