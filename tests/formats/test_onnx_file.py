"""ONNX files: whoever runs them gets what the network gives."""

import importlib.util
import json

import numpy as np
import pytest

import tidu as td
from tests.formats.travellers import DEEP, Traveller, travellers
from tests.tables import Shaken, Square
from tidu.errors import InputError
from tidu.formats.architecture import decoded
from tidu.schema import Column, Schema, Target

onnx = pytest.importorskip("onnx")

RUNTIME = importlib.util.find_spec("onnxruntime") is not None


def reference(path):
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(str(path))

    def run(x):
        with np.errstate(
            over="ignore", invalid="ignore"
        ):  # its sigmoid overflows on the way to the right value
            return evaluator.run(None, {"x": x})

    return run


def runtime(path):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"x": x})


RUNNERS = [
    reference,
    pytest.param(
        runtime, marks=pytest.mark.skipif(not RUNTIME, reason="onnxruntime is not installed")
    ),
]


@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize("row", travellers("onnx"), ids=lambda row: row.id)
def test_the_outputs_are_the_networks(row, runner, tmp_path):
    net, path = row.network(), tmp_path / "net.onnx"
    net.to_onnx(path)
    run, x = runner(path), row.samples().astype(np.float32)
    for n in (len(x), 1):  # the batch is free
        scores, *rest = run(x[:n])
        # float32 there and here, in sums of another order
        np.testing.assert_allclose(scores, net.forward(x[:n]), rtol=1e-5, atol=1e-5)
        if row.loss.link == "identity":
            assert not rest
        else:
            np.testing.assert_allclose(rest[0], net.predict_proba(x[:n]), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("row", travellers("onnx"), ids=lambda row: row.id)
def test_the_file_is_right_and_says_what_goes_in_and_out(row, tmp_path):
    row.network().to_onnx(tmp_path / "net.onnx")
    model = onnx.load(tmp_path / "net.onnx")
    onnx.checker.check_model(model, full_check=True)

    def described(value):
        kind = value.type.tensor_type
        sizes = [d.dim_param or d.dim_value for d in kind.shape.dim]
        return value.name, kind.elem_type, sizes

    single = onnx.TensorProto.FLOAT
    assert [described(v) for v in model.graph.input] == [("x", single, ["N", *row.input_shape])]
    outputs = [described(v) for v in model.graph.output]
    output_shape = list(row.network().output_shape)
    of_link = {"identity": [], "exp": ["means"]}
    wanted = ["scores", *of_link.get(row.loss.link, ["probabilities"])]
    assert outputs == [(name, single, ["N", *output_shape]) for name in wanted]


def test_dropout_is_gone_and_batch_norm_predicts(tmp_path):
    Traveller(DEEP, (2, 3), td.SoftmaxCrossEntropy()).network().to_onnx(tmp_path / "net.onnx")
    model = onnx.load(tmp_path / "net.onnx")
    kinds = [node.op_type for node in model.graph.node]
    assert "Dropout" not in kinds
    (norm,) = (node for node in model.graph.node if node.op_type == "BatchNormalization")
    assert list(norm.input)[1:] == ["gamma1", "beta1", "running_mean1", "running_var1"]
    assert len(norm.output) == 1  # without outputs for new statistics
    assert {"W1", "b1", "W5"} <= {constant.name for constant in model.graph.initializer}


def test_classes_stand_in_the_metadata(tmp_path):
    net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy(), classes=["猫", "dog"])
    net.to_onnx(tmp_path / "net.onnx")
    model = onnx.load(tmp_path / "net.onnx")
    assert {p.key: json.loads(p.value) for p in model.metadata_props} == {"classes": ["猫", "dog"]}


def test_the_columns_of_a_table_stand_in_the_metadata(tmp_path):
    net = td.Network([td.Affine(1)], 4, td.MeanSquaredError())
    columns = Column("age", mean=40, spread=12), Column("sex", "category", ("f", "m"))
    net.schema = Schema(columns, Target("pay", "values"))
    net.to_onnx(tmp_path / "net.onnx")
    model = onnx.load(tmp_path / "net.onnx")
    found = {p.key: json.loads(p.value) for p in model.metadata_props}
    assert found["inputs"] == ["age", "sex = f", "sex = m", "sex = other"]
    assert decoded(found["schema"], {}) == net.schema
    (x,) = model.graph.input
    assert x.doc_string == "a row of 4 numbers: age, sex = f, sex = m, sex = other"


def test_the_same_network_makes_the_same_file(tmp_path):
    net = Traveller(DEEP, (2, 3)).network()
    net.to_onnx(tmp_path / "a")
    net.copy().to_onnx(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("layer", [Square(), Shaken(), td.Residual(td.Chain([Square()]))], ids=repr)
def test_layers_of_ones_own_are_refused_by_name(layer, tmp_path):
    net = td.Network([td.Affine(2), layer], 3, td.MeanSquaredError())
    with pytest.raises(InputError, match=r"(Square|Shaken)\(.*cannot be written as an ONNX file"):
        net.to_onnx(tmp_path / "net.onnx")
    assert not list(tmp_path.iterdir())
