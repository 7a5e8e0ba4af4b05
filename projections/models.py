"""Result models: from what was said of a participant in a unit to the value that ranks him.

Each model is a function of the rule and the participant's entries; it gives a ``Worth``: the value, the countback that
breaks equal values (compared after it, lower is better), and the mark as shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from projections.entries import Said
from projections.marks import BadMarkError, format_value, parse_mark
from schemas import messages as m
from schemas.sport import UnitRule

__all__ = ["MODELS", "NOTHING", "WEIGHS", "Worth", "adjustment", "combine", "part_of", "parts_of"]

M = TypeVar("M", bound=m.Message)
Countback = tuple[int, ...]


class Worth(NamedTuple):
    """What a participant's entries are worth in a unit."""

    value: int | None  # in 10^-decimals; None: no mark
    countback: Countback = ()
    mark: str = ""


NOTHING = Worth(None)


def _all(said: Said, kind: type[M]) -> Iterator[M]:
    for entry in said.values():
        if entry.void is None and type(entry.message) is kind:
            yield entry.message


def _read(text: str, rule: UnitRule) -> int | None:
    if not text:
        return None
    try:
        return parse_mark(text, rule.decimals)
    except BadMarkError:
        return None


def adjustment(said: Said, rule: UnitRule) -> int:
    """Return what was given or taken beside the score, in 10^-decimals."""
    return sum(_read(message.amount, rule) or 0 for message in _all(said, m.ScoreAdjusted))


def combine(values: list[int], rule: UnitRule) -> int:
    """Make one value of several rounds, in their order."""
    if rule.take == "last":
        return values[-1]
    best_first = sorted(values, reverse=rule.best == "high")
    if rule.take == "best":
        return best_first[0]
    return sum(best_first[:2]) if rule.take == "best_2" else sum(values)


def _whole(said: Said, rule: UnitRule) -> Worth | None:
    """Return the score of the whole unit where it was said as one."""
    entry = said.get("score:0")
    if entry is None or entry.void is not None:
        return None
    message = entry.message
    assert isinstance(message, m.Score)
    value = _read(message.mark, rule)
    if value is None:
        return Worth(None, (), message.mark)
    extra = adjustment(said, rule)
    return Worth(value + extra, (), format_value(value + extra, rule.decimals) if extra else message.mark)


def timed(said: Said, rule: UnitRule) -> Worth:
    """Rank by the time of the finish, penalties added."""
    entry = said.get("finish")
    if entry is None or entry.void is not None:
        return _whole(said, rule) or NOTHING
    message = entry.message
    assert isinstance(message, m.Finish)
    value = _read(message.mark, rule)
    if value is None:
        return Worth(None, (), message.mark)
    extra = adjustment(said, rule)
    if not extra:
        return Worth(value, (), message.mark)
    return Worth(value + extra, (), format_value(value + extra, rule.decimals, clock=True))


def distance(said: Said, rule: UnitRule) -> Worth:
    """Rank by the best attempt; equal ones by the next best, and so on (World Athletics TR25.22)."""
    marks = [
        (value, message.mark)
        for message in _all(said, m.Attempt)
        if message.outcome == "valid" and (value := _read(message.mark, rule)) is not None
    ]
    if not marks:
        return _whole(said, rule) or NOTHING
    marks.sort(reverse=True)
    # Padded behind with nothing: a missing attempt is worse than any mark.
    return Worth(marks[0][0], (*(-value for value, _ in marks[1:]), 0), marks[0][1])


def height(said: Said, rule: UnitRule) -> Worth:
    """Rank by the height last cleared, then by failures at it, then by all failures up to it (TR26.8)."""
    trials = sorted((message.ordinal, message.jumps) for message in _all(said, m.Height))
    cleared = [ordinal for ordinal, jumps in trials if jumps.endswith("o")]
    if not cleared:
        return _whole(said, rule) or NOTHING
    best = max(cleared)
    at_best = sum(jumps.count("x") for ordinal, jumps in trials if ordinal == best)
    up_to_best = sum(jumps.count("x") for ordinal, jumps in trials if ordinal <= best)
    value = best * 10**rule.decimals // 1000  # heights come in mm
    return Worth(value, (at_best, up_to_best), format_value(best // 10, 2))


def points(said: Said, rule: UnitRule) -> Worth:
    """Rank by the score of the unit, or by its rounds put together."""
    whole = _whole(said, rule)
    if whole is not None:
        return whole
    rounds = sorted(
        (message.ordinal, value) for message in _all(said, m.Score) if (value := _read(message.mark, rule)) is not None
    )
    extra = adjustment(said, rule)
    if not rounds:
        return Worth(extra, (), format_value(extra, rule.decimals)) if extra else NOTHING
    value = combine([value for _, value in rounds], rule) + extra
    return Worth(value, (), format_value(value, rule.decimals))


def judged(said: Said, rule: UnitRule) -> Worth:
    """Rank by the judges' marks: per performance the sum without the highest and lowest ``drop``."""
    whole = _whole(said, rule)
    if whole is not None:
        return whole
    panels: dict[int, list[int]] = {}
    for message in _all(said, m.JudgeMark):
        value = _read(message.mark, rule)
        if value is not None:
            panels.setdefault(message.ordinal, []).append(value)
    if not panels:
        return points(said, rule)
    performances = [sum(sorted(marks)[rule.drop : len(marks) - rule.drop]) for _, marks in sorted(panels.items())]
    value = combine(performances, rule) + adjustment(said, rule)
    return Worth(value, (), format_value(value, rule.decimals))


def target(said: Said, rule: UnitRule) -> Worth:
    """Rank by the sum of the shots; equal ones by the shoot-off, then by inner tens."""
    shots = [
        (value, message.inner) for message in _all(said, m.Shot) if (value := _read(message.mark, rule)) is not None
    ]
    if not shots:
        return _whole(said, rule) or NOTHING
    value = sum(value for value, _ in shots) + adjustment(said, rule)
    offs = sorted((message.ordinal, _read(message.mark, rule) or 0) for message in _all(said, m.ShootOff))
    inner = sum(inner for _, inner in shots)
    # Padded behind with what no shot is worth: who has not shot yet is behind whoever has.
    return Worth(value, (*(-value for _, value in offs), 1, -inner), format_value(value, rule.decimals))


def lifting(said: Said, rule: UnitRule) -> Worth:
    """Rank by best snatch + best clean and jerk; equal totals by who reached his first (IWF TCRR 6.8)."""
    best: dict[bool, tuple[int, int]] = {}  # clean and jerk? -> kg, -time
    for message in _all(said, m.LiftJudged):
        value = _read(message.weight, rule) if message.good else None
        if value is not None:
            jerk = message.ordinal > 3
            best[jerk] = max(best.get(jerk, (0, 0)), (value, -message.at))
    if len(best) < 2:
        return _whole(said, rule) or NOTHING
    value = best[False][0] + best[True][0]
    return Worth(value, (-best[True][1],), format_value(value, rule.decimals))


def order(said: Said, rule: UnitRule) -> Worth:
    """Rank by the place in the order of finishing, or of elimination."""
    for key in ("finish", "elimination"):
        entry = said.get(key)
        if entry is not None and entry.void is None and isinstance(entry.message, m.Finish | m.Elimination):
            place = entry.message.place
            if place is not None:
                return Worth(place, (), getattr(entry.message, "mark", ""))
    return Worth(None, (), _shown(said))


def fleet(said: Said, rule: UnitRule) -> Worth:
    """Rank by points: the place in the fleet, changed by redress and penalties (RRS A4, A6)."""
    whole = _whole(said, rule)
    if whole is not None:
        return whole
    place = order(said, rule).value
    if place is None:
        return NOTHING
    value = place * rule.factor * 10**rule.decimals + adjustment(said, rule)
    return Worth(value, (), format_value(value, rule.decimals))


def _shown(said: Said) -> str:
    entry = said.get("score:0")
    if entry is None or entry.void is not None:
        return ""
    return entry.message.mark if isinstance(entry.message, m.Score) else ""


def match(said: Said, rule: UnitRule) -> Worth:
    """Take a side's own score, its time in a duel, or its points; scores by period are the unit's (see unit.py)."""
    for model in (_whole, timed):
        worth = model(said, rule)
        if worth is not None and worth.value is not None:
            return worth
    worth = points(said, rule)
    if worth.value is not None:
        return worth
    scored = sum(message.worth for message in _all(said, m.Point))
    return Worth(scored * 10**rule.decimals, (), str(scored)) if scored else NOTHING


MODELS: dict[str, Callable[[Said, UnitRule], Worth]] = {
    "timed": timed,
    "distance": distance,
    "height": height,
    "points": points,
    "judged": judged,
    "target": target,
    "lifting": lifting,
    "match": match,
    "fleet": fleet,
    "order": order,
}


_SCORED: tuple[type[m.Message], ...] = (m.Score, m.ScoreAdjusted, m.Irm)
WEIGHS: dict[str, frozenset[type[m.Message]]] = {  # what can change a participant's worth; all else is only shown
    "timed": frozenset({*_SCORED, m.Finish}),
    "distance": frozenset({*_SCORED, m.Attempt}),
    "height": frozenset({*_SCORED, m.Height}),
    "points": frozenset(_SCORED),
    "judged": frozenset({*_SCORED, m.JudgeMark}),
    "target": frozenset({*_SCORED, m.Shot, m.ShootOff}),
    "lifting": frozenset({*_SCORED, m.LiftJudged}),
    "match": frozenset({*_SCORED, m.Finish, m.Point}),
    "fleet": frozenset({*_SCORED, m.Finish, m.Elimination}),
    "order": frozenset({*_SCORED, m.Finish, m.Elimination}),
}


def _attempt(message: m.Attempt) -> Part:
    return str(message.ordinal), message.mark or {"failed": "x", "passed": "-"}.get(message.outcome, "")


def _lift(message: m.LiftJudged) -> Part:
    return str(message.ordinal), message.weight if message.good else f"{message.weight}x"


def _numbered(message: m.Score | m.Split | m.Lap | m.Shot) -> Part | None:
    return (str(message.ordinal), message.mark) if message.ordinal else None


Part = tuple[str, str]  # what a participant did in one part of a unit: its key and how it is shown
_PARTS: dict[type[m.Message], Callable[..., Part | None]] = {
    m.Attempt: _attempt,
    m.Height: lambda message: (format_value(message.ordinal // 10, 2), message.jumps),
    m.LiftJudged: _lift,
    m.Score: _numbered,
    m.Split: _numbered,
    m.Lap: _numbered,
    m.Shot: _numbered,
    m.ShootOff: lambda message: (f"so{message.ordinal}", message.mark),
    m.ScoreAdjusted: lambda message: (f"adj{message.ordinal}", message.amount),
}


def part_of(message: m.Message) -> Part | None:
    """Return the part of a participant's performance that a message tells of."""
    show = _PARTS.get(type(message))
    return show(message) if show is not None else None


def parts_of(said: Said) -> dict[str, str]:
    """Return what a participant did, part by part, as shown; of two kinds with one number always the same one."""
    return dict(
        part for _, entry in sorted(said.items()) if entry.void is None and (part := part_of(entry.message)) is not None
    )
