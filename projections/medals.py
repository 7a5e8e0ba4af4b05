"""Medals: what the rules give for the results of an event, and what is decided beside them.

Dead heats: two first give two golds and no silver, two second two silvers and no bronze, and so on; a medal is an
assignment that a decision can put under review, strip, award or leave vacant (``facts`` of the ODF, 10.2 and 10.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from projections.entries import message_of
from projections.unit import Line, Unit
from schemas.messages import MedalDecision
from schemas.sport import MedalRule

__all__ = ["BRONZE", "GOLD", "SILVER", "Award", "Place", "apply_decisions", "awards_of", "is_decided", "places_of"]

GOLD, SILVER, BRONZE = "ME_GOLD", "ME_SILVER", "ME_BRONZE"
_BY_RANK: dict[int | None, str] = {1: GOLD, 2: SILVER, 3: BRONZE}
_RANK_OF = {GOLD: 1, SILVER: 2, BRONZE: 3}


class Award(NamedTuple):
    """A medal and where it was decided."""

    participant: str
    medal: str
    unit: str
    state: str = ""  # under_review, reallocated
    reason: str = ""


class Place(NamedTuple):
    """A place in an event's final ranking."""

    participant: str
    rank: int | None
    tied: bool
    unit: Unit
    line: Line | None = None


Matching = Callable[[str], Sequence[Unit]]  # glob over phase + unit -> the event's units, in the order of their codes


def _signed(unit: Unit) -> bool:
    """Say whether a unit's result has been official, whatever was protested since."""
    return unit.official_since is not None and unit.closed


def _reviewed(unit: Unit) -> str:
    return "" if unit.status == "OFFICIAL" else "under_review"


def _ranked(rule: MedalRule, matching: Matching) -> list[Place]:
    """Rank as the deciding unit does; those that are equal there stand as a later unit has them."""
    chain = [unit for glob in rule.ranks for unit in matching(glob)]
    if not chain or not _signed(chain[0]):
        return []
    main, *breakers = chain
    breakers = [unit for unit in breakers if _signed(unit)]
    places: list[Place] = []
    first = 0  # where the run of equals begins
    for position, line in enumerate(main.ordered):
        if not main.knows(line):
            continue
        if position and main.keys[position][0][:3] != main.keys[position - 1][0][:3]:
            first = position
        rank, unit = line.rank, main
        for breaker in breakers if line.tied or line.undecided else ():
            other = breaker.lines.get(line.participant)
            if other is not None and other.rank is not None:
                before = rank if rank is not None else first + main.rule.places_from
                rank, unit = before + other.rank - breaker.rule.places_from, breaker
        places.append(Place(line.participant, rank, False, unit, line))
    counts = Counter(place.rank for place in places)
    return [place._replace(tied=place.rank is not None and counts[place.rank] > 1) for place in places]


def _by_ranks(rule: MedalRule, matching: Matching) -> list[Award]:
    return [
        Award(place.participant, _BY_RANK[place.rank], place.unit.code, _reviewed(place.unit))
        for place in _ranked(rule, matching)
        if place.rank in _BY_RANK
    ]


def _winners(unit: Unit) -> list[Line]:
    """Return who won a match or a race of two; several where it was a dead heat."""
    best = unit.rule.places_from
    return [line for line in unit.ordered if line.wlt == "W" or (line.rank == best and not line.wlt)]


def _losers(unit: Unit) -> list[Line]:
    """Return who lost to somebody; where nobody has won, nobody."""
    worst = unit.rule.places_from + 1
    if not _winners(unit):
        return []
    return [line for line in unit.ordered if line.wlt == "L" or (line.rank == worst and not line.wlt)]


def _not_held(unit: Unit) -> bool:
    return message_of(unit.said, "unit_not_held") is not None


def _by_final(rule: MedalRule, matching: Matching) -> list[Award]:
    awards: list[Award] = []

    def award(line: Line, medal: str, unit: Unit) -> None:
        awards.append(Award(line.participant, medal, unit.code, _reviewed(unit)))

    for unit in matching(rule.final):
        if _signed(unit):
            for line in _winners(unit):
                award(line, GOLD, unit)
            for line in _losers(unit):
                if line.irm not in _LOSES_MEDAL:
                    award(line, SILVER, unit)
    bronze = [unit for glob in rule.bronze for unit in matching(glob)]
    for unit in bronze:
        for line in _winners(unit) if _signed(unit) else ():
            award(line, BRONZE, unit)
    if not rule.bronze or any(_not_held(unit) for unit in bronze):
        medalled = {one.participant for one in awards}
        for unit in (unit for glob in rule.losers for unit in matching(glob)):
            for line in _losers(unit) if _signed(unit) else ():
                # Who retired from the semi-final could not have contested a bronze match either.
                if line.participant not in medalled and not (rule.bronze and line.irm):
                    award(line, BRONZE, unit)
    return awards


def is_decided(rule: MedalRule, matching: Matching) -> bool:
    """Say whether the results that give the medals are all there, and no tie among the first three waits."""
    if rule.ranks:
        places = _ranked(rule, matching)
        chain = [unit for glob in rule.ranks for unit in matching(glob)]
        if not chain or not _signed(chain[0]):
            return False
        held = {who for unit in chain[1:] if not (_signed(unit) or _not_held(unit)) for who in unit.lines}
        return not any(
            (place.rank is None and place.line.undecided) or (place.tied and place.participant in held)
            for place in places[:3]
            if place.line is not None
        )
    finals = [unit for unit in matching(rule.final) if not _not_held(unit)]
    bronze = [unit for glob in rule.bronze for unit in matching(glob) if not _not_held(unit)]
    return bool(finals) and all(_signed(unit) for unit in (*finals, *bronze)) and all(map(_winners, finals))


_LOSES_MEDAL = frozenset({"DQB"})  # disqualified for unsportsmanlike behaviour: no place at all


def awards_of(rule: MedalRule, matching: Matching) -> list[Award]:
    """Return the medals that the rule gives for the official results."""
    return _by_ranks(rule, matching) if rule.ranks else _by_final(rule, matching)


def apply_decisions(awards: Sequence[Award], decisions: Iterable[MedalDecision], unit: str) -> list[Award]:
    """Return the medals as decided: reviews, strippings, vacancies and awards by those who may."""
    decided = sorted(decisions, key=lambda one: (one.at, one.subject))
    held = {award.participant: award for award in awards}
    awarded = {one.medal for one in decided if one.decision == "award"} - {""}
    for one in decided:
        own = held.get(one.subject)
        medal = one.medal or (own.medal if own else "")
        where = own.unit if own else unit
        if one.decision == "strip":
            held.pop(one.subject, None)
        elif one.decision == "vacant":
            held = {code: award for code, award in held.items() if award.medal != medal}
        elif not medal:  # no medal is named, and there is none: nothing to award or to review
            continue
        elif one.decision == "award":
            state = "" if own and own.medal == medal else "reallocated"
            held[one.subject] = Award(one.subject, medal, where, state, one.reason)
        elif medal not in awarded:
            if own is None:  # keeps it until it is decided; whom the rules give it now must wait
                held = {code: award for code, award in held.items() if award.medal != medal}
            held[one.subject] = Award(one.subject, medal, where, "under_review", one.reason)
    return list(held.values())


def places_of(rule: MedalRule, matching: Matching) -> list[Place]:
    """Return the final ranking of an event as far as its official results give it."""
    if rule.ranks:
        return _ranked(rule, matching)
    awards = _by_final(rule, matching)
    counts = Counter(award.medal for award in awards)
    units = {unit.code: unit for glob in (rule.final, *rule.bronze, *rule.losers) for unit in matching(glob)}
    places = [
        Place(award.participant, _RANK_OF[award.medal], counts[award.medal] > 1, units[award.unit]) for award in awards
    ]
    losers = [
        (line, unit) for glob in rule.bronze for unit in matching(glob) if _signed(unit) for line in _losers(unit)
    ]
    places += [Place(line.participant, 3 + counts[BRONZE], len(losers) > 1, unit, line) for line, unit in losers]
    return places
