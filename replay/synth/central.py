"""What the central system says before the Games: venues, disciplines, events, people, entries and the schedule."""

from __future__ import annotations

from typing import NamedTuple

from projections.marks import format_value
from replay.synth.book import Book
from replay.synth.people import People
from replay.synth.plan import MINUTE, EventPlan, UnitPlan
from replay.synth.tasks.timed import Timed
from schemas import messages as m

__all__ = ["CENTRAL", "VenuePlan", "announce", "announce_changes"]

CENTRAL = "central"
_STEP = 12  # ms between two messages


class VenuePlan(NamedTuple):
    """An invented venue."""

    code: str
    name: str


class _Teller:
    """Says one thing after the other."""

    def __init__(self, book: Book, at: int) -> None:
        self.book = book
        self.at = at

    def __call__(self, message: m.Message) -> None:
        self.at += _STEP
        self.book.say(CENTRAL, self.at, message)


def announce(
    book: Book,
    people: People,
    events: list[EventPlan],
    *,
    names: dict[str, str],
    venues: list[VenuePlan],
    offset: int,
    at: int,
    slots: range,
) -> None:
    """Say all that is planned; ``at`` is when it begins, ``slots`` are the half-days of the archive."""
    tell = _Teller(book, at)
    tell.book.say(CENTRAL, at, m.Heartbeat())
    for venue in venues:
        tell(m.Venue(code=venue.code, name=venue.name, offset=offset))
    for code in dict.fromkeys(event.discipline for event in events):
        tell(m.Discipline(code=code, name=names[code]))
    for nation in people.nations:
        tell(m.Organisation(code=nation.code, name=nation.name, ranked=nation.ranked))
    for event in events:
        tell(m.Event(event=event.code, name=event.name, team=bool(event.members)))
    late = _late(events, slots)
    for athlete in _athletes(people, events):
        if athlete not in late:
            tell(_participant(people, athlete))
    for code in dict.fromkeys(entrant.code for event in events if event.members for entrant in event.entries):
        team = people.teams[code]
        tell(
            m.Team(
                code=code,
                name=team.name,
                organisation=team.organisation,
                discipline=team.discipline,
                members=team.members,
            )
        )
    for event in events:
        for entrant in event.entries:
            tell(m.Entry(event=event.code, participant=entrant.code))
        _withdraw(tell, people, event)
    for event in events:
        for stage in event.stages:
            for unit in stage.units:
                tell(_scheduled(unit))
        _load_records(tell, event)


def announce_changes(book: Book, people: People, events: list[EventPlan], slots: range) -> None:
    """Say what changes in the plan of the given half-days: units postponed and moved, people late or spelt anew."""
    for code, unit in _late(events, slots).items():
        book.count("late_participant")
        book.say(CENTRAL, unit.start + (unit.minutes + 15) * MINUTE, _participant(people, code))
    for event in events:
        for stage in event.stages:
            if stage.slot not in slots:
                continue
            for unit in stage.units:
                if "postponed" in unit.quirks:
                    end = unit.start + unit.minutes * MINUTE
                    said: m.Message = m.UnitPostponed(unit=unit.code, start=unit.start, end=end, reason="weather")
                    book.say(CENTRAL, unit.start - 75 * MINUTE, said)
                    book.count("postponed")
                if "moved" in unit.quirks:
                    said = m.UnitMoved(unit=unit.code, venue=unit.venue, location=unit.location, reason="maintenance")
                    book.say(CENTRAL, unit.start - 70 * MINUTE, said)
                    book.count("moved")
                if "name_changed" in unit.quirks:
                    code = event.entries[0].code
                    name = people.athletes[code].name.replace("A", "Á", 1)
                    book.say(CENTRAL, unit.start - 40 * MINUTE, m.NameChanged(participant=code, name=name))
                    book.count("name_changed")


def _athletes(people: People, events: list[EventPlan]) -> list[str]:
    codes: dict[str, None] = {}
    for event in events:
        for entrant in event.entries:
            for code in entrant.members or (entrant.code,):
                codes[code] = None
    return [code for code in people.athletes if code in codes]


def _late(events: list[EventPlan], slots: range) -> dict[str, UnitPlan]:
    """Return who is announced only after a unit in which he competed."""
    late: dict[str, UnitPlan] = {}
    for event in events:
        for unit in () if event.stages[0].slot not in slots else event.stages[0].units:
            if "late_participant" in unit.quirks:
                late[event.entries[len(event.entries) // 2].code] = unit
    return late


def _participant(people: People, code: str) -> m.Participant:
    _, name, organisation, gender, born, discipline = people.athletes[code]
    return m.Participant(
        code=code,
        name=name,
        organisation=organisation,
        gender=gender,  # type: ignore[arg-type]
        birth_date=born,
        disciplines=(discipline,),
    )


def _withdraw(tell: _Teller, people: People, event: EventPlan) -> None:
    """Enter somebody who then does not come."""
    if any("withdrawn" in unit.quirks for unit in event.stages[0].units):
        code = people.reserve(event)
        tell(_participant(people, code))
        tell(m.Entry(event=event.code, participant=code))
        tell(m.Entry(event=event.code, participant=code, withdrawn=True))
        tell.book.count("withdrawn")


def _scheduled(unit: UnitPlan) -> m.UnitScheduled:
    start = unit.start - (40 * MINUTE if "postponed" in unit.quirks else 0)
    location = unit.location + "B" if "moved" in unit.quirks else unit.location
    return m.UnitScheduled(
        unit=unit.code,
        name=unit.name,
        start=start,
        end=start + unit.minutes * MINUTE,
        venue=unit.venue,
        location=location,
        medal=unit.medal,  # type: ignore[arg-type]
    )


def _load_records(tell: _Teller, event: EventPlan) -> None:
    """Say the records that stand: in races, of which the better one will hardly fall."""
    task = event.stages[-1].units[0].task
    if isinstance(task, Timed) and task.model == "timed":
        step = 10 ** (3 - task.decimals)
        for kind, share in (("WR", 985), ("OR", 1004)):
            mark = format_value(task.base * share // 1000 // step, task.decimals, clock=True)
            tell(m.RecordLoaded(event=event.code, type=kind, mark=mark, holder="", date="2028-07-30", place="Axoria"))
