"""``tidu evaluate``, as a user types it."""

import numpy as np
import pytest

import tidu as td
from tests.cli.conftest import KINDS, write_pets
from tests.cli.running import tidu
from tidu.datasets import load_dataset

MODEL = "tidu-out/digits/model.safetensors"


def test_json_has_the_whole_and_each_class(digits):
    folder, trained = digits
    result = tidu("evaluate", MODEL, "digits", "--json", cwd=folder).json
    assert {"model", "data", "split", "samples", "loss", "accuracy", "classes"} == set(result)
    assert result["loss"] == trained.json["test"]["loss"]
    assert result["accuracy"] == trained.json["test"]["accuracy"]
    data, net = load_dataset("digits", "test"), td.load(folder / MODEL)
    found = net.predict(data.x)
    for k, row in enumerate(result["classes"]):
        assert row["class"] == str(k)
        assert row["samples"] == np.sum(data.t == k)
        assert row["recall"] == np.mean(found[data.t == k] == k)
        assert row["precision"] == np.mean(data.t[found == k] == k)


@pytest.mark.parametrize(("split", "n"), [("train", 1437), ("test", 360), ("all", 1797)])
def test_parts(digits, split, n):
    folder, _ = digits
    ended = tidu("evaluate", MODEL, "digits", "--split", split, cwd=folder)
    assert ended.status == 0
    assert f"digits ({split}), {n} samples: loss " in ended.out
    assert "right when said (precision)" in ended.out


def write_npz(folder):
    rng = np.random.default_rng(0)
    np.savez(folder / "data", x=rng.normal(size=(50, 3)), t=np.arange(50) % 2)
    return "data.npz"


def write_folder(folder):
    image = pytest.importorskip("PIL.Image", reason="needs Pillow")
    for k in range(50):
        home = folder / "pictures" / "ab"[k % 2]
        home.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(k).integers(0, 100, (4, 4), np.uint8)
        image.fromarray(pixels).save(home / f"{k}.png")
    return "pictures"


@pytest.mark.parametrize("write", [write_npz, write_folder])
def test_arrays_and_pictures_are_known_again(tmp_path, write):
    name = write(tmp_path)
    words = ("--epochs", "1", "--hidden", "3", "--out", "out", "--json")
    trained = tidu("train", name, *words, cwd=tmp_path)
    assert trained.status == 0, trained.err
    again = tidu("evaluate", trained.json["model"], name, cwd=tmp_path)
    assert "(test), 10 samples" in again.out
    assert "rows: those that the network did not learn from" in again.out
    if name == "data.npz":
        arrays = dict(np.load(tmp_path / name))
        np.savez(tmp_path / name, x=arrays["x"], t=1 - arrays["t"])
    else:
        (tmp_path / name / ".hidden").write_text("nothing")
        (tmp_path / name / "a" / "0.png").rename(tmp_path / name / "b" / "0.png")
    other = tidu("evaluate", trained.json["model"], name, cwd=tmp_path)
    assert "(all), 50 samples" in other.out


def test_a_file_with_other_classes_in_another_order(pets):
    folder, trained = pets
    write_pets(folder / "new.csv", 40, KINDS[[2, 1]], seed=1)
    model = trained.json["model"]
    result = tidu("evaluate", model, "new.csv", "--json", cwd=folder).json
    assert result["samples"] == 40
    assert result["accuracy"] >= 0.9
    assert [row["class"] for row in result["classes"]] == list(KINDS)
    assert [row["samples"] > 0 for row in result["classes"]] == [False, True, True]


def test_a_regression_is_told_by_its_mean_error(tmp_path):
    x = np.random.default_rng(0).normal(size=(50, 3))
    np.savez(tmp_path / "a.npz", x=x, t=x[:, :1])
    td.Network([td.Affine(1)], 3, td.MeanSquaredError()).save(tmp_path / "net")
    ended = tidu("evaluate", "net", "a.npz", cwd=tmp_path)
    assert ended.status == 0
    assert "root of the mean squared error" in ended.out
    assert tidu("evaluate", "net", "a.npz", "--json", cwd=tmp_path).json["accuracy"] is None


def test_what_loss_and_accuracy_hide_is_noted(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 2))
    t = (x[:, 0] > 0).astype(int)
    net = td.Network([td.BatchNorm(), td.Affine(2)], 2, td.SoftmaxCrossEntropy())
    net.fit(x, t, epochs=5, progress=False)
    net.save(tmp_path / "net")
    for name, inputs in (("same", x), ("other", 5 * x + 9)):
        np.savez(tmp_path / f"{name}.npz", x=inputs, t=t)
    assert tidu("evaluate", "net", "same.npz", cwd=tmp_path).err == ""
    noted = tidu("evaluate", "net", "other.npz", cwd=tmp_path).err
    assert noted.startswith("note: the running averages of BatchNorm1 do not fit these data")
    t = np.repeat([0, 1], [285, 15])
    net["W1"], net["b1"] = np.array([[1.0, -1.0], [0.0, 0.0]]), [2.0, -2.0]
    np.savez(tmp_path / "rare.npz", x=np.abs(x), t=t)
    net.save(tmp_path / "net")
    assert (
        "class '1' is 5 % of the samples" in tidu("evaluate", "net", "rare.npz", cwd=tmp_path).err
    )


def test_the_penalty_is_told_from_the_loss_of_the_data(tmp_path):
    x, t = np.zeros((4, 2)), [0, 1, 0, 1]
    net = td.Network([td.Affine(2)], 2, td.SoftmaxCrossEntropy(), penalty=td.L2(1.0))
    net["W1"], net["b1"] = [[2.0, 0.0], [0.0, 0.0]], [0.0, 0.0]
    net.save(tmp_path / "net")
    np.savez(tmp_path / "zeros.npz", x=x, t=t)
    out = tidu("evaluate", "net", "zeros.npz", cwd=tmp_path).out
    assert out.startswith(
        "zeros (all), 4 samples: loss 2.693 (of which 2 is the penalty of the weights), "
    )
