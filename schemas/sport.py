"""Sport definitions: how a discipline's units are ranked, totalled and rewarded, as data.

A definition is a TOML file in ``schemas/sports/``; ``decode`` reads its bytes. Patterns are shell globs over the parts
of an RSC: ``event`` over gender + event (19 characters), ``phase`` over 4, ``unit`` over 8. The first rule that matches
wins.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

import msgspec

__all__ = ["MedalRule", "Sport", "TotalRule", "UnitRule", "decode"]

Model = Literal["timed", "distance", "height", "points", "judged", "target", "lifting", "match", "fleet", "order"]


class UnitRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the units that it matches are ranked."""

    model: Model
    event: str = "*"
    phase: str = "*"
    unit: str = "*"
    best: Literal["low", "high"] = "low"  # which mark is better
    decimals: int = 0  # a value is an integer in 10^-decimals of a second, metre, point, kilogram
    ties: Literal["stand", "break"] = "stand"  # equal marks share a rank, or wait for a countback or a decision
    take: Literal["sum", "best", "last", "best_2"] = "sum"  # how rounds become one mark
    drop: int = 0  # judged: marks dropped at each end
    sides: Literal["points", "periods"] = "points"  # match: the sides' points count, or the periods that they win
    draws: bool = False  # match: may end level
    ranked_irms: tuple[str, ...] = ()  # keep their mark and rank (sailing DPI, SCP, RDG)
    placed_irms: tuple[str, ...] = ()  # ranked behind all marks, in the order of a decision (LAP)
    irm_points: dict[str, int] = {}  # fleet: points beyond the number of entries that an IRM costs; "*" for the others
    factor: int = 1  # fleet: what a place costs (2 in a medal race), that of an IRM too
    places_from: int = 1  # the rank of its best row: 3 in a small final, 7 in a final B


class TotalRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a phase or an event is ranked over its parts; the first rule for a code that matches the event wins."""

    code: str  # "------------" the event, "FNL---------" a phase
    formula: Literal["sum", "decathlon", "heptathlon", "pentathlon", "low_point", "given"]
    event: str = "*"
    parts: tuple[str, ...] = ()  # globs over phase + unit, in order
    best: Literal["low", "high"] = "high"
    decimals: int = 0
    ties: Literal["stand", "break"] = "break"
    discards: tuple[
        int, ...
    ] = ()  # low_point: races sailed from which one worst race is left out, from which two, ...;
    # races of the parts in first always count
    complete: bool = False  # an IRM in a part takes the participant out of the ranks
    points: dict[str, tuple[int, ...]] = {}  # glob over phase + unit -> points by rank, the last one repeating
    first: tuple[str, ...] = ()  # parts whose participants stand before all others, those of the first part first
    within: Literal["total", "part"] = "total"  # what orders the participants of a part in first: total or rank there;
    # where such a glob matches several units (a final of several races) their ranks decide nothing: a decision does


class MedalRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where an event's medals come from; all codes are globs over phase + unit (12 characters)."""

    event: str = "*"
    ranks: tuple[str, ...] = ()  # ranks 1, 2, 3 of this unit or total; a later one breaks the ties of the one before
    final: str = ""  # winner gold, loser silver (a match), or its best two (a race of two)
    bronze: tuple[str, ...] = ()  # a bronze for the winner of each
    losers: tuple[str, ...] = ()  # a bronze for the loser of each; with bronze: where the bronze unit is not held


class Sport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A discipline."""

    code: str
    name: str
    units: tuple[UnitRule, ...]
    totals: tuple[TotalRule, ...] = ()
    medals: tuple[MedalRule, ...] = ()
    irms: tuple[str, ...] = ()  # in the order in which they stand at the end of a result

    def unit_rule(self, rsc: str) -> UnitRule | None:
        """Return the rule of a unit."""
        event, phase, unit = rsc[3:22], rsc[22:26], rsc[26:]
        for rule in self.units:
            if fnmatchcase(phase, rule.phase) and fnmatchcase(unit, rule.unit) and fnmatchcase(event, rule.event):
                return rule
        return None

    def total_rules(self, rsc: str) -> list[TotalRule]:
        """Return the totals of an event, one for each code."""
        found: dict[str, TotalRule] = {}
        for rule in self.totals:
            if fnmatchcase(rsc[3:22], rule.event):
                found.setdefault(rule.code, rule)
        return list(found.values())

    def medal_rule(self, rsc: str) -> MedalRule | None:
        """Return the medal rule of an event."""
        return next((rule for rule in self.medals if fnmatchcase(rsc[3:22], rule.event)), None)


def decode(toml: bytes) -> Sport:
    """Return the definition in a TOML document.

    Raises ``msgspec.DecodeError`` or ``msgspec.ValidationError``, naming the place (``$.units[3].model``).
    """
    return msgspec.toml.decode(toml, type=Sport)
