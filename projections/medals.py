"""Medals: what the rules give for the results of an event, and what is decided beside them.

Dead heats: two first give two golds and no silver, two second two silvers and no bronze, and so on; a medal is an
assignment that a decision can put under review, strip, award or leave vacant (``facts`` of the ODF, 10.2 and 10.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from projections.unit import Line, Unit
from schemas.messages import MedalDecision
from schemas.sport import MedalRule

__all__ = ["BRONZE", "GOLD", "SILVER", "Award", "Place", "apply_decisions", "awards_of", "places_of"]

GOLD, SILVER, BRONZE = "ME_GOLD", "ME_SILVER", "ME_BRONZE"
_BY_RANK = {1: GOLD, 2: SILVER, 3: BRONZE}


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
    unit: str
    line: Line | None = None


Matching = Callable[[str], Sequence[Unit]]  # glob over phase + unit -> the event's units, in the order of their codes


def _signed(unit: Unit) -> bool:
    """Say whether a unit's result has been official, whatever was protested since."""
    return unit.official_since is not None and unit.closed


def _reviewed(unit: Unit) -> str:
    return "" if unit.status == "OFFICIAL" else "under_review"


def _by_ranks(rule: MedalRule, matching: Matching) -> list[Award]:
    """Rank 1, 2, 3 of the deciding unit; those that share a rank stand as a later unit has them."""
    chain = [unit for glob in rule.ranks for unit in matching(glob)]
    if not chain or not _signed(chain[0]):
        return []
    main, *breakers = chain
    breakers = [unit for unit in breakers if _signed(unit)]
    awards = []
    for line in main.ordered:
        rank, unit = line.rank, main
        if rank is None:
            continue
        for breaker in breakers:
            other = breaker.lines.get(line.participant)
            if line.tied and other is not None and other.rank is not None:
                rank, unit = rank + other.rank - breaker.rule.places_from, breaker
        if rank in _BY_RANK:
            awards.append(Award(line.participant, _BY_RANK[rank], unit.code, _reviewed(unit)))
    return awards


def _winner(unit: Unit) -> Line | None:
    best = unit.rule.places_from
    return next((line for line in unit.lines.values() if line.wlt == "W" or (line.rank == best and not line.wlt)), None)


def _loser(unit: Unit) -> Line | None:
    worst = unit.rule.places_from + 1
    return next((one for one in unit.lines.values() if one.wlt == "L" or (one.rank == worst and not one.wlt)), None)


def _by_final(rule: MedalRule, matching: Matching) -> list[Award]:
    awards: list[Award] = []
    for unit in matching(rule.final):
        if _signed(unit):
            awards += [
                Award(line.participant, medal, unit.code, _reviewed(unit))
                for line, medal in ((_winner(unit), GOLD), (_loser(unit), SILVER))
                if line is not None and not (medal == SILVER and line.irm in _LOSES_MEDAL)
            ]
    bronze = [unit for glob in rule.bronze for unit in matching(glob)]
    for unit in bronze:
        if _signed(unit) and (line := _winner(unit)) is not None:
            awards.append(Award(line.participant, BRONZE, unit.code, _reviewed(unit)))
    if not rule.bronze or any("unit_not_held" in unit.said for unit in bronze):
        medalled = {award.participant for award in awards}
        for unit in (unit for glob in rule.losers for unit in matching(glob)):
            loser = _loser(unit) if _signed(unit) else None
            # Who retired from the semi-final could not have contested a bronze match either.
            if loser is not None and loser.participant not in medalled and not (rule.bronze and loser.irm):
                awards.append(Award(loser.participant, BRONZE, unit.code, _reviewed(unit)))
    return awards


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
        chain = [unit for glob in rule.ranks for unit in matching(glob)]
        if not chain or not _signed(chain[0]):
            return []
        medals = {award.participant: award for award in _by_ranks(rule, matching)}
        order = {GOLD: 1, SILVER: 2, BRONZE: 3}
        places = []
        for line in chain[0].ordered:
            if chain[0].knows(line):
                award = medals.get(line.participant)
                rank = order[award.medal] if award else line.rank
                places.append(Place(line.participant, rank, line.tied, award.unit if award else chain[0].code, line))
        counts = [place.rank for place in places]
        return [place._replace(tied=place.rank is not None and counts.count(place.rank) > 1) for place in places]
    places = []
    awards = _by_final(rule, matching)
    bronzes = sum(award.medal == BRONZE for award in awards)
    for award in awards:
        rank = {GOLD: 1, SILVER: 2, BRONZE: 3}[award.medal]
        places.append(Place(award.participant, rank, rank == 3 and bronzes > 1, award.unit))
    for unit in (unit for glob in rule.bronze for unit in matching(glob)):
        loser = _loser(unit) if _signed(unit) else None
        if loser is not None:
            places.append(Place(loser.participant, 3 + bronzes, bronzes > 1, unit.code, loser))
    return places
