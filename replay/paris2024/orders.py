"""Orders: what the marks of a unit leave open, and the published ranks that close it.

Nothing is decided that follows from the marks by the sport's rule. A decision is needed among equal marks, for rows
that have a rank without a mark, and for the whole unit where its ranks contradict its marks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from projections.marks import BadMarkError, parse_mark
from replay.paris2024.results import Row, Unit
from schemas.messages import OrderDecided
from schemas.sport import UnitRule

__all__ = ["Kind", "Order", "by_rank", "orders_of", "value_of"]

Kind = Literal["equal_marks", "dead_heat", "no_mark", "over_marks", "stage_order"]
Basis = Literal["photo_finish", "countback", "jury", "play_off", "finish_order", "rule", "dead_heat"]

# What breaks a tie by model: a camera, attempts and series that the data do not carry, or the rules of the federation.
BASES: Mapping[str, Basis] = {
    "timed": "photo_finish",
    "distance": "countback",
    "height": "countback",
    "target": "countback",
    "points": "countback",
    "judged": "countback",
    "lifting": "rule",
    "fleet": "rule",
}


class Order(NamedTuple):
    """One order decision and why it is one."""

    kind: Kind
    groups: tuple[tuple[str, ...], ...]  # best first; those of one group share the place
    basis: Basis
    reason: str

    def decided(self, unit: str, ordinal: int) -> OrderDecided:
        """Return the message."""
        return OrderDecided(
            unit=unit,
            order=self.groups,
            basis=self.basis,
            over_marks=self.kind == "over_marks",
            ordinal=ordinal,
            reason=self.reason,
        )


def value_of(row: Row, rule: UnitRule) -> int | None:
    """Return a row's mark as a value, None where it has none."""
    if not row.mark:
        return None
    try:
        return parse_mark(row.mark, rule.decimals)
    except BadMarkError:
        return None


def by_rank(rows: Sequence[Row]) -> tuple[tuple[str, ...], ...]:
    """Return participants in the order of their ranks, equal ones together."""
    ranked = sorted(rows, key=lambda row: (row.rank or 0, row.participant))
    return tuple(tuple(row.participant for row in group) for _, group in groupby(ranked, key=lambda row: row.rank))


def _contradicts(marked: Sequence[tuple[int, Row]]) -> bool:
    """Say whether a better mark stands behind a worse one; ``marked`` holds (place by mark, row)."""
    best: dict[int, list[int]] = {}
    for place, row in marked:
        best.setdefault(place, []).append(row.rank or 0)
    ranks = [rank for place in sorted(best) for rank in sorted(best[place])]
    return ranks != sorted(ranks)


def orders_of(unit: Unit, rule: UnitRule) -> list[Order]:
    """Return the decisions that a unit needs beside its marks; units without any mark say their order as marks."""
    if rule.model in ("match", "order", "fleet"):
        ranked = [row for row in unit.rows if row.rank is not None and row.irm in rule.placed_irms and row.irm]
        return _placed(ranked) if rule.model == "order" else []
    ranked = [row for row in unit.rows if row.rank is not None]
    sign = 1 if rule.best == "low" else -1
    placed = [row for row in ranked if row.irm and row.irm in rule.placed_irms]
    marked = [(sign * value, row) for row in ranked if row not in placed and (value := value_of(row, rule)) is not None]
    without = [row for row in ranked if row not in placed and value_of(row, rule) is None]
    orders = _placed(placed)
    if without:
        orders.append(Order("no_mark", by_rank(without), "jury", "ranked without a mark"))
    if _contradicts(marked):
        rows = [row for _, row in marked]
        reason = "the published order contradicts the marks: not by the mark alone"
        return [*orders, Order("over_marks", by_rank(rows), "rule", reason)]
    marked.sort(key=lambda one: (one[0], one[1].rank or 0, one[1].participant))
    for _, group in groupby(marked, key=lambda one: one[0]):
        rows = [row for _, row in group]
        if len(rows) > 1:
            orders += _among_equals(rows, rule)
    return orders


def _placed(rows: Sequence[Row]) -> list[Order]:
    """One row alone is last by its IRM; several need an order."""
    if len(rows) < 2:
        return []
    return [Order("no_mark", by_rank(rows), "jury", "behind those with a mark, in the order of their places")]


def _among_equals(rows: Sequence[Row], rule: UnitRule) -> list[Order]:
    groups = by_rank(rows)
    if len(groups) > 1:
        return [Order("equal_marks", groups, BASES.get(rule.model, "rule"), "equal marks")]
    if rule.ties == "break":
        return [Order("dead_heat", groups, "dead_heat", "equal marks share the place")]
    return []
