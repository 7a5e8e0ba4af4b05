"""Peculiarities: which unusual thing is wanted in which unit, and how often.

The plan is made before anything is played; what then happens is counted in the manifest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from replay.synth.dice import Dice
from replay.synth.plan import EventPlan, Stage, UnitPlan
from replay.synth.shapes.combined import Combined
from replay.synth.shapes.knockout import Knockout
from replay.synth.shapes.pools import Pools
from replay.synth.tasks.fleet import Fleet
from replay.synth.tasks.points import Points
from replay.synth.tasks.timed import Timed

__all__ = ["plan_quirks"]


class Place(NamedTuple):
    """A unit in its event."""

    event: EventPlan
    stage: Stage
    unit: UnitPlan
    last: bool  # in the last stage


def _race(place: Place) -> bool:
    task = place.unit.task
    many = place.unit.size >= 6 and not isinstance(place.event.shape, Combined)
    return isinstance(task, Timed) and task.model == "timed" and many and task.interval == 0


def _falls(place: Place) -> bool:
    """Say whether it is a race whose invalid marks have no rank."""
    return _race(place) and getattr(place.unit.task, "dns", 0) > 0


def _final(place: Place) -> bool:
    return place.last and place.unit.medal == 1 and not isinstance(place.event.shape, Combined)


def _marked(place: Place) -> bool:
    models = ("timed", "distance", "points", "judged", "target", "lifting")
    return place.unit.task.model in models and place.unit.size > 3 and not isinstance(place.event.shape, Combined)


def _duel(place: Place) -> bool:
    phase = place.unit.code[22:26]
    return (
        place.event.discipline in ("BDM", "TEN", "TTE")
        and phase not in ("SFNL", "FNL-")
        and place.unit.task.model == "match"
    )


def _semi_without_bronze(place: Place) -> bool:
    shape = place.event.shape.knockout if isinstance(place.event.shape, Pools) else place.event.shape
    return isinstance(shape, Knockout) and shape.not_held and place.unit.code[22:30] == "SFNL0001"


def _series_race(place: Place) -> bool:
    return place.event.discipline == "SAL" and place.unit.code[22:26] == "PREL" and place.unit.code[26:30] != "0001"


class Wish(NamedTuple):
    """A peculiarity, where it may be and how often it is wanted."""

    name: str
    where: Callable[[Place], bool]
    small: int
    day: int
    full: int


WISHES = (
    Wish("dead_heat", _race, 1, 5, 40),
    Wish("photo_finish", lambda p: _race(p) and getattr(p.unit.task, "breaks", False), 1, 4, 30),
    Wish("countback", lambda p: p.unit.task.model == "distance" and not isinstance(p.event.shape, Combined), 1, 2, 20),
    Wish("dns", _falls, 1, 5, 50),
    Wish("dnf", lambda p: _falls(p) or (isinstance(p.unit.task, Fleet) and bool(p.unit.task.irms)), 1, 4, 40),
    Wish("dsq", _falls, 1, 4, 40),
    Wish("false_start", lambda p: _falls(p) and p.event.discipline in ("ATH", "SWM"), 1, 2, 12),
    Wish("protest_denied", lambda p: _marked(p) and _final(p), 1, 3, 25),
    Wish("protest_upheld", lambda p: _falls(p) and _final(p), 1, 2, 15),
    Wish("correction", _marked, 2, 10, 100),
    Wish("official_corrected", lambda p: _marked(p) and _final(p), 1, 3, 20),
    Wish("retraction", lambda p: p.unit.task.model in ("timed", "distance", "judged") and _marked(p), 1, 4, 30),
    Wish("early_result", lambda p: p.unit.task.model in ("timed", "distance", "points", "target"), 1, 4, 30),
    Wish("delayed", lambda p: True, 1, 6, 60),
    Wish("unconfirmed", lambda p: True, 1, 6, 60),
    Wish("postponed", lambda p: True, 1, 4, 30),
    Wish("moved", lambda p: True, 1, 3, 20),
    Wish("retired", _duel, 1, 3, 20),
    Wish("semi_retired", _semi_without_bronze, 1, 1, 4),
    Wish("participant_replaced", lambda p: p.event.discipline in ("WRE", "JUD") and _final(p), 1, 1, 5),
    Wish("cancelled", _series_race, 1, 1, 4),
    Wish("deduction", lambda p: isinstance(p.unit.task, Points) and p.unit.task.deduct > 0 and p.last, 1, 1, 4),
    Wish("medal_review", lambda p: _final(p) and _marked(p), 1, 1, 6),
    Wish("medal_stripped", lambda p: _final(p) and _marked(p), 1, 1, 5),
    Wish("medal_vacant", lambda p: _final(p) and _marked(p), 0, 0, 2),
    Wish("late_participant", lambda p: _marked(p) and not p.event.members, 1, 4, 20),
    Wish("name_changed", lambda p: _marked(p) and not p.event.members, 1, 3, 15),
    Wish("withdrawn", lambda p: p.stage is p.event.stages[0] and not p.event.members, 1, 5, 60),
)
ALONE = frozenset({"dead_heat", "photo_finish", "protest_upheld", "correction", "official_corrected", "retraction",
                   "medal_review", "medal_stripped", "medal_vacant", "dsq", "dns", "dnf", "false_start",
                   "protest_denied"})  # fmt: skip


def plan_quirks(seed: int, scale: str, events: list[EventPlan], slots: range) -> None:
    """Put the wanted peculiarities into units of the given half-days."""
    places = [
        Place(event, stage, unit, stage is event.stages[-1])
        for event in events
        for stage in event.stages
        if stage.slot in slots
        for unit in stage.units
    ]
    for wish in WISHES:
        dice = Dice(f"{seed}/quirk/{wish.name}")
        wanted = {"small": wish.small, "day": wish.day, "full": wish.full}[scale]
        fit = [place for place in places if wish.where(place)]
        for place in dice.shuffled(fit):
            if not wanted:
                break
            if wish.name in ALONE and ALONE & set(place.unit.quirks):
                continue
            if wish.name == "semi_retired" and place.event.stages[-1].slot not in slots:
                continue  # the bronze match that it makes impossible must be in the archive
            if wish.name == "semi_retired":
                place.unit.quirks.append("retired")
            else:
                place.unit.quirks.append(wish.name)
            wanted -= 1
