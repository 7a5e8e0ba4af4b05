"""What a gate remembers of its own scans."""

from __future__ import annotations

from typing import Any

import msgspec

from desks.gate_memory import GateMemory
from management.entitlement import Place
from management.gate import HostScan, Passage
from tests.management.accredited import JULY
from tests.management.at_the_gate import GATE, POOL, card
from tests.management.test_scan import OFFLINE


def memory(*scans: dict[str, Any]) -> GateMemory:
    """Return the memory after scans of card 1 that were let in, but for what is changed."""
    found = GateMemory(GATE, 60_000)
    for changes in scans:
        found.take(msgspec.structs.replace(OFFLINE, **changes))
    return found


def test_who_was_let_through_has_passed() -> None:
    assert memory({}).passages == {1: (Passage("SWC", "SWC", "IN", JULY),)}
    out = memory({}, {"direction": "OUT", "t_device": JULY + 1})
    assert out.passages == {1: (Passage("SWC", "SWC", "OUT", JULY + 1),)}


def test_who_was_not_let_through_or_stood_elsewhere_has_not() -> None:
    found = memory({"verdict": "DENY"}, {"verdict": "REFER"}, {"serial": None}, {"gate": "STA-1"})
    assert (found.passages, found.occupancy) == ({}, {})


def test_people_inside_are_counted_once_each() -> None:
    steps: list[tuple[int, str]] = [(1, "IN"), (1, "IN"), (2, "IN"), (1, "OUT"), (1, "OUT"), (3, "OUT")]
    counts = [
        memory(*({"serial": serial, "direction": way} for serial, way in steps[:number])).occupancy[POOL]
        for number in range(1, len(steps) + 1)
    ]
    assert counts == [1, 1, 2, 1, 1, 1]
    assert Place("SWC", "2") == POOL


def test_hosts_are_remembered_for_a_while_and_guests_are_none() -> None:
    found = memory()
    found.take_host(card(serial=5), JULY)
    found.take_host(card(serial=6, escorted=True), JULY + 1)
    found.take_host(card(serial=7), JULY + 60_000)
    hosts = [HostScan("SWC-1", JULY, 5, "AAA"), HostScan("SWC-1", JULY + 60_000, 7, "AAA")]
    assert found.hosts == tuple(hosts)
    found.take_host(card(serial=8), JULY + 60_001)
    assert found.hosts == (*hosts[1:], HostScan("SWC-1", JULY + 60_001, 8, "AAA"))
