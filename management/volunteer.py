"""One person's part in one volunteer programme (key ``vol:{programme}:{person}``), from the application to the end.

An offer cannot be taken back and its answer cannot be changed. It is answered by the person, up to and including the
second of ``respond_by``; after that second a Tick lets it lapse. Every event that frees a place names the hold, for the
headcount (``management/headcount.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

import msgspec

from management.command import Received, Refusal, Role, Tick
from management.volunteer_commands import (
    AcceptOffer,
    Activate,
    AmendApplication,
    Command,
    Complete,
    Dismiss,
    DropHold,
    Engagement,
    MakeOffer,
    Match,
    OpenApplication,
    PutInReserve,
    RecordAccreditation,
    RecordInterview,
    RecordTraining,
    RecordUniform,
    RejectOffer,
    Screen,
    Submit,
    TurnDown,
    Withdraw,
)
from management.volunteer_events import (
    AccreditationRecorded,
    Activated,
    ApplicationAmended,
    ApplicationOpened,
    Completed,
    Dismissed,
    Event,
    HoldDropped,
    Interviewed,
    Matched,
    OfferAccepted,
    OfferLapsed,
    OfferMade,
    OfferRejected,
    Onboarded,
    Reserved,
    Screened,
    Submitted,
    TrainingRecorded,
    TurnedDown,
    UniformRecorded,
    Withdrawn,
)
from schemas.policy.volunteers import Policy

__all__ = ["PREFIX", "RIGHTS", "TRANSITIONS", "Code", "Command", "Event", "Stage", "State", "decide", "due", "evolve"]

PREFIX = "vol"
SECOND = 1000
HOUR = 3600 * SECOND

Code = Literal[
    "AGE",
    "NO_CONSENT",
    "DAYS",  # available on too few days, or days that are not of the programme
    "OTHER_PROGRAMME",
    "UNKNOWN",  # no such role
    "SCORE",
    "NO_HEADCOUNT",
    "RESPOND_BY",  # too soon to answer
    "OFFER_LAPSED",
    "IRREVOCABLE",
    "NOT_READY",
    "LIVE",  # there is an application already
    "STATE",
    "SAME_PERSON",
    "NOT_AUTHORISED",
]

Stage = Literal[
    "NONE",
    "DRAFT",
    "SUBMITTED",
    "SCREENED",
    "INTERVIEWED",
    "MATCHED",
    "RESERVE",
    "OFFERED",
    "ACCEPTED",
    "ONBOARDED",
    "ACTIVE",
    "COMPLETED",
    "REJECTED",
    "LAPSED",
    "TURNED_DOWN",
    "WITHDRAWN",
    "DISMISSED",
]

# -- what may follow what: stage -> event -> stage --------------------------------------------------------------------

APPLYING: dict[type, Stage] = {TurnedDown: "TURNED_DOWN", Withdrawn: "WITHDRAWN"}
TAKEN: dict[type, Stage] = {Withdrawn: "WITHDRAWN", Dismissed: "DISMISSED"}

TRANSITIONS: dict[Stage, dict[type, Stage]] = {
    "NONE": {ApplicationOpened: "DRAFT"},
    "DRAFT": {ApplicationAmended: "DRAFT", Submitted: "SUBMITTED", Withdrawn: "WITHDRAWN"},
    "SUBMITTED": {Screened: "SCREENED", **APPLYING},
    "SCREENED": {Interviewed: "INTERVIEWED", **APPLYING},
    "INTERVIEWED": {Matched: "MATCHED", Reserved: "RESERVE", **APPLYING},
    "MATCHED": {Matched: "MATCHED", Reserved: "RESERVE", OfferMade: "OFFERED", **APPLYING},
    "RESERVE": {Matched: "MATCHED", Reserved: "RESERVE", OfferMade: "OFFERED", **APPLYING},
    "OFFERED": {
        OfferAccepted: "ACCEPTED",
        OfferRejected: "REJECTED",
        OfferLapsed: "LAPSED",
        Withdrawn: "WITHDRAWN",
    },
    "LAPSED": {Reserved: "RESERVE"},  # silence is no refusal: the programme may still want the person
    "REJECTED": {},
    "ACCEPTED": {
        TrainingRecorded: "ACCEPTED",
        AccreditationRecorded: "ACCEPTED",
        UniformRecorded: "ACCEPTED",
        Onboarded: "ONBOARDED",
        **TAKEN,
    },
    "ONBOARDED": {
        TrainingRecorded: "ONBOARDED",
        AccreditationRecorded: "ONBOARDED",
        UniformRecorded: "ONBOARDED",
        Activated: "ACTIVE",
        **TAKEN,
    },
    "ACTIVE": {
        TrainingRecorded: "ACTIVE",
        AccreditationRecorded: "ACTIVE",
        UniformRecorded: "ACTIVE",
        Completed: "COMPLETED",
        **TAKEN,
    },
    "COMPLETED": {},
    "TURNED_DOWN": {},
    "WITHDRAWN": {ApplicationOpened: "DRAFT"},  # but not past an answer, which would undo it
    "DISMISSED": {},
}

# -- who may what -----------------------------------------------------------------------------------------------------

Party = Literal["PERSON", "PLANNER", "SYSTEM"]

RIGHTS: dict[type, tuple[Party, ...]] = {
    OpenApplication: ("PERSON",),
    AmendApplication: ("PERSON",),
    Submit: ("PERSON",),
    AcceptOffer: ("PERSON",),
    RejectOffer: ("PERSON",),
    Withdraw: ("PERSON", "PLANNER", "SYSTEM"),  # the system: of who is erased
    Screen: ("PLANNER",),
    RecordInterview: ("PLANNER",),
    Match: ("PLANNER",),
    PutInReserve: ("PLANNER",),
    MakeOffer: ("PLANNER", "SYSTEM"),
    TurnDown: ("PLANNER",),
    Complete: ("PLANNER",),
    Dismiss: ("PLANNER", "SYSTEM"),
    DropHold: ("SYSTEM",),
    RecordTraining: ("PLANNER", "SYSTEM"),
    RecordAccreditation: ("SYSTEM",),
    RecordUniform: ("SYSTEM",),
    Activate: ("SYSTEM",),
    Tick: ("SYSTEM",),
}

PARTIES: dict[Party, Role] = {"PERSON": "VOLUNTEER", "PLANNER": "WF_PLANNER", "SYSTEM": "SYSTEM"}

# -- state ------------------------------------------------------------------------------------------------------------


class State(msgspec.Struct):
    """Where a person stands in a programme."""

    person: str = ""
    programme: str = ""
    stage: Stage = "NONE"
    wishes: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    score: int | None = None
    role: str = ""
    venue: str = ""
    starts: date | None = None
    ends: date | None = None
    respond_by: int = 0  # 0: no offer is open
    hold: str = ""  # of the headcount, while it is the person's
    dropped: tuple[str, ...] = ()  # holds by which no offer is made any more
    answer: Literal["", "ACCEPTED", "REJECTED"] = ""
    minor: bool = False  # on the first day of the offer
    trainings: tuple[str, ...] = ()  # sorted
    approved: bool = False
    uniform: bool = False


# -- decisions --------------------------------------------------------------------------------------------------------


def decide(state: State, received: Received[Command], policy: Policy) -> list[Event] | Refusal:
    """Return what a command makes happen, or why nothing does."""
    if refusal := _check_right(received):
        return refusal
    match received.command:
        case OpenApplication(sealed=sealed):
            return _open(state, received, sealed)
        case AmendApplication(wishes=wishes, days=days, sealed=sealed):
            return _amend(state, ApplicationAmended(wishes, tuple(sorted(set(days))), sealed), policy)
        case Submit() as submit:
            return _submit(state, submit, policy)
        case Screen():
            return [] if state.stage == "SCREENED" else _step(state, Screened())
        case RecordInterview(score=score):
            if not 0 <= score <= 100:
                return _refuse("SCORE", "a score is 0 to 100")
            repeated = (state.stage, state.score) == ("INTERVIEWED", score)
            return [] if repeated else _step(state, Interviewed(score))
        case Match(role=role, venue=venue) | PutInReserve(role=role, venue=venue) as place:
            if role not in policy.roles:
                return _refuse("UNKNOWN", f"there is no role {role}")
            stage = "MATCHED" if isinstance(place, Match) else "RESERVE"
            repeated = (state.stage, state.role, state.venue) == (stage, role, venue)
            event = Matched(role, venue) if isinstance(place, Match) else Reserved(role, venue)
            return [] if repeated else _step(state, event)
        case MakeOffer() as offer:
            return _offer(state, offer, received.at, policy)
        case AcceptOffer() | RejectOffer() as answer:
            return _answer(state, answer, received.at)
        case Tick(until=until):
            ends = due(state)
            return [OfferLapsed(state.hold)] if ends is not None and ends <= until else []
        case DropHold(hold=hold):
            return [] if hold == state.hold or hold in state.dropped else [HoldDropped(hold)]
        case RecordTraining() | RecordAccreditation() | RecordUniform() as fact:
            return _record(state, fact, policy)
        case Activate():
            if state.stage == "ONBOARDED" and not _is_ready(state, policy):
                return _refuse("NOT_READY", "training, accreditation or uniform is missing again")
            return [] if state.stage == "ACTIVE" else _step(state, Activated())
        case Complete():
            return [] if state.stage == "COMPLETED" else _step(state, Completed())
        case TurnDown(reason=reason):
            return [] if state.stage == "TURNED_DOWN" else _step(state, TurnedDown(reason))
        case Withdraw(reason=reason):
            return [] if state.stage == "WITHDRAWN" else _step(state, Withdrawn(reason, state.hold))
        case Dismiss(reason=reason):
            return [] if state.stage == "DISMISSED" else _step(state, Dismissed(reason, state.hold))


def _check_right(received: Received[Command]) -> Refusal | None:
    _, programme, person = (*received.key.split(":", 2), "")[:3]
    if not person:
        return _refuse("UNKNOWN", "an application has the key vol:PROGRAMME:PERSON")
    scopes = {"PERSON": f"person:{person}", "PLANNER": f"programme:{programme}", "SYSTEM": "*"}
    parties = [party for party in RIGHTS[type(received.command)] if received.actor.may(PARTIES[party], scopes[party])]
    if received.actor.id != person and "PERSON" in parties:
        parties.remove("PERSON")  # nobody is another person, whatever his roles
    if not parties:
        return _refuse("NOT_AUTHORISED", "this is for others to do")
    if parties == ["PLANNER"] and received.actor.id == person:
        return _refuse("SAME_PERSON", "nobody decides on his own application")
    return None


def _step(state: State, event: Event) -> list[Event] | Refusal:
    if type(event) in TRANSITIONS[state.stage]:
        return [event]
    return Refusal("STATE", f"the application is {state.stage}", {"stage": state.stage})


def _refuse(code: Code, text: str) -> Refusal:
    return Refusal(code, text)


def _open(state: State, received: Received[Command], sealed: bytes) -> list[Event] | Refusal:
    _, programme, person = received.key.split(":", 2)
    if state.answer:
        return _refuse("IRREVOCABLE", f"{person} has {state.answer} an offer of this programme")
    if ApplicationOpened not in TRANSITIONS[state.stage]:
        return _refuse("LIVE", f"{person} has an application in this programme, which is {state.stage}")
    return [ApplicationOpened(person, programme, sealed)]


def _amend(state: State, amended: ApplicationAmended, policy: Policy) -> list[Event] | Refusal:
    if any(role not in policy.roles for role in amended.wishes):
        return _refuse("UNKNOWN", "one of the wishes is no role of this programme")
    if any(not policy.starts <= day <= policy.ends for day in amended.days):
        return _refuse("DAYS", f"the programme runs from {policy.starts} to {policy.ends}")
    return _step(state, amended)


def _submit(state: State, submit: Submit, policy: Policy) -> list[Event] | Refusal:
    if state.stage == "SUBMITTED":
        return []
    # The first shift is not known yet: who is old enough on the last day may still get one.
    if _age(submit.born, policy.ends) < policy.least_age:
        return _refuse("AGE", f"a volunteer is {policy.least_age} years old at the first shift")
    if _age(submit.born, policy.starts) < policy.adult_age and not submit.consent:
        return _refuse("NO_CONSENT", "the guardian of a minor consents")
    if len(state.days) < policy.least_days:
        return _refuse("DAYS", f"a volunteer is available on {policy.least_days} days, and not on {len(state.days)}")
    taken = {day for other in submit.others if other.programme in policy.exclusive for day in _days(other)}
    if taken.intersection(state.days):
        return _refuse("OTHER_PROGRAMME", f"days are given to another programme: {min(taken)} to {max(taken)}")
    return _step(state, Submitted())


def _offer(state: State, offer: MakeOffer, at: int, policy: Policy) -> list[Event] | Refusal:
    hold = offer.hold
    if (state.stage, state.hold) == ("OFFERED", hold.id):
        return []
    if (state.role, state.venue) != (offer.role, offer.venue):
        return _refuse("STATE", f"the match is {state.role} at {state.venue}")
    if (hold.person, hold.role, hold.venue) != (state.person, offer.role, offer.venue) or hold.id in state.dropped:
        return _refuse("NO_HEADCOUNT", "no place is held for this offer")
    if not policy.starts <= offer.starts <= offer.ends <= policy.ends:
        return _refuse("DAYS", f"the programme runs from {policy.starts} to {policy.ends}")
    if _age(offer.born, offer.starts) < policy.least_age:
        return _refuse("AGE", f"a volunteer is {policy.least_age} years old at the first shift")
    if offer.respond_by < at + policy.answer_hours * HOUR:
        return _refuse("RESPOND_BY", f"an answer takes {policy.answer_hours} hours")
    minor = _age(offer.born, offer.starts) < policy.adult_age
    made = OfferMade(offer.role, offer.venue, offer.starts, offer.ends, offer.respond_by, hold.id, minor)
    return _step(state, made)


def _answer(state: State, answer: AcceptOffer | RejectOffer, at: int) -> list[Event] | Refusal:
    wish = "ACCEPTED" if isinstance(answer, AcceptOffer) else "REJECTED"
    if state.answer:
        return [] if state.answer == wish else _refuse("IRREVOCABLE", f"the offer is {state.answer}, once and for all")
    if state.stage == "LAPSED" or (state.stage == "OFFERED" and at // SECOND > state.respond_by // SECOND):
        return Refusal("OFFER_LAPSED", "the time to answer is over", {"respond_by": state.respond_by})
    return _step(state, OfferAccepted(state.hold) if wish == "ACCEPTED" else OfferRejected(state.hold))


def _record(
    state: State, fact: RecordTraining | RecordAccreditation | RecordUniform, policy: Policy
) -> list[Event] | Refusal:
    match fact:
        case RecordTraining(training=training):
            event: Event = TrainingRecorded(training)
            known = training in state.trainings
        case RecordAccreditation(approved=approved):
            event, known = AccreditationRecorded(approved), state.approved == approved
        case RecordUniform(issued=issued):
            event, known = UniformRecorded(issued), state.uniform == issued
    events = _step(state, event)
    if known or isinstance(events, Refusal):
        return [] if known else events
    after = msgspec.structs.replace(state)
    evolve(after, event)
    return [event, Onboarded()] if after.stage == "ACCEPTED" and _is_ready(after, policy) else [event]


def _is_ready(state: State, policy: Policy) -> bool:
    return state.approved and state.uniform and set(policy.roles[state.role]) <= set(state.trainings)


def _age(born: date, day: date) -> int:
    """Return the full years on a day. Who was born on 29 February is older from 1 March on, where there is no 29th."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _days(other: Engagement) -> Iterable[date]:
    return (other.starts + timedelta(days) for days in range((other.ends - other.starts).days + 1))


# -- changes ----------------------------------------------------------------------------------------------------------


def evolve(state: State, event: Event) -> None:
    """Change the state by an event."""
    if isinstance(event, HoldDropped):  # in any stage, and none changes by it
        state.dropped = (*state.dropped, event.hold)
        return
    state.stage = TRANSITIONS[state.stage][type(event)]
    match event:
        case ApplicationOpened(person=person, programme=programme):
            state.person, state.programme = person, programme
            state.wishes, state.days, state.score, state.role, state.venue = (), (), None, "", ""
        case ApplicationAmended(wishes=wishes, days=days):
            state.wishes, state.days = wishes, days
        case Interviewed(score=score):
            state.score = score
        case Matched(role=role, venue=venue) | Reserved(role=role, venue=venue):
            state.role, state.venue = role, venue
        case OfferMade():
            state.starts, state.ends, state.minor = event.starts, event.ends, event.minor
            state.respond_by, state.hold = event.respond_by, event.hold
        case OfferAccepted():
            state.answer, state.respond_by = "ACCEPTED", 0
        case OfferRejected():
            state.answer, state.respond_by, state.hold = "REJECTED", 0, ""
        case OfferLapsed() | Withdrawn() | Dismissed():
            state.respond_by, state.hold = 0, ""
        case TrainingRecorded(training=training):
            state.trainings = tuple(sorted({*state.trainings, training}))
        case AccreditationRecorded(approved=approved):
            state.approved = approved
        case UniformRecorded(issued=issued):
            state.uniform = issued


def due(state: State) -> int | None:
    """Return the deadline that a Tick would fire, ms: the end of the second in which an answer still counts."""
    return (state.respond_by // SECOND + 1) * SECOND if state.respond_by else None
