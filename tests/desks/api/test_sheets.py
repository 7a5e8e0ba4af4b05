"""Sheets by the API: checked, applied once, and for those alone who may."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx

from desks.api import sheets
from desks.api.doorkeeper import Doorkeeper
from desks.blind_index import BlindIndex
from desks.bulk.reception import Reception
from desks.bulk.sheet import Limits
from desks.bulk.xlsx_form import decode
from desks.people_index.index import PeopleIndex
from management.command import Actor, Grant
from management.quota import SetQuota
from management.soc_signs import PersonalRead
from tests.desks.api_hands import ACTORS, Api, api, bearer, codes
from tests.desks.bulk.sheets import csv
from tests.desks.people import POLICIES
from tests.management.accredited import AUTHORITY, OPERATOR, OTHER_RO, RO, SPRING, VENUE

ENTRIES = Actor("ent-a", (Grant("RO_ENTRIES", "ro:AAA"),))
ROSTER = Actor("roster", (Grant("WF_PLANNER"),))
ANN_HERSELF = Actor("ANN", (Grant("VOLUNTEER", "person:ANN"),))
ACTORS.update({one.id: one for one in (ENTRIES, ROSTER, ANN_HERSELF)})
HEADER = (
    *("ref", "category", "function", "discipline", "family_name", "nationality", "birth_date"),
    *("document_country", "document_type", "document_number", "document_until", "photo", "consents"),
)
ANN = ("7", "Aa", "ATHLETE", "SWM", "Ann", "AAA", "1999-05-01", "AAA", "P", "X1", "2025-01-01", "PASSED", "SELF")
BOB = ("8", "Aa", "ATHLETE", "SWM", "Bob", "AAA", "1999-13-01", "AAA", "P", "X2", "2025-01-01", "PASSED", "SELF")
SHEET = csv(HEADER, ANN, BOB)


def served(folder: Path, **options: Any) -> AbstractAsyncContextManager[Api]:
    """Serve the sheets within a block."""
    index = PeopleIndex(POLICIES["per"])

    def routes(office: Any, vault: Any) -> list[Any]:
        archive = sheets.Archive(office, vault, index.applicants, POLICIES["ebk"].disciplines)
        return [sheets.router(Reception(office, POLICIES, BlindIndex(bytes(32)), vault), archive)]

    return api(folder, more=routes, readers=[index], **options)


async def send(people: Api, data: bytes, by: Any, kind: str = "people", **query: str) -> httpx.Response:
    asked = {"scope": "ro:AAA"} | query
    return await people.client.post(f"/v1/sheets/{kind}", params=asked, content=data, headers=bearer(by))


async def test_a_sheet_is_rehearsed_then_applied_and_the_same_again_applies_nothing(tmp_path: Path) -> None:
    async with served(tmp_path) as people:
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
    async with served(tmp_path) as people:
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


async def fetch(people: Api, kind: str, scope: str, by: Any, form: str = "csv") -> httpx.Response:
    return await people.get(f"/v1/sheets/{kind}?scope={scope}&format={form}", by)


async def test_people_go_out_as_they_came_in_to_who_may_see_them_and_are_counted(tmp_path: Path) -> None:
    signs: list[Any] = []
    doorkeeper = Doorkeeper({"personal_reads": "2/hour"}, tell=signs.append, now=lambda: SPRING)
    other = {"7": "9", "Ann": "+cmd|x", "X1": "X9"}
    evil = tuple(other.get(cell, cell) for cell in ANN)
    async with served(tmp_path, doorkeeper=doorkeeper) as people:
        await people.done("ro:AAA", AUTHORITY, SetQuota("Aa", 2))
        report = (await send(people, csv(HEADER, ANN, evil), RO)).json()
        await people.settled()
        turned = [await fetch(people, "people", "ro:AAA", one) for one in (OTHER_RO, VENUE)]
        turned += [await fetch(people, "people", "venue:AAA", RO), await fetch(people, "longlist", "ro:AAA", RO)]
        given = await fetch(people, "people", "ro:AAA", RO)
        beyond = await fetch(people, "people", "ro:AAA", RO)
        book = decode((await fetch(people, "people", "ro:AAA", OPERATOR, "xlsx")).content, Limits())
    assert report["applied"] == 2, report
    text = given.content.decode("utf-8-sig")
    assert text.count("\r\n") == 3
    assert '"SUBMITTED","Ann"' in text
    assert '"1999-05-01","AAA","P","X1","2025-01-01"' in text
    assert '"SUBMITTED","\'+cmd|x"' in text
    assert {line.cells[book.header.index("document_number")] for line in book.lines} == {"X1", "X9"}
    assert codes([*turned, beyond])[:4] == [(403, "NOT_AUTHORISED")] * 4
    assert beyond.status_code == 429
    assert [sign.people for sign in signs if isinstance(sign, PersonalRead)] == [2, 2, 2]


async def test_a_sheet_of_shifts_and_one_of_athletes_come_in_again_as_they_went_out(tmp_path: Path) -> None:
    shifts = csv(
        ("shift", "role", "zone", "starts", "ends", "need", "languages", "units"),
        ("S1", "STEWARD", "BLUE", "2030-07-21 08:00", "2030-07-21 16:00", "2", "fr:1", ""),
    )
    athletes = csv(
        ("discipline", "athlete", "gender", "family_name", "given_name", "form_signed"),
        ("SWM", "P1", "W", "Ann", "Zoe", "yes"),
    )
    sheets_of = {("shifts", "venue:STA"): (shifts, ROSTER), ("longlist", "ro:AAA"): (athletes, ENTRIES)}
    async with served(tmp_path) as people:
        for (kind, scope), (sheet, by) in sheets_of.items():
            report = (await send(people, sheet, by, kind=kind, scope=scope)).json()
            assert report["applied"] == 1, report
            await people.settled()
            out = (await fetch(people, kind, scope, by)).content
            assert out.decode("utf-8-sig").replace('"', "") == sheet.decode()
            again = (await send(people, out, by, kind=kind, scope=scope)).json()
            assert (again["known"], again["refused"]) == (1, 0), again


async def test_planners_get_the_volunteers_of_their_programme(tmp_path: Path) -> None:
    async with served(tmp_path) as people:
        opened = {"type": "open_application"}
        said = await people.command("vol:MAIN:ANN", opened, ANN_HERSELF, personal={"family_name": "Ann", "note": "x"})
        assert said.status_code == 200, said.text
        await people.settled()
        given = await fetch(people, "volunteers", "programme:MAIN", ROSTER)
        other = await fetch(people, "volunteers", "programme:TEST", ROSTER)
    assert given.content.decode("utf-8-sig").splitlines()[1:] == ['"ANN","DRAFT","","","","","Ann","","",""']
    assert other.content.count(b"\r\n") == 1
