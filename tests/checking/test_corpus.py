"""The corpus of seeded faults: none passes, and what is said of one is true of it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import tidu as td
from tests.checking.corpus import (
    CHANGES,
    LOSS_MUTANTS,
    MUTANTS,
    UNSTABLE,
    changes_with_the_batch,
    faults,
    in_float32,
    is_true,
    stale,
)
from tests.checking.subjects import all_subjects
from tests.tables import LAYERS
from tidu.checking import check_gradient
from tidu.errors import InputError, NonFiniteError

DOUBLE = all_subjects()
SINGLE = all_subjects(np.float32)


few_or_all = pytest.mark.parametrize(
    "every", [7, pytest.param(1, marks=pytest.mark.exhaustive)], ids=["few", "all"]
)


def _chosen(subject, every):
    """Return the faults of a subject; or every n-th, from a start that differs by subject."""
    return list(faults(subject))[len(subject.name) % every :: every]


def _claims(report):
    return [told for told in report.why if "your gradient" in told or "are swapped" in told]


@few_or_all
@pytest.mark.parametrize("subject", DOUBLE, ids=lambda subject: subject.name)
def test_every_fault_is_found_in_float64_and_what_is_said_of_it_is_true(subject, every):
    right = subject.gradient(subject.point)
    assert check_gradient(subject.f, subject.point, right).ok
    for kind, part, wrong in _chosen(subject, every):
        report = check_gradient(subject.f, subject.point, wrong)
        assert report.verdict == "wrong", (kind, part)
        for sentence in _claims(report):
            assert is_true(sentence, right, wrong, subject.point), (kind, part, sentence)


@few_or_all
@pytest.mark.parametrize("subject", SINGLE, ids=lambda subject: subject.name)
def test_in_float32_no_fault_passes_and_the_reason_is_given(subject, every):
    for kind, part, wrong in _chosen(subject, every):
        wrong = {name: d.astype(np.float32) for name, d in wrong.items()}
        report = check_gradient(subject.f, subject.point, wrong)
        assert not report.ok, (kind, part)
        if report.verdict == "cannot tell":
            assert report.why, (kind, part)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_layer_with_a_line_wrong_is_found(name):
    layer, shape = MUTANTS[name]
    report = td.check_layer(layer, shape)
    assert report.verdict == "wrong"
    single = td.check_layer(layer, shape, dtype="float32")
    assert not single.ok
    assert single.verdict == "wrong" or single.why


@pytest.mark.parametrize("name", LOSS_MUTANTS)
def test_a_loss_with_a_line_wrong_is_found(name):
    subject = LOSS_MUTANTS[name]
    assert check_gradient(subject.f, subject.point, subject.gradient).verdict == "wrong"


@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_a_stale_cache_is_found_with_two_inputs(row):
    if not changes_with_the_batch(row):
        pytest.skip("its slopes are the same for every batch")
    with pytest.raises(InputError, match="kept between calls"):
        td.check_layer(stale(row.layer), row.input_shape)


@pytest.mark.parametrize("row", LAYERS, ids=lambda row: row.id)
def test_a_gradient_worked_out_in_float32_is_found(row):
    with pytest.raises(InputError, match="the digits of float32 alone"):
        td.check_layer(in_float32(row.layer), row.input_shape)


@pytest.mark.parametrize("name", UNSTABLE)
def test_what_is_not_stable_is_found_at_large_scores(name):
    subject = UNSTABLE[name]()
    with np.errstate(all="ignore"):  # the overflow is the fault
        try:
            report = check_gradient(subject.f, subject.point, subject.gradient)
        except NonFiniteError:
            return  # f itself is not finite, and the error says so
    assert report.verdict == "wrong"
    assert report.why


def test_how_many_faults_there_are(capsys):
    count = Counter(kind for subject in DOUBLE for kind, _, _ in faults(subject))
    assert set(count) == {*CHANGES, "swapped parameters"}
    own = len(MUTANTS) + len(LOSS_MUTANTS) + len(UNSTABLE)
    with capsys.disabled():
        print(
            f"\nseeded faults: {len(count)} kinds, {sum(count.values()):,} in "
            f"{len(DOUBLE)} layers, losses and penalties, and {own} of a single one"
        )
