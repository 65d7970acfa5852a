"""Tables as data sets: from a file as a user has it to inputs and targets."""

import gzip

import numpy as np
import pytest

from tidu.datasets import load_file, load_frame, load_parts, read_inputs
from tidu.errors import FileFormatError, InputError, MissingExtraError

RNG = np.random.default_rng(0)
N = 60


@pytest.fixture
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name="t.csv", rows=N, separator=",", **columns):
    """Write a table of columns, each a function of the row's number; return its name."""
    lines = [separator.join(columns)]
    lines += [separator.join(str(cell(i)) for cell in columns.values()) for i in range(rows)]
    data = "\n".join(lines).encode()
    with open(name, "wb") as file:
        file.write(gzip.compress(data) if name.endswith("gz") else data)
    return name


def mixed(name="t.csv", **options):
    return write(
        name, id=lambda i: i, age=lambda i: "" if i == 7 else 20 + i % 31,
        sex=lambda i: "fm"[i % 2], when=lambda i: f"2024-03-{i % 30 + 1:02d}",
        kind=lambda i: ["rose", "lily", "aster"][i % 3], **options,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.csv.gz", "T.CSV"])
def test_a_table_as_users_have_it(here, name):
    data = load_file(mixed(name, separator="\t" if "tsv" in name else ","))
    assert data.class_names == ("aster", "lily", "rose")
    assert [data.class_names[k] for k in data.t[:3]] == ["rose", "lily", "aster"]
    assert data.schema.inputs == ("age", "age is missing", "sex = f", "sex = m", "sex = other")
    assert data.schema.target.name == "kind"
    assert data.x[7].tolist() == [data.schema.columns[1].median, 1, 0, 1, 0]
    assert data.name.lower() == "t"
    fates = {column.name: column.left_out for column in data.schema.columns}
    assert fates == {"id": "counts the rows", "age": "", "sex": "", "when": "dates"}
    assert data.notes == ()


def test_the_schema_is_that_of_the_training_part(here):
    path = write(x=lambda i: i**2, k=lambda i: "ab"[i % 2])
    train, test = load_parts(path)
    assert (len(train), len(test)) == (48, 12)
    (column,) = train.schema.columns
    assert column.mean == train.x.mean()
    np.testing.assert_allclose(column.spread, train.x.std())
    assert test.schema == train.schema
    for part, again in (("train", train), ("test", test)):
        found = load_file(path, split=part)
        np.testing.assert_array_equal(found.x, again.x)
        np.testing.assert_array_equal(found.t, again.t)
        assert found.schema == train.schema
    assert load_file(path).schema != train.schema


def test_keep_categories_and_label(here):
    data = load_file(mixed(), label="sex", keep=["when", "id"], categories=["age"])
    names = {name.partition(" = ")[0] for name in data.schema.inputs}
    assert names == {"id", "age", "when", "kind"}
    assert data.class_names == ("f", "m")


def test_a_value_and_a_task(here):
    path = write(x=lambda i: i % 7, price=lambda i: 180_000 + 1000 * (i * 7 % 50))
    data = load_file(path)
    assert (data.t.shape, data.t.dtype, data.schema.target.task) == ((N, 1), np.float64, "values")
    assert load_file(path, label="x").n_classes == 7
    assert load_file(path, label="x", task="values").t.shape == (N, 1)


@pytest.mark.parametrize("kind", ["values", "classes"])
def test_csv_and_npz_decide_alike(here, kind):
    targets = {
        "values": [RNG.integers(25, 347, N), 1990 + np.arange(N) % 20, -np.arange(N) % 9 - 3],
        "classes": [np.arange(N) % 2 * 2 - 1, np.arange(N) % 3 + 1, 10 + 10 * (np.arange(N) % 3)],
    }[kind]
    for i, t in enumerate(targets):
        np.savez("t.npz", x=np.ones((N, 2)) * np.arange(N)[:, None] % 7, t=t)
        for dtype in (t, t.astype(float)):
            np.savez("t.npz", x=np.arange(2 * N).reshape(N, 2) % 7, t=dtype)
            npz = load_file("t.npz")
            csv = load_file(write(f"{i}.csv", x=lambda i: i % 7, t=lambda i, t=t: t[i]))
            np.testing.assert_array_equal(npz.t, csv.t)
            assert npz.class_names == csv.class_names
            assert npz.has_labels == (kind == "classes")


def test_rows_without_a_label_are_left_out_with_a_word(here):
    data = load_file(write(x=lambda i: i % 5, k=lambda i: ["a", "b", ""][i % 3]))
    assert len(data) == 40
    assert data.notes == ("20 of 60 rows are left out: 'k' is missing in them",)
    np.savez("t.npz", x=np.eye(4), t=[0.5, np.nan, 1.5, 2.5])
    assert load_file("t.npz").x.shape == (3, 4)


def test_digits_as_a_table(here):
    from tidu.datasets import load_digits

    digits = load_digits()
    rows = np.c_[digits.t, digits.x]
    np.savetxt("digits.csv", rows, "%d", ",")
    data = load_file("digits.csv")
    np.testing.assert_array_equal(data.x, digits.x)
    np.testing.assert_array_equal(data.t, digits.t)
    assert (data.scale, data.image_shape, data.n_classes) == (16, (8, 8), 10)


def test_another_file_is_read_as_the_network_knows_it(here):
    schema = load_file(mixed("a.csv")).schema
    columns = {
        "kind": lambda i: ["lily", "rose"][i % 2], "sex": lambda i: "xm"[i % 2],
        "extra": lambda i: i, "age": lambda i: 30,
    }  # fmt: skip
    path = write("b.csv", 4, **columns)
    data = load_file(path, schema=schema)
    assert data.class_names == ("aster", "lily", "rose")
    assert data.t.tolist() == [1, 2, 1, 2]
    assert data.x.tolist() == [[30, 0, 0, 0, 1], [30, 0, 0, 1, 0]] * 2
    assert data.notes == ("not used, for the network did not learn from it: 'extra'",)
    inputs = read_inputs(path, 5, schema=schema)
    np.testing.assert_array_equal(inputs, data.x)
    del columns["kind"]
    with pytest.raises(InputError, match=r"c\.csv lacks the column 'kind', which the network pred"):
        load_file(write("c.csv", 4, **columns), schema=schema)
    np.testing.assert_array_equal(read_inputs("c.csv", 5, schema=schema), data.x)
    columns["kind"] = lambda i: "tulip"
    with pytest.raises(InputError, match="the label 'tulip' in column 'kind' is none of"):
        load_file(write("d.csv", 4, **columns), schema=schema)


def test_columns_must_be_numbers_where_nothing_is_known_of_them(here):
    (here / "a.csv").write_text("w,h\n1,2\n3,?\n")
    with pytest.raises(FileFormatError, match="row 2, column 'h': 'nan' is not a finite number"):
        read_inputs("a.csv", 2)


REFUSED = [
    ("1\n2\n", {}, FileFormatError, "has one column alone"),
    ("w,k\n1,a\ninf,b\n", {}, FileFormatError, "column 'w': the number in row 2 is infinite"),
    ("id,kind\nx,a\n", {"label": "kin"}, InputError, "did you mean 'kind'?"),
    ("w,k\n1,5\n2,5\n3,5\n", {}, InputError, "'k' is to be predicted, and it is always 5"),
    ("when,k\n2024-01-31,a\n2024-02-28,b\n", {}, InputError, "Keep one by its name"),
]


@pytest.mark.parametrize(("text", "options", "error", "sentence"), REFUSED)
def test_tables_that_cannot_be_used(here, text, options, error, sentence):
    (here / "t.csv").write_text(text)
    with pytest.raises(error) as caught:
        load_file("t.csv", **options)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_are_read_as_files_are(here, library):
    frames = pytest.importorskip(library, reason=f"needs {library}")
    path = mixed()
    columns = {
        "age": [None if i == 7 else 20 + i % 31 for i in range(N)],
        "sex": ["fm"[i % 2] for i in range(N)],
        "old": [i % 4 > 1 for i in range(N)],
        "kind": [["rose", "lily", "aster"][i % 3] for i in range(N)],
    }
    data, file = load_frame(frames.DataFrame(columns)), load_file(path)
    assert data.class_names == file.class_names
    np.testing.assert_array_equal(data.t, file.t)
    assert data.schema.inputs == (*file.schema.inputs, "old")
    np.testing.assert_array_equal(data.x[:, :-1], file.x)
    again = load_frame(frames.DataFrame(columns), schema=data.schema, split="test")
    np.testing.assert_array_equal(again.x, data.part("test").x)


def test_categories_and_dates_of_pandas(here):
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    frame = pandas.DataFrame(
        {
            "k": pandas.Categorical(["a", "b", None, "a"]),
            "when": pandas.to_datetime(["2024-01-31", None, "2024-02-01", "2024-02-02"]),
            "n": pandas.array([1, None, 3, 4], dtype="Int64"),
            "y": [1.5, 2.5, 3.5, 4.5],
        }
    )
    schema = load_frame(frame, keep=["when"]).schema
    assert [c.kind for c in schema.columns] == ["category", "date", "number"]
    assert schema.columns[1].median == 19754


def test_parquet(here):
    polars = pytest.importorskip("polars", reason="needs polars")
    polars.read_csv(mixed()).write_parquet("t.parquet")
    data, file = load_file("t.parquet"), load_file("t.csv")
    np.testing.assert_array_equal(data.x, file.x)
    np.testing.assert_array_equal(data.t, file.t)
    (here / "bad.parquet").write_bytes(b"rubbish")
    with pytest.raises(FileFormatError, match=r"bad\.parquet is damaged"):
        load_file("bad.parquet")


def test_parquet_names_the_extra(here, monkeypatch):
    (here / "t.parquet").write_bytes(b"")
    for library in ("polars", "pandas"):
        monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tidu\[tables\]'"):
        load_file("t.parquet")
