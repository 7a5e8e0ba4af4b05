"""What becomes of a row of each kind: into books that live as long as the test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from desks.bulk.books import Rehearsal
from desks.bulk.columns import read_rows
from desks.bulk.importing import Imports, read_sheet
from desks.bulk.kinds.all import KINDS
from desks.bulk.sheet import Limits
from desks.facts import Document, Facts
from desks.key_store import KeyStore
from desks.key_wrap import HeldWrapper
from desks.vault import Place, Vault
from management.command import Actor, Grant, Received
from management.quota import SetQuota
from management.volunteer_commands import AmendApplication, OpenApplication, Submit
from tests.desks.bulk.sheets import books, csv, run, setting, told
from tests.desks.people import POLICIES
from tests.management.accredited import AUTHORITY, RO, SPRING
from tests.management.venue_hands import PLANNER as VENUE_PLANNER
from tests.management.volunteer_hands import ADULT, DAYS, NOW, PLANNER, person

ENTRIES = Actor("ent-a", (Grant("RO_ENTRIES", "ro:AAA"),))
SWIMMING = "ebk:SWM"

PEOPLE: tuple[str, ...] = (
    *("ref", "category", "function", "discipline", "family_name", "nationality", "birth_date"),
    *("document_country", "document_type", "document_number", "document_until", "photo", "consents"),
)
ANN = ("7", "Aa", "ATHLETE", "SWM", "Ann", "AAA", "1999-05-01", "AAA", "P", "X1", "2025-01-01", "PASSED", "SELF")


def changed(row: tuple[str, ...], **cells: str) -> tuple[str, ...]:
    """Return a row with other cells."""
    return tuple(cells.get(name, cell) for name, cell in zip(PEOPLE, row, strict=True))


async def with_quota(total: int) -> Rehearsal:
    """Return books in which AAA has places for athletes."""
    found = books()
    await found.submit(Received(str_id(), "ro:AAA", SetQuota("Aa", total), AUTHORITY, SPRING))
    return found


def str_id(number: int = 1) -> str:
    return f"00000000-0000-7000-8000-{number:012d}"


async def imported(
    found: Rehearsal, kind: str, rows: Sequence[Sequence[str]], actor: Actor, at: int, scope: str
) -> Any:
    data = csv(*rows)
    return await run(Imports(found), data, KINDS[kind], setting(data, actor, at, scope))


async def test_a_person_is_applied_for_with_his_document_and_a_place_in_the_quota() -> None:
    found = await with_quota(1)
    report = await imported(found, "people", [PEOPLE, ANN], RO, SPRING, "AAA")
    assert (report.applied, report.errors) == (1, ())
    state = await found.state("ro:AAA")
    hold = next(iter(state.holds.values()))
    applicant, _, participation = hold.subject.partition("/")
    record = await found.state(applicant)
    assert record.participations[participation].status == "SUBMITTED"


async def test_what_a_row_took_is_given_back_when_it_is_refused() -> None:
    found = await with_quota(2)
    bad = changed(ANN, photo="FAILED")
    report = await imported(found, "people", [PEOPLE, bad], RO, SPRING, "AAA")
    assert told(report) == [(2, "photo", "PHOTO")]
    assert (await found.state("ro:AAA")).holds == {}  # the rehearsal found out: nothing was handed in


async def test_a_row_that_is_refused_in_earnest_alone_gives_back_what_it_took() -> None:
    found = await with_quota(2)
    data, kind = csv(PEOPLE, changed(ANN, photo="FAILED")), KINDS["people"]
    said = setting(data, RO, SPRING, "AAA")
    rows, _ = read_rows(read_sheet(data, kind, Limits()), kind.columns)
    verdict = await kind.apply(rows[0], found, said)  # not rehearsed: somebody came in between
    assert isinstance(verdict, tuple)
    assert [(error.column, error.code) for error in verdict] == [("photo", "PHOTO")]
    book = await found.state("ro:AAA")
    assert ([hold.status for hold in book.holds.values()], book.lines["Aa"].free) == (["RELEASED"], 2)
    again = await run(Imports(found), csv(PEOPLE, ANN), KINDS["people"], said)  # the same file, as far as ids go
    assert (again.applied, told(again)) == (1, [])


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ({"category": "GT", "function": "GUEST"}, ("category", "CATEGORY")),
        ({"function": "COOK"}, ("category", "NOT_OWNER")),
        ({"nationality": ""}, ("", "INCOMPLETE")),
        ({"consents": ""}, ("consents", "CONSENT")),
        ({"document_until": "2021-12-31"}, ("document_until", "DOCUMENT")),
        ({"birth_date": "2010-01-01"}, ("consents", "CONSENT")),
    ],
)
async def test_a_refusal_names_the_column_that_it_is_about(cells: dict[str, str], error: tuple[str, str]) -> None:
    report = await imported(await with_quota(5), "people", [PEOPLE, changed(ANN, **cells)], RO, SPRING, "AAA")
    assert told(report) == [(2, *error)]


async def test_one_person_in_two_functions_has_one_document() -> None:
    found = books()
    for number, category in enumerate(("Aa", "Ao")):
        await found.submit(Received(str_id(number), "ro:AAA", SetQuota(category, 1), AUTHORITY, SPRING))
    data = csv(
        PEOPLE,
        ANN,
        changed(ANN, category="Ao", function="COACH"),
        changed(ANN, ref="8", category="Ao", function="COACH"),
    )
    report = await run(Imports(found), data, KINDS["people"], setting(data, RO, SPRING, "AAA"))
    assert (report.applied, told(report)) == (2, [(4, "document_number", "DUPLICATE_DOCUMENT")])


async def test_facts_about_a_person_are_sealed_for_the_command_that_carries_them(tmp_path: Any) -> None:
    found, vault = await with_quota(1), Vault(KeyStore.open(tmp_path / "keys.db"), HeldWrapper(bytes(32)))
    carried: list[Received[Any]] = []

    class Watched(Rehearsal):
        async def submit(self, received: Received[Any]) -> Any:
            carried.append(received)
            return await found.submit(received)

        async def state(self, key: str) -> Any:
            return await found.state(key)

    data = csv((*PEOPLE, "email"), (*ANN, "ann@example.org"))
    await run(Imports(Watched(found, POLICIES)), data, KINDS["people"], setting(data, RO, SPRING, "AAA", vault=vault))
    opened = next(one for one in carried if one.command.__class__.__name__ == "OpenApplication")
    facts = vault.open(opened.key.removeprefix("per:"), Place(opened.key, opened.id), opened.command.sealed)
    assert facts == Facts(
        family_name="Ann",
        born=date(1999, 5, 1),
        nationality="AAA",
        documents=(Document("AAA", "P", "X1", date(2025, 1, 1)),),
        email="ann@example.org",
    )
    assert {one.correlation for one in carried} == {f"import:{setting(data, RO, SPRING, 'AAA').file[:16]}"}


async def test_a_long_list_with_forms() -> None:
    found = books()
    rows = [("discipline", "athlete", "gender", "form_signed"), ("SWM", "A1", "W", "yes"), ("SWM", "A2", "M", "")]
    for applied, known in ((2, 0), (0, 2)):
        report = await imported(found, "longlist", rows, ENTRIES, SPRING, "AAA")
        assert (report.applied, report.known, told(report)) == (applied, known, [])
    state = await found.state(SWIMMING)
    assert {name: athlete.form for name, athlete in state.athletes.items()} == {"A1": True, "A2": False}
    rows[2] = ("SWM", "A2", "W", "")
    assert told(await imported(found, "longlist", rows, ENTRIES, SPRING, "AAA")) == [(3, "athlete", "STATE")]


SHIFTS = [
    ("shift", "role", "zone", "starts", "ends", "need", "languages"),
    ("S1", "STEWARD", "BLUE", "2030-07-21 08:00", "2030-07-21 16:00", "2", "fr:1"),
    ("S2", "STEWARD", "BLUE", "2030-10-26 22:00", "2030-10-27 06:00", "2", ""),  # the clock goes back at 03:00
    ("S3", "STEWARD", "BLUE", "2030-03-31 02:30", "2030-03-31 08:00", "2", ""),  # which is left out
    ("S4", "COOK", "BLUE", "2030-07-21 08:00", "2030-07-21 16:00", "2", ""),
    ("S5", "STEWARD", "BLUE", "2030-07-21 16:00", "2030-07-21 08:00", "2", ""),
]


async def test_shifts_are_planned_by_the_clock_of_the_venue() -> None:
    found, data = books(), csv(*SHIFTS)
    said = setting(data, VENUE_PLANNER, SPRING, "STA", zone="Europe/Paris")
    report = await run(Imports(found), data, KINDS["shifts"], said)
    assert (report.applied, told(report)) == (2, [(4, "starts", "TIME"), (5, "role", "UNKNOWN"), (6, "ends", "TIMES")])
    shift = (await found.state("wf:STA")).shifts["S2"]
    hours = (shift.ends - shift.starts) // 3_600_000
    assert (hours, shift.offset, shift.offset_ends) == (9, 120, 60)
    assert datetime.fromtimestamp(shift.starts / 1000, UTC).isoformat() == "2030-10-26T20:00:00+00:00"
    again = await run(Imports(found), data, KINDS["shifts"], said)
    assert (again.applied, again.known, again.refused) == (0, 2, 3)


async def test_what_planners_found_about_volunteers() -> None:
    found = books()
    for number, command in enumerate((OpenApplication(), AmendApplication(("STEWARD",), DAYS), Submit(ADULT))):
        await found.submit(Received(str_id(number), "vol:MAIN:ANN", command, person("ANN"), NOW))
    rows = [
        ("person", "score", "role", "venue"),
        ("ANN", "80", "STEWARD", "STA"),
        ("BOB", "80", "", ""),
        ("CAT", "", "DRIVER", ""),
    ]
    report = await imported(found, "volunteers", rows, PLANNER, NOW, "MAIN")
    assert (report.applied, told(report)) == (1, [(3, "person", "UNKNOWN"), (4, "venue", "MISSING")])
    state = await found.state("vol:MAIN:ANN")
    assert (state.stage, state.score, state.role, state.venue) == ("MATCHED", 80, "STEWARD", "STA")
    assert (await imported(found, "volunteers", rows, PLANNER, NOW, "MAIN")).known == 1
