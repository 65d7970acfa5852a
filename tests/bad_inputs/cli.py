"""What the command line refuses: each with a sentence on stderr, exit status 2 and no traceback."""

import contextlib
import io
import tempfile

import numpy as np

import tidu as td
from tests.bad_inputs import Bad


class Refused(Exception):  # noqa: N818 (what happens here is no error)
    """What a command wrote to stderr, where it ended with exit status 2."""


def tidu(*arguments):
    """Run a command in a folder with a network of digits, ``model``, and a table, ``pets.csv``."""
    from tidu.cli import main

    said, printed = io.StringIO(), io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        td.Network([td.Affine(10)], 64, td.SoftmaxCrossEntropy()).save("model")
        np.savetxt("pets.csv", [["1", "2", "cat"], ["3", "4", "dog"]], "%s", ",")
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(printed):
            try:
                main(arguments)
            except SystemExit as end:
                assert end.code == 2, end.code  # noqa: PT017
    assert printed.getvalue() == ""
    assert "Traceback" not in said.getvalue()
    raise Refused(said.getvalue())


def bad(command, argument, values, sentence):
    """Return the row of one command: ``bad("train", "lr", "digits --lr x", ...)``."""
    words = [command, *values.split()]
    return Bad(f"tidu {command}.{argument}", lambda: tidu(*words), Refused, sentence)


ROWS = [
    Bad("tidu.command", lambda: tidu("trian"), Refused, "Did you mean 'train'?"),
    Bad("tidu.command", lambda: tidu("--verison"), Refused, "--version"),
    bad("train", "data", "digitz", "did you mean 'digits'?"),
    bad("train", "data", "no.csv", "there is no file or folder no.csv"),
    bad("train", "data", "model", "of a kind that cannot be read"),
    bad("train", "hidden", "--hidden x", "zero or more integers, such as 256, got 'x'"),
    bad("train", "hidden", "--hidden 50,0", "`hidden[1]` must be a positive integer, got 0"),
    bad("predict", "as_is", "model no.png --as-is", "there is no file or folder no.png"),
    bad("predict", "show", "model pets.csv --show", "is not a finite number"),
    bad("train", "task", "pets.csv --task clases", "did you mean 'classes'?"),
    bad("train", "task", "pets.csv --task values", "holds texts such as 'cat'"),
    bad("train", "keep", "pets.csv --keep x", "`keep` names 'x', which is no column of inputs"),
    bad("train", "categories", "pets.csv --categories x", "`categories` names 'x', which is no"),
    bad("train", "categories", "digits --categories x", "`categories` names columns of a table"),
    bad("train", "color", "pets.csv --color", "`color` keeps the colours of a folder of pictures"),
    bad("train", "balanced", "pets.csv --label 0 --task values --balanced", "is about classes"),
    bad("train", "dry_run", "digitz --dry-run", "did you mean 'digits'?"),
    bad("train", "recipe", "pets.csv --recipe tabula", "did you mean 'tabular'?"),
    bad("train", "recipe", "pets.csv --recipe tabular --lr 1", "chooses `lr` itself: leave that"),
    bad("train", "activation", "--activation rellu", "did you mean 'relu'?"),
    bad("train", "dropout", "--dropout 1", "`dropout` must be at least 0 and below 1, got 1.0"),
    bad("train", "batch_norm", "--batch-norm=5", "'--batch-norm'"),
    bad("train", "optimizer", "--optimizer adm", "did you mean 'adam'?"),
    bad("train", "lr", "--lr fast", "`lr` must be a number, got 'fast'"),
    bad("train", "lr", "--lr -1", "`lr` must be at least 0, got -1.0"),
    bad("train", "lr", "--lr nan", "`lr` must be at least 0, got nan"),
    bad("train", "schedule", "--schedule cosin", "did you mean 'cosine'?"),
    bad("train", "epochs", "--epochs 0", "`epochs` must be a positive integer, got 0"),
    bad("train", "batch_size", "--batch-size 0", "`batch_size` must be a positive integer, got 0"),
    bad("train", "l1", "--l1 -1", "`l1` must be at least 0, got -1.0"),
    bad("train", "l2", "--l2 -1", "`l2` must be at least 0, got -1.0"),
    bad("train", "early_stopping", "--early-stopping 0", "`early_stopping` must be a positive"),
    bad("train", "gradient", "--gradient numerical", "did you mean 'numeric'?"),
    bad("train", "engine", "--engine compild", "did you mean 'compiled'?"),
    bad("train", "threads", "--threads 0", "`threads` must be a positive integer, got 0"),
    bad("train", "verbose", "--verbose=5", "'--verbose'"),
    bad("train", "seed", "--seed -1", "`seed` must be zero or a positive integer, got -1"),
    bad("train", "checkpoint", "--checkpoint model --json", "model"),
    bad("train", "resume", "--resume", "--checkpoint DIR --resume"),
    bad("train", "directory", "digits --data x", "goes with 'mnist' and 'fashion-mnist'"),
    bad("train", "directory", "mnist --data nowhere", "nowhere; put them there"),
    bad("train", "label", "pets.csv --label colour", "`label` cannot be 'colour'"),
    bad("train", "label", "digits --label x", "`label` names columns of a table"),
    bad("train", "out", "--out model", "model: File exists"),
    bad("train", "force", "--force=5", "'--force'"),
    bad("train", "as_json", "--json=5", "'--json'"),
    bad("evaluate", "model", "none digits", "there is no file none"),
    bad("evaluate", "model", "pets.csv digits", "pets.csv is no safetensors file"),
    bad("evaluate", "data", "model", "Missing argument"),
    bad("evaluate", "data", "model digitz", "did you mean 'digits'?"),
    bad("evaluate", "data", "model pets.csv", "has 2 numbers a sample; this network takes 64"),
    bad("evaluate", "split", "model digits --split tset", "did you mean 'test'?"),
    bad("evaluate", "folder", "model digits --data x", "goes with 'mnist' and 'fashion-mnist'"),
    bad("evaluate", "label", "model digits --label x", "`label` names columns of a table"),
    bad("evaluate", "as_json", "model digits --json=5", "'--json'"),
    bad("predict", "model", "pets.csv pets.csv", "pets.csv is no safetensors file"),
    bad("predict", "file", "model none.png", "there is no file or folder none.png"),
    bad("predict", "file", "model model", "of a kind that cannot be read"),
    bad("predict", "file", "model pets.csv", "'cat' is not a finite number"),
    bad("predict", "top", "model pets.csv --top 0", "'--top'"),
    bad("predict", "out", "model pets.csv --out", "'--out'"),
    bad("predict", "as_is", "model pets.csv --as-is=5", "'--as-is'"),
    bad("predict", "as_json", "model pets.csv --json=5", "'--json'"),
    bad("check", "model", "none", "there is no file none"),
    bad("check", "data", "model digitz", "did you mean 'digits'?"),
    bad("check", "samples", "model --samples 0", "`samples` must be a positive integer, got 0"),
    bad("check", "entries", "model --entries -1", "`entries` must be zero or a positive integer"),
    bad("check", "seed", "model --seed -1", "`seed` must be zero or a positive integer, got -1"),
    bad("check", "folder", "model digits --data x", "goes with 'mnist' and 'fashion-mnist'"),
    bad("check", "label", "model digits --label x", "`label` names columns of a table"),
    bad("check", "as_json", "model --json=5", "'--json'"),
    bad("lab", "port", "--port 0", "greater than or equal to 1"),
    bad("lab", "host", "--host 256.1.1.1 --no-browser", "no address of this machine"),
    bad("lab", "browser", "--browsr", "--browser"),
    bad("learn", "lang", "--lang fr", "it is one of 'en', 'zh'"),
    bad("lab", "lang", "--lang zn", "it is one of 'auto', 'en', 'zh'"),
]
