import numpy as np
import pytest

from tidu.datasets.tables import numbered, read_csv
from tidu.errors import DataNotFoundError, FileFormatError, InputError


@pytest.fixture
def table(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_text(text, encoding=encoding)
        return path

    return write


READ = [
    # text, label, x, labels
    ("1,2,a\n3,4,b\n", None, [[1, 2], [3, 4]], ["a", "b"]),
    ("w,h,kind\n1,2,a\n3,4,b\n", None, [[1, 2], [3, 4]], ["a", "b"]),
    ("w,h,kind\n1,a,2\n3,b,4\n", "h", [[1, 2], [3, 4]], ["a", "b"]),
    ("label,w,h\n0,1,2\n1,3,4\n", None, [[1, 2], [3, 4]], ["0", "1"]),
    ("Class,0,1\n0,1,2\n", None, [[1, 2]], ["0"]),
    ("7,1,2\n8,3,4\n", 0, [[1, 2], [3, 4]], ["7", "8"]),
    ("1,2,7\n3,4,8\n", -1, [[1, 2], [3, 4]], ["7", "8"]),
    ("1;2;a\n3;4;b\n", None, [[1, 2], [3, 4]], ["a", "b"]),
    ("1\t2\ta\r\n\r\n3\t4\tb\r\n", None, [[1, 2], [3, 4]], ["a", "b"]),
    ('"w","h","k"\n"1", 2 ," a"\n', None, [[1, 2]], ["a"]),
    ("\ufeffw,h,k\n1,-2e3,a", None, [[1, -2000]], ["a"]),
    ("\n\n1,2,a\n", None, [[1, 2]], ["a"]),
]


@pytest.mark.parametrize(("text", "label", "x", "labels"), READ)
def test_tables_are_read(table, text, label, x, labels):
    found = read_csv(table(text), label)
    np.testing.assert_array_equal(found[0], np.array(x, float))
    assert found[0].dtype == np.float64
    assert found[1] == labels


@pytest.mark.parametrize("text", ["1,2\n3,4\n", "w,h\n1,2\n3,4\n"])
def test_a_table_without_labels_is_all_numbers(table, text):
    x, labels = read_csv(table(text), labelled=False)
    assert x.tolist() == [[1, 2], [3, 4]]
    assert labels == []


REFUSED = [
    ("", None, FileFormatError, "is empty"),
    ("\n \n", None, FileFormatError, "is empty"),
    ("w,h,kind\n", None, FileFormatError, "has no rows"),
    ("1,2,a\n\n3,b\n", None, FileFormatError, "line 3: 2 columns, where the first line has 3"),
    ("1,2,a\n3,,b\n", None, FileFormatError, "line 2, column 2: '' is not a finite number"),
    ("w,h,k\n1,2,a\n3,?,b\n", None, FileFormatError, "line 3, column 'h': '?' is not"),
    ("1,2,a\nnan,4,b\n", None, FileFormatError, "line 2, column 1: 'nan' is not"),
    ("nan,nan,a\n3,4,b\n", None, FileFormatError, "line 1, column 1: 'nan' is not"),
    ("1,2,a\n3,inf,b\n", None, FileFormatError, "line 2, column 2: 'inf' is not"),
    ("a,1,2\nb,3,x\n", 0, FileFormatError, "line 2, column 3: 'x' is not"),
    ("1,,a\n", None, FileFormatError, "line 1, column 2: '' is not"),
    ("1\n2\n", None, FileFormatError, "has one column alone"),
    ('1,"2\n', None, FileFormatError, "is damaged, or is not a CSV file"),
    ("w,h,kind\n1,2,a\n", "kin", InputError, "did you mean 'kind'?"),
    ("1,2,a\n", 3, InputError, "has columns 0 to 2"),
    ("1,2,a\n", -4, InputError, "at least -3, got -4"),
]


@pytest.mark.parametrize(("text", "label", "error", "sentence"), REFUSED)
def test_bad_tables_are_refused_with_the_place(table, text, label, error, sentence):
    with pytest.raises(error) as caught:
        read_csv(table(text), label)
    assert sentence in str(caught.value)
    assert "table.csv" in str(caught.value) or "`label`" in str(caught.value)


def test_other_encodings_and_missing_files_are_refused(table, tmp_path):
    with pytest.raises(FileFormatError, match="CSV file in UTF-8"):
        read_csv(table("1,2,é\n", encoding="latin-1"))
    with pytest.raises(DataNotFoundError, match="there is no file"):
        read_csv(tmp_path / "none.csv")


LABELS = [
    # texts, targets, dtype, class names
    (["2", "0"], [2, 0], np.int64, None),
    (["2.0", "0e0"], [2, 0], np.int64, None),
    (["0.5", "1"], [[0.5], [1.0]], np.float64, None),
    (["b", "a", "b"], [1, 0, 1], np.int64, ("a", "b")),
    (["1", "x"], [0, 1], np.int64, ("1", "x")),
]


@pytest.mark.parametrize(("texts", "t", "dtype", "class_names"), LABELS)
def test_labels_become_targets(texts, t, dtype, class_names):
    found, names = numbered(texts, "here")
    assert found.tolist() == t
    assert found.dtype == dtype
    assert names == class_names


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["1", ""], "here: the label of row 2 is empty"),
        (["1", "nan"], "here: a label is 'nan'"),
        (["-1", "1"], "from -1 to 1"),
        (["250000", "180000"], "from 180000 to 250000"),
    ],
)
def test_labels_that_cannot_be_targets(texts, sentence):
    with pytest.raises(FileFormatError, match=sentence):
        numbered(texts, "here")
