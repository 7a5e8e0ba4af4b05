"""Who has applied, by organisation and by programme: a fold over events. Nothing sealed is looked into."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from management.command import Recorded
from management.participation_events import ApplicationOpened
from management.volunteer_events import ApplicationOpened as VolunteerApplied

__all__ = ["Applicants"]


class Applicants:
    """People in the order in which they applied."""

    def __init__(self) -> None:
        self.organisations: defaultdict[str, dict[str, None]] = defaultdict(dict)  # -> its people
        self.volunteers: defaultdict[str, dict[str, None]] = defaultdict(dict)  # programme -> who has applied

    def take(self, recorded: Recorded[Any]) -> None:
        """Take in the next event of a partition."""
        event, key = recorded.event, recorded.key
        if isinstance(event, ApplicationOpened) and key.startswith("per:"):
            self.organisations[event.ro][key.removeprefix("per:")] = None
        elif isinstance(event, VolunteerApplied):
            self.volunteers[event.programme][event.person] = None
