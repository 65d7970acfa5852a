"""What may have gone wrong: each cause a small function from what was found to a sentence or None.

`CAUSES` lists those that look at one part, most telling first; a cause that explains the whole part
ends the search. `swapped` looks at two parts. `remarks` says what the differences met on the way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from tidu.checking.evidence import UNSURE, WRONG
from tidu.checking.report import Part


def _numeric(part: Part) -> np.ndarray:
    return np.array([found.numeric for found in part.findings])


def _errors(part: Part) -> np.ndarray:
    return np.array([found.error for found in part.findings])


def _wrong(part: Part) -> np.ndarray:
    return np.array([found.verdict == WRONG for found in part.findings], dtype=bool)


def _same(claim: np.ndarray, part: Part) -> bool:
    """Say whether a changed gradient is what the differences found, to their error."""
    return _same_where(np.ones(len(part.findings), dtype=bool), claim, part)


def _same_where(mask: np.ndarray, claim: np.ndarray, part: Part) -> bool:
    numeric = _numeric(part)
    room = 2 * _errors(part) + 1e-5 * np.abs(numeric) + 1e-9 * np.abs(numeric).max(initial=0.0)
    return bool((np.abs(claim - numeric) <= room)[mask].all())


def _reordered(part: Part, change: Callable[[np.ndarray], np.ndarray]) -> bool:
    return part.is_whole and _same(change(part.gradient).reshape(-1), part)


def _first(part: Part, mask: np.ndarray) -> str:
    """Return the first place where the mask is set, as one would type it: W[1, 2]."""
    index = part.indices[int(np.argmax(mask))]
    if isinstance(index, str):
        return f"{index} of {part.name}"
    return f"{part.name}{list(index)}" if index else part.name


def not_finite(part: Part) -> str | None:
    """Find NaN or inf in the gradient under test."""
    bad = ~np.isfinite(part.analytic)
    if not bad.any():
        return None
    return (
        f"your gradient of {part.name} holds {part.analytic[bad][0]} ({bad.sum()} of {bad.size}, "
        f"first at {_first(part, bad)}), where f itself is finite: look for a division by zero, "
        "log(0), or exp of something large"
    )


def no_change(part: Part) -> str | None:
    """Find that f stands still while x moves."""
    if _numeric(part).any():
        return None
    return (
        f"f does not change at all when {part.name} moves: is it constant here, "
        "or does it work on another copy of the array?"
    )


def all_zero(part: Part) -> str | None:
    """Find zeros throughout."""
    if part.analytic.any():
        return None
    return f"your gradient of {part.name} is zero everywhere: was it ever filled in?"


def sign(part: Part) -> str | None:
    """Find minus the right one."""
    if _same(-part.analytic, part):
        return f"your gradient of {part.name} has the opposite sign everywhere: a minus too many?"
    return None


def factor(part: Part) -> str | None:
    """Find a multiple of the right one."""
    numeric = _numeric(part)
    weight = float(numeric @ numeric)
    c = float(part.analytic @ numeric) / weight if weight else 0.0
    if not c or not _same(part.analytic / c, part):
        return None
    where = "everywhere" if numeric.size > 1 else "here"
    sentence = f"your gradient of {part.name} is {c:.4g} × the numeric one {where}"
    if _is_whole_number(c) and c > 1:
        return f"{sentence}: not divided by {c:.0f} (the batch size?), or a factor taken twice?"
    if _is_whole_number(1 / c) and 0 < c < 1:
        return f"{sentence}: divided by {1 / c:.0f} (the batch size?) once too often?"
    return f"{sentence}: a constant factor is missing or too much"


def _is_whole_number(c: float) -> bool:
    return abs(c - round(c)) <= 1e-4 * abs(c) and round(c) != 0


def transposed(part: Part) -> str | None:
    """Find the right numbers with the axes swapped."""
    x = part.x
    if x.ndim == 2 and x.shape[0] == x.shape[1] > 1 and _reordered(part, np.transpose):
        return (
            f"your gradient of {part.name} is the numeric one transposed: a .T too many or too few?"
        )
    changes = (lambda a: a.reshape(-1, order="F"), lambda a: a.reshape(a.shape[::-1]).T)
    if x.ndim >= 2 and any(_reordered(part, change) for change in changes):
        return (
            f"your gradient of {part.name} has the right numbers in column order: "
            "was it reshaped after a transpose?"
        )
    return None


def moved(part: Part) -> str | None:
    """Find the right numbers turned round or shifted along an axis."""
    for axis, size in enumerate(part.x.shape):
        if size < 2:
            continue
        along = f" along axis {axis}" if part.x.ndim > 1 else ""
        if _reordered(part, partial(np.flip, axis=axis)):
            return f"your gradient of {part.name} is the numeric one in reverse order{along}"
        if any(_reordered(part, partial(np.roll, shift=by, axis=axis)) for by in (1, -1)):
            return (
                f"your gradient of {part.name} is the numeric one shifted by one{along}: "
                "an index or a slice off by one?"
            )
    return None


def averaged(part: Part) -> str | None:
    """Find the same sum or mean in all entries: broadcast where it should not be."""
    if not part.is_whole or part.x.size < 2 or np.ptp(part.analytic) or not np.ptp(_numeric(part)):
        return None
    numeric = _numeric(part)
    for name, value in (("sum", numeric.sum()), ("mean", numeric.mean())):
        if math.isclose(part.analytic[0], value, rel_tol=1e-5):
            return (
                f"every entry of your gradient of {part.name} is the {name} of the numeric one: "
                f"a {name} over an axis that should stay?"
            )
    return None


def penalty(part: Part) -> str | None:
    """Find a difference that is a multiple of x: the gradient of a squared penalty."""
    if not part.is_whole or part.x.size < 2:
        return None
    x, difference = part.x.reshape(-1), _numeric(part) - part.analytic
    c = float(difference @ x) / (float(x @ x) or 1.0)
    if not c or not _same(part.analytic + c * x, part):
        return None
    lacking = "lacks" if c > 0 else "has a surplus of"
    return (
        f"your gradient of {part.name} {lacking} {abs(c):.4g} × {part.name}: "
        f"the term of a penalty ½λΣ{part.name}² with λ = {abs(c):.4g}?"
    )


def zero_block(part: Part) -> str | None:
    """Find zeros where the slope is not zero, and the rest right."""
    wrong = _wrong(part)
    if part.analytic[wrong].any() or wrong.all():
        return None
    return (
        f"your gradient of {part.name} is zero at {_places(part, wrong)}, where the slope is not"
        f"{_elsewhere(part)}: is that part of it never written?"
    )


def mask(part: Part) -> str | None:
    """Find a gradient where f stands still, and the rest right: one that no mask took away."""
    wrong = _wrong(part)
    if wrong.all() or (np.abs(_numeric(part)) > _errors(part))[wrong].any():
        return None
    return (
        f"your gradient of {part.name} is not zero at {_places(part, wrong)}, where the slope is"
        f"{_elsewhere(part)}: a mask (of ReLU, dropout, a maximum) that backward does not apply?"
    )


def some_entries(part: Part) -> str | None:
    """Find that all is right but for some entries."""
    wrong, numeric = _wrong(part), _numeric(part)
    if wrong.all():
        return None
    c = float(part.analytic[wrong][0]) / float(numeric[wrong][0] or math.inf)
    one_factor = (c > 0 or _is_whole_number(c)) and _same_where(wrong, part.analytic / c, part)
    by = f" by a factor of {c:.4g}" if one_factor else ""
    return f"your gradient of {part.name} is off{by} at {_places(part, wrong)}{_elsewhere(part)}"


def _elsewhere(part: Part) -> str:
    return "" if part.count(UNSURE) else ", and right elsewhere"


def _places(part: Part, mask: np.ndarray) -> str:
    """Return where the mask is set: one entry, all that share an index, or how many."""
    chosen = [index for index, found in zip(part.indices, mask, strict=True) if found]
    if len(chosen) == 1:
        return f"{_first(part, mask)} alone"
    if part.is_whole:
        for axis in range(part.x.ndim):
            at = {index[axis] for index in chosen}
            size = part.x.size // part.x.shape[axis]
            if len(at) == 1 and len(chosen) == size:
                where = ", ".join(
                    str(at.copy().pop()) if a == axis else ":" for a in range(part.x.ndim)
                )
                return f"{part.name}[{where}]"
    return f"{len(chosen)} of {len(part.indices)} slopes (first at {_first(part, mask)})"


CAUSES: list[Callable[[Part], str | None]] = [
    not_finite,
    no_change,
    all_zero,
    sign,
    factor,
    transposed,
    moved,
    averaged,
    penalty,
    zero_block,
    mask,
    some_entries,
]


def swapped(parts: list[Part]) -> str | None:
    """Find two parts of one shape that carry each other's gradients."""
    for i, first in enumerate(parts):
        for second in parts[i + 1 :]:
            if (
                first.x.shape == second.x.shape
                and first.indices == second.indices
                and WRONG in (first.verdict, second.verdict)
                and _same(first.analytic, second)
                and _same(second.analytic, first)
            ):
                return f"the gradients of {first.name} and {second.name} are swapped"
    return None


REMARKS = {
    "kink": "f has a kink at {where} (slopes {left:.4g} on one side, {right:.4g} on the other); "
    "any value between the two counts as right",
    "jump": "f jumps at {where}, or is steeper there the closer one looks; rounding hides "
    "whether it has a slope",
    "edge": "f is not finite on both sides of x at {where}: no difference can be taken",
    "disagree": "differences with longer and shorter steps contradict each other at {where}; "
    "f is too rough there for its slope to be told from values",
    "float32": "f works in float32 and resolves slopes no finer than ±{error:.1g} at {where}; "
    "check in float64 to know",
    "noise": "f is noisy, or jumps, or is flat at this scale: slopes are resolved no finer than "
    "±{error:.1g} at {where}",
    "random": "f is not deterministic: it gave values {error:.1g} apart at the same x; "
    "fix its seed or its mask for the check",
}
"""What the differences met, by the reason of a `Finding`."""


def remarks(part: Part) -> list[str]:
    """Return a sentence for each kind of thing that the differences met in a part."""
    sentences = []
    reasons = np.array([found.reason for found in part.findings])
    for reason, sentence in REMARKS.items():
        met = reasons == reason
        if not met.any():
            continue
        found = part.findings[int(np.argmax(met))]
        left, right = found.sides[:2] if found.sides else (math.nan, math.nan)
        more = f" and {met.sum() - 1} more" if met.sum() > 1 else ""
        sentences.append(
            sentence.format(
                where=_first(part, met) + more,
                left=left,
                right=right,
                error=found.error,
            )
        )
    return sentences


def explained(parts: list[Part]) -> list[str]:
    """Return all that can be said about why a check ended as it did."""
    sentences = []
    exchange = swapped(parts)
    if exchange:
        sentences.append(exchange)
    for part in parts:
        if part.count(WRONG) and not exchange:
            cause = next((told for told in (cause(part) for cause in CAUSES) if told), None)
            sentences += [cause] if cause else []
        sentences += remarks(part)
    return list(dict.fromkeys(sentences))
