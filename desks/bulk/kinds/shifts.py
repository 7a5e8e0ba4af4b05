"""Shifts of a venue: one row a shift, its times by the venue's clock."""

from __future__ import annotations

from datetime import datetime

from desks.bulk.books import Books
from desks.bulk.cells import code, codes, local_time, number
from desks.bulk.columns import Column, Row
from desks.bulk.kinds.languages import languages
from desks.bulk.report import RowError, Verdict
from desks.bulk.setting import Kind, Setting
from desks.venue_clock import instant_of, offset_at
from management.workforce_commands import PlanShift

__all__ = ["SHIFTS"]

COLUMNS = (
    Column("shift", code, needed=True, key=True),
    Column("role", code, needed=True),
    Column("zone", code, needed=True),
    Column("starts", local_time, needed=True),
    Column("ends", local_time, needed=True),
    Column("need", number(1, 9999), needed=True),
    Column("languages", languages, absent={}),
    Column("units", codes, absent=()),
)
WHERE = {"TIMES": "ends", "UNKNOWN": "role", "EXISTS": "shift", "TEAM_MIX": "languages"}


async def apply(row: Row, books: Books, setting: Setting) -> Verdict:
    """Carry out a row."""
    starts, ends = (_instant(row, column, setting.zone) for column in ("starts", "ends"))
    if isinstance(starts, tuple) or isinstance(ends, tuple):
        return tuple(error for found in (starts, ends) if isinstance(found, tuple) for error in found)
    key = f"wf:{setting.scope}"
    wish = PlanShift(
        row["shift"],
        row["role"],
        row["zone"],
        starts,
        ends,
        offset_at(setting.zone, starts),
        offset_at(setting.zone, ends),
        row["need"],
        row["languages"],
        row["units"],
    )
    known = (await books.state(key)).shifts.get(wish.shift)
    if known is not None:
        same = (known.role, known.zone, known.starts, known.ends) == (wish.role, wish.zone, wish.starts, wish.ends)
        return "KNOWN" if same else row.error("shift", "EXISTS", "there is a shift of this name, with other times")
    outcome = await books.submit(setting.received(row, "plan", key, wish))
    return row.refused(outcome.refusal, WHERE) if outcome.refusal else "APPLIED"


def _instant(row: Row, column: str, zone: str) -> int | tuple[RowError, ...]:
    local: datetime = row[column]
    try:
        return instant_of(zone, local)
    except ValueError:
        return row.error(column, "TIME", "the clock of the venue never shows this time")


SHIFTS = Kind("shifts", COLUMNS, "venue", ("WF_PLANNER", "VENUE_WF"), apply)
