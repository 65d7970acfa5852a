"""Event files: TensorBoard's own records, read back byte by byte."""

import struct

import pytest

import tidu as td
from tests.neighbours import neighbour
from tidu.formats.tensorboard import to_tensorboard
from tidu.training import History

pytestmark = pytest.mark.neighbours
neighbour("tensorboardX")


def curves(folder):
    """Return the points of each curve in the event files of a folder."""
    from tensorboardX.proto.event_pb2 import Event

    found = {}
    for path in folder.glob("events.out.tfevents.*"):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            event = Event.FromString(content[12 : 12 + length])
            content = content[12 + length + 4 :]
            for value in event.summary.value:
                found.setdefault(value.tag, []).append((event.step, value.simple_value))
    return found


def test_each_column_is_a_curve_over_the_epochs(tmp_path):
    history = History([
        {"epoch": 1, "loss": 2.0, "val_loss": 2.5, "accuracy": 0.25, "lr": 0.125},
        {"epoch": 2, "loss": 1.0, "val_loss": float("nan"), "accuracy": 0.5, "lr": 0.125},
    ])  # fmt: skip
    to_tensorboard(history, tmp_path / "a" / "run")
    assert curves(tmp_path / "a" / "run") == {
        "loss/train": [(1, 2.0), (2, 1.0)],
        "loss/val": [(1, 2.5)],
        "accuracy/train": [(1, 0.25), (2, 0.5)],
        "lr": [(1, 0.125), (2, 0.125)],
    }


def test_the_history_of_a_run_has_a_door_to_it(tmp_path):
    net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy())
    history = net.fit([[0.0, 1.0, 2.0]], [1], epochs=3)
    history.to_tensorboard(tmp_path)
    found = curves(tmp_path)
    # single precision in the file
    assert [v for _, v in found["loss/train"]] == pytest.approx(history["loss"], rel=1e-6)
    assert set(found) == {"loss/train", "accuracy/train", "lr", "seconds"}


def test_tensorboard_itself_reads_the_curves(tmp_path):
    reader = neighbour("tensorboard.backend.event_processing.event_accumulator")
    history = History()
    history.append({"epoch": 1, "loss": 0.5, "val_accuracy": 0.25})
    history.append({"epoch": 2, "loss": 0.125, "val_accuracy": 0.75})
    to_tensorboard(history, tmp_path)
    found = reader.EventAccumulator(str(tmp_path)).Reload()
    assert [(e.step, e.value) for e in found.Scalars("loss/train")] == [(1, 0.5), (2, 0.125)]
    assert [(e.step, e.value) for e in found.Scalars("accuracy/val")] == [(1, 0.25), (2, 0.75)]


def test_tensorboard_itself_reads_the_histograms(tmp_path):
    reader = neighbour("tensorboard.backend.event_processing.event_accumulator")
    x, t = [[0.0, 1.0, 2.0], [1.0, 0.0, 0.0]], [1, 0]
    net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy())
    watch = td.Distributions((x, t))
    history = net.fit(x, t, epochs=2, callbacks=[watch], progress=False)
    history.to_tensorboard(tmp_path, watch)
    found = reader.EventAccumulator(str(tmp_path), {"histograms": 0}).Reload()
    assert found.Tags()["histograms"] == [
        *("activations/Affine1", "parameters/W1", "parameters/b1", "gradients/W1", "gradients/b1")
    ]
    events = found.Histograms("parameters/W1")
    assert [e.step for e in events] == [0, 1, 2]
    last = events[-1].histogram_value
    assert (last.num, last.min) == (6, pytest.approx(float(net["W1"].min()), rel=1e-6))
