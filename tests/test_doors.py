"""Methods that stand in a room below."""

import inspect
import pydoc

import tidu as td
from tidu.doors import Door
from tidu.training import fit


def test_fit_shows_the_one_signature_and_docstring_there_is():
    net = td.Network([td.Affine(2)], 3, td.SumSquaredError())
    assert td.Network.fit is fit.fit
    assert net.fit.__func__ is fit.fit
    assert net.fit.__self__ is net
    assert "network" not in inspect.signature(net.fit).parameters
    text = pydoc.plain(pydoc.render_doc(net.fit))
    assert "epochs: 'int' = 10" in text
    assert "Learn from data, in steps of one batch each." in text
    assert "fit(network" in pydoc.plain(pydoc.render_doc(td.Network))


class Number(float):
    root = Door("math", "sqrt")


def test_a_door_is_bound_like_a_method():
    assert Number(9.0).root() == 3.0
    assert Number.root(16.0) == 4.0
