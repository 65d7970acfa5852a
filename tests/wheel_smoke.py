"""What an installed wheel must do: train by its own kernels, without what built them.

    python tests/wheel_smoke.py [--bare]

With ``--bare``, Numba, llvmlite and SciPy must not be there.
"""

import importlib.util
import json
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

BUILDERS = ("numba", "llvmlite", "scipy")


def installed_megabytes(folder):
    files = [p for p in Path(folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return sum(p.stat().st_size for p in files) / 1e6


def main():
    import tidu as td
    from tidu.language import speaking, translator

    package = Path(td.__file__).parent
    site = Path(sysconfig.get_path("purelib"))
    assert package.parent == site, f"{package} is not the installed package"
    if "--bare" in sys.argv:
        found = [name for name in BUILDERS if importlib.util.find_spec(name)]
        assert not found, f"these should not be installed: {found}"
    digits = td.datasets.load_digits("train")
    for dtype in ("float32", "float64"):
        layers = [td.Rescale(1 / 16), td.Affine(50), td.ReLU(), td.Affine(10)]
        net = td.Network(layers, 64, td.SoftmaxCrossEntropy(), dtype=dtype)
        history = net.fit(digits.x, digits.t, optimizer=td.Adam(0.01), epochs=5, progress=False)
        assert history.engine == "compiled", history.why_engine
        accuracy = net.accuracy(digits.x, digits.t)
        assert accuracy > 0.95, accuracy
        assert net.check_gradients(digits.x[:5], digits.t[:5]).ok
    with tempfile.TemporaryDirectory() as folder:
        command = [Path(sysconfig.get_path("scripts"), "tidu"), "train", "digits", "--json"]
        done = subprocess.run(
            [*command, "--out", folder], capture_output=True, check=True, text=True
        )
        assert Path(json.loads(done.stdout)["model"]).is_file()
    with speaking("zh"):
        assert translator("command")("network") == "网络", "the catalogues are missing"
    loaded = {name.partition(".")[0] for name in sys.modules}
    assert not loaded & set(BUILDERS)
    kernels = installed_megabytes(package / "native" / "lib")
    tidu, numpy = installed_megabytes(package), installed_megabytes(site / "numpy")
    others = ("pip", "setuptools", "numpy", "numpy.libs")
    beside = [p for p in site.iterdir() if p.name.split("-")[0] not in others]
    print(
        f"kernels {kernels:.2f} MB, tidu {tidu:.1f} MB, "
        f"all beside NumPy {sum(map(installed_megabytes, beside)):.1f} MB, NumPy {numpy:.1f} MB"
    )


if __name__ == "__main__":
    main()
