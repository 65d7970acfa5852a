"""A callback that saves a run at intervals, and resumes one that was interrupted."""

from __future__ import annotations

import contextlib
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from tidu.errors import (
    FileFormatError,
    InputError,
    TiduWarning,
    check_choice,
    check_integer,
    clause,
)
from tidu.formats.lock import FolderLock
from tidu.formats.run_file import restore, save_run, states
from tidu.network import Network
from tidu.training import Callback, Run
from tidu.training.history import Row

if TYPE_CHECKING:
    from tidu.engines import Steps


class Checkpoint(Callback):
    """Save the run at intervals, so that it can be resumed whatever ends it.

    Everything that decides how training goes on is written to one file, in one step: the two
    vectors, the optimizer's, seed, epoch, step and history. A run that was killed and resumed, even
    in the middle of an epoch, ends in **the same bits** as one that was never stopped (of the
    history, all but the column ``seconds``), for the same data, settings and kind of machine.

    Where saving fails on the way, because the disk is full, say, training goes on with a warning,
    and the files from before stay as they were.

    Parameters
    ----------
    path : str or Path
        A folder for this run alone; it is created if it does not exist.
    every : int
        How many ``unit`` lie between two saves. The start and the end, Ctrl-C included, are saved
        too.
    unit : {"epochs", "steps"}
        What ``every`` counts.
    keep : int
        How many of the last saves are kept.
    resume : bool
        Go on with the run in the folder, if there is one; ``epochs`` of `Network.fit` then counts
        from where that run began, so that the same call, made again, finishes what it began. A run
        that is finished is left as it is; with more epochs it goes on.

    Raises
    ------
    InputError
        When training starts: if the folder holds a run and ``resume`` is False; if the run in it
        is of another network, optimizer, seed, engine, number of threads, batch size or data; if
        another process is writing to it.
    OSError
        When training starts: if the folder cannot be written to.

    Warns
    -----
    TiduWarning
        If a file cannot be written, or the newest is damaged and an older one is taken.

    Notes
    -----
    The files are network files too: `tidu.load` gives the network at that point, `load_run` the
    whole run.

    Examples
    --------
    >>> import tempfile, numpy as np, tidu as td
    >>> x = np.random.default_rng(0).normal(size=(50, 3))
    >>> t = (x[:, 0] > 0).astype(int)
    >>> def train(epochs, folder):
    ...     net = td.Network([td.Affine(2)], input_shape=3, loss=td.SoftmaxCrossEntropy())
    ...     net.fit(x, t, epochs=epochs, batch_size=10,
    ...             callbacks=[td.Checkpoint(folder, resume=True)])
    ...     return net
    >>> with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
    ...     stopped = train(2, a)  # as if something had ended it after two epochs
    ...     bool((train(5, a).theta == train(5, b).theta).all())
    True
    """

    saves = True

    def __init__(
        self,
        path: str | Path,
        every: int = 1,
        unit: str = "epochs",
        keep: int = 3,
        resume: bool = False,
    ) -> None:
        self.path = Path(path)
        self.every = check_integer("every", every)
        check_choice("unit", unit, ("epochs", "steps"))
        self.every_steps = self.every if unit == "steps" else None
        self.keep = check_integer("keep", keep)
        if not isinstance(resume, bool):
            raise TypeError(
                f"`resume` must be True or False, got {resume!r}; the folder with the run is `path`"
            )
        self.resume = resume

    def for_network(self, i: int) -> Checkpoint:
        """Return one that saves the run of network ``i`` in a folder of its own within this."""
        unit = "steps" if self.every_steps else "epochs"
        return Checkpoint(self.path / f"{i:06d}", self.every, unit, self.keep, self.resume)

    def on_start(self, network: Network, run: Run) -> None:
        """Lock the folder; resume the run in it, or save the one that starts."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(self.path)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            if not self._resumed(network, run):
                self._write(network, run)
        except OSError as error:
            self._lock.release()
            raise self._unwritable(error) from error
        except BaseException:
            self._lock.release()
            raise

    def on_steps(self, network: Network, run: Run, steps: Steps) -> None:
        """Save after every so many steps."""
        if self.every_steps and run.step % self.every_steps == 0:
            self._save(network, run)

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Save after every so many epochs."""
        if not self.every_steps and run.epoch % self.every == 0:
            self._save(network, run)

    def on_end(self, network: Network, run: Run) -> None:
        """Save the end of the run, if no error ended it, and unlock the folder."""
        try:
            if not run.history.running:
                self._save(network, run)
        finally:
            self._lock.release()

    def _resumed(self, network: Network, run: Run) -> bool:
        """Go on with the newest state that can be read; return whether there is one."""
        found = states(self.path)
        if found and not self.resume:
            raise InputError(
                f"{self.path} holds a run already, {found[-1].name}: resume it (resume=True, "
                "or --resume on the command line), or choose another folder"
            )
        damaged: list[str] = []
        for path in reversed(found):
            try:
                restore(network, run, path)
            except FileFormatError as error:
                damaged.append(str(error))
            else:
                if damaged:
                    warnings.warn(
                        f"{'; '.join(damaged)}; going on from {path.name}, which is older",
                        TiduWarning,
                        stacklevel=2,
                    )
                return True
        if damaged:
            raise FileFormatError(f"no file in {self.path} can be read: {'; '.join(damaged)}")
        return False

    def _save(self, network: Network, run: Run) -> None:
        try:
            self._write(network, run)
        except OSError as error:
            kept = ", ".join(path.name for path in states(self.path)[-1:]) or clause("none")
            warnings.warn(
                f"the run could not be saved at step {run.step} in {self.path}: "
                f"{error.strerror or error}; training goes on, and the newest file is {kept}",
                TiduWarning,
                stacklevel=2,
            )

    def _write(self, network: Network, run: Run) -> None:
        """Write the run, make sure that it is on the disk, and then delete the oldest files."""
        for left_over in self.path.glob(".*.part"):
            left_over.unlink()
        save_run(network, run, self.path / f"step-{run.step:09d}.safetensors")
        _flush(self.path)
        for old in states(self.path)[: -self.keep]:
            old.unlink()

    def _unwritable(self, error: OSError) -> OSError:
        reason = error.strerror or error
        return type(error)(clause(f"cannot save a run in {self.path}: {reason}"))


def _flush(folder: Path) -> None:
    """Flush a file's new name to the disk, on systems that can do it."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
