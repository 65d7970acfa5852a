"""What the columns of a table are, and what a network makes of them.

A `Schema` is a plain value: it belongs to a network, travels in its file, and says how a table is
turned into numbers when predicting, exactly as when learning. Reading tables and deciding what
their columns are is in `tidu.datasets`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tidu.config import Config, set_fields
from tidu.errors import InputError, check_choice, check_number
from tidu.language import later, retold, translator

_ = translator("data")

KINDS = ("number", "yes/no", "category", "date", "id", "empty")
TASKS = ("classes", "values")
REASONS = (
    later("every value is missing"),
    later("counts the rows"),
    later("different in each row, and called an id"),
    later("{} different texts in {} rows"),
    later("dates"),
    later("texts"),
    later("as asked"),
    later("given to fit"),
    later("numbers from {} to {}"),
    later("{} whole numbers"),
)
"""Why a column is left out, or a target is what it is; a schema and its file have the English."""


@dataclass(frozen=True, repr=False, eq=False)
class Column(Config):
    """One column of inputs: its kind, what was measured on the training part, and its use.

    ============  ================================================================================
    kind          what a network gets
    ============  ================================================================================
    ``number``    its value, the median where it is missing
    ``yes/no``    0 or 1, the more frequent one where it is missing
    ``category``  1 in the column of its category, else 0; rare and unknown ones share a column
    ``date``      if kept, days since 1970, else nothing
    ``id``        if kept, what a number or a category gives, else nothing
    ``empty``     nothing
    ============  ================================================================================

    Parameters
    ----------
    name : str
    kind : str
    categories : tuple of str
        The categories that have a column of their own; of yes/no the word for 0 and that for 1; of
        dates whose order could be mistaken, that order.
    median : float
        What stands in for a missing value.
    mean, spread : float
        Mean and standard deviation of the training part, once missing values are filled in.
    indicator : bool
        Whether a further column says that the value was missing; of categories, whether some were
        rare, so that the column that they share with unknown ones has something to learn from.
    left_out : str
        Why a network does not use it; empty if it does.
    """

    name: str
    kind: str = "number"
    categories: tuple[str, ...] = ()
    median: float = 0.0
    mean: float = 0.0
    spread: float = 1.0
    indicator: bool = False
    left_out: str = ""

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, KINDS)
        set_fields(self, name=str(self.name), categories=tuple(map(str, self.categories)))
        for name in ("median", "mean", "spread"):
            set_fields(self, **{name: check_number(name, getattr(self, name))})

    @property
    def outputs(self) -> list[tuple[str, float, float]]:
        """The inputs of the network that this column becomes: name, mean and spread of each.

        Inputs that are 0 or 1 keep their scale: mean 0 and spread 1. The spread of those that never
        change is 0, and so is what a network makes of them.
        """
        if self.left_out:
            return []
        if self.kind == "category":
            found = [(f"{self.name} = {word}", 0.0, 1.0) for word in self.categories]
            return [*found, (f"{self.name} = other", 0.0, float(self.indicator))]
        first = (self.name, self.mean, self.spread)
        return [first, *([(f"{self.name} is missing", 0.0, 1.0)] if self.indicator else [])]

    @property
    def becomes(self) -> str:
        """What a network gets of it, in words."""
        if self.left_out:
            return _("left out: {reason}").format(reason=reason(self.left_out))
        if self.kind == "category":
            shown = ", ".join(self.categories[:4]) + (", ..." if len(self.categories) > 4 else "")
            return _("{n} columns of 0 and 1 ({shown}), and one for others").format(
                n=len(self.categories), shown=shown
            )
        if self.kind == "yes/no":
            what = f"{self.categories[0]} 0, {self.categories[1]} 1"
        elif not self.spread:
            what = _("always {mean:.6g}: gives 0").format(mean=self.mean)
        else:
            what = _("standardized (mean {mean:.4g}, spread {spread:.4g})").format(
                mean=self.mean, spread=self.spread
            )
        if self.kind == "date" and self.categories:
            what = _("days since 1970, read as {order}, {what}").format(
                order=self.categories[0], what=what
            )
        elif self.kind == "date":
            what = _("days since 1970, {what}").format(what=what)
        if self.indicator:
            filled = _("{what}; missing: {median:.6g}, and a column says so")
            what = filled.format(what=what, median=self.median)
        return what


@dataclass(frozen=True, repr=False, eq=False)
class Target(Config):
    """What is to be predicted: the name of its column, classes or values, and the reason.

    Parameters
    ----------
    name : str
    task : {"classes", "values"}
    classes : tuple of str
        The names of the classes in the order of their numbers; none for values.
    why : str
        The reason for the choice of the task.
    """

    name: str
    task: str
    classes: tuple[str, ...] = ()
    why: str = ""

    def __post_init__(self) -> None:
        check_choice("task", self.task, TASKS)
        set_fields(self, name=str(self.name), classes=tuple(map(str, self.classes)))

    def __str__(self) -> str:
        """Return the target in words."""
        if self.task == "values":
            return _("{name}: values ({why})").format(name=self.name, why=reason(self.why))
        shown = self.classes if len(self.classes) <= 5 else (*self.classes[:3], "...",
                                                             self.classes[-1])  # fmt: skip
        return _("{name}: {n} classes {shown} ({why})").format(
            name=self.name, n=len(self.classes), shown=", ".join(shown), why=reason(self.why)
        )


@dataclass(frozen=True, repr=False, eq=False)
class Schema(Config):
    """The columns of a table in their order, and the target.

    Parameters
    ----------
    columns : tuple of Column
        All columns but the target's, those that are left out too.
    target : Target
    named : bool
        Whether the names are the table's own, and not the numbers of its columns.
    position : int
        Where among the columns the target stood.

    Examples
    --------
    >>> schema = Schema((Column("age", mean=40, spread=12), Column("sex", "category", ("f", "m"))),
    ...                 Target("alive", "classes", ("no", "yes")), position=2)
    >>> schema.inputs
    ('age', 'sex = f', 'sex = m', 'sex = other')
    >>> schema.mean, schema.spread
    ((40.0, 0.0, 0.0, 0.0), (12.0, 1.0, 1.0, 0.0))
    """

    columns: tuple[Column, ...]
    target: Target
    named: bool = True
    position: int = -1

    def __post_init__(self) -> None:
        set_fields(self, columns=tuple(self.columns))
        if not all(isinstance(column, Column) for column in self.columns):
            raise TypeError("`columns` must be objects of the class Column")
        if not isinstance(self.target, Target):
            raise TypeError(f"`target` must be a Target, got {self.target!r}")
        if not self.inputs:
            columns = "; ".join(f"{column.name} ({column.becomes})" for column in self.columns)
            raise InputError(
                f"`columns` has none that a network can learn from: {columns}. Keep one by its "
                "name (keep=..., on the command line --keep NAME)"
            )

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the network's inputs."""
        return tuple(name for column in self.columns for name, _, _ in column.outputs)

    @property
    def mean(self) -> tuple[float, ...]:
        """The mean of each of the network's inputs; 0 for those that are 0 or 1."""
        return tuple(mean for column in self.columns for _, mean, _ in column.outputs)

    @property
    def spread(self) -> tuple[float, ...]:
        """The spread of each of the network's inputs; 1 for those that are 0 or 1."""
        return tuple(spread for column in self.columns for _, _, spread in column.outputs)

    def rows(self) -> list[tuple[str, str, str]]:
        """Return name, kind and use of each column, as a table shows them."""
        return [(column.name, _kind(column.kind), column.becomes) for column in self.columns]

    def summary(self) -> str:
        """Return the columns in one line: how many of each kind, and which are left out.

        Examples
        --------
        >>> Schema((Column("age"), Column("id", "id", left_out="counts the rows")),
        ...        Target("y", "values")).summary()
        '1 number; left out: id (counts the rows)'
        """
        used = [column.kind for column in self.columns if not column.left_out]
        counted = {
            "number": (_("{n} number"), _("{n} numbers")),
            "yes/no": (_("{n} yes/no"), _("{n} yes/no")),
            "category": (_("{n} category"), _("{n} categories")),
            "date": (_("{n} date"), _("{n} dates")),
            "id": (_("{n} id"), _("{n} ids")),
            "empty": (_("{n} empty"), _("{n} empty")),
        }
        counts = [
            counted[kind][used.count(kind) > 1].format(n=used.count(kind))
            for kind in KINDS
            if kind in used
        ]
        gone = [f"{c.name} ({reason(c.left_out)})" for c in self.columns if c.left_out]
        if len(gone) > 6:
            gone[5:] = [_("{n} more").format(n=len(gone) - 5)]
        if not gone:
            return ", ".join(counts)
        return _("{counts}; left out: {gone}").format(
            counts=", ".join(counts), gone=", ".join(gone)
        )


def reason(english: str) -> str:
    """Return one of `REASONS`, as a schema has it, in the reader's language.

    Examples
    --------
    >>> reason("9 different texts in 9 rows"), reason("my own")
    ('9 different texts in 9 rows', 'my own')
    """
    return retold(english, REASONS, _)


def _kind(kind: str) -> str:
    """Return the name of a kind of column as a table shows it."""
    return {
        "number": _("number"), "yes/no": _("yes/no"), "category": _("category"),
        "date": _("date"), "id": _("id"), "empty": _("empty"),
    }[kind]  # fmt: skip
