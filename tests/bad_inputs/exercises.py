"""Calls of the exercises and the course that cannot work."""

from pathlib import Path

from tests.bad_inputs import Bad
from tidu import exercises, learn
from tidu.errors import InputError
from tidu.exercises import EXERCISES
from tidu.exercises.process import check_file
from tidu.experiments import broadcasting

SOFTMAX = EXERCISES["softmax"]

ROWS = [
    Bad(
        "exercises.named.name",
        lambda: exercises.named("soft-max"),
        InputError,
        "there is no exercise 'soft-max'; did you mean 'softmax'?",
    ),
    Bad(
        "exercises.check.name",
        lambda: exercises.check("affine", max),
        InputError,
        "there is no exercise 'affine'; ",
    ),
    Bad(
        "exercises.check.solution",
        lambda: exercises.check("softmax", 3),
        TypeError,
        "`solution` must be a function or the path of a file, got 3 (int)",
    ),
    Bad(
        "exercises.check.solution",
        lambda: exercises.check("softmax", "nowhere.py"),
        FileNotFoundError,
        "nowhere.py",
    ),
    Bad(
        "exercises.check.solution",
        lambda: exercises.check("softmax", Path(__file__).parents[2] / "docs/gallery/slope.png"),
        InputError,
        "slope.png is no Python file in UTF-8",
    ),
    Bad(
        "exercises.check.seed",
        lambda: exercises.check("softmax", max, seed=-1),
        InputError,
        "`seed` must be zero or a positive integer, got -1",
    ),
    Bad(
        "exercises.check_file.seconds",
        lambda: check_file(SOFTMAX, "a.py", seconds=0),
        InputError,
        "`seconds` must be a positive integer, got 0",
    ),
    Bad(
        "exercises.check_file.megabytes",
        lambda: check_file(SOFTMAX, "a.py", megabytes=0.5),
        TypeError,
        "`megabytes` must be an integer, got 0.5",
    ),
    Bad(
        "learn.named.name",
        lambda: learn.named("19"),
        InputError,
        "there is no chapter '19'; it is one of 'arrays', ",
    ),
    Bad(
        "experiments.broadcasting.right",
        lambda: broadcasting(left=(3,), right=(2,)),
        InputError,
        "`left` (3,) and `right` (2,) do not broadcast",
    ),
    Bad(
        "experiments.broadcasting.left",
        lambda: broadcasting(left=(1, 2, 3), right=(3,)),
        InputError,
        "`left` must have one or two numbers to be drawn, got (1, 2, 3)",
    ),
]
