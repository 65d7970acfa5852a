"""What cannot be explained."""

import numpy as np

import tidu as td
from tests.bad_inputs import Bad
from tidu import InputError, NonFiniteError, ShapeError

X = np.eye(4)
NET = td.Network([td.Affine(2)], 4, td.SoftmaxCrossEntropy())


def explain(x=X, target=None, **settings):
    return td.integrated_gradients(NET, x, target, **settings)


def cover(x=X, target=None, **settings):
    return td.occlusion(NET, x, target, **settings)


FOUND = explain()
ROWS = [
    Bad("integrated_gradients.network", lambda: td.integrated_gradients(X, X), TypeError,
        "`network` must be a Network"),
    Bad("integrated_gradients.x", lambda: explain(np.eye(3)), ShapeError, "takes (N, 4)"),
    Bad("integrated_gradients.x", lambda: explain(X * np.nan), NonFiniteError, "input holds nan"),
    Bad("integrated_gradients.target", lambda: explain(target=2), InputError, "from 0 to 1"),
    Bad("integrated_gradients.target", lambda: explain(target=[0]), ShapeError, "4 samples"),
    Bad("integrated_gradients.target", lambda: explain(target=0.5), TypeError, "be integers"),
    Bad("integrated_gradients.baseline", lambda: explain(baseline=[1, 2]), ShapeError,
        "one sample of shape (4,)"),
    Bad("integrated_gradients.baseline", lambda: explain(baseline=np.inf), InputError, "finite"),
    Bad("integrated_gradients.tolerance", lambda: explain(tolerance=0), InputError, "above 0"),
    Bad("occlusion.network", lambda: td.occlusion(X, X), TypeError, "`network` must be a Network"),
    Bad("occlusion.x", lambda: cover(np.eye(3)), ShapeError, "takes (N, 4)"),
    Bad("occlusion.target", lambda: cover(target=-1), InputError, "from 0 to 1"),
    Bad("occlusion.patch", lambda: cover(patch=5), InputError, "`patch` must be at most 4"),
    Bad("occlusion.patch", lambda: cover(patch=0), InputError, "`patch` must be a positive"),
    Bad("occlusion.image_shape", lambda: cover(image_shape=(3, 3)), ShapeError, "(height, width)"),
    Bad("occlusion.fill", lambda: cover(fill=np.nan), InputError, "`fill` must be a finite"),
    Bad("input_gradient.x", lambda: NET.input_gradient(np.eye(3)), ShapeError, "takes (N, 4)"),
    Bad("input_gradient.target", lambda: NET.input_gradient(X, 7), InputError, "from 0 to 1"),
    Bad("Attribution.completeness_error", lambda: cover().completeness_error, InputError,
        "there is no baseline"),
    Bad("plots.attribution.found", lambda: td.plots.attribution(X), TypeError,
        "what integrated_gradients returns"),
    Bad("plots.attribution.image_shape", lambda: td.plots.attribution(FOUND, (3, 3)), ShapeError,
        "(height, width)"),
    Bad("plots.attribution.names", lambda: td.plots.attribution(FOUND, names=["a"]), ShapeError,
        "4 names"),
    Bad("plots.attribution.count", lambda: td.plots.attribution(FOUND, count=0), InputError,
        "`count`"),
    Bad("plots.attribution.theme", lambda: td.plots.attribution(FOUND, theme="drak"), InputError,
        "did you mean 'dark'?"),
]  # fmt: skip
