"""When and where each unit was planned: the schedule's rows, given to the units that they mean.

The schedule names a unit only in part: some rows are a whole phase, several units long; a few are an event. A unit
takes the row of its own code, else shares that of its parent or its phase with the others there, in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from replay.paris2024.files import Line, lines
from replay.paris2024.results import Unit
from schemas.rsc import is_rsc
from schemas.sport import Sport

__all__ = ["Planned", "Slot", "events_of", "plan_units", "read_slots", "total_parts"]

MINUTE = 60_000
SHORTEST = 10 * MINUTE  # for rows of the schedule that end when they begin
DECIDING = {"FNL-0001": 1, "FNL-0002": 3}  # phase and unit -> the medal that it decides where a row is for several
COLUMNS = ("start_date", "end_date", "day", "status", "discipline_code", "event", "event_medal", "phase", "url")


class Slot(NamedTuple):
    """One row of the schedule."""

    code: str  # of a unit, phase or event; empty where the row names none
    event: str  # 34 characters
    name: str
    start: int  # ms
    end: int  # ms
    day: str
    medal: int
    venue: str  # code
    venue_name: str
    location: str
    cancelled: bool
    line: Line

    def planned(self, start: int | None = None, end: int | None = None) -> Planned:
        """Return the plan of a unit that has all of it, or a part."""
        begins, ends = (self.start if start is None else start), (self.end if end is None else end)
        return Planned(begins, ends, self.day, self.medal, self.venue, self.location)


class Planned(NamedTuple):
    """What is planned for a unit."""

    start: int  # ms
    end: int  # ms
    day: str
    medal: int
    venue: str
    location: str


EventKey = tuple[str, str, str]  # discipline, gender, name


def events_of(units: Iterable[Unit]) -> dict[EventKey, str]:
    """Return the events by what the other files call them."""
    return {(unit.code[:3], unit.code[3], unit.event_name): unit.event for unit in units}


def read_slots(folder: Path, events: Mapping[EventKey, str]) -> list[Slot]:
    """Return the rows of the schedule that are sport: no ceremony, no training."""
    slots = []
    for line in lines(folder, "schedules.csv", *COLUMNS):
        discipline = line.needed("discipline_code")
        if discipline == "CER" or line.text("phase").endswith("Training"):
            continue
        gender, name = line.text("gender"), line.text("event")
        event = events.get((discipline, gender, name), f"{discipline}{gender}".ljust(34, "-"))
        part = line.text("url").rstrip("/").rpartition("/")[2].upper()
        code = event[:22] + part if part else ""
        if code and not is_rsc(code):
            line.fault(f"url does not end with the last 12 characters of an RSC: {part!r}")
        start, end = line.time("start_date"), line.time("end_date")
        slots.append(
            Slot(
                code=code,
                event=event,
                name=line.text("phase") or name,
                start=start,
                end=end if end > start else start + SHORTEST,
                day=line.needed("day"),
                medal=line.whole("event_medal") or 0,
                venue=line.text("venue_code"),
                venue_name=line.text("venue"),
                location=line.text("location_description"),
                cancelled=line.text("status") == "CANCELLED",
                line=line,
            )
        )
    return slots


def total_parts(unit: Unit, units: Mapping[str, Unit], sport: Sport) -> list[str] | None:
    """Return the parts of a total that are units, None for a unit that is no total."""
    rule = next((rule for rule in sport.total_rules(unit.code) if rule.code == unit.code[22:]), None)
    if rule is None:
        return None
    others = [code for code in units if code[:22] == unit.code[:22] and code != unit.code]
    if rule.formula == "given":  # its parts are no units, but what the data show of them is in its phase
        return [code for code in others if code[:26] == unit.code[:26]]
    globs = (*rule.parts, *rule.first)
    return [code for code in others if any(fnmatchcase(code[22:], glob) for glob in globs)]


def _stem(unit: str) -> str:
    """Return what the parts of a parent unit begin with: ``QUAL0002EL00`` is the parent of ``QUAL0002EL01``."""
    return unit.rstrip("-").rstrip("0")


def _share(units: Sequence[Unit], slots: Sequence[Slot]) -> dict[str, Planned]:
    """Give slots to the units that they are for, both in their order."""
    plans: dict[str, Planned] = {}
    left, free = list(units), sorted(slots, key=lambda slot: slot.start)
    parents = [unit for unit in left if unit.code.endswith("0000")]
    for unit in parents if len(free) > 1 else ():  # a contest of several races: it lasts from the first to the last
        plans[unit.code] = free[-1].planned(start=free[0].start)
    left = [unit for unit in left if unit.code not in plans]
    if plans:
        return {code: plan._replace(medal=DECIDING.get(code[22:30], 0)) for code, plan in plans.items()}
    for code, medal in DECIDING.items():
        deciding = [slot for slot in free if slot.medal == medal]
        named = [unit for unit in left if unit.code[22:30] == code]
        if len(deciding) == len(named) == 1:
            plans[named[0].code] = deciding[0].planned()
            free.remove(deciding[0])
            left.remove(named[0])
    if not left or not free:
        return plans
    hours = [slot.start for slot in free] + [slot.end + 2 * 60 * MINUTE for slot in free]
    # Dates of publication tell the order where they are not those of a later bulk publication.
    told = all(min(hours) <= unit.date <= max(hours) for unit in left)
    if len({unit.date for unit in left}) >= len(free) > 1 and told:
        left.sort(key=lambda unit: (unit.date, unit.code))
    else:  # heats count upwards; rowing's semi-finals count from the best, who race last
        left.sort(key=lambda unit: unit.code, reverse=left[0].code.startswith("ROW") and len(free) > 1)
    for index, slot in enumerate(free):
        group = left[index * len(left) // len(free) : (index + 1) * len(left) // len(free)]
        length = (slot.end - slot.start) // max(1, len(group))
        for number, unit in enumerate(group):
            start = slot.start + number * length
            plans[unit.code] = slot.planned(start, start + length)
    return plans


# What the schedule of an event without unit codes calls its phases.
PHASE_WORDS = {"Quarterfinals": "QFNL", "Semifinals": "SFNL", "Final": "FNL-"}


def _by_words(units: Sequence[Unit], slots: Sequence[Slot]) -> dict[str, Planned]:
    """Give the rows of an event to its phases by the last word of their names."""
    plans: dict[str, Planned] = {}
    for slot in slots:
        phase = PHASE_WORDS.get(slot.name.rpartition(" ")[2])
        group = [unit for unit in units if unit.code[22:26] == phase]
        group.sort(key=lambda unit: unit.code, reverse=phase == "FNL-")  # the small final first
        length = (slot.end - slot.start) // max(1, len(group))
        for number, unit in enumerate(group):
            plan = slot.planned(slot.start + number * length, slot.start + (number + 1) * length)
            plans[unit.code] = plan._replace(medal=DECIDING.get(unit.code[22:30], 0))
    return plans


# Units whose rows the schedule has under another event or phase: unit's event and phase -> those of the rows.
ELSEWHERE = {
    "EQUODRESINDV----------GP--": "EQUODRESINDV----------COMP",  # groups A to F over two days
    "EQUOEVENINDV----------JUMP": "EQUOEVENTEAM----------JUMP",  # the team final is the individual qualifier
}


def plan_units(units: Mapping[str, Unit], slots: Sequence[Slot], sports: Mapping[str, Sport]) -> dict[str, Planned]:
    """Return the plan of each unit that the schedule speaks of; totals last from their first part to their last."""
    held = [slot for slot in slots if not slot.cancelled]
    plans: dict[str, Planned] = {}
    for slot in held:
        if slot.code in units:
            plan, other = slot.planned(), plans.get(slot.code)
            date = units[slot.code].date
            if other is None or abs(date - plan.end) < abs(date - other.end):
                plans[slot.code] = plan
    totals = {
        code: parts
        for code, unit in units.items()
        if code not in plans and (parts := total_parts(unit, units, sports[code[:3]]))
    }
    left = {code: unit for code, unit in units.items() if code not in plans and code not in totals}
    groups: dict[str, list[Slot]] = {}
    for slot in held:
        if (slot.code and slot.code not in units) or slot.code[:26] in ELSEWHERE.values():
            groups.setdefault(slot.code, []).append(slot)

    def take(found: dict[str, Planned]) -> None:
        plans.update(found)
        for code in found:
            left.pop(code, None)

    for code, group in sorted(groups.items()):
        if code[26:] == "-" * 8:
            continue
        swim_off = code.endswith("RR--")
        stem = _stem(code[22:])
        mine = [
            unit
            for unit in left.values()
            if unit.code[:22] == code[:22]
            and (
                unit.code[22:26] == code[22:26] and unit.code.endswith("RR--")
                if swim_off
                else unit.code[22:].startswith(stem)
            )
        ]
        take(_share(mine, group))
    for code, group in sorted(groups.items()):
        if code[26:] == "-" * 8 and code[22:26] != "----":
            take(_share([unit for unit in left.values() if unit.code[:26] == code[:26]], group))
        elif code[22:26] == "----":
            take(_by_words([unit for unit in left.values() if unit.code[:22] == code[:22]], group))
    for phase, elsewhere in ELSEWHERE.items():
        mine = [unit for unit in left.values() if unit.code[:26] == phase]
        rows = [slot for code, group in groups.items() if code[:26] == elsewhere for slot in group]
        take({code: plan._replace(medal=0) for code, plan in _share(mine, rows).items()})
    for code, parts in totals.items():
        known = [plans[part] for part in parts if part in plans]
        if known:
            last = max(known, key=lambda plan: plan.end)
            plans[code] = last._replace(start=min(plan.start for plan in known))
    return plans
