"""``tidu show``: the list, flags, files, the page, and sentences for mistakes."""

from __future__ import annotations

import json
import sys

import pytest

from tidu.cli import main
from tidu.experiments import EXPERIMENTS


@pytest.fixture(name="show")
def show_command(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["show", *arguments])
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return run


def test_lists_all(show):
    status, out, _ = show()
    assert status == 0
    for name, found in EXPERIMENTS.items():
        assert any(name in line and found.title in line for line in out.splitlines())


def test_prints_the_table_what_to_see_and_where_the_files_are(show, tmp_path):
    status, out, err = show("slope", "--points", "5")
    assert (status, err) == (0, "")
    assert "0.1999999999990898" in out
    assert "0.29999" not in out
    assert "The tangent touches the curve" in out
    for kind in ("json", "png", "svg"):
        assert f"tidu-out/slope/slope.{kind}" in out
        assert (tmp_path / "tidu-out" / "slope" / f"slope.{kind}").is_file()


def test_json_is_the_record_and_nothing_else(show, tmp_path):
    status, out, _ = show("slope", "--h", "1e-3", "--json", "--out", "here")
    found = json.loads(out)
    assert status == 0
    assert found["settings"] == {"points": [5.0, 10.0], "h": 1e-3}
    record = json.loads((tmp_path / "here" / "slope.json").read_text("utf-8"))
    assert {key: found[key] for key in record} == record
    assert found["files"]["png"].endswith("slope.png")


def test_given_flags_win_over_quick_ones(show):
    quick = EXPERIMENTS["gradient-field"].quick["arrows"]
    _, out, _ = show("gradient-field", "--quick", "--json")
    assert json.loads(out)["settings"]["arrows"] == quick
    _, out, _ = show("gradient-field", "--quick", "--json", "--arrows", "3", "--function", "x*y")
    assert json.loads(out)["settings"]["arrows"] == 3
    assert json.loads(out)["settings"]["function"] == "x*y"


def test_a_negative_start_is_read(show):
    _, out, _ = show("descent", "--start", "-1,2", "--steps", "2", "--json")
    assert json.loads(out)["settings"]["start"] == [-1.0, 2.0]


def test_names_may_be_spelt_as_in_python(show):
    _, out, _ = show("learning_rate", "--steps", "2", "--json")
    assert json.loads(out)["experiment"] == "learning-rate"


def test_dark_is_drawn_on_dark_paper(show, tmp_path):
    show("slope", "--dark")
    svg = (tmp_path / "tidu-out" / "slope" / "slope.svg").read_text("utf-8")
    assert "#15181c" in svg


def test_help_has_the_settings_their_words_and_an_example(show):
    status, out, _ = show("slope", "--help")
    assert status == 0
    words = " ".join(out.replace("│", " ").split())
    assert "Where to take the slope, 0 to 20; 5,10 if not given." in words
    assert "Example: tidu show slope --points 5,10" in words
    assert ">>>" not in out


def test_a_record_is_drawn_again_and_nothing_is_run(show, tmp_path, monkeypatch):
    show("slope", "--points", "5", "--out", "first")
    record = tmp_path / "first" / "slope.json"
    monkeypatch.setattr(EXPERIMENTS["slope"], "run", None)
    status, out, _ = show("slope", "--from", str(record), "--out", "again", "--dark")
    assert status == 0
    assert "0.1999999999990898" in out
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == [
        "slope.png",
        "slope.svg",
    ]
    assert "#15181c" in (tmp_path / "again" / "slope.svg").read_text("utf-8")
    status, out, _ = show("slope", "--from", str(record), "--out", "third", "--json")
    assert json.loads(out)["numbers"] == json.loads(record.read_text("utf-8"))["numbers"]
    first, third = (tmp_path / name / "slope.svg" for name in ("first", "third"))
    assert first.read_bytes() == third.read_bytes()


def test_a_run_with_other_settings_does_not_overwrite_the_first(show):
    paths = [
        json.loads(show("slope", "--h", h, "--json")[1])["files"]["json"]
        for h in ("1e-3", "1e-3", "1e-2")
    ]
    assert paths == ["tidu-out/slope/slope.json"] * 2 + ["tidu-out/slope-2/slope.json"]


def test_all_makes_one_page(show, tmp_path, monkeypatch):
    monkeypatch.setattr("tidu.cli.show.EXPERIMENTS", {"slope": EXPERIMENTS["slope"]})
    status, out, _ = show("all", "--quick")
    assert status == 0
    assert "1 experiment on one page: tidu-out/gallery.html" in out
    assert "0.1999999999990898" in (tmp_path / "tidu-out" / "gallery.html").read_text("utf-8")
    _, out, _ = show("all", "--quick", "--json", "--out", "there")
    found = json.loads(out)
    assert found["page"] == "there/gallery.html"
    assert [record["experiment"] for record in found["experiments"]] == ["slope"]


def test_without_matplotlib_there_is_a_table_and_the_extra_is_named(show, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    status, out, _ = show("slope")
    assert status == 0
    assert "0.1999999999990898" in out
    assert "pip install 'tidu[plots]'" in out
    assert [p.name for p in (tmp_path / "tidu-out" / "slope").iterdir()] == ["slope.json"]
    status, _, err = show("all", "--quick")
    assert status == 2
    assert "pip install 'tidu[plots]'" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["slop"], "there is no experiment 'slop'; did you mean 'slope'?"),
        (["slope", "--point", "5"], "--points"),
        (["slope", "--points", "5,x"], "`points` must be one or more numbers, such as 5,10"),
        (["slope", "--points", "30"], "`points[0]` must be at least 0 and at most 20, got 30.0"),
        (["slope", "--h", "small"], "`h` must be a number, such as 0.0001, got 'small'"),
        (["step-size", "--methods", "centre"], "did you mean 'central'?"),
        (["slope", "--from", "none.json"], "none.json: No such file"),
        (["slope", "--from", "none.json", "--h", "1e-3"], "leave out --h"),
        (["slope", "--from", "none.json", "--quick"], "leave out --quick"),
        (["gradient-field", "--function", "os.system(1)"], "a formula may hold numbers"),
    ],
)
def test_mistakes_are_sentences_with_status_2(show, arguments, sentence):
    status, out, err = show(*arguments)
    assert status == 2
    assert sentence in err
    assert "Traceback" not in out + err
