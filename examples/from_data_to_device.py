"""From data to a file that needs NumPy alone: ``python examples/from_data_to_device.py``.

Train on handwritten digits, stop when a held-out part says so, save the network, and write a Python
file that predicts without Tidu.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import tidu as td


def main():
    trained = td.recipes.plan("digits", hidden=(50,), dropout=0, early_stopping=5).run(
        progress=False
    )
    print(trained.history.status)
    print(f"test accuracy {100 * trained.accuracy:.1f} % on {len(trained.test)} digits")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trained.network.save(folder / "digits.safetensors")
        again = td.load(folder / "digits.safetensors")
        again.to_numpy(folder / "digits.py")
        np.save(folder / "inputs.npy", trained.test.x[:5])
        ended = subprocess.run(
            [sys.executable, "digits.py", "inputs.npy"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    print(f"predicted by NumPy alone:\n{ended.stdout}")
    return trained.accuracy, ended.stdout


if __name__ == "__main__":
    main()
