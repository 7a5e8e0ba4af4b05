"""The programme: disciplines, their events and how each is contested.

A real Games has 329 events and its Paralympic part 549. The events of the second part stand here as classed variants of
the first ones: the class is the modifier of the event code (``ATHM100M----11010-----``).
"""

from __future__ import annotations

from typing import NamedTuple

from replay.synth.plan import EventPlan, Shape

__all__ = ["DisciplinePlan", "Group", "events_of"]

_GENDERS = {"M": "Men's ", "W": "Women's ", "X": "Mixed ", "O": "Open "}


class Group(NamedTuple):
    """Events that are contested alike.

    ``types`` are gender and event type (``M100M``); with ``classes`` there are that many events in all, one after the
    other of each type, each for a class of its own.
    """

    types: str
    shape: Shape
    size: int  # entries
    members: int = 0  # of a team
    classes: int = 0


class DisciplinePlan(NamedTuple):
    """One discipline."""

    code: str
    name: str
    venues: int
    courts: int  # at each venue
    days: tuple[int, int]  # first and last, from 1
    groups: tuple[Group, ...]


def _rsc(discipline: str, gender_type: str, modifier: str = "") -> str:
    return f"{discipline}{gender_type[0]}{gender_type[1:].ljust(8, '-')}{modifier.ljust(10, '-')}".ljust(34, "-")


def events_of(discipline: DisciplinePlan) -> list[EventPlan]:
    """Return the events of a discipline, without their stages and entries."""
    events = []
    for group in discipline.groups:
        types = group.types.split()
        count = group.classes or len(types)
        for number in range(count):
            kind = types[number % len(types)]
            modifier, label = "", ""
            if group.classes:
                level = 11 + number // len(types)
                modifier, label = f"{level:02}010", f" class {level}"
            code = _rsc(discipline.code, kind, modifier)
            name = f"{_GENDERS[kind[0]]}{kind[1:]}{label}"
            events.append(EventPlan(code, name, discipline.code, group.shape, group.members, group.size))
    return events
