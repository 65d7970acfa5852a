"""The result of a training: a network, its history, and its measures on the test part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tidu.datasets import Dataset
from tidu.doctor.learning import missed_class
from tidu.errors import MissingExtraError, NonFiniteError
from tidu.language import translator
from tidu.network import Network
from tidu.outcome import Outcome
from tidu.recipes.measures import ValueScores, value_scores
from tidu.training import History

_ = translator("command")

MODEL, TABLE, FIGURE = "model.safetensors", "history.csv", "report.png"
"""The files of a training."""


@dataclass(frozen=True, eq=False)
class Trained:
    """The result of `Plan.run`.

    Attributes
    ----------
    network, history
        What was learned, and how.
    test
        The part of the data that was not learned from and decided nothing.
    loss, accuracy
        Of the test part; the loss is NaN where it is not finite, and the accuracy None where the
        targets are values.
    seconds
        How long the training took.

    Examples
    --------
    >>> from tidu.recipes import plan
    >>> trained = plan("digits", hidden=(8,), epochs=1).run(progress=False)
    >>> trained.history.status, len(trained.test)
    ('1 epoch done', 360)
    """

    network: Network
    history: History
    test: Dataset
    loss: float
    accuracy: float | None
    seconds: float

    @property
    def scores(self) -> ValueScores | None:
        """R² and errors on the test part; None where the targets are classes."""
        test = self.test
        if test.has_labels:
            return None
        return value_scores(self.network.predict(test.x), test.t.reshape(len(test), -1))

    @property
    def advice(self) -> str:
        """What the accuracy hides: a rare class that is missed; "" if there is none."""
        test, names = self.test, self.network.classes
        if self.accuracy is None or not (test.has_labels and names):
            return ""
        return missed_class(self.network, test.x, test.t, names) or ""

    @property
    def learned(self) -> bool:
        """Whether the network has taken a step; if not, there is nothing to save."""
        return self.network.run is not None and self.network.run.step > 0

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the training."""
        return self.history.outcome is Outcome.INTERRUPTED

    def save(self, folder: str | Path) -> tuple[dict[str, Path], str]:
        """Write the network, the history and a figure into a folder.

        Returns
        -------
        files : dict
            Where they are, by kind: ``"network"``, ``"history"`` and, if it could be drawn,
            ``"figure"``.
        no_figure : str
            Why there is no figure, if there is none.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        files = {"network": folder / MODEL, "history": folder / TABLE}
        self.network.save(files["network"])
        self.history.to_csv(files["history"])
        if not len(self.history):
            return files, _("no epoch was finished")
        try:
            self.draw(folder / FIGURE)
        except (MissingExtraError, NonFiniteError) as error:
            return files, str(error)
        return {**files, "figure": folder / FIGURE}, ""

    def draw(self, path: Path) -> None:
        """Draw learning curves and, of the test part, mistakes or predicted against true values.

        Raises
        ------
        MissingExtraError
            If Matplotlib is not installed.
        NonFiniteError
            If the network's outputs are not finite.
        """
        from tidu import plots

        test, network = self.test, self.network
        if test.has_labels:
            figure = plots.training_report(
                self.history, test.t, network.predict_proba(test.x), test.x, test.image_shape,
                class_names=network.classes,
            )  # fmt: skip
        else:
            figure = plots.values_report(self.history, test.t, network.predict(test.x))
        plots.save(figure, path)


def free_folder(wanted: Path, holds: str = MODEL) -> Path:
    """Return a folder without a result: the one that is wanted, or the next of ``wanted-2``, ...

    Examples
    --------
    >>> free_folder(Path("none/digits")).name
    'digits'
    """
    folder, n = wanted, 1
    while (folder / holds).exists():
        n += 1
        folder = wanted.with_name(f"{wanted.name}-{n}")
    return folder
