"""The rows of a table as inputs, in code that needs NumPy alone: a part of `numpy_file`.

It is the short form of `tidu.datasets.encoding`, for rows whose numbers are written with decimal
points: what it cannot read it refuses.
"""

from __future__ import annotations

from tidu.datasets.inference import MISSING_CATEGORY
from tidu.datasets.table import MISSING
from tidu.schema import Schema

_CODE = '''def encode(rows):
    """Return x for the rows of a table, each a dict of texts or numbers by the names of columns."""
    x = []
    for row in rows:
        numbers = []
        for name, kind, categories, median, indicator in COLUMNS:
            text = "" if row[name] is None else str(row[name]).strip()
            missing = text.lower() in MISSING
            if kind == "category":
                word = {missing_category!r} if missing else text
                k = categories.index(word) if word in categories else len(categories)
                numbers += [float(i == k) for i in range(len(categories) + 1)]
                continue
            if missing:
                number = median
            elif kind == "yes/no":
                known = dict.fromkeys((categories[0], "0", "0.0"), 0.0)
                known |= dict.fromkeys((categories[1], "1", "1.0"), 1.0)
                if text.lower() not in known:
                    raise ValueError(f"{name} is {text!r}; it must be {' or '.join(categories)}")
                number = known[text.lower()]
            else:
                number = float(text)
            numbers += [number, float(missing)] if indicator else [number]
        x.append(numbers)
    return np.array(x)
'''


def table_constants(schema: Schema) -> str:
    """Return the constants that `table_code` needs."""
    used = [column for column in schema.columns if not column.left_out]
    lines = [
        f"    {(c.name, c.kind, c.categories, c.median, c.indicator)!r},"
        for c in used
    ]  # fmt: skip
    inputs = [f"    {name!r}," for name in schema.inputs]
    return "\n".join([
        "COLUMNS = [  # name, kind, categories, what stands in for a gap, whether a column says so",
        *lines, "]", f"MISSING = {sorted(MISSING)!r}", "INPUTS = [", *inputs, "]",
    ])  # fmt: skip


def table_code() -> str:
    """Return the function that makes inputs of rows."""
    return _CODE.replace("{missing_category!r}", repr(MISSING_CATEGORY))


def inputs_in_words(schema: Schema) -> str:
    """Return in one sentence what a network that learned from a table takes.

    Examples
    --------
    >>> from tidu.schema import Column, Target
    >>> inputs_in_words(Schema((Column("age"), Column("sex", "category", ("f", "m"))),
    ...                        Target("y", "values")))
    'a row of 4 numbers: age, sex = f, sex = m, sex = other'
    """
    return f"a row of {len(schema.inputs)} numbers: {', '.join(schema.inputs)}"
