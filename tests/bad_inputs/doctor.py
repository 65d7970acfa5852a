"""What the doctor refuses to look at."""

import numpy as np

import tidu as td
from tests.bad_inputs import Bad
from tests.bad_inputs.cli import bad
from tidu import InputError, ShapeError

X, T = np.eye(4), [0, 1, 0, 1]
NET = td.Network([td.Affine(2)], 4, td.SoftmaxCrossEntropy())


def diagnose(x=X, t=T, **settings):
    return NET.diagnose(x, t, **settings)


def range_test(x=X, t=T, **settings):
    return NET.lr_range_test(x, t, **settings)


ROWS = [
    Bad("Network.diagnose.x", lambda: diagnose(np.eye(3)), ShapeError, "this network takes (N, 4)"),
    Bad("Network.diagnose.x", lambda: diagnose(X[:0], []), InputError, "`x` is empty"),
    Bad("Network.diagnose.t", lambda: diagnose(t=[0, 1]), ShapeError, "`x` has 4 samples"),
    Bad("Network.diagnose.t", lambda: diagnose(t=[0, 1, 2, 3]), InputError, "3"),
    Bad("Network.diagnose.validation", lambda: diagnose(validation=X), InputError, "a pair (x, t)"),
    Bad("Network.diagnose.optimizer", lambda: diagnose(optimizer="adan"), InputError, "'adam'?"),
    Bad("Network.diagnose.optimizer", lambda: diagnose(optimizer=0.1), TypeError, "SGD(0.1)"),
    Bad("Network.diagnose.batch_size", lambda: diagnose(batch_size=0), InputError, "`batch_size`"),
    Bad("Network.diagnose.seed", lambda: diagnose(seed=-1), InputError, "`seed` must be zero or"),
    Bad("lr_range_test.x", lambda: range_test(np.eye(3)), ShapeError, "this network takes (N, 4)"),
    Bad("lr_range_test.t", lambda: range_test(t=[0, 1]), ShapeError, "`x` has 4 samples"),
    Bad("lr_range_test.optimizer", lambda: range_test(optimizer=1), TypeError, "SGD(0.1)"),
    Bad("lr_range_test.lowest", lambda: range_test(lowest=0), InputError, "`lowest` must be above"),
    Bad("lr_range_test.highest", lambda: range_test(highest=1e-9), InputError, "above `lowest`"),
    Bad("lr_range_test.steps", lambda: range_test(steps=1), InputError, "`steps` must be an int"),
    Bad("lr_range_test.batch_size", lambda: range_test(batch_size=0), InputError, "`batch_size`"),
    Bad("lr_range_test.seed", lambda: range_test(seed=-1), InputError, "`seed` must be zero or"),
    Bad("plots.range_test.test", lambda: td.plots.range_test(NET), TypeError, "what lr_range_tes"),
    Bad("Doctor.data", lambda: td.Doctor(X), InputError, "`data` must be a pair (x, t)"),
    Bad("Doctor.every", lambda: td.Doctor(every=0), InputError, "`every` must be a positive"),
    Bad("plots.diagnosis.diagnosis", lambda: td.plots.diagnosis(NET), TypeError, "what diagnose"),
    Bad(
        "plots.diagnosis.diagnosis",
        lambda: td.plots.diagnosis(diagnose(np.full((4, 4), np.nan))),
        InputError,
        "no finite numbers to draw: inputs not finite",
    ),
    Bad(
        "plots.diagnosis.theme",
        lambda: td.plots.diagnosis(diagnose(), theme="drak"),
        InputError,
        "did you mean 'dark'?",
    ),
    bad("doctor", "model", "none digits", "there is no file none"),
    bad("doctor", "data", "model", "Missing argument"),
    bad("doctor", "data", "model digitz", "did you mean 'digits'?"),
    bad("doctor", "optimizer", "model digits --optimizer adm", "did you mean 'adam'?"),
    bad("doctor", "lr", "model digits --lr -1", "`lr` must be at least 0, got -1.0"),
    bad("doctor", "batch_size", "model digits --batch-size 0", "`batch_size` must be a positive"),
    bad("doctor", "seed", "model digits --seed -1", "`seed` must be zero or a positive integer"),
    bad("doctor", "folder", "model digits --data x", "goes with 'mnist' and 'fashion-mnist'"),
    bad("doctor", "label", "model digits --label x", "`label` names columns of a table"),
    bad("doctor", "as_json", "model digits --json=5", "'--json'"),
]
