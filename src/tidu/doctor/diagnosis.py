"""The diagnosis: diseases are looked for stage by stage, and the findings are sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidu import html
from tidu.arrays import Array
from tidu.doctor import data, learning, signals
from tidu.doctor.case import Case
from tidu.doctor.trials import InPieces, result_of
from tidu.language import fill, translator

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tidu.network import Network
    from tidu.optimizers import Optimizer

_ = translator("doctor")

Disease = Callable[[Case], str | None]

STAGES: list[list[Disease]] = [
    [data.inputs_not_finite, data.labels_from_one],
    [signals.not_finite],
    [
        data.inputs_all_alike,
        data.inputs_not_scaled,
        data.one_class_only,
        data.targets_not_scaled,
        data.counts_not_scaled,
        data.targets_out_of_step,
        data.labels_shifted,
        data.batch_norm_with_batch_1,
    ],
    [signals.dead_relus, signals.saturated_units, signals.running_averages_off],
    [signals.gradients_vanish, signals.gradients_explode],
    [signals.loss_at_the_start],
    [learning.learning_rate_too_high, learning.learning_rate_too_low],
    [learning.updates_off],
    [learning.cannot_overfit_ten_samples, learning.rare_classes_missed, learning.train_test_gap],
]
"""A finding of one stage may cause those of later stages, so it ends the search."""
TRIED_BEFORE: dict[Disease, Callable[[Case], InPieces[None]]] = {
    learning.learning_rate_too_high: Case.try_rates,
    learning.cannot_overfit_ten_samples: Case.try_to_overfit,
}
"""The trials that some diseases need, which take long."""


@dataclass(frozen=True, repr=False)
class Finding:
    """One disease: its name, and a sentence with the number that shows it and what to try.

    Attributes
    ----------
    disease
        Its name, which is the same in all languages.
    sentence
        In the language that was spoken when it was found.

    Examples
    --------
    >>> Finding("inputs not scaled", "inputs go up to 255").disease
    'inputs not scaled'
    """

    disease: str
    sentence: str

    @property
    def name(self) -> str:
        """The name of the disease in the reader's language."""
        return _(self.disease)

    @property
    def text(self) -> str:
        """Both, as one line."""
        return _("{disease}: {sentence}").format(disease=self.name, sentence=self.sentence)

    def __repr__(self) -> str:
        """Return both as an item of a list."""
        return "- " + fill(self.text, 94).replace("\n", "\n  ")


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What was found; prints as sentences.

    Attributes
    ----------
    findings
        What is wrong, empty if nothing is.
    not_looked_for
        Diseases of later stages, which what was found may have caused.
    case
        What was examined: ``case.seen`` holds the layers, ``case.rate_trials`` the learning rates.

    Examples
    --------
    >>> import numpy as np
    >>> import tidu as td
    >>> net = td.Network([td.Affine(2)], 2, td.SoftmaxCrossEntropy(), seed=0)
    >>> x = np.random.default_rng(0).normal(size=(60, 2))
    >>> found = net.diagnose(1000 * x, (x[:, 0] > 0).astype(int))
    >>> [finding.disease for finding in found.findings]
    ['inputs not scaled']
    """

    findings: tuple[Finding, ...]
    not_looked_for: tuple[str, ...]
    case: Case

    @property
    def healthy(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def plot(self, *, theme: str = "light") -> Figure:
        """Return a figure of activations, gradients and updates; see `tidu.plots.diagnosis`."""
        from tidu.plots import diagnosis

        return diagnosis(self, theme=theme)

    def to_dict(self) -> dict[str, Any]:
        """Return the findings and the numbers behind them, for JSON."""
        case = self.case
        found = {
            "healthy": self.healthy,
            "findings": [vars(finding) for finding in self.findings],
            "not_looked_for": list(self.not_looked_for),
        }
        if "seen" in vars(case):
            numbers = ("name", "mean", "std", "dead", "saturated", "gradient")
            found["loss"] = case.seen.loss
            found["layers"] = [{k: getattr(s, k) for k in numbers} for s in case.seen.layers]
        if "rate_trials" in vars(case):
            found["updates"] = case.rate_trials[0].ratios
            found["rates"] = [
                {"rate": trial.rate, "loss": trial.after}
                for trial in sorted(case.rate_trials, key=lambda trial: trial.rate)
            ]
        return found

    def __repr__(self) -> str:
        """Return the findings as a list of sentences."""
        if self.healthy:
            looked = sum(map(len, STAGES))
            return _("healthy: none of {looked} diseases was found").format(looked=looked)
        lines = [repr(finding) for finding in self.findings]
        if self.not_looked_for:
            lines.append(fill(self._rest, 96))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if self.healthy:
            return html.paragraph(repr(self))
        found = html.listed(one.text for one in self.findings)
        return found + (html.paragraph(self._rest) if self.not_looked_for else "")

    @property
    def _rest(self) -> str:
        later = _(", ").join(map(_, self.not_looked_for))
        return _("Correct that and diagnose again; not looked for yet: {later}.").format(
            later=later
        )


def diagnose(
    network: Network,
    x: Array,
    t: Array,
    *,
    validation: tuple[Array, Array] | None = None,
    optimizer: Optimizer | str | None = None,
    batch_size: int = 100,
    seed: int = 0,
) -> Diagnosis:
    """Look for what is wrong with a network, its data, and how it is to learn.

    It can be called before, between and after training. Some hundred samples pass through the
    network, and copies of it run short trials; the network itself is not changed. The search ends
    with the first stage that finds something, since one disease causes others.

    Parameters
    ----------
    network : Network
    x : (N, *input_shape)
    t : (N,) or (N, ...)
        What it learns from, or is to.
    validation : (x, t), optional
        Data that it does not learn from.
    optimizer : Optimizer or str, optional
        What it learns with, or its name; that of its run, or ``SGD(0.1)``, if not given, as in
        `fit`.
    batch_size : int
        Samples a step, as in `fit`.
    seed : int
        Of the choice of samples, of orders and of noise.

    Returns
    -------
    Diagnosis
        Prints as sentences; ``.healthy``, ``.findings``, ``.plot()``.

    References
    ----------
    Karpathy, "A recipe for training neural networks", 2019.

    Examples
    --------
    >>> import tidu as td
    >>> data = td.datasets.load_digits("train")
    >>> net = td.Network([td.Affine(30), td.ReLU(), td.Affine(10)], 64, td.SoftmaxCrossEntropy())
    >>> [finding.disease for finding in net.diagnose(data.x, data.t).findings]
    ['inputs not scaled']
    >>> net.diagnose(data.x / 16, data.t)
    healthy: none of 23 diseases was found
    """
    case = Case.of(
        network, x, t, validation=validation, optimizer=optimizer, batch_size=batch_size, seed=seed
    )
    return result_of(examination(case))


def examination(case: Case) -> InPieces[Diagnosis]:
    """Look for diseases stage by stage, in pieces of some hundredths of a second."""
    for i, stage in enumerate(STAGES):
        found = []
        for disease in stage:
            if disease in TRIED_BEFORE:
                yield from TRIED_BEFORE[disease](case)
            found.append((disease_name(disease), disease(case)))
            yield
        findings = tuple(Finding(name, sentence) for name, sentence in found if sentence)
        if findings:
            later = tuple(disease_name(disease) for stage in STAGES[i + 1 :] for disease in stage)
            return Diagnosis(findings, later, case)
    return Diagnosis((), (), case)


def disease_name(disease: Disease) -> str:
    """Return the name of a disease as text."""
    name = disease.__name__.replace("_", " ")
    return name.replace("relus", "ReLUs").replace("batch norm", "BatchNorm")
