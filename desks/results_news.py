"""What the results side says that the people side has to know: which commands follow from a cut.

| what changed | command |
|---|---|
| a unit gets ready, runs, is interrupted, is over | ``ReportUnit`` to the schedule |
| a start list, or the organisation of who is on one | ``RecordStarters`` to the schedule |
| an official result, its ranks, marks and IRMs | ``ReportResults`` to the entry book of the discipline |

It reads rows of views and nothing else, and needs no more than the views before and after the cut.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from engine.views import Views
from management.entry_book import Outcome
from management.entry_results import ReportResults
from management.schedule_changes import ReportUnit
from management.schedule_draft import RecordStarters, Starter
from schemas.cut import Cut
from schemas.rsc import event_of
from schemas.views import HEAD, AthleteRow, ResultHead, ResultRow, ScheduleRow, StartRow

__all__ = ["News", "ResultsNews"]

Status = Literal["GETTING_READY", "RUNNING", "INTERRUPTED", "FINISHED"]

# -- status in the schedule of the results side -> what is reported, in this order. Some sources tell only that a
# -- unit is over, and what was never under way cannot be --------------------------------------------------------------

STEPS: dict[str, tuple[Status, ...]] = {
    "GETTING_READY": ("GETTING_READY",),
    "RUNNING": ("RUNNING",),
    "INTERRUPTED": ("RUNNING", "INTERRUPTED"),
    "FINISHED": ("RUNNING", "FINISHED"),
}


class News(NamedTuple):
    """A command that follows from a cut, and to whom it goes."""

    key: str
    unit: str
    command: Any


class ResultsNews:
    """Says what follows from each cut, in their order."""

    def __init__(self, games: str, views: Views) -> None:
        """Begin at views of which all news was told."""
        self._schedule = f"sch:{games}"
        self._statuses: dict[str, str] = {}  # unit -> the newest status that was told
        self._nameless: dict[str, dict[str, None]] = {}  # participant whose organisation is not known -> units
        for name in views.names():
            kind, _, code = name.partition("/")
            if kind == "schedule" and "/" not in code:
                for unit, row in views[name].rows.items():
                    self._statuses[unit] = row.status if isinstance(row, ScheduleRow) else ""
            elif kind == "startlist":
                self._starters(code, views)

    def follow(self, cut: Cut, views: Views) -> list[News]:
        """Return what follows from the next cut; the views are those after it."""
        news: list[News] = []
        lists, results = dict[str, None](), dict[str, None]()
        for name, key, row, _ in cut.changes:
            kind, _, code = name.partition("/")
            if kind == "schedule" and "/" not in code and isinstance(row, ScheduleRow):
                news += self._status(key, row.status)
            elif kind == "startlist":
                lists[code] = None
            elif kind == "result":
                results[code] = None
            elif kind == "athlete" and key == HEAD and code in self._nameless:
                lists |= self._nameless.pop(code)
        news += [News(self._schedule, unit, RecordStarters(unit, self._starters(unit, views))) for unit in lists]
        return news + [one for unit in results for one in _result(unit, views)]

    def _status(self, unit: str, status: str) -> list[News]:
        before, self._statuses[unit] = self._statuses.get(unit, ""), status
        if status == before:
            return []
        told = [step for step in STEPS.get(status, ()) if step != before]
        return [News(self._schedule, unit, ReportUnit(unit, step)) for step in told]

    def _starters(self, unit: str, views: Views) -> tuple[Starter, ...]:
        """Return who starts in a unit: the athletes of a team one by one, where they are known."""
        view = views.get(f"startlist/{unit}")
        found: dict[str, Starter] = {}
        for row in view.rows.values() if view else ():
            if not isinstance(row, StartRow) or not row.participant:
                continue
            athletes = row.members or _members(row.participant, views)
            organisation = _organisation(row.participant, views)
            if not organisation:
                self._nameless.setdefault(row.participant, {})[unit] = None
                continue
            found |= {athlete: Starter(athlete, organisation) for athlete in athletes or (row.participant,)}
        return tuple(found[athlete] for athlete in sorted(found))


def _head(participant: str, views: Views) -> AthleteRow | None:
    view = views.get(f"athlete/{participant}")
    row = view.rows.get(HEAD) if view else None
    return row if isinstance(row, AthleteRow) else None


def _organisation(participant: str, views: Views) -> str:
    row = _head(participant, views)
    return row.organisation if row else ""


def _members(participant: str, views: Views) -> tuple[str, ...]:
    row = _head(participant, views)
    return row.members if row else ()


def _result(unit: str, views: Views) -> Iterable[News]:
    """Yield the result of a unit where it is official."""
    view = views.get(f"result/{unit}")
    head = view.rows.get(HEAD) if view else None
    if view is None or not isinstance(head, ResultHead) or head.status != "OFFICIAL":
        return
    lines = sorted((row for row in view.rows.values() if isinstance(row, ResultRow)), key=lambda row: row.participant)
    results = tuple(Outcome(line.participant, line.rank, line.mark, line.irm) for line in lines)
    yield News(f"ebk:{unit[:3]}", unit, ReportResults(unit, event_of(unit), results))
