"""The schedule as the central source sends it: the plan of the weeks before, its later versions, what is cancelled.

``schedules_preliminary.csv`` is the earlier plan, by session and without codes; ``schedules.csv`` is what the plan came
to. A unit first stands where the session of its start stood; where there was none at its start, it has been moved from
the session of its discipline that nothing else began in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from replay.paris2024.files import Line, lines, milliseconds
from replay.paris2024.plan import ELSEWHERE, Planned, Slot
from replay.paris2024.results import Unit
from replay.paris2024.scene import Scene
from schemas import messages as m

__all__ = ["Session", "earlier_sessions", "read_sessions", "say_programme", "schedule_only"]

HOUR = 3_600_000
EARLY = milliseconds("2024-07-02T10:00:00+02:00")  # the earlier plan, whole
LATE = milliseconds("2024-07-23T10:00:00+02:00")  # the plan of the Games, whole, a day before the first match
STEP = 20  # ms between two messages of a bulk
NOTICE = 3 * HOUR  # how long before the earlier of both starts a move is announced
DAY = 24 * HOUR
FARTHEST = 3 * DAY  # a move goes no farther
CANCELLED = HOUR // 2  # before the start


class Session(NamedTuple):
    """One row of the earlier plan."""

    discipline: str
    start: int
    end: int
    medal: int
    venue: str
    venue_name: str


def _utc(line: Line, column: str) -> int:
    try:
        return milliseconds(line.needed(column))
    except ValueError:
        line.fault(f"{column} is no time: {line.text(column)!r}")


def read_sessions(folder: Path) -> list[Session]:
    """Return the earlier plan."""
    columns = ("date_start_utc", "date_end_utc", "sport_code", "medal", "venue_code")
    return [
        Session(
            discipline=line.needed("sport_code"),
            start=_utc(line, "date_start_utc"),
            end=_utc(line, "date_end_utc"),
            medal=line.whole("medal") or 0,
            venue=line.text("venue_code"),
            venue_name=line.text("description"),
        )
        for line in lines(folder, "schedules_preliminary.csv", *columns)
    ]


def _began_in(session: Session, start: int) -> bool:
    return session.start <= start < max(session.end, session.start + 1)


def earlier_sessions(sessions: Iterable[Session], plans: Mapping[str, Planned]) -> dict[str, Session]:
    """Return the session that each unit stood in in the earlier plan; a unit that had none is left out."""
    held: dict[str, list[Session]] = {}
    for session in sessions:
        held.setdefault(session.discipline, []).append(session)
    found: dict[str, Session] = {}
    for code, plan in plans.items():
        exact = [session for session in held.get(code[:3], ()) if session.start == plan.start]
        around = [session for session in held.get(code[:3], ()) if _began_in(session, plan.start)]
        for near in (exact, around):
            if near:
                found[code] = min(near, key=lambda one: (one.medal != plan.medal, abs(one.end - plan.end), one))
                break
    return {**found, **_moved(held, found, plans)}


def _moved(
    held: Mapping[str, list[Session]], found: Mapping[str, Session], plans: Mapping[str, Planned]
) -> dict[str, Session]:
    """Pair the sessions in which nothing began with units that no session has, the nearest first.

    Those that decide medals are rare enough to pair over days; others only within hours or to the same hour of a day.
    """
    used = set(found.values())
    pairs = sorted(
        (abs(session.start - plan.start), code, session)
        for code, plan in plans.items()
        if code not in found
        for session in held.get(code[:3], ())
        if session not in used and session.medal == plan.medal
        if plan.medal or abs(session.start - plan.start) <= NOTICE or (session.start - plan.start) % DAY == 0
    )
    moved: dict[str, Session] = {}
    for distance, code, session in pairs:
        if distance <= FARTHEST and code not in moved and session not in moved.values():
            moved[code] = session
    return moved


def say_programme(scene: Scene, sessions: Sequence[Session]) -> None:
    """Say the schedule of all units in its versions; totals stand in no schedule."""
    plans = {code: plan for code, plan in sorted(scene.plans.items()) if code not in scene.totals}
    earlier = earlier_sessions(sessions, plans)
    first: list[m.UnitScheduled] = []
    final: list[m.UnitScheduled] = []
    moved = 0
    for code, plan in plans.items():
        session = earlier.get(code)
        version = _version(code, scene.units[code].name, plan)
        if session is None:
            final.append(version)
        elif (session.start, session.end) == (plan.start, plan.end):
            first.append(version)
        else:
            before = plan._replace(start=session.start, end=max(session.end, session.start), day="")
            first.append(_version(code, scene.units[code].name, before))
            if _began_in(session, plan.start):
                final.append(version)
            else:
                moved += 1
                announced = max(LATE, min(session.start, plan.start) - NOTICE)
                scene.out.put(announced, "central", version)
    for code, slot in schedule_only(scene.units, scene.slots):
        final.append(_version(code, slot.name, slot.planned()))
        desk = f"{slot.venue}.{code[:3]}.desk"
        scene.out.put(slot.start, desk, m.UnitStatus(unit=code, status="RUNNING"))
        scene.out.put(slot.end, desk, m.UnitStatus(unit=code, status="FINISHED"))
    cancelled = _cancelled(scene.units, scene.slots)
    for code, slot in cancelled:
        final.append(_version(code, slot.name, slot.planned()))
        scene.out.put(slot.start - CANCELLED, "central", m.UnitCancelled(unit=code, reason="not held"))
    for begin, versions in ((EARLY, first), (LATE, final)):
        for number, version in enumerate(versions):
            scene.out.put(begin + STEP * number, "central", version)
    scene.report.notes += [
        f"Schedule: {len(first)} units in the earlier plan, {moved} of them moved; {len(cancelled)} cancelled.",
        "Cancelled rows of the schedule name no unit: they have the next free numbers of their phase.",
    ]


def _version(code: str, name: str, plan: Planned) -> m.UnitScheduled:
    return m.UnitScheduled(
        unit=code,
        name=name,
        start=plan.start,
        end=plan.end,
        venue=plan.venue,
        location=plan.location,
        day=plan.day,
        medal=1 if plan.medal == 1 else 3 if plan.medal == 3 else 0,
    )


def schedule_only(units: Mapping[str, Unit], slots: Sequence[Slot]) -> list[tuple[str, Slot]]:
    """Return the rows of the schedule that are sport of which the data have no results."""
    phases = {code[:26] for code in units}
    return [
        (slot.code, slot)
        for slot in slots
        if slot.code
        and not slot.cancelled
        and slot.code[:26] not in phases
        and slot.code[:26] not in ELSEWHERE.values()
        and slot.code[22:26] != "----"
    ]


def _cancelled(units: Mapping[str, Unit], slots: Sequence[Slot]) -> list[tuple[str, Slot]]:
    """Return the cancelled rows with codes: the phase by its name in the schedule, the next free number in it."""
    phases: dict[tuple[str, str], str] = {}
    for slot in slots:
        if slot.code and not slot.cancelled:
            phases.setdefault((slot.event, slot.name), slot.code[22:26])
    used: dict[str, int] = {}
    for code in units:
        if code[26:30].isdigit():
            used[code[:26]] = max(used.get(code[:26], 0), int(code[26:30]))
    found = []
    for slot in sorted((slot for slot in slots if slot.cancelled), key=lambda slot: (slot.start, slot.line.number)):
        phase = slot.event[:22] + phases.get((slot.event, slot.name), "----")
        used[phase] = used.get(phase, 0) + 1
        found.append((f"{phase}{used[phase]:04}00--", slot))
    return found
