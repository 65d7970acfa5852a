"""What surrounds a run of an estimator: its state while it learns, and scikit-learn's callbacks."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sklearn.exceptions import ConvergenceWarning

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # before scikit-learn 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Nothing."""

    def with_callbacks(method: Any) -> Any:
        """Return the method as it is."""
        return method


from tidu.errors import NonFiniteError, TrainingStoppedWarning
from tidu.network import Network
from tidu.training import Callback, Run
from tidu.training.history import Row


class NotConvergedWarning(ConvergenceWarning, TrainingStoppedWarning):
    """A run of an estimator whose numbers were no longer finite, or that had too few epochs."""


@contextmanager
def fitted(estimator: Any, network: Network, anew: bool) -> Iterator[None]:
    """Let an estimator have its network while it learns, and keep it if it learned something.

    Raises
    ------
    NonFiniteError
        If numbers were not finite before the first step of a new network.
    """
    estimator.network_ = network
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TrainingStoppedWarning)  # NotConvergedWarning says it
            yield
        if anew and estimator.history_.failed and network.run and network.run.step == 0:
            raise NonFiniteError(estimator.history_.status)
    except BaseException:
        if anew:
            del estimator.network_
        raise


@contextmanager
def scikit_learn_callbacks(
    estimator: Any, X: Any, y: Any, epochs: int
) -> Iterator[tuple[Callback, ...]]:
    """Give the callback that calls those of ``set_callbacks``, which scikit-learn has from 1.9."""
    if not vars(estimator).get("_skl_callbacks"):
        yield ()
        return
    context = estimator._init_callback_context(max_subtasks=epochs)
    context.call_on_fit_task_begin(estimator=estimator, X=X, y=y)
    yield (_EpochBridge(estimator, context, X, y),)
    context.call_on_fit_task_end(estimator=estimator, X=X, y=y)


class _EpochBridge(Callback):
    """Call scikit-learn's callbacks at the end of each epoch; any of them may end the run."""

    def __init__(self, estimator: Any, context: Any, X: Any, y: Any) -> None:
        self.estimator, self.context, self.data = estimator, context, {"X": X, "y": y}

    def on_epoch(self, network: Network, run: Run, row: Row) -> str | None:
        """Report an epoch that is done."""
        task = self.context.subcontext(task_name="epoch")
        task.call_on_fit_task_begin(estimator=self.estimator, **self.data)
        stop = task.call_on_fit_task_end(
            estimator=self.estimator,
            **self.data,
            reconstruction_attributes={"network_": network},
        )
        return f"Stopped by a callback of scikit-learn after epoch {run.epoch}" if stop else None
