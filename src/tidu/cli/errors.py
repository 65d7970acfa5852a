"""What the command says of errors in the reader's language.

The library raises its errors in English, whoever calls it. Those that a user of the command meets
are retold as they are printed: a template holds for all errors of its form, and the parts of a
sentence may be sentences themselves.
"""

from __future__ import annotations

from tidu.language import later, retold, translator

_ = translator("command")

ERRORS = (
    later("did you mean {}? (one of {})"),
    later("it is one of {}"),
    later("zero or a positive integer"),
    later("a positive integer"),
    later("an integer of at least {}"),
    later("a finite number"),
    later("at least {} and below {}"),
    later("at least {} and at most {}"),
    later("above {} and below {}"),
    later("above {} and at most {}"),
    later("at least {}"),
    later("at most {}"),
    later("above {}"),
    later("below {}"),
    later("an integer"),
    later("a number"),
    later("zero or more integers, such as 256"),
    later("one or more numbers, such as {}"),
    later("`{}` must be {}, got {}"),
    later("`{}` cannot be {}: {} has no such column in its first line; {}"),
    later("`{}` cannot be {}: column {} of {} holds texts such as {}"),
    later("`{}` cannot be {}; {}"),
    later("`{}` is about classes, and there are values to predict"),
    later("`{}` names columns of a table, not of {}"),
    later("`{}` names {}, which is no column of inputs; {}"),
    later("`{}` keeps the colours of a folder of pictures, and {} is none"),
    later("there is no data set {}: no file is called so, and as a name {}"),
    later("there is no experiment {}; {}"),
    later("there is no chapter {}; {}"),
    later("there is no exercise {}; {}"),
    later("there is no file or folder {}"),
    later("there is no file {}"),
    later(
        "{} is of a kind that cannot be read; known are {}, a folder of pictures, IDX such "
        "as {} or {}"
    ),
    later("{} is empty"),
    later("{} has {} numbers a sample; this network takes {}"),
    later("{} is no safetensors file, or is damaged: {}"),
    later(
        "{}, row {}, column {}: {} is not a finite number, and this network knows nothing of "
        "its columns but their number; fill in what is missing"
    ),
    later("{} lacks the column {}, which the network learned from; it has {}"),
    later("{} lacks the columns {}, which the network learned from; it has {}"),
    later("recipe={} chooses `{}` itself: leave that out"),
    later(
        "MNIST is not here: looked for {} and {} (plain or .gz, also in a sub-folder mnist) "
        "in {}; put them there, or name the folder that holds them"
    ),
    later("nowhere"),
    later("a folder to look for files in goes with {} and {}, not with {}"),
    later("--host {} is no address of this machine: try {}"),
    later("--resume needs the folder that the run is in: {}"),
    later("cannot save a run in {}: {}"),
    later("this needs {}, which is not installed: {}"),
    later("File exists"),
    later("No such file or directory"),
    later("Permission denied"),
    later("Is a directory"),
    later("Not a directory"),
    later("{}: File exists"),
    later("{}: No such file or directory"),
    later("{}: Permission denied"),
    later("{}: Is a directory"),
)
"""The errors, those of fewer words after those that are of their form with more."""


def told(english: str) -> str:
    """Return the sentence of an error, or a part of one, in the reader's language.

    Examples
    --------
    >>> told("`epochs` must be a positive integer, got 0")
    '`epochs` must be a positive integer, got 0'
    """
    return retold(english, ERRORS, _)
