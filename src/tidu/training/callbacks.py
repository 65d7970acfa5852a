"""Callbacks, which watch a run or end it.

A callback is called when a run starts, when some steps are done, when an epoch is done, and when
the run ends. A sentence that it returns from ``on_steps`` or ``on_epoch`` ends the run and becomes
its status. To write one, subclass `Callback` and override what you need.
"""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING

import numpy as np

from tidu.arrays import Array
from tidu.errors import (
    InputError,
    NonFiniteError,
    check_choice,
    check_integer,
    check_number,
    did_you_mean,
)
from tidu.language import translator
from tidu.training.history import Row

_ = translator("library")

if TYPE_CHECKING:
    from pathlib import Path

    from tidu.engines import Steps
    from tidu.network import Network
    from tidu.training.run import Run


class Callback:
    """Does nothing at every event; subclasses override what they need.

    With ``every_steps``, training pauses for ``on_steps`` exactly after each such number of steps,
    and not only about 20 times a second. One that ``saves`` the run is started and ended before
    the others, and called for steps and epochs after them.

    Examples
    --------
    >>> import numpy as np
    >>> import tidu as td
    >>> class Count(td.Callback):
    ...     def on_epoch(self, network, run, row):
    ...         print(f"epoch {row['epoch']} is done")
    >>> net = td.Network([td.Affine(2)], 2, td.SoftmaxCrossEntropy(), seed=0)
    >>> _ = net.fit(np.eye(2), [0, 1], epochs=2, callbacks=[Count()], progress=False)
    epoch 1 is done
    epoch 2 is done
    """

    every_steps: int | None = None
    saves: bool = False

    def for_network(self, i: int) -> Callback:
        """Return a copy for network ``i`` of many; see `tidu.fit_many`."""
        return copy.copy(self)

    def on_start(self, network: Network, run: Run) -> None:
        """Act before the first step."""

    def on_steps(self, network: Network, run: Run, steps: Steps) -> str | None:
        """Act after some steps; return a sentence to end the run."""
        return None

    def on_epoch(self, network: Network, run: Run, row: Row) -> str | None:
        """Act after an epoch, whose row may be added to; return a sentence to end the run."""
        return None

    def on_end(self, network: Network, run: Run) -> None:
        """Act after the last step, however the run ended."""


class Monitor(Callback):
    """Measure loss and accuracy on some data after every so many epochs.

    The network is measured as it predicts: unlike in the history's running means, the parameters
    are the same for all of the data, and dropout is off.

    Parameters
    ----------
    data : (x, t)
        What to measure on.
    every : int
        How many epochs lie between two measurements.
    name : str
        The columns are ``name_loss`` and ``name_accuracy``.

    Examples
    --------
    >>> import numpy as np
    >>> monitor = Monitor((np.zeros((1, 2)), [0]), name="train")
    """

    def __init__(self, data: tuple[Array, Array], every: int = 1, name: str = "monitor") -> None:
        self.data = checked_pair("data", data)
        self.every = check_integer("every", every)
        self.name = str(name)

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Add the measurements to the row."""
        if run.epoch % self.every == 0:
            add_measurements(row, network, self.data, self.name)


class EarlyStopping(Callback):
    """End the run when a column has not improved for some epochs, and go back to its best epoch.

    Parameters
    ----------
    monitor : str
        A column of the history. One that ends in "accuracy" or "score" is better when larger, any
        other when smaller.
    patience : int
        How many epochs to wait for an improvement.
    min_delta : float
        What counts as an improvement: more than this.
    restore_best : bool
        Whether parameters and statistics go back to those of the best epoch.
    ties : {"first", "last"}
        Which of epochs that are equally good counts as the best.

    Examples
    --------
    >>> stopping = EarlyStopping(patience=3)
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        patience: int = 5,
        min_delta: float = 0.0,
        restore_best: bool = True,
        ties: str = "first",
    ) -> None:
        self.monitor = str(monitor)
        self.patience = check_integer("patience", patience)
        self.min_delta = check_number("min_delta", min_delta, minimum=0)
        self.restore_best = bool(restore_best)
        check_choice("ties", ties, ("first", "last"))
        self.ties = ties

    def on_epoch(self, network: Network, run: Run, row: Row) -> str | None:
        """Compare the column with its best value so far."""
        sign = sign_of(self.monitor)
        score = sign * watched(self, self.monitor, row)
        best, best_epoch = self._best(run)
        if score > best + self.min_delta or (self.ties == "last" and score == best):
            mark = np.array([score, run.epoch])
            run.callback_state[self._name] = mark, run.theta.copy(), run.state.copy()
        elif run.epoch - best_epoch >= self.patience:
            return _(
                "Stopped early after epoch {epoch}: {monitor} was best, {best:.4g}, after epoch "
                "{best_epoch}"
            ).format(epoch=run.epoch, monitor=self.monitor, best=sign * best, best_epoch=best_epoch)
        return None

    def on_end(self, network: Network, run: Run) -> None:
        """Go back to the best epoch."""
        best_epoch = self._best(run)[1]
        moved_on = run.epoch != best_epoch or run.position > 0
        if self.restore_best and self._name in run.callback_state and moved_on:
            run.theta[...], run.state[...] = run.callback_state[self._name][1:]
            run.history.status += _("; went back to the network of epoch {epoch}").format(
                epoch=best_epoch
            )

    @property
    def _name(self) -> str:
        return f"best {self.monitor}"

    def _best(self, run: Run) -> tuple[float, int]:
        """Return the best score and its epoch; they are part of the run, and are saved with it."""
        if self._name not in run.callback_state:
            return -math.inf, run.start_epoch
        score, epoch = run.callback_state[self._name][0]
        return float(score), int(epoch)


class ReduceOnPlateau(Callback):
    """Multiply the learning rate by a factor when a column has not improved for some epochs.

    The optimizer's own schedule goes on beneath; its rate is multiplied. Another call of `fit`
    starts at the optimizer's rate again, and a run that is resumed at the rate that it had.

    Parameters
    ----------
    monitor : str
        A column of the history. One that ends in "accuracy" or "score" is better when larger, any
        other when smaller.
    factor : float
        What the rate is multiplied by, between 0 and 1.
    patience : int
        How many epochs to wait for an improvement, each time.
    min_delta : float
        What counts as an improvement: more than this.
    min_lr : float
        The rate is not reduced below this.

    Examples
    --------
    >>> import numpy as np
    >>> import tidu as td
    >>> net = td.Network([td.Affine(2)], 3, td.SoftmaxCrossEntropy())
    >>> plateau = td.ReduceOnPlateau("loss", factor=0.1, patience=1, min_delta=10)
    >>> x, t = np.ones((4, 3)), np.array([0, 1, 0, 1])
    >>> history = net.fit(x, t, optimizer=td.SGD(0.5), epochs=3, callbacks=[plateau])
    >>> [float(f"{rate:.3g}") for rate in history["lr"]]
    [0.5, 0.5, 0.05]
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.5,
        patience: int = 3,
        min_delta: float = 0.0,
        min_lr: float = 0.0,
    ) -> None:
        self.monitor = str(monitor)
        self.factor = check_number("factor", factor, above=0, below=1)
        self.patience = check_integer("patience", patience)
        self.min_delta = check_number("min_delta", min_delta, minimum=0)
        self.min_lr = check_number("min_lr", min_lr, minimum=0)

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Compare the column with its best value so far."""
        name = f"plateau of {self.monitor}"
        score = sign_of(self.monitor) * watched(self, self.monitor, row)
        start = (np.array([-math.inf, run.start_epoch]),)
        best, since = run.callback_state.get(name, start)[0]
        if score > best + self.min_delta:
            best, since = score, run.epoch
        elif run.epoch - since >= self.patience:
            since = run.epoch
            if run.rate() > self.min_lr:
                run.scale_rate(max(self.factor, self.min_lr / run.rate()))
        run.callback_state[name] = (np.array([best, since]),)


class CSVLog(Callback):
    """Write the history to a CSV file, each epoch's row as soon as it is known.

    A column that comes later, such as that of a `Monitor` with ``every=5``, is empty in the rows
    before. Callbacks that add to a row go before this one.

    Parameters
    ----------
    path : str or Path
        The file; one that is there is written anew.

    Examples
    --------
    >>> import numpy as np
    >>> import tidu as td
    >>> import tempfile
    >>> from pathlib import Path
    >>> net = td.Network([td.Affine(2)], 2, td.SoftmaxCrossEntropy(), seed=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = Path(folder, "log.csv")
    ...     _ = net.fit(np.eye(2), [0, 1], epochs=2, callbacks=[td.CSVLog(log)], progress=False)
    ...     len(log.read_text().splitlines())
    3
    """

    def __init__(self, path: str | Path) -> None:
        from pathlib import Path

        self.path = Path(path)

    def for_network(self, i: int) -> CSVLog:
        """Return one that writes to a file of its own, ``name-i.csv``."""
        return CSVLog(self.path.with_stem(f"{self.path.stem}-{i}"))

    def on_start(self, network: Network, run: Run) -> None:
        """Write what the history holds already."""
        run.history.to_csv(self.path)
        self._columns = run.history.columns

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Add the row; write all anew if it has a new column."""
        if set(row) - set(self._columns):
            self.on_start(network, run)
        else:
            import csv

            with self.path.open("a", newline="", encoding="utf-8") as file:
                csv.DictWriter(file, self._columns).writerow(row)


def add_measurements(
    row: Row,
    network: Network,
    data: tuple[Array, Array],
    name: str,
    sample_weight: Array | None = None,
) -> None:
    """Add loss and accuracy on some data to a row, as ``name_loss`` and ``name_accuracy``.

    Raises
    ------
    NonFiniteError
        If the loss is not finite; it stands in the row as NaN.
    """
    row[f"{name}_loss"] = math.nan
    try:
        with np.errstate(all="ignore"):
            loss, accuracy = network.measure(*data, sample_weight=sample_weight)
        if not math.isfinite(loss):
            sentence = _("the loss is {loss}: the outputs are too large for it")
            raise NonFiniteError(sentence.format(loss=loss))
    except NonFiniteError as error:
        which = _("validation") if name == "val" else name
        sentence = _("on the {which} data, {error}")
        raise NonFiniteError(sentence.format(which=which, error=error)) from None
    row[f"{name}_loss"] = loss
    if accuracy is not None:
        row[f"{name}_accuracy"] = accuracy


def sign_of(monitor: str) -> int:
    """Return 1 for a column that is better when larger, −1 for any other."""
    return 1 if monitor.endswith(("accuracy", "score")) else -1


def watched(callback: Callback, monitor: str, row: Row) -> float:
    """Return the value of the column that a callback watches, or say that there is none."""
    if monitor not in row:
        hint = " (give fit a validation=)" if monitor.startswith("val_") else ""
        raise InputError(
            f"{type(callback).__name__} watches {monitor!r}, which the history lacks{hint}; "
            f"{did_you_mean(monitor, row)}"
        )
    return row[monitor]


def checked_pair(name: str, data: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return ``(x, t)`` as it is, or refuse what is not such a pair."""
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise InputError(f"`{name}` must be a pair (x, t), got {type(data).__name__}")
    return data[0], data[1]
