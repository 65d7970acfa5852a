"""A history as event files, which TensorBoard draws."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from tidu.errors import need
from tidu.training import Distributions, History
from tidu.training.distributions import PARTS


def to_tensorboard(
    history: History, folder: str | Path, distributions: Distributions | None = None
) -> None:
    """Write each column of a history as a curve over the epochs (extra ``[tensorboard]``).

    ``loss`` and ``val_loss`` become ``loss/train`` and ``loss/val``, so that TensorBoard draws them
    side by side. A folder a run: ``tensorboard --logdir`` on the folder above shows all. What a
    `Distributions` callback has measured becomes histograms.

    Raises
    ------
    MissingExtraError
        If tensorboardX is not installed.
    OSError
        If the folder cannot be written to.
    """
    writer = need("tensorboardX", extra="tensorboard").SummaryWriter(str(folder))
    try:
        for row in history:
            for name, value in row.items():
                if name != "epoch" and not math.isnan(value):
                    writer.add_scalar(_tag(name), value, int(row["epoch"]))
        if distributions is not None:
            _add_histograms(writer, distributions)
    finally:
        writer.close()


def _add_histograms(writer: Any, watched: Distributions) -> None:
    for part in PARTS:
        for name, measured in getattr(watched, part).items():
            for epoch, found in zip(watched.epochs, measured, strict=True):
                n = int(found.counts.sum())
                writer.add_histogram_raw(
                    f"{part}/{name}", min=found.edges[0], max=found.edges[-1], num=n,
                    sum=n * found.mean, sum_squares=n * (found.std**2 + found.mean**2),
                    bucket_limits=found.edges[1:].tolist(), bucket_counts=found.counts.tolist(),
                    global_step=epoch,
                )  # fmt: skip


def _tag(column: str) -> str:
    """Return ``measure/data`` for a column.

    Examples
    --------
    >>> _tag("loss"), _tag("val_accuracy"), _tag("lr")
    ('loss/train', 'accuracy/val', 'lr')
    """
    data, _, measure = column.rpartition("_")
    return f"{measure}/{data or 'train'}" if measure in ("loss", "accuracy") else column
