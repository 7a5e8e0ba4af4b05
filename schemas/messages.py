"""The venue message vocabulary: what timing, scoring and the desks may say.

A message is one JSON object; ``kind`` names its type. Each is an **assertion** with an identity (unit, subject, kind,
ordinal): saying it again changes nothing, saying another value is a correction. Codes of units, phases and events are
RSCs of 34 characters, ``subject`` and ``participant`` are participant codes (an athlete's or a team's). Times are
milliseconds since 1970-01-01T00:00Z by the venue's clock. Marks are text as shown at the venue ("9.80", "1:43.20",
"8.03"); the sport's definition says what they measure. Unknown fields are ignored here and kept in the raw log.

The field ``ordinal`` counts attempts, laps, rounds, periods or shots from 1; 0 stands for the whole unit.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

__all__ = ["KINDS", "Message", "VenueMessage", "decode", "encode"]

Rsc = Annotated[str, Meta(min_length=34, max_length=34)]
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[^@]")]  # "@" is the head of a view
Instant = Annotated[int, Meta(ge=0, le=10**14)]  # ms since 1970-01-01T00:00Z; the year 5138 is beyond every schedule
Number = Annotated[int, Meta(ge=-(10**9), le=10**9)]
Serial = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Role = Literal["central", "results_desk", "primary_timing", "backup_timing", "operations", "management", "gateway"]


class Message(msgspec.Struct, tag_field="kind", frozen=True, omit_defaults=True, kw_only=True):
    """What every message has."""

    owner: ClassVar[Role] = "results_desk"  # the source role whose word counts first
    at: Instant = 0  # venue time, ms; part of the assertion: the same value said later is a message of its own


# -- central: what is planned and who takes part ------------------------------------------------------------------


class Venue(Message, frozen=True, kw_only=True, tag="venue"):
    """A venue exists."""

    owner: ClassVar[Role] = "central"
    code: Code
    name: str
    offset: Number = 0  # minutes east of UTC of its local time


class Discipline(Message, frozen=True, kw_only=True, tag="discipline"):
    """A discipline is on the programme."""

    owner: ClassVar[Role] = "central"
    code: Annotated[str, Meta(min_length=3, max_length=3)]
    name: str


class Event(Message, frozen=True, kw_only=True, tag="event"):
    """An event is on the programme."""

    owner: ClassVar[Role] = "central"
    event: Rsc
    name: str
    team: bool = False


class UnitScheduled(Message, frozen=True, kw_only=True, tag="schedule"):
    """A unit stands in the schedule; a later version replaces an earlier one."""

    owner: ClassVar[Role] = "central"
    unit: Rsc
    name: str = ""
    start: Instant | None = None  # ms, planned
    end: Instant | None = None  # ms, planned
    venue: str = ""
    location: str = ""
    day: str = ""  # sport day, YYYY-MM-DD; empty: the venue's local date of the end, a day ending at 03:00
    medal: Literal[0, 1, 2, 3] = 0  # 1 decides gold, 3 bronze (ODF UnitMedalType)
    status: Literal["SCHEDULED", "UNSCHEDULED", "DELAYED", "RESCHEDULED"] = "SCHEDULED"


class UnitStatus(Message, frozen=True, kw_only=True, tag="unit_status"):
    """What a unit is doing, in the words of the schedule."""

    owner: ClassVar[Role] = "results_desk"
    unit: Rsc
    status: Literal["GETTING_READY", "RUNNING", "SCHEDULED_BREAK", "INTERRUPTED", "DELAYED", "FINISHED"]


class UnitPostponed(Message, frozen=True, kw_only=True, tag="unit_postponed"):
    """A unit will not start as planned; without a start the new time is unknown."""

    owner: ClassVar[Role] = "central"
    unit: Rsc
    start: Instant | None = None
    end: Instant | None = None
    reason: str = ""


class UnitMoved(Message, frozen=True, kw_only=True, tag="unit_moved"):
    """A unit goes to another venue or location."""

    owner: ClassVar[Role] = "central"
    unit: Rsc
    venue: str
    location: str = ""
    reason: str = ""


class UnitCancelled(Message, frozen=True, kw_only=True, tag="unit_cancelled"):
    """A planned unit will not take place."""

    owner: ClassVar[Role] = "central"
    unit: Rsc
    reason: str = ""


class UnitNotHeld(Message, frozen=True, kw_only=True, tag="unit_not_held"):
    """A unit that the rules ask for is not contested (nobody left to contest it); medals follow without it."""

    owner: ClassVar[Role] = "results_desk"
    unit: Rsc
    reason: str = ""


class Organisation(Message, frozen=True, kw_only=True, tag="organisation"):
    """An organisation takes part."""

    owner: ClassVar[Role] = "central"
    code: Code
    name: str
    ranked: bool = True  # False: counted in the medal table, without a rank


class Participant(Message, frozen=True, kw_only=True, tag="participant"):
    """A person takes part."""

    owner: ClassVar[Role] = "central"
    code: Code
    name: str
    organisation: Code
    gender: Literal["M", "W", "X", ""] = ""
    birth_date: str = ""  # YYYY-MM-DD
    disciplines: tuple[str, ...] = ()


class Team(Message, frozen=True, kw_only=True, tag="team"):
    """A team, pair or group takes part."""

    owner: ClassVar[Role] = "central"
    code: Code
    name: str
    organisation: Code
    discipline: str = ""
    members: tuple[str, ...] = ()  # participant codes


class Entry(Message, frozen=True, kw_only=True, tag="entry"):
    """A participant is entered for an event."""

    owner: ClassVar[Role] = "central"
    event: Rsc
    participant: Code
    withdrawn: bool = False


class NameChanged(Message, frozen=True, kw_only=True, tag="name_changed"):
    """A participant's name is spelt anew."""

    owner: ClassVar[Role] = "central"
    participant: Code
    name: str


# -- results desk: who starts, who stands where, what is signed ---------------------------------------------------


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """One place in a draw: a participant, or where he will come from."""

    participant: Annotated[str, Meta(max_length=64, pattern="^([^@]|$)")] = ""
    place: Literal["", "TBD", "BYE"] = ""
    from_unit: str = ""
    takes: Literal["", "W", "L"] = ""  # the winner or the loser of from_unit


class Draw(Message, frozen=True, kw_only=True, tag="draw"):
    """The positions of a unit in a bracket, in order."""

    unit: Rsc
    positions: tuple[Position, ...]


class Starter(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a start list."""

    participant: Code
    order: Number | None = None  # start order, lane or side (1 home, 2 away)
    bib: str = ""


class StartList(Message, frozen=True, kw_only=True, tag="start_list"):
    """Who starts in a unit; a later list replaces an earlier one."""

    unit: Rsc
    starters: tuple[Starter, ...]


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a line-up."""

    participant: Code
    order: Number = 0
    role: str = ""
    bib: str = ""


class LineUp(Message, frozen=True, kw_only=True, tag="line_up"):
    """Who competes for a team in a unit."""

    unit: Rsc
    team: Code
    members: tuple[Member, ...]


class Substitution(Message, frozen=True, kw_only=True, tag="substitution"):
    """A member of a team is replaced during a unit."""

    unit: Rsc
    team: Code
    leaves: Code
    enters: Code
    ordinal: Number = 1


class ResultStatus(Message, frozen=True, kw_only=True, tag="result_status"):
    """How far a unit's result may be relied upon (ODF ResultStatus)."""

    unit: Rsc
    status: Literal[
        "START_LIST",
        "LIVE",
        "INTERMEDIATE",
        "UNCONFIRMED",
        "UNOFFICIAL",
        "OFFICIAL",
        "PROTESTED",
        "PROVISIONAL",
    ]


class Irm(Message, frozen=True, kw_only=True, tag="irm"):
    """An invalid result mark (DNS, DNF, DSQ, LAP, ...); an empty one lifts it."""

    unit: Rsc
    subject: Code
    irm: str
    reason: str = ""


class Qualification(Message, frozen=True, kw_only=True, tag="qualification"):
    """A qualification mark (Q, q, FA, ...); an empty one lifts it."""

    unit: Rsc
    subject: Code
    mark: str


class OrderDecided(Message, frozen=True, kw_only=True, tag="order_decided"):
    """Judges put participants in order; those of one group share their place.

    Without ``over_marks`` it only separates participants whose marks are equal or missing.
    """

    unit: Rsc
    order: tuple[tuple[Code, ...], ...]  # best first
    basis: Literal["photo_finish", "countback", "jury", "play_off", "finish_order", "rule", "dead_heat"]
    over_marks: bool = False
    ordinal: Number = 0  # several decisions of one unit count from 0
    reason: str = ""


class MatchDecided(Message, frozen=True, kw_only=True, tag="match_decided"):
    """A match is decided by something else than its score."""

    unit: Rsc
    winner: str  # participant code; empty: nobody wins
    basis: Literal["penalties", "criteria", "injury", "walkover", "disqualification", "referee", "retired", "rule"]
    reason: str = ""


class ProtestLodged(Message, frozen=True, kw_only=True, tag="protest_lodged"):
    """Somebody protests against a result."""

    unit: Rsc
    protest: Code  # identifies the protest
    by: str = ""
    text: str = ""


class ProtestClosed(Message, frozen=True, kw_only=True, tag="protest_closed"):
    """A protest has its answer."""

    unit: Rsc
    protest: Code
    outcome: Literal["upheld", "denied", "withdrawn"]
    text: str = ""


class ParticipantReplaced(Message, frozen=True, kw_only=True, tag="participant_replaced"):
    """A participant takes another's place in a unit, whatever an earlier result gave."""

    owner: ClassVar[Role] = "operations"
    unit: Rsc
    leaves: Code
    enters: Code
    reason: str = ""


class MedalDecision(Message, frozen=True, kw_only=True, tag="medal_decision"):
    """A participant's medal in an event is decided from outside the rules of the result.

    ``award`` gives the medal that the result alone gives or another one, ``strip`` takes it, ``review`` leaves it and
    shows it as under review, ``vacant`` leaves the place empty.
    """

    owner: ClassVar[Role] = "operations"
    event: Rsc
    subject: Code
    decision: Literal["award", "strip", "review", "vacant"]
    medal: Literal["", "ME_GOLD", "ME_SILVER", "ME_BRONZE"] = ""
    reason: str = ""
    reference: str = ""


# -- timing and scoring -------------------------------------------------------------------------------------------


class Start(Message, frozen=True, kw_only=True, tag="start"):
    """A unit is under way."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc


class Split(Message, frozen=True, kw_only=True, tag="split"):
    """An intermediate time."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code
    ordinal: Number  # timing point
    mark: str


class Lap(Message, frozen=True, kw_only=True, tag="lap"):
    """A lap is complete."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code
    ordinal: Number
    mark: str


class Finish(Message, frozen=True, kw_only=True, tag="finish"):
    """A participant finishes, with a time, or with a place in the order of finishing, or with neither."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code
    mark: str = ""
    place: Number | None = None  # order of crossing the line, equal ones share it


class Elimination(Message, frozen=True, kw_only=True, tag="elimination"):
    """A participant is out of an elimination race, and leaves it with this place."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code
    place: Number


class Attempt(Message, frozen=True, kw_only=True, tag="attempt"):
    """A jump or throw: a mark, or none where it failed or was passed."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code
    ordinal: Number
    mark: str = ""
    outcome: Literal["valid", "failed", "passed"] = "valid"
    wind: str = ""  # m/s, signed


class Height(Message, frozen=True, kw_only=True, tag="height"):
    """All jumps of a participant at one height so far: "o" cleared, "x" failed, "-" passed."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code
    ordinal: Number  # height in mm
    jumps: Annotated[str, Meta(pattern="^[ox-]{1,3}$")]


class Shot(Message, frozen=True, kw_only=True, tag="shot"):
    """A shot, arrow or series."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code
    ordinal: Number
    mark: str
    inner: Number = 0  # inner tens or Xs in it


class ShootOff(Message, frozen=True, kw_only=True, tag="shoot_off"):
    """A shot that breaks a tie."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code
    ordinal: Number
    mark: str


class LiftDeclared(Message, frozen=True, kw_only=True, tag="lift_declared"):
    """The weight that a lifter asks for."""

    owner: ClassVar[Role] = "results_desk"
    unit: Rsc
    subject: Code
    ordinal: Number  # 1-3 snatch, 4-6 clean and jerk
    weight: str  # kg


class LiftJudged(Message, frozen=True, kw_only=True, tag="lift_judged"):
    """A lift, as judged."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code
    ordinal: Number  # 1-3 snatch, 4-6 clean and jerk
    weight: str  # kg
    good: bool


class Bodyweight(Message, frozen=True, kw_only=True, tag="bodyweight"):
    """A weigh-in."""

    unit: Rsc
    subject: Code
    weight: str  # kg


class JudgeMark(Message, frozen=True, kw_only=True, tag="judge_mark"):
    """One judge's mark for one component of one performance."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code
    ordinal: Number  # performance (dive, run, routine) from 1
    judge: Code
    component: str = ""
    mark: str


class Score(Message, frozen=True, kw_only=True, tag="score"):
    """A score of a participant: of one round, run or part (ordinal), or of the whole unit (0)."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code
    ordinal: Number = 0
    mark: str


class ScoreAdjusted(Message, frozen=True, kw_only=True, tag="score_adjusted"):
    """Points or time given or taken beside what was scored; the sign is that of the change."""

    unit: Rsc
    subject: Code
    ordinal: Number = 1
    amount: str
    basis: Literal["redress", "deduction", "penalty"]
    reason: str = ""


class Point(Message, frozen=True, kw_only=True, tag="point"):
    """One point, goal or hit in a match."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    subject: Code  # the side that scored
    ordinal: Number
    worth: Number = 1
    by: str = ""  # participant code
    clock: str = ""


class Period(Message, frozen=True, kw_only=True, tag="period"):
    """The score of one period, set, round or end of a match so far: points by side."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    ordinal: Number
    scores: dict[Code, str]


class Wind(Message, frozen=True, kw_only=True, tag="wind"):
    """The wind of a race, m/s."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    speed: str


class Clock(Message, frozen=True, kw_only=True, tag="clock"):
    """The running clock of a unit."""

    owner: ClassVar[Role] = "primary_timing"
    unit: Rsc
    time: str
    period: str = ""
    running: bool = True


# -- records, the venue, corrections, the link --------------------------------------------------------------------


class RecordLoaded(Message, frozen=True, kw_only=True, tag="record_loaded"):
    """A record that stood before the Games."""

    owner: ClassVar[Role] = "central"
    event: Rsc
    type: Code  # WR, OR, ...
    mark: str
    holder: str = ""
    date: str = ""
    place: str = ""


class RecordClaimed(Message, frozen=True, kw_only=True, tag="record_claimed"):
    """A performance is said to be a record."""

    unit: Rsc
    subject: Code
    type: Code
    mark: str
    equalled: bool = False


class RecordRatified(Message, frozen=True, kw_only=True, tag="record_ratified"):
    """A claimed record is confirmed or refused."""

    unit: Rsc
    subject: Code
    type: Code
    ratified: bool


class Correction(Message, frozen=True, kw_only=True, tag="correction"):
    """What an earlier message should have said."""

    target: Code  # source/session/serial
    unit: str  # the unit or event that the target is about
    message: msgspec.Raw  # the message as it should have been, its own at included
    reason: str = ""


class Retraction(Message, frozen=True, kw_only=True, tag="retraction"):
    """An earlier message is void."""

    target: Code  # source/session/serial
    unit: str  # the unit or event that the target is about
    reason: str = ""


class VenueOn(Message, frozen=True, kw_only=True, tag="venue_on"):
    """Transmission from a venue begins."""

    venue: Code
    discipline: str = ""


class VenueOff(Message, frozen=True, kw_only=True, tag="venue_off"):
    """Transmission from a venue ends."""

    venue: Code
    discipline: str = ""


class Communication(Message, frozen=True, kw_only=True, tag="communication"):
    """A notice to everybody."""

    discipline: Code
    number: Code
    title: str
    text: str = ""


class Weather(Message, frozen=True, kw_only=True, tag="weather"):
    """Conditions at a venue."""

    venue: Code
    point: str = ""
    condition: str = ""
    temperature: str = ""  # degrees Celsius
    humidity: str = ""  # percent
    wind: str = ""  # m/s
    wind_direction: str = ""


class Heartbeat(Message, frozen=True, kw_only=True, tag="heartbeat"):
    """The source is alive and has nothing to say."""


class SourceConnected(Message, frozen=True, kw_only=True, tag="source_connected"):
    """The gateway saw a source connect."""

    owner: ClassVar[Role] = "gateway"
    source: Code
    session: str = ""
    peer: str = ""


class SourceDisconnected(Message, frozen=True, kw_only=True, tag="source_disconnected"):
    """The gateway saw a source go."""

    owner: ClassVar[Role] = "gateway"
    source: Code
    session: str = ""
    reason: str = ""


class SourceSilent(Message, frozen=True, kw_only=True, tag="source_silent"):
    """A source has said nothing for longer than agreed."""

    owner: ClassVar[Role] = "gateway"
    source: Code
    since: Instant  # ms, log time of its last message


class SourceReturned(Message, frozen=True, kw_only=True, tag="source_returned"):
    """A silent source speaks again."""

    owner: ClassVar[Role] = "gateway"
    source: Code


class SerialsLost(Message, frozen=True, kw_only=True, tag="serials_lost"):
    """Serials of a session will never come; written in the source's own stream in place of the last of them."""

    owner: ClassVar[Role] = "gateway"
    session: str
    first: Serial
    last: Serial
    by: str = ""  # the sender, or the operator who said so


class SerialsHealed(Message, frozen=True, kw_only=True, tag="serials_healed"):
    """Serials that were declared lost have come after all."""

    owner: ClassVar[Role] = "gateway"
    session: str
    first: Serial
    last: Serial


KINDS: dict[str, type[Message]] = {
    str(cls.__struct_config__.tag): cls for cls in Message.__subclasses__()
}  # kind -> type, in the order above

VenueMessage = (
    Venue
    | Discipline
    | Event
    | UnitScheduled
    | UnitStatus
    | UnitPostponed
    | UnitMoved
    | UnitCancelled
    | UnitNotHeld
    | Organisation
    | Participant
    | Team
    | Entry
    | NameChanged
    | Draw
    | StartList
    | LineUp
    | Substitution
    | ResultStatus
    | Irm
    | Qualification
    | OrderDecided
    | MatchDecided
    | ProtestLodged
    | ProtestClosed
    | ParticipantReplaced
    | MedalDecision
    | Start
    | Split
    | Lap
    | Finish
    | Elimination
    | Attempt
    | Height
    | Shot
    | ShootOff
    | LiftDeclared
    | LiftJudged
    | Bodyweight
    | JudgeMark
    | Score
    | ScoreAdjusted
    | Point
    | Period
    | Wind
    | Clock
    | RecordLoaded
    | RecordClaimed
    | RecordRatified
    | Correction
    | Retraction
    | VenueOn
    | VenueOff
    | Communication
    | Weather
    | Heartbeat
    | SourceConnected
    | SourceDisconnected
    | SourceSilent
    | SourceReturned
    | SerialsLost
    | SerialsHealed
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[VenueMessage] = msgspec.json.Decoder(VenueMessage)


def encode(message: Message) -> bytes:
    """Return the JSON bytes of a message."""
    return _encoder.encode(message)


def decode(raw: bytes) -> VenueMessage:
    """Return the message that bytes hold.

    Raises ``msgspec.DecodeError`` or ``msgspec.ValidationError``, naming the place (``$.unit``).
    """
    return _decoder.decode(raw)
