"""The rows of the views: what subscribers get, in codes; names are joined by whoever renders.

A view is a document of keyed rows. Its name is ``kind/id``; every RSC in it has its 34 characters. The row with the key
``@`` holds what is true of the whole document. A field with its default value is left out on the wire. All fields are
content; revision, sequence, cut and causes travel beside a row.
"""

from __future__ import annotations

import msgspec

__all__ = [
    "HEAD",
    "ROW_TYPES",
    "AthleteRow",
    "CorrectionRow",
    "CurrentRow",
    "EntryRow",
    "EventHead",
    "EventUnitRow",
    "MedalTableRow",
    "MedallistRow",
    "NoticeRow",
    "OrganisationRow",
    "ParticipantRow",
    "PhaseRow",
    "RankingRow",
    "RecordRow",
    "ResultHead",
    "ResultRow",
    "Row",
    "ScheduleRow",
    "StartRow",
    "StatusRow",
    "TeamRow",
    "VenueRow",
    "WeatherRow",
]

HEAD = "@"


class Row(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What every row has."""

    reason: str = ""  # of its last correction


class ResultHead(Row, frozen=True, omit_defaults=True, kw_only=True):
    """What is true of a whole unit, phase or total: key ``@`` of result, cumulative and phase views."""

    unit: str
    status: str = ""  # ODF ResultStatus; empty before a start list
    model: str = ""
    decimals: int = 0
    wind: str = ""
    clock: str = ""
    period: str = ""
    decided_by: tuple[str, ...] = ()  # the bases of the decisions that ordered it beside its marks
    undecided: int = 0  # rows whose rank waits for a decision
    pending: int = 0  # corrections, retractions and decisions whose target is not known yet
    protests: int = 0  # open
    incomplete: tuple[str, ...] = ()  # serials that are missing: source/session/first-last


class ResultRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """One participant in a unit, a total or a phase: result/{unit}, cumulative/{code}."""

    participant: str
    order: int | None = None  # start order, lane or side
    bib: str = ""
    rank: int | None = None
    tied: bool = False  # shares its rank
    undecided: bool = False  # equal to another, and no decision has come
    sort: int = 0  # 1 is the first line; unique
    mark: str = ""  # as shown
    irm: str = ""
    wlt: str = ""  # W, L or T
    gap: str = ""  # behind the leader: "+0.33"
    qualification: str = ""
    parts: dict[str, str] = {}  # attempts, splits, periods, rounds, or the parts of a total, as shown


class PhaseRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """One participant over all units of a phase: phase/{phase}."""

    participant: str
    unit: str
    rank: int | None = None
    tied: bool = False
    mark: str = ""
    irm: str = ""
    unit_rank: int | None = None
    qualification: str = ""


class StartRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """One line of startlist/{unit}."""

    participant: str
    order: int | None = None
    bib: str = ""
    place: str = ""  # TBD or BYE where nobody is known yet
    from_unit: str = ""
    takes: str = ""  # W or L of from_unit
    members: tuple[str, ...] = ()


class EntryRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """One entry of entries/{event}."""

    participant: str
    withdrawn: bool = False


class RankingRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """One place of ranking/{event}."""

    participant: str
    rank: int | None = None
    tied: bool = False
    mark: str = ""
    irm: str = ""
    unit: str = ""  # where the place was decided


class EventHead(Row, frozen=True, omit_defaults=True, kw_only=True):
    """Key ``@`` of event/{event}."""

    event: str
    name: str = ""
    discipline: str = ""
    state: str = "SCHEDULED"  # SCHEDULED, RUNNING, FINISHED: its medals are decided
    day: str = ""  # the sport day of its medals


class EventUnitRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """A unit of event/{event}."""

    unit: str
    status: str = ""
    schedule: str = ""


class MedallistRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """medallists/{event} by participant; medallists/discipline/{d} and medallists/day/{date} by event/participant."""

    participant: str
    event: str
    medal: str  # ME_GOLD, ME_SILVER, ME_BRONZE
    day: str = ""  # sport day
    unit: str = ""  # where it was decided
    state: str = ""  # empty: awarded; under_review, reallocated
    organisation: str = ""


class MedalTableRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """One organisation of medals/table, medals/discipline/{d}, medals/day/{date}."""

    organisation: str
    rank: int | None = None  # by gold, silver, bronze; None: counted, unranked
    tied: bool = False
    sort: int = 0
    rank_total: int | None = None  # by total
    tied_total: bool = False
    sort_total: int = 0
    gold: int = 0
    silver: int = 0
    bronze: int = 0
    total: int = 0
    men: tuple[int, int, int] = (0, 0, 0)  # gold, silver, bronze
    women: tuple[int, int, int] = (0, 0, 0)
    mixed: tuple[int, int, int] = (0, 0, 0)
    open: tuple[int, int, int] = (0, 0, 0)


class ScheduleRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """A unit of schedule/{discipline} and schedule/day/{date}."""

    unit: str
    name: str = ""
    start: int | None = None  # ms, planned
    end: int | None = None
    started: int | None = None  # ms, actual
    venue: str = ""
    location: str = ""
    day: str = ""
    medal: int = 0
    status: str = "SCHEDULED"  # ODF ScheduleStatus, and NOT_HELD
    result: str = ""  # ODF ResultStatus


class CurrentRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """A unit under way: current/{venue}."""

    unit: str
    status: str
    name: str = ""
    started: int | None = None


class ParticipantRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """participants/{discipline}."""

    code: str
    name: str
    organisation: str
    gender: str = ""
    birth_date: str = ""
    events: tuple[str, ...] = ()


class TeamRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """teams/{discipline}."""

    code: str
    name: str
    organisation: str
    members: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


class AthleteRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """athlete/{code}: key ``@`` the person or team, further keys its medals by event."""

    code: str = ""
    name: str = ""
    organisation: str = ""
    gender: str = ""
    birth_date: str = ""
    team: bool = False
    members: tuple[str, ...] = ()
    disciplines: tuple[str, ...] = ()
    event: str = ""
    medal: str = ""


class OrganisationRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """organisations, and key ``@`` of org/{code}."""

    code: str
    name: str = ""
    ranked: bool = True


class VenueRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """venues."""

    code: str
    name: str
    offset: int = 0


class WeatherRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """weather/{venue} by point."""

    point: str = ""
    condition: str = ""
    temperature: str = ""
    humidity: str = ""
    wind: str = ""
    wind_direction: str = ""
    at: int = 0


class NoticeRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """notices/{discipline} by number."""

    number: str
    title: str
    text: str = ""
    at: int = 0


class RecordRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """records/{discipline} by event/type."""

    event: str
    type: str
    mark: str
    holder: str = ""
    date: str = ""
    place: str = ""
    unit: str = ""  # where it was set at these Games
    equalled: bool = False
    state: str = ""  # empty: stood before the Games; claimed, ratified


class CorrectionRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """corrections/{discipline} by the name of the message that corrected."""

    unit: str
    subject: str = ""
    kind: str = ""  # of what was corrected
    was: str = ""
    now: str = ""
    target: str = ""  # source/session/serial
    at: int = 0
    state: str = "applied"  # or pending: the target is not known yet


class StatusRow(Row, frozen=True, omit_defaults=True, kw_only=True):
    """status/{venue} by source, status/undecoded by message: operational, outside content."""

    source: str
    connected: bool = False
    silent: bool = False
    since: int = 0
    lost: tuple[str, ...] = ()
    why: str = ""  # a message could not be decoded


ROW_TYPES: dict[str, tuple[type[Row], ...]] = {  # view kind -> the types of its rows, the head first
    "startlist": (StartRow,),
    "result": (ResultHead, ResultRow),
    "cumulative": (ResultHead, ResultRow),
    "phase": (ResultHead, PhaseRow),
    "entries": (EntryRow,),
    "ranking": (RankingRow,),
    "event": (EventHead, EventUnitRow),
    "medallists": (MedallistRow,),
    "medals": (MedalTableRow,),
    "schedule": (ScheduleRow,),
    "current": (CurrentRow,),
    "participants": (ParticipantRow,),
    "teams": (TeamRow,),
    "athlete": (AthleteRow,),
    "org": (OrganisationRow, MedallistRow),
    "organisations": (OrganisationRow,),
    "venues": (VenueRow,),
    "weather": (WeatherRow,),
    "notices": (NoticeRow,),
    "records": (RecordRow,),
    "corrections": (CorrectionRow,),
    "status": (StatusRow,),
}
