import gzip
from pathlib import Path

import numpy as np
import pytest

from tests.datasets.test_idx import idx_bytes
from tidu.datasets import load_file, read_inputs
from tidu.errors import DataNotFoundError, FileFormatError, InputError, ShapeError, TiduError

X = np.random.default_rng(0).integers(0, 256, (10, 4, 6), np.uint8)
T = np.arange(10) % 2


@pytest.fixture
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save_npz(**arrays):
    np.savez("data.npz", **arrays)
    return "data.npz"


def save_idx(name="some-images-idx3-ubyte", labels="some-labels-idx1-ubyte", pack=bytes):
    for path, array in ((name, X), (labels, T.astype(np.uint8))):
        with open(path, "wb") as file:
            file.write(pack(idx_bytes(array)))
    return name


def save_csv():
    np.savetxt("data.csv", np.c_[X.reshape(10, -1), T], delimiter=",")
    return "data.csv"


def save_png():
    image_module = pytest.importorskip("PIL.Image", reason="needs Pillow")
    for k in (0, 1):
        home = Path("pictures", f"class {k}")
        home.mkdir(parents=True)
        for i in range(k, 10, 2):  # as T has it
            framed = np.pad(X[i, 1:-1, 1:-1], 1)  # a dark rim, so that nothing is inverted
            image_module.fromarray(framed).save(home / f"{i}.png")
    return "pictures"


LABELLED = {
    "npz x t": lambda: save_npz(x=X, t=T),
    "npz x y": lambda: save_npz(x=X, y=T),
    "npz parts": lambda: save_npz(x_train=X[:8], t_train=T[:8], x_test=X[8:], t_test=T[8:]),
    "npz names": lambda: save_npz(x=X, t=np.array(["even", "odd"])[T]),
    "idx": save_idx,
    "idx dots": lambda: save_idx("a-images.idx3-ubyte", "a-labels.idx1-ubyte"),
    "idx gz": lambda: save_idx("images-idx3-ubyte.gz", "labels-idx1-ubyte.gz", gzip.compress),
    "idx mixed": lambda: save_idx("images.idx", "labels.idx.gz", gzip.compress),
    "csv": save_csv,
    "png": save_png,
}


@pytest.mark.parametrize("save", LABELLED.values(), ids=LABELLED)
def test_every_kind_of_labelled_file_is_loaded(here, save):
    path = save()
    data = load_file(path)
    assert sorted(data.t) == sorted(T)
    assert data.n_classes == 2
    assert data.x.shape == (10, 24)
    if path.endswith("csv"):
        assert (data.x.dtype, data.scale, data.image_shape) == (np.float64, None, None)
    else:
        assert (data.x.dtype, data.scale, data.image_shape) == (np.uint8, 255, (4, 6))
    if path != "pictures":
        np.testing.assert_array_equal(data.x, X.reshape(10, -1))
    assert data.source == f"the file {path}"
    train, test = load_file(path, split="train"), load_file(path, split="test")
    assert (len(train), len(test)) == (8, 2)
    together = np.concatenate([train.x, test.x])
    np.testing.assert_array_equal(np.sort(together, axis=0), np.sort(data.x, axis=0))


def test_the_parts_that_a_file_states_are_used(here):
    path = save_npz(x_train=X[:3], y_train=T[:3], x_test=X[3:], y_test=T[3:])
    assert load_file(path, split="train").t.tolist() == T[:3].tolist()
    assert load_file(path, split="test").t.tolist() == T[3:].tolist()


def test_names_are_numbered_alike_in_both_parts(here):
    names = np.array(["a", "b", "c"])
    path = save_npz(x_train=X[:3], t_train=names, x_test=X[3:5], t_test=names[1:])
    assert load_file(path, split="test").t.tolist() == [1, 2]
    assert load_file(path, split="test").class_names == ("a", "b", "c")


TARGETS = [
    # as saved, as loaded: its shape and dtype
    (np.linspace(0, 1, 10), (10, 1), np.float64),
    (np.eye(10, dtype=np.float32), (10, 10), np.float32),
    (np.arange(10, dtype=np.int16) % 2, (10,), np.int16),
]


@pytest.mark.parametrize(("t", "shape", "dtype"), TARGETS)
def test_targets_keep_their_dtype_and_numbers_get_a_column(here, t, shape, dtype):
    data = load_file(save_npz(x=X, t=t))
    assert (data.t.shape, data.t.dtype) == (shape, dtype)


def test_the_label_column_can_be_named(here):
    (here / "a.csv").write_text("kind,w\nrose,1\nlily,2\n")
    assert load_file("a.csv", label="kind").class_names == ("lily", "rose")


def test_pickled_objects_are_never_loaded(here):
    np.save("x.npy", np.array([{}]), allow_pickle=True)
    for call in (
        lambda: load_file(save_npz(x=np.array([{}]), t=[0])),
        lambda: read_inputs("x.npy", 1),
    ):
        with pytest.raises(FileFormatError, match="allow_pickle=False"):
            call()


def uneven_parts(x=0, t=0):
    """Parts that fit together in sum only: a label, or a column, too many in the one."""
    flat = X.reshape(10, -1)
    return save_npz(x_train=flat[:8], t_train=T[: 8 - t], x_test=flat[8:, x:], t_test=T[8 - t :])


REFUSED = [
    (lambda: load_file("none.csv"), DataNotFoundError, "there is no file or folder none.csv"),
    (lambda: load_file(save_npz(x=X)), FileFormatError, "needs the arrays x and t (or y)"),
    (lambda: load_file(save_npz(x_train=X, t_train=T)), FileFormatError, "x_test and t_test"),
    (
        lambda: load_file(save_npz(x=X, t=T[1:])),
        FileFormatError,
        "data.npz: x and its targets must",
    ),
    (lambda: load_file(save_npz(x=X[:0], t=T[:0])), FileFormatError, "holds no rows"),
    (lambda: load_file(save_npz(x=np.array(7), t=T)), FileFormatError, "one row for each sample"),
    (lambda: load_file(uneven_parts(t=1)), FileFormatError, "x_train and its targets"),
    (lambda: load_file(uneven_parts(x=1)), FileFormatError, "two parts that fit together"),
    (lambda: load_file(save_npz(x=X * 1j, t=T)), FileFormatError, "data.npz: `x` must hold num"),
    (lambda: load_file(save_npz(x=X / 0.0, t=T)), FileFormatError, "data.npz: `x` holds a NaN"),
    (lambda: load_file(save_idx(labels="else")), FileFormatError, "has no labels beside it"),
    (lambda: load_file(save_npz(x=X, t=T), label="t"), InputError, "names a column of a table"),
    (lambda: load_file(save_npz(x=X, t=T), split="valid"), InputError, "'train', 'test', 'all'"),
    (lambda: read_inputs(save_npz(a=X, b=X), 24), FileFormatError, "needs an array x"),
    (lambda: read_inputs(save_npz(a=X), 23), ShapeError, "of shape (23,), 23 numbers each"),
    (lambda: read_inputs(save_csv(), 24), ShapeError, "leave out the labels"),
    (lambda: read_inputs(save_npz(x=X / 0.0), 24), InputError, "holds a NaN or an infinity"),
    (lambda: read_inputs(save_npz(x=np.array(["a"])), 1), FileFormatError, "not hold numbers"),
]


@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value):RuntimeWarning")
@pytest.mark.parametrize(("call", "error", "sentence"), REFUSED)
def test_what_cannot_be_used_is_refused_in_one_sentence(here, call, error, sentence):
    with pytest.raises(error) as caught:
        call()
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.npz", "a.npy", "a.csv", "a.idx", "a-idx3-ubyte.gz"])
@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfehello", b"\x1f\x8b\x08", b"PK\x03\x04"])
def test_rubbish_under_every_name_is_refused(here, name, data):
    (here / name).write_bytes(data)
    with pytest.raises(FileFormatError, match=name):
        read_inputs(name, 3)
    with pytest.raises(TiduError, match=name):
        load_file(name)


def test_a_file_of_the_other_numpy_kind_is_refused(here):
    np.savez("a.npz", x=X)
    (here / "a.npz").rename("a.npy")
    np.save("b.npy", X)
    (here / "b.npy").rename("b.npz")
    for name in ("a.npy", "b.npz"):
        with pytest.raises(FileFormatError, match=f"{name} is damaged, or is not"):
            read_inputs(name, 24)


def test_unknown_kinds_are_told_the_known_ones(here):
    (here / "notes.txt").touch()
    for call in (lambda: load_file("notes.txt"), lambda: read_inputs("notes.txt", 3)):
        with pytest.raises(
            InputError,
            match=r"known are \.csv, .*, \.npz, \.npy, \.png, \.jpg, \.webp, a folder",
        ):
            call()


def test_inputs_alone_are_no_data_to_learn_from(here):
    np.save("x.npy", X)
    with pytest.raises(InputError, match=r"labels are needed.*np\.savez"):
        load_file("x.npy")


def save_npy(x):
    np.save("x.npy", x)
    return "x.npy"


def save_bare_csv():
    np.savetxt("bare.csv", X.reshape(10, -1), delimiter=",")
    return "bare.csv"


INPUTS = {
    "npy": lambda: save_npy(X),
    "npy flat": lambda: save_npy(X.reshape(10, -1)),
    "npz x": lambda: save_npz(x=X, t=T),
    "npz alone": lambda: save_npz(pictures=X),
    "idx": save_idx,
    "csv": save_bare_csv,
}


@pytest.mark.parametrize("input_shape", [24, (24,), (4, 6), (1, 4, 6)])
@pytest.mark.parametrize("save", INPUTS.values(), ids=INPUTS)
def test_inputs_get_the_shape_that_the_network_takes(here, save, input_shape):
    shape = (input_shape,) if isinstance(input_shape, int) else input_shape
    found = read_inputs(save(), input_shape)
    np.testing.assert_array_equal(found, X.reshape(10, *shape))


def test_one_input_is_a_batch_of_one(here):
    assert read_inputs(save_npy(X[0]), 24).shape == (1, 24)
    assert read_inputs(save_npy(np.array(0.5)), 1).shape == (1, 1)


def test_pictures_are_scaled_to_what_the_network_learnt_from(here):
    image_module = pytest.importorskip("PIL.Image", reason="needs Pillow")
    picture = np.zeros((8, 8), np.uint8)
    picture[3] = 255
    for name in ("b.png", "a.png"):
        image_module.fromarray(picture).save(name)
    found = read_inputs("a.png", 64, scale=16)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, picture.reshape(1, 64) / 255 * 16)
    assert read_inputs(here, (1, 8, 8)).shape == (2, 1, 8, 8)
    assert read_inputs("a.png", 24, image_shape=(4, 6)).shape == (1, 24)
    with pytest.raises(ShapeError, match=r"24 \(inputs of shape \(24,\)\); it is \(4, 4\)"):
        read_inputs("a.png", 24)
    (here / "empty").mkdir()
    with pytest.raises(FileFormatError, match=r"has no pictures such as \.png files"):
        read_inputs("empty", 24)


@pytest.mark.parametrize("name", ["iris.data", "iris.dat.gz"])
def test_tables_of_the_archives_have_other_suffixes(tmp_path, name):
    text = "5.1,3.5,1.4,0.2,Iris-setosa\n7.0,3.2,4.7,1.4,Iris-versicolor\n" * 10
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    found = load_file(path)
    assert (found.name, found.class_names) == ("iris", ("Iris-setosa", "Iris-versicolor"))
