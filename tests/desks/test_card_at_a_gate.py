"""Acceptance scenario 1, end to end: a pre-valid card at a gate, before and after it is validated.

The card is printed once, and its code is read off the printed page both times, by a gate that knows nothing but the
files in its folder. What it decided comes into the log, and hindsight adds to it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from desks import card_token
from desks.badge import face_of, print_badge
from desks.codec import Codec
from desks.gate_publication import Facts, Statuses, pack_entitlements
from desks.partitions import scan
from desks.reading import hear
from desks.scan_intake import SCANS, ScanIntake, Taken
from desks.scan_outbox import Outbox
from desks.topics import EVENTS
from engine.log import Log
from engine.sqlite_log import SqliteLog
from management.access import Verdict
from management.aggregates import AGGREGATES
from management.person import State, evolve
from management.scan import HindsightAdded, ScanRecorded
from management.status_list import decode
from management.token import entitlement_of, token_of_card
from tests.desks.gate_hands import SCANNER, SetClock, facts, fill, open_gate, send, told
from tests.desks.test_accredited_on_a_log import APPLY, CARDS, PARTITIONS, PEPPER, carry_out, open_writer, status_list
from tests.desks.test_badge import codes
from tests.desks.test_card_token import KEY
from tests.management.accredited import JULY, MINUTE, T20
from tests.management.at_the_gate import GATE, SNAPSHOT


async def person(log: Log) -> State:
    """Return the record of the person on the log."""
    state, codec = State(), Codec(PEPPER, {"per": AGGREGATES["per"]})
    async for _, stored in scan(log, EVENTS, PARTITIONS, dict.fromkeys(range(PARTITIONS.count), 0)):
        evolve(state, hear(stored, PARTITIONS, codec).recorded.event)
    return state


async def publish(log: Log, folder: Path, version: int, at: int) -> None:
    """Publish what the log says now to the gate."""
    state = await person(log)
    terms, cards = pack_entitlements({1: entitlement_of(state.participations["A1"], T20)})
    known: Facts = facts(version=version, terms=terms, cards=cards)
    send(folder, known, Statuses("T20", version, at, (await status_list(log)).encode()))


async def test_scenario_1_a_pre_valid_card_at_a_gate(tmp_path: Path) -> None:
    log, folder, clock = SqliteLog.open(tmp_path / "games.podium"), fill(tmp_path / "gate"), SetClock()
    writer = await open_writer(log)
    await carry_out(writer, [*APPLY, CARDS[0]])
    state = await person(log)
    token = token_of_card(state.cards["1"], state.participations["A1"], T20)
    page = print_badge(face_of(token, card_token.encode(token, T20, KEY), "Ana Ferro", "ATHLETE"), "T20")

    await publish(log, folder, 8, clock.wall())
    gate = open_gate(folder, clock)
    ((code, _),) = codes(page)
    assert told(gate.scan(code)) == ("DENY", "NOT_VALIDATED", ())

    await carry_out(writer, [CARDS[1]])
    clock.passes(MINUTE)
    assert told(gate.scan(code)) == ("DENY", "NOT_VALIDATED", ())  # until the next list comes
    await publish(log, folder, 9, clock.wall())
    ((again, _),) = codes(page)
    assert told(gate.scan(again)) == ("ALLOW", "OK", ())
    gate.close()

    intake = await ScanIntake.open(log, "T20", {"SCAN-1": SCANNER.public}, lambda: JULY * 1000)
    outbox = Outbox.open(folder, "T20", SCANNER, "SCAN-1")
    batch = outbox.next_batch()
    outbox.close()
    assert batch is not None
    assert [await intake.take(batch) for _ in range(2)] == [Taken("SCAN-1", 3, 3, 0), Taken("SCAN-1", 3, 0, 3)]
    later = msgspec.structs.replace(
        SNAPSHOT, statuses=decode((await status_list(log)).encode()), list_version=9, list_at=clock.wall()
    )
    assert await intake.add_hindsight(later, {1: token}.get, {GATE.id: GATE}) == 2
    on_log = [msgspec.json.decode(one.value, type=ScanRecorded | HindsightAdded) for one in log.read(SCANS)]
    verdicts: list[tuple[str, Verdict, str, int]] = [
        (one.scan_id, one.verdict, one.reason, one.list_version) for one in on_log
    ]
    assert verdicts == [
        ("SCAN-1/1", "DENY", "NOT_VALIDATED", 8),
        ("SCAN-1/2", "DENY", "NOT_VALIDATED", 8),
        ("SCAN-1/3", "ALLOW", "OK", 9),
        ("SCAN-1/1", "ALLOW", "OK", 9),  # in hindsight
        ("SCAN-1/2", "ALLOW", "OK", 9),
    ]
    await writer.close()
    await log.close()


async def test_scenario_2_a_lost_card_that_was_found_stays_shut_at_a_gate_offline(tmp_path: Path) -> None:
    log, folder, clock = SqliteLog.open(tmp_path / "games.podium"), fill(tmp_path / "gate"), SetClock()
    writer = await open_writer(log)
    await carry_out(writer, [*APPLY, *CARDS[:2]])
    state = await person(log)
    first = token_of_card(state.cards["1"], state.participations["A1"], T20)
    await publish(log, folder, 8, clock.wall())
    gate = open_gate(folder, clock)
    assert told(gate.scan(card_token.encode(first, T20, KEY))) == ("ALLOW", "OK", ())
    await carry_out(writer, CARDS[2:])
    await publish(log, folder, 9, clock.wall())
    clock.passes(3 * 60 * MINUTE)  # and nothing more comes
    shown = gate.scan(card_token.encode(first, T20, KEY))
    assert (told(shown), shown.list_age_s, shown.offline) == (("DENY", "REVOKED", ()), 3 * 3600, True)
    gate.close()
    await writer.close()
    await log.close()
