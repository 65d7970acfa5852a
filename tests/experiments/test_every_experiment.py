"""What holds for each experiment: quick, a table, a figure in both themes, a record, its flags."""

from __future__ import annotations

import functools
import inspect
import json

import numpy as np
import pytest

from tidu import experiments
from tidu.cli import main
from tidu.experiments import EXPERIMENTS, Experiment, Result

every_experiment = pytest.mark.parametrize("name", EXPERIMENTS)
every_setting = pytest.mark.parametrize(
    ("name", "setting"), [(name, s) for name, e in EXPERIMENTS.items() for s in e.arguments]
)


@functools.cache
def quick(name: str) -> Result:
    return EXPERIMENTS[name].run(EXPERIMENTS[name].quick)


@every_experiment
def test_is_a_public_function_with_an_example(name):
    found = getattr(experiments, name.replace("-", "_"))
    assert isinstance(found, Experiment)
    assert found is EXPERIMENTS[name]
    assert found.__name__ in experiments.__all__
    assert ">>>" in inspect.getdoc(found)
    assert not found.title.endswith(".")


@every_experiment
def test_gives_tables_and_a_few_sentences(name):
    result = quick(name)
    assert result.name == name
    assert result.tables
    for table in result.tables:
        assert table.rows
        assert all(len(row) == len(table.header) for row in table.rows)
    assert max(map(len, result.table().splitlines())) <= 110, "wider than a terminal"
    assert result.see.endswith(".")
    assert 60 <= len(result.see) <= 700
    assert result.table() in repr(result)


@every_experiment
def test_record_is_json_and_says_how_to_run_it_again(name):
    record = json.loads(json.dumps(quick(name).record(), allow_nan=False))
    assert record["numbers"]
    assert {"tidu", "numpy", "python", "platform"} == set(record["versions"])
    assert set(record["settings"]) == set(EXPERIMENTS[name].arguments)
    assert record["seed"] == record["settings"].get("seed")


@every_experiment
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figure_is_drawn_in_its_theme_and_named_axes(name, theme):
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    figure = quick(name).figure(theme)
    brightness = np.mean(figure.get_facecolor()[:3])
    assert brightness == 1 if theme == "light" else brightness < 0.15
    assert 600 <= figure.get_figwidth() * 100 <= 1000
    for axes in figure.axes:
        shared = axes.get_subplotspec() is not None and not axes.get_subplotspec().is_last_row()
        if axes.axison and len(axes.get_xticks()) and not shared:
            assert axes.get_xlabel(), "an axis without a label"
        beside = axes.get_subplotspec() is not None and not axes.get_subplotspec().is_first_col()
        if axes.axison and len(axes.get_yticks()) and not beside:
            assert axes.get_ylabel(), "an axis without a label"


@every_experiment
def test_titles_and_labels_are_inside_the_figure(name):
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    check_that_text_is_inside(quick(name).figure())


@pytest.mark.parametrize("name", ["descent", "gradient-field"])
def test_titles_with_a_long_formula_are_inside_the_figure(name):
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    found = EXPERIMENTS[name](function=" + ".join(["(x - 1)**2/20 + y**2"] * 4))
    check_that_text_is_inside(found.figure())


def check_that_text_is_inside(figure):
    pixels(figure)
    whole = figure.bbox
    for axes in figure.axes:
        titles = (axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label)
        for text in (*titles, *axes.texts, *figure.texts):
            if text.get_text() and text.get_visible() and axes.axison:
                box = text.get_window_extent()
                assert box.x0 >= whole.x0 - 1, text
                assert box.x1 <= whole.x1 + 1, text
                assert box.y0 >= whole.y0 - 1, text
                assert box.y1 <= whole.y1 + 1, text


def pixels(figure):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


@every_experiment
def test_figure_and_tables_are_the_same_from_the_record_as_a_file(name, tmp_path):
    pytest.importorskip("matplotlib", reason="the extra [plots] is not installed")
    result = quick(name)
    file = tmp_path / "record.json"
    file.write_text(json.dumps(result.record(), allow_nan=False), encoding="utf-8")
    again = EXPERIMENTS[name].from_record(file)
    assert repr(again) == repr(result)
    assert np.array_equal(pixels(again.figure()), pixels(result.figure()))


@every_setting
def test_a_setting_of_a_wrong_type_is_refused_by_name(name, setting):
    with pytest.raises(TypeError, match=f"`{setting}"):
        EXPERIMENTS[name].run({setting: object()})


@every_setting
def test_a_default_can_be_written_as_a_flag_and_read_again(name, setting):
    argument = EXPERIMENTS[name].arguments[setting]
    if argument.kind is not bool:
        assert argument.read(argument.written(argument.default)) == argument.default
    assert argument.words[:1].islower() or not argument.words[:1].isalpha()
    assert not argument.words.endswith(".")


@every_experiment
def test_command_line_runs_it_with_the_same_outcome(name, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["show", name, "--quick", "--json", "--out", str(tmp_path)])
    assert not ended.value.code
    record = json.loads(capsys.readouterr().out)
    assert record["experiment"] == name
    timed = {"seconds", "speed"}  # differ from run to run
    first, second = (
        {key: value for key, value in numbers.items() if key not in timed}
        for numbers in (quick(name).record()["numbers"], record["numbers"])
    )
    assert first == second
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        f"{name}.{k}" for k in ("json", "png", "svg")
    ]


@every_experiment
def test_help_names_its_settings(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["show", name, "--help"])
    assert not ended.value.code
    shown = capsys.readouterr().out
    assert f"tidu show {name}" in shown
    for setting in EXPERIMENTS[name].arguments:
        assert f"--{setting.replace('_', '-')}" in shown
