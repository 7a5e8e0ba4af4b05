"""Accreditation on a real log: a person and a pass through the writer, the status list from its events, a replay."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from desks import card_token
from desks.codec import Codec
from desks.outcome import Outcome
from desks.partitions import Partitions, scan
from desks.reading import hear
from desks.topics import COMMANDS, EVENTS
from desks.writer import Writer
from engine.log import Log
from engine.sqlite_log import SqliteLog
from management.access import decide_access
from management.aggregates import AGGREGATES
from management.card_desk import Reissue, ReportLost
from management.card_list import CardList
from management.command import Actor, Received
from management.day_pass import ApprovePass
from management.status_list import NOT_VALIDATED, REVOKED, SUSPENDED, VALID, decode
from management.suspension import ApproveRevocation, RequestRevocation, Suspend
from tests.desks.test_card_token import KEY, KEYS
from tests.management.accredited import (
    AUTHORITY,
    CHECKED,
    JULY,
    OPERATOR,
    PRINT,
    RO,
    SPRING,
    SUPERVISOR,
    T20,
    TO_APPROVED,
    VENUE,
)
from tests.management.at_the_gate import GATE, TOKEN, card
from tests.management.at_the_gate import SNAPSHOT as KNOWN
from tests.management.pass_book import ASK, EVENING_BEFORE, ISSUE, NOON

PARTITIONS = Partitions(2)
POLICIES = {"per": T20, "dp": T20}
PEPPER = b"pepper"
_numbers = count(1)

Step = tuple[str, Any, Actor, int]
APPLY: list[Step] = [("per:P1", command, by, SPRING) for command, by in TO_APPROVED]
CARDS: list[Step] = [
    ("per:P1", PRINT, OPERATOR, SPRING),
    ("per:P1", CHECKED, VENUE, JULY),
    ("per:P1", ReportLost(1, identity_checked=True, point="OLV"), VENUE, JULY),
    ("per:P1", Reissue(1, 2, 11, photo=True, point="OLV"), VENUE, JULY),
]
PASS: list[Step] = [
    ("dp:AAA", ASK, RO, EVENING_BEFORE - 1),
    ("dp:AAA", ApprovePass("D1"), OPERATOR, EVENING_BEFORE),
    ("dp:AAA", ISSUE, VENUE, NOON),
]
SUSPEND: list[Step] = [("per:P1", Suspend("A1", "X"), SUPERVISOR, JULY)]


async def carry_out(writer: Writer, steps: list[Step]) -> list[Outcome]:
    """Submit commands one after the other; return what became of them."""
    ids = (str(UUID(int=(7 << 76) | number)) for number in _numbers)
    return [await writer.submit(Received(next(ids), key, command, by, at)) for key, command, by, at in steps]


async def status_list(log: Log) -> CardList:
    """Return the status list that the log's events give."""
    found, codec = CardList(), Codec(PEPPER, {prefix: AGGREGATES[prefix] for prefix in POLICIES})
    async for _, stored in scan(log, EVENTS, PARTITIONS, dict.fromkeys(range(PARTITIONS.count), 0)):
        recorded = hear(stored, PARTITIONS, codec).recorded
        found.take(recorded.key, recorded.event)
    return found


async def open_writer(log: Log) -> Writer:
    return await Writer.open(log, POLICIES, lambda: JULY * 1000, PEPPER, partitions=PARTITIONS)


async def test_a_person_and_a_pass_go_through_the_writer_and_a_replay_gives_the_same(tmp_path: Path) -> None:
    log = SqliteLog.open(tmp_path / "games.podium")
    writer = await open_writer(log)
    outcomes = await carry_out(writer, [*APPLY, *CARDS, *PASS])
    assert [outcome.refusal for outcome in outcomes] == [None] * len(outcomes)
    assert (await status_list(log)).statuses == {10: REVOKED, 11: NOT_VALIDATED, 90: VALID}
    digests = [writer.digest(number) for number in range(PARTITIONS.count)]
    await writer.close()
    await log.close()
    log = SqliteLog.open(tmp_path / "games.podium")
    writer = await open_writer(log)
    assert [writer.digest(number) for number in range(PARTITIONS.count)] == digests
    await writer.close()
    await log.close()


async def test_scenario_6_revoke_needs_two_and_the_gate_hears_of_it(tmp_path: Path) -> None:
    log = SqliteLog.open(tmp_path / "games.podium")
    writer = await open_writer(log)
    await carry_out(writer, [*APPLY, *CARDS[:2], *SUSPEND])
    assert (await status_list(log)).statuses == {10: SUSPENDED}
    tries = [
        ("per:P1", RequestRevocation("A1", "FRAUD"), SUPERVISOR, JULY),
        ("per:P1", ApproveRevocation("A1"), SUPERVISOR, JULY),
        ("per:P1", ApproveRevocation("A1"), RO, JULY),
        ("per:P1", ApproveRevocation("A1"), AUTHORITY, JULY),
    ]
    refusals = [outcome.refusal for outcome in await carry_out(writer, tries)]
    assert [refusal and refusal.code for refusal in refusals] == [None, "SAME_PERSON", "NOT_AUTHORISED", None]
    newer = msgspec.structs.replace(KNOWN, statuses=decode((await status_list(log)).encode()))
    printed = card_token.decode(card_token.encode(TOKEN, T20, KEY), T20, KEYS)
    assert printed == card()
    assert [decide_access(printed, GATE, JULY, "IN", known).reason for known in (KNOWN, newer)] == [*("OK", "REVOKED")]
    await writer.close()
    await log.close()


async def test_nothing_personal_of_a_form_is_on_the_log(tmp_path: Path) -> None:
    log = SqliteLog.open(tmp_path / "games.podium")
    writer = await open_writer(log)
    await carry_out(writer, APPLY)
    nothing = dict.fromkeys(range(PARTITIONS.count), 0)
    found = [stored.value for topic in (COMMANDS, EVENTS) async for _, stored in scan(log, topic, PARTITIONS, nothing)]
    assert len(found) == 2 * len(APPLY)
    assert [value for value in found if b"1999-05-01" in value or b"2025-01-01" in value] == []
    await writer.close()
    await log.close()
