"""The importer: a folder of the data set in, the raw messages of its Games out.

Deterministic: the same folder gives the same messages, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from engine.sports import load_sports
from replay.archive import VERSION, Header, Message
from replay.paris2024.adjudications import say_adjudications
from replay.paris2024.entries import people, read_organisations
from replay.paris2024.files import milliseconds
from replay.paris2024.outbox import Outbox
from replay.paris2024.plan import EventKey, Planned, Slot, events_of, plan_units, read_slots, total_parts
from replay.paris2024.programme import Session, read_sessions, say_programme
from replay.paris2024.report import Report
from replay.paris2024.results import Unit, read_units
from replay.paris2024.scene import Scene, Venue
from replay.paris2024.times import clock_units
from replay.paris2024.totals import list_given, points_races, say_total, total_rule
from replay.paris2024.venue import say_unit
from schemas import messages as m
from schemas.games import Games
from schemas.sport import UnitRule

__all__ = ["GAMES", "Imported", "import_paris2024"]

GAMES = Games(code="OG2024", name="Paris 2024", offset=120, day_ends=3)
TAHITI = ("TAH", -600)  # minutes east of UTC; all other venues have the Games' own time
OPENED = milliseconds("2024-07-01T10:00:00+02:00")  # when the central source begins to speak
STEP = 20  # ms between two messages of a bulk


class Imported(NamedTuple):
    """What an import gives."""

    header: Header
    messages: Iterator[Message]
    report: Report


def import_paris2024(folder: Path) -> Imported:
    """Return header, messages in the order of log time, and the report.

    Raises ``BadInputError``, which names the file and the line.
    """
    sports = load_sports()
    units = read_units(folder)
    units.update(points_races(units, sports))
    events = events_of(units.values())
    slots, sessions = read_slots(folder, events), read_sessions(folder)
    plans = plan_units(units, slots, sports)
    totals = {code: parts for code, unit in units.items() if (parts := total_parts(unit, units, sports[code[:3]]))}
    clock = clock_units(units, plans, sports, totals)
    scene = Scene(
        out=Outbox(GAMES),
        report=Report(units=len(units), rows=sum(len(unit.rows) for unit in units.values()), shifts=clock.shifts),
        sports=sports,
        units=units,
        slots=slots,
        plans=plans,
        totals=totals,
        times=clock.times,
        venues=_venues(units, plans, slots),
    )
    _say_central(scene, folder, events, sessions)
    say_programme(scene, sessions)
    _say_units(scene)
    say_adjudications(scene)
    _describe(scene)
    header = Header(podium=VERSION, games=GAMES, made_by="podium import paris2024", synthetic=False)
    return Imported(header, scene.out.drain(), scene.report)


def _venues(units: Mapping[str, Unit], plans: Mapping[str, Planned], slots: Sequence[Slot]) -> dict[str, Venue]:
    """Return who speaks for each unit; where neither plan nor result names a venue, that of its event."""
    codes = {slot.venue_name: slot.venue for slot in slots}
    found: dict[str, str] = {}
    for code, unit in units.items():
        plan = plans.get(code)
        venue = plan.venue if plan else codes.get(unit.venue, "")
        if venue:
            found[code] = venue
    by_event = {code[:22]: venue for code, venue in found.items()}
    return {code: Venue(found.get(code) or by_event.get(code[:22], "GMS"), code[:3]) for code in units}


def _say_central(scene: Scene, folder: Path, events: Mapping[EventKey, str], sessions: Sequence[Session]) -> None:
    """Say what there is: venues, disciplines, events, organisations, participants, teams, entries."""
    names = {session.venue: session.venue_name for session in sessions if session.venue}
    names.update({slot.venue: slot.venue_name for slot in scene.slots if slot.venue})
    messages: list[m.Message] = []
    for code, name in sorted(names.items()):
        offset = TAHITI[1] if code == TAHITI[0] else GAMES.offset
        messages.append(m.Venue(code=code, name=name or code, offset=offset))
    disciplines = {code[:3]: unit.discipline_name for code, unit in scene.units.items()}
    messages += [m.Discipline(code=code, name=name) for code, name in sorted(disciplines.items())]
    teams = {unit.event for unit in scene.units.values() if any(row.team for row in unit.rows)}
    by_code = sorted((event, name) for (_, _, name), event in events.items())
    messages += [m.Event(event=event, name=name, team=event in teams) for event, name in by_code]
    messages += read_organisations(folder)
    messages += people(folder, scene.units, events)
    for number, message in enumerate(messages):
        scene.out.put(OPENED + STEP * number, "central", message)


def _say_units(scene: Scene) -> None:
    later = _later(scene)
    for code, unit in scene.units.items():
        rule = total_rule(scene.sports[code[:3]], code)
        if rule is not None and code in scene.totals:
            say_total(scene, unit, rule)
            continue
        ranking = scene.sports[code[:3]].unit_rule(code)
        if rule is not None:  # a total of what are no units: the venue treats it as one
            ranking = UnitRule(model="points", best=rule.best, decimals=rule.decimals, ties=rule.ties)
            list_given(scene, unit)
        if ranking is None:
            unit.rows[0].line.fault(f"no rule of {unit.discipline_name} is for {code}")
        say_unit(scene, unit, ranking, later[code])


def _later(scene: Scene) -> dict[str, set[str]]:
    """Return for each unit who stands in a unit of its event that begins after it, in another phase."""
    events: dict[str, list[str]] = {}
    for code in scene.units:
        events.setdefault(code[:22], []).append(code)
    return {
        code: {
            row.participant
            for other in codes
            if other[:26] != code[:26] and scene.times[other].start > scene.times[code].start
            for row in scene.units[other].rows
        }
        for codes in events.values()
        for code in codes
    }


def _describe(scene: Scene) -> None:
    report, items = scene.report, scene.out.items
    report.messages = len(items)
    report.sources = len({item.source for item in items})
    report.inputs.sort(key=lambda one: (one.unit, one.kind))
    report.notes += [
        "Running scores of matches are drawn evenly up to the final score; no splits, no single attempts.",
        "Where everybody starts alone, or a race has no times, finishes are spread over the unit.",
        "W/O in tennis stands with the winner in the data; here the decision says it, and nobody has an IRM.",
    ]
