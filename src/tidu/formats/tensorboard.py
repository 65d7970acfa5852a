"""A history as event files, which TensorBoard draws."""

from __future__ import annotations

import math
from pathlib import Path

from tidu.errors import need
from tidu.training import History


def to_tensorboard(history: History, folder: str | Path) -> None:
    """Write each column of a history as a curve over the epochs (extra ``[tensorboard]``).

    ``loss`` and ``val_loss`` become ``loss/train`` and ``loss/val``, so that TensorBoard draws them
    side by side. A folder a run: ``tensorboard --logdir`` on the folder above shows all.

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
    finally:
        writer.close()


def _tag(column: str) -> str:
    """Return ``measure/data`` for a column.

    Examples
    --------
    >>> _tag("loss"), _tag("val_accuracy"), _tag("lr")
    ('loss/train', 'accuracy/val', 'lr')
    """
    data, _, measure = column.rpartition("_")
    return f"{measure}/{data or 'train'}" if measure in ("loss", "accuracy") else column
