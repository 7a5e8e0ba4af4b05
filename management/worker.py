"""A person on the roster of a venue: what he can and may, and his ledger of duties."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from management.ledger import Duty

__all__ = ["Access", "AccessWindow", "Place", "Profile", "Worker", "covers"]

Place = Literal[
    "HERE",
    "LENDING",  # on the way to another venue, which has not taken him on yet
    "LENT",  # another venue's; what he had here before stays, and nothing new comes
]


class AccessWindow(msgspec.Struct, frozen=True, order=True):
    """Where and when the accreditation lets a person in: ``starts <= t < ends``, ms since 1970 UTC."""

    venue: str
    zone: str
    starts: int
    ends: int


class Access(msgspec.Struct, frozen=True):
    """A person's entitlement as the accreditation last said; the higher version is the later."""

    version: int = 0
    windows: tuple[AccessWindow, ...] = ()


class Profile(msgspec.Struct, frozen=True):
    """What a roster has to know of a person; his name is not of it."""

    trainings: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    leader: bool = False  # may lead a team
    minor: bool = False


class Worker(msgspec.Struct):
    """A person on a venue's roster."""

    person: str
    home: str  # the venue of the home roster
    trainings: tuple[str, ...]  # sorted, so that equal states are equal bytes
    languages: tuple[str, ...] = ()
    leader: bool = False
    minor: bool = False
    access: Access = Access()
    duties: list[Duty] = []  # of all venues, by time
    place: Place = "HERE"
    lent_to: str = ""


def covers(windows: Iterable[AccessWindow], venue: str, zone: str, starts: int, ends: int) -> bool:
    """Say whether windows of a venue and zone, end to end, leave no moment of a time uncovered."""
    reached = starts
    for window in sorted(window for window in windows if (window.venue, window.zone) == (venue, zone)):
        if window.starts > reached:
            break
        reached = max(reached, window.ends)
    return reached >= ends
