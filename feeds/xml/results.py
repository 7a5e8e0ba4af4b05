"""Start lists and results: DT_RESULT, and DT_CUMULATIVE_RESULT for totals."""

from __future__ import annotations

from collections import Counter
from typing import Final

from engine.views import View
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
    text = context.fragments.row(HEAD, head, None, _infos, context) if isinstance(head, ResultHead) else ""
    for sort, (key, row) in enumerate(rows, 1):
        beside = sort, ranks[row.rank] > 1, model, context.names.version
        text += context.fragments.row(key, row, beside, _line, context)
    return text


def _infos(_context: Context, _key: str, head: ResultHead, _beside: None) -> str:
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


def _line(context: Context, key: str, row: ResultRow, beside: tuple[int, bool, str, int]) -> str:
    sort, equal, model, _ = beside
    result_type = RESULT_TYPES.get(model, "")
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
        "Result", start, element("ExtendedResults", "", parts) + competitor(context, key, row.participant, bib=row.bib)
    )


def start_list(context: Context) -> str:
    """Return a start list, by start order."""
    rows = [(key, row) for key, row in context.view.rows.items() if isinstance(row, StartRow)]
    rows.sort(key=lambda item: (len(rows) + 1 if item[1].order is None else item[1].order, item[0]))
    return "".join(
        context.fragments.row(key, row, (sort, context.names.version), _start, context)
        for sort, (key, row) in enumerate(rows, 1)
    )


def _start(context: Context, key: str, row: StartRow, beside: tuple[int, int]) -> str:
    sort = beside[0]
    start = attributes(SortOrder=sort, StartOrder=row.order, StartSortOrder=row.order, Note=row.reason)
    came_from = element("PreviousUnit", attributes(Unit=row.from_unit, Value=row.takes))
    place = element("CompetitorPlace", attributes(Code=row.place), came_from) if row.place or came_from else ""
    who = competitor(context, key, row.participant, bib=row.bib, members=row.members) if row.participant else ""
    return element("Result", start, place + who)
