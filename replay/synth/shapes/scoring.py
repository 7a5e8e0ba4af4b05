"""Formulas of totals, worked out here and not by the projections, so that tests may compare the two."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["Formula", "Result", "tie_break", "total"]

Formula = Literal["sum", "given", "omnium", "pentathlon", "decathlon", "heptathlon", "low_point"]


class Result(NamedTuple):
    """What somebody has from one part."""

    phase: str
    rank: int | None
    mark: int | None  # ms, mm or 10^-decimals
    factor: int
    size: int  # of the fleet
    is_time: bool = False


# World Athletics, Scoring Tables for Combined Events: points = whole part of a * |b - mark|^c, the mark in seconds,
# centimetres (jumps) or metres (throws).
_MEN = {
    "100-": (25.4347, 18, 1.81),
    "LJ--": (0.14354, 220, 1.4),
    "SP--": (51.39, 1.5, 1.05),
    "HJ--": (0.8465, 75, 1.42),
    "400-": (1.53775, 82, 1.81),
    "110H": (5.74352, 28.5, 1.92),
    "DT--": (12.91, 4, 1.1),
    "PV--": (0.2797, 100, 1.35),
    "JT--": (10.14, 7, 1.08),
    "1500": (0.03768, 480, 1.85),
}
_WOMEN = {
    "100H": (9.23076, 26.7, 1.835),
    "HJ--": (1.84523, 75, 1.348),
    "SP--": (56.0211, 1.5, 1.05),
    "200-": (4.99087, 42.5, 1.81),
    "LJ--": (0.188807, 210, 1.41),
    "JT--": (15.9803, 3.8, 1.04),
    "800-": (0.11193, 254, 1.88),
}


def total(formula: Formula, card: list[Result], discards: tuple[int, ...] = ()) -> int:
    """Return the total of the parts that somebody has."""
    if formula == "low_point":
        return _low_point(card, discards)
    if formula == "omnium":
        return sum(_omnium(result) for result in card)
    if formula in ("decathlon", "heptathlon"):
        table = _MEN if formula == "decathlon" else _WOMEN
        return sum(_athletics(result, *table[result.phase]) for result in card if result.mark is not None)
    if formula == "pentathlon":
        return sum(_pentathlon(result) for result in card if result.mark is not None)
    return sum(result.mark for result in card if result.mark is not None)


def _athletics(result: Result, a: float, b: float, c: float) -> int:
    mark = result.mark or 0
    if result.is_time:
        return int(a * max(b - mark / 1000, 0) ** c)
    jump = result.phase in ("LJ--", "HJ--", "PV--")
    return int(a * max((mark // 10 if jump else mark // 10 / 100) - b, 0) ** c)


def _pentathlon(result: Result) -> int:
    """Return the points: as scored, and of a 200 m swim 250 for 2:30.00 and 1 more for each 0.50 s begun (UIPM)."""
    mark = result.mark or 0
    return 250 - (mark - 150_000) // 500 if result.is_time else mark


def _omnium(result: Result) -> int:
    """Return the points of a rank in the first three races (UCI 3.2.251), or what the points race gave."""
    if result.phase == "PTS-":
        return result.mark or 0
    return max(42 - 2 * result.rank, 1) if result.rank is not None else 0


def _series(card: list[Result], discards: tuple[int, ...]) -> tuple[list[int], list[int], list[int]]:
    """Return the points that count, those of the medal race, and those of all other races as they were sailed."""
    points = [((result.rank or result.size + 1) * result.factor, result.factor > 1) for result in card]
    races = [value for value, medal in points if not medal]
    left_out = sum(len(races) >= sailed for sailed in discards)
    return sorted(races)[: len(races) - left_out], [value for value, medal in points if medal], races


def _low_point(card: list[Result], discards: tuple[int, ...]) -> int:
    """Return the points of a series without its worst races (RRS A2, A4, A5); a medal race is never left out."""
    counted, medal, _ = _series(card, discards)
    return sum(counted) + sum(medal)


def tie_break(formula: Formula, card: list[Result], discards: tuple[int, ...]) -> tuple[int, ...]:
    """Return what orders boats with equal points: the medal race, then RRS A8.1 and A8.2; lower is better."""
    if formula != "low_point":
        return ()
    counted, medal, races = _series(card, discards)
    return (*medal, *sorted(counted + medal), *reversed(races))
