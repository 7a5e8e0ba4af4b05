"""Matches: the running score up to the final one, and a decision where that does not say who won.

The data hold final scores only. The way there is drawn evenly: each step is what a board would have shown had both
sides scored at a steady pace.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from projections.marks import BadMarkError, format_value, parse_mark
from replay.paris2024.results import Row, Unit
from schemas.sport import UnitRule

__all__ = ["Decision", "decision_of", "running_scores", "winner_of"]

MOST_STEPS = 12
Basis = Literal["penalties", "criteria", "injury", "walkover", "disqualification", "referee", "retired", "rule"]


class Decision(NamedTuple):
    """Why a match is won against or without a score."""

    winner: str
    basis: Basis
    reason: str


def _scores(unit: Unit, rule: UnitRule) -> list[int | None]:
    values: list[int | None] = []
    for row in unit.rows:
        try:
            values.append(parse_mark(row.mark, rule.decimals) if row.mark else None)
        except BadMarkError:
            row.line.fault(f"no score: {row.mark!r}")
    return values


def winner_of(unit: Unit, rule: UnitRule) -> str:
    """Return who wins by score and IRM alone, empty where they do not say."""
    if len(unit.rows) != 2:
        return ""
    one, two = unit.rows
    if bool(one.irm) != bool(two.irm):
        return two.participant if one.irm else one.participant
    a, b = _scores(unit, rule)
    if a is None or b is None or a == b:
        return ""
    return one.participant if (a < b if rule.best == "low" else a > b) else two.participant


def decision_of(unit: Unit, rule: UnitRule, advanced: set[str]) -> Decision | None:
    """Return the decision that a match needs; ``advanced`` are those who stand in a later phase of the event."""
    winner = next((row for row in unit.rows if row.wlt == "W"), None)
    if winner is None:
        if any(row.wlt for row in unit.rows) or winner_of(unit, rule) or any(row.mark for row in unit.rows):
            return None  # a draw, or the score says it
        later = [row for row in unit.rows if row.participant in advanced]
        if len(later) != 1:
            return None
        return Decision(
            later[0].participant, "rule", "no score and no winner in the data; the winner is in the next phase"
        )
    if rule.best == "low" and winner_of(unit, rule) == winner.participant:
        return None  # a fall or a false start loses a duel against the clock
    a, b = _scores(unit, rule)
    mine, other = (a, b) if unit.rows[0] is winner else (b, a)
    if mine is not None and other is not None and mine > other and not winner.irm:
        return None
    return _why(unit, winner, mine, other)


def _why(unit: Unit, winner: Row, mine: int | None, other: int | None) -> Decision:
    discipline, code = unit.code[:3], winner.participant
    irms = {row.irm for row in unit.rows if row.irm}
    if irms & {"W/O", "WDR"}:
        return Decision(code, "walkover", "the other side did not appear")
    if irms & {"RET", "INJ"}:
        return Decision(code, "retired", "the other side, ahead or level, retired")
    if discipline == "BOX":
        return Decision(code, "referee", "stopped before the judges' scores counted")
    if mine is None or other is None:
        return Decision(code, "injury", "no score: the other side could not contest it")
    if mine < other:
        return Decision(code, "referee", "behind on points: by fall, injury or disqualification")
    if discipline in ("FBL", "HOC"):
        return Decision(code, "penalties", "level: by shoot-out, which is no part of the score")
    return Decision(code, "criteria", "level: by the criteria of the sport")


def running_scores(unit: Unit, rule: UnitRule) -> Iterator[dict[str, str]]:
    """Return what the board showed from 0:0 to the final score; nothing for a match without a score."""
    values = _scores(unit, rule)
    known = [value for value in values if value is not None]
    if len(known) != len(values):
        return
    codes: Sequence[str] = [row.participant for row in unit.rows]
    steps = min(MOST_STEPS, max(1, sum(known) // 10**rule.decimals))
    shown = dict.fromkeys(codes, format_value(0, rule.decimals))
    yield shown
    for step in range(1, steps + 1):
        now = {
            code: format_value(value * step // steps, rule.decimals) for code, value in zip(codes, known, strict=True)
        }
        if step == steps:
            now = {row.participant: row.mark for row in unit.rows}
        if now != shown:
            yield now
        shown = now
