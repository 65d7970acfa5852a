from tests.bad_inputs import Bad
from tidu.errors import InputError
from tidu.recipes import plan, sweep


def bad(argument, value, error, sentence):
    return Bad(f"recipes.plan.{argument}", lambda: plan(**{argument: value}), error, sentence)


def bad_sweep(argument, value, error, sentence):
    return Bad(f"recipes.sweep.{argument}", lambda: sweep(**{argument: value}), error, sentence)


ROWS = [
    bad_sweep("data", "digitz", InputError, "did you mean 'digits'?"),
    bad_sweep("lr", 0.1, TypeError, "`lr` must be a text"),
    bad_sweep("lr", "1e-4..b", InputError, "a range such as 1e-4..1, got '1e-4..b'"),
    bad_sweep("lr", "1..0.1", InputError, "a range from low to high"),
    bad_sweep("lr", "0..1", InputError, "`lr` must be above 0"),
    bad_sweep("hidden", "32,,64", InputError, "`hidden` must be sizes such as 32,64 or 32x32"),
    bad_sweep("seeds", 0, InputError, "`seeds` must be a positive integer"),
    bad_sweep("early_stopping", 0, InputError, "`early_stopping` must be a positive integer"),
    bad_sweep("activation", "rellu", InputError, "did you mean 'relu'?"),
    bad("data", "digitz", InputError, "did you mean 'digits'?"),
    bad("data", (1, 2), InputError, "a name, a path, or a training and a test Dataset"),
    bad("hiden", 3, TypeError, "plan has no setting 'hiden'; did you mean 'hidden'?"),
    bad("hidden", 50, TypeError, "`hidden` must be zero or more integers, got 50 (int)"),
    bad("activation", "rellu", InputError, "did you mean 'relu'?"),
    bad("dropout", 1.0, InputError, "`dropout` must be at least 0 and below 1, got 1.0"),
    bad("batch_norm", 1, TypeError, "`batch_norm` must be True or False, got 1"),
    bad("optimizer", "adm", InputError, "did you mean 'adam'?"),
    bad("lr", "fast", TypeError, "`lr` must be a number, got 'fast'"),
    bad("schedule", "cosin", InputError, "did you mean 'cosine'?"),
    bad("epochs", "ten", TypeError, "`epochs` must be an integer, got 'ten'"),
    bad("batch_size", 0, InputError, "`batch_size` must be a positive integer, got 0"),
    bad("l1", -1, InputError, "`l1` must be at least 0, got -1"),
    bad("l2", -1, InputError, "`l2` must be at least 0, got -1"),
    bad("early_stopping", 0, InputError, "`early_stopping` must be a positive integer, got 0"),
    bad("recipe", "tabula", InputError, "did you mean 'tabular'?"),
    Bad(
        "plan.recipe",
        lambda: plan(recipe="tabular-td", dropout=0.5),
        InputError,
        "recipe='tabular-td' chooses `dropout` itself: leave that out",
    ),
    Bad(
        "plan.recipe",
        lambda: plan(recipe="tabular", hidden=(50,), l2=0.1),
        InputError,
        "recipe='tabular' chooses `hidden`, `l2` itself: leave that out",
    ),
    bad("gradient", "numerical", InputError, "did you mean 'numeric'?"),
    bad("engine", "compild", InputError, "did you mean 'compiled'?"),
    bad("threads", 0, InputError, "`threads` must be a positive integer, got 0"),
    bad("seed", -1, InputError, "`seed` must be zero or a positive integer, got -1"),
    bad("checkpoint", 3, TypeError, "`checkpoint` must be a path, got 3"),
    bad("resume", True, InputError, "--checkpoint DIR --resume"),
    bad("directory", 3, TypeError, "`directory` must be a path, got 3"),
    bad("label", 3, TypeError, "`label` must be a text, got 3"),
]
