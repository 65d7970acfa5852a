"""``tidu predict``, as a user types it."""

import csv
import gzip
import struct

import numpy as np
import pytest

import tidu as td
from tests.cli.running import tidu
from tidu.datasets import load_dataset

MODEL = "tidu-out/digits/model.safetensors"
X = load_dataset("digits", "test").x[:7]


def write_npy(path):
    np.save(path, X)


def write_npz(path):
    np.savez(path, x=X.reshape(-1, 8, 8))


def write_csv(path):
    np.savetxt(path, X, "%d", ",")


def write_idx(path):
    path.write_bytes(struct.pack(">BBBBIII", 0, 0, 8, 3, 7, 8, 8) + X.tobytes())


def write_idx_gz(path):
    write_idx(path)
    path.write_bytes(gzip.compress(path.read_bytes()))


FILES = {"x.npy": write_npy, "x.npz": write_npz, "x.csv": write_csv, "x.idx": write_idx,
         "x.idx.gz": write_idx_gz}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_files_of_every_kind_are_predicted_alike(digits, tmp_path, name):
    folder, _ = digits
    FILES[name](tmp_path / name)
    result = tidu("predict", MODEL, tmp_path / name, "--json", cwd=folder).json
    probabilities = td.load(folder / MODEL).predict_proba(X)
    assert [row["sample"] for row in result["predictions"]] == list(range(7))
    assert [int(row["class"]) for row in result["predictions"]] == list(probabilities.argmax(1))
    assert [row["p"] for row in result["predictions"]] == [float(p.max()) for p in probabilities]


@pytest.mark.parametrize("on_paper", [False, True])
def test_a_picture(digits, tmp_path, on_paper):
    image = pytest.importorskip("PIL.Image")
    folder, _ = digits
    grey = (X[0].reshape(8, 8).astype(int) * 255 // 16).astype(np.uint8)
    image.fromarray(255 - grey if on_paper else grey).save(tmp_path / "digit.png")
    found = tidu("predict", MODEL, tmp_path / "digit.png", "--json", cwd=folder).json
    (row,) = found["predictions"]
    assert int(row["class"]) == td.load(folder / MODEL).predict(X[:1])[0]


def test_classes_have_their_names(pets):
    folder, trained = pets
    (folder / "in.csv").write_text("weight,length\n0.03,9\n20,80\n")
    ended = tidu("predict", trained.json["model"], "in.csv", cwd=folder)
    head, _, *rows = ended.out.splitlines()
    assert head.split() == ["sample", "class", "p"]
    assert [row.split()[1] for row in rows] == ["mouse", "dog"]


@pytest.mark.parametrize(("top", "shown"), [(1, 1), (2, 2), (3, 3), (9, 3)])
def test_top_names_that_many_classes_in_their_order(pets, top, shown):
    folder, trained = pets
    (folder / "one.csv").write_text("weight,length\n0.03,9\n")
    ended = tidu("predict", trained.json["model"], "one.csv", "--top", top, "--json", cwd=folder)
    (row,) = ended.json["predictions"]
    names = ["class", "class1", "class2"][:shown]
    assert [name for name in row if name.startswith("class")] == names
    shares = [value for name, value in row.items() if name.startswith("p")]
    assert shares == sorted(shares, reverse=True)
    assert len({row[name] for name in names}) == shown


def test_out_is_a_table_of_all(digits, tmp_path):
    folder, _ = digits
    np.save(tmp_path / "x.npy", np.repeat(X, 5, axis=0))
    out = tmp_path / "out.csv"
    ended = tidu("predict", MODEL, tmp_path / "x.npy", "--out", out, cwd=folder)
    assert "... and 15 more" in ended.out
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 35
    assert set(rows[0]) == {"sample", "class", "p"}


def test_values_of_a_regression(tmp_path):
    net = td.Network([td.Affine(2)], 3, td.MeanSquaredError(), dtype="float64")
    net.save(tmp_path / "net")
    x = np.random.default_rng(0).normal(size=(4, 3))
    np.save(tmp_path / "x.npy", x)
    result = tidu("predict", "net", "x.npy", "--json", cwd=tmp_path).json
    found = [[row["y0"], row["y1"]] for row in result["predictions"]]
    np.testing.assert_array_equal(found, net.predict(x))
    assert tidu("predict", "net", "x.npy", cwd=tmp_path).out.split()[:3] == ["sample", "y0", "y1"]


def test_a_folder_to_write_to_that_is_not_there_is_named(digits, tmp_path):
    folder, _ = digits
    write_npy(tmp_path / "x.npy")
    ended = tidu("predict", MODEL, tmp_path / "x.npy", "--out", "no/such.csv", cwd=folder)
    assert ended.status == 2
    assert "no/such.csv" in ended.err


@pytest.fixture
def characters(tmp_path):
    """A network of digits of 28 × 28 pixels that answers by where the ink is."""
    net = td.Network([td.Rescale(1 / 255), td.Affine(10)], 784, td.SoftmaxCrossEntropy(),
                     classes=list("0123456789"))  # fmt: skip
    weights = np.zeros((784, 10))
    weights[: 14 * 28, 3], weights[14 * 28 :, 4] = 1, 1
    net["W1"] = weights
    net.save(tmp_path / "net")
    return tmp_path


def test_a_digit_is_brought_to_the_middle_unless_as_is(characters):
    image = pytest.importorskip("PIL.Image")
    sheet = np.full((200, 200), 255, np.uint8)
    sheet[150:190, 20:60] = 0
    image.fromarray(sheet).save(characters / "a.png")
    found = tidu("predict", "net", "a.png", "--json", cwd=characters).json["predictions"][0]
    assert found["p"] < 0.9  # as much above as below
    found = tidu("predict", "net", "a.png", "--as-is", "--json", cwd=characters)
    assert found.json["predictions"][0]["class"] == "4"
    assert found.json["predictions"][0]["p"] > 0.99


def test_show_draws_what_the_network_sees(characters):
    image = pytest.importorskip("PIL.Image")
    sheet = np.full((60, 60), 255, np.uint8)
    sheet[5:55, 20:30] = 0
    image.fromarray(sheet).save(characters / "a.png")
    ended = tidu("predict", "net", "a.png", "--show", cwd=characters)
    lines = ended.err.splitlines()
    assert (len(lines), {len(line) for line in lines}) == (15, {28})
    assert sum("@@" in line for line in lines) == 10


def test_values_stand_under_the_name_of_the_column_that_was_learned(tmp_path):
    rooms, noise = np.random.default_rng(0).uniform(1, 6, (2, 60))
    lines = [f"{r:.3f},{s:.3f},{100 + 20 * r:.2f}" for r, s in zip(rooms, noise, strict=True)]
    (tmp_path / "flats.csv").write_text("\n".join(["rooms,noise,price", *lines]))
    trained = tidu("train", "flats.csv", "--epochs", "3", "--json", cwd=tmp_path)
    (tmp_path / "new.csv").write_text("noise,rooms\n2,3\n1,4\n")
    ended = tidu("predict", trained.json["model"], "new.csv", cwd=tmp_path)
    assert ended.out.split()[:2] == ["sample", "price"]
    assert "%" not in ended.out


@pytest.mark.parametrize("color", [False, True])
def test_pictures_that_are_no_squares(tmp_path, color):
    image = pytest.importorskip("PIL.Image")
    for k, name in enumerate(("bar", "dot")):
        (tmp_path / "shapes" / name).mkdir(parents=True)
        for i in range(30):
            sheet = np.full((20, 30, 3), 255, np.uint8)
            sheet[3 + i % 12 :, 5 + i % 15 :][: 2 + 3 * k, : 10 - 5 * k] = 0
            image.fromarray(sheet).save(tmp_path / "shapes" / name / f"{i:02}.png")
    tidu("train", "shapes", "--epochs", 20, "--out", "out", *["--color"] * color, cwd=tmp_path)
    assert td.load(tmp_path / "out/model.safetensors").image_shape == (20, 30, 3)[: 2 + color]
    ended = tidu(
        "predict", "out/model.safetensors", "shapes/dot/03.png", "--show", "--json", cwd=tmp_path
    )
    assert ended.json["predictions"][0]["class"] == "dot"
    lines = ended.err.splitlines()
    assert (len(lines), {len(line) for line in lines}) == (11, {30})
    named = tidu("predict", "out/model.safetensors", "shapes/dot", "--json", cwd=tmp_path).json
    assert [row["file"] for row in named["predictions"][:2]] == ["00.png", "01.png"]
