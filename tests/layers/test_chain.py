"""Layers made of layers: chains, nested ones, and detours."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tidu as td
from tests.tables import Call, LayerRow, Square
from tidu.errors import ShapeError
from tidu.layers.base import backward, forward, subtree
from tidu.layers.chain import with_initializer

LAYERS = [td.Affine(4), td.Tanh(), td.Affine(3), td.ReLU(), td.Affine(2)]
NESTED = [td.Chain(LAYERS[:2]), td.Chain([td.Chain(LAYERS[2:4])]), LAYERS[4]]


def rules(layers, shape=(5,)):
    """Return the rule for each weight's initial values."""
    chain = td.Chain(layers)
    tree = with_initializer(chain.parameters(shape), td.LeCun())
    flat, todo = [], [tree]
    while todo:
        item = todo.pop(0)
        if isinstance(item, tuple):
            todo = [*item, *todo]
        elif "W" in item:
            flat.append(item["W"].initializer)
    return flat


def test_nesting_changes_nothing():
    flat, nested = (Call.of(LayerRow(td.Chain(x), (5,)), 3, 0, True) for x in (LAYERS, NESTED))
    (y, saved, _), (y2, saved2, _) = flat.forward(), nested.forward()
    assert_array_equal(y, y2)
    assert flat.layout.size == nested.layout.size
    assert list(flat.layout) == list(nested.layout)
    dx, dparams = backward(flat.layer, y, saved, need_dx=True)
    dx2, dparams2 = backward(nested.layer, y2, saved2, need_dx=True)
    assert_array_equal(dx, dx2)
    assert_array_equal(flat.layout.vector(dparams, y), nested.layout.vector(dparams2, y))


def test_an_empty_chain_hands_on_what_it_gets():
    x = np.ones((2, 3))
    y, saved, state = td.Chain([]).forward(x, params=(), state=(), noise=None, training=True)
    assert y is x
    assert (saved, state) == ((), ())
    assert td.Chain([]).backward(x, saved, need_dx=True) == (x, ())


def test_names_count_each_kind():
    assert td.Chain(LAYERS).names == ("Affine1", "Tanh1", "Affine2", "ReLU1", "Affine3")


def test_backward_stops_where_nobody_needs_more():
    class Untouchable(Square):
        def backward(self, dy, saved):
            raise AssertionError("there is nothing to learn below this layer")

    call = Call.of(LayerRow(td.Chain([Untouchable(), td.Affine(2)]), (3,)), 2, 0, True)
    y, saved, _ = call.forward()
    dx, dparams = backward(call.layer, y, saved, need_dx=False)
    assert dx is None
    assert set(dparams[1]) == {"W", "b"}


def test_a_chain_is_as_noisy_as_its_layers():
    assert not td.Chain(LAYERS).draws_noise
    assert td.Chain([td.Affine(2), td.Chain([td.Dropout()])]).draws_noise
    assert td.Residual(td.Chain([td.Dropout()])).draws_noise


def test_noise_is_drawn_for_the_shape_at_hand():
    chain = td.Chain([td.Affine(7), td.Dropout(), td.Affine(2), td.Dropout()])
    noise = chain.draw_noise(np.random.default_rng(0), (3, 5), np.dtype("float32"))
    assert [None if mask is None else mask.shape for mask in noise] == [None, (3, 7), None, (3, 2)]


@pytest.mark.parametrize(
    ("after", "rule"),
    [
        ([td.ReLU(), td.Affine(2)], td.He()),
        ([td.BatchNorm(), td.ReLU(), td.Affine(2)], td.He()),
        ([td.Dropout(), td.BatchNorm(), td.GELU(), td.Affine(2)], td.He()),
        ([td.Chain([td.BatchNorm(), td.SiLU()]), td.Affine(2)], td.He()),
        ([td.Sigmoid(), td.Affine(2)], td.Xavier()),
        ([td.BatchNorm(), td.Tanh(), td.Affine(2)], td.Xavier()),
        ([td.Affine(2)], td.Xavier()),
        ([td.Identity(), td.Sigmoid()], td.Xavier()),
    ],
    ids=repr,
)
def test_auto_takes_what_suits_the_activation_that_follows(after, rule):
    assert rules([td.Affine(3), *after])[0] == rule


def test_auto_looks_out_of_a_nested_chain():
    assert rules([td.Chain([td.Affine(3)]), td.ReLU()]) == [td.He()]
    assert rules([td.Residual(td.Chain([td.Affine(5)])), td.ReLU()]) == [td.He()]


def test_a_rule_that_was_chosen_stays():
    assert rules([td.Affine(3, initializer="orthogonal"), td.ReLU()]) == [td.Orthogonal()]
    assert rules([td.Affine(3)]) == [td.LeCun()]  # nothing follows: whoever chains them decides


def test_before_a_loss_auto_is_xavier():
    net = td.Network([td.Affine(400)], 400, td.MeanSquaredError())
    assert_allclose(net["W1"].std(), 0.05, rtol=0.02)  # √(2/800); 160,000 draws


def test_a_misfit_names_both_layers():
    with pytest.raises(ShapeError) as caught:
        td.Chain([td.Rescale(2.0), td.BatchNorm(), td.Affine(3)]).output_shape((2, 4, 4))
    message = str(caught.value)
    assert message == (
        "layer 3, Affine(3), after layer 2, BatchNorm(): takes rows of numbers, "
        "got samples of shape (2, 4, 4): put Flatten() before"
    )


def test_a_misfit_at_the_input_says_so():
    with pytest.raises(ShapeError, match=r"layer 1, Affine\(3\), after the input: takes rows"):
        td.Chain([td.Affine(3)]).output_shape((28, 28))


def test_a_misfit_within_a_block_names_the_block_too():
    with pytest.raises(ShapeError) as caught:
        td.Chain([td.Rescale(2.0), td.Chain([td.ReLU(), td.Affine(3)])]).output_shape((2, 4))
    for part in (
        "layer 2, Chain([ReLU(), Affine(3)])",
        "layer 2, Affine(3), after layer 1, ReLU()",
    ):
        assert part in str(caught.value)


def test_residual_adds_the_way_around():
    block = td.Chain([Square()])
    x = np.array([[3.0, -1.0]])
    call = Call.of(LayerRow(td.Residual(block), (2,)), 1, 0, True)
    y, saved, _ = call.forward(x=x)
    assert_array_equal(y, [[12, 0]])
    dx, _ = backward(call.layer, np.ones((1, 2)), saved, need_dx=True)
    assert_array_equal(dx, [[7, -1]])


def test_a_detour_must_come_back_to_its_shape():
    with pytest.raises(ShapeError, match=r"turns shape \(5,\) into \(3,\); they must agree"):
        td.Residual(td.Affine(3)).output_shape((5,))


def test_lists_and_tuples_make_equal_chains():
    assert td.Chain(LAYERS) == td.Chain(tuple(LAYERS))
    assert td.Chain(LAYERS) != td.Chain(LAYERS[:2])
    assert hash(td.Chain(LAYERS)) == hash(td.Chain(tuple(LAYERS)))


DEEP = td.Chain(
    [
        td.Flatten(),
        td.Chain([td.Affine(4), td.Chain([td.BatchNorm()]), td.Chain([])]),
        td.Residual(td.Chain([td.Affine(3), td.Residual(td.Tanh()), td.Affine(4)])),
        td.Affine(2),
    ]
)


def test_the_walk_opens_chains_and_looks_into_residuals():
    walked = list(DEEP.walk((2, 3)))
    assert [(at.name, at.path, at.input_shape) for at in walked] == [
        ("Flatten1", (0,), (2, 3)),
        ("Chain1.Affine1", (1, 0), (6,)),
        ("Chain1.Chain1.BatchNorm1", (1, 1, 0), (4,)),
        ("Residual1", (2,), (4,)),
        ("Affine1", (3,), (4,)),
    ]
    inner = [each for at in walked for each in at.with_inner() if each is not at]
    assert [(at.name, at.path, at.input_shape) for at in inner] == [
        ("Residual1.Affine1", (2, 0), (4,)),
        ("Residual1.Residual1", (2, 1), (3,)),
        ("Residual1.Residual1.Tanh1", (2, 1), (3,)),
        ("Residual1.Affine2", (2, 2), (3,)),
    ]


def test_the_paths_of_the_walk_lead_to_the_parameters():
    trees = DEEP.parameters((2, 3)), DEEP.buffers((2, 3))
    found = [each for at in DEEP.walk((2, 3)) for each in at.with_inner() if not each.inner]
    for tree, of in zip(trees, (td.Layer.parameters, td.Layer.buffers), strict=True):
        named = [subtree(tree, at.path) for at in found]
        own = [getattr(at.layer, of.__name__)(at.input_shape) for at in found]
        assert [{name: p.shape for name, p in d.items()} for d in named] == [
            {name: p.shape for name, p in d.items()} for d in own
        ]
    assert subtree(None, (1, 2, "W")) is None


def test_the_walk_goes_the_way_of_the_data():
    call = Call.of(LayerRow(DEEP, (2, 3), least=2), 3, 0, True)
    params, state = call.params(call.theta), call.running()
    x, outputs = call.x, {}
    for at in DEEP.walk((2, 3)):
        assert x.shape[1:] == at.input_shape
        own = (subtree(tree, at.path) for tree in (params, state, call.noise))
        x, _, _ = forward(at.layer, x, *own, True)
        outputs[at.name] = x
    assert_array_equal(x, call.forward()[0])
    given = {"params": params, "state": state, "noise": call.noise, "training": True}
    traced = {name: y for name, _, y in DEEP.trace(call.x, **given)}
    assert set(traced) == {*outputs, "Chain1", "Chain1.Chain1", "Chain1.Chain2"}
    for name, y in outputs.items():
        assert_array_equal(traced[name], y)


def test_a_chain_that_does_more_than_a_chain_stays_closed():
    class Doubled(td.Chain):
        def forward(self, x, *, params, state, noise, training):
            trees = {"params": params, "state": state, "noise": noise}
            y, saved, state = super().forward(x, **trees, training=training)
            return 2 * y, saved, state

    doubled = Doubled([td.Affine(4), td.Tanh()])
    assert [at.layer for at in td.Chain([doubled, td.ReLU()]).walk((3,))] == [doubled, td.ReLU()]
    net = td.Network([doubled], 3, td.SumSquaredError())
    assert list(net.trace(np.ones((1, 3)))) == ["x", "Doubled1"]


def test_a_walk_over_layers_that_do_not_fit_names_them():
    with pytest.raises(ShapeError, match=r"layer 2, Affine\(3\), after layer 1, ReLU\(\)"):
        list(td.Chain([td.ReLU(), td.Affine(3)]).walk((2, 4)))


def test_multiply_adds_count_each_weight_once_a_sample():
    @dataclass(frozen=True)
    class Shared(td.Affine):
        def multiply_adds(self, input_shape):
            return 3 * super().multiply_adds(input_shape)

    inner = td.Chain([td.Affine(4), td.BatchNorm(), td.ReLU(), Shared(4, bias=False)])
    chain = td.Chain([td.Affine(4), td.Residual(inner), td.Affine(2)])
    assert chain.multiply_adds((5,)) == 20 + (16 + 48) + 8
