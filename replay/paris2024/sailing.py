"""Sailing races: the data show points; what the committee saw is an order of finish, IRMs, redress and penalties.

RRS A4: points are places. A5.2: who has no place gets one more than the boats entered. A boat with a scoring or a
discretionary penalty (SCP, DPI) finished where no other boat did; what it has beyond that place is the penalty. Redress
(RDG) replaces the score of a race that was not finished.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from replay.paris2024.results import Row, Unit, write_number
from schemas.sport import UnitRule

__all__ = ["Sailed", "sailed"]


class Sailed(NamedTuple):
    """What was seen of one boat in a race."""

    row: Row
    place: int | None
    adjusted: str = ""  # points given or taken beside that; empty: none
    redress: bool = False


def sailed(unit: Unit, rule: UnitRule) -> Iterator[Sailed]:
    """Return what was seen of each boat, from first to last."""
    entries = len(unit.rows)
    places: dict[str, int] = {}
    for row in unit.rows:
        if not row.irm:
            place = row.number() / rule.factor
            if place.denominator != 1:
                row.line.fault(f"{row.mark} points are no place")
            places[row.participant] = int(place)
    crossed = [row for row in unit.rows if not row.irm or (row.irm in rule.ranked_irms and row.irm != "RDG")]
    free = sorted(set(range(1, len(crossed) + 1)) - set(places.values()))
    penalised = sorted((row for row in crossed if row.irm), key=lambda row: (row.number(), row.participant))
    places.update((row.participant, place) for row, place in zip(penalised, free, strict=True))
    for row in sorted(unit.rows, key=lambda row: (places.get(row.participant, entries + 1), row.participant)):
        found = places.get(row.participant)
        due = (found if found is not None else entries + 1) * rule.factor
        extra = row.number() - due
        yield Sailed(row, found, write_number(extra) if extra else "", row.irm == "RDG")
