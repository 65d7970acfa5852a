"""``tidu warmup``: the kernels, compiled ahead."""

from tests.cli.running import tidu


def test_kernels_are_ready_afterwards():
    ended = tidu("warmup", "--dtype", "float32")
    assert ended.status == 0
    assert "float32 kernels ready in" in ended.out
    assert "float64" not in ended.out


def test_json_names_the_folder():
    result = tidu("warmup", "--dtype", "float32", "--json").json
    assert set(result) == {"seconds", "folder"}
    assert list(result["seconds"]) == ["float32"]


def test_another_dtype_is_refused_with_a_sentence():
    ended = tidu("warmup", "--dtype", "float16")
    assert ended.status == 2
    assert "did you mean 'float32'" in ended.err or "float32" in ended.err
