"""Long lists: one row an athlete in a discipline, for one organisation; with the forms that are there already."""

from __future__ import annotations

from desks.bulk.books import Books
from desks.bulk.cells import choice, code, text, yes_no
from desks.bulk.columns import Column, Row
from desks.bulk.report import Verdict
from desks.bulk.setting import Kind, Setting
from desks.facts import Facts
from management.long_list import LongListAthlete, SignEligibilityForm

__all__ = ["LONG_LIST"]

COLUMNS = (
    Column("discipline", code, needed=True, key=True),
    Column("athlete", code, needed=True, key=True),
    Column("gender", choice("M", "W"), needed=True),
    Column("family_name", text),
    Column("given_name", text),
    Column("form_signed", yes_no, absent=False),
)
WHERE = {"LONG_LIST_CLOSED": "discipline", "STATE": "athlete", "UNKNOWN": "discipline", "NOT_LONG_LISTED": "athlete"}


async def apply(row: Row, books: Books, setting: Setting) -> Verdict:
    """Carry out a row."""
    key, athlete, noc = f"ebk:{row['discipline']}", row["athlete"], setting.scope
    known = (await books.state(key)).athletes.get(athlete)
    listed = known is not None and known.listed and (known.noc, known.gender) == (noc, row["gender"])
    if known is not None and listed and (known.form or not row["form_signed"]):
        return "KNOWN"
    if not listed:
        facts = Facts(family_name=row["family_name"], given_name=row["given_name"], gender=row["gender"])
        sealed = setting.seal(row, "list", key, athlete, facts)
        wish = LongListAthlete(noc, athlete, row["gender"], sealed)
        if refusal := (await books.submit(setting.received(row, "list", key, wish))).refusal:
            return row.refused(refusal, WHERE)
    if row["form_signed"]:
        signed = setting.received(row, "form", key, SignEligibilityForm(athlete))
        if refusal := (await books.submit(signed)).refusal:
            return row.refused(refusal, WHERE)
    return "APPLIED"


LONG_LIST = Kind("longlist", COLUMNS, "ro", ("RO_ENTRIES",), apply, lambda _, row: str(row["athlete"]))
