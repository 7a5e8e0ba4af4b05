"""Medallists and medal tables: DT_MEDALLISTS, DT_MEDALLISTS_DISCIPLINE, DT_MEDALLISTS_DAY, DT_MEDALS."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Final

from feeds.xml.layout import Context
from feeds.xml.people import competitor
from feeds.xml.text import attributes, element
from schemas.rsc import discipline_of
from schemas.views import MedallistRow, MedalTableRow

__all__ = ["medallists", "medallists_of_events", "medals"]

ORDER: Final = {"ME_GOLD": 1, "ME_SILVER": 2, "ME_BRONZE": 3}
GENDERS: Final = (("M", "men"), ("W", "women"), ("X", "mixed"), ("O", "open"))


def _medallists(context: Context) -> list[tuple[str, MedallistRow]]:
    rows = [(key, row) for key, row in context.view.rows.items() if isinstance(row, MedallistRow)]
    return sorted(rows, key=lambda item: (item[1].event, ORDER.get(item[1].medal, 9), item[0]))


def _lines(context: Context, rows: list[tuple[str, MedallistRow]]) -> str:
    """Return the medals of one event; competitors of the same medal are numbered."""
    version = context.names.version
    numbers: Counter[str] = Counter()
    lines = []
    for key, row in rows:
        numbers[row.medal] += 1
        order = numbers[row.medal]
        lines.append(context.fragments.row(key, row, (order, version), _medal, context))
    return "".join(lines)


def _medal(context: Context, key: str, row: MedallistRow, beside: tuple[int, int]) -> str:
    start = attributes(
        Code=row.medal,
        Date=row.day,
        Unit=row.unit,
        State=row.state,
        Organisation=row.organisation,
        Note=row.reason,
    )
    who = competitor(context, key, row.participant, order=beside[0], organisation=row.organisation)
    return element("Medal", start, who)


def medallists(context: Context) -> str:
    """Return the medallists of one event, gold first."""
    return _lines(context, _medallists(context))


def medallists_of_events(context: Context) -> str:
    """Return medallists by discipline and event."""
    found = []
    for discipline, rows in groupby(_medallists(context), lambda item: discipline_of(item[1].event)):
        events = []
        for event, its in groupby(rows, lambda item: item[1].event):
            start = attributes(Code=event, EventName=context.names[event].text)
            events.append(element("Event", start, _lines(context, list(its))))
        found.append(element("Discipline", attributes(Code=discipline.ljust(34, "-")), "".join(events)))
    return "".join(found)


def medals(context: Context) -> str:
    """Return a medal table, in both of its orders."""
    rows = [(key, row) for key, row in context.view.rows.items() if isinstance(row, MedalTableRow)]
    rows.sort(key=lambda item: (item[1].sort or len(rows) + 1, item[0]))
    by_total = sorted(rows, key=lambda item: (item[1].sort_total or len(rows) + 1, item[0]))
    totals = {key: place for place, (key, _) in enumerate(by_total, 1)}
    ranks: Counter[int | None] = Counter(row.rank for _, row in rows if row.rank is not None)
    ranks_total: Counter[int | None] = Counter(row.rank_total for _, row in rows if row.rank_total is not None)
    version = context.names.version
    lines = []
    for sort, (key, row) in enumerate(rows, 1):
        beside = sort, totals[key], ranks[row.rank] > 1, ranks_total[row.rank_total] > 1, version
        lines.append(context.fragments.row(key, row, beside, _line, context))
    summary = element("MedalSummary", "", _summary([row for _, row in rows]))
    inner = summary + element("MedalsTable", "", "".join(lines))
    return element("MedalStandings", "", inner)


def _summary(rows: list[MedalTableRow]) -> str:
    total = (sum(row.gold for row in rows), sum(row.silver for row in rows), sum(row.bronze for row in rows))
    by_gender = [(kind, [getattr(row, field) for row in rows]) for kind, field in GENDERS]
    return _number("TOT", total) + "".join(
        _number(kind, (sum(c[0] for c in counts), sum(c[1] for c in counts), sum(c[2] for c in counts)))
        for kind, counts in by_gender
    )


def _number(kind: str, counts: tuple[int, int, int]) -> str:
    gold, silver, bronze = counts
    if not sum(counts):  # zero counts are left out
        return ""
    return element(
        "MedalNumber",
        attributes(Type=kind, Gold=gold or None, Silver=silver or None, Bronze=bronze or None, Total=sum(counts)),
    )


def _line(context: Context, _key: str, row: MedalTableRow, beside: tuple[int, int, bool, bool, int]) -> str:
    sort, sort_total, equal, equal_total, _ = beside
    start = attributes(
        Rank=row.rank,
        RankEqual="Y" if equal else None,
        SortRank=sort,
        RankTotal=row.rank_total,
        RankTotalEqual="Y" if equal_total else None,
        SortRankTotal=sort_total,
        Organisation=row.organisation,
        Note=row.reason,
    )
    numbers = _number("TOT", (row.gold, row.silver, row.bronze)) + "".join(
        _number(kind, getattr(row, field)) for kind, field in GENDERS
    )
    named = element("Description", attributes(OrganisationName=context.names[row.organisation].text))
    return element("MedalLine", start, named + numbers)
