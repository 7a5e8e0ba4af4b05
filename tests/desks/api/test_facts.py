"""Facts about a person: sealed at the door, opened for who may see them, and each role sees what it needs."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from desks.partitions import scan
from desks.topics import COMMANDS, EVENTS, REPLIES
from management.application import Verify
from management.command import Actor, Grant
from management.person_record import MergePerson
from tests.desks.api_hands import ACTORS, Api, api, codes
from tests.desks.people import PARTITIONS
from tests.management.accredited import (
    AUTHORITY,
    DPO,
    FORM,
    NOBODY,
    OPEN,
    OPERATOR,
    OTHER_RO,
    RO,
    SECURITY,
    SOC,
    SUPERVISOR,
    VENUE,
)

FORM_OF = {name: value for name, value in msgspec.to_builtins(FORM).items() if name != "sealed"}
PERSONAL = {
    "family_name": "Ångström",
    "given_name": "Zoë",
    "born": "1999-05-01",
    "gender": "W",
    "nationality": "AAA",
    "documents": [{"country": "SWE", "kind": "P", "number": "X1234567", "until": "2025-01-01"}],
    "email": "zoe@example.org",
    "health": "asthma",
}
CHECKED = {"family_name", "given_name", "born", "gender", "nationality", "documents"}


def photo(form: str = "PNG", size: tuple[int, int] = (300, 400), **more: Any) -> str:
    made = BytesIO()
    Image.new("RGB", size, (200, 100, 50)).save(made, form, **more)
    return b64encode(made.getvalue()).decode()


async def apply(people: Api, person: str = "P1", **more: Any) -> None:
    await people.done(f"per:{person}", RO, OPEN)
    answer = await people.command(f"per:{person}", FORM_OF, RO, personal=PERSONAL | more)
    assert answer.status_code == 200, answer.text


async def facts(people: Api, by: Any, person: str = "P1") -> Any:
    answer = await people.get(f"/v1/people/{person}/facts", by)
    return answer.json().get("facts", answer.json())


async def test_each_role_sees_the_fields_that_it_needs(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        await apply(people)
        seen = {one.id: await facts(people, one) for one in (RO, OPERATOR, SECURITY, VENUE, AUTHORITY, DPO)}
        nothing = {one.id: await facts(people, one) for one in (OTHER_RO, SOC, NOBODY)}
        nobody = await facts(people, OTHER_RO, "P9")
    assert seen[RO.id] == seen[DPO.id] == PERSONAL
    assert set(seen[OPERATOR.id]) == set(PERSONAL) - {"health"}
    assert set(seen[SECURITY.id]) == CHECKED
    assert set(seen[VENUE.id]) == {"family_name", "given_name", "nationality", "documents"}
    assert set(seen[AUTHORITY.id]) == {"family_name", "given_name", "nationality"}
    assert list(nothing.values()) == [nobody] * 3
    assert nobody["error"]["code"] == "not_found"


async def test_a_venues_desk_sees_whom_its_venue_opens_to_and_a_point_of_validation_everybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks = {venue: Actor(f"desk-{venue}", (Grant("VENUE_ACR", f"venue:{venue}"),)) for venue in ("OLP", "MPC", "STA")}
    for desk in desks.values():
        monkeypatch.setitem(ACTORS, desk.id, desk)
    async with api(tmp_path) as people:
        await apply(people)  # an athlete: the village and the common domain, and the venues of the discipline
        seen = {venue: "family_name" in await facts(people, desk) for venue, desk in desks.items()}
    assert seen == {"OLP": True, "MPC": True, "STA": False}


async def test_nothing_that_is_personal_lies_on_the_log(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        await apply(people)
        nothing = dict.fromkeys(range(PARTITIONS.count), 0)
        log = people.office.log
        topics = (COMMANDS, EVENTS, REPLIES)
        found = [one.value for topic in topics async for _, one in scan(log, topic, PARTITIONS, nothing)]
    words = [text.encode() for text in ("ngstr", "Zoë", "1999-05-01", "X1234567", "zoe@", "asthma", "personal")]
    assert len(found) >= 6  # and what the reactor does
    assert [value for value in found for word in words if word in value] == []


async def test_the_same_again_is_the_same_command(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        await people.done("per:P1", RO, OPEN)
        again = {"id": people.new_id(), "personal": PERSONAL | {"photo": photo()}}
        first = await people.command("per:P1", FORM_OF, RO, **again)
        second = await people.command("per:P1", FORM_OF, RO, **again)
        other = await people.command("per:P1", FORM_OF, RO, **again | {"personal": {"family_name": "Else"}})
    assert (first.status_code, first.json()) == (200, second.json())
    assert codes([other]) == [(409, "IDEMPOTENCY_CONFLICT")]


async def test_the_newest_word_counts_and_what_an_operator_notes_goes_to_its_organisation(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        await apply(people)
        send_back = {"type": "return", "participation": "A1", "notes": ["PHOTO"]}
        noted = await people.command("per:P1", send_back, OPERATOR, personal={"note": "too dark"})
        assert noted.status_code == 200, noted.text
        again = await people.command("per:P1", FORM_OF, RO, personal={"given_name": "Zoe", "photo": photo("JPEG")})
        assert again.status_code == 200, again.text
        found = await facts(people, RO)
    assert (found["given_name"], found["family_name"], found["note"]) == ("Zoe", "Ångström", "too dark")
    assert found["photo"]


async def test_a_merged_record_is_read_on_under_the_other(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        await apply(people)
        await people.done("per:P1", SUPERVISOR, MergePerson("P2"))
        assert await facts(people, RO, "P2") == PERSONAL


async def test_who_was_erased_has_no_facts_and_gets_no_new_ones(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        await apply(people)
        people.vault.destroy(["P1"], 7, "test")
        answer = await people.get("/v1/people/P1/facts", RO)
        more = await people.command("per:P1", FORM_OF, RO, personal={"given_name": "Zoe"})
    assert answer.json() == {"person": "P1", "facts": {}, "withheld": [], "erased": 7}
    assert codes([more]) == [(409, "ERASED")]


@pytest.mark.parametrize(
    ("command", "personal", "code"),
    [
        ({**FORM_OF, "sealed": "c2VhbGVk"}, None, "sealed_elsewhere"),
        (msgspec.to_builtins(Verify("A1")), {"family_name": "X"}, "nothing_personal"),
        (FORM_OF, {"family_name": 7}, "bad_personal"),
        (FORM_OF, {"shoe_size": "7"}, "bad_personal"),
        (FORM_OF, {"withheld": ["born"]}, "bad_personal"),
        (FORM_OF, [], "bad_personal"),
        (FORM_OF, {"photo": "bm8gcGhvdG8="}, "bad_photo"),
        (FORM_OF, {"photo": photo(size=(5000, 10))}, "bad_photo"),
        (FORM_OF, {"photo": photo("GIF")}, "bad_photo"),
    ],
)
async def test_what_cannot_be_sealed_is_turned_away(tmp_path: Path, command: Any, personal: Any, code: str) -> None:
    async with api(tmp_path) as people:
        more = {} if personal is None else {"personal": personal}
        answer = await people.command("per:P1", command, RO, **more)
    assert codes([answer]) == [(400, code)]
    assert "$." in answer.json()["error"]["at"]
