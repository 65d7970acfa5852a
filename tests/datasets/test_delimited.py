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


def use_pandas(monkeypatch, use):
    """Have pandas read the blocks of large files, or not."""
    if use:
        pytest.importorskip("pandas", reason="pandas is not installed")
    monkeypatch.setattr(delimited, "is_there", lambda: use)


@pytest.fixture(params=[False, True], ids=["cell by cell", "pandas"])
def by_pandas(request, monkeypatch):
    """Have pandas read the blocks of large files, or not."""
    use_pandas(monkeypatch, request.param)
    return request.param


@pytest.mark.parametrize(("text", "names", "columns"), READ.values(), ids=READ)
@pytest.mark.parametrize("block", [1, 2, 20_000])
def test_tables_are_read(write, monkeypatch, by_pandas, text, names, columns, block):
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
@pytest.mark.parametrize("block", [2, 20_000])
def test_what_is_no_table_is_refused_with_the_place(
    write, monkeypatch, by_pandas, text, sentence, block
):
    monkeypatch.setattr(delimited, "BLOCK", block)
    with pytest.raises(FileFormatError) as caught:
        read_delimited(write(text))
    assert sentence in str(caught.value)
    assert "table.csv" in str(caught.value)


def test_numbers_keep_their_bits(write, monkeypatch, by_pandas):
    monkeypatch.setattr(delimited, "BLOCK", 20)
    x = np.random.default_rng(0).normal(size=(50, 3))
    text = "\n".join(",".join(map(repr, row)) for row in x.tolist())
    for more in ("", "\nNA,1,2"):  # all at once, and cell by cell
        found = read_delimited(write(text + more))
        np.testing.assert_array_equal(np.stack(found.columns, axis=1)[:50], x)


def test_a_text_after_thousands_of_numbers_keeps_all_texts_as_they_were(
    write, monkeypatch, by_pandas
):
    monkeypatch.setattr(delimited, "BLOCK", 10)
    found = read_delimited(write("a,b\n" + "007,1\n" * 25 + "x,2\n" + "7,1\n" * 25))
    assert cells(found.columns[0]) == ["007"] * 25 + ["x"] + ["7"] * 25
    assert found.columns[1].sum() == 52


ODD = {
    "number": ["1", "-2.5", "+3", ".5", "5.", "1e3", "1E-400", "1e400", " 4 ", "0.1", "1_0",
               "9007199254740993", "123456789012345678901234567890", "0x10", "1d5", "inf", "-Inf",
               "Infinity", "1,5", "1.234,5", "\u0661", "\u22121"],
    "gap": ["", " ", "NA", "nan", "NaN", "-nan", "null", "NULL", "None", "n/a", "?", "-", "nAn",
            "missing", "Na"],
    "code": ["007", "01234", "00501", "10001", "0"],
    "text": ["a", "A b", "True", "FALSE", "yes", "x_y", "\u00e9", '"q"', "q'q", "#1", "12%", "$3",
             "2024-01-31", "1:30", '"a,b"', '"two\nlines"', '""'],
}  # fmt: skip


def odd_table(seed):
    """Return a table in text, whose columns are mostly of one kind, with some cells of others."""
    rng = np.random.default_rng(seed)
    separator, kinds = rng.choice([",", ";", "\t", "|"]), list(ODD)
    rows, columns = int(rng.integers(1, 60)), []
    for _ in range(int(rng.integers(1, 6))):
        kind, stray = rng.choice(kinds), rng.choice([0.0, 0.02, 0.3])
        drawn = [rng.choice(kinds) if rng.random() < stray else kind for _ in range(rows)]
        own = rng.choice(ODD[kind], size=min(3, len(ODD[kind])), replace=False)
        columns.append([str(rng.choice(own if k == kind else ODD[k])) for k in drawn])
    lines = [separator.join(cells) for cells in zip(*columns, strict=True)]
    if rng.random() < 0.1:
        lines[int(rng.integers(rows))] += separator
    head = separator.join(f"c{j}" for j in range(len(columns)))
    return "\n".join([head, *lines]) + rng.choice(["", "\n", "\n\n"])


@pytest.mark.parametrize(
    "count", [200, pytest.param(10_000, marks=pytest.mark.exhaustive)], ids="{:,}".format
)
def test_pandas_and_cell_by_cell_agree_on_odd_tables(write, monkeypatch, count):
    monkeypatch.setattr(delimited, "BLOCK", 8)
    for seed in range(count):
        path, answers = write(odd_table(seed)), []
        for use in (False, True):
            use_pandas(monkeypatch, use)
            try:
                table = read_delimited(path)
                columns = [cells(column) for column in table.columns]
                answers.append((table.names, table.named, columns))
            except FileFormatError as error:
                answers.append(str(error))
        assert answers[0] == answers[1], (seed, path.read_text())


COMMENTED = {
    "names below": ("# made 2024\n# unit: cm\na,b,k\n1,2,x\n3,4,y\n", "a b k", 2),
    "names marked": ("# made 2024\n# a,b,k\n1,2,x\n3,4,y\n", "a b k", 1),
    "no names": ("# made by hand\n\n1,2,x\n3,4,y\n", None, 1),
    "commas in a comment": ("# one, two, three, four\na,b,k\n1,2,x\n3,4,y\n", "a b k", 1),
}


@pytest.mark.parametrize(("text", "names", "count"), COMMENTED.values(), ids=COMMENTED)
def test_comments_at_the_top_are_left_out(write, text, names, count):
    found = read_delimited(write(text))
    assert list(found.names) == (names or "0 1 2").split()
    assert [cells(column) for column in found.columns] == [[1, 3], [2, 4], ["x", "y"]]
    lines = "lines" if count > 1 else "line"
    assert found.notes == (f"{count} {lines} at the top that begin with # are left out",)


def test_the_place_of_a_fault_counts_comments(write):
    with pytest.raises(FileFormatError, match="line 4: 3 columns, where the first line has 2"):
        read_delimited(write("# made 2024\na,b\n1,2\n3,4,5\n"))
