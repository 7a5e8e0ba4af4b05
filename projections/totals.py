"""Totals: a phase or an event ranked over its parts.

Each formula turns what a participant has in the parts into one value; parts are units, or totals over units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from projections.marks import format_value
from projections.models import Worth
from projections.unit import Line, Unit
from schemas.sport import TotalRule

__all__ = ["Total", "total_of"]

# World Athletics combined events scoring tables: (a, b, c) of points = floor(a * |mark - b|^c), by phase code.
# Times in seconds, jumps in centimetres, throws in metres.
_MEN = {
    "100-": (25.4347, 18.0, 1.81),
    "LJ--": (0.14354, 220.0, 1.4),
    "SP--": (51.39, 1.5, 1.05),
    "HJ--": (0.8465, 75.0, 1.42),
    "400-": (1.53775, 82.0, 1.81),
    "110H": (5.74352, 28.5, 1.92),
    "DT--": (12.91, 4.0, 1.1),
    "PV--": (0.2797, 100.0, 1.35),
    "JT--": (10.14, 7.0, 1.08),
    "1500": (0.03768, 480.0, 1.85),
}
_WOMEN = {
    "100H": (9.23076, 26.7, 1.835),
    "HJ--": (1.84523, 75.0, 1.348),
    "SP--": (56.0211, 1.5, 1.05),
    "200-": (4.99087, 42.5, 1.81),
    "LJ--": (0.188807, 210.0, 1.41),
    "JT--": (15.9803, 3.8, 1.04),
    "800-": (0.11193, 254.0, 1.88),
}
_JUMPS = {"LJ--", "HJ--", "PV--"}
_AHEAD = 1 << 48  # beyond any value: who stands first stands before everybody else


class Total(NamedTuple):
    """A participant's total."""

    worth: Worth
    irm: str
    parts: dict[str, str]  # unit -> what it gave, as shown
    stand: int | None  # what places it, where that is not the value alone


class Part(NamedTuple):
    """What a participant has in one part."""

    unit: Unit
    line: Line


def _combined(part: Part, constants: dict[str, tuple[float, float, float]]) -> int | None:
    event = part.unit.code[22:26]
    value = part.line.worth.value
    if event not in constants or value is None:
        return None
    a, b, c = constants[event]
    mark = value / 10**part.unit.rule.decimals
    if event in _JUMPS:
        mark *= 100
    difference = b - mark if part.unit.rule.best == "low" else mark - b
    points: float = a * difference**c if difference > 0 else 0.0
    return int(points)


def _plain(part: Part, rule: TotalRule) -> int | None:
    """Return the points of a part: by its rank where the rule has a table for it, else its value."""
    code = part.unit.code[22:]
    for glob, table in rule.points.items():
        if fnmatchcase(code, glob):
            rank = part.line.rank
            return None if rank is None else table[min(rank, len(table)) - 1] * 10**rule.decimals
    value = part.line.worth.value
    scaled: int | None = None if value is None else value * 10**rule.decimals // 10**part.unit.rule.decimals
    return scaled


def _pentathlon(part: Part, rule: TotalRule) -> int | None:
    """Return modern pentathlon points: a swim of 2:30.00 is worth 250, each 0.2 s a point (UIPM rule 4)."""
    if part.unit.rule.model != "timed":
        return _plain(part, rule)
    value = part.line.worth.value
    if value is None:
        return None
    hundredths = value * 100 // 10**part.unit.rule.decimals
    return 250 + (15000 - hundredths) // 20


def _low_point(points: list[int], rule: TotalRule) -> int:
    """Add up points without the worst races (RRS A2)."""
    return sum(sorted(points)[: max(1, len(points) - rule.discards)])


_SCORES: dict[str, Callable[[Part, TotalRule], int | None]] = {
    "sum": _plain,
    "decathlon": lambda part, _: _combined(part, _MEN),
    "heptathlon": lambda part, _: _combined(part, _WOMEN),
    "pentathlon": _pentathlon,
    "low_point": _plain,
}


def _order_of(unit: Unit, globs: Sequence[str]) -> int:
    code = unit.code[22:]
    return next((n for n, glob in enumerate(globs) if fnmatchcase(code, glob)), len(globs))


def _stand(rule: TotalRule, value: int, held: Sequence[Part]) -> int | None:
    """Place who took part in one of ``rule.first`` before all others: by the total, or by the rank in that part."""
    if not rule.first:
        return None
    own = value if rule.best == "low" else -value
    for group, glob in enumerate(rule.first):
        there = [part for part in held if fnmatchcase(part.unit.code[22:], glob)]
        if there:
            if rule.within == "part":
                own = there[0].line.rank or 0 if len(there) == 1 else 0
            return (group - len(rule.first)) * _AHEAD + own
    return own


def total_of(rule: TotalRule, units: Sequence[Unit]) -> dict[str, Total]:
    """Return everybody's total over the units that match the rule's parts."""
    ordered = sorted(
        (unit for unit in units if _order_of(unit, rule.parts) < len(rule.parts)),
        key=lambda unit: (_order_of(unit, rule.parts), unit.code),
    )
    held: dict[str, list[Part]] = {}
    for unit in ordered:
        for participant, line in unit.lines.items():
            if line.worth.value is not None or line.irm or line.rank is not None:
                held.setdefault(participant, []).append(Part(unit, line))
    score = _SCORES[rule.formula]
    totals: dict[str, Total] = {}
    for participant, parts in held.items():
        scored = [(part, value) for part in parts if (value := score(part, rule)) is not None]
        points = [value for _, value in scored]
        shown = {
            part.unit.code: format_value(value, rule.decimals)
            if rule.formula != "sum" or rule.points
            else part.line.worth.mark
            for part, value in scored
        }
        for part in parts:
            if part.line.irm:
                shown[part.unit.code] = " ".join(filter(None, (shown.get(part.unit.code), part.line.irm)))
        out = [part.line.irm for part in parts if part.line.irm] if rule.complete else []
        if not points:
            totals[participant] = Total(Worth(None), out[-1] if out else "", shown, None)
            continue
        value = _low_point(points, rule) if rule.formula == "low_point" else sum(points)
        worth = Worth(value, (), format_value(value, rule.decimals))
        totals[participant] = Total(worth, out[-1] if out else "", shown, _stand(rule, value, parts))
    return totals
