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
    """Return modern pentathlon points: a swim of 2:30.00 is worth 250, each 0.50 s begun one more (UIPM, 200 m)."""
    if part.unit.rule.model != "timed":
        return _plain(part, rule)
    value = part.line.worth.value
    if value is None:
        return None
    hundredths: int = value * 100 // 10**part.unit.rule.decimals
    return 250 - (hundredths - 15000) // 50


def _low_point(scored: Sequence[tuple[Part, int]], rule: TotalRule) -> tuple[int, tuple[int, ...]]:
    """Add up points without the worst races (RRS A2); return what breaks an equal sum with it (RRS A8)."""
    always = [value for part, value in scored if _matches(part.unit, rule.first)]
    series = [value for part, value in scored if not _matches(part.unit, rule.first)]
    discards = sum(len(series) >= races for races in rule.discards)
    counted = sorted(series)[: max(0, len(series) - discards)]
    # The race that may not be left out first (standard sailing instructions, medal race), then each boat's scores
    # from best to worst without the excluded ones (A8.1), then all its races from the last one back (A8.2).
    return sum(counted) + sum(always), (*always, *sorted(counted + always), *reversed(series))


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


def _matches(unit: Unit, globs: Sequence[str]) -> bool:
    return _order_of(unit, globs) < len(globs)


def _stand(
    rule: TotalRule, worth: Worth, participant: str, ahead: Sequence[Sequence[Unit]]
) -> tuple[Worth, int | None]:
    """Place who took part in one of ``rule.first`` before all others: by the total, or by the rank in that part.

    ``ahead`` holds the units of each of ``rule.first``. What breaks equal totals breaks no tie of a part.
    """
    if not rule.first or worth.value is None:
        return worth, None
    own = worth.value if rule.best == "low" else -worth.value
    for group, units in enumerate(ahead):
        there = [line for unit in units if (line := unit.lines.get(participant)) is not None and _took_part(line)]
        if there:
            if rule.within == "part":
                own = (there[0].rank or 0) if len(units) == 1 else 0
                worth = worth._replace(countback=())
            return worth, (group - len(rule.first)) * _AHEAD + own
    return worth, own


def _took_part(line: Line) -> bool:
    return line.worth.value is not None or bool(line.irm) or line.rank is not None


def total_of(rule: TotalRule, units: Sequence[Unit]) -> dict[str, Total]:
    """Return everybody's total over the units that match the rule's parts."""
    ordered = sorted(
        (unit for unit in units if _order_of(unit, rule.parts) < len(rule.parts)),
        key=lambda unit: (_order_of(unit, rule.parts), unit.code),
    )
    ahead = [[unit for unit in units if fnmatchcase(unit.code[22:], glob)] for glob in rule.first]
    held: dict[str, list[Part]] = {}
    for unit in ordered:
        for participant, line in unit.lines.items():
            if _took_part(line):
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
        value, countback = _low_point(scored, rule) if rule.formula == "low_point" else (sum(points), ())
        worth = Worth(value, countback, format_value(value, rule.decimals))
        worth, stand = _stand(rule, worth, participant, ahead)
        totals[participant] = Total(worth, out[-1] if out else "", shown, stand)
    return totals
