"""What the events of persons order to be erased. Sans I/O."""

from __future__ import annotations

from typing import Any, NamedTuple

from management.command import Recorded
from management.person_record import LegalHoldLifted, LegalHoldPlaced, PersonErased, PersonMerged
from management.retention import FieldsExpired

__all__ = ["Order", "Orders"]


class Order(NamedTuple):
    """An erasure."""

    cause: str  # id of the event
    person: str
    people: tuple[str, ...]  # the person's record and all that had gone on in it
    by: str
    at: int  # ms


class Orders:
    """Learns from events, in whatever order those of two records come."""

    def __init__(self) -> None:
        self.expired: set[str] = set()  # fields whose time is over
        self._cases: dict[str, set[str]] = {}  # person -> legal holds
        self._erased: set[str] = set()
        self._into: dict[str, str] = {}  # a record -> the one in which it goes on

    def take(self, recorded: Recorded[Any]) -> list[Order]:
        """Return what an event orders.

        A record that goes on in one that was erased meanwhile is the same person's, so it is erased with it.
        """
        person = recorded.key.removeprefix("per:")
        match recorded.event:
            case PersonErased(sources=sources):
                late = [one for one in self._into if self._end(one) == person and one not in sources]
                return [self._order(recorded, person, (person, *sources, *late))]
            case PersonMerged(into=into, sources=sources):
                self._into[person] = into
                if self._end(into) in self._erased:
                    return [self._order(recorded, person, (person, *sources))]
            case LegalHoldPlaced(case=case):
                self._cases.setdefault(person, set()).add(case)
            case LegalHoldLifted(case=case):
                self._cases.get(person, set()).discard(case)
            case FieldsExpired(fields=fields):
                self.expired.update(fields)
        return []

    def held(self) -> set[str]:
        """Return whose facts are kept for a case, though their time be over: of all records of a person."""
        held = {person for person, cases in self._cases.items() if cases}
        return held | {one for one in self._into if self._end(one) in held}

    def _order(self, recorded: Recorded[Any], person: str, people: tuple[str, ...]) -> Order:
        self._erased.update(people)
        return Order(recorded.id, person, people, recorded.actor, recorded.at)

    def _end(self, person: str) -> str:
        """Return the record in which one goes on in the end."""
        seen = set()
        while person in self._into and person not in seen and person not in self._erased:
            seen.add(person)
            person = self._into[person]
        return person
