"""Python files that predict with NumPy alone: what the network says, and code one can read."""

import csv
import re
import subprocess
import sys

import numpy as np
import pytest

import tidu as td
from tests.formats.travellers import DEEP, Traveller, travellers
from tests.tables import Shaken, Square
from tidu.errors import InputError
from tidu.formats.exports import value_names

ALONE = "import sys; sys.modules['tidu'] = None; sys.path.insert(0, '.'); import net, numpy as np\n"


def loaded(net, folder):
    path = folder / "net.py"
    net.to_numpy(path)
    content = path.read_text("utf-8")
    module = type(sys)("net")
    exec(compile(content, str(path), "exec"), vars(module))
    return module, content


@pytest.mark.parametrize("row", travellers("numpy"), ids=lambda row: row.id)
def test_it_predicts_what_the_network_predicts(row, tmp_path):
    net, x = row.network(), row.samples()
    module, _ = loaded(net, tmp_path)
    # the same formulas in the same dtype, some of them in another order: a few roundings
    close = (
        {"rtol": 1e-5, "atol": 1e-6} if row.dtype == "float32" else {"rtol": 1e-12, "atol": 1e-13}
    )
    scores = net.forward(x)
    np.testing.assert_allclose(module.scores(x), scores, **close)
    assert module.scores(x).dtype == net.dtype
    assert module.predict(x).shape == net.predict(x).shape
    if row.loss.link in ("identity", "exp"):
        np.testing.assert_allclose(module.predict(x), net.predict(x), **close)
        assert not hasattr(module, "predict_proba")
    else:
        assert np.array_equal(module.predict(x), net.predict(x))
        np.testing.assert_allclose(module.predict_proba(x), net.predict_proba(x), **close)
    for n in (0, 1):
        assert module.predict(x[:n]).shape == net.predict(x[:n]).shape


def test_the_file_needs_nothing_but_numpy_and_is_a_program(tmp_path):
    net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy(), classes=["猫", "a'b\"\\c"])
    net.to_numpy(tmp_path / "net.py")
    x = np.random.default_rng(0).normal(size=(5, 3))
    np.save(tmp_path / "x.npy", x)
    code = ALONE + "print(net.predict(np.load('x.npy')).tolist())"
    for arguments, expected in (
        (["-c", code], str(net.predict(x).tolist())),
        (["net.py", "x.npy"], "\n".join(net.classes[k] for k in net.predict(x))),
    ):
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-W", "error", *arguments],
            cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.stdout.strip() == expected, done.stderr


def test_a_person_can_read_it(tmp_path):
    net = Traveller(DEEP, (2, 3), td.SoftmaxCrossEntropy()).network()
    _, content = loaded(net, tmp_path)
    code = content[content.index("def scores") : content.index("def predict")]
    assert "x = x @ W1 + b1  # Affine(5)" in code
    assert "# Dropout(): x stays" in code
    assert "x1 = x  # Residual" in code
    assert code.index("x1 = x ") < code.index("x2 = x ") < code.index("x = x2 + x")
    assert all(len(line) <= 120 for line in content.splitlines())
    helpers = {name for name in ("gelu", "sigmoid", "softmax") if f"def {name}(" in content}
    assert helpers == {"gelu", "sigmoid", "softmax"}
    _, plain = loaded(td.Network([td.Affine(2)], 3, td.MeanSquaredError()), tmp_path)
    assert not re.search("def (gelu|sigmoid|softmax)", plain)


def test_the_same_network_makes_the_same_file(tmp_path):
    net = Traveller(DEEP, (2, 3)).network()
    assert loaded(net, tmp_path)[1] == loaded(net.copy(), tmp_path)[1]


def test_samples_of_another_shape_are_refused(tmp_path):
    module, _ = loaded(td.Network([td.Affine(2)], 3, td.MeanSquaredError()), tmp_path)
    with pytest.raises(ValueError, match=r"x has shape \(4, 2\); it must be \(N, 3\)"):
        module.predict(np.zeros((4, 2)))


@pytest.mark.parametrize("layer", [Square(), Shaken(), td.Residual(td.Chain([Square()]))], ids=repr)
def test_layers_of_ones_own_are_refused_by_name(layer, tmp_path):
    net = td.Network([td.Affine(2), layer], 3, td.MeanSquaredError())
    with pytest.raises(
        InputError, match=r"(Square|Shaken)\(.*cannot be written as a file for NumPy"
    ):
        net.to_numpy(tmp_path / "net.py")
    assert not list(tmp_path.iterdir())


def test_values_have_the_names_of_the_network():
    net = Traveller(DEEP, (2, 3)).network()
    walk = [each for at in net.chain.walk((2, 3)) for each in at.with_inner()]
    names = [value_names(net, at) for at in walk]
    assert [n["W"] for n in names if "W" in n] == ["W1", "W2", "W3", "W4", "W5"]
    (norm,) = (n for n in names if "gamma" in n)
    assert norm == {"gamma": "gamma1", "beta": "beta1", "running_mean": "running_mean1",
                    "running_var": "running_var1", "running_weight": "running_weight1"}  # fmt: skip
    for at, found in zip(walk, names, strict=True):
        own = {**at.layer.parameters(at.input_shape), **at.layer.buffers(at.input_shape)} if (
            not at.inner
        ) else {}  # fmt: skip
        assert set(found) == set(own)


TABLE = (
    "age,sex,paid,smokes,kind\n"
    + "".join(f"{20 + i % 30},{'fm'[i % 2]},{i % 7}.5,{('yes', 'no')[i % 3 > 0]},{'ab'[i % 2]}\n"
              for i in range(60))
    + ",,1,?,a\nNA,x,2,no,b\n"
)  # fmt: skip


def test_rows_of_a_table_become_what_the_network_learned_from(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    data = td.datasets.load_file(tmp_path / "t.csv")
    net = td.Network([td.Affine(2)], data.x.shape[1], td.SoftmaxCrossEntropy(), classes=["a", "b"])
    net.schema = data.schema
    module, content = loaded(net, tmp_path)
    assert tuple(module.INPUTS) == data.schema.inputs
    rows = list(csv.DictReader(TABLE.splitlines()))
    assert np.array_equal(module.encode(rows), data.x)
    typed = {"age": 31, "sex": "f", "paid": 2.5, "smokes": "Yes", "else": "x"}
    assert module.encode([typed]).tolist() == [[31, 0, 0, 1, 0, 0, 0, 2.5, 1, 0]]
    with pytest.raises(KeyError, match="smokes"):
        module.encode([{"age": 1, "sex": "m", "paid": 1}])
    with pytest.raises(ValueError, match="2,5"):
        module.encode([{"age": "2,5", "sex": "m", "paid": 1, "smokes": "no"}])
    with pytest.raises(ValueError, match="smokes is 'maybe'; it must be no or yes"):
        module.encode([{"age": 1, "sex": "m", "paid": 1, "smokes": "maybe"}])
    done = subprocess.run(
        [sys.executable, "net.py", "t.csv"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.split() == ["ab"[k] for k in net.predict(data.x)]
    assert "predict(encode(rows))" in content
