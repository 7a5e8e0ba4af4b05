"""A shift: when, where, in which role, for how many; its local day, its night, and the mix of its team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from management.ledger import DAY, MINUTE, Duty
from management.worker import Worker
from schemas.policy.workforce import Policy, RoleRule

__all__ = ["Shift", "duty_of", "is_night", "missing", "mix_is_possible"]


class Shift(msgspec.Struct, frozen=True):
    """A shift as planned."""

    id: str
    venue: str
    role: str
    zone: str
    starts: int  # ms since 1970 UTC
    ends: int  # after ``starts``
    offset: int  # minutes east of UTC when it starts
    offset_ends: int  # when it ends: another one where the clocks change meanwhile
    need: int  # people who have to be there
    places: int  # people to publish, so that as many come: not below ``need``
    languages: dict[str, int] = {}  # language -> how many of the team have to speak it
    units: tuple[str, ...] = ()  # of the competition that it serves: when one of them moves, the shift is affected
    cancelled: bool = False


def duty_of(shift: Shift, assignment: str, starts: int | None = None) -> Duty:
    """Return the duty of who works a shift, from its start or from a later arrival on."""
    day = (shift.starts + shift.offset * MINUTE) // DAY
    return Duty(shift.starts if starts is None else starts, shift.ends, shift.venue, day, assignment)


def is_night(shift: Shift, policy: Policy) -> bool:
    """Say whether a shift touches the night of the venue's clock.

    Where the clocks change during the shift, its start counts by the clock before and its end by the one after.
    """
    one = shift.starts + shift.offset * MINUTE
    other = shift.ends + shift.offset_ends * MINUTE
    starts, ends = min(one, other), max(one, other)  # the end may seem the earlier, in the hour that comes twice
    evening = (starts // DAY - 1) * DAY  # the night that began the evening before is not over at midnight
    while evening < ends:
        if starts < evening + DAY + policy.night_until * MINUTE and evening + policy.night_from * MINUTE < ends:
            return True
        evening += DAY
    return False


def missing(team: Sequence[Worker], places: int, rule: RoleRule, languages: Mapping[str, int]) -> dict[str, int]:
    """Return what a team still lacks of leaders (``LEADER``) and of each language, for the places that it has."""
    leaders = -(-places // rule.leader_every) if rule.leader_every else 0
    lacks = {"LEADER": leaders - sum(person.leader for person in team)}
    for language, wanted in sorted(languages.items()):
        lacks[language] = wanted - sum(language in person.languages for person in team)
    return {name: count for name, count in lacks.items() if count > 0}


def mix_is_possible(shift: Shift, team: Sequence[Worker], rule: RoleRule) -> bool:
    """Say whether the free places suffice for what the team lacks; one person may make up for several lacks."""
    lacks = missing(team, shift.places, rule, shift.languages)
    return max(lacks.values(), default=0) <= shift.places - len(team)
