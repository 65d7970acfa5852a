"""Exercises: functions to be written, and answers that name what is wrong.

``tidu exercise`` lists them, ``tidu exercise softmax`` writes a file with the task, and ``tidu
exercise softmax --check softmax.py`` runs it, in a process of its own, and says what is wrong. The
same from Python: `check` takes a file or a function and returns a `Verdict`, for lab sheets and
graders::

    assert tidu.exercises.check("softmax", softmax).passed

A function is called here, in the process of whoever asks; a file never is.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tidu.arrays import described
from tidu.errors import InputError, check_integer, did_you_mean
from tidu.exercises.calls import outcome
from tidu.exercises.exercise import Exercise
from tidu.exercises.judging import verdict
from tidu.exercises.process import check_file
from tidu.exercises.tasks.activations import activations, softmax
from tidu.exercises.tasks.backward import (
    affine_backward,
    multiply_add,
    relu_backward,
    sigmoid_backward,
)
from tidu.exercises.tasks.bugs import (
    bug_accuracy,
    bug_epoch,
    bug_gradient,
    bug_penalty,
    bug_step,
)
from tidu.exercises.tasks.derivatives import descent, numerical_diff, numerical_gradient
from tidu.exercises.tasks.layers import batch_norm_backward, dropout
from tidu.exercises.tasks.losses import cross_entropy, cross_entropy_labels, mini_batch, one_hot
from tidu.exercises.tasks.networks import (
    output_delta,
    softmax_loss_backward,
    two_layer_network,
    two_three_two,
)
from tidu.exercises.tasks.rules import adagrad, adam, momentum, sgd
from tidu.exercises.tasks.training import early_stopping
from tidu.exercises.tasks.weights import initial_weights, penalized_step
from tidu.exercises.verdict import Cause, Verdict

EXERCISES: Mapping[str, Exercise] = MappingProxyType({
    e.name: e
    for e in (
        softmax,
        activations,
        numerical_diff,
        numerical_gradient,
        descent,
        cross_entropy,
        cross_entropy_labels,
        one_hot,
        mini_batch,
        multiply_add,
        relu_backward,
        sigmoid_backward,
        affine_backward,
        softmax_loss_backward,
        two_layer_network,
        two_three_two,
        sgd,
        momentum,
        adagrad,
        adam,
        initial_weights,
        batch_norm_backward,
        dropout,
        penalized_step,
        early_stopping,
        output_delta,
        bug_accuracy,
        bug_epoch,
        bug_step,
        bug_gradient,
        bug_penalty,
    )
})  # fmt: skip
"""All exercises by name, in the order of the course."""


def named(name: str) -> Exercise:
    """Return an exercise by its name, ``"one-hot"`` or ``"one_hot"``.

    Raises
    ------
    InputError
        If there is none of this name.

    Examples
    --------
    >>> named("softmax")
    <exercise softmax: Softmax that does not overflow>
    """
    found = EXERCISES.get(str(name).replace("_", "-"))
    if found is None:
        raise InputError(f"there is no exercise {name!r}; {did_you_mean(str(name), EXERCISES)}")
    return found


def check(name: str, solution: Callable[..., Any] | str | Path, seed: int = 0) -> Verdict:
    """Check a solution of an exercise.

    Parameters
    ----------
    name
        The exercise.
    solution
        A function, which is called here; or the path of a file, which is run in a process of its
        own with limits to time and memory.
    seed
        Which numbers it is tried with.

    Returns
    -------
    Verdict
        ``.passed``, ``.causes``, ``.as_dict()``; prints as sentences.

    Raises
    ------
    InputError
        If there is no such exercise, or the file is no text.
    TypeError
        If the solution is neither a function nor a path.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> found = check("affine-backward", lambda dy, x, W: (dy @ W.T, x.T @ dy, dy))
    >>> found.passed, found.causes[0].code
    (False, 'no-batch-sum')
    >>> print(found)
    affine-backward: not yet; 0 of 4 calls are right.
      - your backward of Affine forgets the sum over the batch in db: b is used once for each sample
    """
    exercise = named(name)
    seed = check_integer("seed", seed, minimum=0)
    if isinstance(solution, (str, Path)):
        return check_file(exercise, solution, seed)
    if not callable(solution):
        raise TypeError(
            f"`solution` must be a function or the path of a file, got {described(solution)}"
        )
    return verdict(exercise, seed, [outcome(solution, call) for call in exercise.calls(seed)])


__all__ = ["EXERCISES", "Cause", "Exercise", "Verdict", "check", "named"]
