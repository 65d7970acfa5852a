"""The command in Chinese: its sentences are, and its numbers are those of the English ones."""

import re

import pytest

from tests.cli.conftest import write_pets
from tests.cli.running import tidu

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def numbers(text):
    """Return the numbers of a text, but for the seconds, which differ from run to run."""
    text = re.sub(r"in [\d.]+ s;|用时 [\d.]+ 秒|用 [\d.]+ 秒", "", text)
    return sorted(re.findall(r"\d[\d,.]*\d|\d", text))


COMMANDS = [
    "--help",
    "train --help",
    "show --help",
    "show descent --help",
    "show",
    "exercise",
    "train digits --hidden 16 --epochs 2 --force",
    "train pets.csv --dry-run",
    "sweep digits --lr 0.01 --hidden 8 --seeds 1 --epochs 1 --force",
    "evaluate tidu-out/digits/model.safetensors digits",
    "export tidu-out/digits/model.safetensors --numpy net.py",
    "exercise softmax --force",
]


@pytest.fixture(scope="module", name="folder")
def folder_with_a_network(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chinese")
    write_pets(folder / "pets.csv", 30)
    assert tidu("train", "digits", "--hidden", "8", "--epochs", "1", cwd=folder).status == 0
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_prints_chinese_and_the_same_numbers(command, folder, monkeypatch):
    english = tidu(*command.split(), cwd=folder)
    monkeypatch.setenv("TIDU_LANG", "zh")
    chinese = tidu(*command.split(), cwd=folder)
    assert chinese.status == english.status == 0
    assert not CHINESE.search(english.out)
    assert CHINESE.search(chinese.out)
    assert numbers(chinese.out) == numbers(english.out)


@pytest.mark.parametrize(
    "words", ["--lang zh learn", "learn --lang zh", "--lang en learn --lang zh", "show --lang zh"]
)
def test_the_flag_names_the_language_wherever_it_stands(words):
    assert "按课程顺序" in (out := tidu(*words.split()).out) or "课程，按顺序" in out
    assert not CHINESE.search(tidu("learn").out)


def test_json_is_the_same(folder):
    words = ["evaluate", "tidu-out/digits/model.safetensors", "digits", "--json"]
    assert tidu(*words, cwd=folder) == tidu("--lang", "zh", *words, cwd=folder)


def test_errors_of_the_command_are_in_chinese(folder):
    ended = tidu("export", "tidu-out/digits/model.safetensors", "--lang", "zh", cwd=folder)
    assert ended.status == 2
    assert "请说明要写什么" in ended.err
