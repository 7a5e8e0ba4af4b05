"""Scanners at the doors: they enrol with a key of their own, hand in what they signed, and count until revoked."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from msgspec.structs import replace

from desks.api import scans
from desks.devices import Devices
from desks.outcome import Position
from desks.scan_batch import Batch
from desks.scan_intake import ScanIntake
from engine.sqlite_log import SqliteLog
from management.command import Received
from management.device import InviteDevice, RevokeDevice
from management.soc_signs import ScansTurned, Sign
from tests.desks.api_hands import Api, api, codes
from tests.desks.gate_hands import SCANNER
from tests.desks.test_gate_spool import scan
from tests.desks.test_keys import key
from tests.desks.test_scan_intake import batch
from tests.management.account_hands import actor
from tests.management.accredited import JULY

LEADER = actor("P-LEA", "VENUE_ACR", scope="venue:SWC")
SECRET = "read off a screen"
RAW = SCANNER.public.public_bytes_raw().hex()


async def did(people: Api, command: Any) -> None:
    """Carry out a command about the scanner, and wait until it is seen."""
    received: Received[Any] = Received(people.new_id(), "dev:SCAN-1", command, LEADER, people.office.now)
    outcome = await people.office.submit(received, "test")
    assert outcome.accepted, outcome
    assert await people.office.seen(outcome.position)


async def enrol(people: Api, secret: str = SECRET, raw: str = RAW) -> httpx.Response:
    return await people.client.post("/v1/devices/SCAN-1/enrolment", json={"key": raw, "secret": secret})


async def hand_in(people: Api, data: bytes) -> httpx.Response:
    return await people.client.post("/v1/scans", content=data)


async def test_a_scanner_enrols_hands_in_its_scans_and_is_revoked(tmp_path: Path) -> None:
    log, devices, told = SqliteLog.open(tmp_path / "games.podium"), Devices(), list[Sign]()
    intake = await ScanIntake.open(log, "T20", devices, lambda: JULY * 1000)
    routers = [scans.router(intake, told.append)]
    async with api(tmp_path, log=log, readers=[devices], routers=routers) as people:
        data = batch(scan(1))
        stranger = await hand_in(people, data)
        digest = sha256(SECRET.encode()).hexdigest()
        await did(people, InviteDevice("SWC", digest))
        wrong = await enrol(people, "another")
        enrolled = await enrol(people)
        assert await people.office.seen(Position.parse(enrolled.json()["position"]))
        again = await enrol(people)
        taken = await hand_in(people, data)
        repeated = await hand_in(people, data)
        copied = await hand_in(people, batch(replace(scan(1), serial=666), scan(2)))
        forged = await hand_in(people, Batch("T20", "SCAN-1", 1, bytes(32), ()).encode(key(99)))
        await did(people, RevokeDevice("LOST"))
        revoked = await hand_in(people, data)
    assert codes([stranger, forged, revoked]) == [(403, "UNKNOWN_DEVICE")] * 3
    assert codes([wrong, again]) == [(409, "INVITATION")] * 2
    assert (enrolled.status_code, taken.json()["stored"], repeated.json()["repeated"]) == (200, 1, 1)
    assert codes([copied]) == [(409, "FORK")]
    assert told == [
        ScansTurned("", "UNKNOWN_DEVICE"),
        ScansTurned("SCAN-1", "FORK"),
        *[ScansTurned("", "UNKNOWN_DEVICE")] * 2,
    ]
    await log.close()
