"""Networks in files: the same bits again, or one sentence on why not."""

import json
import os
import resource
import struct
import warnings
from dataclasses import dataclass

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

import tidu as td
from tests.tables import INITIALIZERS, LAYERS, LOSSES, PENALTIES, Shaken, Square
from tidu.errors import FileFormatError, InputError
from tidu.formats.model_file import _checksum
from tidu.schema import Column, Schema, Target

OWN = {"Square": Square, "Shaken": Shaken}


@dataclass(frozen=True)
class Row:
    layers: list
    input_shape: tuple = (3,)
    loss: td.Loss = td.SumSquaredError()  # noqa: RUF009 (a frozen value)
    settings: dict | None = None

    def network(self):
        return td.Network(self.layers, self.input_shape, self.loss, **(self.settings or {}))


ROWS = [
    *(Row([row.layer], row.input_shape) for row in LAYERS),
    *(Row([td.Affine(4), td.Tanh(), td.Affine(3)], loss=row.loss) for row in LOSSES),
    *(Row([td.Affine(3)], settings={"penalty": penalty}) for penalty in PENALTIES),
    *(Row([td.Affine(3, initializer=rule)], settings={"seed": 7}) for rule in INITIALIZERS),
    *(Row([td.Affine(2), td.BatchNorm()], settings={"dtype": d}) for d in ("float32", "float64")),
    Row([td.Flatten(), td.Affine(2)], (2, 3, 2), settings={"classes": ["猫", "dog"]}),
    Row([td.Affine(np.int64(2)), td.Rescale(np.float32(0.1))]),
    Row([]),
]


def shaken(network):
    """Move all that is learnt and remembered away from where it started, and freeze a part."""
    rng = np.random.default_rng(0)
    network.theta += rng.normal(0, 0.1, network.theta.shape).astype(network.dtype)
    network.state += rng.uniform(0, 0.1, network.state.shape).astype(network.dtype)
    network.freeze(*list(network.layout)[:1])
    network.set_rate_factors(dict.fromkeys(list(network.layout)[-1:], 0.3))
    network.set_decay(dict.fromkeys(list(network.layout)[-1:], True))
    return network


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.layers}-{row.loss}-{row.settings}")
def test_what_is_loaded_is_what_was_saved(row, tmp_path):
    net, path = shaken(row.network()), tmp_path / "net.safetensors"
    net.save(path)
    again = td.load(path, layers=OWN)
    assert again.theta.tobytes() == net.theta.tobytes()
    assert again.state.tobytes() == net.state.tobytes()
    assert again.layout == net.layout
    for name in ("layers", "loss_function", "penalty", "input_shape", "output_shape", "dtype",
                 "seed", "classes"):  # fmt: skip
        assert getattr(again, name) == getattr(net, name), name
    assert repr(again) == repr(net)
    x = np.random.default_rng(1).normal(size=(5, *net.input_shape))
    assert again.predict_proba(x).tobytes() == net.predict_proba(x).tobytes()
    assert again.predict(x).tobytes() == net.predict(x).tobytes()
    again.initialize()
    assert again.theta.tobytes() == row.network().theta.tobytes()


def test_saving_twice_gives_the_same_file(tmp_path):
    net = good_network()
    net.save(tmp_path / "a")
    td.load(tmp_path / "a").save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_other_programs_can_read_the_tensors_by_name(tmp_path):
    net = good_network()
    net.save(tmp_path / "net.safetensors")
    tensors = safetensors.numpy.load_file(tmp_path / "net.safetensors")
    assert set(tensors) == {*net.layout, *net.state_layout}
    for name, tensor in tensors.items():
        assert np.array_equal(tensor, net[name])


def test_a_loaded_network_learns_as_the_saved_one(tmp_path):
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(30, 3)), rng.integers(2, size=30)
    net = good_network()
    net.freeze("W1")
    net.set_rate_factors({"b1": 3.0})
    net.save(tmp_path / "net")
    again = td.load(tmp_path / "net")
    for each in (net, again):
        each.fit(x, t, optimizer=td.Adam(), epochs=2, batch_size=10)
    assert net.theta.tobytes() == again.theta.tobytes()
    assert net.state.tobytes() == again.state.tobytes()


# -- layers of the reader's own -------------------------------------------------------------------


def test_own_layers_are_handed_over_by_name(tmp_path):
    path = tmp_path / "net"
    net = td.Network([td.Affine(2), Square()], 3, td.SumSquaredError())
    net.save(path)
    with pytest.raises(FileFormatError) as caught:
        td.load(path)
    assert "there is no class 'Square' here" in str(caught.value)
    assert "layers={'Square': ...}" in str(caught.value)
    assert td.load(path, layers={"Square": Square}).layers == net.layers


def test_a_layer_that_cannot_be_saved_says_so_before_anything_is_written(tmp_path):
    @dataclass(frozen=True)
    class Holding(Square):
        function: object

    net = td.Network([Holding(abs)], 3, td.SumSquaredError())
    with pytest.raises(InputError, match="cannot save objects of builtin_function"):
        net.save(tmp_path / "net")
    assert os.listdir(tmp_path) == []


def test_a_failing_write_leaves_the_old_network(tmp_path, monkeypatch):
    path = tmp_path / "net"
    net = good_network()
    net.save(path)
    before = path.read_bytes()
    net.theta += 1

    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        net.save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["net"]


# -- damaged and foreign files --------------------------------------------------------------------


def good_network():
    layers = [td.Affine(4), td.BatchNorm(), td.ReLU(), td.Dropout(0.1), td.Affine(2)]
    return td.Network(layers, 3, td.SoftmaxCrossEntropy(), classes=["no", "yes"], seed=3)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "net"
    good_network().save(path)
    return path.read_bytes()


def refused(content, folder):
    """Load these bytes; return the sentence with which they are refused."""
    path = folder / "net"
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FileFormatError) as caught:
            td.load(path)
    sentence = str(caught.value)
    assert sentence.startswith(str(path))
    assert "\n" not in sentence
    return sentence


def test_a_file_cut_short_anywhere_is_refused(good, tmp_path):
    (header,) = struct.unpack("<Q", good[:8])
    ends = {*range(12), *range(12, 8 + header, 37), *range(header, len(good), 5), len(good) - 1}
    for end in sorted(ends):
        refused(good[:end], tmp_path)


def test_bytes_at_the_end_are_refused(good, tmp_path):
    for more in (b"\0", b" ", good):
        refused(good + more, tmp_path)


@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_flipped_bit_is_refused_or_changes_nothing(good, tmp_path_factory, place, bit):
    check_flipped(good, tmp_path_factory.getbasetemp(), place % len(good), bit)


def test_each_byte_may_be_flipped(good, tmp_path):
    rng = np.random.default_rng(0)
    for place in range(0, len(good), 3):
        check_flipped(good, tmp_path, place, int(rng.integers(8)))


def check_flipped(good, folder, place, bit):
    content = bytearray(good)
    content[place] ^= 1 << bit
    path = folder / "flipped"
    path.write_bytes(content)
    try:
        found = td.load(path)
    except FileFormatError as error:
        assert str(error).startswith(str(path))  # noqa: PT017 (either outcome is right)
    else:
        net = good_network()
        assert found.theta.tobytes() == net.theta.tobytes()
        assert found.state.tobytes() == net.state.tobytes()
        assert repr(found) == repr(net)


@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused(tmp_path_factory, content):
    refused(content, tmp_path_factory.getbasetemp())


FOREIGN = {
    "empty": b"",
    "zeros": bytes(1000),
    "text": b"I am a network, believe me.\n" * 20,
    "zip": b"PK\x03\x04" + bytes(100),
    "pickle": b"\x80\x04\x95\x0e\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system\x94",
    "huge header": struct.pack("<Q", 2**63 - 1) + b"{}",
    "other tensors": safetensors.numpy.save({"weight": np.zeros((2, 2), np.float32)}),
    "no tensors": safetensors.numpy.save({}),
    "other metadata": safetensors.numpy.save({"W1": np.zeros(2)}, {"format": "pt"}),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_files_are_refused(name, tmp_path):
    assert "safetensors file" in refused(FOREIGN[name], tmp_path)


def test_bfloat16_of_another_program_is_refused(tmp_path):
    header = json.dumps({"W1": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}).encode()
    refused(struct.pack("<Q", len(header)) + header + bytes(4), tmp_path)


def forged(good, folder, change, **metadata):
    """Return a file whose settings (or metadata) are changed and whose checksum is right."""
    path = folder / "forged"
    path.write_bytes(good)
    with safe_open(path, framework="numpy") as file:
        saved = json.loads(file.metadata()["tidu"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    changed = change(saved["network"], tensors)
    saved["sha256"] = _checksum(tensors, saved["network"])
    text = changed if isinstance(changed, str) else json.dumps(saved | metadata)
    return safetensors.numpy.save(tensors, {"tidu": text})


def setting(name, value):
    return lambda settings, tensors: settings.update({name: value})


def layer(i, **changes):
    return lambda settings, tensors: settings["layers"][i].update(changes)


def without(name):
    return lambda settings, tensors: settings.pop(name) and None


def tensor(name, value):
    return lambda settings, tensors: tensors.update({name: value})


def text(content):
    return lambda settings, tensors: content


def nested(depth):
    def change(settings, tensors):
        start, end = '{"type": "Chain", "layers": [', "]}"
        layers = "[" + start * depth + end * depth + "]"
        network = json.dumps(settings | {"layers": 0}).replace('"layers": 0', f'"layers": {layers}')
        try:
            sha256 = _checksum(tensors, json.loads(network))
        except RecursionError:
            sha256 = "no matter"
        return f'{{"version": 1, "sha256": "{sha256}", "network": {network}}}'

    return change


FORGED = [
    (setting("layers", [{"type": "Afine"}]), "did you mean 'Affine'?"),
    (setting("layers", [{"type": "__import__", "name": "os"}]), "there is no class '__import__'"),
    (setting("layers", []), "`classes` must be 3 different names"),
    (setting("layers", None), "must be a list of layers"),
    (setting("layers", 7), "must be a list of layers"),
    (setting("layers", "Affine"), "must be a layer"),
    (setting("layers", {"type": ["Affine"]}), "unhashable"),
    (setting("layers", [[[]]]), "must be a layer"),
    (layer(0, units=5), "W1 is a float32 array of shape (3, 4), but its layer needs"),
    (layer(0, units=10**9), "but its layer needs float32 of shape (3, 1000000000)"),
    (layer(0, units=10**400), "but its layer needs"),
    (layer(0, bias=False), "needs"),
    (layer(1, type="Affine", momentum=1, eps=1), "unexpected keyword argument"),
    (layer(3, rate=2), "`rate` must be"),
    (layer(4, units=3), "but its layer needs float32 of shape (4, 3)"),
    (setting("input_shape", [10**9, 10**9]), "takes rows of numbers"),
    (setting("input_shape", [10**12]), "but its layer needs"),
    (setting("input_shape", [-3]), None),
    (setting("input_shape", "3"), None),
    (setting("input_shape", None), "not iterable"),
    (setting("input_shape", [3.5]), "must be an integer, got 3.5"),
    (setting("loss", None), "`loss` must be a loss"),
    (setting("loss", {"type": "Affine", "units": 3}), "`loss` must be a loss"),
    (setting("penalty", {"type": "L2", "strength": -1}), "`strength` must be"),
    (setting("penalty", 5), "`penalty` must be a penalty"),
    (setting("dtype", "float16"), "its layer needs float16"),
    (setting("dtype", None), "its layer needs None"),
    (setting("dtype", ["float32"]), "its layer needs"),
    (setting("dtype", "O"), "its layer needs O"),
    (setting("seed", -1), "`seed` must be"),
    (setting("seed", "0"), "`seed` must be an integer"),
    (setting("seed", 1.5), "`seed` must be an integer"),
    (setting("classes", ["a"]), "`classes` must be 2 different names"),
    (setting("classes", 5), "`classes` must be the names of the classes"),
    (setting("frozen", ["W9"]), "there is no parameter 'W9'"),
    (setting("frozen", 5), "must be an iterable"),
    (setting("frozen", [["W1"]]), "there is no parameter"),
    *((without(name), f"it lacks '{name}'") for name in
      ("layers", "loss", "penalty", "input_shape", "dtype", "seed", "classes", "frozen")),
    (lambda settings, tensors: tensors.pop("W1") is None or None, "it lacks 'W1'"),
    (tensor("W1", np.zeros((4, 3), np.float32)), "W1 is a float32 array of shape (4, 3)"),
    (tensor("W1", np.zeros((3, 4), np.float64)), "W1 is a float64 array"),
    (tensor("running_mean1", np.zeros(5, np.float32)), "running_mean1 is"),
    (text("[]"), "its architecture cannot be read"),
    (text('{"version": 1}'), "its architecture cannot be read"),
    (text('{"version": 1, "sha256": "", "network": {}}'), "the checksum differs"),
    (text('{"version": {}}'), "format version {}"),
    (text("{"), "its architecture cannot be read"),
    (text(""), "its architecture cannot be read"),
    (text("nonsense"), "its architecture cannot be read"),
    (text('{"seed": ' + "9" * 5000 + "}"), "its architecture cannot be read"),
    (nested(300), None),
    (nested(700), None),
    (nested(5000), None),
    (text("[" * 100_000), "its architecture cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), FORGED)
def test_settings_that_make_no_such_network_are_refused(good, tmp_path, change, sentence):
    found = refused(forged(good, tmp_path, change), tmp_path)
    assert sentence is None or sentence in found


def test_files_of_another_version_are_refused_by_name(good, tmp_path):
    same = setting("seed", 3)
    newer = forged(good, tmp_path, same, version=3, network="unknown", sha256="unknown")
    assert "format version 3; this Tidu reads 2 and older" in refused(newer, tmp_path)
    assert "the checksum differs" in refused(forged(good, tmp_path, same, sha256="0"), tmp_path)
    (tmp_path / "right").write_bytes(forged(good, tmp_path, same))
    assert td.load(tmp_path / "right").seed == 3


def test_files_of_version_1_are_read(good, tmp_path):
    (tmp_path / "old").write_bytes(forged(good, tmp_path, without("schema"), version=1))
    old = td.load(tmp_path / "old")
    assert old.schema is None
    (tmp_path / "new").write_bytes(good)
    np.testing.assert_array_equal(old.theta, td.load(tmp_path / "new").theta)


SCHEMA = Schema(
    (
        Column("größe", median=0.1, mean=1 / 3, spread=1e-300, indicator=True),
        Column("kind", "category", ("a", "ü", "(missing)")),
        Column("id", "id", left_out="counts the rows"),
    ),
    Target("y", "classes", ("no", "yes"), "texts"),
    position=1,
)  # fmt: skip


def test_the_schema_of_a_table_travels_with_the_network(tmp_path):
    net = td.Network([td.Affine(2)], len(SCHEMA.inputs), td.SoftmaxCrossEntropy())
    net.schema, net.fingerprint = SCHEMA, "0" * 64
    net.save(tmp_path / "net")
    again = td.load(tmp_path / "net")
    assert (again.schema, again.fingerprint) == (SCHEMA, "0" * 64)


def test_the_fingerprint_of_older_files_stood_in_the_schema(tmp_path):
    net = td.Network([td.Affine(2)], len(SCHEMA.inputs), td.SoftmaxCrossEntropy())
    net.schema = SCHEMA
    net.save(tmp_path / "net")

    def change(settings, tensors):
        settings["schema"]["fingerprint"] = "1" * 64
        del settings["fingerprint"]

    older = forged((tmp_path / "net").read_bytes(), tmp_path, change)
    (tmp_path / "older").write_bytes(older)
    again = td.load(tmp_path / "older")
    assert (again.schema, again.fingerprint) == (SCHEMA, "1" * 64)


@pytest.mark.parametrize(
    "schema", [{"type": "SGD"}, {"type": "Schema", "columns": [], "target": None}, 3]
)
def test_what_is_no_schema_is_refused(good, tmp_path, schema):
    refused(forged(good, tmp_path, setting("schema", schema)), tmp_path)


def test_a_promise_of_a_huge_layer_takes_no_memory(good, tmp_path):
    content = forged(good, tmp_path, layer(0, units=10**9))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(content, tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB


def test_a_file_that_is_not_there_is_named(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(FileNotFoundError, match="there is no file"):
            td.load(path)


def test_the_form_of_pictures_travels_with_the_network(tmp_path):
    net = td.Network([td.Affine(2)], 600, td.SoftmaxCrossEntropy())
    net.image_shape = (20, 30)
    net.save(tmp_path / "net")
    assert td.load(tmp_path / "net").image_shape == (20, 30)

    def change(settings, tensors):
        settings["image_shape"] = [20, 31]

    (tmp_path / "forged").write_bytes(forged((tmp_path / "net").read_bytes(), tmp_path, change))
    with pytest.raises(td.FileFormatError, match=r"\[20, 31\]"):
        td.load(tmp_path / "forged")
