"""Whose a card is, and who is whose: what a desk looks people up by, folded from events.

Nothing sealed is looked into: people are found by reference, by the serial of a card, by organisation.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from desks.outcome import Position
from management.card_events import CardProduced
from management.command import Recorded
from management.day_pass import PassIssued
from management.participation_events import ApplicationOpened
from management.volunteer_events import ApplicationOpened as VolunteerApplied

__all__ = ["PeopleIndex"]


class PeopleIndex:
    """A reader of events (``desks/readers.py``)."""

    def __init__(self) -> None:
        self.holders: dict[int, str] = {}  # serial of a card -> person
        self.organisations: defaultdict[str, dict[str, None]] = defaultdict(dict)  # -> its people, in order
        self.volunteers: defaultdict[str, dict[str, None]] = defaultdict(dict)  # programme -> who has applied
        self.last_serial = 0  # of cards and passes
        self.last_index = 0  # in the status list

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        """Take in the next event of a partition."""
        event = recorded.event
        if isinstance(event, CardProduced):
            self.holders[event.serial] = recorded.key.removeprefix("per:")
        elif isinstance(event, ApplicationOpened) and recorded.key.startswith("per:"):
            self.organisations[event.ro][recorded.key.removeprefix("per:")] = None
        elif isinstance(event, VolunteerApplied):
            self.volunteers[event.programme][event.person] = None
        if isinstance(event, CardProduced | PassIssued):
            self.last_serial = max(self.last_serial, event.serial)
            self.last_index = max(self.last_index, event.index)

    def next_card(self) -> tuple[int, int]:
        """Return a serial and a place in the status list that nobody has; another one each time."""
        self.last_serial += 1
        self.last_index += 1
        return self.last_serial, self.last_index
