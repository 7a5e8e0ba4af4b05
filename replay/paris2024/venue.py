"""What a venue says of one unit: its results desk, its primary and its back-up timing.

The mapping: the start list ahead, the start, one assertion a row as the marks come in, then the statuses up to official
with the decisions that the marks leave open. No rank is sent anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from zlib import crc32

from projections.marks import BadMarkError, parse_mark
from replay.paris2024.matches import decision_of, running_scores
from replay.paris2024.orders import orders_of
from replay.paris2024.results import Row, Unit
from replay.paris2024.sailing import sailed
from replay.paris2024.scene import Scene
from replay.paris2024.times import MINUTE, ONE_BY_ONE, SECOND, Times
from schemas import messages as m
from schemas.sport import UnitRule

__all__ = ["say_unit"]

READY = 5 * MINUTE  # before the start
NEVER_BEGAN = frozenset({"DNS", "DNC", "W/O", "WDR"})
ORDER_GAP = 400  # ms between boats or riders of a race whose times the data do not have
BACKUP_LATE = 90  # ms, the most by which the back-up sees a finish later


def _starters(unit: Unit) -> tuple[m.Starter, ...]:
    sides = len(unit.rows) == 2 and all(row.order is None for row in unit.rows)
    return tuple(
        m.Starter(row.participant, number if sides else row.order, row.bib)
        for number, row in enumerate(unit.rows, start=1)
    )


def say_unit(scene: Scene, unit: Unit, rule: UnitRule, advanced: set[str]) -> None:
    """Say all that a venue says of a unit; ``advanced`` are those who stand in a later phase of its event."""
    code, out = unit.code, scene.out
    times, venue = scene.times[code], scene.venues[code]
    out.put(times.listed, venue.desk, m.StartList(unit=code, starters=_starters(unit)))
    out.put(times.listed, venue.desk, m.ResultStatus(unit=code, status="START_LIST"))
    ready = max(times.listed + SECOND, times.start - READY)
    out.put(ready, venue.desk, m.UnitStatus(unit=code, status="GETTING_READY"))
    out.put(times.start, venue.timing, m.Start(unit=code))
    out.put(times.start, venue.desk, m.UnitStatus(unit=code, status="RUNNING"))
    out.put(times.start, venue.desk, m.ResultStatus(unit=code, status="LIVE"))
    _say_marks(scene, unit, rule)
    _say_irms(scene, unit, rule, ready)
    crossed = sum(isinstance(one, m.Finish) for _, one in _places(unit, rule, times)) if rule.model == "order" else 0
    if crossed:
        reason = "a race without times: the places in which the line was crossed"
        scene.report.add("finish_order", code, reason, crossed)
    _say_end(scene, unit, rule, advanced)


def _say_marks(scene: Scene, unit: Unit, rule: UnitRule) -> None:
    times, venue = scene.times[unit.code], scene.venues[unit.code]
    for at, message in _marks(unit, rule, times):
        label = f"{unit.code} {message.subject}" if isinstance(message, m.Score) else ""
        scene.out.put(at, venue.timing, message, label)
        if isinstance(message, m.Finish) and message.mark and rule.model in ("timed", "match"):
            late = crc32(f"{unit.code}{message.subject}".encode()) % BACKUP_LATE
            scene.out.put(at + late, venue.backup, message)
    for boat in sailed(unit, rule) if rule.model == "fleet" else ():
        if boat.adjusted:
            adjusted = m.ScoreAdjusted(
                unit=unit.code,
                subject=boat.row.participant,
                amount=boat.adjusted,
                basis="redress" if boat.redress else "penalty",
                reason=boat.row.irm,
            )
            scene.out.put(times.end + SECOND, venue.desk, adjusted)


def _say_irms(scene: Scene, unit: Unit, rule: UnitRule, ready: int) -> None:
    """Say who did not start before the start, and who did not finish or is out after the end."""
    times = scene.times[unit.code]
    for row in unit.rows:
        if row.irm and not (rule.model == "match" and row.wlt == "W"):
            at = max(ready, times.start - MINUTE) if row.irm in NEVER_BEGAN else times.end + SECOND
            irm = m.Irm(unit=unit.code, subject=row.participant, irm=row.irm)
            scene.out.put(at, scene.venues[unit.code].desk, irm)


def _say_end(scene: Scene, unit: Unit, rule: UnitRule, advanced: set[str]) -> None:
    """Say what follows the last mark: over, unofficial, the decisions, who goes on, official."""
    code, out = unit.code, scene.out
    times, desk = scene.times[code], scene.venues[code].desk
    left = times.official - times.end
    out.put(times.end + left // 8, desk, m.UnitStatus(unit=code, status="FINISHED"))
    decision = decision_of(unit, rule, advanced) if rule.model == "match" else None
    if decision is not None:
        decided = m.MatchDecided(unit=code, winner=decision.winner, basis=decision.basis, reason=decision.reason)
        out.put(times.end + left // 8, desk, decided)
        scene.report.add("match", code, decision.reason, stated=decision.basis)
    out.put(times.end + left // 4, desk, m.ResultStatus(unit=code, status="UNOFFICIAL"))
    scene.decide(code, orders_of(unit, rule), times.end + left // 2)
    for row in unit.rows:
        if row.qualification:
            mark = m.Qualification(unit=code, subject=row.participant, mark=row.qualification)
            out.put(times.end + left * 3 // 4, desk, mark)
    out.put(times.official, desk, m.ResultStatus(unit=code, status="OFFICIAL"))


# -- marks -------------------------------------------------------------------------------------------------------------


def _marks(unit: Unit, rule: UnitRule, times: Times) -> Iterator[tuple[int, m.Message]]:
    match rule.model:
        case "match" if rule.best == "low":
            yield from _finishes(unit, times)
        case "match":
            yield from _match(unit, rule, times)
        case "timed":
            yield from _finishes(unit, times)
        case "order" | "fleet":
            yield from _places(unit, rule, times)
        case _:
            yield from _scores(unit, times)


def _milliseconds(row: Row) -> int | None:
    try:
        return parse_mark(row.mark, 3) if row.mark else None
    except BadMarkError:
        row.line.fault(f"no time: {row.mark!r}")


def _finishes(unit: Unit, times: Times) -> Iterator[tuple[int, m.Message]]:
    """One finish a row at start + mark; where everybody starts alone, one after the other up to the end."""
    rows = [(length, row) for row in unit.rows if (length := _milliseconds(row)) is not None]
    if any(fnmatchcase(unit.code, glob) for glob in ONE_BY_ONE):
        rows.sort(key=lambda one: (one[1].order or 0, -(one[1].rank or 0), one[1].participant))
        for number, (_, row) in enumerate(rows, start=1):
            at = times.start + (times.end - times.start) * number // len(rows)
            yield at, m.Finish(unit=unit.code, subject=row.participant, mark=row.mark)
        return
    for length, row in sorted(rows, key=lambda one: (one[0], one[1].participant)):
        yield times.start + length, m.Finish(unit=unit.code, subject=row.participant, mark=row.mark)


def _places(unit: Unit, rule: UnitRule, times: Times) -> Iterator[tuple[int, m.Message]]:
    if rule.model == "fleet":
        places = [(boat.place, boat.row, "") for boat in sailed(unit, rule) if boat.place is not None]
    else:
        places = [
            (row.rank - rule.places_from + 1, row, row.mark)
            for row in unit.rows
            if row.rank is not None and not (row.irm and row.irm in rule.placed_irms)
        ]
    gap = min(ORDER_GAP, (times.end - times.start) // (len(places) + 1))
    for place, row, mark in sorted(places, key=lambda one: (one[0], one[1].participant)):
        at = times.end - gap * (len(places) - place)
        yield at, m.Finish(unit=unit.code, subject=row.participant, place=place, mark=mark)
    if rule.model == "order":
        for row in unit.rows:
            if row.mark and row.irm in rule.placed_irms:  # faults of a boat that has no place in the finish
                yield times.end, m.Score(unit=unit.code, subject=row.participant, mark=row.mark)


def _scores(unit: Unit, times: Times) -> Iterator[tuple[int, m.Message]]:
    """One score a row, in start order, else the best last, spread from start to end."""
    rows = [row for row in unit.rows if row.mark]
    rows.sort(key=lambda row: (row.order or 0, -(row.rank or 0), row.participant))
    for number, row in enumerate(rows, start=1):
        at = times.start + (times.end - times.start) * number // len(rows)
        yield at, m.Score(unit=unit.code, subject=row.participant, mark=row.mark)


def _match(unit: Unit, rule: UnitRule, times: Times) -> Iterator[tuple[int, m.Message]]:
    boards = list(running_scores(unit, rule))
    for number, board in enumerate(boards, start=1):
        at = times.start + (times.end - times.start) * number // len(boards)
        if rule.decimals:  # judged, each side on its own
            for subject, mark in board.items():
                yield at, m.Score(unit=unit.code, subject=subject, mark=mark)
        else:
            yield at, m.Period(unit=unit.code, ordinal=0, scores=board)
