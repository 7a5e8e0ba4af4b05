"""Totals: what is said of a phase or an event beside its parts.

A total whose parts are in the data is never sent; what is sent are the facts that no part has (a withdrawal, a penalty
of a team), the orders that break its ties, and the totals of which the data have no parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from fractions import Fraction

from replay.paris2024.orders import Order, by_rank, orders_of
from replay.paris2024.results import Row, Unit, write_number
from replay.paris2024.scene import Scene
from replay.paris2024.times import SECOND
from schemas import messages as m
from schemas.sport import Sport, TotalRule, UnitRule

__all__ = ["list_given", "points_races", "say_total", "total_rule"]


def total_rule(sport: Sport, code: str) -> TotalRule | None:
    """Return the rule of a total, None for what is a unit."""
    return next((rule for rule in sport.total_rules(code) if rule.code == code[22:]), None)


def points_races(units: Mapping[str, Unit], sports: Mapping[str, Sport]) -> dict[str, Unit]:
    """Return the last races of points-by-rank events with what was won in them.

    The data show the running total there, which is an answer: what the earlier races give by rank is taken off again.
    """
    found: dict[str, Unit] = {}
    for code in units:
        rule = total_rule(sports[code[:3]], code)
        if rule is None or not rule.points:
            continue
        last = next(other for other in units if other[:22] == code[:22] and fnmatchcase(other[22:], rule.parts[-1]))
        earlier: dict[str, int] = {}
        for glob, table in rule.points.items():
            for other in units.values():
                if other.code[:22] == code[:22] and fnmatchcase(other.code[22:], glob):
                    for row in other.rows:
                        if row.rank is not None:
                            worth = table[min(row.rank, len(table)) - 1]
                            earlier[row.participant] = earlier.get(row.participant, 0) + worth
        rows = tuple(
            row._replace(mark=str(int(row.number()) - earlier.get(row.participant, 0)), rank=None)
            for row in units[last].rows
        )
        found[last] = units[last]._replace(rows=rows)
    return found


def _stages(unit: Unit, rule: TotalRule, units: Mapping[str, Unit]) -> list[tuple[list[Row], int]]:
    """Return the rows by who stands before whom, each with the number of units of its stage."""
    left = list(unit.rows)
    stages: list[tuple[list[Row], int]] = []
    for glob in rule.first:
        there = [other for other in units.values() if other.event == unit.event and fnmatchcase(other.code[22:], glob)]
        who = {row.participant for other in there for row in other.rows}
        stages.append(([row for row in left if row.participant in who], len(there)))
        left = [row for row in left if row.participant not in who]
    return [*stages, (left, 0)]


def _orders(unit: Unit, rule: TotalRule, units: Mapping[str, Unit]) -> list[Order]:
    ranking = UnitRule(model="points", best=rule.best, decimals=rule.decimals, ties=rule.ties)
    orders: list[Order] = []
    for rows, races in _stages(unit, rule, units):
        if rule.within == "part" and races:
            if races > 1:
                reason = "several races: the order of the whole is in none of them"
                orders.append(Order("stage_order", by_rank(rows), "rule", reason))
        elif rule.formula != "low_point":  # RRS A8 breaks its ties from the races
            orders += orders_of(unit._replace(rows=tuple(rows)), ranking)
    return orders


def _penalties(unit: Unit, rule: TotalRule, parts: list[Unit]) -> dict[str, Fraction]:
    """Return by how much published totals differ from the plain sum of their parts."""
    if rule.formula != "sum" or rule.points:
        return {}
    sums: dict[str, Fraction] = {}
    for part in parts:
        for row in part.rows:
            if row.mark:
                sums[row.participant] = sums.get(row.participant, Fraction(0)) + row.number()
    rows = [row for row in unit.rows if row.mark and row.rank is not None]
    return {row.participant: extra for row in rows if (extra := row.number() - sums.get(row.participant, Fraction(0)))}


def say_total(scene: Scene, unit: Unit, rule: TotalRule) -> None:
    """Say what the parts of a total do not."""
    code, out, units = unit.code, scene.out, scene.units
    times, venue, parts = scene.times[code], scene.venues[code], scene.totals[code]
    at = max(times.end, times.official - 5 * SECOND)
    starters = tuple(m.Starter(row.participant, bib=row.bib) for row in unit.rows)
    out.put(times.listed, venue.desk, m.StartList(unit=code, starters=starters))
    told = {row.participant for part in parts for row in units[part].rows if row.irm} if rule.complete else set()
    for row in unit.rows:
        if row.irm and row.participant not in told:
            out.put(at, venue.desk, m.Irm(unit=code, subject=row.participant, irm=row.irm))
        if rule.formula == "given" and row.mark:
            out.put(at, venue.timing, m.Score(unit=code, subject=row.participant, mark=row.mark))
    if rule.formula == "given":
        list_given(scene, unit)
    for participant, extra in sorted(_penalties(unit, rule, [units[part] for part in parts]).items()):
        adjusted = m.ScoreAdjusted(unit=code, subject=participant, amount=write_number(extra), basis="penalty")
        out.put(at, venue.desk, adjusted)
    out.put(at + SECOND, venue.desk, m.ResultStatus(unit=code, status="UNOFFICIAL"))
    scene.decide(code, _orders(unit, rule, units), at + 2 * SECOND)
    for row in unit.rows:
        if row.qualification:
            mark = m.Qualification(unit=code, subject=row.participant, mark=row.qualification)
            out.put(at + 2 * SECOND, venue.desk, mark)
    out.put(times.official, venue.desk, m.ResultStatus(unit=code, status="OFFICIAL"))


def list_given(scene: Scene, unit: Unit) -> None:
    """List a total that is sent since the data do not have what it is made of."""
    scene.report.add("total", unit.code, "its parts are not in the data", sum(bool(row.mark) for row in unit.rows))
