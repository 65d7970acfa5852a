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
    later("{}, line {}: {} columns, where the first line has {}"),
    later(
        "{} is damaged, or is not a table in text: it has the byte {}; a spreadsheet is to be"
        " saved as CSV first"
    ),
    later("{} has no rows but a line of names"),
    later("{} has rows of empty cells alone"),
    later(
        "`columns` has none that a network can learn from: {}. Keep one by its name "
        "(keep=..., on the command line --keep NAME)"
    ),
    later("the dates of column {} cannot be read: {}; write them as 2024-01-31"),
    later(
        "{}, column {}: the number in row {} is infinite; write nothing where a value is missing"
    ),
    later(
        "{} has {} columns, and the network learned from {} and a label; without names in "
        "both, columns must be those that it learned from, in their order"
    ),
    later("{} has one column alone, {}: a label needs columns to go with it"),
    later("{}: the label {} in column {} is none of the classes that the network knows: {}"),
    later("{}: column {} holds no labels"),
    later("{}: column {} holds no numbers"),
    later("{} has no column more than the inputs: it lacks the label"),
    later(
        "{} lacks the column {}, which the network predicts; name it if it is called "
        "otherwise there (label=..., on the command line --label NAME)"
    ),
    later("`label` cannot be {}: {} has columns 0 to {}"),
    later("{}: column {} is to be predicted, and it is empty"),
    later("{}: the label of row {} is infinite"),
    later(
        "{}: column {} is to be predicted, and it holds dates; name another column "
        "(label=..., on the command line --label NAME), or take each date for a class "
        '(task="classes", --task classes)'
    ),
    later(
        "{}: column {} has {} different labels in {} rows, too many to be classes; name the "
        "column to predict (label=..., on the command line --label NAME)"
    ),
    later("{} is damaged, or is not a Parquet file: {}"),
    later(
        "{} has no pictures in sub-folders: to learn from it, it needs one for each class, as"
        " in cat/1.png, cat/2.png, dog/1.png"
    ),
    later("{} has no pictures such as .png files"),
    later(
        "{} holds inputs alone, and labels are needed: save arrays with {}, and put pictures "
        "into one sub-folder for each class"
    ),
    later("`{}` names a column of a table such as .csv, and {} is none"),
    later(
        "{} is not an IDX file: it begins with {}, where IDX has 00 00, a dtype from 08 to "
        "0e, and the number of axes"
    ),
    later("{} is cut short: it ends within its header"),
    later("{} needs an array x of inputs, and has {}"),
    later("{} needs the arrays {} and {} (or {}), and has {}: {}"),
    later("{} holds a NaN or an infinity"),
    later(
        "{} has no labels beside it: looked for {}, plain or .gz (the images of an IDX pair "
        "are the file to name, as in train-images-idx3-ubyte)"
    ),
    later("{} is a safetensors file, but not of a network saved by Tidu"),
    later(
        "{} has format version {}; this Tidu reads {} and older: a newer Tidu may have written it"
    ),
    later("{} is damaged: its content is not what was saved (the checksum differs)"),
    later("{} is damaged: its architecture cannot be read"),
    later("{} is damaged, or another program wrote it: {}"),
    later(
        "{} holds a run already, {}: resume it (resume=True, or --resume on the command "
        "line), or choose another folder"
    ),
    later(
        "cannot go on with the run in {}: {}. Give what it was started with, or choose "
        "another folder for a new run"
    ),
    later("there is no saved run in {}"),
    later(
        "{} is in use by {}: two runs cannot be saved in one folder at the same time; wait "
        "for the other to end, or choose another folder"
    ),
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
