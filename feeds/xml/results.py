"""Start lists and results: DT_RESULT, and DT_CUMULATIVE_RESULT for totals."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Final

from engine.views import View
from feeds.names import Names
from feeds.xml.layout import Context
from feeds.xml.people import competitor
from feeds.xml.text import attributes, element
from schemas.views import HEAD, ResultHead, ResultRow, StartRow

__all__ = ["result", "start_list", "status_of"]

RESULT_TYPES: Final = {  # result model -> ODF ResultType
    "timed": "TIME",
    "distance": "DISTANCE",
    "height": "DISTANCE",
    "points": "POINTS",
    "judged": "POINTS",
    "target": "POINTS",
    "fleet": "POINTS",
    "lifting": "WEIGHT",
    "match": "SCORE",
    "order": "RANK",
}


def status_of(view: View) -> str:
    """Return the ODF ResultStatus of a result."""
    head = view.rows.get(HEAD)
    return head.status if isinstance(head, ResultHead) else ""


def result(context: Context) -> str:
    """Return a result: what is true of all of it, then its lines in their order."""
    head = context.view.rows.get(HEAD)
    model = head.model if isinstance(head, ResultHead) else ""
    rows = [(key, row) for key, row in context.view.rows.items() if isinstance(row, ResultRow)]
    rows.sort(key=lambda item: (item[1].sort or len(rows) + 1, item[1].order or len(rows) + 1, item[0]))
    ranks: Counter[int | None] = Counter(row.rank for _, row in rows if row.rank is not None)
    version = context.names.version
    infos = context.fragments.get(HEAD, head, None, _infos) if isinstance(head, ResultHead) else ""
    lines = []
    for sort, (key, row) in enumerate(rows, 1):
        equal = ranks[row.rank] > 1
        write = partial(_line, sort, equal, RESULT_TYPES.get(model, ""), context.names)
        lines.append(context.fragments.get(key, row, (sort, equal, model, version), write))
    return infos + "".join(lines)


def _infos(head: ResultHead) -> str:
    said = (
        ("UI", "WIND_SPEED", head.wind),
        ("UI", "CLOCK", head.clock),
        ("UI", "PERIOD", head.period),
        ("PODIUM", "UNIT", head.unit),
        ("PODIUM", "MODEL", head.model),
        ("PODIUM", "DECIMALS", head.decimals or None),
        ("PODIUM", "UNDECIDED", head.undecided or None),
        ("PODIUM", "PENDING", head.pending or None),
        ("PODIUM", "PROTESTS", head.protests or None),
        ("PODIUM", "NOTE", head.reason),
        *(("PODIUM", "DECIDED_BY", basis) for basis in head.decided_by),
        *(("PODIUM", "INCOMPLETE", gap) for gap in head.incomplete),
    )
    inner = "".join(
        element("ExtendedInfo", attributes(Type=kind, Code=code, Value=value)) for kind, code, value in said if value
    )
    return element("ExtendedInfos", "", inner)


def _line(sort: int, equal: bool, result_type: str, names: Names, row: ResultRow) -> str:
    if row.irm:
        result_type = f"IRM_{result_type}" if row.mark and result_type else "IRM"
    start = attributes(
        Rank=row.rank,
        RankEqual="Y" if equal else None,
        ResultType=result_type if row.irm or row.mark else None,
        Result=row.mark,
        IRM=row.irm,
        QualificationMark=row.qualification,
        WLT=row.wlt,
        SortOrder=sort,
        StartOrder=row.order,
        StartSortOrder=row.order,
        Diff=row.gap,
        Undecided="Y" if row.undecided else None,
        Note=row.reason,
    )
    parts = "".join(
        element("ExtendedResult", attributes(Type="PART", Code=code) + f"{attributes(Value=value)}")
        for code, value in row.parts.items()
    )
    return element(
        "Result", start, element("ExtendedResults", "", parts) + competitor(row.participant, names, bib=row.bib)
    )


def start_list(context: Context) -> str:
    """Return a start list, by start order."""
    rows = [(key, row) for key, row in context.view.rows.items() if isinstance(row, StartRow)]
    rows.sort(key=lambda item: (len(rows) + 1 if item[1].order is None else item[1].order, item[0]))
    version = context.names.version
    return "".join(
        context.fragments.get(key, row, (sort, version), partial(_start, sort, context.names))
        for sort, (key, row) in enumerate(rows, 1)
    )


def _start(sort: int, names: Names, row: StartRow) -> str:
    start = attributes(SortOrder=sort, StartOrder=row.order, StartSortOrder=row.order, Note=row.reason)
    came_from = element("PreviousUnit", attributes(Unit=row.from_unit, Value=row.takes))
    place = element("CompetitorPlace", attributes(Code=row.place), came_from) if row.place or came_from else ""
    who = competitor(row.participant, names, bib=row.bib, members=row.members) if row.participant else ""
    return element("Result", start, place + who)
