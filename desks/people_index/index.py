"""The one reader of people: hands each event to the tables, in the order of its partition.

What lies in memory is folded from the first event on; the search lies in a file, and passes by what it has
(``desks/people_index/search.py``). Whoever asks has to be told that a position is ``seen`` (``desks/office.py``).
"""

from __future__ import annotations

from typing import Any

from desks.outcome import Position
from desks.people_index.applicants import Applicants
from desks.people_index.cards import Cards
from desks.people_index.search import Search
from management.command import Recorded
from schemas.policy.accreditation import Policy

__all__ = ["PeopleIndex"]


class PeopleIndex:
    """A reader of events (``desks/readers.py``). Belongs to one loop."""

    def __init__(self, policy: Policy, search: Search | None = None) -> None:
        """Take the rules of accreditation, and the search where somebody may open what is sealed."""
        self.cards = Cards(policy)
        self.applicants = Applicants()
        self.search = search

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        """Take in the next event of a partition."""
        self.cards.take(recorded)
        self.applicants.take(recorded)
        if self.search is not None:
            self.search.take(recorded, position)
