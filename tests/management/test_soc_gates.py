"""What gates tell the security operations centre."""

from __future__ import annotations

import pytest

from management.access import Reason
from management.device import DeviceEnrolled, DeviceRevoked
from management.scan import HindsightAdded
from management.soc_finding import Finding
from management.soc_signs import HindsightSeen, ScansTurned
from tests.management.accredited import JULY
from tests.management.watch_hands import MINUTE, SOC, Watch, event, scan

HOUR = 60 * MINUTE


def test_a_card_at_two_venues_faster_than_anybody_travels() -> None:
    watch = Watch()
    assert watch.sees(scan(JULY)) == []
    apart = 25 * MINUTE - 1
    subjects = {"card": "1", "gate": "STA-2", "gate_before": "SWC-1"}
    assert watch.sees(scan(JULY + apart, device="SCAN-2")) == [
        Finding(
            "IMPOSSIBLE_TRAVEL", f"1 STA/SWC {(JULY + apart) // HOUR}", JULY + apart, subjects, ("SCAN-1/1", "SCAN-2/1")
        )
    ]


def test_who_travels_in_time_is_not_found() -> None:
    watch = Watch()
    watch.sees(scan(JULY))
    assert watch.sees(scan(JULY + 25 * MINUTE, device="SCAN-2")) == []
    assert watch.sees(scan(JULY, serial=2, device="SCAN-2")) == []


def test_a_scan_that_comes_late_is_held_against_later_ones() -> None:
    watch = Watch()
    watch.sees(scan(JULY + MINUTE, device="SCAN-2"), at=JULY + MINUTE)
    assert watch.kinds(scan(JULY), at=JULY + 5 * HOUR) == ["IMPOSSIBLE_TRAVEL"]


def test_a_card_at_two_gates_of_a_venue_in_the_same_moment() -> None:
    watch = Watch()
    watch.sees(scan(JULY))
    assert watch.kinds(scan(JULY + 9_999, device="SCAN-3")) == ["CLONED_CARD"]
    assert watch.kinds(scan(JULY + HOUR, seq=2)) == []
    assert watch.kinds(scan(JULY + HOUR + 10_000, device="SCAN-3", seq=2)) == []
    assert watch.kinds(scan(JULY + HOUR - 1, seq=3)) == []  # twice at one gate: a guard who tries again


def test_a_copy_in_use_is_told_once_an_hour() -> None:
    watch = Watch()
    watch.sees(scan(JULY))
    found = [watch.kinds(scan(JULY + n * MINUTE, device=f"SCAN-{1 + n % 2}", seq=n + 1)) for n in range(1, 60)]
    assert [kinds for kinds in found if kinds] == [["IMPOSSIBLE_TRAVEL"]]
    later = JULY + HOUR
    assert watch.kinds(scan(later, device="SCAN-1", seq=99)) == ["IMPOSSIBLE_TRAVEL"]


def test_a_showing_is_forgotten_in_time() -> None:
    watch = Watch()
    watch.sees(scan(JULY))
    watch.time(JULY + SOC.card_memory_min * MINUTE)
    assert watch.state.gates.cards == {}


def test_the_same_scan_again_is_nothing_new() -> None:
    watch = Watch()
    watch.sees(scan(JULY))
    watch.sees(scan(JULY + MINUTE, device="SCAN-2"))
    before = len(watch.findings)
    watch.sees(scan(JULY))
    assert len(watch.findings) == before


def test_a_revoked_card_is_shown() -> None:
    subjects = {"card": "1", "gate": "SWC-1", "device": "SCAN-1"}
    shown = scan(verdict="DENY", reason="REVOKED")
    assert Watch().sees(shown) == [Finding("REVOKED_CARD_SHOWN", "SCAN-1/1", JULY, subjects, ("SCAN-1/1",))]


def test_a_revoked_card_was_let_in_by_an_old_list() -> None:
    watch = Watch()
    hindsight = HindsightAdded("SCAN-1/1", "DENY", "REVOKED", 1, 8)
    found = watch.sees(HindsightSeen("1", hindsight))
    assert found == [Finding("REVOKED_CARD_LET_IN", "SCAN-1/1", JULY, {"card": "1"}, ("SCAN-1/1",))]
    assert watch.sees(HindsightSeen("1", HindsightAdded("SCAN-1/2", "DENY", "ZONE", 1, 8))) == []


@pytest.mark.parametrize("reason", ["BAD_SIGNATURE", "UNKNOWN_KEY"])
def test_a_burst_of_forged_codes_at_one_gate(reason: Reason) -> None:
    watch = Watch()
    bad = [scan(JULY + n * 1000, None, seq=n, verdict="DENY", reason=reason) for n in range(1, 8)]
    assert [watch.kinds(one) for one in bad] == [[], [], [], [], ["BAD_CODES"], [], []]
    assert watch.findings[0].because == tuple(f"SCAN-1/{n}" for n in range(1, 6))


def test_forged_codes_now_and_then_or_elsewhere_are_no_burst() -> None:
    watch = Watch()
    for n in range(1, 40):
        device = f"SCAN-{1 + n % 3}"
        slow = scan(JULY + n * 31_000, None, device, seq=n, verdict="DENY", reason="BAD_SIGNATURE")
        assert watch.sees(slow) == []
        assert watch.sees(scan(JULY + n, None, seq=100 + n, verdict="DENY", reason="MALFORMED")) == []


def test_a_scanner_of_which_nothing_is_heard() -> None:
    watch = Watch()
    silent = JULY + SOC.silent_min * MINUTE
    watch.sees(scan(JULY), at=JULY + MINUTE)
    assert watch.time(silent - 1) == []
    assert [finding.subjects["device"] for finding in watch.time(silent)] == ["SCAN-2", "SCAN-3"]
    assert [finding.subjects for finding in watch.time(silent + MINUTE)] == [{"device": "SCAN-1", "venue": "SWC"}]
    assert watch.time(silent + HOUR) == []  # once a silence
    watch.sees(scan(JULY, device="SCAN-2"), at=silent + HOUR)
    assert [f.subjects["device"] for f in watch.time(silent + HOUR + SOC.silent_min * MINUTE)] == ["SCAN-2"]


def test_a_scanner_that_was_revoked_may_be_silent() -> None:
    watch = Watch()
    for device in ("SCAN-1", "SCAN-2", "SCAN-3"):
        watch.sees(event(f"dev:{device}", DeviceRevoked("RETIRED", "P-LEA")))
    assert watch.time(JULY + 100 * HOUR) == []
    watch.sees(event("dev:SCAN-4", DeviceEnrolled("STA", "00", "P-LEA")), at=JULY)
    assert [f.subjects["device"] for f in watch.time(JULY + 100 * HOUR)] == ["SCAN-4"]


def test_a_gate_that_decides_by_a_list_others_have_left() -> None:
    watch = Watch()
    watch.sees(scan(JULY, 1, listed=7))
    watch.sees(scan(JULY + MINUTE, 2, "SCAN-2", listed=8))
    late = JULY + MINUTE + SOC.list_late_min * MINUTE
    assert watch.kinds(scan(late, 3, listed=7, seq=2)) == []
    assert watch.sees(scan(late + 1, 4, listed=7, seq=3)) == [
        Finding("STALE_LIST", "SCAN-1 7", late + 1, {"gate": "SWC-1", "device": "SCAN-1", "list": "7"}, ("SCAN-1/3",))
    ]
    assert watch.sees(scan(late + 2, 5, listed=7, seq=4)) == []  # once a list


def test_a_gate_that_says_itself_that_its_list_is_too_old() -> None:
    assert Watch().kinds(scan(verdict="DENY", reason="STATUS_STALE")) == ["STALE_LIST"]


def test_scans_of_before_are_no_reproach() -> None:
    """A gate without a network sends its scans of the morning in the evening."""
    watch = Watch()
    watch.sees(scan(JULY + 5 * HOUR, 1, "SCAN-2", listed=300))
    assert watch.sees(scan(JULY, 2, listed=1)) == []


def test_a_scanner_that_was_copied() -> None:
    watch = Watch()
    assert watch.kinds(ScansTurned("SCAN-1", "FORK")) == ["COPIED_SCANNER"]
    assert watch.kinds(ScansTurned("SCAN-1", "GAP")) == []
