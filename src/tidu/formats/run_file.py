"""A run in a file: the network's file with what else decides how training goes on.

Beside the network's tensors stand the optimizer's vectors, the sums of the epoch under way and what
callbacks keep; beside its settings, the numbers of a `Run` and its history. So `tidu.load` reads
the network of a saved run like any other, and damaged files are handled in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tidu.atomic import write_atomically
from tidu.errors import FileFormatError, InputError, check_integer, clause
from tidu.formats.architecture import decoded, encoded
from tidu.formats.model_file import (
    add_missing_weights,
    compare,
    content,
    contents,
    read,
    refusing,
    settings_of,
)
from tidu.formats.older_run import in_todays_form
from tidu.layers import Layer
from tidu.network import Network
from tidu.optimizers import Optimizer
from tidu.optimizers.base import check_optimizer
from tidu.outcome import Outcome, StopReason
from tidu.plain import plain
from tidu.training import History, Run

NUMBERS = ("seed", "epoch", "step", "position", "start_epoch", "optimizer_start")
PATTERN = "step-*.safetensors"


def save_run(network: Network, run: Run, path: str | Path) -> None:
    """Write a run to a file, in one step that never leaves half a file behind.

    Raises
    ------
    InputError
        If a setting of the network or the optimizer is not a number, a string or an object of such.
    OSError
        If the file cannot be written.
    """
    history = run.history
    settings = {
        **{name: getattr(run, name) for name in NUMBERS},
        "last_batch_joins": run.last_batch_joins,
        "stop_reason": _stop_reason_words(run.stop_reason),
        "optimizer": _encoded(run.optimizer),
        "fingerprint": run.fingerprint,
        "callback_state": {name: len(arrays) for name, arrays in run.callback_state.items()},
        "history": {"rows": history.rows, "outcome": history.outcome.value,
                    "status": history.status, "engine": history.engine},
    }  # fmt: skip
    tensors = {"run.sums": run.sums}
    tensors |= {f"optimizer.{name}": vector for name, vector in run.optimizer_state.items()}
    for name, arrays in run.callback_state.items():
        tensors |= {f"callback_state.{name}.{i}": array for i, array in enumerate(arrays)}
    write_atomically(path, content(network, tensors, plain(settings, finite=False)))


def load_run(path: str | Path, *, layers: Mapping[str, type[Layer]] | None = None) -> Network:
    """Read a saved run: its network, with the run as its ``run``.

    To look at a run that was cut off, or at an older state of one. To finish it, give `Network.fit`
    a `Checkpoint` with ``resume=True``; a plain ``fit`` goes on from here for some epochs *more*.

    Parameters
    ----------
    path : str or Path
        The folder of a `Checkpoint`, for the newest state in it, or one of its files.
    layers : mapping of names to classes, optional
        The layers that you wrote yourself, by the names of their classes.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or no run in the folder.
    FileFormatError
        If the file is damaged, is no run, or needs a class that is not known.

    Examples
    --------
    >>> import tempfile, numpy as np, tidu as td
    >>> net = td.Network([td.Affine(2)], input_shape=3, loss=td.SoftmaxCrossEntropy())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     history = net.fit(np.ones((4, 3)), [0, 1, 0, 0], epochs=5,
    ...                       callbacks=[td.Checkpoint(folder)])
    ...     again = td.load_run(folder)
    >>> again.run.epoch, again.run.history.status
    (5, '5 epochs done')
    """
    path = Path(path)
    if path.is_dir():
        saved_states = states(path)
        if not saved_states:
            raise FileNotFoundError(f"there is no saved run in {path}")
        path = saved_states[-1]
    network, tensors, saved = read(path, layers)
    if "run" not in saved:
        raise FileFormatError(f"{path} holds a network and no run: tidu.load reads it")
    with refusing(path):
        then, tensors = in_todays_form(saved["run"], tensors)
        optimizer = decoded(then["optimizer"], {})
        check_optimizer(optimizer)
        vectors = optimizer.init(network.theta)
        run = Run(network.theta, network.state, optimizer, vectors, then["seed"])
        _fill(run, tensors, then)
        network.run = run
    return network


def restore(network: Network, run: Run, path: Path) -> None:
    """Set a network and its run, in place, to the state in a file.

    Raises
    ------
    InputError
        If network, optimizer, seed, engine or data are not those of the saved run.
    FileFormatError
        If the file is damaged or holds no run.
    """
    tensors, saved = contents(path)
    if "run" not in saved:
        raise FileFormatError(f"{path} holds a network and no run")
    with refusing(path):
        then, tensors = in_todays_form(saved["run"], tensors)
        chosen = {name: then[name] for name in ("seed", "optimizer")}
        was = {**saved["network"], **then["fingerprint"], **chosen}
        for name in ("fingerprint", "image_shape"):  # of the file; the samples are in ``data``
            was.pop(name, None)
    given = {**settings_of(network), **run.fingerprint, "seed": run.seed}
    given["optimizer"] = _encoded(run.optimizer)
    differing = differences(was, plain(given, finite=False))
    if differing:
        raise InputError(
            f"cannot go on with the run in {path.parent}: {'; '.join(differing)}. Give what it was "
            "started with, or choose another folder for a new run"
        )
    with refusing(path):
        add_missing_weights(tensors, network.state_layout, str(network.dtype))
        for layout in (network.layout, network.state_layout):
            compare(tensors, layout, str(network.dtype))
        _fill(run, tensors, then)
        for name in (*network.layout, *network.state_layout):
            network[name] = tensors[name]


def states(folder: Path) -> list[Path]:
    """Return the saved states of a run in a folder, oldest first."""
    return sorted(folder.glob(PATTERN), key=lambda path: (len(path.name), path.name))


def _alike(old: Any, new: Any) -> bool:
    """Compare settings; one that is None may have come later than the file."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(_alike(old.get(name), new.get(name)) for name in {*old, *new})
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_alike, old, new))
    return bool(old == new)


def differences(was: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """Return what differs between the settings of two runs, each as a few words.

    Examples
    --------
    >>> differences({"batch_size": 100, "seed": 0}, {"batch_size": 50, "seed": 0})
    ['`batch_size` was 100 and is 50']
    """
    found = []
    for name in dict.fromkeys([*was, *given]):
        old, new = was.get(name), given.get(name)
        if _alike(old, new) or (name == "data" and was.get("samples") != given.get("samples")):
            continue
        if name == "data":
            found.append(clause("the samples are as many as they were, but not the same"))
        elif name == "layers" and isinstance(old, list) and isinstance(new, list):
            found.append(_differing_layers(old, new))
        else:
            found.append(clause(f"`{name}` was {_words(old)} and is {_words(new)}"))
    return found


def _differing_layers(old: list[Any], new: list[Any]) -> str:
    if len(old) != len(new):
        return clause(f"the network had {len(old)} layers and has {len(new)}")
    i = next(i for i, pair in enumerate(zip(old, new, strict=True)) if not _alike(*pair))
    return clause(f"layer {i + 1} was {_words(old[i])} and is {_words(new[i])}")


def _words(settings: Any) -> str:
    """Return encoded settings as one would write them."""
    if isinstance(settings, dict) and "type" in settings:
        inner = (f"{name}={_words(value)}" for name, value in settings.items() if name != "type")
        return f"{settings['type']}({', '.join(inner)})"
    if isinstance(settings, list):
        return f"[{', '.join(map(_words, settings))}]"
    return repr(settings)


def _encoded(optimizer: Optimizer) -> Any:
    try:
        return encoded(optimizer)
    except InputError as error:
        raise InputError(
            f"a run with {optimizer!r} cannot be saved: an optimizer's settings must be numbers or "
            "schedules; write a schedule of your own as a dataclass with a method __call__(step)"
        ) from error


def _fill(run: Run, tensors: Mapping[str, np.ndarray], saved: Mapping[str, Any]) -> None:
    """Set all of a run but its two vectors, if everything about it is right."""
    numbers = {name: check_integer(name, saved[name], minimum=0) for name in NUMBERS}
    vectors = {name: tensors[f"optimizer.{name}"] for name in run.optimizer_state}
    callback_state = {
        name: tuple(
            tensors[f"callback_state.{name}.{i}"] for i in range(min(count, len(tensors) + 1))
        )
        for name, count in saved["callback_state"].items()
    }
    sums, history = tensors["run.sums"], _history(saved["history"])
    stop_reason = _stop_reason(saved["stop_reason"])
    like = [(sums, np.zeros(3)), *((vectors[k], v) for k, v in run.optimizer_state.items())]
    for found, wanted in like:
        if found.shape != wanted.shape or found.dtype != wanted.dtype:
            raise FileFormatError("the arrays of its run are not of the shape that they must have")
    joins = saved["last_batch_joins"]
    if not isinstance(saved["fingerprint"], dict) or not isinstance(joins, bool):
        raise FileFormatError("its run is not described as it must be")
    for name, number in numbers.items():
        setattr(run, name, number)
    run.sums, run.optimizer_state, run.callback_state = sums, vectors, callback_state
    run.stop_reason, run.fingerprint = stop_reason, saved["fingerprint"]
    run.last_batch_joins = joins
    run.history.rows, run.history.engine = history.rows, history.engine
    run.history.outcome, run.history.status = history.outcome, history.status


def _history(saved: Mapping[str, Any]) -> History:
    rows = saved["rows"]
    if not all(isinstance(v, (int, float)) for row in rows for v in row.values()):
        raise FileFormatError("its history holds what is no number")
    history = History(list(rows), str(saved["status"]))
    history.outcome, history.engine = Outcome(saved["outcome"]), str(saved["engine"])
    return history


def _stop_reason_words(reason: StopReason | None) -> list[str] | None:
    return None if reason is None else [reason.outcome.value, reason.sentence]


def _stop_reason(saved: list[str] | None) -> StopReason | None:
    if saved is None:
        return None
    outcome, sentence = saved
    return StopReason(Outcome(outcome), str(sentence))
