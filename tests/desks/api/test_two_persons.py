"""What takes two persons takes two tokens of two persons, whatever roles one of them has."""

from __future__ import annotations

from pathlib import Path

import pytest

from management.application import Verify
from management.command import Actor, Grant
from management.person_record import CloseGames, ErasePerson, PlaceLegalHold, RequestErasure
from management.suspension import ApproveRevocation, ConfirmSuspension, RequestRevocation
from tests.desks.api_hands import ACTORS, api, codes
from tests.management.accredited import (
    AUTHORITY,
    DPO,
    FORM,
    OPEN,
    OPERATOR,
    SUPERVISOR,
    SUPERVISOR_C,
    TO_SUSPENDED,
)

BOTH = Actor("both", (Grant("RO_ACR", "ro:AAA"), Grant("OC_ACR_OPERATOR")))
KEY = "per:P1"
CLOSED = 1_631_145_600_000  # ms: from then on the Games may be closed


@pytest.fixture(autouse=True)
def somebody_with_two_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACTORS, BOTH.id, BOTH)


async def test_who_submits_does_not_verify(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        await people.done(KEY, BOTH, OPEN, FORM)
        own = await people.command(KEY, Verify("A1"), BOTH)
        other = await people.command(KEY, Verify("A1"), OPERATOR)
    assert codes([own]) == [(409, "SAME_PERSON")]
    assert own.json()["error"]["about"] == {"actor": "both"}
    assert other.status_code == 200


async def test_who_suspends_or_asks_to_revoke_does_not_confirm_it(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        for command, by in TO_SUSPENDED:
            await people.done(KEY, by, command)
        own = [await people.command(KEY, ConfirmSuspension("A1"), SUPERVISOR)]
        await people.done(KEY, SUPERVISOR_C, ConfirmSuspension("A1"))
        await people.done(KEY, AUTHORITY, RequestRevocation("A1", "CONDUCT"))
        own += [await people.command(KEY, ApproveRevocation("A1"), AUTHORITY)]
        await people.done(KEY, SUPERVISOR, ApproveRevocation("A1"))
        seen = (await people.record(KEY, OPERATOR)).json()["record"]
    assert codes(own) == [(409, "SAME_PERSON")] * 2
    assert seen["participations"]["A1"]["status"] == "REVOKED"


async def test_two_supervisors_alone_do_not_revoke(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        for command, by in TO_SUSPENDED:
            await people.done(KEY, by, command)
        await people.done(KEY, SUPERVISOR, RequestRevocation("A1", "CONDUCT"))
        answer = await people.command(KEY, ApproveRevocation("A1"), SUPERVISOR_C)
        assert codes([answer]) == [(403, "NOT_AUTHORISED")]
        await people.done(KEY, AUTHORITY, ApproveRevocation("A1"))


async def test_who_asks_for_erasure_does_not_erase(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        await people.done(KEY, BOTH, OPEN)
        people.clock[0] = CLOSED * 1000
        await people.done(KEY, AUTHORITY, CloseGames())
        await people.done(KEY, DPO, RequestErasure("ASKED"))
        answer = await people.command(KEY, ErasePerson(), DPO)
        hold = await people.command(KEY, PlaceLegalHold("C1"), SUPERVISOR)
    assert codes([answer, hold]) == [(409, "SAME_PERSON"), (403, "NOT_AUTHORISED")]


async def test_an_answer_does_not_tell_what_is_there_from_what_may_not_be_seen(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        await people.done(KEY, BOTH, OPEN)
        for path in ("/v1/records/per:{}", "/v1/people/{}/facts", "/v1/records/acct:{}", "/v1/records/uq:{}"):
            for by in ("ro-b", "nobody", "desk-olv"):
                there, missing = [await people.get(path.format(person), by) for person in ("P1", "P9")]
                assert (there.status_code, there.text) == (404, missing.text)
                assert there.headers.items() == missing.headers.items()
