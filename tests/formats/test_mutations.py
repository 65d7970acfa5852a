"""Files of networks and runs, mutated at random: each loads right or is refused in one sentence.

Half of the mutations are of bytes, as disks and transfers make them; the other half are of what the
file says, with the checksum made right again, as only somebody who means harm would.
"""

import copy
import json
import resource
import warnings

import numpy as np
import pytest
import safetensors.numpy
from safetensors import safe_open

from tests.formats.runs import train
from tests.training.problems import network
from tidu.errors import FileFormatError, InputError
from tidu.formats import Checkpoint, load, load_run
from tidu.formats.model_file import KEY, _checksum, _covered
from tidu.formats.run_file import states

JUNK = [
    None, True, 0, -1, 1, 2, 7, 10**9, 10**400, -(10**30), 0.5, -0.0, 1e308, float("nan"),
    float("inf"), "", "0", "W1", "float32", "float64", "O", "Affine", "Chain", "SGD", "os.system",
    "__class__", "\u0000", "猫" * 50, [], [[]], [None], {}, {"type": "Affine"}, {"type": "Chain"},
    {"type": "SGD", "lr": 0.1}, {"type": "Dropout", "rate": 0.5}, {"type": "__import__"},
    {"type": "Affine", "units": 10**12}, {"type": "Residual", "block": {"type": "Identity"}},
    ["W1", "b1"], "x" * 10_000,
]  # fmt: skip


@pytest.fixture(scope="module", name="good")
def good_files(tmp_path_factory):
    """The bytes of a network's file and of a run's, and where the latter is."""
    folder = tmp_path_factory.mktemp("good")
    train(Checkpoint(folder, keep=1), epochs=2)
    load(states(folder)[-1]).save(folder / "net")
    return {"net": (folder / "net").read_bytes(), "run": states(folder)[-1].read_bytes()}


def with_other_bytes(content, rng, other):
    """Return the bytes with something done to them."""
    i, j = sorted(int(k) for k in rng.integers(0, len(content) + 1, 2))
    n = int(rng.integers(1, 9))
    kind = int(rng.integers(8))
    if kind == 0:  # bits flipped
        changed = bytearray(content)
        for place in rng.integers(0, len(content), n):
            changed[place] ^= 1 << int(rng.integers(8))
        return bytes(changed)
    if kind == 1:  # cut off
        return content[:i]
    if kind == 2:  # a piece lost
        return content[:i] + content[j:]
    if kind == 3:  # a piece twice
        return content[:j] + content[i:]
    if kind == 4:  # zeros, as of a block never written
        return content[:i] + bytes(j - i) + content[j:]
    if kind == 5:  # noise in the header, where lengths and offsets are
        place = int(rng.integers(0, min(len(content), 2000)))
        return content[:place] + rng.bytes(n) + content[place + n :]
    if kind == 6:  # one file's beginning, another's end
        return content[:i] + other[i:]
    return content[:i] + rng.bytes(n) + content[i:]  # something slipped in


def with_other_settings(content, rng, folder):
    """Return a file that says something else, with a checksum to fit."""
    path = folder / "before"
    path.write_bytes(content)
    with safe_open(path, framework="numpy") as file:
        saved = json.loads(file.metadata()[KEY])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    for _ in range(int(rng.integers(1, 3))):
        change(saved, tensors, rng)
    try:
        saved["sha256"] = _checksum(tensors, _covered(saved))
    except (KeyError, TypeError, ValueError):
        saved["sha256"] = "there is none"
    return safetensors.numpy.save(tensors, {KEY: json.dumps(saved)})


def change(saved, tensors, rng):
    if rng.random() < 0.2:
        name = list(tensors)[int(rng.integers(len(tensors)))]
        tensors[name] = [
            np.zeros(3, np.int64), np.zeros((2, 2), np.float32), tensors[name].astype(np.float64),
            tensors[name].ravel()[:-1].copy(), np.full(tensors[name].shape, np.nan, "float32"),
        ][int(rng.integers(5))]  # fmt: skip
        if rng.random() < 0.3:
            del tensors[name]
        return
    spots = list(places(saved))
    holder, key = spots[int(rng.integers(len(spots)))]
    what = rng.random()
    if what < 0.1:
        del holder[key]
    elif what < 0.2:
        other, name = spots[int(rng.integers(len(spots)))]
        try:
            holder[key] = copy.deepcopy(other[name])
        except (KeyError, IndexError):
            holder[key] = None
    else:
        holder[key] = copy.deepcopy(JUNK[int(rng.integers(len(JUNK)))])


def places(value):
    """Yield each spot in nested settings, as what holds it and its key there."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from places(value[key])


def outcome(read, path):
    """Return what reading a file gives, or None if it is refused as it must be."""
    try:
        return read(path)
    except FileFormatError as error:
        sentence = str(error)
        assert sentence.startswith(str(path))
        assert "\n" not in sentence
        return None


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.exhaustive)])
def test_mutated_files_load_right_or_are_refused(good, tmp_path, count):
    rng = np.random.default_rng(0)
    right = {}
    for name, content in good.items():
        (tmp_path / "file").write_bytes(content)
        right[name] = bits(load(tmp_path / "file"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused = 0
    for i in range(count):
        name, other = ("run", "net") if i % 4 < 3 else ("net", "run")
        path = tmp_path / "file"
        if i % 2:
            content = with_other_bytes(good[name], rng, good[other])
        else:
            content = with_other_settings(good[name], rng, tmp_path)
        path.write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = [outcome(read, path) for read in (load, load_run, resumed(tmp_path))]
        refused += found[0] is None
        if i % 2 and found[0] is not None:
            assert bits(found[0]) in right.values()
    assert refused > count / 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB


def bits(net):
    return net.theta.tobytes(), net.state.tobytes(), repr(net)


def resumed(folder):
    """Return what reads a file as the run to go on with."""

    def read(path):
        place = folder / "run"
        place.mkdir(exist_ok=True)
        (place / "step-1.safetensors").write_bytes(path.read_bytes())
        net = network(seed=3)
        theta = net.theta.copy()
        try:
            train(Checkpoint(place, resume=True), net=net, epochs=1)
        except FileFormatError as error:
            wanted, refused = f"no file in {place} can be read: {place}", str(error)
        except InputError as error:
            wanted, refused = "cannot go on with the run", str(error)
        else:
            return net
        assert net.theta.tobytes() == theta.tobytes()
        assert refused.startswith(wanted)
        raise FileFormatError(refused.replace(wanted, str(path)))

    return read
