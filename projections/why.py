"""Why a row is what it is: from the row to the rows that decide it, to the raw messages behind those."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from projections.entries import Entry, Name, Said, write_name
from projections.fold import Fold
from projections.unit import Line, Unit, shown
from schemas import messages as m
from schemas.views import (
    AthleteRow,
    CorrectionRow,
    CurrentRow,
    EntryRow,
    EventHead,
    EventUnitRow,
    MedallistRow,
    NoticeRow,
    OrganisationRow,
    ParticipantRow,
    PhaseRow,
    RankingRow,
    RecordRow,
    ResultHead,
    ResultRow,
    Row,
    ScheduleRow,
    StartRow,
    TeamRow,
    VenueRow,
    WeatherRow,
)

__all__ = ["Reason", "UnexplainedError", "explain"]

_DECISIVE = (m.ResultStatus, m.OrderDecided, m.MatchDecided, m.UnitNotHeld)


class UnexplainedError(LookupError):
    """There is no such row, or nothing is known of it."""

    def __init__(self, view: str, key: str) -> None:
        super().__init__(f"no row {key!r} in {view}")
        self.view = view
        self.key = key


class Reason(msgspec.Struct, omit_defaults=True):
    """One node of the tree."""

    what: str  # view and key, or kind of message
    says: str = ""
    raw: list[str] = []  # names of the raw messages that said it
    because: list[Reason] = []


def explain(fold: Fold, view: str, key: str, *, whole: bool = False) -> Reason:
    """Return why a row is what it is; ``whole`` adds what did not decide it.

    Raises ``UnexplainedError``.
    """
    kind, _, rest = view.partition("/")
    if kind == "medals":
        return _medals(fold, view, key, whole=whole)
    row = fold.row(view, key)
    match row:
        case None:
            raise UnexplainedError(view, key)
        case MedallistRow():
            return _medal(fold, row.event, row.participant, whole=whole)
        case AthleteRow() if row.event:
            return _medal(fold, row.event, rest, whole=whole)
        case RankingRow() if row.participant in fold.spanning.medallists.get(rest, {}):
            return _medal(fold, rest, row.participant, whole=whole)
        case RankingRow() | PhaseRow():
            return _result(fold, row.unit, row.participant, whole=whole)
        case ResultRow():
            return _result(fold, rest, key, whole=whole)
        case CorrectionRow():
            target = Reason("target", row.was, [row.target])
            return Reason(f"{view} {key}", row.now, [key], [target])
    reason = Reason(f"{view} {key}")
    entries = list(_said(fold, view, key, row))
    counting = [entry for entry in entries if entry.void is None]
    for entry in entries if whole or not counting else counting:  # a row may be there only because all was retracted
        reason.because += _messages(entry, whole=whole)
    return reason


def _messages(entry: Entry, *, whole: bool) -> list[Reason]:
    kind = str(type(entry.message).__struct_config__.tag)
    names = [write_name(name) for name in (entry.name, *entry.also)]
    reasons = [Reason(f"{kind}", shown(entry.message), names if whole else names[:1])]
    if whole:
        for other in sorted(entry.others, key=_turn):
            state = "retracted" if other.void else "overruled"
            reasons.append(Reason(f"{kind}, {state}", shown(other.message), [write_name(other.name)]))
    return reasons


def _turn(entry: Entry) -> tuple[int, Name]:
    return entry.message.at, entry.name


def _in_turn(said: Said) -> list[Entry]:
    """Return what was said by its venue time: the same however the sources came in."""
    return sorted(said.values(), key=_turn)


def _line(unit: Unit, line: Line, *, whole: bool) -> list[Reason]:
    reasons: list[Reason] = []
    for entry in _in_turn(line.said):
        if entry.void is None or whole:
            reasons += _messages(entry, whole=whole)
    for entry in _in_turn(unit.said):
        message = entry.message
        mine = isinstance(message, _DECISIVE) or (isinstance(message, m.Period) and line.participant in message.scores)
        if isinstance(message, m.OrderDecided) and not any(line.participant in group for group in message.order):
            mine = False
        if (mine and entry.void is None) or whole:
            reasons += _messages(entry, whole=whole)
    return reasons


def _result(fold: Fold, code: str, participant: str, *, whole: bool) -> Reason:
    unit = fold.disciplines[code[:3]].state.units[code]
    line = unit.lines[participant]
    rank = f"rank {line.rank}" if line.rank else line.wlt or line.irm or "no rank"
    reason = Reason(
        f"{'cumulative' if unit.total else 'result'}/{code} {participant}", f"{rank} {line.worth.mark}".strip()
    )
    for part in line.parts if unit.total else ():
        reason.because.append(_result(fold, part, participant, whole=whole))
    reason.because += _line(unit, line, whole=whole)
    return reason


def _medal(fold: Fold, event: str, participant: str, *, whole: bool) -> Reason:
    row = fold.spanning.medallists[event][participant]
    state = f", {row.state}" if row.state else ""
    reason = Reason(f"medallists/{event} {participant}", f"{row.medal}{state}")
    discipline = fold.disciplines[event[:3]].state
    unit = discipline.units.get(row.unit)
    if unit is not None and participant in unit.lines:  # a medal may be awarded to somebody who was not there
        reason.because.append(_result(fold, row.unit, participant, whole=whole))
    decision = discipline.events[event].said.get(f"medal_decision:{participant}")
    if decision is not None and decision.void is None:
        reason.because += _messages(decision, whole=whole)
    return reason


def _medals(fold: Fold, view: str, organisation: str, *, whole: bool) -> Reason:
    kind, _, what = view.removeprefix("medals/").partition("/")
    reason = Reason(f"{view} {organisation}")
    order = {"ME_GOLD": 0, "ME_SILVER": 1, "ME_BRONZE": 2}
    rows: list[MedallistRow] = [
        row
        for held in fold.spanning.medallists.values()
        for row in held.values()
        if fold.spanning.organisation.get(row.participant) == organisation
        and (kind == "table" or (row.event[:3] == what if kind == "discipline" else row.day == what))
    ]
    if not rows:
        raise UnexplainedError(view, organisation)
    for row in sorted(rows, key=lambda one: (order[one.medal], one.day, one.event, one.participant)):
        reason.because.append(_medal(fold, row.event, row.participant, whole=whole))
    counts = [sum(row.medal == medal for row in rows) for medal in order]
    reason.says = f"{counts[0]} gold, {counts[1]} silver, {counts[2]} bronze"
    if whole:
        for row in rows:
            for entry in _person(fold, row.participant):
                reason.because += _messages(entry, whole=whole)
    return reason


def _said(fold: Fold, view: str, key: str, row: Row) -> Iterator[Entry]:
    """Yield what was said about what a row shows as it was said."""
    rest = view.partition("/")[2]
    people = fold.people.state.said
    match row:
        case ScheduleRow() | CurrentRow() | EventUnitRow():
            yield from _about(fold, key)
        case ResultHead():
            yield from _about(fold, rest)
        case StartRow():
            unit = fold.disciplines[rest[:3]].state.units[rest]
            yield from (e for e in _in_turn(unit.said) if isinstance(e.message, _LISTING))
            yield from _in_turn(unit.lines[key].said) if key in unit.lines else ()
        case EventHead():
            event = fold.disciplines[rest[:3]].state.events[rest]
            yield from (entry for identity, entry in event.said.items() if identity == "event")
            for code in event.units:
                yield from _about(fold, code)
        case EntryRow():
            yield fold.disciplines[rest[:3]].state.events[rest].said[f"entry:{key}"]
        case NoticeRow():
            yield fold.disciplines[rest].state.said[f"communication:{key}"]
        case RecordRow():
            discipline = fold.disciplines[rest].state
            for entry in (*_in_turn(discipline.said), *_in_turn(discipline.events[row.event].said)):
                message = entry.message
                same = isinstance(message, _RECORDS) and message.type == row.type
                if same and getattr(message, "unit", "") == row.unit:
                    yield entry
        case WeatherRow():
            yield people[f"weather:{rest}:{row.point}"]
        case VenueRow() | OrganisationRow():
            yield people[f"{'venue' if isinstance(row, VenueRow) else 'organisation'}:{row.code}"]
        case AthleteRow() | ParticipantRow() | TeamRow():
            yield from _person(fold, row.code)
            for code in getattr(row, "events", ()):
                yield fold.disciplines[code[:3]].state.events[code].said[f"entry:{row.code}"]


_LISTING = (m.StartList, m.Draw, m.ParticipantReplaced)
_RECORDS = (m.RecordLoaded, m.RecordClaimed, m.RecordRatified)


def _about(fold: Fold, code: str) -> Iterator[Entry]:
    """Yield what was said of a unit itself; where that is nothing, of its participants, and of the parts of a total."""
    unit = fold.disciplines[code[:3]].state.units[code]
    yield from _in_turn(unit.said)
    if not unit.said:
        yield from (entry for _, line in sorted(unit.lines.items()) for entry in _in_turn(line.said))
        yield from (entry for _, entry in unit.pending)
        for part in dict.fromkeys(part for line in unit.lines.values() for part in line.parts):
            yield from _about(fold, part)


def _person(fold: Fold, code: str) -> Iterator[Entry]:
    for kind in ("participant", "team", "name_changed"):
        entry = fold.people.state.said.get(f"{kind}:{code}")
        if entry is not None:
            yield entry
