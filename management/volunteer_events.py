"""What has happened between a person and a volunteer programme. What is personal is sealed, or not kept at all."""

from __future__ import annotations

from datetime import date

import msgspec

__all__ = [
    "AccreditationRecorded",
    "Activated",
    "ApplicationAmended",
    "ApplicationOpened",
    "Completed",
    "Dismissed",
    "Event",
    "HoldDropped",
    "Interviewed",
    "Matched",
    "OfferAccepted",
    "OfferLapsed",
    "OfferMade",
    "OfferRejected",
    "Onboarded",
    "Reserved",
    "Screened",
    "Submitted",
    "TrainingRecorded",
    "TurnedDown",
    "UniformRecorded",
    "Withdrawn",
]


class ApplicationOpened(msgspec.Struct, frozen=True, tag="application_opened"):
    """A person has begun to apply."""

    person: str
    programme: str
    sealed: bytes = b""


class ApplicationAmended(msgspec.Struct, frozen=True, tag="application_amended"):
    """The draft has changed."""

    wishes: tuple[str, ...]
    days: tuple[date, ...]
    sealed: bytes = b""


class Submitted(msgspec.Struct, frozen=True, tag="submitted"):
    """The application is handed in."""


class Screened(msgspec.Struct, frozen=True, tag="screened"):
    """The application is fit for an interview."""


class Interviewed(msgspec.Struct, frozen=True, tag="interviewed"):
    """The interview was held."""

    score: int


class Matched(msgspec.Struct, frozen=True, tag="matched"):
    """A role and venue is found."""

    role: str
    venue: str


class Reserved(msgspec.Struct, frozen=True, tag="reserved"):
    """The person waits for a place."""

    role: str
    venue: str


class OfferMade(msgspec.Struct, frozen=True, tag="offer_made"):
    """A role at a venue is offered."""

    role: str
    venue: str
    starts: date
    ends: date
    respond_by: int
    hold: str
    minor: bool  # on the first day


class HoldDropped(msgspec.Struct, frozen=True, tag="hold_dropped"):
    """No offer will be made by a hold: its place is free."""

    hold: str


class OfferAccepted(msgspec.Struct, frozen=True, tag="offer_accepted"):
    """The person has accepted."""

    hold: str


class OfferRejected(msgspec.Struct, frozen=True, tag="offer_rejected"):
    """The person has rejected: the place is free."""

    hold: str


class OfferLapsed(msgspec.Struct, frozen=True, tag="offer_lapsed"):
    """The person has not answered in time: the place is free."""

    hold: str


class TrainingRecorded(msgspec.Struct, frozen=True, tag="training_recorded"):
    """A training is done."""

    training: str


class AccreditationRecorded(msgspec.Struct, frozen=True, tag="accreditation_recorded"):
    """The person's participation is approved, or no longer."""

    approved: bool


class UniformRecorded(msgspec.Struct, frozen=True, tag="uniform_recorded"):
    """The person has his uniform, or no longer."""

    issued: bool


class Onboarded(msgspec.Struct, frozen=True, tag="onboarded"):
    """Trainings, accreditation and uniform are all there."""


class Activated(msgspec.Struct, frozen=True, tag="activated"):
    """The person has come to his first shift."""


class Completed(msgspec.Struct, frozen=True, tag="completed"):
    """The person has done his part."""


class TurnedDown(msgspec.Struct, frozen=True, tag="turned_down"):
    """The person is not taken."""

    reason: str


class Withdrawn(msgspec.Struct, frozen=True, tag="withdrawn"):
    """The person has left; the place that was held, offered or filled is free."""

    reason: str
    hold: str  # "": none


class Dismissed(msgspec.Struct, frozen=True, tag="dismissed"):
    """The person was sent away; the place is free."""

    reason: str
    hold: str


Event = (
    ApplicationOpened
    | ApplicationAmended
    | Submitted
    | Screened
    | Interviewed
    | Matched
    | Reserved
    | OfferMade
    | HoldDropped
    | OfferAccepted
    | OfferRejected
    | OfferLapsed
    | TrainingRecorded
    | AccreditationRecorded
    | UniformRecorded
    | Onboarded
    | Activated
    | Completed
    | TurnedDown
    | Withdrawn
    | Dismissed
)
