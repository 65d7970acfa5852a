"""Tables at the command line: what they are taken for, and the same columns ever after."""

import numpy as np
import pytest

import tidu as td
from tests.cli.running import tidu
from tidu.datasets import load_file

QUICK = ("--epochs", "20", "--hidden", "16", "--batch-size", "20")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with a table of everything, and a network that learned from it."""
    folder = tmp_path_factory.mktemp("shop")
    rng = np.random.default_rng(0)
    lines = ["id;when;weight;colour;fresh;kind"]
    for i in range(200):
        kind = ["apple", "pear", "plum"][i % 3]
        weight = f"{rng.normal([180, 160, 40][i % 3], 10):.2f}".replace(".", ",")
        colour = rng.choice([["red", "green"], ["green", "yellow"], ["blue"]][i % 3])
        lines.append(f"{i};2024-01-{i % 30 + 1:02d};{'NA' if i % 17 == 5 else weight};{colour};"
                     f"{['yes', 'no'][i % 2]};{kind}")  # fmt: skip
    (folder / "fruit.csv").write_text("\n".join(lines))
    ended = tidu("train", "fruit.csv", *QUICK, "--json", cwd=folder)
    assert ended.status == 0, ended.err
    return folder, ended.json


def test_an_export_says_what_it_takes(shop, tmp_path):
    folder, record = shop
    done = tidu("export", record["model"], "--numpy", tmp_path / "fruit.py", cwd=folder)
    assert "x is a row of 8 numbers: weight, weight is missing, colour = blue" in done.out
    assert "fruit.py rows.csv" in done.out


def test_a_dry_run_says_what_each_column_is_taken_for(shop, tmp_path):
    folder, _ = shop
    ended = tidu("train", folder / "fruit.csv", "--dry-run", cwd=tmp_path)
    assert ended.status == 0
    assert not list(tmp_path.iterdir())
    assert "to predict: kind: 3 classes apple, pear, plum (texts)" in ended.out
    rows = {line.split()[0]: line for line in ended.out.splitlines() if line.strip()}
    assert "counts the rows" in rows["id"]
    assert "left out: dates" in rows["when"]
    assert "and a column says so" in rows["weight"]
    assert "4 columns of 0 and 1 (blue, green, red, yellow)" in rows["colour"]
    assert "no 0, yes 1" in rows["fresh"]
    result = tidu("train", folder / "fruit.csv", "--dry-run", "--json", cwd=tmp_path).json
    assert [column["kind"] for column in result["columns"]] == [
        "id", "date", "number", "category", "yes/no",
    ]  # fmt: skip
    assert (result["target"]["name"], result["target"]["task"]) == ("kind", "classes")
    assert tidu("train", "digits", "--dry-run", cwd=tmp_path).status == 0


def test_training_prints_the_short_form(shop, tmp_path):
    folder, _ = shop
    ended = tidu("train", folder / "fruit.csv", "--epochs", 1, "--hidden", 4, cwd=tmp_path)
    assert "from: 1 number, 1 yes/no, 1 category; left out: id (counts the rows), when (dates)" in (
        ended.out
    )


FLAGS = [
    (("--label", "fresh"), lambda schema: schema.target.name == "fresh"),
    (("--label", "0"), lambda schema: schema.target.name == "id"),
    (("--label", "weight"), lambda schema: schema.target.task == "values"),
    (("--keep", "when,id"), lambda schema: {"when", "id"} <= set(schema.inputs)),
    (
        ("--label", "weight", "--categories", "id", "--keep", "id"),
        lambda schema: "id = other" in schema.inputs,
    ),
]


@pytest.mark.parametrize(("words", "holds"), FLAGS)
def test_flags_say_otherwise(shop, tmp_path, words, holds):
    folder, _ = shop
    words = ("train", folder / "fruit.csv", *words, "--epochs", 1, "--hidden", 4, "--json")
    ended = tidu(*words, cwd=tmp_path)
    assert ended.status == 0, ended.err
    assert holds(td.load(tmp_path / ended.json["model"]).schema)


def test_evaluate_takes_the_rows_that_were_not_learned_from_and_says_so(shop):
    folder, trained = shop
    result = tidu("evaluate", trained["model"], "fruit.csv", "--json", cwd=folder).json
    assert (result["split"], result["samples"]) == ("test", 40)
    assert result["accuracy"] == trained["test"]["accuracy"] >= 0.8
    assert "did not learn from" in tidu("evaluate", trained["model"], "fruit.csv", cwd=folder).out
    text = (folder / "fruit.csv").read_text().replace("NA", "")
    (folder / "other.csv").write_text(text)
    ended = tidu("evaluate", trained["model"], "other.csv", cwd=folder)
    assert "other (all), 200 samples" in ended.out
    assert "rows: all rows, for the network did not learn from this file" in ended.out
    asked = tidu("evaluate", trained["model"], "fruit.csv", "--split", "train", cwd=folder)
    assert "fruit (train), 160 samples" in asked.out


def test_predict_finds_columns_by_name_and_names_what_it_does_not_use(shop):
    folder, trained = shop
    (folder / "new.csv").write_text(
        "price,colour,kind,weight,fresh\n1,blue,plum,41.5,no\n2,pink,?,158.0,yes\n"
    )
    ended = tidu("predict", trained["model"], "new.csv", "--json", cwd=folder)
    assert ended.json["predictions"][0]["class"] == "plum"
    assert ended.json["predictions"][1]["class"] in ("apple", "pear")
    assert ended.err == "note: not used, for the network did not learn from it: 'price'\n"
    (folder / "less.csv").write_text("colour,fresh\nblue,no\n")
    ended = tidu("predict", trained["model"], "less.csv", cwd=folder)
    assert ended.status == 2
    assert "less.csv lacks the column 'weight', which the network learned from" in ended.err


def test_values_are_measured_by_r2_and_in_their_unit(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 10, (300, 2))
    price = 250_000 + (x @ [30_000, -5_000]).round()
    rows = [f"{a:.3f},{b:.3f},{c:.0f}" for (a, b), c in zip(x, price, strict=True)]
    (tmp_path / "a.csv").write_text("\n".join(["a,b,price", *rows]))
    words = ("--epochs", 60, "--hidden", 32, "--dropout", 0, "--batch-size", 20)
    ended = tidu("train", "a.csv", *words, "--json", cwd=tmp_path)
    assert ended.json["test"]["r2"] > 0.95
    found = tidu("evaluate", ended.json["model"], "a.csv", "--json", cwd=tmp_path).json
    net, data = td.load(tmp_path / ended.json["model"]), load_file(tmp_path / "a.csv", split="test")
    wanted = np.abs(net.predict(data.x) - data.t).mean()
    np.testing.assert_allclose(found["mean_absolute_error"], wanted, rtol=1e-5)
    assert found["r2"] == pytest.approx(ended.json["test"]["r2"], rel=1e-6)  # another engine
    said = tidu("evaluate", ended.json["model"], "a.csv", cwd=tmp_path).out
    assert "mean absolute error" in said
    assert "(in the unit of price)" in said


def test_balanced_lets_a_rare_class_count(tmp_path):
    rng = np.random.default_rng(0)
    t = (rng.random(600) < 0.05).astype(int)
    x = rng.normal(size=(600, 2)) + 1.5 * t[:, None]
    rows = [f"{a:.3f},{b:.3f},{c}" for (a, b), c in zip(x, t, strict=True)]
    (tmp_path / "a.csv").write_text("\n".join(["a,b,ill", *rows]))
    found = []
    for more in ((), ("--balanced",)):
        ended = tidu("train", "a.csv", "--epochs", 20, "--hidden", 8, "--json", *more, cwd=tmp_path)
        result = tidu("evaluate", ended.json["model"], "a.csv", "--json", cwd=tmp_path).json
        found.append(result["classes"][1]["recall"])
    assert found[1] > found[0] + 0.3


def test_the_file_of_a_constant_label_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,k\n1,x\n2,x\n3,x\n")
    ended = tidu("train", "a.csv", cwd=tmp_path)
    assert ended.status == 2
    assert "'k' is to be predicted, and it is always x" in ended.err
