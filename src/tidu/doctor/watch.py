"""A callback that examines a network while it learns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tidu.arrays import Array
from tidu.doctor.case import Case
from tidu.doctor.diagnosis import Disease, Finding, disease_name
from tidu.doctor.learning import gap_sentence
from tidu.doctor.signals import dead_relus, gradients_explode, gradients_vanish, saturated_units
from tidu.errors import InputError, check_integer
from tidu.language import translator
from tidu.training.callbacks import Callback, checked_pair
from tidu.training.history import Row

if TYPE_CHECKING:
    from tidu.engines import Steps
    from tidu.network import Network
    from tidu.training.run import Run

_ = translator("doctor")

WHILE_LEARNING: tuple[Disease, ...] = (
    dead_relus,
    saturated_units,
    gradients_vanish,
    gradients_explode,
)
"""Looked for in this order until one is found, which may cause those after it."""
CLIMBED = 1.5
"""The loss climbs if it is more than this many times that of the best epoch before."""
VALIDATED_ON = 100
"""The number of validation samples that is assumed where only their accuracy is known."""


class Doctor(Callback):
    """Watch a run, and note in a sentence each disease that shows, with the epoch.

    From the run itself it sees where NaN first arises, whether the loss climbs, and whether
    validation is much worse. With some data it also sees dead and saturated units and gradients
    that vanish or explode. Each disease is noted once. The run goes on; its status ends with what
    was found.

    Parameters
    ----------
    data : (x, t), optional
        Samples to pass through the network, a few hundred of them.
    every : int
        How many epochs lie between two looks at the layers.

    Attributes
    ----------
    findings : list of Finding
        What was found; printing the doctor prints them.

    Examples
    --------
    >>> import numpy as np, tidu as td
    >>> x = np.random.default_rng(0).normal(size=(200, 2))
    >>> doctor = td.Doctor((x, x[:, :1]))
    >>> net = td.Network([td.Affine(8), td.ReLU(), td.Affine(1)], 2, td.MeanSquaredError())
    >>> history = net.fit(x, x[:, :1], epochs=5, batch_size=20, callbacks=[doctor])
    >>> doctor
    Doctor: nothing found
    """

    def __init__(self, data: tuple[Array, Array] | None = None, every: int = 1) -> None:
        self.data = None if data is None else checked_pair("data", data)
        self.every = check_integer("every", every)
        self.findings: list[Finding] = []

    def for_network(self, i: int) -> Doctor:
        """Refuse many networks: what is found of each would be lost."""
        raise InputError("a Doctor watches one network: give it to fit, and not to fit_many")

    def on_start(self, network: Network, run: Run) -> None:
        """Begin with nothing found."""
        self.findings = []
        self._best = math.inf

    def on_steps(self, network: Network, run: Run, steps: Steps) -> None:
        """Note the first step that is not finite."""
        if steps.bad is not None:
            sentence = _("NaN or infinity first arises in step {step}, epoch {epoch}: {why}")
            self._note(
                "not finite",
                sentence.format(step=run.step + 1, epoch=run.epoch + 1, why=steps.why),
            )

    def on_epoch(self, network: Network, run: Run, row: Row) -> None:
        """Look at the epoch's row and, where there are data, at the layers."""
        for name, sentence in (
            ("learning rate too high", self._climbing(run, row)),
            ("train test gap", self._gap(run, row)),
        ):
            if sentence:
                self._note(name, _after(run, sentence))
        self._best = min(self._best, row["loss"])
        if self.data is not None and run.epoch % self.every == 0:
            case = Case.of(network, *self.data, optimizer=run.optimizer, seed=run.seed)
            if case.seen.first_nonfinite:
                return
            for disease in WHILE_LEARNING:
                sentence = disease(case)
                if sentence:
                    self._note(disease_name(disease), _after(run, sentence))
                    break

    def on_end(self, network: Network, run: Run) -> None:
        """Name what was found in the run's status."""
        if self.findings:
            found = _(", ").join(finding.name for finding in self.findings)
            run.history.status += _("; the doctor found: {found}").format(found=found)

    def _climbing(self, run: Run, row: Row) -> str | None:
        if not row["loss"] > CLIMBED * self._best:
            return None
        rate = run.rate(-1)
        return _(
            "the loss is {loss:.3g} and was {best:.3g} at best: the learning rate "
            "{rate:.2g} is too high; try {lower:.2g}"
        ).format(loss=row["loss"], best=self._best, rate=rate, lower=rate / 10)

    def _gap(self, run: Run, row: Row) -> str | None:
        if "val_loss" not in row:
            return None
        first = run.history[0]["loss"]
        accuracies = row.get("accuracy"), row.get("val_accuracy")
        return gap_sentence(
            (row["loss"], accuracies[0]), (row["val_loss"], accuracies[1]), first, VALIDATED_ON
        )

    def _note(self, disease: str, sentence: str) -> None:
        if disease not in (finding.disease for finding in self.findings):
            self.findings.append(Finding(disease, sentence))

    def __repr__(self) -> str:
        """Return what was found as a list of sentences."""
        if not self.findings:
            return _("Doctor: nothing found")
        return "\n".join(map(repr, self.findings))


def _after(run: Run, sentence: str) -> str:
    return _("after epoch {epoch}, {sentence}").format(epoch=run.epoch, sentence=sentence)
