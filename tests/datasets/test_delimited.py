"""Tables in text, in every form in which people bring them: a file a row, and what is in it."""

import gzip

import numpy as np
import pytest

from tidu.datasets import delimited
from tidu.datasets.delimited import read_delimited
from tidu.datasets.table import Texts
from tidu.errors import FileFormatError

NAN = "nan"


@pytest.fixture
def write(tmp_path):
    def write(text, encoding="utf-8", name="table.csv"):
        path = tmp_path / name
        data = text.encode(encoding)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write


def cells(column):
    """Return a column as a list, a missing number as "nan"."""
    if isinstance(column, Texts):
        return [column.values[k] for k in column.codes]
    return [NAN if value != value else value for value in column.tolist()]


READ = {
    # name: text, names of columns (None: there are none), columns
    "plain": ("1,2,a\n3,4,b\n", None, [[1, 3], [2, 4], ["a", "b"]]),
    "names": ("w,h,kind\n1,2,a\n3,4,b\n", "w h kind", [[1, 3], [2, 4], ["a", "b"]]),
    "semicolon": ("1;2;a\n3;4;b\n", None, [[1, 3], [2, 4], ["a", "b"]]),
    "tab": ("1\t2\ta\r\n\r\n3\t4\tb\r\n", None, [[1, 3], [2, 4], ["a", "b"]]),
    "bar": ("w|k\n1|a\n3|b\n", "w k", [[1, 3], ["a", "b"]]),
    "spaces": ("a b c\n 1  2 x\n3 4  y\n", "a b c", [[1, 3], [2, 4], ["x", "y"]]),
    "spaces, no names": ("  1.0   2.5\n  3.0   4.5\n", None, [[1, 3], [2.5, 4.5]]),
    "quotes": ('"w","h","k"\n"1", 2 ," a"\n', "w h k", [[1], [2], ["a"]]),
    "quoted separator": ('k,v\n"a,b",1\n"c",2\n', "k v", [["a,b", "c"], [1, 2]]),
    "quoted line": ('k,v\n"a\nb",1\n"c",2\n', "k v", [["a\nb", "c"], [1, 2]]),
    "byte order mark": ("\ufeffw,h,k\n1,-2e3,a", "w h k", [[1], [-2000], ["a"]]),
    "blank first lines": ("\n \n1,2,a\n", None, [[1], [2], ["a"]]),
    "blank lines before names": ("\n\nw,h\n1,2\n\n3,4\n", "w h", [[1, 3], [2, 4]]),
    "old Macintosh": ("w,h\r1,2\r3,4\r", "w h", [[1, 3], [2, 4]]),
    "decimal commas, no names": ("1,5;2,25\n0,5;1,75\n", None, [[1.5, 0.5], [2.25, 1.75]]),
    "decimal commas": ("w;k\n1,5;a\n-2,125;b\n", "w k", [[1.5, -2.125], ["a", "b"]]),
    "quoted decimal commas": ('w,h\n"1,5",2\n"0,125",3\n', "w h", [[1.5, 0.125], [2, 3]]),
    "decimal commas that look like thousands": ("w;h\n1,234;2\n5,678;3\n", "w h",
                                                [[1.234, 5.678], [2, 3]]),
    "thousands": ('n,v\na,"1,234"\nb,"2,345,678.5"\n', "n v", [["a", "b"], [1234, 2345678.5]]),
    "thousands, decimal commas": ("n;v\na;1.234,5\nb;2\n", "n v", [["a", "b"], [1234.5, 2]]),
    "currency": ("n,v\na,$1.50\nb,-$2\n", "n v", [["a", "b"], [1.5, -2]]),
    "per cent": ("n,v\na,12%\nb,3.5 %\n", "n v", [["a", "b"], [12, 3.5]]),
    "trailing separator": ("a,b,\n1,2,\n3,4,\n", "a b", [[1, 3], [2, 4]]),
    "trailing separator, not in the names": ("a,b\n1,2,\n3,4,\n", "a b", [[1, 3], [2, 4]]),
    "trailing separator, no names": ("1;2;\n3;4;\n", None, [[1, 3], [2, 4]]),
    "whole numbers as names over floats": ("0,1,2\n0.5,1.5,0\n1.5,2,1\n", "0 1 2",
                                           [[0.5, 1.5], [1.5, 2], [0, 1]]),
    "index and whole numbers as names": (",0,1\n0,0.5,1\n1,0.25,2\n", "unnamed 0 1",
                                         [[0, 1], [0.5, 0.25], [1, 2]]),
    "many whole numbers as names": (
        ",".join(map(str, range(9))) + "\n" + ",".join("3" * 9) + "\n",
        " ".join(map(str, range(9))), [[3]] * 9,
    ),
    "counting data": ("0,1,2\n3,4,5\n", None, [[0, 3], [1, 4], [2, 5]]),
    "label and numbers as names": ("Class,0,1\n0,1,2\n", "Class 0 1", [[0], [1], [2]]),
    "row names of R": ('"mpg","cyl"\n"Mazda",21,6\n"Datsun",22.8,4\n', "unnamed mpg cyl",
                       [["Mazda", "Datsun"], [21, 22.8], [6, 4]]),
    "index and texts": (",k,s\n1,e,x\n2,p,y\n3,e,x\n", "unnamed k s",
                        [[1, 2, 3], ["e", "p", "e"], ["x", "y", "x"]]),
    "duplicate names": ("a,a,b,a\n1,2,3,4\n", "a a.1 b a.2", [[1], [2], [3], [4]]),
    "numpy's names": ("# a,b\n1,2\n3,4\n", "a b", [[1, 3], [2, 4]]),
    "texts only, names": ("k,s\ne,x\np,y\ne,x\n", "k s", [["e", "p", "e"], ["x", "y", "x"]]),
    "texts only, no names": ("p,x\ne,x\np,y\n", None, [["p", "e", "p"], ["x", "x", "y"]]),
    "missing": ("x,y\n1,NA\n2,3\n?,\n4,null\nNaN,5\n", "x y",
                [[1, 2, NAN, 4, NAN], [NAN, 3, NAN, NAN, 5]]),
    "missing in the first line": ("nan,2,a\n3,4,b\n", None, [[NAN, 3], [2, 4], ["a", "b"]]),
    "separator of another kind in texts": ("a;b\n1;x,y\n2;z\n", "a b", [[1, 2], ["x,y", "z"]]),
    "one column": ("w\n1\n2\n", "w", [[1, 2]]),
    "zeros in front of texts": ("k,v\n007,1\nA1,2\n7,3\n", "k v",
                                [["007", "A1", "7"], [1, 2, 3]]),
    "codes": ("zip,v\n98101,1\n01234,2\n,3\n", "zip v", [["98101", "01234", ""], [1, 2, 3]]),
    "quoted codes": ('v;zip\n1,5;"02139"\n2;"01234"\n', "v zip", [[1.5, 2], ["02139", "01234"]]),
    "underscores": ("k,v\n2020_01,1\n2020_02,2\n", "k v", [["2020_01", "2020_02"], [1, 2]]),
    "zeros in front": ("x,m\n007,01\n12,12\n0.5,02\n", "x m", [[7, 12, 0.5], [1, 12, 2]]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "names", "columns"), READ.values(), ids=READ)
@pytest.mark.parametrize("block", [1, 2, 20_000])
def test_tables_are_read(write, monkeypatch, text, names, columns, block):
    monkeypatch.setattr(delimited, "BLOCK", block)
    found = read_delimited(write(text))
    assert found.named == (names is not None)
    assert list(found.names) == (names.split() if names else [str(i) for i in range(len(columns))])
    assert [cells(column) for column in found.columns] == columns
    assert found.notes == ()


ENCODINGS = {
    # encoding, name of the file, note
    "UTF-8": ("utf-8", "a.csv", None),
    "UTF-8 with mark": ("utf-8-sig", "a.csv", None),
    "UTF-16": ("utf-16", "a.csv", "read as UTF-16"),
    "UTF-16 without mark": ("utf-16-le", "a.csv", "read as UTF-16-LE"),
    "Latin-1": ("latin-1", "a.csv", "read as Latin-1 (Windows-1252), for it is not UTF-8"),
    "packed": ("utf-8", "a.csv.gz", None),
}


@pytest.mark.parametrize(("encoding", "name", "note"), ENCODINGS.values(), ids=ENCODINGS)
def test_encodings_are_recognized_and_named(write, encoding, name, note):
    found = read_delimited(write("größe,art\n1,é\n2,a\n", encoding, name))
    assert found.names == ("größe", "art")
    assert cells(found.columns[1]) == ["é", "a"]
    assert found.notes == ((note,) if note else ())


REFUSED = [
    ("", "is empty"),
    ("\n \n", "is empty"),
    (";\n;\n;\n", "has rows of empty cells alone"),
    ("w,h,kind\n", "has no rows"),
    ("1,2,a\n\n3,b\n", "line 3: 2 columns, where the first line has 3"),
    ("w,h,k\n1,2,a\n3,4,b,5\n", "line 3: 4 columns, where the first line has 3"),
    ('1,"2\n', "is damaged, or is not a table in text"),
    ("PK\x03\x04rubbish", "is to be saved as CSV first"),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_what_is_no_table_is_refused_with_the_place(write, text, sentence):
    with pytest.raises(FileFormatError) as caught:
        read_delimited(write(text))
    assert sentence in str(caught.value)
    assert "table.csv" in str(caught.value)


def test_numbers_keep_their_bits(write):
    x = np.random.default_rng(0).normal(size=(50, 3))
    text = "\n".join(",".join(map(repr, row)) for row in x.tolist())
    for more in ("", "\nNA,1,2"):  # all at once, and cell by cell
        found = read_delimited(write(text + more))
        np.testing.assert_array_equal(np.stack(found.columns, axis=1)[:50], x)


def test_a_text_after_thousands_of_numbers_keeps_all_texts_as_they_were(write, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", 10)
    found = read_delimited(write("a,b\n" + "007,1\n" * 25 + "x,2\n" + "7,1\n" * 25))
    assert cells(found.columns[0]) == ["007"] * 25 + ["x"] + ["7"] * 25
    assert found.columns[1].sum() == 52
