"""Commands and records over HTTP: once, where one may, and not older than asked for."""

from __future__ import annotations

from pathlib import Path

from management.application import Verify
from tests.desks.api_hands import api, bearer, codes
from tests.management.accredited import FORM, OPEN, OPERATOR, OTHER_RO, RO, SECURITY, SPRING, TO_PENDING


async def test_a_command_is_carried_out_once_and_answered_the_same_again(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        again = {"id": people.new_id()}
        first = await people.command("per:P1", OPEN, RO, **again)
        second = await people.command("per:P1", OPEN, RO, **again)
        other = await people.command("per:P1", FORM, RO, **again)
    assert first.status_code == 200
    assert first.json() == second.json()
    assert first.json()["version"] == 1
    assert first.headers["Podium-Position"] == first.json()["position"]
    assert codes([other]) == [(409, "IDEMPOTENCY_CONFLICT")]


async def test_a_refusal_has_the_one_shape_of_all_errors(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        await people.done("per:P1", RO, OPEN)
        answer = await people.command("per:P1", Verify("A1"), OPERATOR)
    assert answer.status_code == 409
    assert answer.json() == {
        "error": {
            "code": "STATE",
            "message": "The participation is DRAFT.",
            "at": "per:P1",
            "retry": False,
            "about": {"participation": "A1", "status": "DRAFT"},
        }
    }


async def test_who_is_not_known_comes_nowhere_but_to_the_status(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        answers = [await people.record("per:P1", "stranger"), await people.command("per:P1", OPEN, "stranger")]
        answers += [await people.client.get("/v1/records/per:P1")]
        status = await people.client.get("/v1/status")
    assert codes(answers) == [(401, "not_signed_in")] * 3
    assert status.json() == {"now": SPRING, "partitions": 3, "serves": [0, 1, 2]}


async def test_bytes_that_are_no_command_are_turned_away(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        bodies = [b"", b"{", b'{"id":"x"}', b'{"id":"x","key":"zz:1","command":{}}', b"[]", b"\xff" * 10]
        answers = [await people.client.post("/v1/commands", content=body, headers=bearer(RO)) for body in bodies]
    assert codes(answers) == [(400, "MALFORMED")] * 3 + [(404, "UNKNOWN_KEY")] + [(400, "MALFORMED")] * 2


async def test_a_record_shows_each_what_is_his(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        for command, by in TO_PENDING:
            await people.done("per:P1", by, command)
        found = {one.id: (await people.record("per:P1", one)).json() for one in (RO, OPERATOR, SECURITY, OTHER_RO)}
        missing = (await people.record("per:P2", OTHER_RO)).json()
    assert found[OPERATOR.id]["record"]["participations"]["A1"]["ro"] == "AAA"
    assert found[RO.id]["record"]["participations"] == found[OPERATOR.id]["record"]["participations"]
    assert found[SECURITY.id]["record"] == {
        "participations": {"A1": {"id": "A1", "status": "CLEARANCE_PENDING", "clearance": "", "clearance_expires": 0}}
    }
    assert found[OTHER_RO.id] == missing
    assert missing["error"]["code"] == "not_found"


async def test_what_was_written_is_read_and_what_is_not_seen_yet_is_asked_for_again(tmp_path: Path) -> None:
    async with api(tmp_path) as people:
        written = await people.command("per:P1", OPEN, RO)
        position = written.headers["Podium-Position"]
        read = await people.record("per:P1", RO, **{"Podium-Min-Position": position})
        partition, _, serial = position.partition(":")
        later = {"Podium-Min-Position": f"{partition}:{int(serial) + 1}"}
        early = await people.record("per:P1", RO, **later)
        wrong = await people.record("per:P1", RO, **{"Podium-Min-Position": "soon"})
    assert (read.status_code, read.json()["version"]) == (200, 1)
    assert codes([early]) == [(202, "not_yet")]
    assert early.headers["Retry-After"] == "1"
    assert codes([wrong]) == [(400, "bad_parameter")]
