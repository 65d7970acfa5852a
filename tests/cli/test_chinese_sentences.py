"""What the command says in Chinese: no sentence is left in English, and numbers are the same."""

import random
import re

import pytest

from tests.bad_inputs.cli import ROWS, Refused
from tidu.cli import main

ENGLISH = re.compile(r"(?<![-\w/])[a-z]{2,}(?: [a-z]{2,}){2,}(?![-\w/])")
NUMBERS = re.compile(r"(?<![A-Za-z\d.])(?:\d[\d.,]*\d|\d)")
COMMANDS = re.compile(r"tidu [a-z]+( .*)?$")


@pytest.fixture(name="table", autouse=True)
def in_a_folder_with_a_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = random.Random(0)
    lines = ["age,sex,id,born,code,same,alive"]
    for i in range(60):
        age = "" if i == 5 else str(rng.randint(20, 70))
        day = f"2001-02-{1 + i % 28:02}"
        alive = "" if i == 7 else rng.choice(["yes", "no"])
        code = f"0{i % 3}1"
        lines.append(f"{age},{rng.choice('fm')},{i},{day},{code},4,{alive}")
    (tmp_path / "people.csv").write_text("\n".join(lines), "utf-8")


def said(arguments, capsys, lang):
    with pytest.raises(SystemExit) as end:
        main([*arguments.split(), "--lang", lang])
    shown = capsys.readouterr()
    return end.value.code, shown.out + shown.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("train people.csv --dry-run", 0),
        ("train people.csv --dry-run --early-stopping 3", 0),
        ("train people.csv --label age --keep born --dry-run", 0),
        ("train people.csv --epochs 2", 0),
        ("train digits --dry-run", 0),
        ("train --foo", 2),
        ("train a b c", 2),
        ("trian", 2),
        ("predict", 2),
        ("train --force=3", 2),
        ("lab --port x", 2),
    ],
)
def test_no_sentence_is_left_in_english(arguments, code, capsys):
    ended, chinese = said(arguments, capsys, "zh")
    assert ended == code
    lines = [COMMANDS.sub("", line) for line in chinese.splitlines()]
    assert not [line for line in lines if ENGLISH.search(line)]
    assert said(arguments, capsys, "en")[0] == code


def test_the_numbers_of_both_are_the_same(capsys):
    _, chinese = said("train people.csv --dry-run", capsys, "zh")
    _, english = said("train people.csv --dry-run", capsys, "en")
    assert sorted(NUMBERS.findall(chinese)) == sorted(NUMBERS.findall(english))
    assert "乘加次数" in chinese


@pytest.mark.parametrize(
    ("name", "content", "flags"),
    [
        ("short.csv", b"a,b,y\n1,2,x\n3,4\n5,6,z\n", ""),
        ("names.csv", b"a,b,y\n", ""),
        ("blank.csv", b"a,b,y\n,,\n,,\n", ""),
        ("binary.csv", b"a,b\n1,\x00\n", ""),
        ("one.csv", b"y\n1\n2\n", ""),
        ("two.csv", b"1,2\n3,4\n5,7\n", "--label 9"),
        ("unlabelled.csv", b"a,y\n1,\n2,\n", "--label y"),
        ("infinite.csv", b"a,y\n1,1.5\n2,inf\n3,2.5\n", "--label y"),
        ("words.csv", b"word,y\n" + b"".join(b"word%d,%d\n" % (i, i % 2) for i in range(20)), ""),
        ("labels.csv", b"a,y\n" + b"".join(b"%d,name%d\n" % (i % 7, i) for i in range(90)), ""),
        (
            "days.csv",
            b"a,y\n" + b"".join(b"%d,2024-01-%02d\n" % (i % 7, i + 1) for i in range(20)),
            "",
        ),
        ("images.idx3-ubyte", b"what is this", ""),
        ("pictures/readme.txt", b"none", ""),
        ("pictures/cat/1.png", b"none", ""),
        ("short.csv.gz", b"\x1f\x8bnone", ""),
        ("arrays.npz", b"PK\x03\x04none", ""),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_chinese(name, content, flags, capsys, tmp_path):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    arguments = f"train {name.split('/')[0]} --epochs 1 {flags}"
    code, chinese = said(arguments, capsys, "zh")
    refused, english = said(arguments, capsys, "en")
    assert code == refused == 2
    assert not ENGLISH.search(chinese), chinese
    assert re.search("[\u4e00-\u9fff]{2}", chinese), english
    assert sorted(NUMBERS.findall(chinese)) == sorted(NUMBERS.findall(english))


def test_the_language_is_known_before_other_arguments_are_read(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--lang=zh", "--foo"])
    assert "没有选项 --foo" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["train", "--foo"])
    assert "No such option: --foo" in capsys.readouterr().err


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.argument}: {row.sentence}")
def test_whatever_is_refused_is_refused_in_chinese(row, monkeypatch):
    monkeypatch.setenv("TIDU_LANG", "zh")
    with pytest.raises(Refused) as refused:
        row.call()
    sentence = re.sub("^tidu: |[│╭╮╰╯─\\s]", "", str(refused.value))
    assert len(re.findall("[\u4e00-\u9fff]", sentence)) >= 4
    assert not ENGLISH.search(str(refused.value))
