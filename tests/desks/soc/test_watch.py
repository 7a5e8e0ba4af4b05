"""The watch on a log: each thing told once, wherever it was stopped, and in a copy of the log as well."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

import schemas.policy
from desks.scan_intake import SCANS
from desks.soc.signs import SIGNS, Teller, record_of
from desks.soc.watch import SOC, SocWatch, read_soc
from desks.topics import COMMANDS, EVENTS, REPLIES
from desks.writer import Writer
from engine.errors import Fenced
from engine.log import Log, Record, Stored
from engine.sqlite_log import SqliteLog
from engine.versions import HEADER
from management.account import OpenAccount
from management.account_grants import ApproveGrant, GiveGrant
from management.soc_signs import PersonalRead, RequestTurned, Sign, SignInTried
from management.soc_watch import State
from management.suspension import ApproveRevocation
from schemas.policy.soc import decode
from tests.desks.conftest import OpenLog
from tests.desks.people import PARTITIONS, PEPPER, POLICIES, People
from tests.desks.test_reactor import APPLY, REVOKE, at_work
from tests.desks.troubled_log import TroubledLog
from tests.management import account_hands as acct
from tests.management import accredited as per
from tests.management.accredited import JULY
from tests.management.watch_hands import scan

POLICY = decode(Path(schemas.policy.__path__[0], "t20", "soc.toml").read_bytes())


class Ticking:
    """A clock of which no two instants are the same, as log time is."""

    def __init__(self) -> None:
        self.now = JULY * 1000

    def __call__(self) -> int:
        self.now += 1
        return self.now


async def opened(log: Log, clock: Any, batch: int = 100, file: Path | None = None) -> SocWatch:
    return await SocWatch.open(log, POLICY, POLICIES["per"], clock, partitions=PARTITIONS, batch=batch, file=file)


async def told(log: Log) -> list[dict[str, Any]]:
    return [msgspec.json.decode(stored.value) async for stored in read_soc(log)]


def names(events: list[dict[str, Any]]) -> list[str]:
    return [f"{one['type_uid']} {one['metadata']['uid']}" for one in events]


def scanned(number: int, clock: Ticking, **what: Any) -> Record:
    made = scan(JULY + number * 1000, seq=number, **what)
    key = "" if made.serial is None else str(made.serial)
    return Record(SCANS, key, msgspec.json.encode(made), clock(), {HEADER: b"1", "chain": b""})


async def story(people: People, clock: Ticking) -> None:
    """Commands that are done and refused, scans, and signs of doors, one after the other."""
    await people.do(*(("per:P1", command, by, per.SPRING) for command, by in per.TO_APPROVED))
    await people.do(("acct:P9", OpenAccount(), acct.SUPERVISOR, JULY))
    asked = people.received(("acct:P9", GiveGrant("SOC"), acct.AUTHORITY, JULY))
    await people.writer.submit(asked)
    await people.writer.submit(people.received(("acct:P9", ApproveGrant(asked.id), acct.AUTHORITY, JULY)))
    await people.log.append([scanned(1, clock, verdict="DENY", reason="REVOKED")])
    for number in range(2, 8):
        await people.log.append([scanned(number, clock, serial=None, verdict="DENY", reason="BAD_SIGNATURE")])
    signs = [PersonalRead("op", "GET /v1/records/{key}", people, "a1") for people in (299, 1)]
    told: list[Sign] = [*signs, SignInTried("P1", "PASSKEY", True, "a1")]
    await people.log.append([record_of(sign, clock(), f"s{number}") for number, sign in enumerate(told)])


TOLD = {
    300101: 1,  # an account
    600303: 1,  # a command that wants another person
    600302: 2,  # personal data
    300201: 1,  # signing in
    200401: 4,  # same person, revoked card, forged codes, mass read
    9990300102: 7,  # denied at a gate
}


async def test_everything_is_told_once_and_found(tmp_path: Path) -> None:
    clock = Ticking()
    people = await People.open(tmp_path, clock)
    await story(people, clock)
    watch = await opened(people.log, clock)
    assert await watch.catch_up() == sum(TOLD.values())
    events = await told(people.log)
    assert Counter(one["type_uid"] for one in events) == TOLD
    findings = {one["finding_info"]["title"]: one for one in events if one["class_uid"] == 2004}
    assert sorted(findings) == ["BAD_CODES", "MASS_PERSONAL_READ", "REVOKED_CARD_SHOWN", "SAME_PERSON_ATTEMPT"]
    assert {"type": "actor", "uid": "P-ANNA"} in findings["SAME_PERSON_ATTEMPT"]["resources"]
    assert await watch.catch_up() == 0
    assert await (await opened(people.log, clock)).catch_up() == 0
    await people.close()


@pytest.mark.parametrize("batch", [1, 3])
async def test_a_watch_that_stops_after_every_look_tells_the_same(tmp_path: Path, batch: int) -> None:
    stories = []
    for name, stops in (("whole", False), ("stopped", True)):
        (tmp_path / name).mkdir()
        clock = Ticking()
        people = await People.open(tmp_path / name, clock)
        await story(people, clock)
        watch = await opened(people.log, clock, batch)
        while (told_now := await _look(watch)) is not None:
            if stops and told_now:
                watch = await opened(people.log, clock, batch)
        stories.append(names(await told(people.log)))
        await people.close()
    assert stories[0] == stories[1]
    assert len(stories[0]) == sum(TOLD.values())


async def _look(watch: SocWatch) -> int | None:
    """Have a watch see to one batch; None where there is none."""
    batch = await watch._inputs.next()
    if not batch:
        return None
    events = [event for one in batch for seen in watch._inputs.seen(one) for event in watch._tell(seen)]
    if events:
        await watch._log.append(watch._records(events), fence=watch._fence)
    return len(events)


async def test_in_a_copy_of_the_log_nothing_is_told_again(tmp_path: Path) -> None:
    clock = Ticking()
    people = await People.open(tmp_path, clock)
    await story(people, clock)
    await (await opened(people.log, clock)).catch_up()
    copy = SqliteLog.open(tmp_path / "copy.podium")
    await copy.append([Record("venue.raw", "x", b"", 1)])  # so that positions are others
    for topic in (COMMANDS, REPLIES, EVENTS, SCANS, SIGNS, SOC):
        records = people.log.read(topic, limit=10_000)
        await copy.append([Record(one.topic, one.key, one.value, one.time, one.headers) for one in records])
    assert await (await opened(copy, clock)).catch_up() == 0
    await copy.append([scanned(9, clock, verdict="DENY", reason="REVOKED")])
    assert await (await opened(copy, clock)).catch_up() == 2
    assert await (await opened(copy, clock)).catch_up() == 0
    await copy.close()
    await people.close()


async def test_a_state_that_was_kept_saves_reading_and_changes_nothing(tmp_path: Path) -> None:
    clock, file = Ticking(), tmp_path / "watch.state"
    people = await People.open(tmp_path, clock)
    await story(people, clock)
    watch = await opened(people.log, clock, file=file)
    assert await watch.catch_up() == sum(TOLD.values())
    assert file.exists()
    await people.log.append([scanned(9, clock, verdict="DENY", reason="REVOKED")])
    again = await opened(people.log, clock, file=file)
    assert again._inputs.at == watch._inputs.at
    assert again._state == watch._state
    assert await again.catch_up() == 2
    file.write_bytes(file.read_bytes()[:-9])
    torn = await opened(people.log, clock, file=file)
    assert torn._state == again._state
    assert await torn.catch_up() == 0
    other = SqliteLog.open(tmp_path / "other.podium")
    again.save()
    assert (await opened(other, clock, file=file))._state == State()
    await other.close()
    await people.close()


async def test_who_opens_another_watch_has_the_one_before_stop(tmp_path: Path) -> None:
    clock = Ticking()
    people = await People.open(tmp_path, clock)
    await story(people, clock)
    old, new = await opened(people.log, clock), await opened(people.log, clock)
    assert await new.catch_up() > 0
    with pytest.raises(Fenced):
        await old.catch_up()
    await people.close()


async def test_time_passes_on_the_log_once_a_minute(tmp_path: Path) -> None:
    clock = Ticking()
    people = await People.open(tmp_path, clock)
    watch = await opened(people.log, clock)
    for _ in range(5):
        await watch.pass_time()
    clock.now += 60_000_000
    await watch.pass_time()
    assert len(people.log.read(SIGNS)) == 2
    await people.close()


async def test_what_is_told_at_the_doors_is_on_the_log_soon(tmp_path: Path) -> None:
    log = SqliteLog.open(tmp_path / "games.podium")
    teller = Teller(log, lambda: 7)
    work = asyncio.create_task(teller.run())
    for number in range(1200):
        teller.tell(RequestTurned("", f"GET /{number}", "not_signed_in", 401, "a1"))
    await asyncio.sleep(0)
    work.cancel()
    await asyncio.wait([work])
    kept = log.read(SIGNS, limit=5000)
    assert [msgspec.json.decode(one.value)["operation"] for one in kept] == [f"GET /{n}" for n in range(1200)]
    await log.close()


# -- scenario 6 of the acceptance scenarios, as far as the operations centre hears of it


async def test_scenario_6_each_thing_that_is_taken_is_one_event(open_log: OpenLog) -> None:
    clock, log = Ticking(), await open_log()
    people = People(log, await Writer.open(log, POLICIES, clock, PEPPER, partitions=PARTITIONS))
    await people.do(*APPLY, *at_work("STA"), *REVOKE[:2])
    for by in (per.SUPERVISOR, per.RO):
        await people.writer.submit(people.received(("per:P1", ApproveRevocation("A1"), by, JULY)))
    await people.do(REVOKE[2])
    await people.react()
    await (await opened(log, clock)).catch_up()
    assert await (await opened(log, clock)).catch_up() == 0
    events = await told(log)
    entities = [one["entity"] for one in events if one["class_uid"] == 3004]
    assert Counter((one["type"], one["uid"], one["data"]["event"]) for one in entities) == {
        ("participation", "A1", "participation_suspended"): 1,
        ("card", "1", "card_suspended"): 1,
        ("participation", "A1", "revocation_requested"): 1,
        ("participation", "A1", "participation_revoked"): 1,
        ("card", "1", "card_revoked"): 1,
        ("assignment", "a1", "assignment_cancelled"): 1,
        ("assignment", "a2", "assignment_cancelled"): 1,
    }
    errors = [one["api"]["response"]["error"] for one in events if one["class_uid"] == 6003]
    found = [one["finding_info"]["title"] for one in events if one["class_uid"] == 2004]
    assert (errors, found) == (["SAME_PERSON", "NOT_AUTHORISED"], ["SAME_PERSON_ATTEMPT"])
    await people.writer.close()


# -- on a log that spreads its topics, as Kafka does


class SplitLog(TroubledLog):
    """A log that keeps each partition of the people side by itself."""

    def partitions(self, topic: str) -> int:
        return PARTITIONS.count if topic in (COMMANDS, REPLIES, EVENTS) else 1

    def read(self, topic: str, after: int = 0, *, limit: int = 1000, partition: int = 0) -> list[Stored]:
        if self.partitions(topic) == 1:
            return super().read(topic, after, limit=limit)
        found = [one for one in super().read(topic, after, limit=10_000) if PARTITIONS.read_mark(one) == partition]
        return [replace(one, partition=partition) for one in found[:limit]]


@pytest.mark.parametrize("batch", [1, 4, 100])
async def test_partitions_are_read_in_the_order_of_log_time(tmp_path: Path, batch: int) -> None:
    clock = Ticking()
    people = await People.open(tmp_path, clock)
    await story(people, clock)
    split = SplitLog(people.log)
    await (await opened(split, clock, batch)).catch_up()
    events = await told(people.log)
    assert Counter(one["type_uid"] for one in events) == TOLD
    actors = [one["actor"]["user"]["uid"] for one in events if one["type_uid"] == 600303]
    assert actors == ["P-ANNA"]  # which is in another topic than the refusal
    assert await (await opened(split, clock, batch)).catch_up() == 0
    await people.close()
