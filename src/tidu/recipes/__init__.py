"""Recipes: from settings to data, a network, an optimizer, and the result of training.

`plan` assembles a training and `Plan.run` carries it out; `Trained.save` writes the network, its
history and a figure. `sweep` trains with many settings at once. The settings are the annotated
signature of `plan` (`signature`): the command line makes its flags of them. `building` turns
settings into layers and an optimizer, for the estimators too. Recipes print nothing: the command,
an estimator or a page presents them.

    >>> import tidu as td
    >>> trained = td.recipes.plan("digits", hidden=(30,), epochs=5, dropout=0).run(progress=False)
    >>> trained.history.status, len(trained.test)
    ('5 epochs done', 360)
"""

from tidu.recipes.planning import Plan, plan
from tidu.recipes.signature import Seed, Setting
from tidu.recipes.sweeping import Sweep, sweep
from tidu.recipes.trained import Trained

__all__ = ["Plan", "Seed", "Setting", "Sweep", "Trained", "plan", "sweep"]
