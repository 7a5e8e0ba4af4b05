"""Every card that was printed: whose it is, what it says, and what the status list says of it. A fold over events."""

from __future__ import annotations

from typing import Any

import msgspec

from desks.outcome import Position
from management.card_events import CardProduced
from management.card_list import CardList
from management.command import Recorded
from management.entitlement import Entitlement, Override, entitle
from management.gate import Token
from management.participation_events import ApplicationOpened, EntitlementChanged, FunctionChanged, ParticipationEvent
from management.person_record import ParticipationAdopted, PersonMerged
from schemas.policy.accreditation import Policy

__all__ = ["CardsKnown", "Known"]


class _Held(msgspec.Struct, gc=False):
    """What of a participation its cards follow."""

    ro: str
    category: str
    function: str
    discipline: str
    overrides: tuple[Override, ...] = ()
    version: int = 1


class Known(msgspec.Struct, frozen=True, gc=False):
    """One card as it was printed."""

    person: str
    participation: str
    serial: int
    index: int
    valid_from: int
    valid_to: int


class CardsKnown:
    """A reader of events. Belongs to one loop."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.list = CardList()
        self.cards: dict[int, Known] = {}  # by serial
        self._held: dict[tuple[str, str], _Held] = {}  # person, participation
        self._of: dict[str, list[int]] = {}  # person -> serials

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        """Take in the next event."""
        event, key = recorded.event, recorded.key
        self.list.take(key, event)
        if not key.startswith("per:"):
            return
        person = key[4:]
        match event:
            case CardProduced():
                known = Known(person, event.participation, event.serial, event.index, event.valid_from, event.valid_to)
                self.cards[event.serial] = known
                self._of.setdefault(person, []).append(event.serial)
            case PersonMerged():
                self._of.setdefault(event.into, [])[:0] = self._of.get(person, [])
            case ParticipationEvent():
                self._follow(person, event)

    def _follow(self, person: str, event: ParticipationEvent) -> None:
        place = (person, event.participation)
        match event:
            case ApplicationOpened():
                self._held[place] = _Held(event.ro, event.category, event.function, event.discipline)
            case ParticipationAdopted(record=record):
                self._held[place] = _Held(
                    record.ro, record.category, record.function, record.discipline, record.overrides, record.version
                )
            case FunctionChanged():
                held = self._held[place]
                held.category, held.function, held.discipline = event.category, event.function, event.discipline
                held.version = event.version
            case EntitlementChanged():
                held = self._held[place]
                held.overrides, held.version = event.overrides, event.version

    def serials(self, person: str) -> tuple[int, ...]:
        """Return the serials of the cards that a person ever had."""
        return tuple(self._of.get(person, ()))

    def entitlement(self, serial: int) -> Entitlement:
        """Return where a card opens by now."""
        known = self.cards[serial]
        held = self._held[known.person, known.participation]
        function = self.policy.function(held.category, held.function)
        return entitle(function, held.discipline, held.overrides, held.version)

    def function(self, serial: int) -> str:
        """Return the function of whoever has a card."""
        known = self.cards[serial]
        return self._held[known.person, known.participation].function

    def token(self, serial: int) -> Token | None:
        """Return what a card says, None where there is none of that serial."""
        known = self.cards.get(serial)
        if known is None:
            return None
        held = self._held[known.person, known.participation]
        return Token(
            self.policy.games,
            serial,
            known.index,
            held.ro,
            held.category,
            nbf=known.valid_from,
            exp=known.valid_to,
            entitlement=self.entitlement(serial),
        )
