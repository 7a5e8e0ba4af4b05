"""``podium people serve`` at its operations port: alive, ready, measured; not ready while its readers are behind."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.exposition import generate_latest

from desks.office import Office
from desks.outcome import Outcome
from desks.partitions import Partitions
from engine.sqlite_log import SqliteLog
from management.command import Actor, Received
from podium.people_vitals import vitals_of
from tests.desks.begun import begun
from tests.desks.people import PEPPER, POLICIES, clock
from tests.management.accredited import OTHER_RO, SPRING, TO_PENDING
from tests.podium.people_process import bearer, serving_people, token


async def test_it_says_what_became_of_commands_and_what_waits(tmp_path: Path) -> None:
    log = SqliteLog.open(tmp_path / "games.db")
    office = await begun(Office(log, POLICIES, clock, PEPPER, partitions=Partitions(3)))
    vitals = vitals_of(office, "games.db", 2)

    async def give(number: int, command: Any, by: Actor) -> Outcome:
        received = Received(f"00000000-0000-7000-8000-{number:012}", "per:P1", command, by, SPRING)
        return await office.submit(received)

    assert vitals.reason == ""
    assert (await give(0, TO_PENDING[0][0], OTHER_RO)).refusal is not None
    for number, (command, by) in enumerate(TO_PENDING, 1):
        assert (await give(number, command, by)).accepted
    told = generate_latest(vitals.registry).decode()
    assert re.findall(r"^podium_people_(\w+(?:{code=[^}]*})?) (\S+)$", told, re.MULTILINE)[:5] == [
        ("partitions", "3.0"),
        ("unread_events", "3.0"),
        ("unreacted_events", "0.0"),
        ('commands_total{code="NOT_AUTHORISED"}', "1.0"),
        ('commands_total{code="accepted"}', "3.0"),
    ]
    assert "podium_people_command_seconds_count 4.0" in told
    assert vitals.reason == "3 events are not taken in, and at most 2 may be"
    await office.acquire([])  # reads
    assert vitals.reason == ""
    assert office.unreacted == 3
    vitals.leaving = True
    assert vitals.reason == "the process is leaving"
    await office.close()
    await log.close()


def test_the_process_answers_at_a_port_of_its_own_and_nowhere_else(tmp_path: Path) -> None:
    shown, said, operations = token(tmp_path, "op", "OC_ACR_OPERATOR"), list[str](), list[str]()
    with serving_people(tmp_path, said=said, operations=operations) as client:
        assert client.get("/v1/records/per:P1", headers=bearer(shown)).status_code == 404
        public = [client.get(path).status_code for path in ("/metrics", "/healthz", "/readyz")]
        with httpx.Client(base_url=operations[0], timeout=30) as own:
            assert own.get("/healthz").json() == {"alive": True}
            assert own.get("/readyz").json() == {"ready": True, "checks": ["process", "readers"]}
            assert "podium_people_partitions 12.0" in own.get("/metrics").text
    assert 200 not in public
    assert any("leaving" in line for line in said)
