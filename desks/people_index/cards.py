"""Every card and pass that was printed: whose it is, what it says, and what the status list says of it.

A fold over events. Nothing sealed is looked into.
"""

from __future__ import annotations

from typing import Any

import msgspec

from management import day_pass
from management.card_events import CardProduced
from management.card_list import CardList
from management.command import Recorded
from management.day_pass import PassEvent, PassIssued
from management.entitlement import Entitlement, Override, entitle
from management.gate import Token
from management.participation_events import ApplicationOpened, EntitlementChanged, FunctionChanged, ParticipationEvent
from management.person_record import ParticipationAdopted, PersonMerged
from management.token import token_of_pass
from schemas.policy.accreditation import Policy

__all__ = ["Cards", "Known"]


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


class Cards:
    """A table of the index of people."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.list = CardList()
        self.cards: dict[int, Known] = {}  # by serial
        self.last_serial, self.last_index = 0, 0  # of cards and passes
        self._passes: dict[str, day_pass.State] = {}  # responsible organisation -> its passes
        self._pass_of: dict[int, tuple[str, str]] = {}  # serial -> responsible organisation, pass
        self._held: dict[tuple[str, str], _Held] = {}  # person, participation
        self._of: dict[str, list[int]] = {}  # person -> serials

    def take(self, recorded: Recorded[Any]) -> None:
        """Take in the next event of a partition."""
        event, key = recorded.event, recorded.key
        self.list.take(key, event)
        if isinstance(event, CardProduced | PassIssued):
            self.last_serial, self.last_index = max(self.last_serial, event.serial), max(self.last_index, event.index)
        if isinstance(event, PassEvent):
            self._take_pass(key.removeprefix("dp:"), event)
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

    def _take_pass(self, ro: str, event: Any) -> None:
        day_pass.evolve(self._passes.setdefault(ro, day_pass.State()), event)
        if isinstance(event, PassIssued):
            self._pass_of[event.serial] = ro, event.pass_id

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

    @property
    def all(self) -> tuple[int, ...]:
        """The serials of all cards and passes."""
        return (*self.cards, *self._pass_of)

    def is_pass(self, serial: int) -> bool:
        """Say whether a serial is that of a pass."""
        return serial in self._pass_of

    def holder(self, serial: int) -> str:
        """Return whose a card or a pass is, "" where there is none."""
        if self.is_pass(serial):
            ro, name = self._pass_of[serial]
            return self._passes[ro].passes[name].person
        known = self.cards.get(serial)
        return known.person if known else ""

    def entitlement(self, serial: int) -> Entitlement:
        """Return where a card or a pass opens by now."""
        if self.is_pass(serial):
            return self._token_of_pass(serial).entitlement
        known = self.cards[serial]
        held = self._held[known.person, known.participation]
        function = self.policy.function(held.category, held.function)
        return entitle(function, held.discipline, held.overrides, held.version)

    def function(self, serial: int) -> str:
        """Return the function of whoever has a card; a guest has none."""
        if self.is_pass(serial):
            return ""
        known = self.cards[serial]
        return self._held[known.person, known.participation].function

    def token(self, serial: int) -> Token | None:
        """Return what a card or a pass says, None where there is none of that serial."""
        if self.is_pass(serial):
            return self._token_of_pass(serial)
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

    def _token_of_pass(self, serial: int) -> Token:
        ro, name = self._pass_of[serial]
        return token_of_pass(self._passes[ro].passes[name], ro, self.policy)
