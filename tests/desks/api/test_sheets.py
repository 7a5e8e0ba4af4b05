"""Sheets by the API: checked, applied once, and for those alone who may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from desks.api import sheets
from desks.blind_index import BlindIndex
from desks.bulk.reception import Reception
from management.quota import SetQuota
from tests.desks.api_hands import Api, api, bearer, codes
from tests.desks.bulk.sheets import csv
from tests.desks.people import POLICIES
from tests.management.accredited import AUTHORITY, OTHER_RO, RO

HEADER = (
    *("ref", "category", "function", "discipline", "family_name", "nationality", "birth_date"),
    *("document_country", "document_type", "document_number", "document_until", "photo", "consents"),
)
ANN = ("7", "Aa", "ATHLETE", "SWM", "Ann", "AAA", "1999-05-01", "AAA", "P", "X1", "2025-01-01", "PASSED", "SELF")
BOB = ("8", "Aa", "ATHLETE", "SWM", "Bob", "AAA", "1999-13-01", "AAA", "P", "X2", "2025-01-01", "PASSED", "SELF")
SHEET = csv(HEADER, ANN, BOB)


def routes(office: Any, vault: Any) -> list[Any]:
    """Return the routes of the sheets."""
    return [sheets.router(Reception(office, POLICIES, BlindIndex(bytes(32)), vault))]


async def send(people: Api, data: bytes, by: Any, kind: str = "people", **query: str) -> httpx.Response:
    asked = {"scope": "ro:AAA"} | query
    return await people.client.post(f"/v1/sheets/{kind}", params=asked, content=data, headers=bearer(by))


async def test_a_sheet_is_rehearsed_then_applied_and_the_same_again_applies_nothing(tmp_path: Path) -> None:
    async with api(tmp_path, more=routes) as people:
        await people.done("ro:AAA", AUTHORITY, SetQuota("Aa", 2))
        said = [(await send(people, SHEET, RO, dry_run=dry)).json() for dry in ("true", "false", "false")]
        await people.settled()
        holds = (await people.record("ro:AAA", RO)).json()["record"]["holds"]
        (subject,) = [hold["subject"] for hold in holds.values()]
        person = subject.removeprefix("per:").partition("/")[0]
        facts = (await people.get(f"/v1/people/{person}/facts", RO)).json()["facts"]
    assert [(one["applied"], one["known"], one["refused"]) for one in said] == [(1, 0, 1), (1, 0, 1), (0, 1, 1)]
    assert [(one["row"], one["column"], one["code"]) for one in said[1]["errors"]] == [(3, "birth_date", "DATE")]
    assert facts["family_name"] == "Ann"


async def test_a_sheet_is_taken_of_whom_it_may_be_and_read_as_what_it_is(tmp_path: Path) -> None:
    async with api(tmp_path, more=routes) as people:
        turned = [
            await send(people, SHEET, OTHER_RO),
            await send(people, SHEET, RO, scope="venue:AAA"),
            await send(people, SHEET, RO, scope="ro:BBB"),
            await send(people, SHEET, RO, kind="longlist"),
            await send(people, SHEET, RO, kind="nonsense"),
        ]
        unread = [await send(people, b"\xff", RO), await send(people, csv((*HEADER, "shoe_size")), RO)]
    assert codes(turned) == [(403, "NOT_AUTHORISED")] * 5
    assert codes(unread) == [(422, "ENCODING"), (422, "HEADER")]
    assert [one.json()["error"]["at"] for one in unread] == ["row 1", "row 1"]
