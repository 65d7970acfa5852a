"""Causes of a wrong gradient: each is a function from the findings to a sentence or None.

`CAUSES` lists those that look at one part, most telling first; a cause that explains the whole part
ends the search. `swapped` looks at two parts. `remarks` says what the differences met on the way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from tidu.checking.entry_checker import UNSURE, WRONG
from tidu.checking.error_patterns import PATTERNS
from tidu.checking.paths import Path, lost_path
from tidu.checking.report import CheckedPart
from tidu.language import later, translator

_ = translator("checking")


def _reordered(part: CheckedPart, change: Callable[[np.ndarray], np.ndarray]) -> bool:
    return part.is_whole and part.matches(change(part.gradient).reshape(-1))


def _first(part: CheckedPart, mask: np.ndarray) -> str:
    """Return the first place where the mask is set, as one would type it: W[1, 2]."""
    index = part.indices[int(np.argmax(mask))]
    if isinstance(index, str):
        return _("{index} of {name}").format(index=index, name=part.name)
    return f"{part.name}{list(index)}" if index else part.name


def not_finite(part: CheckedPart) -> str | None:
    """Find NaN or inf in the gradient under test."""
    bad = ~np.isfinite(part.analytic)
    if not bad.any():
        return None
    return _(
        "your gradient of {name} holds {value} ({count} of {size}, "
        "first at {first}), where f itself is finite: look for a division by zero, "
        "log(0), or exp of something large"
    ).format(
        name=part.name,
        value=part.analytic[bad][0],
        count=bad.sum(),
        size=bad.size,
        first=_first(part, bad),
    )


def no_change(part: CheckedPart) -> str | None:
    """Find that f stands still while x moves."""
    if part.numeric.any():
        return None
    return _(
        "f does not change at all when {name} moves: is it constant here, "
        "or does it work on another copy of the array?"
    ).format(name=part.name)


def all_zero(part: CheckedPart) -> str | None:
    """Find zeros throughout."""
    if part.analytic.any():
        return None
    return _("your gradient of {name} is zero everywhere: was it ever filled in?").format(
        name=part.name
    )


def sign(part: CheckedPart) -> str | None:
    """Find minus the right one."""
    if part.matches(-part.analytic):
        is_imag = part.name.endswith(".imag")
        return _(
            "your gradient of {name} has the opposite sign everywhere: a minus too many{conjugate}?"
        ).format(name=part.name, conjugate=_(", or the conjugate, as in JAX") if is_imag else "")
    return None


def factor(part: CheckedPart) -> str | None:
    """Find a multiple of the right one."""
    numeric = part.numeric
    weight = float(numeric @ numeric)
    c = float(part.analytic @ numeric) / weight if weight else 0.0
    if not c or not part.matches(part.analytic / c):
        return None
    is_near = abs(c - 1) < 1.5e-3
    shown = f"{c:.6g}" if is_near else f"{c:.4g}"
    return _("your gradient of {name} is {shown} × the numeric one {where}: {reason}").format(
        name=part.name,
        shown=shown,
        where=_("everywhere") if numeric.size > 1 else _("here"),
        reason=_reason_of_factor(c, is_near),
    )


def _reason_of_factor(c: float, is_near: bool) -> str:
    if is_near:
        return _("right to {digits} digits; has it another eps, or float32 inside?").format(
            digits=round(-math.log10(abs(c - 1)))
        )
    if _is_whole_number(c) and c > 1:
        return _("not divided by {n:.0f} (the batch size?), or a factor taken twice?").format(n=c)
    if _is_whole_number(1 / c) and 0 < c < 1:
        return _("divided by {n:.0f} (the batch size?) once too often?").format(n=1 / c)
    for terms in range(3, 7):
        if 0 < c < 1 and math.isclose(c, (terms - 1) / terms, rel_tol=1e-4):
            return _("is one of {terms} terms left out?").format(terms=terms)
    return _("a constant factor is missing or too much")


def _is_whole_number(c: float) -> bool:
    return abs(c - round(c)) <= 1e-4 * abs(c) and round(c) != 0


def transposed(part: CheckedPart) -> str | None:
    """Find the right numbers with the axes swapped."""
    x = part.x
    if x.ndim == 2 and x.shape[0] == x.shape[1] > 1 and _reordered(part, np.transpose):
        return _(
            "your gradient of {name} is the numeric one transposed: a .T too many or too few?"
        ).format(name=part.name)
    changes = (lambda a: a.reshape(-1, order="F"), lambda a: a.reshape(a.shape[::-1]).T)
    if x.ndim >= 2 and any(_reordered(part, change) for change in changes):
        return _(
            "your gradient of {name} has the right numbers in column order: "
            "was it reshaped after a transpose?"
        ).format(name=part.name)
    return None


def moved(part: CheckedPart) -> str | None:
    """Find the right numbers turned round or shifted along an axis."""
    for axis, size in enumerate(part.x.shape):
        if size < 2:
            continue
        along = _(" along axis {axis}").format(axis=axis) if part.x.ndim > 1 else ""
        if _reordered(part, partial(np.flip, axis=axis)):
            return _("your gradient of {name} is the numeric one in reverse order{along}").format(
                name=part.name, along=along
            )
        if any(_reordered(part, partial(np.roll, shift=by, axis=axis)) for by in (1, -1)):
            return _(
                "your gradient of {name} is the numeric one shifted by one{along}: "
                "an index or a slice off by one?"
            ).format(name=part.name, along=along)
    return None


def averaged(part: CheckedPart) -> str | None:
    """Find the same sum or mean in all entries: broadcast where it should not be."""
    if not part.is_whole or part.x.size < 2 or np.ptp(part.analytic) or not np.ptp(part.numeric):
        return None
    numeric = part.numeric
    for kind, value in ((_("sum"), numeric.sum()), (_("mean"), numeric.mean())):
        if math.isclose(part.analytic[0], value, rel_tol=1e-5):
            return _(
                "every entry of your gradient of {name} is the {kind} of the numeric one: "
                "a {kind} over an axis that should stay?"
            ).format(name=part.name, kind=kind)
    return None


def penalty(part: CheckedPart) -> str | None:
    """Find a difference that is a multiple of x: the gradient of a squared penalty."""
    if not part.is_whole or part.x.size < 2:
        return None
    x, difference = part.x.reshape(-1), part.numeric - part.analytic
    c = float(difference @ x) / (float(x @ x) or 1.0)
    if not c or not part.matches(part.analytic + c * x):
        return None
    return _(
        "your gradient of {name} {lacking} {size:.4g} × {name}: "
        "the term of a penalty ½λΣ{name}² with λ = {size:.4g}?"
    ).format(name=part.name, lacking=_("lacks") if c > 0 else _("has a surplus of"), size=abs(c))


def zero_block(part: CheckedPart) -> str | None:
    """Find zeros where the slope is not zero, and the rest right."""
    wrong = part.wrong
    if part.analytic[wrong].any() or wrong.all():
        return None
    return _(
        "your gradient of {name} is zero at {places}, where the slope is not"
        "{elsewhere}: is that part of it never written?"
    ).format(name=part.name, places=_places(part, wrong), elsewhere=_elsewhere(part))


def mask(part: CheckedPart) -> str | None:
    """Find a gradient where f stands still, and the rest right: one that no mask took away."""
    wrong = part.wrong
    if wrong.all() or (np.abs(part.numeric) > part.errors)[wrong].any():
        return None
    return _(
        "your gradient of {name} is not zero at {places}, where the slope is"
        "{elsewhere}: a mask (of ReLU, dropout, a maximum) that backward does not apply?"
    ).format(name=part.name, places=_places(part, wrong), elsewhere=_elsewhere(part))


def some_entries(part: CheckedPart) -> str | None:
    """Find that all is right but for some entries."""
    wrong, numeric = part.wrong, part.numeric
    if wrong.all():
        return None
    c = float(part.analytic[wrong][0]) / float(numeric[wrong][0] or math.inf)
    one_factor = (c > 0 or _is_whole_number(c)) and part.matches(part.analytic / c, wrong)
    return _("your gradient of {name} is off{by} at {places}{elsewhere}").format(
        name=part.name,
        by=_(" by a factor of {c:.4g}").format(c=c) if one_factor else "",
        places=_places(part, wrong),
        elsewhere=_elsewhere(part),
    )


def _elsewhere(part: CheckedPart) -> str:
    return "" if part.count(UNSURE) else _(", and right elsewhere")


def _places(part: CheckedPart, mask: np.ndarray) -> str:
    """Return where the mask is set: one entry, all that share an index, or how many."""
    chosen = [index for index, found in zip(part.indices, mask, strict=True) if found]
    if len(chosen) == 1:
        return _("{first} alone").format(first=_first(part, mask))
    if part.is_whole:
        for axis in range(part.x.ndim):
            at = {index[axis] for index in chosen}
            size = part.x.size // part.x.shape[axis]
            if len(at) == 1 and len(chosen) == size:
                where = ", ".join(
                    str(at.copy().pop()) if a == axis else ":" for a in range(part.x.ndim)
                )
                return f"{part.name}[{where}]"
    return _("{count} of {size} slopes (first at {first})").format(
        count=len(chosen), size=len(part.indices), first=_first(part, mask)
    )


CAUSES: list[Callable[[CheckedPart], str | None]] = [
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
    *PATTERNS,
    some_entries,
]


def swapped(parts: list[CheckedPart]) -> str | None:
    """Find two parts of one shape that carry each other's gradients."""
    for i, first in enumerate(parts):
        for second in parts[i + 1 :]:
            if (
                first.x.shape == second.x.shape
                and first.indices == second.indices
                and WRONG in (first.verdict, second.verdict)
                and second.matches(first.analytic)
                and first.matches(second.analytic)
            ):
                return _("the gradients of {first} and {second} are swapped").format(
                    first=first.name, second=second.name
                )
    return None


REMARKS = {
    "kink": later(
        "f has a kink at {where} (slopes {left:.4g} on one side, {right:.4g} on the other); "
        "any value between the two counts as right"
    ),
    "beside": later(
        "f has a kink {distance:.1g} away from {where}: its slope up to there is {left:.4g}"
    ),
    "jump": later(
        "f jumps at {where}, or is steeper there the closer one looks; rounding hides "
        "whether it has a slope"
    ),
    "edge": later("f is not finite on both sides of x at {where}: no difference can be taken"),
    "disagree": later(
        "differences with longer and shorter steps contradict each other at {where}; "
        "f is too rough there to determine its slope from values"
    ),
    "float32": later(
        "f works in float32 and resolves slopes no finer than ±{error:.1g} at {where}; "
        "check in float64 to know"
    ),
    "noise": later(
        "f is noisy, or jumps, or is flat at this scale: slopes are resolved no finer than "
        "±{error:.1g} at {where}"
    ),
    "residue": later(
        "the gradient under test at {where} is what rounding leaves of a difference of "
        "numbers near 1, and has few digits: write it so that nothing cancels, "
        "as -σ(-x) for σ(x) - 1"
    ),
    "steps": later(
        "f moves in steps of {error:.3g} (is it rounded, or a count?), in which slopes drown "
        "at {where}: check f before it is rounded"
    ),
    "random": later(
        "f is not deterministic: it gave values {error:.1g} apart at the same x; "
        "fix its seed or its mask for the check"
    ),
}
"""What the differences met, by the reason of a `EntryResult`."""


def remarks(part: CheckedPart) -> list[str]:
    """Return a sentence for each kind of thing that the differences met in a part."""
    sentences = []
    reasons = np.array([found.reason for found in part.results])
    for reason, sentence in REMARKS.items():
        met = reasons == reason
        if not met.any():
            continue
        found = part.results[int(np.argmax(met))]
        left, right = found.kink.slopes[:2] if found.kink else (math.nan, math.nan)
        more = _(" and {n} more").format(n=met.sum() - 1) if met.sum() > 1 else ""
        sentences.append(
            _(sentence).format(
                where=_first(part, met) + more,
                left=left,
                right=right,
                distance=found.kink.distance if found.kink else math.nan,
                error=found.error,
            )
        )
    return sentences


def diagnose_causes(parts: list[CheckedPart], find_paths: Callable[[], list[Path]]) -> list[str]:
    """Return all that can be said about why a check ended as it did.

    ``find_paths`` gives the paths on which gradients come back, if a part is wrong.
    """
    sentences = []
    exchange = swapped(parts)
    lost = any(part.count(WRONG) for part in parts) and not exchange
    paths = find_paths() if lost else []
    if exchange:
        sentences.append(exchange)
    for part in parts:
        if part.count(WRONG) and not exchange:
            with np.errstate(all="ignore"):  # a pattern that overflows explains nothing
                cause = next((found for found in (cause(part) for cause in CAUSES) if found), None)
                found = cause, lost_path(part, paths)
            sentences += [sentence for sentence in found if sentence]
        sentences += remarks(part)
    return list(dict.fromkeys(sentences))
