"""A gate without a network: what it decides, what it keeps, what it says of its list and of its clock."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from desks.errors import BadGate
from desks.gate import OfflineGate, Shown
from desks.gate_folder import MANIFEST, GateFolder
from desks.gate_publication import Beacon
from desks.gate_spool import Spool
from engine.errors import LogFailed
from engine.log import Fence, Record
from engine.sqlite_log import SqliteLog
from management.scan import ScanRecorded
from tests.desks.gate_hands import (
    ROOT,
    SETTINGS,
    SetClock,
    facts,
    fill,
    manifest,
    open_gate,
    printed,
    put,
    send,
    statuses,
    told,
)
from tests.desks.test_card_token import OTHER
from tests.management.accredited import HOUR, JULY, MINUTE
from tests.management.at_the_gate import GATE, TOKEN, card

CODE = printed()
WARNING = msgspec.structs.replace(GATE, passback="WARN")
PRESS = msgspec.structs.replace(GATE, zone="WHITE")  # of class LOW


def kept(folder: Path) -> list[ScanRecorded]:
    """Return what the spool holds, once the gate is closed."""
    spool = Spool.open(folder / "spool.db", "T20", "SCAN-1")
    scans = [msgspec.json.decode(one.data, type=ScanRecorded) for one in spool.scans()]
    spool.close()
    return scans


def test_a_card_is_let_in_and_the_scan_is_kept(tmp_path: Path) -> None:
    gate = open_gate(fill(tmp_path), SetClock())
    assert gate.scan(CODE) == Shown(1, JULY, "ALLOW", "OK", (), (), True, 1, "AAA", "Aa", 7, 60, False, ())
    assert gate.scan("rubbish") == Shown(2, JULY, "DENY", "MALFORMED", (), (), False, None, "", "", 7, 60, False, ())
    gate.close()
    assert kept(tmp_path) == [
        ScanRecorded("SCAN-1/1", "SCAN-1", 1, 1, "SWC-1", "IN", JULY, "ALLOW", "OK", 1, 7, False),
        ScanRecorded("SCAN-1/2", "SCAN-1", 2, None, "SWC-1", "IN", JULY, "DENY", "MALFORMED", 1, 7, False),
    ]


def test_hours_without_a_network_the_list_grows_old_and_says_so(tmp_path: Path) -> None:
    clock = SetClock()
    gate = open_gate(fill(tmp_path), clock, gate=PRESS)
    found = []
    for passed in (0, 30 * MINUTE, 5 * HOUR, 20 * HOUR):
        clock.passes(passed)
        shown = gate.scan(CODE)
        found.append((told(shown), shown.list_age_s, shown.offline))
    assert found == [
        (("ALLOW", "OK", ()), 60, False),
        (("ALLOW", "OK", ()), 1_860, True),
        (("ALLOW", "OK", ()), 19_860, True),
        (("ALLOW", "OK", ("STATUS_STALE",)), 91_860, True),
    ]
    gate.close()


def test_at_a_zone_of_class_high_an_old_list_lets_nobody_in(tmp_path: Path) -> None:
    clock = SetClock()
    gate = open_gate(fill(tmp_path), clock)
    clock.passes(29 * MINUTE)
    assert told(gate.scan(CODE)) == ("ALLOW", "OK", ())
    clock.passes(1)
    assert told(gate.scan(CODE)) == ("DENY", "STATUS_STALE", ())
    send(tmp_path, statuses({10: 0}, version=8, at=clock.wall()))
    assert told(gate.scan(CODE)) == ("ALLOW", "OK", ())
    gate.close()


def test_a_card_printed_a_minute_ago_is_decided_from_itself_and_flagged(tmp_path: Path) -> None:
    gate = open_gate(fill(tmp_path), SetClock())
    assert told(gate.scan(printed(card(serial=9)))) == ("ALLOW", "OK", ("UNKNOWN_SERIAL",))
    gate.close()


def test_a_clock_that_is_set_back_is_not_trusted_until_it_is_right_again(tmp_path: Path) -> None:
    clock = SetClock()
    gate = open_gate(fill(tmp_path), clock)
    clock.passes(10 * MINUTE)
    found = []
    for jump in (-2 * MINUTE, -1, 1, 4 * MINUTE, 1, -2 * MINUTE - 1):
        clock.jumps(jump)
        found.append(told(gate.scan(CODE))[:2])
    let_in, referred = ("ALLOW", "OK"), ("REFER", "CLOCK_UNTRUSTED")
    assert found == [let_in, referred, let_in, let_in, referred, let_in]
    gate.close()


def test_a_machine_started_again_offline_with_its_clock_set_back_refers_until_a_new_time_comes(tmp_path: Path) -> None:
    gate = open_gate(fill(tmp_path), SetClock())
    gate.scan(CODE)
    gate.close()
    clock = SetClock(JULY, 0, "boot-2")  # exactly what the beacon says that still lies there
    gate = open_gate(tmp_path, clock)
    assert told(gate.scan(CODE)) == ("REFER", "CLOCK_UNTRUSTED", ())
    send(tmp_path, Beacon("T20", JULY + 1))
    assert told(gate.scan(CODE)) == ("ALLOW", "OK", ())
    gate.close()


def test_without_a_signed_time_every_card_is_referred(tmp_path: Path) -> None:
    put(tmp_path, MANIFEST, manifest().encode(ROOT))
    send(tmp_path, facts(), statuses({10: 0}))
    gate = open_gate(tmp_path, SetClock())
    shown = gate.scan(CODE)
    assert (told(shown), shown.offline) == (("REFER", "CLOCK_UNTRUSTED", ()), True)
    gate.close()


def test_without_a_list_nobody_comes_into_a_zone_of_class_high(tmp_path: Path) -> None:
    put(tmp_path, MANIFEST, manifest().encode(ROOT))
    send(tmp_path, facts(), Beacon("T20", JULY))
    gate = open_gate(tmp_path, SetClock())
    shown = gate.scan(CODE)
    assert (told(shown), shown.list_version, shown.list_age_s) == (("DENY", "STATUS_STALE", ()), 0, None)
    gate.close()


def test_who_is_inside_is_known_after_a_restart(tmp_path: Path) -> None:
    clock = SetClock()
    fill(tmp_path)
    found = []
    for _ in range(3):
        gate = open_gate(tmp_path, clock, gate=WARNING)
        shown = gate.scan(CODE)
        found.append((shown.device_seq, *told(shown)))
        gate.close()
    assert found == [
        (1, "ALLOW", "OK", ()),
        (2, "ALLOW", "OK", ("PASSBACK",)),
        (3, "ALLOW", "OK", ("PASSBACK",)),
    ]


def test_a_full_zone_is_full_and_whoever_goes_out_makes_room(tmp_path: Path) -> None:
    fill(tmp_path)
    clock, small = SetClock(), msgspec.structs.replace(GATE, capacity=1)
    found = []
    for direction, code in (("IN", CODE), ("IN", printed(card(serial=9))), ("OUT", CODE), ("IN", CODE)):
        gate = open_gate(tmp_path, clock, gate=small, direction=direction)
        found.append(gate.scan(code).reason)
        gate.close()
    assert found == ["OK", "FULL", "OK", "OK"]


def test_a_guest_is_let_in_behind_a_host(tmp_path: Path) -> None:
    clock = SetClock()
    gate = open_gate(fill(tmp_path), clock)
    guest = printed(card(serial=9, escorted=True))
    found = [gate.scan(code).reason for code in (guest, CODE, guest)]
    clock.passes(60_001)
    assert [*found, gate.scan(guest).reason] == ["ESCORT", "OK", "OK", "ESCORT"]
    gate.close()


def test_the_newest_entitlement_counts_the_folder_s_or_the_card_s(tmp_path: Path) -> None:
    gate = open_gate(fill(tmp_path), SetClock())
    barred = msgspec.structs.replace(TOKEN.entitlement, version=4, venues=(), discipline="")
    assert gate.scan(printed(card(entitlement=barred))).reason == "VENUE"
    send(tmp_path, facts(version=2, terms=(TOKEN.entitlement,), cards={1: (5, 0)}))
    assert gate.scan(printed(card(entitlement=barred))).reason == "OK"
    gate.close()


def test_a_key_that_is_given_up_opens_nothing_from_the_next_code_on(tmp_path: Path) -> None:
    gate = open_gate(fill(tmp_path), SetClock())
    put(tmp_path, MANIFEST, manifest(2, cards=OTHER).encode(ROOT))
    assert gate.scan(CODE).reason == "UNKNOWN_KEY"
    gate.close()


def test_more_than_a_code_can_hold_is_malformed(tmp_path: Path) -> None:
    gate = open_gate(fill(tmp_path), SetClock())
    assert gate.scan("PC1:" + "0" * 10_000_000).reason == "MALFORMED"
    gate.close()


def test_what_does_not_count_is_shown_with_each_decision(tmp_path: Path) -> None:
    gate = open_gate(fill(tmp_path), SetClock())
    send(tmp_path, statuses({10: 0}, version=6))
    wrong = ("status.cose: status list 6 is older than 7, which was here before",)
    assert (gate.scan(CODE).complaints, gate.scan(CODE).complaints) == (wrong, wrong)
    gate.close()


def test_an_older_list_does_not_come_back_with_a_restart(tmp_path: Path) -> None:
    gate = open_gate(fill(tmp_path), SetClock())
    send(tmp_path, statuses({10: 1}, version=8))
    assert gate.scan(CODE).reason == "REVOKED"
    gate.close()
    send(tmp_path, statuses({10: 0}, version=7))
    gate = open_gate(tmp_path, SetClock())
    assert gate.scan(CODE).reason == "STATUS_STALE"  # it has no list that counts
    gate.close()


def test_a_gate_with_nothing_to_decide_from_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(BadGate) as refused:
        open_gate(tmp_path, SetClock())
    assert str(refused.value) == "there is nothing to decide from: no manifest of keys and no facts have come"
    send(fill(tmp_path), facts(games="T24"))
    with pytest.raises(BadGate) as refused:
        open_gate(tmp_path, SetClock())
    assert str(refused.value) == "there is nothing to decide from: facts.cose: facts: of other Games than T20"


class FullDisk(SqliteLog):
    """A log whose disk is full when a test says so."""

    full = False

    def append_now(self, records: Sequence[Record], fence: Fence | None = None) -> list[int]:
        if self.full:
            raise LogFailed(str(self.path), "append", "database or disk is full")
        return super().append_now(records, fence)


def test_a_decision_that_cannot_be_kept_is_not_shown(tmp_path: Path) -> None:
    log = FullDisk.open(fill(tmp_path) / "spool.db", committer="loop")
    spool = Spool(log, "T20", "SCAN-1")
    gate = OfflineGate(SETTINGS, GateFolder(tmp_path, "T20", ROOT.public, spool.seen), spool, SetClock())
    numbers = [gate.scan(CODE).device_seq]
    log.full = True
    with pytest.raises(LogFailed):
        gate.scan(CODE)
    log.full = False
    numbers.append(gate.scan(CODE).device_seq)
    gate.close()
    assert numbers == [scan.device_seq for scan in kept(tmp_path)] == [1, 2]
