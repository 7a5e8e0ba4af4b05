"""What may be asked about one person's part in a volunteer programme (key ``vol:{programme}:{person}``)."""

from __future__ import annotations

from datetime import date

import msgspec

from management.command import Tick

__all__ = [
    "AcceptOffer",
    "Activate",
    "AmendApplication",
    "Command",
    "Complete",
    "Dismiss",
    "DropHold",
    "Engagement",
    "Hold",
    "MakeOffer",
    "Match",
    "OpenApplication",
    "PutInReserve",
    "RecordAccreditation",
    "RecordInterview",
    "RecordTraining",
    "RecordUniform",
    "RejectOffer",
    "Screen",
    "Submit",
    "TurnDown",
    "Withdraw",
]


class Engagement(msgspec.Struct, frozen=True):
    """Days that a person has given to another programme."""

    programme: str
    starts: date
    ends: date  # inclusive


class Hold(msgspec.Struct, frozen=True):
    """A place of the headcount that is held for the person (``management/headcount.py``)."""

    id: str
    person: str
    role: str
    venue: str


# -- by the person ----------------------------------------------------------------------------------------------------


class OpenApplication(msgspec.Struct, frozen=True, tag="open_application"):
    """Begin to apply."""

    sealed: bytes = b""  # what the person says of himself, encrypted with his key


class AmendApplication(msgspec.Struct, frozen=True, tag="amend_application"):
    """Change what is not submitted yet."""

    wishes: tuple[str, ...]  # roles, the dearest first
    days: tuple[date, ...]  # on which the person is available
    sealed: bytes = b""


class Submit(msgspec.Struct, frozen=True, tag="submit"):
    """Hand the application in."""

    born: date  # checked here and not kept
    others: tuple[Engagement, ...] = ()
    consent: bool = False  # of the guardian, where the person is a minor


class AcceptOffer(msgspec.Struct, frozen=True, tag="accept_offer"):
    """Accept, once and for all."""


class RejectOffer(msgspec.Struct, frozen=True, tag="reject_offer"):
    """Reject, once and for all."""


class Withdraw(msgspec.Struct, frozen=True, tag="withdraw"):
    """Leave the programme. By the person, or by a planner whom he told."""

    reason: str = ""  # a code


# -- by the planners --------------------------------------------------------------------------------------------------


class Screen(msgspec.Struct, frozen=True, tag="screen"):
    """Find that the application is fit for an interview."""


class RecordInterview(msgspec.Struct, frozen=True, tag="record_interview"):
    """Say how the interview went."""

    score: int  # 0 to 100


class Match(msgspec.Struct, frozen=True, tag="match"):
    """Find a role and venue for the person."""

    role: str
    venue: str


class PutInReserve(msgspec.Struct, frozen=True, tag="put_in_reserve"):
    """Let the person wait for a place in a role at a venue. Also whoever let an offer lapse."""

    role: str
    venue: str


class MakeOffer(msgspec.Struct, frozen=True, tag="make_offer"):
    """Offer a role at a venue. It cannot be taken back."""

    role: str
    venue: str
    starts: date
    ends: date  # inclusive
    respond_by: int  # ms since 1970 UTC; inclusive to the second
    hold: Hold
    born: date  # checked here and not kept


class TurnDown(msgspec.Struct, frozen=True, tag="turn_down"):
    """Not take the person."""

    reason: str  # a code


class Complete(msgspec.Struct, frozen=True, tag="complete"):
    """Say that the person has done his part."""


class Dismiss(msgspec.Struct, frozen=True, tag="dismiss"):
    """Send the person away."""

    reason: str  # a code


# -- by processes, from other aggregates ------------------------------------------------------------------------------


class DropHold(msgspec.Struct, frozen=True, tag="drop_hold"):
    """Never use a hold of the headcount, unless an offer is made by it already."""

    hold: str


class RecordTraining(msgspec.Struct, frozen=True, tag="record_training"):
    """Say that a training is done."""

    training: str


class RecordAccreditation(msgspec.Struct, frozen=True, tag="record_accreditation"):
    """Say whether the person's participation is approved."""

    approved: bool


class RecordUniform(msgspec.Struct, frozen=True, tag="record_uniform"):
    """Say whether the person has his uniform."""

    issued: bool


class Activate(msgspec.Struct, frozen=True, tag="activate"):
    """Say that the person has come to his first shift."""


Command = (
    OpenApplication
    | AmendApplication
    | Submit
    | AcceptOffer
    | RejectOffer
    | Withdraw
    | Screen
    | RecordInterview
    | Match
    | PutInReserve
    | MakeOffer
    | TurnDown
    | Complete
    | Dismiss
    | DropHold
    | RecordTraining
    | RecordAccreditation
    | RecordUniform
    | Activate
    | Tick
)
