"""What gates are sent beside the status list, folded from what happened: entitlements, the released venues, shifts.

A shift opens gates once it is published to the person, as long as he has it, and at its newest times: so a change of
the schedule that moves a shift moves the hours in which its people are let in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from desks.gate_publication import Facts, pack_entitlements
from desks.outcome import Position
from desks.reactions.following_shifts import changes_of
from management.card_events import CardProduced
from management.command import Recorded
from management.entitlement import Entitlement, Override, entitle
from management.gate import Shift, Span
from management.participation_events import ApplicationOpened, EntitlementChanged, FunctionChanged
from management.person_record import ParticipationAdopted
from management.workforce_events import (
    AbsenceReported,
    AssignmentCancelled,
    AssignmentMoved,
    AssignmentProposed,
    AssignmentPublished,
    AssignmentReplaced,
    NoShowRecorded,
    ShiftMoved,
    ShiftPlanned,
    SwapApproved,
    SwapProposed,
)
from schemas.policy.accreditation import Policy
from schemas.policy.schedule import Policy as SchedulePolicy

__all__ = ["GateFacts"]


class _Terms(msgspec.Struct):
    category: str
    function: str
    discipline: str
    version: int = 1
    overrides: tuple[Override, ...] = ()


class _Duty(msgspec.Struct):
    person: str
    shift: str
    told: bool = False


class GateFacts:
    """A reader of all events."""

    def __init__(self, policies: Mapping[str, Any]) -> None:
        self._policy: Policy = policies["per"]
        self._schedule: SchedulePolicy = policies["sch"]
        self.version = 0  # grows with each event that changes something here
        self._terms: dict[tuple[str, str], _Terms] = {}  # key of a person, participation
        self._cards: dict[int, tuple[str, str]] = {}  # serial -> whose it is
        self._serials: dict[str, list[int]] = {}  # person -> his cards; which of them count, the status list says
        self._shifts: dict[tuple[str, str], Span] = {}  # venue's key, shift
        self._duties: dict[tuple[str, str], _Duty] = {}  # venue's key, assignment
        self._of: dict[str, list[tuple[str, str]]] = {}  # person -> his duties that he was told of
        self._swaps: dict[tuple[str, str], tuple[str, str]] = {}
        self._units: dict[str, dict[str, str]] = {}  # discipline -> unit -> venue

    # -- what happened

    def take(self, recorded: Recorded[Any], position: Position) -> None:
        """Take in the next event of a partition."""
        changed = self._accredited(recorded) or self._at_work(recorded)
        for change in changes_of(recorded.event):
            units = self._units.setdefault(change.unit[:3], {})
            if change.after is not None:
                units[change.unit] = change.after.venue
            changed = True
        self.version += changed

    def _accredited(self, recorded: Recorded[Any]) -> bool:
        event, key = recorded.event, recorded.key
        match event:
            case ApplicationOpened():
                self._terms[key, event.participation] = _Terms(event.category, event.function, event.discipline)
            case ParticipationAdopted(record=record):
                self._terms[key, event.participation] = _Terms(
                    record.category, record.function, record.discipline, record.version, record.overrides
                )
            case FunctionChanged():
                terms = self._terms[key, event.participation]
                terms.category, terms.function = event.category, event.function
                terms.discipline, terms.version = event.discipline, event.version
            case EntitlementChanged():
                terms = self._terms[key, event.participation]
                terms.overrides, terms.version = event.overrides, event.version
            case CardProduced():
                self._cards[event.serial] = (key, event.participation)
                self._serials.setdefault(key.removeprefix("per:"), []).append(event.serial)
            case _:
                return False
        return True

    def _at_work(self, recorded: Recorded[Any]) -> bool:
        event, key = recorded.event, recorded.key
        match event:
            case ShiftPlanned(shift=shift):
                self._shifts[key, shift.id] = Span(shift.starts, shift.ends)
            case ShiftMoved():
                self._shifts[key, event.shift] = Span(event.starts, event.ends)
            case AssignmentProposed():
                self._duties[key, event.assignment] = _Duty(event.person, event.shift)
            case AssignmentPublished():
                self._tell(key, event.assignment)
            case AssignmentMoved():
                pass  # the shift has moved
            case AssignmentCancelled() | AssignmentReplaced() | AbsenceReported() | NoShowRecorded():
                self._end(key, event.assignment)
            case SwapProposed():
                self._swaps[key, event.swap] = (event.mine, event.theirs)
            case SwapApproved():
                mine, theirs = (self._duties[key, name] for name in self._swaps[key, event.swap])
                for name in self._swaps.pop((key, event.swap)):
                    self._end(key, name)
                self._duties[key, event.mine_becomes] = _Duty(mine.person, theirs.shift)
                self._duties[key, event.theirs_becomes] = _Duty(theirs.person, mine.shift)
                self._tell(key, event.mine_becomes)
                self._tell(key, event.theirs_becomes)
            case _:
                return False
        return True

    def _tell(self, key: str, assignment: str) -> None:
        duty = self._duties[key, assignment]
        duty.told = True
        self._of.setdefault(duty.person, []).append((key, assignment))

    def _end(self, key: str, assignment: str) -> None:
        duty = self._duties[key, assignment]
        if duty.told:
            duty.told = False
            self._of[duty.person].remove((key, assignment))

    # -- what is so

    def entitlement(self, serial: int) -> Entitlement:
        """Return where a card opens."""
        terms = self._terms[self._cards[serial]]
        function = self._policy.function(terms.category, terms.function)
        return entitle(function, terms.discipline, terms.overrides, terms.version)

    def shifts(self, person: str) -> tuple[Shift, ...]:
        """Return when somebody works where, as far as he was told."""
        duties = ((key, self._duties[key, assignment]) for key, assignment in self._of.get(person, ()))
        found = [Shift(key.removeprefix("wf:"), self._shifts[key, duty.shift]) for key, duty in duties]
        return tuple(sorted(found, key=lambda shift: (shift.span.first, shift.venue)))

    def facts(self, at: int) -> Facts:
        """Return all of it, made at an instant (ms)."""
        terms, cards = pack_entitlements({serial: self.entitlement(serial) for serial in self._cards})
        return Facts(
            games=self._policy.games,
            version=self.version,
            at=at,
            policy=self._policy,
            terms=terms,
            cards=cards,
            released={code: tuple(sorted(set(units.values()))) for code, units in sorted(self._units.items()) if units},
            operating={
                code: (Span(venue.window.first, venue.window.end),) for code, venue in self._schedule.venues.items()
            },
            shifts={
                serial: shifts
                for person, serials in self._serials.items()
                if (shifts := self.shifts(person))
                for serial in serials
            },
        )
