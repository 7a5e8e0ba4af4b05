"""The long lists of a discipline: who may be entered at all, the forms they signed, and the entries by number.

Being on the list gives no right; who is not on it cannot compete. After its deadline an organisation may still add
athletes, marked late, until it submits its list. Names and documents travel sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from management.command import Received, Refusal
from management.entry_book import Athlete, State, joined, refuse
from management.entry_counts import count
from management.entry_exception import exception_for
from schemas.policy.entries import Policy

__all__ = [
    "DECIDE",
    "EVOLVE",
    "AthleteLongListed",
    "AthleteStruckOff",
    "Command",
    "EligibilityFormSigned",
    "EnterNumber",
    "Event",
    "LongListAthlete",
    "LongListSubmitted",
    "NumberEntered",
    "SignEligibilityForm",
    "StrikeOff",
    "SubmitLongList",
]


class LongListAthlete(msgspec.Struct, frozen=True, tag="long_list_athlete"):
    """Put an athlete on the long list."""

    noc: str
    athlete: str
    gender: Literal["M", "W"]
    sealed: bytes = b""


class StrikeOff(msgspec.Struct, frozen=True, tag="strike_off"):
    """Take an athlete without entries off the long list."""

    noc: str
    athlete: str


class SubmitLongList(msgspec.Struct, frozen=True, tag="submit_long_list"):
    """Close an organisation's long list."""

    noc: str


class SignEligibilityForm(msgspec.Struct, frozen=True, tag="sign_eligibility_form"):
    """Say that the eligibility form of an athlete is there, signed."""

    athlete: str
    sealed: bytes = b""


class EnterNumber(msgspec.Struct, frozen=True, tag="enter_number"):
    """Announce how many entries an organisation will make in an event."""

    noc: str
    event: str
    number: int


class AthleteLongListed(msgspec.Struct, frozen=True, tag="athlete_long_listed"):
    """An athlete is on the long list."""

    noc: str
    athlete: str
    gender: Literal["M", "W"]
    late: bool = False  # after the deadline
    exception: str | None = None  # the one that let the athlete onto a closed list
    sealed: bytes = b""


class AthleteStruckOff(msgspec.Struct, frozen=True, tag="athlete_struck_off"):
    """An athlete is off the long list."""

    noc: str
    athlete: str


class LongListSubmitted(msgspec.Struct, frozen=True, tag="long_list_submitted"):
    """An organisation's long list is closed."""

    noc: str
    athletes: int


class EligibilityFormSigned(msgspec.Struct, frozen=True, tag="eligibility_form_signed"):
    """The eligibility form of an athlete is there."""

    athlete: str
    sealed: bytes = b""


class NumberEntered(msgspec.Struct, frozen=True, tag="number_entered"):
    """How many entries an organisation will make in an event."""

    noc: str
    event: str
    number: int


Command = LongListAthlete | StrikeOff | SubmitLongList | SignEligibilityForm | EnterNumber
Event = AthleteLongListed | AthleteStruckOff | LongListSubmitted | EligibilityFormSigned | NumberEntered


def _not_theirs(received: Received[Any], noc: str) -> Refusal | None:
    if received.actor.may("RO_ENTRIES", f"ro:{noc}"):
        return None
    return refuse("NOT_AUTHORISED", f"only the entries office of {noc} may do this", noc=noc)


def long_list(state: State, received: Received[LongListAthlete], policy: Policy) -> list[Event] | Refusal:
    """Decide on an addition to a long list."""
    wish = received.command
    if refusal := _not_theirs(received, wish.noc):
        return refusal
    known = state.athletes.get(wish.athlete)
    if known is not None and known.listed:
        if (known.noc, known.gender) == (wish.noc, wish.gender):
            return []
        return refuse("STATE", f"{wish.athlete} is on a long list already", athlete=wish.athlete, noc=known.noc)
    exception = None
    if wish.noc in state.submitted:
        exception = exception_for(state, "LONG_LIST_CLOSED", wish.noc, wish.athlete)
        if exception is None:
            return refuse("LONG_LIST_CLOSED", f"{wish.noc} has submitted its long list", noc=wish.noc)
    late = received.at > policy.long_list_until
    return [AthleteLongListed(wish.noc, wish.athlete, wish.gender, late, exception, wish.sealed)]


def strike_off(state: State, received: Received[StrikeOff], policy: Policy) -> list[Event] | Refusal:
    """Decide on taking an athlete off a long list."""
    wish = received.command
    if refusal := _not_theirs(received, wish.noc):
        return refusal
    known = state.athletes.get(wish.athlete)
    if known is None or known.noc != wish.noc:
        return refuse("NOT_LONG_LISTED", f"{wish.athlete} is on no long list of {wish.noc}", athlete=wish.athlete)
    if not known.listed:
        return []
    if wish.noc in state.submitted:
        return refuse("LONG_LIST_CLOSED", f"{wish.noc} has submitted its long list", noc=wish.noc)
    if known.live:
        return refuse("STATE", f"{wish.athlete} is entered", athlete=wish.athlete)
    return [AthleteStruckOff(wish.noc, wish.athlete)]


def submit(state: State, received: Received[SubmitLongList], policy: Policy) -> list[Event] | Refusal:
    """Decide on closing a long list."""
    noc = received.command.noc
    if refusal := _not_theirs(received, noc):
        return refusal
    if noc in state.submitted:
        return []
    return [LongListSubmitted(noc, state.listed.get(noc, 0))]


def sign_form(state: State, received: Received[SignEligibilityForm], policy: Policy) -> list[Event] | Refusal:
    """Decide on an eligibility form: its organisation hands it in, or the Games' entries office records it."""
    athlete = received.command.athlete
    known = state.athletes.get(athlete)
    of = known.noc if known else ""
    office = received.actor.may("SPORT_ENTRIES", f"discipline:{received.key.removeprefix('ebk:')}")
    if not office and not received.actor.may("RO_ENTRIES", f"ro:{of}"):
        return refuse("NOT_AUTHORISED", "only the athlete's organisation or the entries office may do this")
    if known is None or not known.listed:
        return refuse("NOT_LONG_LISTED", f"{athlete} is on no long list", athlete=athlete)
    return [] if known.form else [EligibilityFormSigned(athlete, received.command.sealed)]


def enter_number(state: State, received: Received[EnterNumber], policy: Policy) -> list[Event] | Refusal:
    """Decide on an entry by number."""
    wish = received.command
    if refusal := _not_theirs(received, wish.noc):
        return refusal
    discipline = policy.disciplines.get(received.key.removeprefix("ebk:"))
    if discipline is None or wish.event not in discipline.events or wish.number < 0:
        return refuse("UNKNOWN", f"no {wish.number} entries can be made in {wish.event}", event=wish.event)
    if state.numbers.get(joined(wish.noc, wish.event)) == wish.number:
        return []
    if received.at > policy.numbers_until:
        return refuse("DEADLINE", "the deadline of the entries by number has passed", deadline=policy.numbers_until)
    return [NumberEntered(wish.noc, wish.event, wish.number)]


def _long_listed(state: State, event: AthleteLongListed) -> None:
    state.athletes[event.athlete] = Athlete(event.noc, event.gender, event.late)
    count(state.listed, event.noc, 1)


def _struck_off(state: State, event: AthleteStruckOff) -> None:
    state.athletes[event.athlete].listed = False
    count(state.listed, event.noc, -1)


def _submitted(state: State, event: LongListSubmitted) -> None:
    state.submitted[event.noc] = event.athletes


def _form_signed(state: State, event: EligibilityFormSigned) -> None:
    state.athletes[event.athlete].form = True


def _number_entered(state: State, event: NumberEntered) -> None:
    state.numbers[joined(event.noc, event.event)] = event.number


DECIDE: Mapping[type, Callable[..., list[Event] | Refusal]] = MappingProxyType(
    {
        LongListAthlete: long_list,
        StrikeOff: strike_off,
        SubmitLongList: submit,
        SignEligibilityForm: sign_form,
        EnterNumber: enter_number,
    }
)

EVOLVE: Mapping[type, Callable[..., None]] = MappingProxyType(
    {
        AthleteLongListed: _long_listed,
        AthleteStruckOff: _struck_off,
        LongListSubmitted: _submitted,
        EligibilityFormSigned: _form_signed,
        NumberEntered: _number_entered,
    }
)
