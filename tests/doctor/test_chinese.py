"""The doctor in Chinese: the same numbers, names and code as in English."""

import numpy as np
import pytest

import tidu as td
from tests.doctor.patients import T, X, mlp
from tests.doctor.test_diagnosis import CASES, digits, nan_in_x, relu
from tests.doctor.test_watch import watched
from tests.languages import CHINESE, ENGLISH, check_says_the_same, in_both
from tidu.doctor.advice import after_step_not_finite
from tidu.doctor.diagnosis import STAGES, Finding, disease_name
from tidu.language import speaking


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {case[2]}")
def test_a_finding_says_the_same_in_chinese(case):
    name, patient, _, *settings = case
    patient, settings = patient(), settings[0] if settings else {}
    english, chinese = in_both(lambda: patient.diagnose(**settings).findings[0])
    assert english.disease == chinese.disease == name
    check_says_the_same(english.sentence, chinese.sentence)


@pytest.mark.parametrize("name", [disease_name(d) for stage in STAGES for d in stage])
def test_the_name_of_a_disease_is_in_chinese(name):
    english, chinese = in_both(lambda: Finding(name, "").name)
    assert english == name
    assert CHINESE.search(chinese)


def test_a_diagnosis_is_in_chinese_and_what_programs_read_is_not():
    with speaking("zh"):
        ill = nan_in_x().diagnose()
        text, page, read = repr(ill), ill._repr_html_(), ill.to_dict()
        assert repr(relu().diagnose()) == "健康：23 种毛病都没有发现"
    first, *_, last = text.splitlines()
    assert first.startswith("- 输入不是有限值：1437 个样本中有 1 个")
    assert last.endswith("训练与测试差距过大。")
    assert not ENGLISH.search(text)
    assert not ENGLISH.search(page)
    assert read["findings"][0]["disease"] == "inputs not finite"
    assert read["not_looked_for"][0] == "not finite"


def with_parameter(value):
    patient = relu()
    patient.network["b1"] = np.full(50, value)
    return patient


def found_while_learning(*, warns=False, **change):
    x = np.random.default_rng(0).normal(size=(200, 4))
    settings = {"x": x, "t": x[:, :1], "batch_size": 200, "warns": warns} | change
    return watched(mlp(td.Affine(1), inputs=4, loss=td.MeanSquaredError()), **settings)


def a_gap():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 20))
    held_out = rng.normal(size=(200, 20))
    net = mlp(td.Affine(50), td.ReLU(), td.Affine(1), inputs=20, loss=td.MeanSquaredError())
    settings = {"optimizer": td.Adam(0.01), "epochs": 40, "batch_size": 20}
    t, other = rng.normal(size=(60, 1)), rng.normal(size=(200, 1))
    return watched(net, x, t, validation=(held_out, other), **settings)[0]


SAID = {
    "a parameter": lambda: with_parameter(np.nan).diagnose().findings[0].sentence,
    "the loss": lambda: digits(
        td.Affine(1), loss=td.MeanSquaredError(), t=1e30 * T
    ).diagnose().findings[0].sentence,
    "nothing found": lambda: repr(td.Doctor()),
    "a loss that climbs": lambda: repr(found_while_learning(optimizer=td.SGD(1.2))[0]),
    "the status": lambda: found_while_learning(optimizer=td.SGD(1.2))[1].status,
    "where NaN arises": lambda: repr(found_while_learning(optimizer=td.SGD(1e30), warns=True)[0]),
    "a gap of losses": lambda: repr(a_gap()),
    "large inputs": lambda: after_step_not_finite(relu().network, 255 * X[:9], 0.1),
    "the rate": lambda: after_step_not_finite(relu().network, X[:9], 0.1),
    "a range test": lambda: repr(relu().network.lr_range_test(X, T, highest=1e4)),
    "a range test to the end": lambda: repr(relu().network.lr_range_test(X, T, highest=1e-4)),
}  # fmt: skip


@pytest.mark.parametrize("say", SAID.values(), ids=SAID.keys())
def test_what_else_it_says_is_the_same_in_chinese(say):
    check_says_the_same(*in_both(say))
